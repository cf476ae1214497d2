//! Options for the examples of the shipped packs, as a person would read them.

#![expect(clippy::unwrap_used, reason = "a test may")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use taffrail::PolicySet;
use taffrail_actions::Defaults;
use taffrail_copilot::{Advice, Limits, Way, propose, read_goal};

fn packs() -> Vec<PathBuf> {
    let policies = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let mut found: Vec<PathBuf> = std::fs::read_dir(policies)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("examples").is_dir())
        .collect();
    found.sort();
    found
}

fn examples(pack: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(pack.join("examples"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .collect();
    found.sort();
    found
}

fn told(advice: &Advice) -> String {
    let mut text = String::new();
    for choice in &advice.options {
        let kind = format!("{:?}", choice.kind);
        writeln!(
            text,
            "{} (risk {}) {kind}: {}",
            choice.verdict,
            choice.risk.points(),
            choice.title
        )
        .unwrap();
        for trade_off in &choice.trade_offs {
            writeln!(text, "    gives up: {trade_off}").unwrap();
        }
        writeln!(text, "    touches: {}; {}", choice.touches, choice.rollback).unwrap();
        for sentence in &choice.rationale {
            writeln!(text, "    {} [{}]", sentence.text, sentence.place).unwrap();
        }
        match &choice.way {
            Way::Do(steps) => {
                for step in steps.iter().filter_map(|step| step.not_before.as_ref()) {
                    writeln!(text, "    not before {step}").unwrap();
                }
            }
            Way::Ask(ask) => writeln!(text, "    ask {}", ask.people).unwrap(),
        }
    }
    for refused in &advice.refused {
        writeln!(text, "refused: {} [{}]", refused.text, refused.place).unwrap();
    }
    for unfinished in &advice.unfinished {
        writeln!(
            text,
            "not finished: {}: {}",
            unfinished.what, unfinished.because
        )
        .unwrap();
    }
    text
}

#[test]
fn options_for_the_examples() {
    let mut slowest = Vec::new();
    for pack in packs() {
        let policies = PolicySet::load(&pack).unwrap();
        let mut text = String::new();
        for example in examples(&pack) {
            let name = example.file_name().unwrap().to_string_lossy().into_owned();
            let bytes = std::fs::read(&example).unwrap();
            let Ok(goal) = read_goal(&name, &bytes, &Defaults::default()) else {
                continue;
            };
            let began = Instant::now();
            let advice = propose(policies.program(), &goal, &Limits::default());
            slowest.push((
                began.elapsed(),
                pack.file_name().unwrap().to_owned(),
                name.clone(),
            ));
            writeln!(text, "== {name}\n{}", told(&advice)).unwrap();
        }
        let name = pack.file_name().unwrap().to_string_lossy().into_owned();
        insta::assert_snapshot!(format!("options-{name}"), text);
    }
    slowest.sort_by(|a, b| b.cmp(a));
    for (took, pack, example) in slowest.iter().take(5) {
        println!("{took:?} {} {example}", pack.to_string_lossy());
    }
}

//! The shipped policies: their rules are tested both ways, and their examples are decided as their READMEs say. Their own tests
//! run in `packs.rs`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use taffrail::{PolicySet, Sources, Verdict};
use taffrail_actions::{Action, Defaults, read_documents};

fn baseline() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies/baseline")
}

/// Each guard of the pack has a test in which it applies and one in which it does not; each grant likewise.
#[test]
fn every_rule_of_the_baseline_pack_is_tested_both_ways() {
    let sources = Sources::read(baseline()).unwrap();
    let compiled = sources.compile();
    let text: String = sources
        .table
        .iter()
        .map(|(_, source)| source.text.clone())
        .collect();
    for rule in &compiled.module.rules {
        let name = rule.name.rsplit('.').next().unwrap_or_default();
        let line = format!("{} {name}\n", rule.kind.keyword());
        for expectation in [format!("expect {line}"), format!("expect no {line}")] {
            assert!(
                text.contains(&expectation),
                "no test says `{}`",
                expectation.trim()
            );
        }
    }
}

#[test]
fn the_examples_of_the_baseline_pack_are_decided_as_its_readme_says() {
    let policies = PolicySet::load(baseline()).unwrap();
    let readme = std::fs::read_to_string(baseline().join("README.md")).unwrap();
    let said: BTreeMap<&str, &str> = readme
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("`: "))
        .filter_map(|(file, rest)| Some((file, rest.split('|').nth(1)?.trim())))
        .collect();
    let mut files = 0;
    for entry in std::fs::read_dir(baseline().join("examples")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = std::fs::read(&path).unwrap();
        let actions = read_documents(&name, &bytes, &Defaults::default()).unwrap();
        let verdicts = actions.iter().map(|action| match action {
            Action::Single(request) => policies.decide(request).verdict(),
            Action::Plan(plan) => policies.decide_plan(plan).verdict(),
        });
        let verdict = verdicts.max().unwrap_or(Verdict::Escalate);
        let expected = said.get(name.as_str()).copied().unwrap_or_default();
        assert!(
            expected.starts_with(verdict.word()),
            "{name} is decided {verdict}, the README says `{expected}`"
        );
        files += 1;
    }
    assert_eq!(
        files,
        said.len(),
        "files in examples/ and rows in the README"
    );
}

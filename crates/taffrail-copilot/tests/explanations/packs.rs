//! The three readers, and "why not?", over the examples of the shipped packs.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use taffrail::{PolicySet, Request};
use taffrail_actions::{Action, Defaults, read_documents};
use taffrail_copilot::{WhyNot, explain, why_not};

const PACKS: [&str; 6] = [
    "baseline",
    "self-healing",
    "canary",
    "node-pool",
    "security-posture",
    "drift-repair",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies")
}

/// Returns the policies of a pack and its examples, by name.
fn pack(name: &str) -> (PolicySet, Vec<(String, Vec<Action>)>) {
    let folder = root().join(name);
    let policies = PolicySet::load(&folder).unwrap();
    let mut files: Vec<PathBuf> = fs::read_dir(folder.join("examples"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let examples = files
        .into_iter()
        .map(|file| {
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            let bytes = fs::read(&file).unwrap();
            let actions = read_documents(&name, &bytes, &Defaults::default()).unwrap();
            (name, actions)
        })
        .collect();
    (policies, examples)
}

/// Returns what is said of the examples of a pack that are no plans.
fn said(pack_name: &str, say: impl Fn(&PolicySet, &Request) -> String) -> String {
    let (policies, examples) = pack(pack_name);
    let mut all = String::new();
    for (file, actions) in examples {
        for action in actions {
            if let Action::Single(request) = action {
                let said = say(&policies, &request);
                writeln!(all, "──── {file} ────\n{}\n", said.trim_end()).unwrap();
            }
        }
    }
    all
}

/// Returns a text in which digests are no longer than their kind, so that it outlives a new comment in a policy.
fn without_digests(text: &str) -> String {
    let mut parts = text.split("sha256:");
    let mut shown = parts.next().unwrap().to_owned();
    for part in parts {
        shown.push_str("sha256:…");
        shown.push_str(part.trim_start_matches(|letter: char| letter.is_ascii_hexdigit()));
    }
    shown
}

#[test]
fn a_line_says_the_verdict_who_agrees_and_why() {
    for name in PACKS {
        let lines = said(name, |policies, request| {
            let line = explain::line(&policies.decide(request).report());
            assert!(line.chars().count() <= explain::LINE_LIMIT, "{line}");
            line
        });
        insta::assert_snapshot!(format!("lines_of_{name}"), lines);
    }
}

#[test]
fn a_card_is_short() {
    for name in PACKS {
        let cards = said(name, |policies, request| {
            explain::card(&policies.decide(request).report())
        });
        insta::assert_snapshot!(format!("cards_of_{name}"), cards);
    }
}

#[test]
fn a_page_says_everything_and_what_would_have_to_be_true() {
    for name in PACKS {
        let pages = said(name, |policies, request| {
            let why = why_not(policies, request);
            explain::page(&policies.decide(request).report(), Some(&why))
        });
        insta::assert_snapshot!(format!("pages_of_{name}"), without_digests(&pages));
    }
}

#[test]
fn plans_are_told_step_by_step() {
    let (policies, examples) = pack("baseline");
    let plans = examples.into_iter().flat_map(|(_, actions)| actions);
    let plan = plans
        .filter_map(|action| match action {
            Action::Plan(plan) => Some(plan),
            Action::Single(_) => None,
        })
        .next()
        .unwrap();
    let report = policies.decide_plan(&plan).report();
    let said = [
        explain::plan_line(&report),
        explain::plan_card(&report),
        without_digests(&explain::plan_page(&report)),
    ];
    insta::assert_snapshot!(said.join("\n────\n"));
}

#[test]
fn the_answer_reads_back_from_its_json() {
    for name in PACKS {
        said(name, |policies, request| {
            let why = why_not(policies, request);
            assert_eq!(why, why_not(policies, request), "twice the same");
            let json = serde_json::to_string(&why).unwrap();
            assert_eq!(serde_json::from_str::<WhyNot>(&json).unwrap(), why);
            json
        });
    }
}

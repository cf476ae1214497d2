//! Policies that others published, written in our language, decide the cases that were published with them.
//!
//! `tests/corpus/README.md` says how, and how to see a single case.

mod case;
mod index;
mod policy;
mod report;
mod request;
mod run;
mod subresource;

use taffrail_syntax::Severity;

use policy::Policy;
use run::{Outcome, Show};

#[test]
fn every_policy_of_the_corpus_compiles_without_an_error() {
    let mut faults = Vec::new();
    for concept in index::read().unwrap() {
        for guard in &concept.index.guard {
            let policy = Policy::read(&concept.folder, guard);
            match policy.and_then(|policy| policy.compile(Vec::new())) {
                Err(fault) => faults.push(fault),
                Ok(policies) => {
                    let warnings = policies.warnings().iter();
                    let worse = warnings.filter(|found| found.severity == Severity::Error);
                    assert_eq!(worse.count(), 0);
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_guard_file_of_the_corpus_is_in_an_index() {
    for concept in index::read().unwrap() {
        let mut listed: Vec<String> = concept
            .index
            .guard
            .iter()
            .map(|guard| guard.file.clone())
            .collect();
        listed.sort();
        listed.dedup();
        let mut there: Vec<String> = std::fs::read_dir(&concept.folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .filter(|name| name.ends_with(".guard"))
            .collect();
        there.sort();
        assert_eq!(listed, there, "{}", concept.name);
    }
}

/// `CORPUS` names the one concept to look at, `CORPUS_CASE` a part of the ids of the cases to print,
/// `UPDATE_CORPUS=1` writes the table.
#[test]
fn published_cases_are_decided_as_upstream_decides_them() {
    let Some(folder) = case::folder() else {
        println!(
            "skipped: the published cases are not on this machine; TAFFRAIL_CORPUS may name their folder"
        );
        return;
    };
    let cases = case::read(&folder).unwrap();
    let only = std::env::var("CORPUS").ok();
    let show = Show {
        wanted: std::env::var("CORPUS_CASE").ok(),
    };
    let mut outcomes: Vec<(String, Outcome)> = Vec::new();
    for concept in index::read().unwrap() {
        if only.as_ref().is_none_or(|only| *only == concept.name) {
            let outcome = run::run(&concept, &cases, &show);
            outcomes.push((concept.name, outcome));
        }
    }
    let faults: Vec<String> = outcomes
        .iter()
        .flat_map(|(_, outcome)| outcome.faults.clone())
        .collect();
    let readme = index::folder().join("README.md");
    let text = std::fs::read_to_string(&readme).unwrap();
    let refreshed = report::refreshed(&text, &outcomes);
    if only.is_some() {
        println!(
            "{}",
            refreshed
                .lines()
                .rev()
                .take(2)
                .collect::<Vec<_>>()
                .join("\n")
        );
    } else if std::env::var_os("UPDATE_CORPUS").is_some() {
        std::fs::write(&readme, &refreshed).unwrap();
    }
    assert!(
        faults.is_empty(),
        "{}\n{} faults",
        faults.join("\n\n"),
        faults.len()
    );
    assert!(
        only.is_some() || text == refreshed || std::env::var_os("UPDATE_CORPUS").is_some(),
        "the table of tests/corpus/README.md is not up to date: UPDATE_CORPUS=1 writes it"
    );
}

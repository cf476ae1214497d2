//! The shipped policies: their rules are tested both ways, their examples are decided as their READMEs say, and no example is decided
//! more mildly for want of a fact or beside another pack. Their own tests run in `packs.rs`.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use taffrail::{PolicySet, Sources, Verdict};
use taffrail_actions::{Action, Defaults, read_documents};

const PACKS: [&str; 6] = [
    "baseline",
    "self-healing",
    "canary",
    "node-pool",
    "security-posture",
    "drift-repair",
];

/// Requests that a pack executes though its budget or breaker is unknown, since they take back what may be the cause, or go on with what has
/// been counted already.
const NOT_COUNTED: [&str; 4] = [
    "drain.yaml",
    "roll-back.yaml",
    "shrink.yaml",
    "uncordon.yaml",
];

fn policies() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies")
}

/// Returns names and contents of the examples of a pack.
fn examples(pack: &str) -> BTreeMap<String, Vec<u8>> {
    std::fs::read_dir(policies().join(pack).join("examples"))
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read(&path).unwrap())
        })
        .collect()
}

fn verdict(policies: &PolicySet, name: &str, document: &[u8]) -> Verdict {
    let actions = read_documents(name, document, &Defaults::default()).unwrap();
    let verdicts = actions.iter().map(|action| match action {
        Action::Single(request) => policies.decide(request).verdict(),
        Action::Plan(plan) => policies.decide_plan(plan).verdict(),
    });
    verdicts.max().unwrap_or(Verdict::Escalate)
}

/// Each guard of a pack has a test in which it applies and one in which it does not; each grant likewise.
#[test]
fn every_rule_of_a_pack_is_tested_both_ways() {
    for pack in PACKS {
        let sources = Sources::read(policies().join(pack)).unwrap();
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
                    "no test of {pack} says `{}`",
                    expectation.trim()
                );
            }
        }
    }
}

#[test]
fn the_examples_of_a_pack_are_decided_as_its_readme_says() {
    for pack in PACKS {
        let folder = policies().join(pack);
        let set = PolicySet::load(&folder).unwrap();
        let readme = std::fs::read_to_string(folder.join("README.md")).unwrap();
        let said: BTreeMap<&str, &str> = readme
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.split_once("`: "))
            .filter_map(|(file, rest)| Some((file, rest.split('|').nth(1)?.trim())))
            .collect();
        let examples = examples(pack);
        for (name, document) in &examples {
            let verdict = verdict(&set, name, document);
            let expected = said.get(name.as_str()).copied().unwrap_or_default();
            assert!(
                expected.starts_with(verdict.word()),
                "{name} of {pack} is decided {verdict}, the README says `{expected}`"
            );
        }
        assert_eq!(
            examples.len(),
            said.len(),
            "files in examples/ of {pack} and rows in its README"
        );
    }
}

#[test]
fn an_example_is_never_decided_more_mildly_for_want_of_a_fact() {
    for pack in PACKS {
        let set = PolicySet::load(policies().join(pack)).unwrap();
        for (name, document) in &examples(pack) {
            let whole: serde_yaml::Value = serde_yaml::from_slice(document).unwrap();
            let with_all = verdict(&set, name, document);
            for (fact, without) in with_one_fact_less(&whole) {
                let text = serde_yaml::to_string(&without).unwrap();
                let verdict = verdict(&set, "request.yaml", text.as_bytes());
                assert!(
                    verdict >= with_all,
                    "{name} of {pack} is decided {with_all}, and without `{fact}` {verdict}"
                );
                assert!(
                    verdict != Verdict::Execute
                        || NOT_COUNTED.contains(&name.as_str())
                        || !["current", "usage", "breakers"].contains(&fact.as_str()),
                    "{name} of {pack} is executed though nobody knows `{fact}`"
                );
            }
        }
    }
}

/// Returns the document once for each fact in it, without that fact.
fn with_one_fact_less(document: &serde_yaml::Value) -> Vec<(String, serde_yaml::Value)> {
    let mut all = Vec::new();
    for key in ["current", "principal"] {
        let mut without = document.clone();
        let fields = without.as_mapping_mut().unwrap();
        if fields.remove(key).is_some() {
            all.push((key.to_owned(), without));
        }
    }
    let facts = document.get("facts").and_then(|facts| facts.as_mapping());
    for key in facts.into_iter().flat_map(|facts| facts.keys()) {
        let mut without = document.clone();
        let facts = without.get_mut("facts").unwrap().as_mapping_mut().unwrap();
        facts.remove(key).unwrap();
        // `complete` alone would say that there are no objects, which is a fact and not the want of one.
        if key == "objects" {
            facts.remove("complete");
        }
        all.push((key.as_str().unwrap().to_owned(), without));
    }
    all
}

/// The packs can be loaded together: their names do not collide, and none opens what another one holds.
#[test]
fn no_example_is_decided_more_mildly_beside_the_baseline() {
    let baseline = texts("baseline");
    for pack in PACKS {
        let alone = PolicySet::load(policies().join(pack)).unwrap();
        let both: BTreeMap<_, _> = baseline.iter().cloned().chain(texts(pack)).collect();
        let both = PolicySet::from_sources(both).unwrap();
        for (name, document) in &examples(pack) {
            let before = verdict(&alone, name, document);
            let after = verdict(&both, name, document);
            assert!(
                after >= before,
                "{name} of {pack} is decided {before}, and beside the baseline {after}"
            );
        }
    }
}

/// Returns the policies of a pack, their names led by the pack's.
fn texts(pack: &str) -> Vec<(String, String)> {
    let sources = Sources::read(policies().join(pack)).unwrap();
    let texts = sources.table.iter();
    texts
        .map(|(_, source)| (format!("{pack}/{}", source.name), source.text.clone()))
        .collect()
}

#[test]
fn all_packs_can_be_loaded_at_once() {
    let all: Vec<_> = PACKS.iter().flat_map(|pack| texts(pack)).collect();
    PolicySet::from_sources(all).unwrap();
}

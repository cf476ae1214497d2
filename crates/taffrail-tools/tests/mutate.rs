//! What is changed to see whether a test notices, and what comes of it.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::fmt::Write as _;

use taffrail_compiler::{Options, compile};
use taffrail_runtime::Program;
use taffrail_syntax::SourceTable;
use taffrail_tools::Suite;
use taffrail_tools::mutate::{Judgement, Trial, mutants};

const EVERYTHING: &str = r#"policy a

param most: number = 0.5
signal burning: number from "prometheus" fresh 1h30m
let is_open = not (target.name in ["a", "b"]) and burning < 20% or verb == restart
let size = if is_open then 5 else (proposed.spec.replicas ?? 1) + 1

tolerance tight {
    when cluster.name == "eu"
    propose at 0
    escalate at 50
}

grant some_of_it {
    on scale, restart of Deployment, StatefulSet in "a-*", "b-*"
    when is_open
    unless (proposed.spec.replicas ?? 1) > 3
}

guard images {
    on apply of Deployment
    when every c in proposed.containers where c.name is present: c.image like "ours/*"
    risk most * size
    propose to "sre"
}

guard nothing {
    on delete
    forbid
}

budget some_a_day {
    on restart
    limit 3 per 1d by target.name
    spend 2
    propose
}

breaker failing {
    on apply
    trip after 3 failures within 30m
    hold 1h
    escalate to 2 of "sre"
}

waive nothing {
    when no n in ["x"]: n == target.name
    at most propose
    until 2026-12-31
    by "dana@example.com"
    because "a tenth of {most} is {most * 10}"
}
"#;

fn table(policy: &str) -> SourceTable {
    let mut sources = SourceTable::default();
    sources.add("a.guard", policy);
    sources
}

#[test]
fn everything_that_decides_is_changed_and_nothing_that_is_only_said() {
    let sources = table(EVERYTHING);
    assert!(compile(&sources, &Options::default()).program.is_some());
    let mut page = String::new();
    for mutant in mutants(&sources) {
        let source = sources.get(mutant.location.source).unwrap();
        let (line, _) = source.line_column(mutant.location.span.start);
        let widens = if mutant.widens { ", widens" } else { "" };
        let _ = writeln!(
            page,
            "{line:2} {:10} {}{widens}",
            mutant.family.word(),
            mutant.phrase
        );
    }
    insta::assert_snapshot!(page);
}

/// Judges the changes of a policy and returns the phrases of those that come to something.
fn judged(policy: &str, wanted: &Judgement) -> Vec<String> {
    let sources = table(policy);
    let compiled = compile(&sources, &Options::default());
    let program = Program::new(compiled.program.unwrap()).unwrap();
    let suite = Suite {
        sources: &sources,
        module: &compiled.module,
        program: &program,
        read: &|_, _| Err("there are no files".into()),
    };
    let read = |_: &str, _: &str| Err("there are no files".into());
    let options = Options::default();
    let trial = Trial::new(suite, &compiled.source_map, &read, &options).unwrap();
    mutants(&sources)
        .iter()
        .filter(|mutant| trial.judge(mutant) == *wanted)
        .map(|mutant| mutant.phrase.clone())
        .collect()
}

#[test]
fn what_no_decision_shows_is_told_apart_from_what_no_test_notices() {
    let policy = r#"policy a
budget some_a_day {
    on restart
    limit 3 per 1d by target.name
    propose
}
grant all {
    on any
    when principal.kind == agent or principal.kind == agent
}
test "t" {
    given {
        verb: restart
        target: Deployment "a/b"
        principal: agent "x"
        current: { spec: {} }
        usage: { some_a_day: 3 }
    }
    expect propose
    expect budget some_a_day
    case "the last" { usage: { some_a_day: 2 } }
    expect execute
    case "another" { verb: get }
    expect no budget some_a_day
    case "a person" { principal: human "y" }
    expect no grant all
}
"#;
    assert_eq!(
        judged(policy, &Judgement::Equivalent),
        [
            "`1d` became `2d`",
            "`principal.kind == agent` was left out",
            "`principal.kind == agent` was left out",
            "`or` became `and`",
        ]
    );
    assert_eq!(
        judged(policy, &Judgement::Survived),
        ["`propose` became `escalate`"; 0]
    );
}

#[test]
fn a_test_at_the_boundary_notices_what_a_test_beside_it_does_not() {
    let policy = |replicas: u32| {
        format!(
            r#"policy a
guard few {{
    on scale of Deployment
    when proposed.spec.replicas < 5
    risk 10
}}
test "t" {{
    given {{
        verb: scale
        target: Deployment "a/b"
        current: {{ spec: {{ replicas: 9 }} }}
        proposed: {{ spec: {{ replicas: {replicas} }} }}
    }}
    expect no guard few
}}
"#
        )
    };
    let survived = |replicas| judged(&policy(replicas), &Judgement::Survived);
    assert!(survived(7).contains(&"`<` became `<=`".to_owned()));
    assert!(!survived(5).contains(&"`<` became `<=`".to_owned()));
    assert!(!survived(5).contains(&"`5` became `6`".to_owned()));
}

/// A snapshot names the lines of rules; those of other rules than the one that is gone are no news.
#[test]
fn a_rule_that_stands_elsewhere_is_nothing_to_notice() {
    let policy = r#"policy a
guard unseen {
    on restart
    risk 10
}
guard deleted {
    on delete
    risk 40
}
test "t" {
    given { verb: delete, target: Deployment "a/b", current: {} }
    expect snapshot
}
"#;
    let sources = table(policy);
    let compiled = compile(&sources, &Options::default());
    let program = Program::new(compiled.program.unwrap()).unwrap();
    let reviewed = {
        let suite = Suite {
            sources: &sources,
            module: &compiled.module,
            program: &program,
            read: &|_, _| Err("not yet".into()),
        };
        let results = taffrail_tools::run_tests(&suite, None);
        results[0].snapshot.as_ref().unwrap().file().into_bytes()
    };
    let read = |_: &str, _: &str| Ok(reviewed.clone());
    let suite = Suite {
        sources: &sources,
        module: &compiled.module,
        program: &program,
        read: &read,
    };
    let options = Options::default();
    let trial = Trial::new(suite, &compiled.source_map, &read, &options).unwrap();
    let judged = |phrase: &str| {
        let all = mutants(&sources);
        let mutant = all.into_iter().find(|mutant| mutant.phrase == phrase);
        trial.judge(&mutant.unwrap())
    };
    assert_eq!(judged("`guard unseen` was removed"), Judgement::Survived);
    let noticed = Judgement::Noticed("a: t".into());
    assert_eq!(judged("`guard deleted` was removed"), noticed);
    assert_eq!(judged("`40` became `41`"), noticed);
}

//! What tests exercise, part by part.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::fmt::Write as _;

use taffrail_compiler::{Options, compile};
use taffrail_runtime::Program;
use taffrail_syntax::SourceTable;
use taffrail_tools::Suite;
use taffrail_tools::coverage::{Coverage, coverage};

fn covered(policy: &str) -> (Coverage, SourceTable) {
    let mut sources = SourceTable::default();
    sources.add("a.guard", policy);
    let compiled = compile(&sources, &Options::default());
    let program = compiled
        .program
        .ok_or_else(|| format!("{:#?}", compiled.diagnostics))
        .and_then(|data| Program::new(data).map_err(|error| error.to_string()))
        .unwrap();
    let suite = Suite {
        sources: &sources,
        module: &compiled.module,
        program: &program,
        read: &|_, _| Err("there are no files".into()),
    };
    let found = coverage(&suite, &compiled.source_map, None);
    assert_eq!(found.failed, Vec::<String>::new());
    (found, sources)
}

/// A part a line: its marks, its kind, its text and what is missing.
fn shown(policy: &str) -> String {
    let (found, sources) = covered(policy);
    let mut page = String::new();
    for file in &found.files {
        let source = sources.get(file.source).unwrap();
        for part in &file.parts {
            let mark = |came_to, letter| if came_to { letter } else { '·' };
            let text: Vec<&str> = source
                .slice(part.location.span)
                .split_whitespace()
                .collect();
            let _ = writeln!(
                page,
                "{}{}{} {:9} {:50} {}",
                mark(part.outcomes.yes, 'T'),
                mark(part.outcomes.no, 'F'),
                mark(part.outcomes.unknown, 'U'),
                part.kind.word(),
                text.join(" "),
                if part.constant {
                    "constant"
                } else {
                    part.remark().unwrap_or("")
                },
            );
        }
    }
    page
}

#[test]
fn an_unless_is_told_as_it_is_written() {
    insta::assert_snapshot!(shown(
        r#"policy a
guard careful {
    on scale of Deployment
    when proposed.spec.paused != true
    unless principal.kind != agent
    unless not (intent.goal == "heal")
    risk 10
}
test "t" {
    given {
        verb: scale
        target: Deployment "a/b"
        principal: agent "x"
        intent: { goal: "heal" }
        current: { spec: {} }
        proposed: { spec: { paused: false } }
    }
    expect guard careful
}
"#
    ));
}

#[test]
fn a_let_joins_the_rules_that_use_it() {
    insta::assert_snapshot!(shown(
        r#"policy a
let is_agent = principal.kind == agent
let named(n: string) = target.name == n
guard one {
    on scale
    when is_agent
    when named("one")
    risk 10
}
guard two {
    on restart
    when is_agent
    when named("two")
    risk 10
}
test "t" {
    given { verb: scale, target: Deployment "a/one", principal: agent "x", current: { spec: {} } }
    expect guard one
    case "other" { verb: restart, principal: human "y" }
    expect no guard two
}
"#
    ));
}

#[test]
fn bodies_count_over_all_elements_and_only_those_that_a_where_leaves() {
    insta::assert_snapshot!(shown(
        r#"policy a
guard images {
    on create of Pod
    when every c in proposed.spec.containers where c.name != "sidecar": c.image like "ours/*"
    risk (if count(proposed.spec.containers) > 1 then 20 else (if target.name == "x" then 1 else 2))
}
test "t" {
    given {
        verb: create
        target: Pod "a/b"
        current: null
        proposed: {
            spec: {
                containers: [
                    { name: "a", image: "ours/a" },
                    { name: "b", image: "theirs/b" },
                    { name: "sidecar", image: unknown }
                ]
            }
        }
    }
    expect no guard images
}
"#
    ));
}

#[test]
fn what_is_known_while_compiling_is_constant() {
    insta::assert_snapshot!(shown(
        r#"policy a
param strict: bool = false
param most: number = 3
guard g {
    on delete
    when strict or target.name == "x" or 2 > most
    risk 10
}
test "t" {
    given { verb: delete, target: ConfigMap "a/x", current: {} }
    expect guard g
}
"#
    ));
}

#[test]
fn every_effect_counts_when_it_took_place() {
    insta::assert_snapshot!(shown(
        r#"policy a
tolerance tight {
    when cluster.name == "eu"
    propose at 10
    escalate at 50
}
guard risky {
    on scale of Deployment
    risk 10
    suggest proposed.spec.replicas = current.spec.replicas
    suggest "ask first"
}
guard forbidden {
    on delete
    forbid
}
budget some_a_day {
    on scale
    limit 2 per 1d by target.name
    propose
}
breaker failing {
    on scale
    trip after 2 failures within 1h by target.name
    hold 1h
    escalate
}
waive forbidden {
    when target.name == "scratch"
    until 2026-12-31
    by "dana@example.com"
    because "it is scratch"
}
grant all {
    on any
}
test "t" {
    given {
        verb: scale
        target: Deployment "a/b"
        cluster: { name: "eu" }
        current: unknown
        breakers: { failing: half_open }
        now: 2026-11-22T10:00Z
    }
    expect propose
    case "used up" { usage: { some_a_day: 2 }, breakers: { failing: closed } }
    expect budget some_a_day
    case "forgiven" { verb: delete, target: Deployment "a/scratch" }
    expect execute
}
"#
    ));
}

#[test]
fn steps_of_a_plan_and_its_net_change_count() {
    insta::assert_snapshot!(shown(
        r#"policy a
guard grows {
    on scale of Deployment
    when proposed.spec.replicas > 5
    risk 10
}
test "t" {
    given {
        principal: agent "x"
        plan: [
            {
                verb: scale
                target: Deployment "a/b"
                current: { spec: { replicas: 1 } }
                proposed: { spec: { replicas: 4 } }
            },
            { verb: scale, target: Deployment "a/b", proposed: { spec: { replicas: 8 } } }
        ]
    }
    expect at least propose
}
"#
    ));
}

#[test]
fn the_percentage_counts_truths_and_effects() {
    let (found, _) = covered(
        r#"policy a
guard g {
    on delete
    when target.name == "x" and target.kind == "Pod"
    risk 10
}
test "t" {
    given { verb: delete, target: Pod "a/x", current: {} }
    expect guard g
}
"#,
    );
    let counts = found.counts();
    assert_eq!((counts.rules.covered, counts.rules.of), (1, 2));
    assert_eq!((counts.clauses.covered, counts.clauses.of), (2, 4));
    assert_eq!((counts.conditions.covered, counts.conditions.of), (2, 4));
    assert_eq!((counts.effects.covered, counts.effects.of), (1, 1));
    assert_eq!((counts.unknown.covered, counts.unknown.of), (0, 5));
    assert_eq!(counts.total().percent(), "54.5");
}

//! Tests in policies, run.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

use std::fmt::Write as _;

use taffrail_compiler::{Options, compile};
use taffrail_runtime::Program;
use taffrail_syntax::{SourceTable, Style, render};
use taffrail_tools::{Draws, Suite, run_tests, test_cases};

const RULES: &str = r#"policy shop.scaling

signal error_rate: number from "prometheus" fresh 2m
signal soak: duration from "prometheus" fresh 10m
verb defrost

grant agents {
    on any
    when principal.kind == agent
}

guard halved {
    on scale
    when dynamic(proposed).spec.replicas * 2 <= dynamic(current).spec.replicas
    risk 40
    because "from {dynamic(current).spec.replicas} to {dynamic(proposed).spec.replicas}"
}

guard burning {
    on any
    when error_rate > 1%
    escalate to "oncall"
}

guard short_soak {
    on promote
    when soak < 5m
    propose
}

guard quantities {
    on apply
    when dynamic(proposed).spec.limit == "500m"
    propose
}

budget restarts {
    on restart
    limit 3 per 1h by target.name
    propose to "sre"
}

breaker rollouts {
    on apply
    trip after 3 failures within 30m by namespace.name
    hold 1h
    escalate to "release"
}
"#;

fn run(tests: &str) -> String {
    run_filtered(tests, None)
}

fn run_filtered(tests: &str, filter: Option<&str>) -> String {
    let mut sources = SourceTable::default();
    sources.add("scaling.guard", format!("{RULES}\n{tests}"));
    let compiled = compile(&sources, &Options::default());
    let Some(data) = compiled.program else {
        let all: Vec<String> = compiled
            .diagnostics
            .iter()
            .map(|diagnostic| render(diagnostic, &sources, Style::default()))
            .collect();
        panic!("{}", all.concat());
    };
    let program = Program::new(data).unwrap();
    let suite = Suite {
        sources: &sources,
        module: &compiled.module,
        program: &program,
        read: &|_, path| {
            match path {
            "scale.yaml" => Ok(b"verb: scale\nprincipal: { kind: agent, id: a }\ntarget: { apiVersion: apps/v1, kind: Deployment, namespace: shop, name: cart }\ncurrent: { spec: { replicas: 4 } }\nproposed: { spec: { replicas: 4 } }\nfacts: { now: 2026-11-22T10:00:00Z }\n".to_vec()),
            "bad.yaml" => Ok(b"verb: scale\nfact: {}\n".to_vec()),
            _ => Err("no such file".into()),
        }
        },
    };
    let mut text = String::new();
    for result in run_tests(&suite, filter) {
        let word = if result.passed() { "ok" } else { "FAILED" };
        writeln!(text, "{word} {}", result.name()).unwrap();
        for failure in &result.failures {
            text.push_str(&render(failure, &sources, Style::default()));
        }
    }
    text
}

const GIVEN: &str = r#"
        verb: scale
        target: Deployment "shop/cart"
        principal: agent "healer"
        current: { spec: { replicas: 10 } }
        proposed: { spec: { replicas: 9 } }
        signals: { error_rate: 0.2% }
        now: 2026-11-22T10:00Z
"#;

#[test]
fn tests_and_their_cases_pass_and_fail() {
    let tests = format!(
        r#"test "one fewer" {{
    given {{ {GIVEN} }}
    expect execute
    expect at least execute
    expect risk 0..10
    expect grant agents
    expect no guard halved

    case "halving" {{ proposed: {{ spec: {{ replicas: 5 }} }} }}
    expect propose
    expect risk 40
    expect guard halved

    case "an old reading" {{ signals: {{ error_rate: 0.2% observed 10m ago }} }}
    expect escalate
    expect guard burning
    expect unknown signal error_rate
    expect gate "oncall"

    case "burning" {{ signals: {{ error_rate: 2% }} }}
    expect guard burning

    case {{ principal: human "dana" }}
    expect propose
    expect no grant agents

    case "soaked" {{ verb: promote signals: {{ soak: 6m }} }}
    expect execute

    case "not soaked" {{ verb: promote signals: {{ soak: 4m }} }}
    expect guard short_soak

    case "quantities are strings in objects" {{ verb: apply proposed: {{ spec: {{ limit: 500m }} }} }}
    expect guard quantities
}}

test "from another" {{
    given from test "one fewer" {{ current: unknown }}
    expect propose
    expect guard halved
}}

test "from a file" {{
    given from "scale.yaml" {{ signals: {{ error_rate: 0 }} }}
    expect execute

    case "with a change" {{ proposed: {{ spec: {{ replicas: 1 }} }} }}
    expect guard halved
}}

test "budgets" {{
    given from test "one fewer" {{ verb: restart }}
    expect execute
    expect no budget restarts

    case "used up" {{ usage: {{ restarts: 3 }} }}
    expect propose
    expect budget restarts
    expect gate "sre"

    case "nobody knows" {{ usage: unknown }}
    expect budget restarts
}}

test "breakers" {{
    given from test "one fewer" {{ verb: apply }}
    expect no breaker rollouts

    case "open" {{ breakers: {{ rollouts: open }} }}
    expect escalate
    expect breaker rollouts

    case "half open" {{ breakers: {{ rollouts: half_open }} }}
    expect at least propose
}}

test "a patch stands in for what was proposed" {{
    given from test "one fewer" {{ patch: {{ spec: {{ replicas: 5 }} }} }}
    expect guard halved
    case "and the other way round" {{ proposed: {{ spec: {{ replicas: 9 }} }} }}
    expect no guard halved
}}

test "a patch over a file" {{
    given from "scale.yaml" {{ patch: {{ spec: {{ replicas: 1 }} }} signals: {{ error_rate: 0 }} }}
    expect guard halved
}}

test "a plan" {{
    given {{
        principal: agent "healer"
        signals: {{ error_rate: 0 }}
        now: 2026-11-22T10:00Z
        plan: [
            {{ verb: scale target: Deployment "shop/a" current: {{ spec: {{ replicas: 4 }} }} proposed: {{ spec: {{ replicas: 3 }} }} }},
            {{ verb: scale target: Deployment "shop/a" proposed: {{ spec: {{ replicas: 2 }} }} }},
        ]
    }}
    expect propose
    expect guard halved
}}
"#
    );
    insta::assert_snapshot!(run(&tests));
}

#[test]
fn a_failure_says_what_was_expected_and_why_it_is_not_so() {
    let tests = format!(
        r#"test "wrong" {{
    given {{ {GIVEN} proposed: {{ spec: {{ replicas: 3 }} }} }}
    expect execute
    expect at least escalate
    expect risk 10..30
    expect no guard halved
    expect guard burning
    expect no grant agents
    expect gate "sre"
    expect unknown signal error_rate
}}
"#
    )
    .replace("proposed: { spec: { replicas: 9 } }\n", "");
    insta::assert_snapshot!(run(&tests));
}

#[test]
fn mistakes_in_tests_are_explained() {
    let tests = r#"
test "keys" { given { vreb: scale } expect propose }
test "facts of documents" { given { verb: scale facts: { now: unknown } } expect propose }
test "verbs" { given { verb: scael } expect propose }
test "declared verbs" { given { verb: defrost } expect propose }
test "signals" { given { verb: scale signals: { eror_rate: 1 } } expect propose }
test "budgets" { given { verb: scale usage: { restart: 1 } } expect propose }
test "rules" { given { verb: scale } expect guard halve }
test "kinds of rules" { given { verb: scale } expect guard restarts }
test "values" { given { verb: scale principal: { kind: robot } } expect propose }
test "fields" { given { verb: scale cluster: { nam: "a" } } expect propose }
test "facts" { given { verb: scale namespace: { labels: { a: 1 } } } expect propose }
test "cluster scope" { given { verb: cordon target: Node "a/b" } expect propose }
test "both" { given { verb: patch patch: {} proposed: {} } expect propose }
test "nothing" { given { verb: scale } }
test "missing file" { given from "nowhere.yaml" {} expect propose }
test "bad file" { given from "bad.yaml" {} expect propose }
test "missing test" { given from test "rule" {} expect propose }
test "circle a" { given from test "circle b" {} expect propose }
test "circle b" { given from test "circle a" {} expect propose }
test "misplaced" { given { verb: scale current: 1 observed 5m ago } expect propose }
"#;
    insta::assert_snapshot!(run(tests));
}

#[test]
fn a_filter_picks_by_name() {
    let tests = r#"
test "one" { given { verb: scale } expect at least propose case "x" {} expect at least propose }
test "two" { given { verb: scale } expect at least propose }
"#;
    insta::assert_snapshot!(run_filtered(tests, Some("one")), @r#"
    ok shop.scaling: one
    ok shop.scaling: one / x
    "#);
    assert_eq!(run_filtered(tests, Some("three")), "");
}

const DRAWN: &str = r#"policy shop.drawn

grant small_steps {
    on scale of Deployment
    when principal.kind == agent
    when proposed.spec.replicas >= current.spec.replicas - 7
}

test "all of them" for any { current.spec.replicas in 0..7, proposed.spec.replicas in 0..9 } {
    given { verb: scale, target: Deployment "shop/cart", principal: agent "healer" }
    expect execute
}

test "the simplest" for any { current.spec.replicas in 0..10000, proposed.spec.replicas in 0..10000 } {
    given { verb: scale, target: Deployment "shop/cart", principal: agent "healer" }
    when proposed.spec.replicas < current.spec.replicas
    expect execute
}

test "none" for any { current.spec.replicas in 0..1000, proposed.spec.replicas in 0..1000 } {
    given { verb: scale, target: Deployment "shop/cart", principal: agent "healer" }
    when proposed.spec.replicas > current.spec.replicas + 1000
    expect execute
}

test "unknown is wanted by nobody" for any { current in [unknown], proposed.spec.replicas in [1, 2] } {
    given { verb: scale, target: Deployment "shop/cart", principal: agent "healer" }
    when proposed.spec.replicas > current.spec.replicas
    expect execute
}

test "not a key" for any { curent.spec.replicas in 1..3 } {
    given { verb: scale, target: Deployment "shop/cart", principal: agent "healer" }
    expect execute
}

test "with a case" for any { proposed.spec.replicas in [3, 4] } {
    given { verb: scale, target: Deployment "shop/cart", principal: agent "healer", current: { spec: { replicas: 1 } } }
    expect execute

    case "from many" {
        current: { spec: { replicas: 11 } }
    }
    expect propose
}

test "pictured" for any { proposed.spec.replicas in [3, 4] } {
    given { verb: scale }
    expect snapshot
}
"#;

#[test]
fn drawn_requests_are_tried_and_the_simplest_that_fails_is_shown() {
    insta::assert_snapshot!(run_explained(DRAWN));
}

#[test]
fn the_same_seed_draws_the_same_requests_and_another_seed_others() {
    let drawn = |seed| {
        let mut sources = SourceTable::default();
        sources.add("drawn.guard", DRAWN);
        let compiled = compile(&sources, &Options::default());
        let program = Program::new(compiled.program.clone().unwrap()).unwrap();
        let suite = Suite {
            sources: &sources,
            module: &compiled.module,
            program: &program,
            read: &|_, _| Err("there is no file here".into()),
        };
        let cases = test_cases(&sources, &compiled.module);
        let case = cases
            .iter()
            .find(|case| case.title() == "the simplest")
            .unwrap();
        let draws = Draws { cases: 20, seed };
        let actions = case.with_draws(draws).actions(&suite, 10).unwrap();
        format!("{actions:?}")
    };
    assert_eq!(drawn(1), drawn(1));
    assert_ne!(drawn(1), drawn(2));
}

/// Runs the tests of a policy and returns everything that is said of each.
fn run_explained(text: &str) -> String {
    let mut sources = SourceTable::default();
    sources.add("drawn.guard", text);
    let compiled = compile(&sources, &Options::default());
    let program = Program::new(compiled.program.clone().unwrap()).unwrap();
    let results = run_tests(
        &Suite {
            sources: &sources,
            module: &compiled.module,
            program: &program,
            read: &|_, _| Err("there is no file here".into()),
        },
        None,
    );
    let mut page = String::new();
    for result in results {
        let tried = result.tried.as_ref().map(|tried| (tried.cases, tried.all));
        let _ = writeln!(page, "== {} {tried:?}", result.name());
        page.push_str(&result.explanation(&sources, Style::default()));
    }
    page
}

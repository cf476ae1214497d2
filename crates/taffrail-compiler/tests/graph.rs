//! The rule graph of whole sources: what reads what, circles, drawings.

#![expect(clippy::expect_used, reason = "a test may fail")]

mod support;

use support::{compile_texts, messages};
use taffrail_compiler::typed::RuleId;
use taffrail_compiler::{RuleGraph, draw, typed};

const SHOP: &str = r#"
policy shop.self_healing

param restarts_per_hour: number = 5

signal error_rate: number from "prometheus" fresh 2m

let halved = dynamic(proposed).spec.replicas < dynamic(current).spec.replicas / 2
let risky = halved and error_rate > 1%

grant restart_unhealthy {
    on restart of Deployment
    when dynamic(current).status.unavailableReplicas > 0
}

guard gradual {
    on scale of apps/Deployment in "shop-*"
    when risky
    risk 40
    because "{target.name} is halved"
}

budget restarts {
    on restart
    limit restarts_per_hour per 1h by target.name
    propose
}

breaker failing {
    on apply
    trip after 3 failures within 30m
    hold 1h
    escalate
}

waive gradual {
    when target.labels["app.kubernetes.io/name"] == "batch"
    until 2027-03-31
    by "dana@example.com"
    because "scaled every morning"
}
"#;

fn rule_named(module: &typed::Module, name: &str) -> RuleId {
    let at = module.rules.iter().position(|rule| rule.name == name);
    RuleId(u32::try_from(at.expect("the rule exists")).expect("few rules"))
}

fn reads(graph: &RuleGraph, rule: RuleId) -> Vec<String> {
    graph
        .reads(rule)
        .into_iter()
        .map(|node| format!("{} {}", node.kind.word(), node.name))
        .collect()
}

#[test]
fn a_rule_reads_through_lets_down_to_facts_and_signals() {
    let compiled = compile_texts(&[("shop.guard", SHOP)]);
    let rule = rule_named(&compiled.module, "shop.self_healing.gradual");
    insta::assert_debug_snapshot!(reads(&compiled.graph, rule), @r#"
    [
        "fact current.spec.replicas",
        "fact proposed.spec.replicas",
        "fact target.group",
        "fact target.kind",
        "fact target.name",
        "fact target.namespace",
        "fact verb",
        "signal shop.self_healing.error_rate",
        "let shop.self_healing.halved",
        "let shop.self_healing.risky",
        "waive shop.self_healing.waive.gradual",
    ]
    "#);
}

#[test]
fn a_budget_reads_its_usage_and_its_parameters() {
    let compiled = compile_texts(&[("shop.guard", SHOP)]);
    let rule = rule_named(&compiled.module, "shop.self_healing.restarts");
    insta::assert_debug_snapshot!(reads(&compiled.graph, rule), @r#"
    [
        "fact target.name",
        "fact verb",
        "param shop.self_healing.restarts_per_hour",
        "usage shop.self_healing.restarts",
    ]
    "#);
}

#[test]
fn evaluation_order_puts_everything_after_what_it_reads() {
    let compiled = compile_texts(&[("shop.guard", SHOP)]);
    let order: Vec<String> = compiled
        .graph
        .evaluation_order()
        .map(|node| format!("{} {}", node.kind.word(), node.name))
        .collect();
    let position = |name: &str| order.iter().position(|entry| entry == name);
    let path = [
        "fact current.spec.replicas",
        "let shop.self_healing.halved",
        "let shop.self_healing.risky",
        "guard shop.self_healing.gradual",
        "decision decision",
    ];
    for (first, second) in path.iter().zip(path.iter().skip(1)) {
        assert!(
            position(first) < position(second),
            "{first} before {second}"
        );
    }
    assert_eq!(order.len(), compiled.graph.node_count());
}

#[test]
fn dot_drawing() {
    let compiled = compile_texts(&[("shop.guard", SHOP)]);
    insta::assert_snapshot!(draw::dot(&compiled.graph));
}

#[test]
fn mermaid_drawing() {
    let compiled = compile_texts(&[("shop.guard", SHOP)]);
    insta::assert_snapshot!(draw::mermaid(&compiled.graph));
}

#[test]
fn names_from_sources_cannot_leave_their_quotes_in_drawings() {
    let compiled = compile_texts(&[(
        "a.guard",
        r##"
policy a

guard g {
    on apply
    when current.metadata.labels["\"] --> x <b>\\ #1"] == "y"
    risk 1
    because "odd"
}
"##,
    )]);
    insta::assert_snapshot!(draw::dot(&compiled.graph).lines().nth(3).unwrap_or_default(), @r##"  n0 [label="current.metadata.labels[\"\\\"] --> x <b>\\\\ #1\"]", shape=box, fillcolor="#f2f2f2"];"##);
    insta::assert_snapshot!(draw::mermaid(&compiled.graph).lines().nth(1).unwrap_or_default(), @r#"  n0["current.metadata.labels[#quot;\#quot;] --#gt; x #lt;b#gt;\\ #35;1#quot;]"]:::fact"#);
}

#[test]
fn drawings_do_not_depend_on_the_order_of_files() {
    let other =
        "policy b\nlet z = target.name\nguard h { on delete when z == \"x\" risk 2 because \"h\" }";
    let forth = compile_texts(&[("a.guard", SHOP), ("b.guard", other)]);
    let back = compile_texts(&[("b.guard", other), ("a.guard", SHOP)]);
    assert_eq!(draw::dot(&forth.graph), draw::dot(&back.graph));
    assert_eq!(draw::mermaid(&forth.graph), draw::mermaid(&back.graph));
}

#[test]
fn a_circle_of_lets_is_reported_with_its_whole_path() {
    let compiled = compile_texts(&[(
        "a.guard",
        "policy p\nlet c = a\nlet a = b or c\nlet b = target.name == \"x\" and a\nguard g { on delete when a risk 1 because \"x\" }",
    )]);
    insta::assert_snapshot!(messages(&compiled, &["recursive-definition"]), @r"
    recursive-definition: a definition needs itself: `p.a -> p.b -> p.a`
      source 0 27..28: let `p.a` reads `p.b`
      source 0 65..66: let `p.b` reads `p.a`
    ");
    assert!(compiled.program.is_none());
}

#[test]
fn a_function_that_calls_itself_is_reported() {
    let compiled = compile_texts(&[(
        "a.guard",
        "policy p\nlet f(x: number) = if x > 1 then f(x - 1) else 0\nguard g { on delete risk f(3) because \"x\" }",
    )]);
    insta::assert_snapshot!(messages(&compiled, &["recursive-definition"]), @r"
    recursive-definition: a definition needs itself: `p.f -> p.f`
      source 0 42..50: let `p.f` reads `p.f`
    ");
}

#[test]
fn modules_that_use_each_other_are_reported_with_the_whole_path() {
    let compiled = compile_texts(&[
        (
            "a.guard",
            "policy p.a\nuse p.b\nlet x = b.y\nguard g { on delete when x == \"x\" risk 1 because \"x\" }",
        ),
        (
            "b.guard",
            "policy p.b\nuse p.c\nlet y = target.name\nlet unused = c.z",
        ),
        ("c.guard", "policy p.c\nuse p.a\nlet z = target.kind"),
    ]);
    insta::assert_snapshot!(messages(&compiled, &["import-cycle"]), @r"
    import-cycle: modules use each other in a circle: `p.a -> p.b -> p.c -> p.a`
      source 0 15..18: `p.a` uses `p.b`
      source 1 15..18: `p.b` uses `p.c`
      source 2 15..18: `p.c` uses `p.a`
    ");
    assert!(compiled.program.is_none());
}

#[test]
fn a_chain_of_ten_thousand_lets_links_without_recursion() {
    use std::fmt::Write;
    let mut text = String::from("policy p\nlet l0 = target.name == \"a\"\n");
    for at in 1..10_000 {
        writeln!(text, "let l{at} = not l{}", at - 1).expect("strings take text");
    }
    text.push_str("guard g { on delete when l9999 risk 1 because \"x\" }");
    let compiled = compile_texts(&[("a.guard", &text)]);
    // `not not e` is `e`, so the chain folds away.
    assert_eq!(messages(&compiled, &[]), "");
    assert!(compiled.program.is_some());
}

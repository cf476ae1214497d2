//! Expressions of numbers.

use proptest::prelude::*;
use proptest::sample::select;

/// Returns expressions that are numbers where their facts are.
pub(crate) fn number(depth: u32) -> BoxedStrategy<String> {
    let facts = select(vec![
        "dynamic(current).spec.replicas",
        "dynamic(proposed).spec.replicas",
        "(dynamic(current).status.unavailableReplicas ?? 0)",
        "(dynamic(proposed).spec.replicas ?? 1)",
        "dynamic(current).spec[\"replicas\"]",
        "error_rate",
        "step_limit",
        "shared.steps",
        "shared.distance(dynamic(current).spec.replicas, dynamic(proposed).spec.replicas)",
        "dropped",
        "request.confidence",
        "(latency / 1s)",
        "((now - 2026-11-20) / 1d)",
        "portion(dynamic(proposed).spec.maxUnavailable, 7)",
    ])
    .prop_map(str::to_owned);
    let literals = select(vec![
        "0", "1", "2", "3", "5", "10", "0.5", "2.5", "20%", "1%",
    ])
    .prop_map(str::to_owned);
    let leaf = prop_oneof![3 => literals, 5 => facts, 2 => counts()];
    leaf.prop_recursive(depth, 8, 3, |inner| {
        prop_oneof![
            (inner.clone(), select(vec!["+", "-", "*"]), inner.clone())
                .prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            (inner.clone(), select(vec!["2", "3", "0.4", "0"]))
                .prop_map(|(a, b)| format!("({a} / {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} / {b})")),
            (inner.clone(), select(vec!["2", "3", "0.75"]))
                .prop_map(|(a, b)| format!("({a} % {b})")),
            inner.clone().prop_map(|a| format!("-{a}")),
            (select(vec!["ceil", "floor", "abs"]), inner.clone())
                .prop_map(|(f, a)| format!("{f}({a})")),
            (select(vec!["min", "max"]), inner.clone(), inner.clone())
                .prop_map(|(f, a, b)| format!("{f}({a}, {b})")),
            (super::condition::fact(), inner.clone(), inner)
                .prop_map(|(c, a, b)| format!("(if {c} then {a} else {b})")),
        ]
    })
    .boxed()
}

/// Numbers of and over collections.
fn counts() -> impl Strategy<Value = String> {
    select(vec![
        "len(target.name)",
        "len(current.metadata.labels)",
        "len(changes)",
        "(count c in dynamic(proposed).containers where c.resources.limits.cpu is absent)",
        "(count c in dynamic(current).containers: c.name != target.name)",
        "(count k, v in current.metadata.labels where v like \"p*\")",
        "(sum c in dynamic(proposed).containers: c.resources.limits.cpu)",
        "(sum c in dynamic(proposed).containers where c.name != \"proxy\": c.resources.limits.cpu ?? 0)",
        "(max c in dynamic(current).containers: c.resources.limits.cpu)",
        "(min c in dynamic(current).containers: len(c.name))",
        "len(objects(Pod, in: namespace.name, where: { app: \"api\" }))",
        "(count o in objects(Pod) where every c in o.containers: c.image like \"registry.corp/*\")",
    ])
    .prop_map(str::to_owned)
}

/// Returns expressions of risk points.
pub(crate) fn points() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => (0..70_u32).prop_map(|points| points.to_string()),
        1 => Just("weight".to_owned()),
        1 => Just("min(10 * dynamic(proposed).spec.replicas, 35)".to_owned()),
        1 => Just("if changed(dynamic(spec.replicas)) then 25 else 5".to_owned()),
        1 => Just("5 * (count c in dynamic(proposed).containers where c.resources.limits.cpu is absent)".to_owned()),
        // A constant beyond 0–100 would be an error, so a fact stands in it that changes nothing.
        2 => number(2).prop_map(|points| format!("{points} + 0 * (dynamic(proposed).spec.replicas ?? 0)")),
    ]
}

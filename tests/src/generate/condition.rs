//! Conditions.

use proptest::prelude::*;
use proptest::sample::select;

use super::number::number;

/// Returns conditions; `known(…)` stands in them only where it may: `plain` tells whether it may stand here without
/// a `not`, and `None` that it may not stand at all.
pub(crate) fn condition(depth: u32, plain: Option<bool>) -> BoxedStrategy<String> {
    if depth == 0 {
        return leaf(plain);
    }
    let same = condition(depth - 1, plain);
    let flipped = condition(depth - 1, plain.map(|plain| !plain));
    let none = condition(depth - 1, None);
    let element = element(depth - 1);
    prop_oneof![
        6 => leaf(plain),
        2 => (same.clone(), same.clone()).prop_map(|(a, b)| format!("({a} and {b})")),
        2 => (same.clone(), same.clone()).prop_map(|(a, b)| format!("({a} or {b})")),
        2 => flipped.clone().prop_map(|inner| format!("(not {inner})")),
        1 => (none.clone(), none.clone(), none).prop_map(|(c, a, b)| format!("(if {c} then {a} else {b})")),
        3 => (select(vec!["some", "every", "no"]), collection(), element.clone())
            .prop_map(|(quantifier, over, body)| format!("({quantifier} c in {over}: {body})")),
        1 => (select(vec!["some", "every", "no"]), collection(), element.clone(), element)
            .prop_map(|(quantifier, over, filter, body)| format!("({quantifier} c in {over} where {filter}: {body})")),
        1 => (collection(), same.clone(), flipped)
            .prop_map(move |(over, body, filter)| format!("(every x{depth} in {over} where {filter}: {body})")),
        1 => same.prop_map(move |body| {
            format!("(some k{depth}, v{depth} in current.metadata.labels: k{depth} like \"t*\" and {body})")
        }),
    ]
    .boxed()
}

fn leaf(plain: Option<bool>) -> BoxedStrategy<String> {
    let known = select(vec![
        "known(dynamic(current).spec.replicas)",
        "known(error_rate)",
        "known(proposed)",
        "known(healthy)",
    ]);
    let other = prop_oneof![4 => fact(), 3 => comparison()];
    match plain {
        None => other.boxed(),
        Some(true) => prop_oneof![9 => other, 1 => known.prop_map(str::to_owned)].boxed(),
        Some(false) => {
            prop_oneof![9 => other, 1 => known.prop_map(|known| format!("(not {known})"))].boxed()
        }
    }
}

fn comparison() -> impl Strategy<Value = String> {
    let number = number(2);
    (
        number.clone(),
        select(vec!["==", "!=", "<", "<=", ">", ">="]),
        number,
    )
        .prop_map(|(a, op, b)| format!("{a} {op} {b}"))
}

/// Conditions on one fact.
pub(crate) fn fact() -> BoxedStrategy<String> {
    prop_oneof![
        select(vec![
            "verb == scale",
            "verb != restart",
            "verb in [scale, restart, rollback]",
            "verb not in [get, delete]",
            "principal.kind == agent",
            "principal.kind != human",
            "principal.kind in [agent, controller]",
            "\"platform\" in principal.groups",
            "principal.id == \"healer\"",
            "principal.tenant is absent",
            "rollback.class == reversible",
            "rollback.tested",
            "impact.share > 0.5",
            "impact.pods >= 3",
            "not impact.data",
            "subresource is absent",
            "subresource == \"scale\"",
            "healthy",
            "healthy == true",
            "tripped",
            "target.name == \"api\"",
            "target.name like \"*-batch\"",
            "target.namespace is present",
            "target.kind matches r\"Set$\"",
            "target.group == \"apps\"",
            "cluster.environment == \"production\"",
            "semver(cluster.version) >= semver(\"1.30\")",
            "semver(cluster.version) < semver(\"1.9\")",
            "intent.expires > now",
            "intent.goal is absent",
        ]),
        select(vec![
            "shared.is_production",
            "halved",
            "frozen_now",
            "shared.above(dynamic(proposed).spec.replicas, 4)",
            "above_limit(dynamic(current).spec.replicas)",
            "changed(dynamic(spec.replicas))",
            "changed(metadata.labels[\"tier\"])",
            "changed(dynamic(spec.template))",
            "\"spec.replicas\" in changes",
            "now in freeze",
            "now not in nights",
            "now in weekend",
            "now < 2026-12-25",
            "now - 30m >= 2026-11-22T10:00Z",
            "latency > 200ms",
            "latency <= 1m30s",
        ]),
        select(vec![
            "current is absent",
            "proposed is absent",
            "current == proposed",
            "dynamic(current).spec.paused",
            "dynamic(current).spec.paused == true",
            "(dynamic(current).spec.paused ?? false)",
            "dynamic(proposed).spec.paused is present",
            "dynamic(current).spec.selector == dynamic(proposed).spec.selector",
            "current.metadata.labels.tier == \"gold\"",
            "current.metadata.labels == { tier: \"gold\" }",
            "\"tier\" in current.metadata.labels",
            "namespace.labels.env in [\"prod\", \"stage\"]",
            "namespace.labels[\"env\"] != \"test\"",
            "(namespace.labels.env ?? \"prod\") == \"prod\"",
            "lower(namespace.labels.env) == \"prod\"",
            "starts_with(target.name, \"a\")",
            "contains(current.metadata.labels.tier, \"ol\")",
            "current.metadata.annotations.address in cidr(\"10.0.0.0/8\")",
            "cidr(\"10.0.0.0/8\").contains(current.metadata.annotations.address)",
            "dynamic(current).spec.replicas in [1, 2, 3]",
            "[dynamic(current).spec.replicas, 1] == [3, 1]",
            "(some p in objects(Pod, in: target.namespace): p.metadata.name == \"api-1\")",
        ]),
    ]
    .prop_map(str::to_owned)
    .boxed()
}

/// Lists and maps to quantify over, of which the elements are containers or so.
fn collection() -> impl Strategy<Value = String> {
    select(vec![
        "dynamic(proposed).containers",
        "dynamic(current).containers",
        "dynamic(proposed).spec.template.spec.containers",
        "dynamic(current).pod.containers",
        "dynamic(proposed).pod.initContainers",
    ])
    .prop_map(str::to_owned)
}

/// Conditions on `c`.
fn element(depth: u32) -> BoxedStrategy<String> {
    let leaf = select(vec![
        "c.image like \"registry.corp/*\"",
        "image(c.image).registry == \"registry.corp\"",
        "image(c.image).tag == \"latest\"",
        "image(c.image).digest is absent",
        "c.name in [\"app\", \"proxy\"]",
        "c.resources.limits.cpu is absent",
        "c.resources.limits.cpu > 500m",
        "(c.resources.limits.cpu ?? 0) < 2",
        "c.securityContext.privileged == true",
        "c.securityContext.privileged",
        "(some e in c.env: e.name == \"MODE\" and e.value != \"test\")",
        "(no e in c.env where e.value is absent: e.name like \"M*\")",
        "c.name == target.name",
        "(every other in dynamic(proposed).containers: other.name != c.name or other.image == c.image)",
    ])
    .prop_map(str::to_owned);
    leaf.prop_recursive(depth, 4, 2, |inner| {
        prop_oneof![
            (inner.clone(), select(vec!["and", "or"]), inner.clone())
                .prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            inner.prop_map(|inner| format!("(not {inner})")),
        ]
    })
    .boxed()
}

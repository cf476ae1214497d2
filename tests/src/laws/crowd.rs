//! What holds for few rules holds in a crowd: the index goes other ways where a program has many rules.

use super::faithful::faithful;
use super::run::slow_law;
use super::{Case, case};
use crate::generate::policy::RuleText;

/// How many rules stand around the generated ones: enough for facts that most rules ask about, and for facts that few do.
const CROWD: usize = 600;

#[test]
fn the_program_and_the_reference_agree_in_a_crowd() {
    slow_law("crowd", case(), |case: &Case| {
        let mut case = case.clone();
        if let Some(file) = case.set.files.last_mut() {
            file.rules.extend((0..CROWD).map(bystander));
        }
        faithful(&case)
    });
}

/// Returns a rule that differs from the others by its number. Some apply to some requests, most to none.
fn bystander(number: usize) -> RuleText {
    let pick = |words: &[&str]| {
        words
            .get(number / 9 % words.len())
            .copied()
            .unwrap_or("")
            .to_owned()
    };
    let verb = pick(&["scale", "restart", "patch", "apply", "delete"]);
    let kind = pick(&[
        "Deployment",
        "Pod",
        "Secret",
        "Node",
        "StatefulSet",
        "CronJob",
    ]);
    let namespace = pick(&[
        "payments",
        "kube-*",
        "payments-*",
        "p*",
        "team-a",
        "team-b",
        "team-c",
    ]);
    let replicas = number / 9 % 12;
    let (on, condition) = match number % 9 {
        0 => (
            format!("{verb} of {kind} in \"{namespace}\""),
            format!("request.reason == \"reason {number}\""),
        ),
        1 => (
            format!("{verb} of {kind} in \"payments\", \"team-{number}\""),
            format!("dynamic(proposed).spec.replicas >= {replicas}"),
        ),
        2 => (
            verb,
            format!("dynamic(current).spec.replicas <= {replicas}"),
        ),
        3 => (
            "any".into(),
            format!("target.name like \"a{}*\"", number / 9),
        ),
        4 => (
            "any".into(),
            format!(
                "target.name like \"{}*\"",
                pick(&["a", "we", "nightly", "x"])
            ),
        ),
        5 => (
            format!("any of {kind}"),
            format!(
                "principal.tenant == \"{}\"",
                pick(&["payments", "shop", "search"])
            ),
        ),
        6 => (
            "any".into(),
            format!("rollback.tested and cluster.region == \"region-{number}\""),
        ),
        7 => (
            format!("{verb}, drain"),
            format!(
                "not rollback.tested and cluster.environment in [\"staging\", \"lab-{number}\"] and dynamic(current).spec.replicas > {replicas}"
            ),
        ),
        _ => match number / 9 {
            // A fact that one rule in the whole crowd asks about.
            7 => ("any".into(), "cluster.name == \"eu-1\"".into()),
            8 => ("any".into(), "cluster.version like \"1.*\"".into()),
            9 => (
                "any".into(),
                "request.confidence >= 0.2 and request.confidence < 0.9".into(),
            ),
            _ => (
                "any".into(),
                format!("namespace.labels.owner == \"owner-{number}\""),
            ),
        },
    };
    let name = format!("bystander_{number}");
    let text = format!("guard {name} {{\n    on {on}\n    when {condition}\n    risk 1\n}}\n");
    RuleText {
        keyword: "guard",
        name,
        text,
    }
}

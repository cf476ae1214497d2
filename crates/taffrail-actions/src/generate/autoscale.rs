//! The autoscalers that `autoscale` makes.

use serde_json::{Value as Json, json};

use super::source::{self, Source};
use super::{GenerateError, Input, Made, fields, form, some_list};
use crate::stored::is_quantity;

const KINDS: [&str; 4] = [
    "Deployment",
    "ReplicaSet",
    "ReplicationController",
    "StatefulSet",
];

pub(super) fn autoscalers(input: Input<'_>) -> Made<Vec<Json>> {
    let sources = source::all(input)?;
    sources
        .iter()
        .map(|found| autoscaler(input, found))
        .collect()
}

fn autoscaler(input: Input<'_>, found: &Source<'_>) -> Made<Json> {
    let flags = input.flags;
    if !KINDS.contains(&found.kind) {
        return Err(GenerateError::Kind {
            kind: found.kind.to_owned(),
            done: "scaled",
        });
    }
    let most: i32 = flags
        .number("max")?
        .ok_or(GenerateError::Missing { what: "`--max`" })?;
    let least: i32 = flags.number("min")?.unwrap_or(-1);
    if most < 1 || most < least {
        return Err(form(
            "--max",
            &most.to_string(),
            "at least 1 and at least `--min`",
        ));
    }
    let percent: i32 = flags.number("cpu-percent")?.unwrap_or(-1);
    let mut metrics = Vec::new();
    if percent > 0 {
        if flags.text("cpu").is_some() {
            return Err(GenerateError::Excluded {
                first: "`--cpu-percent`",
                second: "`--cpu`",
            });
        }
        metrics.push(metric("cpu", &share(percent)));
    }
    for (flag, unit) in [("cpu", "m"), ("memory", "Mi")] {
        if let Some(text) = flags.text(flag) {
            metrics.push(metric(flag, &target(flag, text, unit)?));
        }
    }
    let reference = json!({
        "apiVersion": found.api_version(),
        "kind": found.kind,
        "name": found.name,
    });
    let spec = fields([
        ("scaleTargetRef", Some(reference)),
        ("maxReplicas", Some(json!(most))),
        ("minReplicas", (least > 0).then(|| json!(least))),
        ("metrics", some_list(metrics)),
    ]);
    let name = flags.text("name").unwrap_or(found.name);
    Ok(json!({
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": input.metadata(name, super::Fields::new()),
        "spec": spec,
    }))
}

fn metric(resource: &str, target: &Json) -> Json {
    json!({ "type": "Resource", "resource": { "name": resource, "target": target } })
}

fn share(percent: i32) -> Json {
    json!({ "type": "Utilization", "averageUtilization": percent })
}

/// Reads a share (`70%`), a quantity (`500m`), or a number in the unit that the flag has.
fn target(flag: &str, text: &str, unit: &str) -> Made<Json> {
    let text = text.trim();
    let refused = || form(format!("--{flag}"), text, "a percentage or a quantity");
    if let Some(percent) = text.strip_suffix('%') {
        let percent = percent.trim().parse::<i32>().ok();
        return percent
            .filter(|percent| *percent >= 0)
            .map(share)
            .ok_or_else(refused);
    }
    let is_number = text.bytes().all(|c| c.is_ascii_digit() || c == b'.');
    let quantity = if is_number {
        format!("{text}{unit}")
    } else {
        text.to_owned()
    };
    let is_quantity = is_quantity(&quantity);
    is_quantity
        .then(|| json!({ "type": "AverageValue", "averageValue": quantity }))
        .ok_or_else(refused)
}

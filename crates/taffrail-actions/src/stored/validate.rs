//! What the API server checks of the values of an object, as far as an object tells it by itself.

mod names;
mod pods;
mod required;
mod workloads;

use serde_json::Value as Json;

use super::base64;
use super::kind::{Kind, at, text};
use super::quantity;
use super::refused::Refused;

/// Numbers that may not be negative, by the kinds that have them in their spec.
const NOT_NEGATIVE: &[&str] = &[
    "activeDeadlineSeconds",
    "backoffLimit",
    "completions",
    "failedJobsHistoryLimit",
    "minReadySeconds",
    "parallelism",
    "progressDeadlineSeconds",
    "replicas",
    "revisionHistoryLimit",
    "startingDeadlineSeconds",
    "successfulJobsHistoryLimit",
    "ttlSecondsAfterFinished",
];

/// Checks an object of a built-in kind; of others only the metadata.
pub(super) fn check(object: &Json, kind: &Kind) -> Result<(), Refused> {
    names::check(object, kind)?;
    if !kind.builtin {
        return Ok(());
    }
    if let Some(root) = kind.root {
        required::check(object, root, kind.schemas)?;
    }
    if let Some(spec) = object.get("spec") {
        for field in NOT_NEGATIVE {
            let number = spec.get(*field).and_then(Json::as_i64);
            if number.is_some_and(|number| number < 0) {
                let field = format!("spec.{field}");
                return Err(Refused::invalid_at(&field, "must be zero or more"));
            }
        }
    }
    if let Some(path) = kind.pod_template() {
        pods::check(object, &path, kind)?;
    }
    match (kind.group, kind.kind) {
        ("apps", _) => workloads::check(object, kind),
        ("", "ConfigMap" | "Secret") => data(object, kind.kind),
        ("", "Service") => ports(object),
        ("apiextensions.k8s.io", "CustomResourceDefinition") => definition(object),
        ("autoscaling", "HorizontalPodAutoscaler") => bounds(object),
        ("batch", "CronJob") => schedule(object),
        ("networking.k8s.io", "NetworkPolicy") => blocks(object),
        ("policy", "PodDisruptionBudget") => {
            let has = |field: &str| at(object, &["spec", field]).is_some();
            if has("minAvailable") && has("maxUnavailable") {
                return Err(Refused::invalid_at(
                    "spec",
                    "has both `minAvailable` and `maxUnavailable`",
                ));
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// A definition is named after what it defines.
fn definition(object: &Json) -> Result<(), Refused> {
    let part = |path: &[&str]| text(object, path).unwrap_or_default();
    let wanted = format!(
        "{}.{}",
        part(&["spec", "names", "plural"]),
        part(&["spec", "group"])
    );
    if part(&["metadata", "name"]) == wanted {
        return Ok(());
    }
    Err(Refused::invalid_at(
        "metadata.name",
        format!("must be `{wanted}`"),
    ))
}

fn data(object: &Json, kind: &str) -> Result<(), Refused> {
    /// What etcd takes in one object.
    const MOST_BYTES: usize = 1024 * 1024;
    let mut size = 0_usize;
    for field in ["data", "binaryData"] {
        for (key, value) in object
            .get(field)
            .and_then(Json::as_object)
            .into_iter()
            .flatten()
        {
            if !names::is_config_key(key) {
                let problem = "is no key of letters, digits, `-`, `_` and `.`";
                return Err(Refused::invalid_at(&format!("{field}[{key}]"), problem));
            }
            let text = value.as_str().unwrap_or_default();
            size = size.saturating_add(text.len());
            if (kind == "Secret" || field == "binaryData") && !base64::is_valid(text) {
                return Err(Refused::invalid_at(
                    &format!("{field}[{key}]"),
                    "is not base64",
                ));
            }
        }
    }
    if kind == "Secret" {
        size = size.saturating_mul(3).div_euclid(4);
    }
    if size > MOST_BYTES {
        return Err(Refused::invalid("is larger than 1 MiB"));
    }
    if kind == "Secret" && text(object, &["type"]) == Some("kubernetes.io/tls") {
        for key in ["tls.crt", "tls.key"] {
            if at(object, &["data", key]).is_none() {
                return Err(Refused::invalid_at(&format!("data[{key}]"), "is missing"));
            }
        }
    }
    Ok(())
}

fn ports(object: &Json) -> Result<(), Refused> {
    let ports = at(object, &["spec", "ports"]).and_then(Json::as_array);
    let several = ports.is_some_and(|ports| ports.len() > 1);
    for (at, port) in ports.into_iter().flatten().enumerate() {
        if several && text(port, &["name"]).is_none() {
            let field = format!("spec.ports[{at}].name");
            return Err(Refused::invalid_at(&field, "is missing beside other ports"));
        }
        for field in ["port", "targetPort", "nodePort"] {
            let number = port.get(field).and_then(Json::as_i64);
            if number.is_some_and(|number| !(1..=65_535).contains(&number)) {
                let field = format!("spec.ports[{at}].{field}");
                return Err(Refused::invalid_at(&field, "must be from 1 to 65535"));
            }
        }
    }
    Ok(())
}

fn bounds(object: &Json) -> Result<(), Refused> {
    let number = |field: &str| at(object, &["spec", field]).and_then(Json::as_i64);
    if number("maxReplicas").is_none_or(|most| most < 1) {
        return Err(Refused::invalid_at(
            "spec.maxReplicas",
            "must be one or more",
        ));
    }
    if number("minReplicas") > number("maxReplicas") {
        return Err(Refused::invalid_at(
            "spec.maxReplicas",
            "is less than `minReplicas`",
        ));
    }
    Ok(())
}

fn schedule(object: &Json) -> Result<(), Refused> {
    let schedule = text(object, &["spec", "schedule"]).unwrap_or_default();
    if schedule.starts_with('@') || schedule.split_whitespace().count() == 5 {
        return Ok(());
    }
    Err(Refused::invalid_at("spec.schedule", "has not five fields"))
}

fn blocks(object: &Json) -> Result<(), Refused> {
    for (rules, peers) in [("ingress", "from"), ("egress", "to")] {
        let rules = at(object, &["spec", rules]).and_then(Json::as_array);
        let peers = rules
            .into_iter()
            .flatten()
            .filter_map(|rule| rule.get(peers)?.as_array());
        for peer in peers.flatten() {
            if let Some(cidr) = text(peer, &["ipBlock", "cidr"])
                && !names::is_cidr(cidr)
            {
                let problem = format!("has a block `{cidr}` that is no range of addresses");
                return Err(Refused::invalid_at("spec", problem));
            }
        }
    }
    Ok(())
}

/// Returns whether an amount is more than another.
fn exceeds(amount: &Json, limit: &Json) -> bool {
    let nano = |value: &Json| quantity::canonical(value).and_then(|text| quantity::nano(&text));
    matches!((nano(amount), nano(limit)), (Some(amount), Some(limit)) if amount > limit)
}

//! Workloads and how they are rolled out.

use serde_json::Value as Json;

use super::super::kind::{Kind, at, text};
use super::super::refused::Refused;

/// Checks the selector and the strategy of a workload.
pub(super) fn check(object: &Json, kind: &Kind) -> Result<(), Refused> {
    selector(object)?;
    match kind.kind {
        "Deployment" => deployment(object),
        "DaemonSet" => moves(object, &["spec", "updateStrategy", "rollingUpdate"]),
        "StatefulSet" if has_other_settings(object, "updateStrategy", "RollingUpdate") => {
            Err(Refused::invalid_at(
                "spec.updateStrategy.rollingUpdate",
                "is only for the type `RollingUpdate`",
            ))
        }
        _ => Ok(()),
    }
}

/// The selector of a workload selects its own pods.
fn selector(object: &Json) -> Result<(), Refused> {
    let Some(selector) = at(object, &["spec", "selector"]) else {
        if at(object, &["spec", "template"]).is_some() {
            return Err(Refused::invalid_at("spec.selector", "is missing"));
        }
        return Ok(());
    };
    if selector.as_object().is_none_or(serde_json::Map::is_empty) {
        return Err(Refused::invalid_at("spec.selector", "is empty"));
    }
    let labels = at(object, &["spec", "template", "metadata", "labels"]);
    let wanted = selector.get("matchLabels").and_then(Json::as_object);
    let differs = wanted
        .into_iter()
        .flatten()
        .any(|(key, value)| labels.and_then(|labels| labels.get(key)) != Some(value));
    if differs {
        return Err(Refused::invalid_at(
            "spec.template.metadata.labels",
            "are not those that the selector selects",
        ));
    }
    Ok(())
}

fn deployment(object: &Json) -> Result<(), Refused> {
    if has_other_settings(object, "strategy", "RollingUpdate") {
        return Err(Refused::invalid_at(
            "spec.strategy.rollingUpdate",
            "is only for the type `RollingUpdate`",
        ));
    }
    let number = |field: &str| at(object, &["spec", field]).and_then(Json::as_i64);
    let ready = number("minReadySeconds").unwrap_or(0);
    if number("progressDeadlineSeconds").is_some_and(|deadline| deadline <= ready) {
        return Err(Refused::invalid_at(
            "spec.progressDeadlineSeconds",
            "must be more than `minReadySeconds`",
        ));
    }
    moves(object, &["spec", "strategy", "rollingUpdate"])
}

/// Returns whether a strategy of another type has the settings of rolling updates.
fn has_other_settings(object: &Json, field: &str, rolling: &str) -> bool {
    text(object, &["spec", field, "type"]).is_some_and(|ty| ty != rolling)
        && at(object, &["spec", field, "rollingUpdate"]).is_some()
}

/// A rolling update takes a pod away first or puts one up first.
fn moves(object: &Json, path: &[&str]) -> Result<(), Refused> {
    let Some(settings) = at(object, path) else {
        return Ok(());
    };
    let is_zero = |field: &str| match settings.get(field) {
        Some(Json::Number(number)) => number.as_i64() == Some(0),
        Some(Json::String(text)) => text == "0%" || text == "0",
        _ => false,
    };
    if is_zero("maxUnavailable") && is_zero("maxSurge") {
        return Err(Refused::invalid_at(
            &path.join("."),
            "has neither `maxUnavailable` nor `maxSurge`",
        ));
    }
    Ok(())
}

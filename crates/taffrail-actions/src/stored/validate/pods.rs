//! Pods and the templates of pods.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::super::kind::{Kind, at, text};
use super::super::refused::Refused;
use super::{exceeds, names};

/// Checks the pod or the template of pods at a path.
pub(super) fn check(object: &Json, path: &[&str], kind: &Kind) -> Result<(), Refused> {
    let field = |rest: &str| {
        let mut field = path.join(".");
        if !field.is_empty() {
            field.push('.');
        }
        field + rest
    };
    let Some(pod) = at(object, path).filter(|pod| pod.get("spec").is_some()) else {
        return Err(Refused::invalid_at(&field("spec"), "is missing"));
    };
    let containers = at(pod, &["spec", "containers"]).and_then(Json::as_array);
    if containers.is_none_or(Vec::is_empty) {
        return Err(Refused::invalid_at(&field("spec.containers"), "is missing"));
    }
    let volumes = at(pod, &["spec", "volumes"]).and_then(Json::as_array);
    let claims = at(object, &["spec", "volumeClaimTemplates"]).and_then(Json::as_array);
    let claims = claims.into_iter().flatten();
    let claims = claims.filter_map(|claim| text(claim, &["metadata", "name"]));
    let volumes: Vec<&str> = volumes
        .into_iter()
        .flatten()
        .filter_map(|volume| text(volume, &["name"]))
        .chain(claims)
        .collect();
    for list in ["containers", "initContainers", "ephemeralContainers"] {
        let list_field = field(&format!("spec.{list}"));
        let containers = at(pod, &["spec", list]).and_then(Json::as_array);
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        for (position, container) in containers.into_iter().flatten().enumerate() {
            let under = |refused: Refused| refused.under(&format!("{list_field}[{position}]"));
            check_container(container, &volumes).map_err(under)?;
            let name = text(container, &["name"]).unwrap_or_default();
            if !seen.insert(name) {
                return Err(under(Refused::invalid_at(
                    "name",
                    "is that of another container",
                )));
            }
        }
    }
    let labels = at(pod, &["metadata", "labels"]).and_then(Json::as_object);
    let bad = labels
        .into_iter()
        .flatten()
        .find(|(_, value)| !value.as_str().is_none_or(names::is_label_value));
    if let Some((key, value)) = bad {
        let problem = format!("has `{key}` with {value}, which is no value of a label");
        return Err(Refused::invalid_at(&field("metadata.labels"), problem));
    }
    restart_policy(pod, kind).map_err(|refused| refused.under(&field("spec")))
}

fn check_container(container: &Json, volumes: &[&str]) -> Result<(), Refused> {
    for required in ["name", "image"] {
        if text(container, &[required]).is_none() {
            return Err(Refused::invalid_at(required, "is missing"));
        }
    }
    if !text(container, &["name"]).is_none_or(names::is_dns_label) {
        return Err(Refused::invalid_at("name", "is no name of a container"));
    }
    let mounts = at(container, &["volumeMounts"]).and_then(Json::as_array);
    for (at, mount) in mounts.into_iter().flatten().enumerate() {
        let name = text(mount, &["name"]).unwrap_or_default();
        if !volumes.contains(&name) {
            let field = format!("volumeMounts[{at}].name");
            return Err(Refused::invalid_at(
                &field,
                format!("is `{name}`, which no volume has"),
            ));
        }
    }
    let requests = at(container, &["resources", "requests"]).and_then(Json::as_object);
    for (resource, request) in requests.into_iter().flatten() {
        let limit = at(container, &["resources", "limits", resource]);
        if limit.is_some_and(|limit| exceeds(request, limit)) {
            let field = format!("resources.requests[{resource}]");
            return Err(Refused::invalid_at(&field, "is more than the limit"));
        }
    }
    Ok(())
}

/// Pods of jobs end, those of other workloads do not.
fn restart_policy(pod: &Json, kind: &Kind) -> Result<(), Refused> {
    let policy = text(pod, &["spec", "restartPolicy"]).unwrap_or("Always");
    let fits = match kind.group {
        "apps" => policy == "Always",
        "batch" => policy != "Always",
        _ => true,
    };
    if fits {
        return Ok(());
    }
    Err(Refused::invalid_at(
        "restartPolicy",
        format!("cannot be `{policy}`"),
    ))
}

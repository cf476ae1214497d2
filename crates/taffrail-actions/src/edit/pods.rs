//! Edits of the pods that a workload makes.

use serde_json::{Value as Json, json};

use super::{EditError, Edited, kind, no_part, set};

/// Returns the keys from an object of a kind to the pod's spec.
fn path_to_spec(kind: &str) -> Option<&'static [&'static str]> {
    match kind {
        "Pod" => Some(&["spec"]),
        "DaemonSet"
        | "Deployment"
        | "Job"
        | "ReplicaSet"
        | "ReplicationController"
        | "StatefulSet" => Some(&["spec", "template", "spec"]),
        "CronJob" => Some(&["spec", "jobTemplate", "spec", "template", "spec"]),
        _ => None,
    }
}

fn pod_spec(object: &mut Json) -> Edited<&mut Json> {
    let Some(path) = path_to_spec(kind(object)) else {
        return Err(no_part(object, "pods"));
    };
    let lacks = no_part(object, "pods");
    let mut at = object;
    for key in path {
        at = at.get_mut(*key).ok_or_else(|| lacks.clone())?;
    }
    Ok(at)
}

/// Runs an edit on the containers of some names and returns how many there were.
fn each_container(
    spec: &mut Json,
    lists: &[&str],
    matching: impl Fn(&str) -> bool,
    mut edit: impl FnMut(&mut Json),
) -> usize {
    let mut found = 0;
    for list in lists {
        let containers = spec.get_mut(*list).and_then(Json::as_array_mut);
        for container in containers.into_iter().flatten() {
            let name = container
                .get("name")
                .and_then(Json::as_str)
                .unwrap_or_default();
            if matching(name) {
                edit(container);
                found += 1;
            }
        }
    }
    found
}

/// Init containers have images too; `*` means every container of both lists.
pub(super) fn set_images(object: &mut Json, images: &[(String, String)]) -> Edited<()> {
    let spec = pod_spec(object)?;
    for (name, image) in images {
        let found = each_container(
            spec,
            &["initContainers", "containers"],
            |container| name == "*" || container == name,
            |container| set(container, &["image"], Some(json!(image))),
        );
        if found == 0 {
            return Err(EditError::NoContainer { name: name.clone() });
        }
    }
    Ok(())
}

pub(super) fn set_env(
    object: &mut Json,
    containers: &str,
    added: &[(String, String)],
    removed: &[String],
) -> Edited<()> {
    let spec = pod_spec(object)?;
    let found = each_container(
        spec,
        &["initContainers", "containers"],
        |name| is_like(containers, name),
        |container| {
            let before = container.get("env").and_then(Json::as_array);
            let mut env = before.cloned().unwrap_or_default();
            let is = |variable: &Json, name: &str| {
                variable.get("name").and_then(Json::as_str) == Some(name)
            };
            for (name, value) in added {
                let new = json!({ "name": name, "value": value });
                match env.iter_mut().find(|variable| is(variable, name)) {
                    Some(variable) => *variable = new,
                    None => env.push(new),
                }
            }
            env.retain(|variable| !removed.iter().any(|name| is(variable, name)));
            set(
                container,
                &["env"],
                (!env.is_empty()).then_some(Json::Array(env)),
            );
        },
    );
    of_some(found, containers)
}

pub(super) fn set_resources(
    object: &mut Json,
    containers: &str,
    limits: &[(String, String)],
    requests: &[(String, String)],
) -> Edited<()> {
    let spec = pod_spec(object)?;
    let found = each_container(
        spec,
        &["initContainers", "containers"],
        |name| is_like(containers, name),
        |container| {
            for (part, values) in [("limits", limits), ("requests", requests)] {
                for (resource, quantity) in values {
                    set(
                        container,
                        &["resources", part, resource],
                        Some(json!(quantity)),
                    );
                }
            }
        },
    );
    of_some(found, containers)
}

pub(super) fn set_service_account(object: &mut Json, name: &str) -> Edited<()> {
    let spec = pod_spec(object)?;
    set(spec, &["serviceAccountName"], Some(json!(name)));
    // The old name of the field holds the same.
    if spec.get("serviceAccount").is_some() {
        set(spec, &["serviceAccount"], Some(json!(name)));
    }
    Ok(())
}

fn of_some(found: usize, containers: &str) -> Edited<()> {
    if found == 0 {
        return Err(EditError::NoContainer {
            name: containers.to_owned(),
        });
    }
    Ok(())
}

/// Matches a name against a pattern in which `*` stands for any text.
fn is_like(pattern: &str, name: &str) -> bool {
    taffrail_runtime::glob::like(pattern, name)
}

//! What may not change once an object is there.

use serde_json::Value as Json;

use super::kind::{Kind, at};
use super::refused::Refused;

/// Group, kind and path of the fields that may not change.
const IMMUTABLE: &[(&str, &str, &[&str])] = &[
    ("", "Secret", &["type"]),
    ("apps", "DaemonSet", &["spec", "selector"]),
    ("apps", "Deployment", &["spec", "selector"]),
    ("apps", "ReplicaSet", &["spec", "selector"]),
    ("batch", "Job", &["spec", "completionMode"]),
    ("batch", "Job", &["spec", "podFailurePolicy"]),
    ("discovery.k8s.io", "EndpointSlice", &["addressType"]),
    ("networking.k8s.io", "IngressClass", &["spec", "controller"]),
    (
        "rbac.authorization.k8s.io",
        "ClusterRoleBinding",
        &["roleRef"],
    ),
    ("rbac.authorization.k8s.io", "RoleBinding", &["roleRef"]),
    ("scheduling.k8s.io", "PriorityClass", &["preemptionPolicy"]),
    ("scheduling.k8s.io", "PriorityClass", &["value"]),
    ("storage.k8s.io", "StorageClass", &["parameters"]),
    ("storage.k8s.io", "StorageClass", &["provisioner"]),
    ("storage.k8s.io", "StorageClass", &["reclaimPolicy"]),
    ("storage.k8s.io", "StorageClass", &["volumeBindingMode"]),
];

/// What of a spec may change where the rest may not.
const CHANGEABLE: &[(&str, &str, &[&str])] = &[
    (
        "",
        "PersistentVolumeClaim",
        &["resources", "volumeAttributesClassName", "volumeName"],
    ),
    (
        "apps",
        "StatefulSet",
        &[
            "minReadySeconds",
            "ordinals",
            "persistentVolumeClaimRetentionPolicy",
            "replicas",
            "revisionHistoryLimit",
            "template",
            "updateStrategy",
        ],
    ),
];

/// Checks that an update changes only what may change.
pub(super) fn check(object: &Json, live: &Json, kind: &Kind) -> Result<(), Refused> {
    let is_this = |group: &str, name: &str| kind.is(group, name);
    for (_, _, path) in IMMUTABLE
        .iter()
        .filter(|(group, name, _)| is_this(group, name))
    {
        same(object, live, path)?;
    }
    if let Some((_, _, changeable)) = CHANGEABLE
        .iter()
        .find(|(group, name, _)| is_this(group, name))
    {
        for key in keys_of(object.get("spec"), live.get("spec")) {
            if !changeable.contains(&key.as_str()) {
                same(object, live, &["spec", &key])?;
            }
        }
    }
    match (kind.group, kind.kind) {
        ("", "Pod") => pod(object, live),
        ("", "Service") => service(object, live),
        ("", "ConfigMap" | "Secret") if live.get("immutable") == Some(&Json::Bool(true)) => {
            ["data", "binaryData", "immutable"]
                .iter()
                .try_for_each(|key| same(object, live, &[key]))
        }
        ("", "PersistentVolumeClaim") => claim(object, live),
        ("batch", "Job") => job(object, live),
        _ => Ok(()),
    }?;
    finalizers(object, live)
}

fn same(object: &Json, live: &Json, path: &[&str]) -> Result<(), Refused> {
    if at(object, path) == at(live, path) {
        return Ok(());
    }
    Err(Refused::Immutable {
        field: path.join("."),
    })
}

/// No finalizer is added to what is being deleted.
fn finalizers(object: &Json, live: &Json) -> Result<(), Refused> {
    if at(live, &["metadata", "deletionTimestamp"]).is_none() {
        return Ok(());
    }
    let of = |object: &Json| match at(object, &["metadata", "finalizers"]) {
        Some(Json::Array(finalizers)) => finalizers.clone(),
        _ => Vec::new(),
    };
    let before = of(live);
    match of(object)
        .into_iter()
        .find(|finalizer| !before.contains(finalizer))
    {
        None => Ok(()),
        Some(added) => Err(Refused::invalid_at(
            "metadata.finalizers",
            format!("cannot get {added} while the object is being deleted"),
        )),
    }
}

/// Of a pod's spec only images, tolerations that are added and deadlines change.
fn pod(object: &Json, live: &Json) -> Result<(), Refused> {
    const FREE: &[&str] = &[
        "activeDeadlineSeconds",
        "terminationGracePeriodSeconds",
        "schedulingGates",
    ];
    for key in keys_of(object.get("spec"), live.get("spec")) {
        match key.as_str() {
            key if FREE.contains(&key) => {}
            "containers" | "initContainers" => {
                let path = ["spec", key.as_str()];
                if without(object, &path, "image") != without(live, &path, "image") {
                    return Err(Refused::Immutable {
                        field: format!("spec.{key}"),
                    });
                }
            }
            "tolerations" => {
                let list = |object: &Json| match at(object, &["spec", "tolerations"]) {
                    Some(Json::Array(list)) => list.clone(),
                    _ => Vec::new(),
                };
                let now = list(object);
                let lost = list(live).into_iter().find(|toleration| {
                    !now.iter().any(|other| {
                        ["key", "operator", "value", "effect"]
                            .iter()
                            .all(|key| other.get(*key) == toleration.get(*key))
                    })
                });
                if lost.is_some() {
                    return Err(Refused::Immutable {
                        field: "spec.tolerations".into(),
                    });
                }
            }
            key => same(object, live, &["spec", key])?,
        }
    }
    Ok(())
}

/// Returns the elements of a list without one of their fields.
fn without(object: &Json, path: &[&str], field: &str) -> Vec<Json> {
    let mut elements = match at(object, path) {
        Some(Json::Array(elements)) => elements.clone(),
        _ => Vec::new(),
    };
    for element in elements.iter_mut().filter_map(Json::as_object_mut) {
        element.remove(field);
    }
    elements
}

fn service(object: &Json, live: &Json) -> Result<(), Refused> {
    let is_external = |service: &Json| {
        at(service, &["spec", "type"]).and_then(Json::as_str) == Some("ExternalName")
    };
    if is_external(object) || is_external(live) || at(live, &["spec", "clusterIP"]).is_none() {
        return Ok(());
    }
    same(object, live, &["spec", "clusterIP"])
}

/// A claim only grows, and only once it is bound.
fn claim(object: &Json, live: &Json) -> Result<(), Refused> {
    let bound = at(live, &["status", "phase"]).and_then(Json::as_str) == Some("Bound");
    if bound {
        let amount = |object: &Json| {
            let storage = at(object, &["spec", "resources", "requests", "storage"])?;
            super::quantity::nano(storage.as_str()?)
        };
        if amount(object) < amount(live) {
            return Err(Refused::invalid_at(
                "spec.resources.requests.storage",
                "cannot become less",
            ));
        }
        return Ok(());
    }
    same(object, live, &["spec", "resources"])
}

/// The pods of a job stay as they are, but for what steers their scheduling while none runs.
fn job(object: &Json, live: &Json) -> Result<(), Refused> {
    let suspended = at(live, &["spec", "suspend"]) == Some(&Json::Bool(true));
    if !suspended {
        return same(object, live, &["spec", "template"]);
    }
    for key in keys_of(
        at(object, &["spec", "template", "spec"]),
        at(live, &["spec", "template", "spec"]),
    ) {
        match key.as_str() {
            "affinity" | "nodeSelector" | "schedulingGates" | "tolerations" => {}
            "containers" | "initContainers" => {
                let path = ["spec", "template", "spec", key.as_str()];
                if without(object, &path, "resources") != without(live, &path, "resources") {
                    return Err(Refused::Immutable {
                        field: path.join("."),
                    });
                }
            }
            key => same(object, live, &["spec", "template", "spec", key])?,
        }
    }
    Ok(())
}

fn keys_of(a: Option<&Json>, b: Option<&Json>) -> Vec<String> {
    let both = [a, b].into_iter().flatten().filter_map(Json::as_object);
    let mut keys: Vec<String> = both.flatten().map(|(key, _)| key.clone()).collect();
    keys.sort();
    keys.dedup();
    keys
}

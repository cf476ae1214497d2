//! What an update keeps of the live object, and what a new object gets besides its defaults.

mod service;

use serde_json::{Map, Value as Json, json};

use super::kind::{Kind, at, put, text};
use super::refused::Refused;

/// Metadata that no write changes.
const KEPT: &[&str] = &[
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "name",
    "namespace",
    "resourceVersion",
    "selfLink",
    "uid",
];

/// Completes a new object.
pub(super) fn created(object: &mut Json, kind: &Kind) -> Result<(), Refused> {
    if text(object, &["metadata", "resourceVersion"]).is_some() {
        return Err(Refused::invalid_at(
            "metadata.resourceVersion",
            "cannot be set on a new object",
        ));
    }
    for key in KEPT
        .iter()
        .filter(|key| !matches!(**key, "name" | "namespace"))
    {
        put(object, &["metadata", *key], None);
    }
    if kind.builtin {
        put(object, &["status"], None);
    }
    match (kind.group, kind.kind) {
        ("", "Pod") => new_pod(object),
        ("", "Namespace") => put(object, &["spec", "finalizers"], Some(json!(["kubernetes"]))),
        ("", "PersistentVolumeClaim") => add_finalizer(object, "kubernetes.io/pvc-protection"),
        ("", "PersistentVolume") => add_finalizer(object, "kubernetes.io/pv-protection"),
        ("", "Node") => {
            let taint = json!({"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"});
            add_taint(object, taint);
        }
        _ => {}
    }
    Ok(())
}

/// Completes an object that takes the place of a live one.
pub(super) fn updated(object: &mut Json, live: &Json, kind: &Kind) {
    for key in KEPT {
        let kept = at(live, &["metadata", *key]).filter(|value| !value.is_null());
        put(object, &["metadata", *key], kept.cloned());
    }
    put(object, &["status"], live.get("status").cloned());
    match (kind.group, kind.kind) {
        ("", "Service") => service::allocated(object, live),
        ("", "Pod") => pod_of_node(object, live),
        ("", "Namespace") => {
            let kept = at(live, &["spec", "finalizers"]).cloned();
            put(object, &["spec", "finalizers"], kept);
        }
        ("batch", "Job") => {
            let kept = at(live, &["spec", "selector"]).cloned();
            put(object, &["spec", "selector"], kept);
        }
        _ => {}
    }
}

/// A pod is given to the default service account, tolerates nodes in trouble for five minutes and has the default priority.
fn new_pod(object: &mut Json) {
    let mut default = |path: &[&str], value: Json| {
        if at(object, path).is_none() {
            put(object, path, Some(value));
        }
    };
    default(&["spec", "serviceAccountName"], json!("default"));
    let account = text(object, &["spec", "serviceAccountName"]).map(str::to_owned);
    put(
        object,
        &["spec", "serviceAccount"],
        account.map(Json::String),
    );
    if at(object, &["spec", "priorityClassName"]).is_none() {
        put(object, &["spec", "priority"], Some(json!(0)));
        let policy = json!("PreemptLowerPriority");
        put(object, &["spec", "preemptionPolicy"], Some(policy));
    }
    let mut tolerations = match at(object, &["spec", "tolerations"]) {
        Some(Json::Array(tolerations)) => tolerations.clone(),
        _ => Vec::new(),
    };
    for key in [
        "node.kubernetes.io/not-ready",
        "node.kubernetes.io/unreachable",
    ] {
        let is_tolerated = tolerations.iter().any(|toleration| {
            let text = |field: &str| toleration.get(field).and_then(Json::as_str);
            text("key").is_none_or(|found| found == key)
                && text("effect").is_none_or(|effect| effect == "NoExecute")
        });
        if !is_tolerated {
            tolerations.push(json!({
                "key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300,
            }));
        }
    }
    put(
        object,
        &["spec", "tolerations"],
        Some(Json::Array(tolerations)),
    );
}

/// The scheduler's choice and what admission set stay with a pod.
fn pod_of_node(object: &mut Json, live: &Json) {
    for key in [
        "nodeName",
        "serviceAccountName",
        "serviceAccount",
        "priority",
        "preemptionPolicy",
        "ephemeralContainers",
    ] {
        if let Some(kept) = at(live, &["spec", key])
            && at(object, &["spec", key]).is_none()
        {
            put(object, &["spec", key], Some(kept.clone()));
        }
    }
}

fn add_finalizer(object: &mut Json, finalizer: &str) {
    let mut finalizers = match at(object, &["metadata", "finalizers"]) {
        Some(Json::Array(finalizers)) => finalizers.clone(),
        _ => Vec::new(),
    };
    if !finalizers.iter().any(|found| found == finalizer) {
        finalizers.push(json!(finalizer));
    }
    let finalizers = Some(Json::Array(finalizers));
    put(object, &["metadata", "finalizers"], finalizers);
}

fn add_taint(object: &mut Json, taint: Json) {
    let mut taints = match at(object, &["spec", "taints"]) {
        Some(Json::Array(taints)) => taints.clone(),
        _ => Vec::new(),
    };
    let key = |taint: &Json| {
        taint
            .as_object()
            .and_then(|taint: &Map<_, _>| taint.get("key").cloned())
    };
    if !taints.iter().any(|found| key(found) == key(&taint)) {
        taints.push(taint);
    }
    put(object, &["spec", "taints"], Some(Json::Array(taints)));
}

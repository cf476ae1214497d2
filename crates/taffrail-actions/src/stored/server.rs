//! What of an object is the API server's own.

use serde_json::Value as Json;

/// The fields that the API server gives an object, or allocates for it: whoever compares what was computed with what was stored leaves them
/// out. Each is the kind, `*` for all, and the path; `[]` stands for every element of a list, and a key that ends in `*` for all keys that
/// start so.
///
/// Of the objects named by `generateName` the name is the server's too. The server's own admission adds the volume with the token of its
/// service account to a pod, the priority of its class, and the labels of the node's zone and region; the identity of a job is in its
/// selector and labels.
pub const SERVER_OWNED: &[(&str, &str)] = &[
    ("*", "metadata.creationTimestamp"),
    ("*", "metadata.deletionGracePeriodSeconds"),
    ("*", "metadata.deletionTimestamp"),
    ("*", "metadata.generation"),
    ("*", "metadata.managedFields"),
    ("*", "metadata.resourceVersion"),
    ("*", "metadata.selfLink"),
    ("*", "metadata.uid"),
    ("*", "status"),
    (
        "DaemonSet",
        "metadata.annotations.deprecated.daemonset.template.generation",
    ),
    ("Job", "metadata.labels.batch.kubernetes.io/*"),
    ("Job", "metadata.labels.controller-uid"),
    ("Job", "metadata.labels.job-name"),
    ("Job", "spec.selector"),
    ("Job", "spec.template.metadata.labels.batch.kubernetes.io/*"),
    ("Job", "spec.template.metadata.labels.controller-uid"),
    ("Job", "spec.template.metadata.labels.job-name"),
    ("Pod", "metadata.labels.topology.kubernetes.io/*"),
    (
        "Pod",
        "spec.containers[].volumeMounts[name=kube-api-access-*]",
    ),
    (
        "Pod",
        "spec.ephemeralContainers[].volumeMounts[name=kube-api-access-*]",
    ),
    (
        "Pod",
        "spec.initContainers[].volumeMounts[name=kube-api-access-*]",
    ),
    ("Pod", "spec.preemptionPolicy"),
    ("Pod", "spec.priority"),
    ("Pod", "spec.volumes[name=kube-api-access-*]"),
    ("Service", "spec.clusterIP"),
    ("Service", "spec.clusterIPs"),
    ("Service", "spec.healthCheckNodePort"),
    ("Service", "spec.ipFamilies"),
    ("Service", "spec.ipFamilyPolicy"),
    ("Service", "spec.ports[].nodePort"),
];

/// Returns an object without the fields that are the API server's own, as [`SERVER_OWNED`] lists them, and without the name if the server
/// made it up. Objects and lists that hold nothing else go too.
///
/// ```
/// use serde_json::json;
/// use taffrail_actions::stored::without_server_owned;
///
/// let stored = json!({
///     "apiVersion": "v1", "kind": "ConfigMap",
///     "metadata": { "name": "app", "uid": "29c1", "resourceVersion": "7" },
///     "data": { "a": "1" },
/// });
/// let own = json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "app" }, "data": { "a": "1" } });
/// assert_eq!(without_server_owned(&stored), own);
/// ```
#[must_use]
pub fn without_server_owned(object: &Json) -> Json {
    let mut own = object.clone();
    let kind = object
        .get("kind")
        .and_then(Json::as_str)
        .unwrap_or_default();
    for (of, path) in SERVER_OWNED {
        if *of == "*" || *of == kind {
            remove(&mut own, path);
        }
    }
    if own.pointer("/metadata/generateName").is_some() {
        remove(&mut own, "metadata.name");
    }
    own
}

/// Removes what a path names; returns whether the value around it is empty now.
fn remove(value: &mut Json, path: &str) -> bool {
    let Some(entries) = value.as_object_mut() else {
        return false;
    };
    let (name, rest) = path.split_once('.').unwrap_or((path, ""));
    if let Some(name) = name.strip_suffix("[]") {
        let list = entries.get_mut(name).and_then(Json::as_array_mut);
        for element in list.into_iter().flatten() {
            remove(element, rest);
        }
        return false;
    }
    if let Some((name, prefix)) = name.split_once("[name=") {
        let prefix = prefix.trim_end_matches("*]");
        let list = entries.get_mut(name).and_then(Json::as_array_mut);
        let is_empty = list.is_some_and(|list| {
            list.retain(|element| {
                let name = element.get("name").and_then(Json::as_str);
                !name.is_some_and(|name| name.starts_with(prefix))
            });
            list.is_empty()
        });
        if is_empty {
            entries.remove(name);
        }
        return entries.is_empty();
    }
    // Keys of labels and annotations have points in them.
    if let Some(prefix) = path.strip_suffix('*') {
        entries.retain(|key, _| !key.starts_with(prefix));
    }
    if rest.is_empty() || entries.contains_key(path) {
        entries.remove(path);
        return entries.is_empty();
    }
    let inner = entries.get_mut(name);
    if inner.is_some_and(|inner| remove(inner, rest)) {
        entries.remove(name);
    }
    entries.is_empty()
}

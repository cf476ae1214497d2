//! The number of replicas as an object of its own.

use serde_json::{Value as Json, json};

use crate::request::Asked;

impl Asked<'_> {
    /// Tells whether objects of the kind are scaled.
    pub(crate) fn has_scale(&self) -> bool {
        let scaled = [
            "deployments",
            "statefulsets",
            "replicasets",
            "replicationcontrollers",
        ];
        let resource = &self.address.resource;
        scaled.contains(&resource.plural.as_str()) || resource.is_custom()
    }
}

/// Returns the scale of an object.
pub(crate) fn scale(object: &Json) -> Json {
    let part = |path: &str| object.pointer(path).cloned().unwrap_or_default();
    let labels = object
        .pointer("/spec/selector/matchLabels")
        .and_then(Json::as_object);
    let selector = labels.map(|labels| {
        let terms = labels.iter().map(|(key, value)| {
            let value = value.as_str().unwrap_or_default();
            format!("{key}={value}")
        });
        terms.collect::<Vec<_>>().join(",")
    });
    let mut spec = json!({});
    if part("/spec/replicas") != 0 && !part("/spec/replicas").is_null() {
        spec["replicas"] = part("/spec/replicas");
    }
    let mut status =
        json!({ "replicas": object.pointer("/status/replicas").cloned().unwrap_or(json!(0)) });
    if let Some(selector) = selector {
        status["selector"] = selector.into();
    }
    json!({
        "kind": "Scale", "apiVersion": "autoscaling/v1",
        "metadata": {
            "name": part("/metadata/name"), "namespace": part("/metadata/namespace"), "uid": part("/metadata/uid"),
            "resourceVersion": part("/metadata/resourceVersion"), "creationTimestamp": part("/metadata/creationTimestamp"),
        },
        "spec": spec,
        "status": status,
    })
}

//! Requests that carry something else than the object that they are about: a `Scale`, the options of an `exec`.
//!
//! What is there already is the target of the case, or the object of its name in the snapshot.

use serde_json::{Value as Json, json};

use crate::case::Case;
use crate::request::{cluster_objects, placed};

/// Tells whether the object of the case is not what the case is about.
pub(crate) fn speaks_of_another(case: &Case) -> bool {
    case.operation == "CONNECT" || case.subresource.as_deref() == Some("scale")
}

/// Returns the object that the case is about, as it is, where the case knows it.
pub(crate) fn live(case: &Case) -> Option<&Json> {
    let target = case.context("target").filter(|_| speaks_of_another(case))?;
    if target.get("metadata").is_some() {
        return Some(target);
    }
    let member = |name: &str| target.get(name).and_then(Json::as_str);
    let namespace = member("namespace").or(case.namespace.as_deref());
    cluster_objects(case).find(|object| {
        let text = |pointer: &str| object.pointer(pointer).and_then(Json::as_str);
        text("/kind") == member("kind")
            && text("/metadata/name") == member("name")
            && text("/metadata/namespace").or(case.namespace.as_deref()) == namespace
    })
}

/// Returns the live object as it was before a scale: with the replicas that the old `Scale` says.
pub(crate) fn before(case: &Case) -> Json {
    let mut object = live(case).map_or(Json::Null, |live| placed(live, case));
    let Some(replicas) = case.old_object.pointer("/spec/replicas") else {
        return object;
    };
    if let Some(fields) = object.as_object_mut() {
        let spec = fields.entry("spec").or_insert_with(|| json!({}));
        if let Some(spec) = spec.as_object_mut() {
            spec.insert("replicas".into(), replicas.clone());
        }
    }
    object
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::document;

    fn case(members: &Json) -> Case {
        let mut case = json!({
            "case_id": "a", "suite": "b", "policy_id": "c", "policy_concept": "d", "rule": null, "granularity": "policy",
            "operation": "UPDATE", "subresource": "scale", "user": null, "namespace": "payments", "object": null,
            "old_object": null, "extra_context": {}, "params": null, "verdict": "deny", "notes": [], "facts_missing": [],
        });
        for (name, value) in members.as_object().unwrap() {
            case[name] = value.clone();
        }
        serde_json::from_value(case).unwrap()
    }

    #[test]
    fn a_scale_is_a_patch_of_its_workload() {
        let workload = json!({
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "api", "labels": { "app": "api" } },
            "spec": { "replicas": 1 },
        });
        let case = case(&json!({
            "object": { "apiVersion": "autoscaling/v1", "kind": "Scale", "spec": { "replicas": 4 } },
            "old_object": { "apiVersion": "autoscaling/v1", "kind": "Scale", "spec": { "replicas": 2 } },
            "extra_context": { "target": workload },
        }));
        let document = document(&case, &[]);
        assert_eq!(document["verb"], "scale");
        assert_eq!(document["target"]["kind"], "Deployment");
        assert_eq!(document["current"]["spec"]["replicas"], 2);
        assert_eq!(document["current"]["metadata"]["labels"]["app"], "api");
        assert_eq!(document["patch"], json!({ "spec": { "replicas": 4 } }));
        assert!(document.get("proposed").is_none());
    }

    #[test]
    fn a_scale_of_an_unknown_workload_says_only_how_many() {
        let case = case(&json!({
            "object": { "kind": "Scale", "spec": { "replicas": 4 } },
            "extra_context": { "target": { "apiVersion": "apps/v1", "kind": "Deployment", "namespace": "payments", "name": "api" } },
        }));
        let document = document(&case, &[]);
        assert_eq!(document["proposed"], json!({ "spec": { "replicas": 4 } }));
        assert!(document.get("current").is_none());
    }

    #[test]
    fn an_exec_finds_its_pod_in_the_snapshot() {
        let pod = json!({
            "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "api-1", "labels": { "exec": "no" } },
        });
        let case = case(&json!({
            "operation": "CONNECT", "subresource": "exec",
            "object": { "kind": "PodExecOptions", "command": ["sh"] },
            "extra_context": {
                "target": { "apiVersion": "v1", "kind": "Pod", "namespace": "payments", "name": "api-1" },
                "cluster_objects": [pod],
            },
        }));
        let document = document(&case, &[]);
        assert_eq!(document["verb"], "exec");
        assert_eq!(document["current"]["metadata"]["labels"]["exec"], "no");
        assert_eq!(document["proposed"], json!({ "command": ["sh"] }));
    }
}

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::{health, progress};

fn object(api_version: &str, kind: &str, spec: Json, status: Json) -> Json {
    json!({ "apiVersion": api_version, "kind": kind, "metadata": { "name": "x", "generation": 2 }, "spec": spec, "status": status })
}

fn told(table: Vec<(&str, Json)>) -> String {
    let mut text = String::new();
    for (what, object) in table {
        let _ = writeln!(text, "{what}: {}", health(None, &object));
    }
    text
}

#[test]
fn workloads() {
    let deployment = |status| object("apps/v1", "Deployment", json!({ "replicas": 3 }), status);
    let stateful = |spec, status| object("apps/v1", "StatefulSet", spec, status);
    let daemon = |status| object("apps/v1", "DaemonSet", json!({}), status);
    let job = |status| object("batch/v1", "Job", json!({ "completions": 2 }), status);
    insta::assert_snapshot!(told(vec![
        ("nothing reported", deployment(json!({}))),
        ("an old report", deployment(json!({ "observedGeneration": 1, "updatedReplicas": 3, "availableReplicas": 3 }))),
        ("half way", deployment(json!({ "observedGeneration": 2, "replicas": 4, "updatedReplicas": 1 }))),
        ("old ones left", deployment(json!({ "observedGeneration": 2, "replicas": 4, "updatedReplicas": 3, "availableReplicas": 3 }))),
        ("not available", deployment(json!({ "observedGeneration": 2, "replicas": 3, "updatedReplicas": 3, "availableReplicas": 2 }))),
        ("rolled out", deployment(json!({ "observedGeneration": 2, "replicas": 3, "updatedReplicas": 3, "availableReplicas": 3 }))),
        ("stuck", deployment(json!({ "observedGeneration": 2, "conditions": [
            { "type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "ReplicaSet \"x\" has timed out" }] }))),
        ("stateful, not ready", stateful(json!({ "replicas": 3 }), json!({ "observedGeneration": 2, "replicas": 3, "readyReplicas": 2 }))),
        ("stateful, partition", stateful(json!({ "replicas": 3, "updateStrategy": { "rollingUpdate": { "partition": 2 } } }),
            json!({ "observedGeneration": 2, "replicas": 3, "readyReplicas": 3, "updatedReplicas": 1, "updateRevision": "b", "currentRevision": "a" }))),
        ("stateful, revisions", stateful(json!({ "replicas": 1 }),
            json!({ "observedGeneration": 2, "replicas": 1, "readyReplicas": 1, "updatedReplicas": 1, "updateRevision": "b", "currentRevision": "a" }))),
        ("stateful, on delete", stateful(json!({ "replicas": 1, "updateStrategy": { "type": "OnDelete" } }), json!({ "observedGeneration": 2, "replicas": 1, "readyReplicas": 1 }))),
        ("daemon, half way", daemon(json!({ "observedGeneration": 2, "desiredNumberScheduled": 4, "updatedNumberScheduled": 2 }))),
        ("daemon, done", daemon(json!({ "observedGeneration": 2, "desiredNumberScheduled": 4, "updatedNumberScheduled": 4, "numberAvailable": 4 }))),
        ("replica set", object("apps/v1", "ReplicaSet", json!({ "replicas": 2 }), json!({ "observedGeneration": 2, "replicas": 2, "availableReplicas": 1 }))),
        ("job runs", job(json!({ "succeeded": 1, "active": 1 }))),
        ("job done", job(json!({ "conditions": [{ "type": "Complete", "status": "True" }] }))),
        ("job failed", job(json!({ "conditions": [{ "type": "Failed", "status": "True", "reason": "BackoffLimitExceeded" }] }))),
        ("pod ready", object("v1", "Pod", json!({}), json!({ "phase": "Running", "conditions": [{ "type": "Ready", "status": "True" }] }))),
        ("pod not ready", object("v1", "Pod", json!({}), json!({ "phase": "Running", "conditions": [{ "type": "Ready", "status": "False", "message": "containers with unready status: [api]" }] }))),
        ("pod unreported", object("v1", "Pod", json!({}), json!({}))),
    ]), @r#"
    nothing reported: not yet: its controller has not seen the change yet
    an old report: not yet: its controller has not seen the change yet
    half way: not yet: 1 of 3 new replicas are there
    old ones left: not yet: 1 old replicas have still to go
    not available: not yet: 2 of 3 new replicas are available
    rolled out: it is there
    stuck: failed: the rollout makes no progress: ReplicaSet "x" has timed out
    stateful, not ready: not yet: 2 of 3 replicas are ready
    stateful, partition: it is there
    stateful, revisions: not yet: the new revision is not the current one yet
    stateful, on delete: it is there
    daemon, half way: not yet: 2 of 4 nodes have the new pod
    daemon, done: it is there
    replica set: not yet: 1 of 2 replicas are available
    job runs: not yet: 1 of 2 pods have succeeded
    job done: it is there
    job failed: failed: the job failed: BackoffLimitExceeded
    pod ready: it is there
    pod not ready: not yet: the pod is not ready: containers with unready status: [api]
    pod unreported: not known: nobody reports on the pod
    "#);
}

#[test]
fn everything_else() {
    let custom = |status| object("shop.example.com/v1", "Rollout", json!({}), status);
    let claim = |has: &str| {
        object(
            "v1",
            "PersistentVolumeClaim",
            json!({ "resources": { "requests": { "storage": "10Gi" } } }),
            json!({ "phase": "Bound", "capacity": { "storage": has } }),
        )
    };
    insta::assert_snapshot!(told(vec![
        ("no status", json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "x" } })),
        ("ready", custom(json!({ "observedGeneration": 2, "conditions": [{ "type": "Ready", "status": "True" }] }))),
        ("an old report", custom(json!({ "observedGeneration": 1, "conditions": [{ "type": "Ready", "status": "True" }] }))),
        ("not ready", custom(json!({ "conditions": [{ "type": "Ready", "status": "False", "message": "waits for a lock" }] }))),
        ("nobody knows", custom(json!({ "conditions": [{ "type": "Ready", "status": "Unknown", "reason": "NoReport" }] }))),
        ("stalled", custom(json!({ "conditions": [{ "type": "Stalled", "status": "True", "message": "bad image" }] }))),
        ("reconciling", custom(json!({ "conditions": [{ "type": "Reconciling", "status": "True", "message": "step 2 of 3" }] }))),
        ("claim of the size", claim("10Gi")),
        ("claim still small", claim("5Gi")),
        ("claim not bound", object("v1", "PersistentVolumeClaim", json!({}), json!({ "phase": "Pending" }))),
    ]), @r#"
    no status: it is there
    ready: it is there
    an old report: not yet: its controller has not seen the change yet
    not ready: not yet: it is not ready: waits for a lock
    nobody knows: not known: whether it is ready is not known: NoReport
    stalled: failed: it is stalled: bad image
    reconciling: not yet: its controller is at work: step 2 of 3
    claim of the size: it is there
    claim still small: not yet: the volume has 5Gi, and 10Gi is wanted
    claim not bound: not yet: the claim is not bound yet
    "#);
}

#[test]
fn a_deletion_is_there_when_the_object_is_gone() {
    let pod = json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "x", "uid": "1" } });
    let another =
        json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "x", "uid": "2" } });
    let going = json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "x", "uid": "1", "deletionTimestamp": "2026-11-22T10:00:00Z", "finalizers": ["a/b"] } });
    let mut text = String::new();
    for now in [None, Some(&pod), Some(&another), Some(&going)] {
        let _ = writeln!(text, "{}", progress(Some(&pod), now, None));
    }
    insta::assert_snapshot!(text, @r#"
    it is there
    not yet: the object is still there
    it is there
    not yet: the object waits for `a/b`
    "#);
}

#[test]
fn what_somebody_else_set_since_is_a_failure() {
    let map = |mode: &str| json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "x" }, "data": { "mode": mode } });
    let seen = progress(Some(&map("fast")), Some(&map("slow")), Some(&map("safe")));
    assert_eq!(
        seen.to_string(),
        "failed: data.mode is not what it was set to any more"
    );
}

//! What controllers do after a write, as far as tests need it: they report that it worked, or that it does not.

use serde_json::{Value as Json, json};

/// How rollouts go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rollouts {
    /// Nobody reports.
    #[default]
    Nobody,
    /// Every replica comes up at once.
    Succeed,
    /// The pods of a changed template never come up, and the deadline passes; the next template, which takes the change back, works.
    Stall,
}

impl Rollouts {
    /// Returns the object with its controller's report; `None` when there is nothing to report.
    pub(crate) fn report(self, before: Option<&Json>, object: &Json) -> Option<Json> {
        let kind = object.get("kind").and_then(Json::as_str)?;
        let replicas = object
            .pointer("/spec/replicas")
            .cloned()
            .unwrap_or(json!(1));
        let generation = object
            .pointer("/metadata/generation")
            .cloned()
            .unwrap_or(json!(1));
        let template = |object: &Json| object.pointer("/spec/template").cloned();
        let is_new_template =
            before.is_some_and(|before| template(before) != template(object) && !stalls(before));
        let status = match (self, kind) {
            (Self::Nobody, _) => return None,
            (Self::Stall, "Deployment") if is_new_template => json!({
                "observedGeneration": generation, "replicas": replicas, "updatedReplicas": 1, "readyReplicas": replicas, "availableReplicas": replicas,
                "conditions": [
                    { "type": "Available", "status": "True", "reason": "MinimumReplicasAvailable" },
                    { "type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "ReplicaSet has timed out progressing." },
                ],
            }),
            (_, "Deployment") => json!({
                "observedGeneration": generation, "replicas": replicas, "updatedReplicas": replicas, "readyReplicas": replicas,
                "availableReplicas": replicas,
                "conditions": [
                    { "type": "Available", "status": "True", "reason": "MinimumReplicasAvailable" },
                    { "type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable" },
                ],
            }),
            (_, "StatefulSet") => json!({
                "observedGeneration": generation, "replicas": replicas, "updatedReplicas": replicas, "readyReplicas": replicas,
                "availableReplicas": replicas, "currentRevision": "x-1", "updateRevision": "x-1",
            }),
            (_, "ReplicaSet") => json!({
                "observedGeneration": generation, "replicas": replicas, "readyReplicas": replicas, "availableReplicas": replicas,
            }),
            (_, "DaemonSet") => json!({
                "observedGeneration": generation, "desiredNumberScheduled": 3, "currentNumberScheduled": 3, "updatedNumberScheduled": 3,
                "numberAvailable": 3, "numberReady": 3, "numberMisscheduled": 0,
            }),
            (_, "Job") => json!({
                "succeeded": 1, "conditions": [{ "type": "Complete", "status": "True", "reason": "CompletionsReached" }],
            }),
            _ => return None,
        };
        if object.get("status") == Some(&status) {
            return None;
        }
        let mut object = object.clone();
        object["status"] = status;
        Some(object)
    }
}

fn stalls(object: &Json) -> bool {
    let conditions = object
        .pointer("/status/conditions")
        .and_then(Json::as_array);
    let mut reasons = conditions
        .into_iter()
        .flatten()
        .filter_map(|found| found.get("reason"));
    reasons.any(|reason| reason == "ProgressDeadlineExceeded")
}

//! Kinds that run pods, as `kubectl rollout status` looks at them.

use serde_json::Value as Json;

use super::{Progress, condition, number, unseen};

pub(super) fn deployment(now: &Json) -> Progress {
    if let Some(unseen) = unseen(now) {
        return unseen;
    }
    if let Some((_, "ProgressDeadlineExceeded", said)) = condition(now, "Progressing") {
        return Progress::Failed(format!("the rollout makes no progress: {said}"));
    }
    let wanted = wanted(now);
    let status = |name: &str| number(now, &format!("/status/{name}"));
    let (all, updated, available) = (
        status("replicas"),
        status("updatedReplicas"),
        status("availableReplicas"),
    );
    if updated < wanted {
        return waiting(updated, wanted, "new replicas are there");
    }
    if all > updated {
        return Progress::Waiting(format!("{} old replicas have still to go", all - updated));
    }
    if available < updated {
        return waiting(available, updated, "new replicas are available");
    }
    Progress::Done
}

pub(super) fn stateful_set(now: &Json) -> Progress {
    if let Some(unseen) = unseen(now) {
        return unseen;
    }
    let wanted = wanted(now);
    let status = |name: &str| number(now, &format!("/status/{name}"));
    let ready = status("readyReplicas");
    if ready < wanted {
        return waiting(ready, wanted, "replicas are ready");
    }
    if status("replicas") > wanted {
        return Progress::Waiting(format!(
            "{} replicas have still to go",
            status("replicas") - wanted
        ));
    }
    // Its pods are replaced when somebody deletes them.
    if is(now, "/spec/updateStrategy/type", "OnDelete") {
        return Progress::Done;
    }
    let partition = number(now, "/spec/updateStrategy/rollingUpdate/partition");
    let (updated, due) = (status("updatedReplicas"), (wanted - partition).max(0));
    if updated < due {
        return waiting(updated, due, "replicas of the new revision are there");
    }
    let revision = |name: &str| now.pointer(&format!("/status/{name}"));
    if partition == 0 && revision("updateRevision") != revision("currentRevision") {
        return Progress::Waiting("the new revision is not the current one yet".to_owned());
    }
    Progress::Done
}

pub(super) fn daemon_set(now: &Json) -> Progress {
    if let Some(unseen) = unseen(now) {
        return unseen;
    }
    let status = |name: &str| number(now, &format!("/status/{name}"));
    let (wanted, available) = (status("desiredNumberScheduled"), status("numberAvailable"));
    let updated = status("updatedNumberScheduled");
    if !is(now, "/spec/updateStrategy/type", "OnDelete") && updated < wanted {
        return waiting(updated, wanted, "nodes have the new pod");
    }
    if available < wanted {
        return waiting(available, wanted, "pods are available");
    }
    Progress::Done
}

pub(super) fn replica_set(now: &Json) -> Progress {
    if let Some(unseen) = unseen(now) {
        return unseen;
    }
    if let Some(("True", _, said)) = condition(now, "ReplicaFailure") {
        return Progress::Failed(format!("pods cannot be made: {said}"));
    }
    let (wanted, available) = (wanted(now), number(now, "/status/availableReplicas"));
    if number(now, "/status/replicas") > wanted {
        return Progress::Waiting("replicas have still to go".to_owned());
    }
    if available < wanted {
        return waiting(available, wanted, "replicas are available");
    }
    Progress::Done
}

pub(super) fn job(now: &Json) -> Progress {
    if let Some(("True", _, said)) = condition(now, "Failed") {
        return Progress::Failed(format!("the job failed: {said}"));
    }
    if let Some(("True", ..)) = condition(now, "Complete") {
        return Progress::Done;
    }
    if now.pointer("/spec/suspend") == Some(&Json::Bool(true)) {
        return match number(now, "/status/active") {
            0 => Progress::Done,
            active => Progress::Waiting(format!("{active} pods of the suspended job still run")),
        };
    }
    let wanted = now
        .pointer("/spec/completions")
        .and_then(Json::as_i64)
        .unwrap_or(1);
    waiting(
        number(now, "/status/succeeded"),
        wanted,
        "pods have succeeded",
    )
}

pub(super) fn pod(now: &Json) -> Progress {
    let phase = now
        .pointer("/status/phase")
        .and_then(Json::as_str)
        .unwrap_or_default();
    match (phase, condition(now, "Ready")) {
        ("Succeeded", _) | ("Running", Some(("True", ..))) => Progress::Done,
        ("Failed", _) => {
            let said = now.pointer("/status/message").and_then(Json::as_str);
            Progress::Failed(format!(
                "the pod failed: {}",
                said.unwrap_or("no reason given")
            ))
        }
        ("Running", Some((_, _, said))) => {
            Progress::Waiting(format!("the pod is not ready: {said}"))
        }
        ("" | "Unknown", _) => Progress::Unknown("nobody reports on the pod".to_owned()),
        _ => Progress::Waiting("the pod is not running yet".to_owned()),
    }
}

/// Returns the wanted replicas; left out they are 1.
fn wanted(now: &Json) -> i64 {
    now.pointer("/spec/replicas")
        .and_then(Json::as_i64)
        .unwrap_or(1)
}

fn waiting(have: i64, wanted: i64, what: &str) -> Progress {
    Progress::Waiting(format!("{have} of {wanted} {what}"))
}

fn is(now: &Json, path: &str, word: &str) -> bool {
    now.pointer(path).is_some_and(|found| found == word)
}

//! Everything else, by its conditions, as kstatus reads them.

use serde_json::Value as Json;

use super::{Progress, condition, unseen};

/// Conditions that say that all is well when they are true.
const GOOD: [&str; 8] = [
    "Ready",
    "Available",
    "Established",
    "Reconciled",
    "Synced",
    "Healthy",
    "Accepted",
    "AbleToScale",
];

pub(super) fn any(now: &Json) -> Progress {
    if now.pointer("/status/observedGeneration").is_some()
        && let Some(unseen) = unseen(now)
    {
        return unseen;
    }
    for bad in ["Stalled", "Failed", "Degraded"] {
        if let Some(("True", _, said)) = condition(now, bad) {
            return Progress::Failed(format!("it is {}: {said}", bad.to_lowercase()));
        }
    }
    if let Some(("True", _, said)) = condition(now, "Reconciling") {
        return Progress::Waiting(format!("its controller is at work: {said}"));
    }
    for good in GOOD {
        match condition(now, good) {
            Some(("True", ..)) | None => {}
            Some(("False", _, said)) => {
                return Progress::Waiting(format!("it is not {}: {said}", good.to_lowercase()));
            }
            Some((_, _, said)) => {
                return Progress::Unknown(format!(
                    "whether it is {} is not known: {said}",
                    good.to_lowercase()
                ));
            }
        }
    }
    Progress::Done
}

/// A node that was ready must still be; one that was not may be cordoned all the same.
pub(super) fn node(before: Option<&Json>, now: &Json) -> Progress {
    let ready = |node: &Json| condition(node, "Ready").is_some_and(|(status, ..)| status == "True");
    if before.is_some_and(ready) && !ready(now) {
        return Progress::Waiting("the node is not ready any more".to_owned());
    }
    Progress::Done
}

//! Whether an action's effect is there, told from the object alone. What cannot be told is never there.
//!
//! The rules are those of `kubectl rollout status` for the kinds that roll out, and those of kstatus (`sigs.k8s.io/cli-utils`) for
//! everything that has conditions.

mod conditions;
mod storage;
mod workload;

use serde_json::Value as Json;

use crate::change::own;
use crate::merge;

/// How far an effect is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Progress {
    /// It is there.
    Done,
    /// It may come yet.
    Waiting(String),
    /// It will not come.
    Failed(String),
    /// Nobody can tell.
    Unknown(String),
}

impl std::fmt::Display for Progress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Done => f.write_str("it is there"),
            Self::Waiting(reason) => write!(f, "not yet: {reason}"),
            Self::Failed(reason) => write!(f, "failed: {reason}"),
            Self::Unknown(reason) => write!(f, "not known: {reason}"),
        }
    }
}

/// Tells how far the effect of an action is: the object before it, the object now, and the object as it was decided on, `None` where there
/// is none.
pub(crate) fn progress(
    before: Option<&Json>,
    now: Option<&Json>,
    after: Option<&Json>,
) -> Progress {
    let Some(now) = now else {
        return match after {
            None => Progress::Done,
            Some(_) => Progress::Failed("the object is gone".to_owned()),
        };
    };
    let Some(after) = after else {
        return going(before, now);
    };
    let was = before.map(own).unwrap_or_default();
    let changed = merge::between(&was, &own(after));
    let lost = merge::unset(&own(now), &changed);
    if !lost.is_empty() {
        return Progress::Failed(format!(
            "{} is not what it was set to any more",
            lost.join(", ")
        ));
    }
    health(before, now)
}

/// Tells how far a deletion is.
fn going(before: Option<&Json>, now: &Json) -> Progress {
    let uid = |object: &Json| object.pointer("/metadata/uid").cloned();
    if before.is_some_and(|before| uid(before) != uid(now)) {
        // Its controller has made another one of the same name.
        return Progress::Done;
    }
    if now.pointer("/metadata/deletionTimestamp").is_none() {
        return Progress::Waiting("the object is still there".to_owned());
    }
    let finalizers = now.pointer("/metadata/finalizers").and_then(Json::as_array);
    let names: Vec<&str> = finalizers
        .into_iter()
        .flatten()
        .filter_map(Json::as_str)
        .collect();
    Progress::Waiting(if names.is_empty() {
        "the object is going".to_owned()
    } else {
        format!("the object waits for `{}`", names.join("`, `"))
    })
}

/// Tells whether an object is as it should be.
fn health(before: Option<&Json>, now: &Json) -> Progress {
    let part = |name: &str| now.get(name).and_then(Json::as_str).unwrap_or_default();
    let group = part("apiVersion")
        .split_once('/')
        .map_or("", |(group, _)| group);
    match (group, part("kind")) {
        ("apps", "Deployment") => workload::deployment(now),
        ("apps", "StatefulSet") => workload::stateful_set(now),
        ("apps", "DaemonSet") => workload::daemon_set(now),
        ("apps", "ReplicaSet") | ("", "ReplicationController") => workload::replica_set(now),
        ("batch", "Job") => workload::job(now),
        ("", "Pod") => workload::pod(now),
        ("", "Node") => conditions::node(before, now),
        ("", "PersistentVolumeClaim") => storage::claim(now),
        _ => conditions::any(now),
    }
}

/// Returns why the controller's report is not about the object as it is now, if so.
fn unseen(now: &Json) -> Option<Progress> {
    let generation = now.pointer("/metadata/generation").and_then(Json::as_i64)?;
    let observed = now
        .pointer("/status/observedGeneration")
        .and_then(Json::as_i64);
    (observed.unwrap_or(0) < generation)
        .then(|| Progress::Waiting("its controller has not seen the change yet".to_owned()))
}

/// Returns a number, 0 when it is left out as the API server leaves out zeros.
fn number(object: &Json, path: &str) -> i64 {
    object.pointer(path).and_then(Json::as_i64).unwrap_or(0)
}

/// Returns a condition's status and its message, or its reason.
fn condition<'o>(object: &'o Json, ty: &str) -> Option<(&'o str, &'o str, &'o str)> {
    let conditions = object.pointer("/status/conditions")?.as_array()?;
    let found = conditions
        .iter()
        .find(|found| found.get("type").is_some_and(|found| found == ty))?;
    let part = |name: &str| found.get(name).and_then(Json::as_str).unwrap_or_default();
    let said = if part("message").is_empty() {
        part("reason")
    } else {
        part("message")
    };
    Some((part("status"), part("reason"), said))
}

#[cfg(test)]
mod tests;

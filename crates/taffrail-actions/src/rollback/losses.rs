//! What does not come back when an action is undone.

use taffrail_runtime::Value;
use taffrail_runtime::request::Request;

use crate::kinds;

use super::{claims_go, field, is_retained};

/// The pods themselves: their names, addresses, and what they held in memory.
const PODS: &str = "pod identity";
/// The revisions that a workload could be rolled back to.
const REVISIONS: &str = "revision history";
/// What the object's controllers reported in it.
const STATUS: &str = "status";
/// The identity by which others refer to the object.
const UID: &str = "uid";
/// What was stored.
const DATA: &str = "data";
/// Tokens, keys and certificates.
const CREDENTIALS: &str = "credentials";
/// The objects in it or of its kind.
const OBJECTS: &str = "objects";

/// Returns what is lost for good, sorted; `None` where it cannot be told.
///
/// | action | losses |
/// |---|---|
/// | a read, `pause`, `resume`, `label`, `annotate`, `cordon`, `uncordon`, making an object | none |
/// | `restart` | `pod identity` |
/// | `scale` | `pod identity` if it shrinks, `data` too if a StatefulSet deletes the claims |
/// | any change of an object | `pod identity` if its pod template changes |
/// | `taint` | `pod identity` if it evicts |
/// | deleting an object | `status`, `uid`; of a workload `pod identity` and `revision history`; of a Pod `pod identity` |
/// | deleting a PersistentVolumeClaim, a PersistentVolume that is not retained | `data` too |
/// | deleting a Secret, a ServiceAccount, a CertificateSigningRequest | `credentials` too |
/// | deleting a Namespace, a CustomResourceDefinition | `data` and `objects` too |
pub(crate) fn of(request: &Request) -> Option<Vec<&'static str>> {
    let Value::String(verb) = &request.verb else {
        return None;
    };
    match &**verb {
        "get" | "list" | "watch" | "logs" | "read_secret" | "pause" | "resume" | "label"
        | "annotate" | "cordon" | "uncordon" => Some(Vec::new()),
        "restart" => Some(vec![PODS]),
        "scale" => of_scale(request),
        "taint" => of_taint(request),
        "delete" | "evict" => of_delete(request),
        "create" | "apply" | "patch" | "rollback" => of_change(request),
        _ => None,
    }
}

fn kind(request: &Request) -> Option<&'static str> {
    match (&request.target.group, &request.target.kind) {
        (Value::String(group), Value::String(kind)) => {
            kinds::built_in(group, kind).map(|row| row.kind)
        }
        _ => None,
    }
}

fn of_scale(request: &Request) -> Option<Vec<&'static str>> {
    if !shrinks(request)? {
        return Some(Vec::new());
    }
    if kind(request) == Some("StatefulSet") && claims_go(&request.current, "whenScaled")? {
        return Some(vec![DATA, PODS]);
    }
    Some(vec![PODS])
}

/// Tells whether there are fewer replicas afterwards; `None` when either number is not known.
pub(super) fn shrinks(request: &Request) -> Option<bool> {
    let replicas = |object: &Value| match field(object, &["spec", "replicas"]) {
        Value::Number(replicas) => Some(replicas),
        _ => None,
    };
    Some(replicas(&request.outcome())? < replicas(&request.current)?)
}

fn of_taint(request: &Request) -> Option<Vec<&'static str>> {
    let outcome = request.outcome();
    match field(&outcome, &["spec", "taints"]) {
        Value::Absent if matches!(*outcome, Value::Map(_)) => Some(Vec::new()),
        Value::List(taints) => {
            let evicts = |taint: &Value| field(taint, &["effect"]) == Value::string("NoExecute");
            Some(if taints.iter().any(evicts) {
                vec![PODS]
            } else {
                Vec::new()
            })
        }
        _ => None,
    }
}

fn of_change(request: &Request) -> Option<Vec<&'static str>> {
    let outcome = request.outcome();
    match (&request.current, &*outcome) {
        // What is new took nothing's place.
        (Value::Absent, _) => Some(Vec::new()),
        (Value::Map(_), Value::Map(_)) => {
            let path = match kind(request)? {
                "DaemonSet"
                | "Deployment"
                | "ReplicationController"
                | "ReplicaSet"
                | "StatefulSet" => ["spec", "template"],
                _ => return Some(Vec::new()),
            };
            let before = field(&request.current, &path);
            let after = field(&outcome, &path);
            Some(if before == after {
                Vec::new()
            } else {
                vec![PODS]
            })
        }
        _ => None,
    }
}

fn of_delete(request: &Request) -> Option<Vec<&'static str>> {
    let mut losses = vec![STATUS, UID];
    match kind(request)? {
        "Pod" => losses.push(PODS),
        "DaemonSet" | "Deployment" => losses.extend([PODS, REVISIONS]),
        "StatefulSet" => {
            losses.extend([PODS, REVISIONS]);
            if claims_go(&request.current, "whenDeleted")? {
                losses.push(DATA);
            }
        }
        "Job" | "CronJob" | "ReplicaSet" | "ReplicationController" => losses.push(PODS),
        // The storage behind it stays.
        "PersistentVolume" if is_retained(&request.current) => {}
        "PersistentVolume" | "PersistentVolumeClaim" => losses.push(DATA),
        "Secret" | "ServiceAccount" | "CertificateSigningRequest" => losses.push(CREDENTIALS),
        "Namespace" | "CustomResourceDefinition" => losses.extend([DATA, OBJECTS]),
        _ => {}
    }
    losses.sort_unstable();
    Some(losses)
}

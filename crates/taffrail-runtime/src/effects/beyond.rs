//! Whether an action that brings its own `proposed` changes more than its verb does.
//!
//! The name of a verb is what a grant is given for. Without this, `restart` with a new image in `proposed`
//! would be allowed to whoever may restart.

use crate::diff::differs;
use crate::layout::Layout;
use crate::request::{Proposed, Request};
use crate::truth::Truth;
use crate::value::{Map, Value};

use super::{RESTARTED_AT, walk};

type Path = &'static [&'static str];

/// What the API server and controllers write by themselves on every change.
const BOOKKEEPING: [Path; 6] = [
    &["metadata", "creationTimestamp"],
    &["metadata", "generation"],
    &["metadata", "managedFields"],
    &["metadata", "resourceVersion"],
    &["metadata", "uid"],
    &[
        "metadata",
        "annotations",
        "deployment.kubernetes.io/revision",
    ],
];

/// What one verb does to its object by itself.
struct Own {
    paths: &'static [Path],
    /// Whether no object is left, or none is meant to be given.
    may_be_absent: bool,
}

/// Returns what a verb does by itself; `None` for verbs that only say that something changes, for those that a
/// policy declares, and for `exec` and `portforward`, whose `proposed` is the options of a call and no object.
fn own(verb: &str) -> Option<Own> {
    let paths: &'static [Path] = match verb {
        "scale" => &[&["spec", "replicas"]],
        "restart" => &[&["spec", "template", "metadata", "annotations", RESTARTED_AT]],
        "pause" | "resume" => &[&["spec", "paused"], &["spec", "suspend"]],
        "promote" | "abort" => &[&["spec", "paused"], &["status"]],
        "cordon" | "uncordon" | "drain" => &[&["spec", "unschedulable"]],
        "taint" => &[&["spec", "taints"]],
        "label" => &[&["metadata", "labels"]],
        "annotate" => &[&["metadata", "annotations"]],
        "rotate" => &[&["data"], &["stringData"]],
        "approve" => &[&["status"]],
        // The cluster knows the revision to go back to; one that is given cannot be held against it.
        "rollback" => &[],
        "delete" | "evict" | "get" | "list" | "watch" | "logs" | "read_secret" => {
            return Some(Own {
                paths: &[],
                may_be_absent: true,
            });
        }
        _ => return None,
    };
    Some(Own {
        paths,
        may_be_absent: false,
    })
}

/// Whether the verbs of an action depend on everything that its objects hold.
pub(super) fn looks_everywhere(request: &Request) -> bool {
    let Value::String(verb) = &request.verb else {
        return false;
    };
    match (&request.proposed, own(verb)) {
        (Proposed::FromVerb, _) | (_, None) => false,
        (Proposed::Given(Value::Absent), Some(own)) => !own.may_be_absent,
        (Proposed::Given(_) | Proposed::Patch(_), Some(_)) => true,
    }
}

/// Tells whether a given `proposed` changes more than the verb does; then the action is a patch too.
pub(super) fn changes_beyond(verb: &str, request: &Request, proposed: &Value) -> Truth {
    let Some(own) = own(verb).filter(|_| request.proposed != Proposed::FromVerb) else {
        return Truth::False;
    };
    let before = &request.current;
    if own.may_be_absent && *proposed == Value::Absent {
        return Truth::False;
    }
    if matches!(before, Value::Absent) || matches!(proposed, Value::Absent) {
        return differs(before, proposed, Layout::NONE);
    }
    // An object as it is proposed rarely carries a status, and leaving it out changes nothing.
    let status: &[Path] = match walk(proposed, &["status"]) {
        Value::Absent => &[&["status"]],
        _ => &[],
    };
    let own: Vec<&[&str]> = own
        .paths
        .iter()
        .chain(&BOOKKEEPING)
        .chain(status)
        .copied()
        .collect();
    differs_outside(before, proposed, &own)
}

/// Tells whether two values differ anywhere but at or below some paths. What leads to such a path counts
/// the same whether it is empty or not there.
fn differs_outside(before: &Value, after: &Value, paths: &[&[&str]]) -> Truth {
    if paths.is_empty() {
        return differs(before, after, Layout::NONE);
    }
    if paths.iter().any(|path| path.is_empty()) {
        return Truth::False;
    }
    let empty = Map::default();
    let (before, after) = match (before, after) {
        (Value::Map(before), Value::Map(after)) => (before, after),
        (Value::Absent, Value::Map(after)) => (&empty, after),
        (Value::Map(before), Value::Absent) => (before, &empty),
        _ => return differs(before, after, Layout::NONE),
    };
    let added = after.iter().filter(|(key, _)| before.get(key).is_none());
    before
        .iter()
        .chain(added)
        .fold(Truth::False, |truth, (key, _)| {
            let inner: Vec<&[&str]> = paths
                .iter()
                .filter_map(|path| path.split_first())
                .filter(|(first, _)| **first == key)
                .map(|(_, rest)| rest)
                .collect();
            truth.or(differs_outside(
                before.get(key).unwrap_or(&Value::Absent),
                after.get(key).unwrap_or(&Value::Absent),
                &inner,
            ))
        })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    fn beyond(verb: &str, current: &Json, proposed: &Json) -> Truth {
        let request = Request {
            verb: Value::string(verb),
            current: Value::from_json(current),
            proposed: Proposed::Given(Value::from_json(proposed)),
            ..Request::default()
        };
        changes_beyond(verb, &request, &Value::from_json(proposed))
    }

    #[test]
    fn what_a_verb_does_is_not_beyond_it() {
        let restarted = json!({ "kubectl.kubernetes.io/restartedAt": "2026-11-22T10:00:00Z" });
        for (verb, current, proposed) in [
            (
                "scale",
                json!({ "spec": { "replicas": 1 } }),
                json!({ "spec": { "replicas": 2 } }),
            ),
            (
                "scale",
                json!({ "spec": {} }),
                json!({ "spec": { "replicas": 2 } }),
            ),
            (
                "restart",
                json!({ "spec": { "template": { "spec": {} } }, "status": { "replicas": 2 } }),
                json!({ "spec": { "template": { "metadata": { "annotations": restarted }, "spec": {} } } }),
            ),
            (
                "label",
                json!({ "metadata": { "generation": 1, "labels": { "a": "b" } } }),
                json!({ "metadata": { "generation": 2 } }),
            ),
            ("delete", json!({ "spec": {} }), Json::Null),
            ("get", json!({ "spec": {} }), Json::Null),
            (
                "apply",
                json!({ "spec": { "replicas": 1 } }),
                json!({ "spec": { "paused": true } }),
            ),
        ] {
            let truth = beyond(verb, &current, &proposed);
            assert_eq!(truth, Truth::False, "{verb}: {current} to {proposed}");
        }
    }

    #[test]
    fn everything_else_is_beyond_it() {
        for (verb, current, proposed) in [
            (
                "scale",
                json!({ "spec": { "replicas": 1 } }),
                json!({ "spec": { "replicas": 2, "paused": true } }),
            ),
            ("scale", Json::Null, json!({ "spec": { "replicas": 2 } })),
            ("scale", json!({ "spec": { "replicas": 2 } }), Json::Null),
            (
                "scale",
                json!({ "status": { "a": 1 } }),
                json!({ "status": { "a": 2 } }),
            ),
            (
                "restart",
                json!({}),
                json!({ "spec": { "template": { "metadata": { "annotations": { "a": "b" } } } } }),
            ),
            (
                "annotate",
                json!({ "metadata": {} }),
                json!({ "metadata": { "labels": { "a": "b" } } }),
            ),
            (
                "rollback",
                json!({ "spec": { "a": 1 } }),
                json!({ "spec": { "a": 2 } }),
            ),
            (
                "get",
                json!({ "spec": { "a": 1 } }),
                json!({ "spec": { "a": 2 } }),
            ),
        ] {
            let truth = beyond(verb, &current, &proposed);
            assert_eq!(truth, Truth::True, "{verb}: {current} to {proposed}");
        }
    }
}

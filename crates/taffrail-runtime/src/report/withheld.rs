//! Keeps the values of Secrets out of what a decision says: a rule may look at them, people and logs need not.

use crate::decide::Decision;
use crate::program::{ExprId, Root, SlotPath};
use crate::reads::Reads;
use crate::value::Value;

/// What is shown in the place of a text.
const WITHHELD: &str = "(withheld)";

/// The annotation in which `kubectl apply` keeps the whole object.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Tells whether an expression may hold values of a Secret.
pub(crate) fn holds_secrets(decision: &Decision<'_>, expr: ExprId) -> bool {
    let reads = Reads::of_exprs(&decision.program, [expr]);
    reads.objects.iter().any(|(_, kind)| kind == "Secret")
        || is_about_secret(decision)
            && reads
                .slots
                .iter()
                .filter_map(|slot| decision.program.slot(*slot))
                .any(is_secret_part)
}

/// Tells whether a path leads to values of the Secret that the action is about.
pub(crate) fn is_secret(decision: &Decision<'_>, path: &SlotPath) -> bool {
    is_about_secret(decision) && is_secret_part(path)
}

/// Returns the JSON value with every text in it withheld; keys, numbers and truth values stay.
pub(crate) fn veiled(json: serde_json::Value) -> serde_json::Value {
    match json {
        serde_json::Value::String(_) => WITHHELD.into(),
        serde_json::Value::Array(items) => items.into_iter().map(veiled).collect(),
        serde_json::Value::Object(members) => members
            .into_iter()
            .map(|(key, value)| (key, veiled(value)))
            .collect(),
        plain @ (serde_json::Value::Null
        | serde_json::Value::Bool(_)
        | serde_json::Value::Number(_)) => plain,
    }
}

/// Returns how a value reads in a sentence when it may hold values of a Secret.
pub(crate) fn veiled_text(value: &Value) -> String {
    match value {
        Value::Bool(_) | Value::Number(_) | Value::Absent | Value::Unknown(_) => value.render(),
        _ => WITHHELD.into(),
    }
}

/// A kind that nobody knows may be Secret.
fn is_about_secret(decision: &Decision<'_>) -> bool {
    match &decision.facts.request.target.kind {
        Value::String(kind) => &**kind == "Secret",
        _ => true,
    }
}

fn is_secret_part(path: &SlotPath) -> bool {
    let mut keys = path.keys.iter().map(String::as_str);
    matches!(path.root, Root::Current | Root::Proposed)
        && match (keys.next(), keys.next(), keys.next()) {
            (None | Some("data" | "stringData" | "metadata"), None, _)
            | (Some("data" | "stringData"), Some(_), _)
            | (Some("metadata"), Some("annotations"), None) => true,
            (Some("metadata"), Some("annotations"), Some(key)) => key == LAST_APPLIED,
            _ => false,
        }
}

//! How an action can be undone, where its document does not say.

pub(crate) mod losses;

use taffrail_runtime::Map;
use taffrail_runtime::Value;
use taffrail_runtime::request::Request;

use crate::action::map_of;
use crate::error::ActionError;
use crate::facts::given;
use crate::fields::Field;
use crate::kinds;

/// The classes of reversibility.
const CLASSES: &[&str] = &[
    "read_only",
    "reversible",
    "externally_reversible",
    "irreversible",
];

/// Reads `rollback`. The class left out is derived; losses and tests are known only when written.
pub(crate) fn read(request: &Request, field: Option<&Field<'_>>) -> Result<Value, ActionError> {
    let Some(field) = field else {
        return Ok(derived(request));
    };
    let derived = class(request);
    let value = given(
        field,
        &["class", "losses", "tested"],
        |key, value| match key {
            "class" => value.word(CLASSES),
            "losses" => value.strings(),
            _ => value.truth(),
        },
    )?;
    Ok(match value {
        Value::Map(map) => Value::Map(with_class(map, derived)),
        other => other,
    })
}

/// Returns what follows from the action itself.
pub(crate) fn derived(request: &Request) -> Value {
    let losses = losses::of(request).map_or_else(
        || Field::not_given("rollback.losses"),
        |losses| Value::List(losses.iter().map(|loss| Value::string(*loss)).collect()),
    );
    map_of([
        ("class", class(request)),
        ("losses", losses),
        ("tested", Field::not_given("rollback.tested")),
    ])
}

fn with_class(mut map: Map, derived: Value) -> Map {
    if map.get("class").is_none() {
        map.insert("class", derived);
    }
    map
}

/// Returns the class that verb, kind and the live object tell:
///
/// | verb | class |
/// |---|---|
/// | `get list watch logs read_secret` | read only |
/// | `scale restart rollback pause resume cordon uncordon taint label annotate` | reversible; `scale` down of a StatefulSet that deletes the claims it no longer needs is irreversible |
/// | `create apply patch` | reversible for a built-in kind |
/// | `delete replace` | irreversible for a built-in kind that keeps state, reversible for another |
/// | `delete` of a StatefulSet | reversible where its claims stay, irreversible where they go with it or nobody knows |
/// | `delete` of a Node, or of a PersistentVolume that is retained | externally reversible: the machine registers again, the storage is still there |
/// | `delete evict` of a Pod | reversible where a controller owns it, irreversible where none does |
/// | `rotate approve exec portforward` | irreversible: what was seen or done cannot be taken back |
/// | any other verb or kind | unknown |
fn class(request: &Request) -> Value {
    told(request).map_or_else(|| Field::not_given("rollback.class"), Value::string)
}

fn told(request: &Request) -> Option<&'static str> {
    let Value::String(verb) = &request.verb else {
        return None;
    };
    let target = &request.target;
    let kind = match (&target.group, &target.kind) {
        (Value::String(group), Value::String(kind)) => kinds::built_in(group, kind),
        _ => None,
    };
    let undone = |keeps_state| {
        if keeps_state {
            "irreversible"
        } else {
            "reversible"
        }
    };
    match (&**verb, kind.map(|row| row.kind)) {
        ("get" | "list" | "watch" | "logs" | "read_secret", _) => Some("read_only"),
        ("scale", Some("StatefulSet")) if losses::shrinks(request) != Some(false) => {
            claims_go(&request.current, "whenScaled").map(undone)
        }
        (
            "scale" | "restart" | "rollback" | "pause" | "resume" | "cordon" | "uncordon" | "taint"
            | "label" | "annotate",
            _,
        ) => Some("reversible"),
        ("create" | "apply" | "patch", Some(_)) => Some("reversible"),
        ("delete" | "evict", Some("Pod")) => is_on_its_own(&request.current).map(undone),
        ("delete", Some("StatefulSet")) => Some(undone(
            claims_go(&request.current, "whenDeleted").unwrap_or(true),
        )),
        ("delete", Some("Node")) => Some("externally_reversible"),
        ("delete", Some("PersistentVolume")) if is_retained(&request.current) => {
            Some("externally_reversible")
        }
        ("delete" | "replace", Some(_)) => kind.map(|row| undone(row.keeps_state)),
        ("rotate" | "approve" | "exec" | "portforward", _) => Some("irreversible"),
        _ => None,
    }
}

/// Tells whether a StatefulSet deletes claims when it shrinks or goes; they stay unless it says otherwise. `None` when the object is
/// not known.
pub(super) fn claims_go(set: &Value, when: &str) -> Option<bool> {
    let policy = field(set, &["spec", "persistentVolumeClaimRetentionPolicy", when]);
    match (set, policy) {
        (Value::Map(_), Value::Absent) => Some(false),
        (Value::Map(_), Value::String(policy)) => Some(*policy != *"Retain"),
        _ => None,
    }
}

pub(super) fn is_retained(volume: &Value) -> bool {
    field(volume, &["spec", "persistentVolumeReclaimPolicy"]) == Value::string("Retain")
}

pub(crate) fn field(object: &Value, path: &[&str]) -> Value {
    let no_path = String::new;
    path.iter()
        .fold(object.clone(), |at, key| at.field(key, &no_path))
}

/// Tells whether a pod has no controller that would start another; `None` when its owners are not known.
fn is_on_its_own(pod: &Value) -> Option<bool> {
    let no_path = String::new;
    let owners = pod
        .field("metadata", &no_path)
        .field("ownerReferences", &no_path);
    match (pod, owners) {
        (Value::Map(_), Value::Absent) => Some(true),
        (Value::Map(_), Value::List(owners)) => {
            let controls = |owner: &Value| owner.field("controller", &no_path) == Value::Bool(true);
            Some(!owners.iter().any(controls))
        }
        _ => None,
    }
}

//! How an action can be undone, where its document does not say.

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
    map_of([
        ("class", class(request)),
        ("losses", Field::not_given("rollback.losses")),
        ("tested", Field::not_given("rollback.tested")),
    ])
}

fn with_class(mut map: Map, derived: Value) -> Map {
    if map.get("class").is_none() {
        map.insert("class", derived);
    }
    map
}

/// Returns the class that verb and kind alone tell:
///
/// | verb | class |
/// |---|---|
/// | `get list watch logs read_secret` | read only |
/// | `scale restart rollback pause resume cordon uncordon taint label annotate` | reversible |
/// | `create apply patch` | reversible for a built-in kind |
/// | `delete replace` | irreversible for a built-in kind that keeps state, reversible for another |
/// | `delete` of a Pod | reversible where a controller owns it, irreversible where none does |
/// | `rotate approve` | irreversible |
/// | any other verb or kind | unknown |
fn class(request: &Request) -> Value {
    let unknown = Field::not_given("rollback.class");
    let Value::String(verb) = &request.verb else {
        return unknown;
    };
    let target = &request.target;
    let kind = match (&target.group, &target.kind) {
        (Value::String(group), Value::String(kind)) => kinds::built_in(group, kind),
        _ => None,
    };
    let keeps_state = match kind {
        Some(row) if row.kind == "Pod" && **verb == *"delete" => is_on_its_own(&request.current),
        Some(row) => Some(row.keeps_state),
        None => None,
    };
    let class = match (&**verb, keeps_state) {
        ("get" | "list" | "watch" | "logs" | "read_secret", _) => "read_only",
        (
            "scale" | "restart" | "rollback" | "pause" | "resume" | "cordon" | "uncordon" | "taint"
            | "label" | "annotate",
            _,
        ) => "reversible",
        ("create" | "apply" | "patch", _) if kind.is_some() => "reversible",
        ("delete" | "replace", Some(false)) => "reversible",
        ("delete" | "replace", Some(true)) | ("rotate" | "approve", _) => "irreversible",
        _ => return unknown,
    };
    Value::string(class)
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

//! The objects that an event holds, and what they are: before the request or after it.

use serde::Deserialize;
use serde_json::value::RawValue;
use taffrail_runtime::request::{Proposed, Request};
use taffrail_runtime::{Map, Value};

use crate::admission::workload;
use crate::error::{ActionError, Problem};
use crate::fields::Field;
use crate::node::Place;

use super::line::written;
use super::{AuditEvent, Read, ReadObject, does};

/// Reads the objects before and after, as far as the event holds them.
pub(super) fn read(
    request: &mut Request,
    event: &AuditEvent<'_>,
    read: &ReadObject<'_>,
) -> Read<()> {
    let verb = event.verb();
    if does::is_read(verb) {
        return Ok(());
    }
    let subresource = event.part(|of| &of.subresource);
    let was_stored = !event.has_failed();
    match (verb, subresource) {
        (Some("delete"), _) => {
            let answered = object(event.wire.response_object, read)?;
            request.current = of_target(request, answered, "current");
        }
        (Some("evict") | None, _) => {}
        (Some("exec" | "portforward"), "exec" | "attach" | "portforward" | "proxy") => {
            request.proposed = Proposed::Given(options(event));
        }
        (Some("scale"), _) => {
            request.proposed = match after(event, was_stored, read)? {
                // Whatever the patch of a scale holds beside the replicas is about the scale.
                Value::Map(map) if map.get("spec").is_some() => {
                    Proposed::Given(workload(request, &Value::Map(map), "proposed"))
                }
                _ => Proposed::Given(Field::not_given("proposed")),
            };
        }
        (Some(verb), _) => {
            let after = after(event, was_stored, read)?;
            complete(request, &after);
            let after = of_target(request, after, "proposed");
            request.proposed = Proposed::Given(after);
            if verb == "create" && was_stored {
                request.current = Value::Absent;
            }
        }
    }
    Ok(())
}

/// Tells whether the audit policy left out an object that says what was asked.
pub(super) fn is_lacking(event: &AuditEvent<'_>) -> bool {
    let verb = event.verb();
    let is_change = matches!(
        verb,
        Some("create" | "replace" | "patch" | "apply" | "scale" | "approve")
    );
    let is_patch = written(&event.wire.verb) == "patch" && verb != Some("scale");
    let asked = event.wire.request_object.filter(|_| !is_patch);
    (is_change || is_patch) && event.wire.response_object.is_none() && asked.is_none()
}

/// Returns the object as the server answered it, or as it was asked for where that says everything.
fn after(event: &AuditEvent<'_>, was_stored: bool, read: &ReadObject<'_>) -> Read<Value> {
    if was_stored && let Some(answer) = event.wire.response_object {
        let answer = object(Some(answer), read)?;
        if !is_kind(&answer, "Status") {
            return Ok(answer);
        }
    }
    // What a patch makes of an object that nobody knows, nobody knows. That of a scale says all that a scale holds.
    let is_patch = written(&event.wire.verb) == "patch";
    let is_scale = event.part(|of| &of.subresource) == "scale";
    let is_list = |patch: &&RawValue| patch.get().starts_with('[');
    match event.wire.request_object {
        asked if !is_patch => object(asked, read),
        asked if is_scale => object(asked.filter(|patch| !is_list(patch)), read),
        _ => Ok(Field::not_given("proposed")),
    }
}

fn object(object: Option<&RawValue>, read: &ReadObject<'_>) -> Read<Value> {
    let Some(object) = object else {
        return Ok(Field::not_given("proposed"));
    };
    read(object.get().as_bytes()).map_err(|error| {
        let message = format!("an object of the event is not JSON: {error}");
        ActionError::new(Place::NOWHERE, Problem::Syntax { message })
    })
}

/// Takes name and kind from the object where the address has none: the server names some objects, and a custom kind is named nowhere else.
fn complete(request: &mut Request, after: &Value) {
    let text = |value: Value| match value {
        Value::String(text) if !text.is_empty() => Some(Value::String(text)),
        _ => None,
    };
    let field = |object: &Value, key: &str| object.field(key, &String::new);
    let holds_itself = matches!(&request.subresource, Value::Absent)
        || request.subresource == Value::string("status");
    if !holds_itself {
        return;
    }
    if matches!(request.target.kind, Value::Unknown(_))
        && let Some(kind) = text(field(after, "kind"))
    {
        request.target.kind = kind;
    }
    if matches!(request.target.name, Value::Unknown(_))
        && let Some(name) = text(field(&field(after, "metadata"), "name"))
    {
        request.target.name = name;
    }
}

/// Returns an object if it is of the target's kind: an answer may be a table, a status, or another view of it.
fn of_target(request: &Request, object: Value, fact: &str) -> Value {
    match (&request.target.kind, &object) {
        (Value::String(kind), Value::Map(_)) if is_kind(&object, kind) => object,
        _ => Field::not_given(fact),
    }
}

fn is_kind(object: &Value, kind: &str) -> bool {
    object.field("kind", &String::new) == Value::string(kind)
}

/// Tells whether a patch calls itself an object, as that of an apply does.
pub(super) fn calls_itself_an_object(patch: &str) -> bool {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Identity<'p> {
        #[serde(borrow)]
        api_version: Option<&'p RawValue>,
        kind: Option<&'p RawValue>,
    }
    // A list would be read as the fields in their order.
    let is_map = patch.starts_with('{');
    let identity = serde_json::from_str::<Identity<'_>>(patch).ok();
    let identity = identity.filter(|_| is_map);
    identity.is_some_and(|patch| patch.api_version.is_some() && patch.kind.is_some())
}

/// Returns the options of a connection, which stand in its address.
fn options(event: &AuditEvent<'_>) -> Value {
    let mut command = Vec::new();
    let mut options = Map::default();
    for (key, value) in event.parameters() {
        match (&*key, &*value) {
            ("command", word) => command.push(Value::string(word)),
            ("stdin" | "stdout" | "stderr" | "tty", truth) => {
                options.insert(&*key, Value::Bool(matches!(truth, "true" | "1")));
            }
            (key, value) => options.insert(key, Value::string(value)),
        }
    }
    if !command.is_empty() {
        options.insert("command", Value::List(command));
    }
    Value::Map(options)
}

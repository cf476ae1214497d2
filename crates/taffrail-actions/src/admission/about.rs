//! What a review is about, and who asks.

use taffrail_runtime::Value;
use taffrail_runtime::request::Target;

use crate::action::map_of;
use crate::command;
use crate::error::ActionError;
use crate::fields::{Field, Fields};
use crate::kinds::{self, Scope};

use super::does::Asked;

type Read<T> = Result<T, ActionError>;

/// Returns a text that may be missing; empty when it is.
pub(super) fn optional_text<'n>(field: Option<Field<'n>>) -> Read<&'n str> {
    match field.filter(|field| !field.is_null()) {
        Some(field) => field.text(),
        None => Ok(""),
    }
}

/// Returns the object that a review is about: that of the resource, even if the review holds something else, such as a `Scale`.
pub(super) fn target(fields: &Fields<'_>, asked: &Asked<'_>) -> Read<Target> {
    let kind = fields.require("kind")?.entries()?;
    let version = fields.require("resource")?.entries()?.require("version")?;
    let text = |field: Field<'_>| field.text().map(Value::string);
    let built_in = command::served(asked.group, asked.resource);
    let holds_itself = matches!(asked.subresource, "" | "status");
    let mut target = Target {
        group: Value::string(asked.group),
        version: text(version)?,
        kind: match built_in {
            Some(found) => Value::string(found.kind),
            None if holds_itself => text(kind.require("kind")?)?,
            None => Field::not_given("target.kind"),
        },
        namespace: match optional_text(fields.get("namespace"))? {
            "" => Value::Absent,
            namespace => Value::string(namespace),
        },
        name: name(fields)?,
    };
    if let Value::String(kind) = &target.kind
        && kinds::served_scope(asked.group, kind) == Some(Scope::Cluster)
    {
        target.namespace = Value::Absent;
    }
    Ok(target)
}

/// Returns the name of the object; unknown where the server will make one. Of a deleted collection only the old object says it.
fn name(fields: &Fields<'_>) -> Read<Value> {
    let said = optional_text(fields.get("name"))?;
    if !said.is_empty() {
        return Ok(Value::string(said));
    }
    for key in ["object", "oldObject"] {
        let object = fields.get(key).filter(|field| !field.is_null());
        let Some(object) = object else { continue };
        let metadata = object.entries()?.get("metadata");
        let Some(metadata) = metadata.filter(|field| !field.is_null()) else {
            continue;
        };
        let name = optional_text(metadata.entries()?.get("name"))?;
        if !name.is_empty() {
            return Ok(Value::string(name));
        }
    }
    Ok(Field::not_given("target.name"))
}

/// Reads who asks. What a review does not say of them is unknown.
pub(super) fn principal(fields: &Fields<'_>) -> Read<Value> {
    let id = fields.require("username")?;
    let groups = match fields.get("groups").filter(|field| !field.is_null()) {
        Some(groups) => groups.strings()?,
        None => Value::List(Vec::new()),
    };
    Ok(authenticated(id.text()?, groups))
}

/// Returns a principal whom the API server has authenticated.
pub(crate) fn authenticated(id: &str, groups: Value) -> Value {
    // These names are given out by the cluster itself; any other may be that of anybody.
    let is_control_plane = id == "system:apiserver"
        || id == "system:kube-controller-manager"
        || id == "system:kube-scheduler"
        || id.starts_with("system:node:");
    let kind = if is_control_plane {
        Value::string("controller")
    } else {
        Field::not_given("principal.kind")
    };
    map_of([
        ("groups", groups),
        ("id", Value::string(id)),
        ("kind", kind),
        ("tenant", Field::not_given("principal.tenant")),
    ])
}

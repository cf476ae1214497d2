//! Answers: objects, and refusals in the words of a real server.

use serde_json::{Value as Json, json};
use taffrail_actions::stored::Refused;

use crate::address::Address;

/// An answer before it is written.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Json,
    /// Whether something was written.
    pub(crate) wrote: bool,
}

impl Answer {
    pub(crate) fn ok(body: Json) -> Self {
        Self::of(200, body)
    }

    pub(crate) fn of(status: u16, body: Json) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body,
            wrote: false,
        }
    }

    pub(crate) fn wrote(mut self, wrote: bool) -> Self {
        self.wrote = wrote;
        self
    }

    /// Returns a refusal as a `Status` object.
    pub(crate) fn refusal(status: u16, reason: &str, message: String, details: Json) -> Self {
        Self::of(
            status,
            json!({
                "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
                "message": message, "reason": reason, "details": details, "code": status,
            }),
        )
    }

    pub(crate) fn not_found(address: &Address, name: &str) -> Self {
        let named = named(address);
        Self::refusal(
            404,
            "NotFound",
            format!("{named} \"{name}\" not found"),
            details(address, name),
        )
    }

    pub(crate) fn exists(address: &Address, name: &str) -> Self {
        let named = named(address);
        Self::refusal(
            409,
            "AlreadyExists",
            format!("{named} \"{name}\" already exists"),
            details(address, name),
        )
    }

    pub(crate) fn conflict(address: &Address, name: &str, why: &str) -> Self {
        let named = named(address);
        Self::refusal(
            409,
            "Conflict",
            format!("Operation cannot be fulfilled on {named} \"{name}\": {why}"),
            details(address, name),
        )
    }

    /// Returns the refusal of a write.
    pub(crate) fn refused(refused: &Refused, address: &Address, name: &str) -> Self {
        let kind = &address.resource.kind;
        let invalid = |field: &str, message: &str| {
            let mut details = details(address, name);
            if let Some(details) = details.as_object_mut() {
                details.insert(
                    "causes".into(),
                    json!([{ "reason": "FieldValueInvalid", "message": message, "field": field }]),
                );
            }
            Self::refusal(
                422,
                "Invalid",
                format!("{kind} \"{name}\" is invalid: {field}: {message}"),
                details,
            )
        };
        match refused {
            Refused::Exists { .. } => Self::exists(address, name),
            Refused::Missing => Self::not_found(address, name),
            Refused::Stale { .. } => Self::conflict(address, name, CHANGED),
            Refused::Conflict(conflicts) => {
                let causes: Vec<Json> = conflicts
                    .iter()
                    .flat_map(|conflict| {
                        conflict.fields.iter().map(|field| {
                            json!({
                                "reason": "FieldManagerConflict",
                                "message": format!("conflict with \"{}\"", conflict.manager), "field": field,
                            })
                        })
                    })
                    .collect();
                let plural = if causes.len() == 1 { "" } else { "s" };
                let message = format!("Apply failed with {} conflict{plural}", causes.len());
                Self::refusal(409, "Conflict", message, json!({ "causes": causes }))
            }
            Refused::NoStrategicMerge { .. } => Self::refusal(
                415,
                "UnsupportedMediaType",
                "the body of the request was in an unknown format".into(),
                json!({}),
            ),
            Refused::OtherObject { .. } | Refused::BadPatch { .. } => {
                Self::refusal(400, "BadRequest", refused.to_string(), json!({}))
            }
            Refused::Immutable { field } => invalid(field, "field is immutable"),
            Refused::Invalid { field, problem } => invalid(field, problem),
            Refused::TestFailed { .. } | Refused::NoSuchPath { .. } => Self::refusal(
                422,
                "Invalid",
                "the server rejected our request due to an error in our request".into(),
                json!({}),
            ),
            Refused::Unknown { .. } => {
                Self::refusal(501, "NotImplemented", refused.to_string(), json!({}))
            }
        }
    }
}

/// Why a stale version is refused.
pub(crate) const CHANGED: &str =
    "the object has been modified; please apply your changes to the latest version and try again";

fn named(address: &Address) -> String {
    let resource = &address.resource;
    if resource.group.is_empty() {
        resource.plural.clone()
    } else {
        format!("{}.{}", resource.plural, resource.group)
    }
}

fn details(address: &Address, name: &str) -> Json {
    let resource = &address.resource;
    let mut details = json!({ "name": name, "kind": resource.plural });
    if !resource.group.is_empty()
        && let Some(details) = details.as_object_mut()
    {
        details.insert("group".into(), resource.group.as_str().into());
    }
    details
}

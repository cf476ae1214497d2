//! Refusals of writes, in the words of a real server.

use serde_json::{Value as Json, json};
use taffrail_actions::stored::Refused;

use crate::address::Address;
use crate::answer::{Answer, CHANGED};

/// The media types of patches of kinds that were added.
const CUSTOM_PATCHES: &str = "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml";

impl Answer {
    /// Returns the refusal of a write.
    pub(crate) fn refused(refused: &Refused, address: &Address, name: &str) -> Self {
        match refused {
            Refused::Exists { .. } => Self::exists(address, name),
            Refused::Missing => Self::not_found(address, name),
            Refused::Stale { .. } => Self::conflict(address, name, CHANGED),
            Refused::Conflict(conflicts) => {
                let fields: Vec<(&str, &str)> = conflicts
                    .iter()
                    .flat_map(|conflict| {
                        let fields = conflict.fields.iter();
                        fields.map(|field| (conflict.manager.as_str(), field.as_str()))
                    })
                    .collect();
                Self::conflicts(&fields)
            }
            Refused::NoStrategicMerge { .. } => {
                Self::status(415, "UnsupportedMediaType", CUSTOM_PATCHES)
            }
            Refused::OtherObject { field, written, .. } => {
                let message = if *field == "metadata.namespace" {
                    OTHER_NAMESPACE.to_owned()
                } else {
                    other_name(written, name)
                };
                Self::status(400, "BadRequest", &message)
            }
            Refused::BadPatch { problem } => Self::status(
                400,
                "BadRequest",
                &format!("error decoding patch: {problem}"),
            ),
            Refused::Immutable { field } => Self::invalid(
                address,
                name,
                field,
                "FieldValueInvalid",
                "field is immutable",
            ),
            Refused::Invalid { field, problem } => {
                Self::invalid(address, name, field, "FieldValueInvalid", problem)
            }
            Refused::TestFailed { .. } | Refused::NoSuchPath { .. } => Self::plain(
                422,
                "Invalid",
                "the server rejected our request due to an error in our request",
            ),
            Refused::Unknown { .. } => Self::plain(501, "NotImplemented", &refused.to_string()),
        }
    }

    /// Returns the refusal of an object for one of its fields.
    pub(crate) fn invalid(
        address: &Address,
        name: &str,
        field: &str,
        reason: &str,
        problem: &str,
    ) -> Self {
        let resource = &address.resource;
        let (group, kind) = match address.subresource.as_deref() {
            Some("scale") => ("autoscaling", "Scale"),
            _ => (resource.group.as_str(), resource.kind.as_str()),
        };
        let named = if group.is_empty() {
            kind.to_owned()
        } else {
            format!("{kind}.{group}")
        };
        let mut details = json!({
            "name": name, "group": group, "kind": kind,
            "causes": [{ "reason": reason, "message": problem, "field": field }],
        });
        if let Some(details) = details.as_object_mut() {
            details.retain(|_, value| *value != "");
        }
        let message = format!("{named} \"{name}\" is invalid: {field}: {problem}");
        Self::refusal(422, "Invalid", message, details)
    }

    /// Returns the refusal of the options of a request.
    pub(crate) fn bad_option(options: &str, field: &str, reason: &str, problem: &str) -> Self {
        let details = json!({
            "group": "meta.k8s.io", "kind": options,
            "causes": [{ "reason": reason, "message": problem, "field": field }],
        });
        let message = format!("{options}.meta.k8s.io \"\" is invalid: {field}: {problem}");
        Self::refusal(422, "Invalid", message, details)
    }

    /// Returns the refusal of an apply that would change what others own.
    fn conflicts(fields: &[(&str, &str)]) -> Self {
        let causes: Vec<Json> = fields
            .iter()
            .map(|(manager, field)| {
                let message = format!("conflict with {}", quoted(manager));
                json!({ "reason": "FieldManagerConflict", "message": message, "field": field })
            })
            .collect();
        let message = match fields {
            [(manager, field)] => format!(
                "Apply failed with 1 conflict: conflict with {}: {field}",
                quoted(manager)
            ),
            _ => {
                let mut message = format!("Apply failed with {} conflicts:", fields.len());
                let mut last = "";
                for (manager, field) in fields {
                    if *manager != last {
                        let start = if last.is_empty() { " " } else { "\n" };
                        message += &format!("{start}conflicts with {}:", quoted(manager));
                        last = manager;
                    }
                    message += &format!("\n- {field}");
                }
                message
            }
        };
        Self::refusal(409, "Conflict", message, json!({ "causes": causes }))
    }
}

/// Quotes a manager; what follows its name, such as the version that it uses, stays outside.
fn quoted(manager: &str) -> String {
    match manager.split_once(" using ") {
        Some((manager, version)) => format!("\"{manager}\" using {version}"),
        None => format!("\"{manager}\""),
    }
}

/// Why an object for another namespace is refused.
pub(crate) const OTHER_NAMESPACE: &str =
    "the namespace of the provided object does not match the namespace sent on the request";

/// Returns why an object of another name is refused.
pub(crate) fn other_name(written: &str, name: &str) -> String {
    format!("the name of the object ({written}) does not match the name on the URL ({name})")
}

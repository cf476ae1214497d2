//! Who owns what after a write that is no apply: what it changed is the writer's, and nobody else's.

use serde_json::{Value as Json, json};
use taffrail_schema::Schemas;

use super::merge::{self, New};
use super::{Part, owned, parts};
use crate::stored::Refused;
use crate::stored::kind::{Kind, at, put, text};
use crate::stored::shape::Place;

/// Members that every object of a kind has, even if nothing was written into them: nobody owns them as such.
const ALWAYS: &[&[&str]] = &[
    &["metadata"],
    &["spec"],
    &["spec", "strategy"],
    &["spec", "updateStrategy"],
    &["spec", "resources"],
    &["spec", "template"],
    &["spec", "template", "metadata"],
    &["spec", "template", "spec"],
    &["spec", "template", "spec", "containers"],
    &["spec", "jobTemplate"],
    &["spec", "jobTemplate", "metadata"],
    &["spec", "jobTemplate", "spec"],
    &["spec", "jobTemplate", "spec", "template"],
    &["spec", "jobTemplate", "spec", "template", "metadata"],
    &["spec", "jobTemplate", "spec", "template", "spec"],
    &[
        "spec",
        "jobTemplate",
        "spec",
        "template",
        "spec",
        "containers",
    ],
    &["spec", "containers"],
    &["status"],
];

/// Returns an object with `managedFields` as they are after a manager has written it in place of the one before, by any write but an apply.
/// The subresource that was written is empty for the object itself. Times are left to the caller.
///
/// ```
/// use serde_json::json;
/// use taffrail_actions::stored::with_owners;
/// use taffrail_schema::Schemas;
///
/// let before = json!({
///     "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "app", "namespace": "shop" }, "data": { "a": "1" },
/// });
/// let mut after = before.clone();
/// after["data"]["b"] = json!("2");
/// let after = with_owners(Some(&before), after, "kubectl-edit", "", &Schemas::default())?;
/// assert_eq!(after["metadata"]["managedFields"][0]["fieldsV1"], json!({ "f:data": { "f:b": {} } }));
/// # Ok::<(), taffrail_actions::stored::Refused>(())
/// ```
///
/// # Errors
///
/// The objects have fields that their kind does not have.
pub fn with_owners(
    before: Option<&Json>,
    after: Json,
    manager: &str,
    subresource: &str,
    schemas: &Schemas,
) -> Result<Json, Refused> {
    let copy = after.clone();
    let kind = Kind::of(&copy, schemas)?;
    let api_version = text(&copy, &["apiVersion"]).unwrap_or_default();
    let place = Place::root(kind.schemas, kind.root);
    let mut new = owned(&after);
    let mut old = before.map_or_else(|| json!({}), owned);
    if subresource != "status" {
        put(&mut new, &["status"], None);
        put(&mut old, &["status"], None);
    }
    // Kinds that were added have no members that are always there, but their metadata.
    let always = if kind.builtin { ALWAYS } else { &[] };
    for path in always {
        let Some(value) = at(&new, path) else {
            continue;
        };
        if at(&old, path).is_none() {
            let empty = if value.is_array() {
                json!([])
            } else {
                json!({})
            };
            put(&mut old, path, Some(empty));
        }
    }
    let (changed, removed) = merge::compare(place, Some(&old), Some(&new), New::Everything)?;
    let mut parts = parts(Some(&after));
    let is_mine = |part: &Part| {
        part.get("manager") == manager
            && part.get("operation") == "Update"
            && part.get("subresource") == subresource
    };
    for part in parts.iter_mut().filter(|part| !is_mine(part)) {
        part.fields = part.fields.difference(&changed).difference(&removed);
    }
    match parts.iter_mut().find(|part| is_mine(part)) {
        Some(part) => part.fields = part.fields.difference(&removed).union(&changed),
        None => parts.push(Part {
            entry: [
                ("manager", manager),
                ("operation", "Update"),
                ("apiVersion", api_version),
                ("fieldsType", "FieldsV1"),
                ("subresource", subresource),
            ]
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(key, value)| (key.to_owned(), json!(value)))
            .collect(),
            fields: changed,
        }),
    }
    Ok(super::with_entries(after, parts))
}

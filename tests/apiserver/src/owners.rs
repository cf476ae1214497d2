//! Who owns which fields of an object after a write.

use serde_json::{Value as Json, json};
use taffrail_actions::stored::with_owners;
use taffrail_schema::Schemas;

use crate::store::{metadata, now};

/// Returns an object with what its writer owns now, and since when. Objects of kinds whose fields are not known stay without.
pub(crate) fn managed(
    before: Option<&Json>,
    after: Json,
    manager: &str,
    part: &str,
    schemas: &Schemas,
) -> Json {
    // Who takes all owners away means it, once.
    if is_cleared(&after) {
        let mut after = after;
        metadata(&mut after).remove("managedFields");
        return after;
    }
    let mut after = match with_owners(before, after.clone(), manager, part, schemas) {
        Ok(after) => after,
        Err(_) => return after,
    };
    if part == "scale" {
        scaled(before, &mut after);
    }
    timed(before, after)
}

/// Returns an object in which every owner has a time: the one from before, where nothing of it changed.
pub(crate) fn timed(before: Option<&Json>, mut after: Json) -> Json {
    let entries = |object: &Json| {
        let entries = object.pointer("/metadata/managedFields");
        entries
            .and_then(Json::as_array)
            .cloned()
            .unwrap_or_default()
    };
    let known = before.map(entries).unwrap_or_default();
    let mut owners = entries(&after);
    for entry in &mut owners {
        let is_known = known.iter().any(|known| known == entry);
        if !is_known {
            entry["time"] = now().into();
        }
    }
    if !owners.is_empty() {
        metadata(&mut after).insert("managedFields".into(), owners.into());
    }
    after
}

/// Tells whether a write took all owners away: a list with nothing in it, or one entry that says nothing.
fn is_cleared(object: &Json) -> bool {
    let owners = object
        .pointer("/metadata/managedFields")
        .and_then(Json::as_array);
    owners.is_some_and(|owners| {
        owners.is_empty()
            || owners
                .iter()
                .all(|owner| owner.as_object().is_some_and(serde_json::Map::is_empty))
    })
}

/// A number of replicas that is zero is left out of a scale, so that nobody owns it; scaling up again from there does not take it.
fn scaled(before: Option<&Json>, after: &mut Json) {
    let replicas = |object: &Json| object.pointer("/spec/replicas").and_then(Json::as_i64);
    let is_through_zero = replicas(after) == Some(0) || before.and_then(replicas) == Some(0);
    if !is_through_zero {
        return;
    }
    let owners = metadata(after)
        .get_mut("managedFields")
        .and_then(Json::as_array_mut);
    if let Some(owners) = owners {
        owners.retain(|owner| {
            owner["subresource"] != "scale"
                || owner["fieldsV1"] != json!({ "f:spec": { "f:replicas": {} } })
        });
    }
}

//! Server-side apply: what a field manager applies is merged into the object, what it no longer applies goes, and what others own is theirs.

mod merge;
mod update;

pub use update::with_owners;

use serde_json::{Map, Value as Json, json};

use super::fields::{Fields, Step};
use super::kind::{Kind, put, text};
use super::refused::{Conflict, Refused};
use super::shape::Place;
use merge::New;

/// Fields of every object that nobody owns.
const NOBODYS: &[&[&str]] = &[
    &["apiVersion"],
    &["kind"],
    &["metadata", "name"],
    &["metadata", "namespace"],
    &["metadata", "creationTimestamp"],
    &["metadata", "selfLink"],
    &["metadata", "uid"],
    &["metadata", "generation"],
    &["metadata", "managedFields"],
    &["metadata", "resourceVersion"],
];

/// Who applies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Applier<'w> {
    pub(super) manager: &'w str,
    /// Whether fields are taken from other managers.
    pub(super) force: bool,
    /// The subresource that is applied to; empty for the object.
    pub(super) subresource: &'w str,
}

/// A manager's part in `managedFields`.
#[derive(Debug, Clone)]
struct Part {
    /// The entry as it was, without its fields.
    entry: Map<String, Json>,
    fields: Fields,
}

impl Part {
    fn get(&self, key: &str) -> &str {
        self.entry
            .get(key)
            .and_then(Json::as_str)
            .unwrap_or_default()
    }

    fn is_of(&self, applier: Applier) -> bool {
        self.get("manager") == applier.manager
            && self.get("operation") == "Apply"
            && self.get("subresource") == applier.subresource
    }
}

/// Applies a configuration to a live object, or to nothing, as a manager.
pub(super) fn apply(
    live: Option<&Json>,
    config: &Json,
    applier: Applier,
    kind: &Kind,
) -> Result<Json, Refused> {
    if applier.manager.is_empty() {
        return Err(Refused::invalid_at("fieldManager", "is missing"));
    }
    if config
        .pointer("/metadata/managedFields")
        .is_some_and(|value| !value.is_null())
    {
        return Err(Refused::invalid_at(
            "metadata.managedFields",
            "cannot be applied",
        ));
    }
    let place = Place::root(kind.schemas, kind.root);
    let owned = owned(config);
    let applied = place.fields(&owned)?;
    let mut parts = parts(live);
    let merged = match live {
        None => config.clone(),
        Some(live) => {
            let before = parts.iter().find(|part| part.is_of(applier));
            let others = parts.iter().filter(|part| !part.is_of(applier));
            let mut keep: Vec<&Fields> = others.map(|part| &part.fields).collect();
            keep.push(&applied);
            let mut merged = merge::merge(place, Some(live), &owned);
            if let Some(before) = before {
                merge::remove(place, &mut merged, &before.fields, &keep);
            }
            let (changed, removed) = merge::compare(place, Some(live), Some(&merged), New::Held)?;
            settle(&mut parts, applier, &changed, &removed)?;
            merged
        }
    };
    Ok(with_parts(
        merged,
        parts,
        applied,
        applier,
        text(config, &["apiVersion"]),
    ))
}

/// Returns a configuration without what nobody owns.
fn owned(config: &Json) -> Json {
    let mut owned = config.clone();
    for path in NOBODYS {
        put(&mut owned, path, None);
    }
    if let Some(fields) = owned.as_object_mut()
        && fields
            .get("metadata")
            .and_then(Json::as_object)
            .is_some_and(Map::is_empty)
    {
        fields.remove("metadata");
    }
    owned
}

fn parts(live: Option<&Json>) -> Vec<Part> {
    let entries = live.and_then(|live| live.pointer("/metadata/managedFields")?.as_array());
    entries
        .into_iter()
        .flatten()
        .filter_map(Json::as_object)
        .map(|entry| {
            let mut entry = entry.clone();
            let fields = entry.remove("fieldsV1").unwrap_or_default();
            Part {
                fields: Fields::read(&fields),
                entry,
            }
        })
        .collect()
}

/// Takes from the other managers what is changed and removed.
fn settle(
    parts: &mut [Part],
    applier: Applier,
    changed: &Fields,
    removed: &Fields,
) -> Result<(), Refused> {
    let mut conflicts: Vec<Conflict> = Vec::new();
    for part in parts.iter_mut().filter(|part| !part.is_of(applier)) {
        let disputed = part.fields.intersection(changed);
        if !disputed.is_empty() && !applier.force {
            let name = part.get("manager").to_owned();
            match conflicts.iter_mut().find(|other| other.manager == name) {
                Some(conflict) => conflict.fields.extend(disputed.paths()),
                None => conflicts.push(Conflict {
                    manager: name,
                    fields: disputed.paths(),
                }),
            }
        }
        if !disputed.is_empty() || !removed.is_empty() {
            part.fields = part.fields.difference(&disputed).difference(removed);
        }
    }
    if conflicts.is_empty() {
        return Ok(());
    }
    for conflict in &mut conflicts {
        conflict.fields.sort();
        conflict.fields.dedup();
    }
    conflicts.sort();
    Err(Refused::Conflict(conflicts))
}

/// Writes who owns what into an object.
fn with_parts(
    object: Json,
    mut parts: Vec<Part>,
    applied: Fields,
    applier: Applier,
    api_version: Option<&str>,
) -> Json {
    match parts.iter_mut().find(|part| part.is_of(applier)) {
        Some(part) => part.fields = applied,
        None => parts.push(Part {
            entry: [
                ("manager", applier.manager),
                ("operation", "Apply"),
                ("fieldsType", "FieldsV1"),
            ]
            .into_iter()
            .chain(api_version.map(|version| ("apiVersion", version)))
            .chain(Some(("subresource", applier.subresource)).filter(|(_, name)| !name.is_empty()))
            .map(|(key, value)| (key.to_owned(), json!(value)))
            .collect(),
            fields: applied,
        }),
    }
    with_entries(object, parts)
}

/// Writes the parts of those who own something into an object.
fn with_entries(mut object: Json, parts: Vec<Part>) -> Json {
    let entries: Vec<Json> = parts
        .into_iter()
        .filter(|part| !part.fields.is_empty())
        .map(|Part { mut entry, fields }| {
            entry.insert("fieldsV1".into(), fields.write());
            Json::Object(entry)
        })
        .collect();
    let entries = (!entries.is_empty()).then_some(Json::Array(entries));
    put(&mut object, &["metadata", "managedFields"], entries);
    object
}

/// Returns the step to a key.
fn to_key(key: &str) -> Step {
    Step::Field(key.to_owned())
}

#[cfg(test)]
mod tests;

//! The kind of the object that is written.

use serde_json::Value as Json;
use taffrail_schema::{Schemas, TypeId};

use super::refused::Refused;

/// The kind of an object, with its schema where there is one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind<'w> {
    pub(super) schemas: &'w Schemas,
    /// The group; empty for the core group.
    pub(super) group: &'w str,
    pub(super) version: &'w str,
    pub(super) kind: &'w str,
    /// The type of its objects; `None` for a kind without a schema.
    pub(super) root: Option<TypeId>,
    /// Whether Kubernetes ships it.
    pub(super) builtin: bool,
}

impl<'w> Kind<'w> {
    /// Returns the kind of an object.
    pub(super) fn of(object: &'w Json, schemas: &'w Schemas) -> Result<Self, Refused> {
        let api_version = text(object, &["apiVersion"])
            .ok_or_else(|| Refused::invalid_at("apiVersion", "is missing"))?;
        let kind =
            text(object, &["kind"]).ok_or_else(|| Refused::invalid_at("kind", "is missing"))?;
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        let found = schemas.find(Some(group), kind);
        let found = found.into_iter().map(|id| schemas.kind(id));
        let found: Vec<_> = found.collect();
        let exact = found.iter().find(|found| found.version == version);
        if exact.is_none() && found.iter().any(|found| found.builtin) {
            return Err(Refused::Unknown {
                why: format!("version `{version}` of `{kind}` is not known"),
            });
        }
        Ok(Self {
            schemas,
            group,
            version,
            kind,
            root: exact.map(|found| found.root),
            builtin: exact.is_some_and(|found| found.builtin),
        })
    }

    /// Returns the keys to the pod or the template of pods in it; `None` where it makes none.
    pub(super) fn pod_template(&self) -> Option<Vec<&'w str>> {
        let found = self.schemas.find(Some(self.group), self.kind);
        let mut found = found.into_iter().map(|id| self.schemas.kind(id));
        let path = found
            .find(|found| found.version == self.version)?
            .pod_template?;
        Some(path.iter().map(|key| &**key).collect())
    }

    /// Returns whether it is this built-in kind, in any API version.
    pub(super) fn is(&self, group: &str, kind: &str) -> bool {
        self.group == group && self.kind == kind
    }
}

/// Returns the value at a path of keys.
pub(super) fn at<'j>(object: &'j Json, path: &[&str]) -> Option<&'j Json> {
    path.iter().try_fold(object, |value, key| value.get(key))
}

/// Returns the text at a path of keys, unless it is empty.
pub(super) fn text<'j>(object: &'j Json, path: &[&str]) -> Option<&'j str> {
    at(object, path)?.as_str().filter(|text| !text.is_empty())
}

/// Returns the value at a path of keys; objects that are missing on the way are made.
pub(super) fn entry<'j>(object: &'j mut Json, path: &[&str]) -> Option<&'j mut Json> {
    path.iter().try_fold(object, |value, key| {
        if value.is_null() {
            *value = Json::Object(serde_json::Map::new());
        }
        let entries = value.as_object_mut()?;
        Some(entries.entry(*key).or_insert(Json::Null))
    })
}

/// Puts a value at a path of keys; nothing takes what is there away.
pub(super) fn put(object: &mut Json, path: &[&str], value: Option<Json>) {
    let Some((last, way)) = path.split_last() else {
        return;
    };
    let parent = match &value {
        Some(_) => entry(object, way),
        None => way
            .iter()
            .try_fold(object, |value, key| value.get_mut(*key)),
    };
    if let Some(parent) = parent.filter(|parent| parent.is_object() || parent.is_null()) {
        match value {
            Some(value) => {
                if let Some(slot) = entry(parent, &[last]) {
                    *slot = value;
                }
            }
            None => {
                if let Some(entries) = parent.as_object_mut() {
                    entries.remove(*last);
                }
            }
        }
    }
}

//! The objects, each with an identity and a version.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value as Json, json};

/// Group, plural, namespace, name.
pub(crate) type Key = (String, String, String, String);

/// The objects of a cluster; one counter gives every write its version.
#[derive(Debug, Default)]
pub(crate) struct Store {
    objects: BTreeMap<Key, Json>,
    version: u64,
}

impl Store {
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    pub(crate) fn get(&self, key: &Key) -> Option<&Json> {
        self.objects.get(key)
    }

    /// Returns the objects of a group and plural, in a namespace or everywhere.
    pub(crate) fn of<'s>(
        &'s self,
        group: &'s str,
        plural: &'s str,
        namespace: Option<&'s str>,
    ) -> impl Iterator<Item = &'s Json> {
        self.objects
            .iter()
            .filter(move |((its_group, its_plural, its_namespace, _), _)| {
                its_group == group
                    && its_plural == plural
                    && namespace.is_none_or(|namespace| its_namespace == namespace)
            })
            .map(|(_, object)| object)
    }

    /// Returns a new object with what the server gives it, as if it were stored next.
    pub(crate) fn new_object(&self, mut object: Json, namespace: Option<&str>) -> Json {
        let next = self.version + 1;
        let generation = object.get("spec").is_some().then_some(1);
        let metadata = metadata(&mut object);
        if let Some(namespace) = namespace {
            metadata.insert("namespace".into(), namespace.into());
        }
        metadata.insert("uid".into(), uid(next).into());
        metadata.insert("resourceVersion".into(), next.to_string().into());
        metadata.insert("creationTimestamp".into(), now().into());
        if let Some(generation) = generation {
            metadata.insert("generation".into(), generation.into());
        }
        object
    }

    /// Returns a changed object with what the server gives it, as if it were stored next; one that is as before keeps its version.
    pub(crate) fn changed_object(&self, mut object: Json, before: &Json) -> Json {
        for name in ["uid", "resourceVersion", "creationTimestamp", "generation"] {
            let kept = before.pointer(&format!("/metadata/{name}")).cloned();
            if let Some(kept) = kept {
                metadata(&mut object).insert(name.into(), kept);
            }
        }
        if object == *before {
            return object;
        }
        if object.get("spec") != before.get("spec") {
            let generation = before
                .pointer("/metadata/generation")
                .and_then(Json::as_u64);
            metadata(&mut object).insert("generation".into(), json!(generation.unwrap_or(0) + 1));
        }
        metadata(&mut object).insert(
            "resourceVersion".into(),
            (self.version + 1).to_string().into(),
        );
        object
    }

    /// Stores an object as it is.
    pub(crate) fn put(&mut self, key: Key, object: Json) {
        self.version += 1;
        self.objects.insert(key, object);
    }

    pub(crate) fn remove(&mut self, key: &Key) -> Option<Json> {
        self.version += 1;
        self.objects.remove(key)
    }
}

/// Returns an object's metadata, made if it is not there.
pub(crate) fn metadata(object: &mut Json) -> &mut serde_json::Map<String, Json> {
    if !object.get("metadata").is_some_and(Json::is_object) {
        if !object.is_object() {
            *object = json!({});
        }
        object["metadata"] = json!({});
    }
    match object.get_mut("metadata") {
        Some(Json::Object(metadata)) => metadata,
        _ => unreachable!("it was made just above"),
    }
}

/// Writes into `managedFields` who changed an object last.
pub(crate) fn managed(object: &mut Json, manager: &str) {
    let entry = json!({ "manager": manager, "operation": "Update", "time": now() });
    let fields = metadata(object)
        .entry("managedFields")
        .or_insert_with(|| json!([]));
    if let Some(fields) = fields.as_array_mut() {
        fields.retain(|found| {
            found.get("manager") != entry.get("manager")
                || found.get("operation") != entry.get("operation")
        });
        fields.push(entry);
    }
}

pub(crate) fn now() -> String {
    Timestamp::from_second(Timestamp::now().as_second())
        .map_or_else(|_| String::new(), |now| now.to_string())
}

fn uid(number: u64) -> String {
    format!("00000000-0000-4000-8000-{number:012x}")
}

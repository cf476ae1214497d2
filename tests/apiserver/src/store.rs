//! The objects, each with an identity and a version, and what happened to them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value as Json, json};

/// Group, plural, namespace, name.
pub(crate) type Key = (String, String, String, String);

/// Something that happened to an object.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) version: u64,
    pub(crate) key: Key,
    /// The object before; `None` when it is new.
    pub(crate) before: Option<Json>,
    /// The object after; `None` when it is gone.
    pub(crate) after: Option<Json>,
}

/// The objects of a cluster; one counter gives every write its version.
#[derive(Debug)]
pub(crate) struct Store {
    objects: BTreeMap<Key, Json>,
    version: u64,
    events: Vec<Event>,
    /// What happened up to this version is forgotten.
    compacted: u64,
    newest: tokio::sync::watch::Sender<u64>,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            objects: BTreeMap::new(),
            version: 0,
            events: Vec::new(),
            compacted: 0,
            newest: tokio::sync::watch::Sender::new(0),
        }
    }
}

impl Store {
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    pub(crate) fn compacted(&self) -> u64 {
        self.compacted
    }

    pub(crate) fn compact(&mut self) {
        self.compacted = self.version;
        self.events.clear();
    }

    /// Lets versions run ahead.
    pub(crate) fn advance(&mut self, version: u64) {
        self.version = self.version.max(version);
        self.newest.send_replace(self.version);
    }

    /// Tells of every new version.
    pub(crate) fn news(&self) -> tokio::sync::watch::Receiver<u64> {
        self.newest.subscribe()
    }

    /// Returns what happened after a version.
    pub(crate) fn since(&self, version: u64) -> impl Iterator<Item = &Event> {
        self.events
            .iter()
            .filter(move |event| event.version > version)
    }

    pub(crate) fn get(&self, key: &Key) -> Option<&Json> {
        self.objects.get(key)
    }

    /// Returns a namespace.
    pub(crate) fn namespace(&self, name: &str) -> Option<&Json> {
        let key = (
            String::new(),
            "namespaces".to_owned(),
            String::new(),
            name.to_owned(),
        );
        self.objects.get(&key)
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
        let generation = has_generation(&object).then_some(1);
        let metadata = metadata(&mut object);
        if let Some(namespace) = namespace {
            metadata.insert("namespace".into(), namespace.into());
        }
        metadata.insert("uid".into(), uid(next).into());
        metadata.insert("resourceVersion".into(), next.to_string().into());
        metadata.insert("creationTimestamp".into(), now().into());
        metadata.remove("generation");
        if let Some(generation) = generation {
            metadata.insert("generation".into(), generation.into());
        }
        object
    }

    /// Returns a changed object with what the server gives it, as if it were stored next; one that is as before keeps its version.
    pub(crate) fn changed_object(&self, mut object: Json, before: &Json) -> Json {
        for name in [
            "uid",
            "resourceVersion",
            "creationTimestamp",
            "generation",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
        ] {
            let kept = before.pointer(&format!("/metadata/{name}")).cloned();
            match kept {
                Some(kept) => metadata(&mut object).insert(name.into(), kept),
                None if name.starts_with("deletion") => continue,
                None => metadata(&mut object).remove(name),
            };
        }
        if object == *before {
            return object;
        }
        if is_another_generation(&object, before) {
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
        let version = self.version + 1;
        self.put_at(version, key, object);
    }

    /// Stores an object as it is, at its own version.
    pub(crate) fn restore(&mut self, key: Key, object: Json) {
        let version = object
            .pointer("/metadata/resourceVersion")
            .and_then(Json::as_str);
        let version = version.and_then(|version| version.parse().ok());
        self.put_at(version.unwrap_or(self.version + 1), key, object);
    }

    fn put_at(&mut self, version: u64, key: Key, object: Json) {
        let before = self.objects.insert(key.clone(), object.clone());
        self.happened(Event {
            version,
            key,
            before,
            after: Some(object),
        });
    }

    pub(crate) fn remove(&mut self, key: &Key) -> Option<Json> {
        let removed = self.objects.remove(key)?;
        let version = self.version + 1;
        self.happened(Event {
            version,
            key: key.clone(),
            before: Some(removed.clone()),
            after: None,
        });
        Some(removed)
    }

    fn happened(&mut self, event: Event) {
        self.version = self.version.max(event.version);
        let is_last = self
            .events
            .last()
            .is_none_or(|last| last.version <= event.version);
        self.events.push(event);
        if !is_last {
            self.events.sort_by_key(|event| event.version);
        }
        self.newest.send_replace(self.version);
    }
}

/// Tells whether a change counts: of the spec, and of a workload also of the annotations.
fn is_another_generation(object: &Json, before: &Json) -> bool {
    let annotations = |object: &Json| object.pointer("/metadata/annotations").cloned();
    let is_deployment = before["kind"] == "Deployment";
    has_generation(before)
        && (object.get("spec") != before.get("spec")
            || is_deployment && annotations(object) != annotations(before))
}

/// Tells whether changes of an object's spec are counted.
fn has_generation(object: &Json) -> bool {
    let kind = object["kind"].as_str().unwrap_or_default();
    let uncounted = [
        "HorizontalPodAutoscaler",
        "Lease",
        "LimitRange",
        "Namespace",
        "Node",
        "PersistentVolume",
        "PersistentVolumeClaim",
        "ResourceQuota",
        "Service",
    ];
    let without_spec = [
        "EndpointSlice",
        "PriorityClass",
        "ValidatingWebhookConfiguration",
        "MutatingWebhookConfiguration",
    ];
    without_spec.contains(&kind) || object.get("spec").is_some() && !uncounted.contains(&kind)
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

pub(crate) fn now() -> String {
    Timestamp::from_second(Timestamp::now().as_second())
        .map_or_else(|_| String::new(), |now| now.to_string())
}

fn uid(number: u64) -> String {
    format!("00000000-0000-4000-8000-{number:012x}")
}

//! What a server knows, and how a request finds its way through it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::request::Parts;
use serde_json::{Value as Json, json};
use taffrail_actions::stored::{Write, after};
use taffrail_schema::Schemas;

use crate::access::Access;
use crate::address::Address;
use crate::answer::{Answer, Content};
use crate::controllers::Rollouts;
use crate::fault::{Fault, Faults};
use crate::kinds::{self, Resource};
use crate::log::Seen;
use crate::owners::managed;
use crate::request::{Asked, Incoming};
use crate::review::review;
use crate::store::{Event, Key, Store, metadata};

/// What a server knows.
#[derive(Debug, Default)]
pub(crate) struct Cluster(Mutex<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) store: Store,
    pub(crate) kinds: Vec<Resource>,
    pub(crate) schemas: Arc<Schemas>,
    pub(crate) access: Access,
    pub(crate) faults: Faults,
    pub(crate) seen: Vec<Seen>,
    pub(crate) rollouts: Rollouts,
}

impl Default for Inner {
    fn default() -> Self {
        Self {
            store: Store::default(),
            kinds: kinds::built_in(),
            schemas: Arc::new(Schemas::default()),
            access: Access::default(),
            faults: Faults::default(),
            seen: Vec::new(),
            rollouts: Rollouts::default(),
        }
    }
}

/// What a watch follows.
#[derive(Debug, Clone)]
pub(crate) struct Feed(Arc<Cluster>);

impl Feed {
    pub(crate) fn news(&self) -> tokio::sync::watch::Receiver<u64> {
        self.0.lock().store.news()
    }

    /// Returns what is shown of the events after a version, and the newest version.
    pub(crate) fn since(
        &self,
        version: u64,
        show: impl Fn(&Event) -> Option<Json>,
    ) -> (Vec<Json>, u64) {
        let inner = self.0.lock();
        let events = inner.store.since(version).filter_map(show).collect();
        (events, inner.store.version())
    }
}

impl Cluster {
    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in a request; returns its answer, and whether the connection is dropped instead.
    pub(crate) async fn take(self: &Arc<Self>, parts: &Parts, bytes: &[u8]) -> (Answer, bool) {
        let incoming = Incoming::new(parts, bytes);
        let (mut answer, hangs_up, late) = self.lock().take(&incoming);
        if let Content::Events(watch) = &mut answer.content {
            watch.follows(Feed(Arc::clone(self)));
        }
        if let Some(span) = late {
            tokio::time::sleep(span).await;
        }
        (answer, hangs_up)
    }
}

impl Inner {
    fn take(&mut self, incoming: &Incoming) -> (Answer, bool, Option<std::time::Duration>) {
        let is_dry = incoming.is_dry();
        let fault = self.faults.take(&incoming.method, &incoming.path, is_dry);
        let late = match fault {
            Some(Fault::Latency(span)) => Some(span),
            _ => None,
        };
        let (answer, hangs_up) = self.answer(incoming, fault);
        self.seen.push(Seen {
            method: incoming.method.clone(),
            path: incoming.path.clone(),
            query: incoming.query_text.clone(),
            body: incoming.body.clone(),
            user: self.access.name_of(incoming),
            status: if hangs_up { 0 } else { answer.status },
            is_dry,
            wrote: answer.wrote,
        });
        (answer, hangs_up, late)
    }

    fn answer(&mut self, incoming: &Incoming, fault: Option<Fault>) -> (Answer, bool) {
        match fault {
            Some(Fault::Busy(seconds)) => {
                // Priority and fairness answers in plain text, and not with an object.
                let text = "Too many requests, please try again later.\n";
                let answer = Answer::of(429, Json::String(text.into()));
                return (answer.header("Retry-After", seconds.to_string()), false);
            }
            Some(Fault::Broken) => {
                let answer = Answer::status(500, "InternalError", "Internal error occurred");
                return (answer, false);
            }
            Some(Fault::LostBefore) => return (Answer::status(500, "InternalError", ""), true),
            Some(Fault::Conflict) => {
                let answer = Answer::status(409, "Conflict", crate::answer::CHANGED);
                return (answer, false);
            }
            Some(Fault::Overtaken) => self.overtake(incoming),
            Some(Fault::Latency(_) | Fault::TimedOut | Fault::LostAfter) | None => {}
        }
        let answer = self.work(incoming);
        match fault {
            Some(Fault::LostAfter) => (answer, true),
            Some(Fault::TimedOut) => {
                // Nobody knows what came of it; the status does not even say what it is.
                let status = json!({
                    "metadata": {}, "status": "Failure", "reason": "Timeout", "details": {}, "code": 504,
                    "message": "Timeout: request did not complete within the allotted timeout",
                });
                let timed_out = Answer::of(504, Json::String(format!("{status}\n")));
                (timed_out.wrote(answer.wrote), false)
            }
            _ => (answer, false),
        }
    }

    /// Does what is asked.
    fn work(&mut self, incoming: &Incoming) -> Answer {
        if let Some(refusal) = self.access.refuses(incoming, &self.store) {
            return refusal;
        }
        if let Some(mut answer) = review(incoming, &self.access, &self.store) {
            if answer.body.get("spec").is_some() {
                let manager = incoming.manager();
                answer.body = managed(None, answer.body, manager, "", &self.schemas);
            }
            return answer;
        }
        let Some(address) = Address::read(&incoming.path, &self.kinds) else {
            return kinds::elsewhere(incoming, &self.kinds);
        };
        let key = address.name.as_ref().map(|name| address.key(name));
        let before = key.as_ref().and_then(|key| self.store.get(key).cloned());
        let schemas = Arc::clone(&self.schemas);
        let asked = Asked::new(incoming, address, &schemas);
        let answer = asked.answer(&mut self.store);
        let made = answer.body.pointer("/metadata/name").and_then(Json::as_str);
        let key = key.or_else(|| Some(asked.address.key(made?)));
        if let (true, Some(key)) = (answer.wrote, key) {
            self.learn_kind(&key);
            self.report(&key, before.as_ref());
        }
        answer
    }

    /// Lets the controller of an object report on it.
    fn report(&mut self, key: &Key, before: Option<&Json>) {
        let Some(object) = self.store.get(key) else {
            return;
        };
        if self.rollouts == Rollouts::Succeed
            && object["kind"] == "Pod"
            && object.pointer("/metadata/deletionTimestamp").is_some()
            && object.pointer("/metadata/finalizers").is_none()
        {
            // The kubelet of its node stops the pod at once.
            self.store.remove(key);
            return;
        }
        if let Some(reported) = self.rollouts.report(before, object) {
            let reported = self.store.changed_object(reported, object);
            self.store.put(key.clone(), reported);
        }
    }

    /// Serves the kind of a definition.
    fn learn_kind(&mut self, key: &Key) {
        if key.1 != "customresourcedefinitions" {
            return;
        }
        let definitions = self.store.of("apiextensions.k8s.io", &key.1, None);
        let text =
            json!({ "apiVersion": "v1", "kind": "List", "items": definitions.collect::<Vec<_>>() });
        if let Ok(custom) = taffrail_schema::CustomKinds::parse("definitions", &text.to_string()) {
            self.schemas = Arc::new(Schemas::default().with_custom(&custom));
        }
        if let Some(definition) = self.store.get(key) {
            for resource in kinds::defined(definition) {
                if !self.kinds.contains(&resource) {
                    self.kinds.push(resource);
                }
            }
        }
    }

    /// Somebody else changes the object just before.
    fn overtake(&mut self, incoming: &Incoming) {
        let Some(address) = Address::read(&incoming.path, &self.kinds) else {
            return;
        };
        let Some(name) = &address.name else {
            return;
        };
        let key = address.key(name);
        if let Some(mut object) = self.store.get(&key).cloned() {
            let next = (self.store.version() + 1).to_string();
            metadata(&mut object).insert("resourceVersion".into(), next.into());
            self.store.put(key, object);
        }
    }

    /// Returns the kind of an object, if it is served.
    pub(crate) fn resource(&self, object: &Json) -> Option<&Resource> {
        let (version, kind) = (object["apiVersion"].as_str()?, object["kind"].as_str()?);
        let mut kinds = self.kinds.iter();
        kinds.find(|found| found.kind == kind && found.api_version() == version)
    }

    /// Returns the key of an object of a kind that is served.
    pub(crate) fn key(&self, object: &Json) -> Key {
        let text = |path: &str| {
            let text = object.pointer(path).and_then(Json::as_str);
            text.unwrap_or_default()
        };
        #[expect(clippy::panic, reason = "a test is written wrong")]
        let Some(resource) = self.resource(object) else {
            panic!(
                "no `{}` of `{}` is served",
                text("/kind"),
                text("/apiVersion")
            )
        };
        let namespace = if resource.namespaced {
            text("/metadata/namespace")
        } else {
            ""
        };
        (
            resource.group.clone(),
            resource.plural.clone(),
            namespace.to_owned(),
            text("/metadata/name").to_owned(),
        )
    }

    /// Stores an object past all checks, as a field manager.
    pub(crate) fn put_as(&mut self, object: Json, manager: &str) -> Json {
        let key = self.key(&object);
        let object = with_defaults(object, &self.schemas);
        let before = self.store.get(&key).cloned();
        let mut stored = match &before {
            Some(before) => self.store.changed_object(object, before),
            None => {
                let given = object.clone();
                let namespace = Some(key.2.as_str()).filter(|name| !name.is_empty());
                let mut made = self.store.new_object(object, namespace);
                // What is put in as it is keeps its history.
                for part in ["creationTimestamp", "generation"] {
                    if let Some(kept) = given.pointer(&format!("/metadata/{part}")) {
                        metadata(&mut made).insert(part.to_owned(), kept.clone());
                    }
                }
                made
            }
        };
        let has_history = before.is_none() && stored.pointer("/metadata/managedFields").is_some();
        if !has_history {
            stored = managed(before.as_ref(), stored, manager, "", &self.schemas);
        }
        self.store.put(key.clone(), stored);
        self.learn_kind(&key);
        self.report(&key, before.as_ref());
        self.store.get(&key).cloned().unwrap_or_default()
    }

    /// Stores an object exactly as it is.
    pub(crate) fn restore(&mut self, object: Json) {
        let key = self.key(&object);
        self.store.restore(key.clone(), object);
        self.learn_kind(&key);
    }
}

/// Returns an object as a server stores it, with its defaults; its metadata and status stay as they are.
fn with_defaults(object: Json, schemas: &Schemas) -> Json {
    let mut new = object.clone();
    for field in ["uid", "resourceVersion", "creationTimestamp", "generation"] {
        metadata(&mut new).remove(field);
    }
    let write = Write::Create(new);
    let Ok(Some(mut stored)) = after(None, &write, schemas) else {
        return object;
    };
    for part in ["metadata", "status"] {
        if let (Some(given), Some(stored)) = (object.get(part), stored.as_object_mut()) {
            stored.insert(part.to_owned(), given.clone());
        }
    }
    stored
}

//! Walks through the exchanges, keeps what is live, and computes what each write stores.

use std::collections::HashMap;

use serde_json::{Value as Json, json};
use taffrail_actions::stored::{Refused, Subresource, Write, after, unknown_fields};
use taffrail_schema::{CustomKinds, Schemas};

use crate::compare::{drop_nulls, owners_of};
use crate::exchange::{Address, Exchange};
use crate::request::write;

/// What came of an exchange.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// Read, or something that stores no object.
    NoWrite,
    /// The same was computed as was stored.
    Equal,
    /// Something else was computed: what, and what was stored.
    Differs(Box<(Json, Json)>),
    /// The server stored it; we say that it refuses.
    RefusedOnlyByUs(Refused),
    /// Both refuse.
    BothRefuse,
    /// The server refused it; we say what it stores.
    RefusedOnlyByServer(String),
    /// It changes an object that no answer has shown.
    NeverSeen,
}

/// The live objects.
pub(crate) struct Cluster {
    live: HashMap<String, Json>,
    schemas: Schemas,
    phase: String,
}

impl Cluster {
    pub(crate) fn new() -> Self {
        Self {
            live: HashMap::new(),
            schemas: Schemas::default(),
            phase: String::new(),
        }
    }

    /// Takes in an exchange, and says what came of it. The best of what it may have been counts.
    pub(crate) fn take(&mut self, exchange: &Exchange) -> Outcome {
        // State is carried over only inside a phase.
        let phase = exchange
            .phase
            .trim_end_matches(|c: char| !c.is_alphabetic());
        if phase != self.phase {
            self.live.clear();
            phase.clone_into(&mut self.phase);
        }
        let Some(address) = Address::of(&exchange.path) else {
            return Outcome::NoWrite;
        };
        let mut outcome = self.compare(exchange, &exchange.content_type, &address);
        for content_type in exchange.or_content_types {
            if !matches!(
                outcome,
                Outcome::Equal | Outcome::BothRefuse | Outcome::NoWrite
            ) {
                outcome = self.compare(exchange, content_type, &address);
            }
        }
        self.learn(exchange, &address);
        outcome
    }

    fn compare(&self, exchange: &Exchange, content_type: &str, address: &Address) -> Outcome {
        let known_subresource = address
            .subresource
            .as_deref()
            .is_none_or(|name| Subresource::of_name(name).is_some());
        // Of these the answer says nothing about the request.
        let is_about_request = !matches!(exchange.status, 0 | 401 | 403 | 405 | 413 | 429 | 504);
        if !known_subresource
            || !is_about_request
            || address.group_version.contains("auth") && !address.group_version.contains("rbac")
        {
            return Outcome::NoWrite;
        }
        let Some(write) = write(exchange, content_type, address) else {
            return Outcome::NoWrite;
        };
        let name = address.name.clone().or_else(|| {
            let name = exchange.request.pointer("/metadata/name")?;
            Some(name.as_str()?.to_owned())
        });
        let before = self
            .live
            .get(&address.key(name.as_deref().unwrap_or_default()));
        let subresource = address
            .subresource
            .as_deref()
            .and_then(Subresource::of_name);
        let stored = exchange.status < 300;
        let is_going =
            before.is_some_and(|live| live["metadata"].get("deletionTimestamp").is_some());
        let before = before.filter(|_| !(is_going && stored && exchange.method == "POST"));
        let needs_live = !matches!(write, Write::Create(_) | Write::ServerSideApply { .. });
        if before.is_none() && needs_live && stored {
            return Outcome::NeverSeen;
        }
        let computed = match subresource {
            Some(subresource) => subresource.after(before, &write, &self.schemas).map(Some),
            None => after(before, &write, &self.schemas),
        };
        let computed = computed.and_then(|computed| self.strictly(computed, before, exchange));
        match (computed, stored) {
            (Ok(computed), true) => self.same(computed, exchange, subresource),
            (Ok(_), false) => {
                let message = exchange.answer["message"].as_str().unwrap_or_default();
                Outcome::RefusedOnlyByServer(message.chars().take(200).collect())
            }
            (Err(refused), true) => Outcome::RefusedOnlyByUs(refused),
            (Err(_), false) => Outcome::BothRefuse,
        }
    }

    /// Returns what was computed, unless the request asks that unknown fields are refused and has such.
    fn strictly(
        &self,
        computed: Option<Json>,
        before: Option<&Json>,
        exchange: &Exchange,
    ) -> Result<Option<Json>, Refused> {
        let mut written = exchange.request.clone();
        for key in ["apiVersion", "kind"] {
            if let (Some(live), Some(fields)) = (before, written.as_object_mut()) {
                fields.entry(key).or_insert_with(|| live[key].clone());
            }
        }
        let unknown = unknown_fields(&written, &self.schemas);
        if exchange.parameter("fieldValidation") != Some("Strict") || unknown.is_empty() {
            return Ok(computed);
        }
        Err(Refused::Invalid {
            field: unknown.join(", "),
            problem: "is not known".into(),
        })
    }

    fn same(
        &self,
        computed: Option<Json>,
        exchange: &Exchange,
        subresource: Option<Subresource>,
    ) -> Outcome {
        let mut computed = computed.unwrap_or(Json::Null);
        let deleted = exchange
            .answer
            .pointer("/metadata/deletionTimestamp")
            .is_some()
            && exchange.answer.pointer("/metadata/finalizers").is_none();
        if computed.is_null() && deleted {
            return Outcome::Equal;
        }
        let mut answer = exchange.answer.clone();
        if answer["kind"] == "Scale" {
            let replicas = |object: &Json| object.pointer("/spec/replicas").cloned();
            let stored = replicas(&answer).unwrap_or(json!(0));
            let computed = replicas(&computed).unwrap_or_default();
            return equal(
                json!({ "replicas": computed }),
                json!({ "replicas": stored }),
            );
        }
        if answer["kind"] == "PartialObjectMetadata" {
            answer = json!({ "metadata": answer["metadata"] });
            computed = json!({ "kind": computed["kind"], "metadata": computed["metadata"] });
        }
        let own = |object: &Json| {
            let mut own = taffrail_actions::stored::without_server_owned(object);
            if subresource == Some(Subresource::Status) {
                own["status"] = object["status"].clone();
            }
            drop_nulls(&mut own);
            own
        };
        let owners =
            exchange.method == "PATCH" && exchange.content_type.ends_with("apply-patch+yaml");
        let owners = owners.then(|| (owners_of(&computed), owners_of(&answer)));
        let (mut computed, mut answer) = (own(&computed), own(&answer));
        if let Some((of_computed, of_answer)) = owners {
            computed["owners"] = of_computed;
            answer["owners"] = of_answer;
        }
        if answer.get("kind").is_none() {
            computed.as_object_mut().unwrap().remove("kind");
        }
        equal(computed, answer)
    }

    /// Takes over what an answer shows of live objects.
    fn learn(&mut self, exchange: &Exchange, address: &Address) {
        let answer = &exchange.answer;
        if exchange.status >= 300 || exchange.is_dry_run() || answer["kind"] == "Scale" {
            return self.learn_scale(exchange, address);
        }
        if address.subresource.as_deref() == Some("binding") {
            let name = address.name.as_deref().unwrap_or_default();
            if let Some(live) = self.live.get_mut(&address.key(name)) {
                live["spec"]["nodeName"] = exchange.request["target"]["name"].clone();
            }
            return;
        }
        if address.subresource.as_deref().is_some_and(|name| {
            Subresource::of_name(name).is_none() && name != "finalize" && name != "resize"
        }) {
            return;
        }
        if exchange.parameter("watch") == Some("true") {
            return self.learn_events(answer, address);
        }
        if let Some(items) = answer["items"].as_array() {
            let Some(list) = answer["kind"]
                .as_str()
                .and_then(|kind| kind.strip_suffix("List"))
            else {
                return;
            };
            for item in items {
                let mut item = item.clone();
                item["kind"] = json!(list);
                item["apiVersion"] = answer["apiVersion"].clone();
                self.learn_object(item, address);
            }
            return;
        }
        if exchange.method == "DELETE" && answer["metadata"].get("deletionTimestamp").is_none() {
            if let Some(name) = &address.name {
                self.live.remove(&address.key(name));
            }
            return;
        }
        if answer["metadata"].get("resourceVersion").is_none()
            || matches!(
                answer["kind"].as_str(),
                Some("Table" | "PartialObjectMetadata" | "Status") | None
            )
        {
            return;
        }
        self.learn_object(answer.clone(), address);
    }

    fn learn_events(&mut self, events: &Json, address: &Address) {
        for event in events.as_array().into_iter().flatten() {
            if matches!(event["type"].as_str(), Some("ADDED" | "MODIFIED"))
                && event["object"]["kind"] != "Table"
            {
                self.learn_object(event["object"].clone(), address);
            }
        }
    }

    fn learn_object(&mut self, object: Json, address: &Address) {
        let Some(name) = object["metadata"]["name"].as_str() else {
            return;
        };
        if object["kind"] == "CustomResourceDefinition"
            && let Ok(kinds) = CustomKinds::parse("crd", &object.to_string())
        {
            self.schemas = Schemas::default().with_custom(&kinds);
        }
        let mut address = address.clone();
        address.namespace = object["metadata"]["namespace"].as_str().map(str::to_owned);
        let key = address.key(name);
        let metadata = &object["metadata"];
        if metadata.get("deletionTimestamp").is_some()
            && metadata.get("finalizers").is_none()
            && object["kind"] != "Pod"
            && object["kind"] != "Namespace"
        {
            self.live.remove(&key);
        } else {
            let version = |object: &Json| -> u64 {
                let version = object["metadata"]["resourceVersion"].as_str();
                version
                    .and_then(|version| version.parse().ok())
                    .unwrap_or(0)
            };
            // Watches may begin with old events.
            if self
                .live
                .get(&key)
                .is_none_or(|live| version(live) <= version(&object))
            {
                self.live.insert(key, object);
            }
        }
    }

    fn learn_scale(&mut self, exchange: &Exchange, address: &Address) {
        if exchange.status >= 300 || exchange.is_dry_run() {
            if exchange.method == "GET"
                && exchange.status == 404
                && let Some(name) = &address.name
            {
                self.live.remove(&address.key(name));
            }
            return;
        }
        let name = address.name.as_deref().unwrap_or_default();
        let answer = &exchange.answer;
        if let Some(live) = self.live.get_mut(&address.key(name)) {
            let replicas = answer.pointer("/spec/replicas").cloned();
            live["spec"]["replicas"] = replicas.unwrap_or(json!(0));
            live["metadata"]["resourceVersion"] = answer["metadata"]["resourceVersion"].clone();
        }
    }
}

fn equal(computed: Json, stored: Json) -> Outcome {
    if computed == stored {
        Outcome::Equal
    } else {
        Outcome::Differs(Box::new((computed, stored)))
    }
}

//! What the methods do with the objects.

use serde_json::{Value as Json, json};
use taffrail_actions::stored::{Subresource, Write, after};
use taffrail_schema::Schemas;

use crate::address::{Address, Query};
use crate::answer::{Answer, CHANGED};
use crate::store::{Key, Store, managed, metadata, now};

/// A request to an object or a collection, read.
pub(crate) struct Asked<'r> {
    pub(crate) method: &'r str,
    pub(crate) address: Address,
    pub(crate) query: Query,
    pub(crate) content_type: &'r str,
    pub(crate) body: Json,
}

impl Asked<'_> {
    /// Tells whether nothing is to be stored.
    pub(crate) fn is_dry(&self) -> bool {
        let in_body = |path: &str| {
            let found = self.body.pointer(path).and_then(Json::as_array);
            found.is_some_and(|list| list.iter().any(|entry| entry == "All"))
        };
        self.query.get("dryRun") == Some("All")
            || (self.method == "DELETE" && in_body("/dryRun"))
            || in_body("/deleteOptions/dryRun")
    }

    fn manager(&self) -> &str {
        self.query.get("fieldManager").unwrap_or("unknown")
    }

    /// Answers it.
    pub(crate) fn answer(&self, store: &mut Store) -> Answer {
        let name = self.address.name.clone();
        match (self.method, name, self.address.subresource.as_deref()) {
            ("GET", None, None) => self.list(store),
            ("GET", Some(name), None) => self.get(store, &name),
            ("GET", Some(name), Some("scale")) => self.get_scale(store, &name),
            ("GET", Some(name), Some("status")) => self.get(store, &name),
            ("POST", None, None) => self.create(store),
            ("POST", Some(name), Some("eviction")) => self.evict(store, &name),
            ("PUT" | "PATCH", Some(name), None) => self.change(store, &name, None),
            ("PUT" | "PATCH", Some(name), Some(part)) => match Subresource::of_name(part) {
                Some(part) => self.change(store, &name, Some(part)),
                None => self.unknown(),
            },
            ("DELETE", Some(name), None) => self.delete(store, &name, &self.body),
            _ => self.unknown(),
        }
    }

    fn unknown(&self) -> Answer {
        let message = "the server could not find the requested resource".to_owned();
        Answer::refusal(404, "NotFound", message, json!({}))
    }

    fn get(&self, store: &Store, name: &str) -> Answer {
        match store.get(&self.address.key(name)) {
            Some(object) => Answer::ok(object.clone()),
            None => Answer::not_found(&self.address, name),
        }
    }

    fn get_scale(&self, store: &Store, name: &str) -> Answer {
        match store.get(&self.address.key(name)) {
            Some(object) => Answer::ok(scale(object)),
            None => Answer::not_found(&self.address, name),
        }
    }

    fn list(&self, store: &Store) -> Answer {
        let resource = &self.address.resource;
        let namespace = self.address.namespace.as_deref();
        let all = store.of(&resource.group, &resource.plural, namespace);
        let selected: Vec<&Json> = all.filter(|object| selects(&self.query, object)).collect();
        let limit: usize = self
            .query
            .get("limit")
            .and_then(|text| text.parse().ok())
            .unwrap_or(0);
        let from: usize = self
            .query
            .get("continue")
            .and_then(|text| text.parse().ok())
            .unwrap_or(0);
        let page = if limit == 0 { usize::MAX } else { limit };
        let items: Vec<Json> = selected
            .iter()
            .skip(from)
            .take(page)
            .map(|object| {
                let mut object = (*object).clone();
                if let Some(object) = object.as_object_mut() {
                    object.remove("apiVersion");
                    object.remove("kind");
                }
                object
            })
            .collect();
        let mut metadata = json!({ "resourceVersion": store.version().to_string() });
        let next = from.saturating_add(items.len());
        if next < selected.len() {
            metadata["continue"] = next.to_string().into();
            metadata["remainingItemCount"] = (selected.len() - next).into();
        }
        Answer::ok(json!({
            "kind": format!("{}List", resource.kind), "apiVersion": resource.api_version(), "metadata": metadata, "items": items,
        }))
    }

    fn create(&self, store: &mut Store) -> Answer {
        let mut object = self.body.clone();
        let resource = &self.address.resource;
        if !object.is_object() {
            let message = "the object provided is unrecognized".to_owned();
            return Answer::refusal(400, "BadRequest", message, json!({}));
        }
        object["apiVersion"] = resource.api_version().into();
        object["kind"] = resource.kind.as_str().into();
        if let (Some(prefix), None) = (
            object
                .pointer("/metadata/generateName")
                .and_then(Json::as_str)
                .map(str::to_owned),
            object.pointer("/metadata/name"),
        ) {
            let made = format!("{prefix}{:05x}", store.version() + 1);
            metadata(&mut object).insert("name".into(), made.into());
        }
        let name = object
            .pointer("/metadata/name")
            .and_then(Json::as_str)
            .unwrap_or_default()
            .to_owned();
        let key = self.address.key(&name);
        if store.get(&key).is_some() {
            return Answer::exists(&self.address, &name);
        }
        if let (Some(namespace), true) = (&self.address.namespace, resource.namespaced) {
            metadata(&mut object).insert("namespace".into(), namespace.as_str().into());
        }
        match after(None, &Write::Create(object), &Schemas::default()) {
            Ok(Some(made)) => {
                let mut made = store.new_object(made, self.address.namespace.as_deref());
                managed(&mut made, self.manager());
                self.store(store, key, made, 201)
            }
            Ok(None) => Answer::not_found(&self.address, &name),
            Err(refused) => Answer::refused(&refused, &self.address, &name),
        }
    }

    fn change(&self, store: &mut Store, name: &str, part: Option<Subresource>) -> Answer {
        let key = self.address.key(name);
        let write = match self.write() {
            Ok(write) => write,
            Err(answer) => return answer,
        };
        let is_apply = matches!(write, Write::ServerSideApply { .. });
        let Some(before) = store.get(&key).cloned() else {
            if is_apply && part.is_none() {
                return self.apply_new(store, key, &write, name);
            }
            return Answer::not_found(&self.address, name);
        };
        if let Some(answer) = self.is_stale(&before, name) {
            return answer;
        }
        let write = without_preconditions(write);
        let schemas = Schemas::default();
        let changed = match part {
            None => after(Some(&before), &write, &schemas).map(Option::unwrap_or_default),
            Some(part) => part.after(Some(&before), &write, &schemas),
        };
        let changed = match changed {
            Ok(changed) => changed,
            Err(refused) => return Answer::refused(&refused, &self.address, name),
        };
        let mut changed = store.changed_object(changed, &before);
        if changed != before && !is_apply {
            managed(&mut changed, self.manager());
        }
        if let Some(Subresource::Scale) = part {
            let answer = scale(&changed);
            let stored = self.store(store, key, changed, 200);
            return Answer {
                body: answer,
                ..stored
            };
        }
        if changed == before {
            return Answer::ok(changed);
        }
        let is_gone = changed.pointer("/metadata/deletionTimestamp").is_some()
            && changed.pointer("/metadata/finalizers").is_none();
        if is_gone && !self.is_dry() {
            store.remove(&key);
            return Answer::ok(changed).wrote(true);
        }
        self.store(store, key, changed, 200)
    }

    fn apply_new(&self, store: &mut Store, key: Key, write: &Write, name: &str) -> Answer {
        match after(None, write, &Schemas::default()) {
            Ok(Some(made)) => {
                let made = store.new_object(made, self.address.namespace.as_deref());
                self.store(store, key, made, 201)
            }
            Ok(None) => Answer::not_found(&self.address, name),
            Err(refused) => Answer::refused(&refused, &self.address, name),
        }
    }

    fn write(&self) -> Result<Write, Answer> {
        let body = self.body.clone();
        if self.method == "PUT" {
            let mut object = body;
            if object.is_object() {
                object["apiVersion"] = self.address.resource.api_version().into();
                if self.address.subresource.as_deref() != Some("scale") {
                    object["kind"] = self.address.resource.kind.as_str().into();
                }
            }
            return Ok(Write::Replace(object));
        }
        Ok(
            match self
                .content_type
                .split(';')
                .next()
                .unwrap_or_default()
                .trim()
            {
                "application/merge-patch+json" => Write::MergePatch(body),
                "application/json-patch+json" => Write::JsonPatch(body),
                "application/strategic-merge-patch+json" => Write::StrategicMergePatch(body),
                "application/apply-patch+yaml" | "application/apply-patch+json" => {
                    Write::ServerSideApply {
                        object: body,
                        manager: self.manager().to_owned(),
                        force: self.query.is_set("force"),
                    }
                }
                _ => {
                    let message = "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml";
                    return Err(Answer::refusal(
                        415,
                        "UnsupportedMediaType",
                        message.into(),
                        json!({}),
                    ));
                }
            },
        )
    }

    /// Refuses a write that was made for another version or identity.
    fn is_stale(&self, before: &Json, name: &str) -> Option<Answer> {
        let meant = |part: &str| {
            self.body
                .pointer(&format!("/metadata/{part}"))
                .filter(|value| !value.is_null())
        };
        let is = |part: &str| before.pointer(&format!("/metadata/{part}"));
        if let Some(version) = meant("resourceVersion")
            && Some(version) != is("resourceVersion")
            && version != ""
        {
            return Some(Answer::conflict(&self.address, name, CHANGED));
        }
        if let Some(uid) = meant("uid")
            && Some(uid) != is("uid")
        {
            let why = format!(
                "Precondition failed: UID in precondition: {}, UID in object meta: {}",
                uid.as_str().unwrap_or_default(),
                is("uid").and_then(Json::as_str).unwrap_or_default(),
            );
            return Some(Answer::conflict(&self.address, name, &why));
        }
        None
    }

    fn evict(&self, store: &mut Store, name: &str) -> Answer {
        let Some(pod) = store.get(&self.address.key(name)).cloned() else {
            return Answer::not_found(&self.address, name);
        };
        let namespace = self.address.namespace.as_deref();
        let budgets: Vec<Json> = store
            .of("policy", "poddisruptionbudgets", namespace)
            .filter(|budget| {
                let selector = budget
                    .pointer("/spec/selector/matchLabels")
                    .and_then(Json::as_object);
                selector.is_some_and(|selector| {
                    selector.iter().all(|(key, value)| {
                        let labels = pod.pointer("/metadata/labels");
                        labels.and_then(|labels| labels.get(key)) == Some(value)
                    })
                })
            })
            .cloned()
            .collect();
        if budgets.len() > 1 {
            let message = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.";
            return Answer::refusal(500, "InternalError", message.into(), json!({}));
        }
        if let Some(budget) = budgets.first() {
            let left = budget
                .pointer("/status/disruptionsAllowed")
                .and_then(Json::as_i64)
                .unwrap_or(0);
            if left <= 0 {
                let name = budget
                    .pointer("/metadata/name")
                    .and_then(Json::as_str)
                    .unwrap_or_default();
                let message = format!(
                    "The disruption budget {name} needs more healthy pods and has none to spare"
                );
                return Answer::refusal(
                    429,
                    "TooManyRequests",
                    "Cannot evict pod as it would violate the pod's disruption budget.".into(),
                    json!({ "causes": [{ "reason": "DisruptionBudget", "message": message }] }),
                );
            }
        }
        let options = self.body.get("deleteOptions").cloned().unwrap_or_default();
        let answer = self.delete(store, name, &options);
        if answer.wrote
            && let Some(mut budget) = budgets.into_iter().next()
        {
            let left = budget
                .pointer("/status/disruptionsAllowed")
                .and_then(Json::as_i64)
                .unwrap_or(1);
            budget["status"]["disruptionsAllowed"] = (left - 1).into();
            let name = budget
                .pointer("/metadata/name")
                .and_then(Json::as_str)
                .unwrap_or_default()
                .to_owned();
            let key = (
                "policy".into(),
                "poddisruptionbudgets".into(),
                namespace.unwrap_or_default().into(),
                name,
            );
            store.put(key, budget);
        }
        if answer.status == 200 {
            let body = json!({ "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201 });
            return Answer {
                status: 201,
                body,
                ..answer
            };
        }
        answer
    }

    fn delete(&self, store: &mut Store, name: &str, options: &Json) -> Answer {
        let key = self.address.key(name);
        let Some(before) = store.get(&key).cloned() else {
            return Answer::not_found(&self.address, name);
        };
        for (part, label) in [("uid", "UID"), ("resourceVersion", "ResourceVersion")] {
            let meant = options
                .pointer(&format!("/preconditions/{part}"))
                .and_then(Json::as_str);
            let is = before
                .pointer(&format!("/metadata/{part}"))
                .and_then(Json::as_str);
            if let Some(meant) = meant
                && Some(meant) != is
            {
                let why = format!(
                    "the {label} in the precondition ({meant}) does not match the {label} in record ({}). The object might have been deleted and then recreated",
                    is.unwrap_or_default()
                );
                return Answer::conflict(&self.address, name, &why);
            }
        }
        let waits = before
            .pointer("/metadata/finalizers")
            .and_then(Json::as_array)
            .is_some_and(|list| !list.is_empty());
        if waits {
            if before.pointer("/metadata/deletionTimestamp").is_some() {
                return Answer::ok(before);
            }
            let mut going = before.clone();
            metadata(&mut going).insert("deletionTimestamp".into(), now().into());
            let going = store.changed_object(going, &before);
            return self.store(store, key, going, 200);
        }
        if !self.is_dry() {
            store.remove(&key);
        }
        let uid = before.pointer("/metadata/uid").cloned().unwrap_or_default();
        let resource = &self.address.resource;
        let mut details = json!({ "name": name, "kind": resource.plural, "uid": uid });
        if !resource.group.is_empty() {
            details["group"] = resource.group.as_str().into();
        }
        let body = json!({ "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details });
        Answer::ok(body).wrote(!self.is_dry())
    }

    fn store(&self, store: &mut Store, key: Key, object: Json, status: u16) -> Answer {
        let is_dry = self.is_dry();
        if !is_dry {
            store.put(key, object.clone());
        }
        Answer::of(status, object).wrote(!is_dry)
    }
}

/// What was checked already stays out of what is computed.
fn without_preconditions(write: Write) -> Write {
    let bare = |mut object: Json| {
        if let Some(metadata) = object.get_mut("metadata").and_then(Json::as_object_mut) {
            metadata.remove("resourceVersion");
            metadata.remove("uid");
        }
        object
    };
    match write {
        Write::MergePatch(patch) => Write::MergePatch(bare(patch)),
        Write::StrategicMergePatch(patch) => Write::StrategicMergePatch(bare(patch)),
        Write::ServerSideApply {
            object,
            manager,
            force,
        } => Write::ServerSideApply {
            object: bare(object),
            manager,
            force,
        },
        other => other,
    }
}

fn scale(object: &Json) -> Json {
    let part = |path: &str| object.pointer(path).cloned().unwrap_or_default();
    json!({
        "kind": "Scale", "apiVersion": "autoscaling/v1",
        "metadata": {
            "name": part("/metadata/name"), "namespace": part("/metadata/namespace"), "uid": part("/metadata/uid"),
            "resourceVersion": part("/metadata/resourceVersion"), "creationTimestamp": part("/metadata/creationTimestamp"),
        },
        "spec": { "replicas": part("/spec/replicas") },
        "status": { "replicas": object.pointer("/status/replicas").cloned().unwrap_or_else(|| 0.into()) },
    })
}

/// Tells whether the selectors of a list name an object: equality, inequality and presence of labels, name and namespace.
fn selects(query: &Query, object: &Json) -> bool {
    let labels = query.get("labelSelector").unwrap_or_default();
    let fields = query.get("fieldSelector").unwrap_or_default();
    let label = |key: &str| {
        object
            .pointer("/metadata/labels")
            .and_then(|labels| labels.get(key))
            .and_then(Json::as_str)
    };
    let field = |path: &str| {
        object
            .pointer(&format!("/{}", path.replace('.', "/")))
            .and_then(Json::as_str)
    };
    let holds = |term: &str, read: &dyn Fn(&str) -> Option<String>| {
        if let Some((key, value)) = term.split_once("!=") {
            return read(key).as_deref() != Some(value);
        }
        if let Some((key, value)) = term.split_once("==").or_else(|| term.split_once('=')) {
            return read(key).as_deref() == Some(value);
        }
        match term.strip_prefix('!') {
            Some(key) => read(key).is_none(),
            None => read(term).is_some(),
        }
    };
    let every = |text: &str, read: &dyn Fn(&str) -> Option<String>| {
        text.split(',')
            .map(str::trim)
            .filter(|term| !term.is_empty())
            .all(|term| holds(term, read))
    };
    every(labels, &|key| label(key).map(str::to_owned))
        && every(fields, &|key| field(key).map(str::to_owned))
}

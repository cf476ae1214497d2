//! Replacing and patching objects.

use serde_json::{Value as Json, json};
use taffrail_actions::stored::{Subresource, Write, after};

use crate::answer::{Answer, CHANGED};
use crate::owners::{managed, timed};
use crate::refused::{OTHER_NAMESPACE, other_name};
use crate::request::Asked;
use crate::scale::scale;
use crate::store::{Store, metadata};

impl Asked<'_> {
    pub(crate) fn change(
        &self,
        store: &mut Store,
        name: &str,
        part: Option<Subresource>,
    ) -> Answer {
        let key = self.address.key(name);
        let write = match self.write() {
            Ok(write) => write,
            Err(answer) => return answer,
        };
        if let Some(refusal) = self.refuses_other(name) {
            return refusal;
        }
        if let Some(refusal) = self.refuses_unknown_change() {
            return refusal;
        }
        let is_apply = self.is_apply();
        let Some(before) = store.get(&key).cloned() else {
            if is_apply && part.is_none() {
                return self.make(store, key, &write, name);
            }
            return Answer::not_found(&self.address, name);
        };
        if let Some(answer) = self.is_stale(&before, name) {
            return answer;
        }
        let write = without_preconditions(write);
        let changed = match part {
            None => after(Some(&before), &write, self.schemas),
            Some(part) => part.after(Some(&before), &write, self.schemas).map(Some),
        };
        let changed = match changed {
            // What was held by its last finalizer goes; the answer shows it as it was.
            Ok(None) => return self.complete(store, &key, before),
            Ok(Some(changed)) => changed,
            Err(refused) => {
                let answer = self.unreadable(&refused);
                return answer.unwrap_or_else(|| Answer::refused(&refused, &self.address, name));
            }
        };
        let mut changed = store.changed_object(changed, &before);
        if is_apply {
            changed = timed(Some(&before), changed);
        } else if changed != before {
            let part = self.address.subresource.as_deref().unwrap_or_default();
            changed = managed(Some(&before), changed, self.manager(), part, self.schemas);
        }
        let is_same = changed == before;
        let shown = match part {
            Some(Subresource::Scale) => scale(&changed),
            _ => changed.clone(),
        };
        if is_same {
            return Answer::ok(shown);
        }
        let stored = self.store(store, key, changed, 200);
        Answer {
            body: shown,
            ..stored
        }
    }

    /// Removes an object whose last finalizer went.
    fn complete(&self, store: &mut Store, key: &crate::store::Key, before: Json) -> Answer {
        let mut last = before;
        metadata(&mut last).remove("finalizers");
        if !self.is_dry() {
            store.remove(key);
        }
        Answer::ok(last).wrote(!self.is_dry())
    }

    /// Assigns a pod to a node.
    pub(crate) fn bind(&self, store: &mut Store, name: &str) -> Answer {
        let key = self.address.key(name);
        let Some(before) = store.get(&key).cloned() else {
            return Answer::not_found(&self.address, name);
        };
        if let Some(node) = before.pointer("/spec/nodeName").and_then(Json::as_str) {
            let why = format!("pod {name} is already assigned to node \"{node}\"");
            let message =
                format!("Operation cannot be fulfilled on pods/binding \"{name}\": {why}");
            let details = json!({ "name": name, "kind": "pods/binding" });
            return Answer::refusal(409, "Conflict", message, details);
        }
        let mut bound = before.clone();
        bound["spec"]["nodeName"] = self.body["target"]["name"].clone();
        let bound = store.changed_object(bound, &before);
        let answer = self.store(store, key, bound, 201);
        Answer {
            body: json!({ "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201 }),
            ..answer
        }
    }

    /// Takes finalizers from a namespace; one that is going and has none left goes.
    pub(crate) fn finalize(&self, store: &mut Store, name: &str) -> Answer {
        let key = self.address.key(name);
        let Some(before) = store.get(&key).cloned() else {
            return Answer::not_found(&self.address, name);
        };
        let mut after = before.clone();
        after["spec"] = self.body["spec"].clone();
        if let Some(spec) = after["spec"].as_object_mut() {
            spec.retain(|_, value| value.as_array().is_none_or(|list| !list.is_empty()));
        }
        let is_held = after.pointer("/spec/finalizers").and_then(Json::as_array);
        let is_held = is_held.is_some_and(|list| !list.is_empty());
        if !is_held && before.pointer("/metadata/deletionTimestamp").is_some() {
            if !self.is_dry() {
                store.remove(&key);
            }
            return Answer::ok(after).wrote(!self.is_dry());
        }
        let after = store.changed_object(after, &before);
        self.store(store, key, after, 200)
    }

    /// Reads what is written.
    fn write(&self) -> Result<Write, Answer> {
        let mut body = self.body.clone();
        if self.method == "PUT" {
            if body.is_object() && self.address.subresource.as_deref() != Some("scale") {
                body["apiVersion"] = self.address.resource.api_version().into();
                body["kind"] = self.address.resource.kind.as_str().into();
            }
            return Ok(Write::Replace(body));
        }
        let media = self.incoming.content_type();
        if body.is_null() {
            let sign = self.incoming.text.chars().next().unwrap_or(' ');
            let message = format!(
                "error decoding patch: invalid character '{sign}' looking for beginning of value"
            );
            return Err(Answer::status(400, "BadRequest", &message));
        }
        Ok(match media {
            "application/merge-patch+json" => Write::MergePatch(body),
            "application/json-patch+json" if !body.is_array() => {
                let message = "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp";
                return Err(Answer::status(400, "BadRequest", message));
            }
            "application/json-patch+json" => Write::JsonPatch(body),
            "application/strategic-merge-patch+json" => Write::StrategicMergePatch(body),
            "application/apply-patch+yaml" | "application/apply-patch+json" => {
                self.applied(body)?
            }
            _ => {
                let message = "415: Unsupported Media Type";
                return Err(Answer::plain(415, "UnsupportedMediaType", message));
            }
        })
    }

    fn applied(&self, body: Json) -> Result<Write, Answer> {
        let bad = |message: String| Answer::status(400, "BadRequest", &message);
        let text = |key: &str| body[key].as_str().unwrap_or_default();
        if text("kind").is_empty() {
            let version = text("apiVersion");
            let version = if version.is_empty() { "/" } else { version };
            return Err(bad(format!("invalid object type: {version}, Kind=")));
        }
        if body
            .pointer("/metadata/managedFields")
            .is_some_and(|fields| !fields.is_null())
        {
            return Err(bad("metadata.managedFields must be nil".into()));
        }
        let unknown = self.unknown_fields();
        if let Some(field) = unknown.first()
            && !self.address.resource.is_custom()
        {
            let address = &self.address;
            let message = format!(
                "failed to create typed patch object ({}/{}; {}, Kind={}): .{field}: field not declared in schema",
                address.namespace.as_deref().unwrap_or_default(),
                address.name.as_deref().unwrap_or_default(),
                address.resource.api_version(),
                address.resource.kind,
            );
            return Err(Answer::status(500, "", &message));
        }
        let mut object = body;
        for (key, value) in [
            ("namespace", &self.address.namespace),
            ("name", &self.address.name),
        ] {
            if let Some(value) = value {
                metadata(&mut object)
                    .entry(key)
                    .or_insert_with(|| value.as_str().into());
            }
        }
        Ok(Write::ServerSideApply {
            object,
            manager: self.manager().to_owned(),
            force: self.query.is_set("force"),
        })
    }

    /// Refuses fields that the kind does not have, where the client asked for that.
    fn refuses_unknown_change(&self) -> Option<Answer> {
        if self.validation() != "Strict" || !self.body.is_object() || self.is_apply() {
            return None;
        }
        let unknown = self.unknown_fields();
        let field = unknown.first()?;
        let problem = format!("strict decoding error: unknown field \"{field}\"");
        let name = self.address.name.as_deref().unwrap_or_default();
        let reason = "FieldValueInvalid";
        Some(Answer::invalid(
            &self.address,
            name,
            "patch",
            reason,
            &problem,
        ))
    }

    /// Refuses an object of another name or namespace.
    fn refuses_other(&self, name: &str) -> Option<Answer> {
        let given = |path: &str| {
            let text = self.body.pointer(path).and_then(Json::as_str);
            text.filter(|text| !text.is_empty())
        };
        if let Some(written) = given("/metadata/name")
            && written != name
        {
            return Some(Answer::status(
                400,
                "BadRequest",
                &other_name(written, name),
            ));
        }
        let namespace = given("/metadata/namespace")?;
        (Some(namespace) != self.address.namespace.as_deref())
            .then(|| Answer::status(400, "BadRequest", OTHER_NAMESPACE))
    }

    /// Refuses a write that was made for another version or identity.
    fn is_stale(&self, before: &Json, name: &str) -> Option<Answer> {
        let meant = |part: &str| {
            let value = self.body.pointer(&format!("/metadata/{part}"));
            value.and_then(Json::as_str).filter(|text| !text.is_empty())
        };
        let is = |part: &str| {
            let value = before.pointer(&format!("/metadata/{part}"));
            value.and_then(Json::as_str).unwrap_or_default()
        };
        let address = &self.address;
        if let Some(uid) = meant("uid")
            && uid != is("uid")
        {
            if self.method == "PATCH" && !self.is_apply() {
                let problem = format!("Invalid value: \"{uid}\": field is immutable");
                let mut answer =
                    Answer::invalid(address, name, "metadata.uid", "FieldValueInvalid", &problem);
                // The real server finds it twice.
                let cause = answer.body["details"]["causes"][0].clone();
                if let Some(causes) = answer.body["details"]["causes"].as_array_mut() {
                    causes.push(cause);
                }
                return Some(answer);
            }
            let place = [
                Some(address.resource.plural.as_str()),
                address.namespace.as_deref(),
                Some(name),
            ];
            let place: Vec<&str> = place.into_iter().flatten().collect();
            let why = format!(
                "StorageError: invalid object, Code: 4, Key: /registry/{}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: {uid}, UID in object meta: {}",
                place.join("/"),
                is("uid"),
            );
            return Some(Answer::conflict(address, name, &why));
        }
        match meant("resourceVersion") {
            Some(version) if version != is("resourceVersion") => {
                Some(Answer::conflict(address, name, CHANGED))
            }
            None if self.method == "PUT" && self.needs_version() => {
                let problem = "Invalid value: 0: must be specified for an update";
                let field = "metadata.resourceVersion";
                let mut answer =
                    Answer::invalid(address, name, field, "FieldValueInvalid", problem);
                let named = crate::answer::named(address);
                answer.body["message"] =
                    format!("{named} \"{name}\" is invalid: {field}: {problem}").into();
                answer.body["details"]["kind"] = address.resource.plural.as_str().into();
                Some(answer)
            }
            _ => None,
        }
    }

    /// Tells whether an object is replaced only when its version is named.
    fn needs_version(&self) -> bool {
        let resource = &self.address.resource;
        resource.is_custom() || resource.kind == "Lease"
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

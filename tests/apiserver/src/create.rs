//! Making objects.

use serde_json::{Value as Json, json};
use taffrail_actions::stored::{Refused, Write, after};

use crate::answer::Answer;
use crate::owners::{managed, timed};
use crate::refused::OTHER_NAMESPACE;
use crate::request::Asked;
use crate::store::{Key, Store, metadata};

/// The most that a body may hold, in bytes.
const LIMIT: usize = 3_145_728;

impl Asked<'_> {
    pub(crate) fn create(&self, store: &mut Store) -> Answer {
        if let Some(refusal) = self.refuses_body() {
            return refusal;
        }
        let mut object = self.body.clone();
        let given = |path: &str| self.body.pointer(path).and_then(Json::as_str);
        if given("/metadata/resourceVersion").is_some_and(|version| !version.is_empty()) {
            let message = "resourceVersion should not be set on objects to be created";
            return Answer::status(500, "", message);
        }
        let mut name = given("/metadata/name").unwrap_or_default().to_owned();
        if let Some(refusal) = self.refuses_namespace(store, &name) {
            return refusal;
        }
        if name.is_empty() {
            let Some(prefix) = given("/metadata/generateName").filter(|text| !text.is_empty())
            else {
                let problem = "Required value: name or generateName is required";
                let reason = "FieldValueRequired";
                return Answer::invalid(&self.address, "", "metadata.name", reason, problem);
            };
            name = format!("{prefix}{:05x}", store.version() + 1);
            metadata(&mut object).insert("name".into(), name.as_str().into());
        }
        let key = self.address.key(&name);
        if let Some(live) = store.get(&key) {
            let mut answer = Answer::exists(&self.address, &name);
            if live.pointer("/metadata/deletionTimestamp").is_some()
                && let Some(message) = answer.body["message"].as_str()
            {
                answer.body["message"] = format!("object is being deleted: {message}").into();
            }
            return answer;
        }
        if let (Some(namespace), true) = (&self.address.namespace, self.address.resource.namespaced)
        {
            metadata(&mut object).insert("namespace".into(), namespace.as_str().into());
        }
        let unknown = self.unknown_fields();
        if let (Some(refusal), "Strict") = (self.refuses_unknown(&unknown), self.validation()) {
            return refusal;
        }
        let answer = self.make(store, key, &Write::Create(object), &name);
        self.warns(answer, &unknown)
    }

    /// Makes an object by a write.
    pub(crate) fn make(&self, store: &mut Store, key: Key, write: &Write, name: &str) -> Answer {
        match after(None, write, self.schemas) {
            Ok(Some(made)) => {
                let made = store.new_object(made, self.address.namespace.as_deref());
                let made = match write {
                    Write::Create(_) => managed(None, made, self.manager(), "", self.schemas),
                    _ => timed(None, made),
                };
                let made = with_first_status(made);
                self.store(store, key, made, 201)
            }
            Ok(None) => Answer::not_found(&self.address, name),
            Err(refused) => self
                .unreadable(&refused)
                .unwrap_or_else(|| Answer::refused(&refused, &self.address, name)),
        }
    }

    /// Returns the refusal of an object of a built-in kind that cannot even be read, because a value has the wrong type.
    pub(crate) fn unreadable(&self, refused: &Refused) -> Option<Answer> {
        let Refused::Invalid { field, problem } = refused else {
            return None;
        };
        let resource = &self.address.resource;
        let is_whole = matches!(self.method, "POST" | "PUT");
        if !is_whole || resource.is_custom() || !problem.ends_with("is expected") {
            return None;
        }
        let message = format!(
            "{0} in version \"{1}\" cannot be handled as a {0}: {field} {problem}",
            resource.kind, resource.version,
        );
        Some(Answer::status(400, "BadRequest", &message))
    }

    pub(crate) fn validation(&self) -> &str {
        self.query.get("fieldValidation").unwrap_or("Warn")
    }

    fn refuses_unknown(&self, unknown: &[String]) -> Option<Answer> {
        if unknown.is_empty() {
            return None;
        }
        let resource = &self.address.resource;
        let fields = unknown
            .iter()
            .map(|field| format!("unknown field \"{field}\""));
        let fields = fields.collect::<Vec<_>>().join(", ");
        let message = format!(
            "{0} in version \"{1}\" cannot be handled as a {0}: strict decoding error: {fields}",
            resource.kind, resource.version,
        );
        Some(Answer::status(400, "BadRequest", &message))
    }

    /// Tells of fields that were left out, as is the default.
    pub(crate) fn warns(&self, mut answer: Answer, unknown: &[String]) -> Answer {
        if self.validation() == "Warn" && answer.status < 300 {
            for field in unknown {
                answer = answer.header(
                    "Warning",
                    format!("299 - \"unknown field \\\"{field}\\\"\""),
                );
            }
        }
        answer
    }

    /// Refuses bodies that are no object of the kind.
    fn refuses_body(&self) -> Option<Answer> {
        let resource = &self.address.resource;
        if self.incoming.text.len() > LIMIT {
            let message = format!("Request entity too large: limit is {LIMIT}");
            return Some(Answer::status(413, "RequestEntityTooLarge", &message));
        }
        let media = self.incoming.content_type();
        if !["", "application/json", "application/yaml"].contains(&media) {
            let message = "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf";
            return Some(Answer::status(415, "UnsupportedMediaType", message));
        }
        if !self.body.is_object() {
            let start: String = self.incoming.text.chars().take(30).collect();
            let message = format!(
                "the object provided is unrecognized (must be of type {}): couldn't get version/kind; json parse error: unexpected end of JSON input ({start} ...)",
                resource.kind
            );
            return Some(Answer::status(400, "BadRequest", &message));
        }
        let given = |path: &str| self.body.pointer(path).and_then(Json::as_str);
        let (version, kind) = (given("/apiVersion"), given("/kind"));
        if let (Some(version), Some(kind)) = (version, kind)
            && (kind != resource.kind || version != resource.api_version())
        {
            let group = if resource.group.is_empty() {
                "core"
            } else {
                &resource.group
            };
            let message = format!(
                "{kind} in version \"{version}\" cannot be handled as a {0}: converting ({version}.{kind}) to ({group}.{0}): unknown conversion",
                resource.kind
            );
            return Some(Answer::status(400, "BadRequest", &message));
        }
        let namespace = given("/metadata/namespace").filter(|name| !name.is_empty());
        if namespace.is_some() && namespace != self.address.namespace.as_deref() {
            return Some(Answer::status(400, "BadRequest", OTHER_NAMESPACE));
        }
        None
    }

    /// Refuses objects in namespaces that are not there, or are going.
    fn refuses_namespace(&self, store: &Store, name: &str) -> Option<Answer> {
        let namespace = self.address.namespace.as_deref()?;
        let found = store.namespace(namespace);
        let always = ["default", "kube-system", "kube-public", "kube-node-lease"];
        let Some(found) = found else {
            if always.contains(&namespace) {
                return None;
            }
            let message = format!("namespaces \"{namespace}\" not found");
            let details = json!({ "name": namespace, "kind": "namespaces" });
            return Some(Answer::refusal(404, "NotFound", message, details));
        };
        found.pointer("/metadata/deletionTimestamp")?;
        let named = crate::answer::named(&self.address);
        let message = format!(
            "{named} \"{name}\" is forbidden: unable to create new content in namespace {namespace} because it is being terminated"
        );
        let mut details = crate::answer::details(&self.address, name);
        details["causes"] = json!([{
            "reason": "NamespaceTerminating", "message": format!("namespace {namespace} is being terminated"), "field": "metadata.namespace",
        }]);
        Some(Answer::refusal(403, "Forbidden", message, details))
    }

    /// Stores an object, unless it is only tried out.
    pub(crate) fn store(&self, store: &mut Store, key: Key, object: Json, status: u16) -> Answer {
        if !self.is_dry() {
            store.put(key, object.clone());
            return Answer::of(status, object).wrote(true);
        }
        let mut tried = object;
        if status == 201 {
            metadata(&mut tried).remove("resourceVersion");
        }
        Answer::of(status, tried)
    }
}

/// Returns a new object with the status that the server gives it; a status that came with it does not count.
fn with_first_status(mut object: Json) -> Json {
    let kind = object
        .get("kind")
        .and_then(Json::as_str)
        .unwrap_or_default();
    let status = match kind {
        "Namespace" => Some(json!({ "phase": "Active" })),
        "Pod" => Some(json!({ "phase": "Pending", "qosClass": "BestEffort" })),
        "PersistentVolumeClaim" | "PersistentVolume" => Some(json!({ "phase": "Pending" })),
        "Service" | "Ingress" => Some(json!({ "loadBalancer": {} })),
        "StatefulSet" => Some(json!({ "availableReplicas": 0, "replicas": 0 })),
        "ReplicaSet" => Some(json!({ "replicas": 0 })),
        "DaemonSet" => Some(json!({
            "currentNumberScheduled": 0, "desiredNumberScheduled": 0, "numberMisscheduled": 0, "numberReady": 0,
        })),
        "PodDisruptionBudget" => Some(json!({
            "currentHealthy": 0, "desiredHealthy": 0, "disruptionsAllowed": 0, "expectedPods": 0,
        })),
        "HorizontalPodAutoscaler" => Some(json!({ "desiredReplicas": 0 })),
        "Deployment" | "Job" | "CronJob" | "ResourceQuota" | "ValidatingAdmissionPolicy" => {
            Some(json!({}))
        }
        _ => None,
    };
    if kind == "Namespace" {
        object["spec"] = json!({ "finalizers": ["kubernetes"] });
    }
    if let Some(status) = status {
        object["status"] = status;
    }
    object
}

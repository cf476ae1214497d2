//! What an action document asks the API server to do, and what the object would be afterwards.

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use taffrail_actions::stored::{Refused, Write, after, without_server_owned};
use taffrail_schema::Schemas;

use crate::call::{Call, FIELD_MANAGER, marked, unmarked};
use crate::error::AgentError;
use crate::merge;
use crate::target::Target;

/// A change of one object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Change {
    /// Makes this object.
    Create(Json),
    /// Puts this object in the place of the live one.
    Replace(Json),
    /// Changes the live object by a merge patch.
    Patch(Json),
    /// Applies this object, as the owner of the fields that it names.
    Apply(Json),
    /// Deletes the live object.
    Delete,
    /// Evicts the live pod, when its disruption budgets allow.
    Evict,
    /// Does what the verb does; the patch follows from the live object.
    Verb,
}

impl Change {
    /// Reads what a document asks for.
    pub(crate) fn of(document: &Json) -> Result<Self, AgentError> {
        let not_taken = |reason: String| AgentError::NotTaken { reason };
        let verb = document.get("verb").and_then(Json::as_str);
        let verb = verb.ok_or_else(|| not_taken("`verb` is missing".to_owned()))?;
        let proposed = document.get("proposed");
        let patch = document.get("patch");
        let change = match (verb, proposed, patch) {
            (_, Some(_), Some(_)) => {
                return Err(not_taken(
                    "`proposed` and `patch` exclude each other".to_owned(),
                ));
            }
            ("delete", None | Some(Json::Null), None) => Self::Delete,
            ("evict", None, None) => Self::Evict,
            ("create", Some(object @ Json::Object(_)), None) => Self::Create(object.clone()),
            ("apply", Some(object @ Json::Object(_)), None) => Self::Apply(object.clone()),
            ("delete" | "evict" | "create", _, _) => {
                return Err(not_taken(format!(
                    "a `{verb}` that says what it changes cannot be executed: `create` takes `proposed`, the others neither `proposed` nor `patch`"
                )));
            }
            (_, Some(object @ Json::Object(_)), None) => Self::Replace(object.clone()),
            (_, None, Some(patch @ Json::Object(_))) => Self::Patch(patch.clone()),
            ("restart" | "cordon" | "uncordon", None, None) => Self::Verb,
            (_, None, None) => {
                return Err(not_taken(format!(
                    "`{verb}` does not say what it changes: give `patch` (a merge patch) or `proposed` (the whole object)"
                )));
            }
            _ => return Err(not_taken("`proposed` and `patch` are objects".to_owned())),
        };
        Ok(change)
    }

    /// Returns the object after the change; `None` when it is gone then. For [`Change::Verb`] and [`Change::Evict`] the decision knows.
    pub(crate) fn outcome(
        &self,
        live: Option<&Json>,
        schemas: &Schemas,
    ) -> Option<Result<Option<Json>, Refused>> {
        let write = match self {
            Self::Create(object) => Write::Create(object.clone()),
            Self::Replace(object) => Write::Replace(versioned(object, live)),
            Self::Patch(patch) => Write::MergePatch(patch.clone()),
            // Who applies what is not there makes it; see `call`.
            Self::Apply(object) if live.is_none() => Write::Create(object.clone()),
            Self::Apply(object) => Write::ServerSideApply {
                object: object.clone(),
                manager: FIELD_MANAGER.to_owned(),
                force: false,
            },
            Self::Delete => Write::Delete,
            Self::Evict | Self::Verb => return None,
        };
        Some(after(live, &write, schemas))
    }

    /// Returns the request that makes the change on the object as it was observed, and on no other: a stale version is refused by the server.
    pub(crate) fn call(
        &self,
        target: &Target,
        path: &str,
        live: Option<&Json>,
        action: &str,
    ) -> Call {
        let call = |method: &str, path: &str, query: String, content_type: &str, body: Json| Call {
            method: method.to_owned(),
            path: path.to_owned(),
            query,
            content_type: content_type.to_owned(),
            body: Some(body),
        };
        let managed = || format!("fieldManager={FIELD_MANAGER}");
        let json = "application/json";
        match self {
            // Applying what somebody else makes meanwhile would merge into theirs; making it is refused then.
            Self::Create(object) | Self::Apply(object) if live.is_none() => {
                let collection = path
                    .rsplit_once('/')
                    .map_or(path, |(collection, _)| collection);
                call(
                    "POST",
                    collection,
                    managed(),
                    json,
                    marked(object.clone(), action),
                )
            }
            Self::Create(object) => {
                let collection = path
                    .rsplit_once('/')
                    .map_or(path, |(collection, _)| collection);
                call(
                    "POST",
                    collection,
                    managed(),
                    json,
                    marked(object.clone(), action),
                )
            }
            Self::Replace(object) => {
                let body = marked(versioned(object, live), action);
                call("PUT", path, managed(), json, body)
            }
            Self::Patch(patch) => {
                let body = marked(versioned(patch, live), action);
                call(
                    "PATCH",
                    path,
                    managed(),
                    "application/merge-patch+json",
                    body,
                )
            }
            Self::Apply(object) => {
                let body = marked(versioned(object, live), action);
                call(
                    "PATCH",
                    path,
                    managed() + "&force=false",
                    "application/apply-patch+yaml",
                    body,
                )
            }
            Self::Delete => {
                let body = json!({
                    "apiVersion": "v1", "kind": "DeleteOptions", "preconditions": preconditions(live),
                    "propagationPolicy": "Background",
                });
                call("DELETE", path, String::new(), json, body)
            }
            Self::Evict => {
                let body = json!({
                    "apiVersion": "policy/v1", "kind": "Eviction",
                    "metadata": { "name": target.name, "namespace": target.namespace },
                    "deleteOptions": { "preconditions": preconditions(live) },
                });
                call(
                    "POST",
                    &format!("{path}/eviction"),
                    String::new(),
                    json,
                    body,
                )
            }
            Self::Verb => call(
                "PATCH",
                path,
                managed(),
                "application/merge-patch+json",
                json!({}),
            ),
        }
    }

    /// Returns the patch that brings the live object to an outcome that the decision computed.
    pub(crate) fn to_outcome(live: &Json, outcome: &Json) -> Self {
        Self::Patch(merge::between(live, outcome))
    }
}

/// Returns an object or patch that is for the observed version of the live object only.
fn versioned(object: &Json, live: Option<&Json>) -> Json {
    let mut object = object.clone();
    let version = live.and_then(|live| live.pointer("/metadata/resourceVersion"));
    if let (Some(version), Some(map)) = (version, object.as_object_mut()) {
        let metadata = map.entry("metadata").or_insert_with(|| json!({}));
        if let Some(metadata) = metadata.as_object_mut() {
            metadata.insert("resourceVersion".to_owned(), version.clone());
        }
    }
    object
}

fn preconditions(live: Option<&Json>) -> Json {
    let part =
        |name: &str| live.and_then(|live| live.pointer(&format!("/metadata/{name}")).cloned());
    json!({ "uid": part("uid"), "resourceVersion": part("resourceVersion") })
}

/// Returns what of an object an action can change, for comparing: without what the API server and controllers write, and without the mark
/// of whoever wrote last.
pub(crate) fn own(object: &Json) -> Json {
    let mut own = without_server_owned(&unmarked(object.clone()));
    // Controllers keep count in annotations that no request sets.
    if let Some(annotations) = own
        .pointer_mut("/metadata/annotations")
        .and_then(Json::as_object_mut)
    {
        annotations.remove("deployment.kubernetes.io/revision");
    }
    let is_empty = own
        .pointer("/metadata/annotations")
        .and_then(Json::as_object)
        .is_some_and(serde_json::Map::is_empty);
    if let (true, Some(metadata)) = (
        is_empty,
        own.get_mut("metadata").and_then(Json::as_object_mut),
    ) {
        metadata.remove("annotations");
    }
    own
}

//! Requests to the API server, as they are kept in the ledger before they are sent.

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

/// The annotation that names the action which wrote an object last: who looks after a crash knows whether a request came through.
pub const ACTION_ANNOTATION: &str = "taffrail.dev/action";

/// The field manager under which everything is written.
pub const FIELD_MANAGER: &str = "taffrail";

/// A request to the API server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) path: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) query: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) content_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) body: Option<Json>,
}

impl Call {
    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self {
            method: "GET".to_owned(),
            path: path.into(),
            query: String::new(),
            content_type: String::new(),
            body: None,
        }
    }

    /// Returns the same request as a rehearsal: the server answers as if it had done it.
    pub(crate) fn rehearsal(&self) -> Self {
        let mut call = self.clone();
        if call.method == "DELETE" {
            // The dry run of a deletion travels in its body.
            if let Some(Json::Object(body)) = &mut call.body {
                body.insert("dryRun".to_owned(), json!(["All"]));
            }
            return call;
        }
        if !call.query.is_empty() {
            call.query.push('&');
        }
        call.query.push_str("dryRun=All");
        if let Some(options) = call
            .body
            .as_mut()
            .and_then(|body| body.pointer_mut("/deleteOptions"))
            .and_then(Json::as_object_mut)
        {
            options.insert("dryRun".to_owned(), json!(["All"]));
        }
        call
    }

    /// Returns the path with its query.
    pub(crate) fn uri(&self) -> String {
        if self.query.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{}", self.path, self.query)
        }
    }
}

/// Returns an object, or a patch of one, with the annotation that names an action.
pub(crate) fn marked(mut object: Json, action: &str) -> Json {
    if let Some(object) = object.as_object_mut() {
        let metadata = object.entry("metadata").or_insert_with(|| json!({}));
        if let Some(metadata) = metadata.as_object_mut() {
            let annotations = metadata.entry("annotations").or_insert(Json::Null);
            if !annotations.is_object() {
                *annotations = json!({});
            }
            if let Some(annotations) = annotations.as_object_mut() {
                annotations.insert(ACTION_ANNOTATION.to_owned(), action.into());
            }
        }
    }
    object
}

/// Returns the action that wrote an object last, as far as its annotation tells.
pub(crate) fn mark(object: &Json) -> Option<&str> {
    let annotations = object.pointer("/metadata/annotations")?;
    annotations.get(ACTION_ANNOTATION)?.as_str()
}

/// Returns an object without the annotation.
pub(crate) fn unmarked(mut object: Json) -> Json {
    let Some(metadata) = object.get_mut("metadata").and_then(Json::as_object_mut) else {
        return object;
    };
    if let Some(annotations) = metadata
        .get_mut("annotations")
        .and_then(Json::as_object_mut)
    {
        annotations.remove(ACTION_ANNOTATION);
        if annotations.is_empty() {
            metadata.remove("annotations");
        }
    }
    object
}

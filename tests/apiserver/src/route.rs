//! Which method does what.

use serde_json::Value as Json;
use taffrail_actions::stored::{Subresource, unknown_fields};

use crate::answer::{Answer, Content};
use crate::request::Asked;
use crate::store::Store;

impl Asked<'_> {
    /// Answers it.
    pub(crate) fn answer(&self, store: &mut Store) -> Answer {
        if let Some(refusal) = self.refuses_options().or_else(|| self.refuses_accept()) {
            return refusal;
        }
        let answer = self.route(store);
        let answer = self.as_accepted(answer);
        match self.address.resource.plural.as_str() {
            "endpoints" => {
                let instead = "v1.33+; use discovery.k8s.io/v1 EndpointSlice";
                answer.header(
                    "Warning",
                    format!("299 - \"v1 Endpoints is deprecated in {instead}\""),
                )
            }
            "componentstatuses" => {
                let since = "299 - \"v1 ComponentStatus is deprecated in v1.19+\"";
                answer.header("Warning", since.into())
            }
            _ => answer,
        }
    }

    fn route(&self, store: &mut Store) -> Answer {
        let name = self.address.name.as_deref();
        match (self.method, name, self.address.subresource.as_deref()) {
            ("GET", _, None) if self.is_watch() => self.watch(store),
            ("GET", None, None) => self.list(store),
            ("GET", Some(name), None | Some("status")) => self.get(store, name),
            ("GET", Some(name), Some("scale")) if self.has_scale() => self.get_scale(store, name),
            ("POST", None, None) => self.create(store),
            ("POST", Some(name), Some("eviction")) => self.evict(store, name),
            ("POST", Some(name), Some("binding")) => self.bind(store, name),
            ("PUT" | "PATCH", Some(name), None) => self.change(store, name, None),
            ("PUT", Some(name), Some("finalize")) => self.finalize(store, name),
            ("PUT" | "PATCH", Some(name), Some(part)) => match Subresource::of_name(part) {
                Some(Subresource::Scale) if !self.has_scale() => unknown(),
                Some(part) => self.change(store, name, Some(part)),
                None => unknown(),
            },
            ("DELETE", Some(name), None) => self.delete(store, name, &self.body),
            ("DELETE", None, None) => self.delete_all(store),
            (_, _, None) => Answer::plain(
                405,
                "MethodNotAllowed",
                "the server does not allow this method on the requested resource",
            ),
            _ => unknown(),
        }
    }

    /// Refuses options that are none, or do not fit the method.
    fn refuses_options(&self) -> Option<Answer> {
        let options = match self.method {
            "POST" => "CreateOptions",
            "PUT" => "UpdateOptions",
            "PATCH" => "PatchOptions",
            "DELETE" => "DeleteOptions",
            _ => return None,
        };
        if let Some(dry) = self.query.get("dryRun").filter(|dry| *dry != "All") {
            let problem = format!("Unsupported value: [\"{dry}\"]: supported values: \"All\"");
            let reason = "FieldValueNotSupported";
            return Some(Answer::bad_option(options, "dryRun", reason, &problem));
        }
        if let Some(how) = self.query.get("fieldValidation")
            && !["", "Ignore", "Strict", "Warn"].contains(&how)
        {
            let problem = format!(
                "Unsupported value: \"{how}\": supported values: \"\", \"Ignore\", \"Strict\", \"Warn\""
            );
            let reason = "FieldValueNotSupported";
            return Some(Answer::bad_option(
                options,
                "fieldValidation",
                reason,
                &problem,
            ));
        }
        let is_apply = self.is_apply();
        if is_apply && self.query.get("fieldManager").is_none_or(str::is_empty) {
            let problem = "Required value: is required for apply patch";
            let reason = "FieldValueRequired";
            return Some(Answer::bad_option(options, "fieldManager", reason, problem));
        }
        if self.method == "PATCH" && !is_apply && self.query.get("force").is_some() {
            let problem = "Forbidden: may not be specified for non-apply patch";
            let reason = "FieldValueForbidden";
            return Some(Answer::bad_option(options, "force", reason, problem));
        }
        None
    }

    pub(crate) fn is_apply(&self) -> bool {
        self.method == "PATCH" && self.incoming.content_type().contains("apply-patch")
    }

    /// Returns the fields of the body that its kind does not have, if it is asked how to treat them: refused, or only told.
    pub(crate) fn unknown_fields(&self) -> Vec<String> {
        let mut written = self.body.clone();
        if let Some(fields) = written.as_object_mut() {
            let resource = &self.address.resource;
            fields.insert("apiVersion".into(), resource.api_version().into());
            fields.insert("kind".into(), resource.kind.as_str().into());
        }
        unknown_fields(&written, self.schemas)
    }

    /// Refuses to write what the client does not read.
    fn refuses_accept(&self) -> Option<Answer> {
        let accept = self.incoming.header("accept");
        let is_served = accept.is_empty()
            || ["json", "yaml", "*/*", "application/*", "protobuf"]
                .iter()
                .any(|kind| accept.contains(kind));
        let message = "406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf";
        (!is_served).then(|| Answer::plain(406, "NotAcceptable", message))
    }

    /// Returns an answer in the form that the client asked for.
    fn as_accepted(&self, mut answer: Answer) -> Answer {
        let accept = self.incoming.header("accept");
        if answer.status >= 300 {
            return answer;
        }
        if accept.contains("as=PartialObjectMetadata") {
            answer.body = partial(&answer.body);
        }
        if accept.starts_with("application/yaml") && matches!(answer.content, Content::Json) {
            answer.content = Content::Yaml;
        }
        answer
    }
}

/// Returns an object or a list with nothing but its metadata.
pub(crate) fn partial(body: &Json) -> Json {
    let bare = |object: &Json| {
        serde_json::json!({
            "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": object["metadata"],
        })
    };
    match body["items"].as_array() {
        Some(items) => serde_json::json!({
            "kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1", "metadata": body["metadata"],
            "items": items.iter().map(bare).collect::<Vec<_>>(),
        }),
        None => bare(body),
    }
}

/// Returns the answer where there is nothing.
pub(crate) fn unknown() -> Answer {
    let message = "the server could not find the requested resource";
    Answer::plain(404, "NotFound", message)
}

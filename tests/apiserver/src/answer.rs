//! Answers: objects, and refusals in the words of a real server.

use serde_json::{Value as Json, json};

use crate::address::Address;
use crate::watch::Watch;

/// How an answer is written.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    Json,
    Yaml,
    Events(Box<Watch>),
}

/// An answer before it is written.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Json,
    pub(crate) content: Content,
    /// Whether something was written.
    pub(crate) wrote: bool,
}

impl Answer {
    pub(crate) fn ok(body: Json) -> Self {
        Self::of(200, body)
    }

    pub(crate) fn of(status: u16, body: Json) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body,
            content: Content::Json,
            wrote: false,
        }
    }

    pub(crate) fn wrote(mut self, wrote: bool) -> Self {
        self.wrote = wrote;
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Returns a refusal that says nothing about an object.
    pub(crate) fn status(status: u16, reason: &str, message: &str) -> Self {
        Self::refusal(status, reason, message.to_owned(), Json::Null)
    }

    /// Returns a refusal as it is made before any object is looked at.
    pub(crate) fn plain(status: u16, reason: &str, message: &str) -> Self {
        Self::refusal(status, reason, message.to_owned(), json!({}))
    }

    /// Returns a refusal as a `Status` object.
    pub(crate) fn refusal(status: u16, reason: &str, message: String, details: Json) -> Self {
        let mut body = json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": message, "reason": reason, "details": details, "code": status,
        });
        if let Some(body) = body.as_object_mut() {
            body.retain(|_, value| !value.is_null() && *value != "");
        }
        Self::of(status, body)
    }

    pub(crate) fn not_found(address: &Address, name: &str) -> Self {
        let named = named(address);
        Self::refusal(
            404,
            "NotFound",
            format!("{named} \"{name}\" not found"),
            details(address, name),
        )
    }

    pub(crate) fn exists(address: &Address, name: &str) -> Self {
        let named = named(address);
        Self::refusal(
            409,
            "AlreadyExists",
            format!("{named} \"{name}\" already exists"),
            details(address, name),
        )
    }

    pub(crate) fn conflict(address: &Address, name: &str, why: &str) -> Self {
        let named = named(address);
        Self::refusal(
            409,
            "Conflict",
            format!("Operation cannot be fulfilled on {named} \"{name}\": {why}"),
            details(address, name),
        )
    }
}

/// Why a stale version is refused.
pub(crate) const CHANGED: &str =
    "the object has been modified; please apply your changes to the latest version and try again";

pub(crate) fn named(address: &Address) -> String {
    let resource = &address.resource;
    if resource.group.is_empty() {
        resource.plural.clone()
    } else {
        format!("{}.{}", resource.plural, resource.group)
    }
}

pub(crate) fn details(address: &Address, name: &str) -> Json {
    let resource = &address.resource;
    let mut details = json!({ "name": name, "kind": resource.plural });
    if !resource.group.is_empty()
        && let Some(details) = details.as_object_mut()
    {
        details.insert("group".into(), resource.group.as_str().into());
    }
    details
}

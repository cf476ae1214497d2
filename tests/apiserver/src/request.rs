//! A request as it came in, and as it is understood.

use http::HeaderMap;
use http::request::Parts;
use serde_json::Value as Json;
use taffrail_schema::Schemas;

use crate::address::{Address, Query};

/// A request with its whole body.
#[derive(Debug, Clone)]
pub(crate) struct Incoming {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query_text: String,
    pub(crate) query: Query,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    /// The body, read as JSON or YAML; null when there is none, or when it is neither.
    pub(crate) body: Json,
}

impl Incoming {
    pub(crate) fn new(parts: &Parts, bytes: &[u8]) -> Self {
        let query_text = parts.uri.query().unwrap_or_default().to_owned();
        let text = String::from_utf8_lossy(bytes).into_owned();
        let mut incoming = Self {
            method: parts.method.as_str().to_owned(),
            path: parts.uri.path().to_owned(),
            query: Query::read(&query_text),
            query_text,
            headers: parts.headers.clone(),
            body: serde_json::from_str(&text).unwrap_or_default(),
            text,
        };
        if incoming.body.is_null() && incoming.content_type().ends_with("yaml") {
            incoming.body = serde_yaml::from_str(&incoming.text).unwrap_or_default();
        }
        incoming
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// Returns the media type of the body, without its parameters.
    pub(crate) fn content_type(&self) -> &str {
        let text = self.header("content-type");
        text.split(';').next().unwrap_or_default().trim()
    }

    /// Returns who writes, for `managedFields`: the named manager, or the program of the client.
    pub(crate) fn manager(&self) -> &str {
        let program = self.header("user-agent").split('/').next();
        let program = program.filter(|program| !program.is_empty());
        self.query
            .get("fieldManager")
            .or(program)
            .unwrap_or("unknown")
    }

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
}

/// A request to an object or a collection.
#[derive(Debug)]
pub(crate) struct Asked<'r> {
    pub(crate) method: &'r str,
    pub(crate) address: Address,
    pub(crate) incoming: &'r Incoming,
    pub(crate) query: &'r Query,
    pub(crate) body: Json,
    pub(crate) schemas: &'r Schemas,
}

impl<'r> Asked<'r> {
    pub(crate) fn new(incoming: &'r Incoming, address: Address, schemas: &'r Schemas) -> Self {
        Self {
            method: &incoming.method,
            address,
            incoming,
            query: &incoming.query,
            body: incoming.body.clone(),
            schemas,
        }
    }

    pub(crate) fn is_dry(&self) -> bool {
        self.incoming.is_dry()
    }

    pub(crate) fn manager(&self) -> &str {
        self.incoming.manager()
    }
}

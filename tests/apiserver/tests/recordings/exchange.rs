//! The recorded exchanges with a real API server.

use std::path::{Path, PathBuf};

use serde_json::Value as Json;

/// A recorded request with its answer.
#[derive(Debug)]
pub(crate) struct Exchange {
    /// Number and name.
    pub(crate) name: String,
    pub(crate) phase: String,
    pub(crate) actor: String,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, String)>,
    /// The body as it was sent.
    pub(crate) body: String,
    pub(crate) status: u16,
    pub(crate) answer_headers: Json,
    pub(crate) answer: Json,
}

/// Returns the folder of the recordings, or nothing where this machine does not have them. `TAFFRAIL_RECORDINGS` names another one.
pub(crate) fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("TAFFRAIL_RECORDINGS").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|above| above.join("shared/apiserver/recordings"));
    named
        .into_iter()
        .chain(beside)
        .find(|folder| folder.is_dir())
}

/// Reads every exchange, in order.
pub(crate) fn read(folder: &Path) -> Vec<Exchange> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .collect();
    files.sort();
    files.iter().map(|file| exchange(file)).collect()
}

fn exchange(file: &Path) -> Exchange {
    let text = std::fs::read_to_string(file).unwrap();
    let json: Json = serde_json::from_str(&text).unwrap();
    let text = |key: &str| json[key].as_str().unwrap_or_default().to_owned();
    let headers = json["request_headers"].as_object().unwrap();
    let body = match &json["request_body"] {
        Json::String(text) => text.clone(),
        Json::Null => String::new(),
        body => body.to_string(),
    };
    let phase = text("phase");
    Exchange {
        name: file.file_stem().unwrap().to_string_lossy().into_owned(),
        phase: phase.split(':').next().unwrap_or_default().to_owned(),
        actor: text("actor"),
        method: text("method"),
        path: text("path"),
        query: text("query"),
        headers: headers
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
            .collect(),
        body,
        status: json["status"].as_u64().unwrap_or(0).try_into().unwrap(),
        answer_headers: json["response_headers"].clone(),
        answer: json["response_body"].clone(),
    }
}

impl Exchange {
    /// Returns whether it tries out what would happen.
    pub(crate) fn is_dry_run(&self) -> bool {
        let body: Json = serde_json::from_str(&self.body).unwrap_or_default();
        self.query.contains("dryRun=")
            || (self.method == "DELETE" && body.get("dryRun").is_some_and(|dry| !dry.is_null()))
            || body.pointer("/deleteOptions/dryRun").is_some()
    }

    /// Returns whether the answer is a stream of events.
    pub(crate) fn is_watch(&self) -> bool {
        self.query.contains("watch=true") || self.path.starts_with("/api/v1/watch/")
    }

    /// Returns what kind of request it is, for the table.
    pub(crate) fn category(&self) -> &'static str {
        let ends = |end: &str| self.path.ends_with(end);
        let is_apply = self
            .headers
            .iter()
            .any(|(_, value)| value.contains("apply-patch"));
        if !self.path.contains("/v1") && !self.path.contains("/v2")
            || self.path.split('/').count() < 5 && self.path.starts_with("/apis")
            || self.path == "/api/v1"
        {
            return "discovery and health";
        }
        if self.is_watch() {
            return "watch";
        }
        if ends("/eviction") {
            return "eviction";
        }
        if ends("/scale") {
            return "scale";
        }
        if ends("reviews") {
            return "reviews";
        }
        if self.path.matches('/').count() > 7 || ends("/status") || ends("/log") || ends("/exec") {
            return "subresources";
        }
        match self.method.as_str() {
            "GET" => "get and list",
            "POST" => "create",
            "PUT" => "replace",
            "PATCH" if is_apply => "apply",
            "PATCH" => "patch",
            "DELETE" => "delete",
            _ => "other",
        }
    }
}

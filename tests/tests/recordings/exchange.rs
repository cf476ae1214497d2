//! The recorded exchanges with a real API server.

use std::path::{Path, PathBuf};

use serde_json::Value as Json;

/// A recorded request with its answer.
pub(crate) struct Exchange {
    pub(crate) name: String,
    pub(crate) phase: String,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) content_type: String,
    /// What else it may have been, where that is not told.
    pub(crate) or_content_types: &'static [&'static str],
    pub(crate) request: Json,
    pub(crate) status: u64,
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
    let content_type = json["request_headers"]["content-type"].as_str();
    let body = &json["request_body"];
    let request = match body {
        // A patch is recorded as text where it is no JSON.
        Json::String(text) => serde_yaml::from_str(text).unwrap_or_else(|_| body.clone()),
        body => body.clone(),
    };
    Exchange {
        name: text("name"),
        phase: text("phase").chars().take(2).collect(),
        method: text("method"),
        path: text("path"),
        query: text("query"),
        content_type: content_type.unwrap_or_default().to_owned(),
        or_content_types: &[],
        request,
        status: json["status"].as_u64().unwrap_or(0),
        answer: json["response_body"].clone(),
    }
}

impl Exchange {
    /// Returns a parameter of the query.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }

    /// Returns whether the request tries out what would happen.
    pub(crate) fn is_dry_run(&self) -> bool {
        let in_body = self
            .request
            .get("dryRun")
            .is_some_and(|value| !value.is_null());
        self.parameter("dryRun").is_some() || (self.method == "DELETE" && in_body)
    }
}

/// What a path of the API addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) group_version: String,
    pub(crate) namespace: Option<String>,
    pub(crate) resource: String,
    pub(crate) name: Option<String>,
    pub(crate) subresource: Option<String>,
}

impl Address {
    /// Reads a path; `None` where it addresses no objects.
    pub(crate) fn of(path: &str) -> Option<Self> {
        let mut steps = path.trim_start_matches('/').split('/');
        let group_version = match steps.next()? {
            "api" => steps.next()?.to_owned(),
            "apis" => format!("{}/{}", steps.next()?, steps.next()?),
            _ => return None,
        };
        let mut rest: Vec<&str> = steps.collect();
        let mut namespace = None;
        if rest.first() == Some(&"namespaces") && rest.len() > 2 && !is_of_namespace(&rest) {
            namespace = Some(rest[1].to_owned());
            rest.drain(..2);
        }
        let mut rest = rest.into_iter().map(str::to_owned);
        Some(Self {
            group_version,
            namespace,
            resource: rest.next()?,
            name: rest.next(),
            subresource: rest.next(),
        })
    }

    /// Returns the key of the object of a name.
    pub(crate) fn key(&self, name: &str) -> String {
        let group = self
            .group_version
            .split_once('/')
            .map_or("", |(group, _)| group);
        let namespace = self.namespace.as_deref().unwrap_or_default();
        format!("{group}/{}/{namespace}/{name}", self.resource)
    }
}

fn is_of_namespace(steps: &[&str]) -> bool {
    steps.len() == 3 && matches!(steps[2], "status" | "finalize")
}

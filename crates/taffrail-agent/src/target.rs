//! The object that an action is about, and how the API server names it.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::error::AgentError;

/// The object that an action is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Target {
    /// Group and version: `apps/v1`, or `v1` for the core group.
    pub api_version: String,
    /// The kind.
    pub kind: String,
    /// The namespace; `None` for an object of the whole cluster.
    pub namespace: Option<String>,
    /// The name.
    pub name: String,
}

impl Target {
    /// Reads the `target` of an action document.
    pub(crate) fn of(document: &Json) -> Result<Self, AgentError> {
        let part = |key: &str| {
            document
                .pointer(&format!("/target/{key}"))
                .and_then(Json::as_str)
                .filter(|text| !text.is_empty())
                .map(str::to_owned)
        };
        let need = |key: &str| {
            part(key).ok_or_else(|| AgentError::NotTaken {
                reason: format!(
                    "`target.{key}` is missing: an agent acts on one object that is named in full"
                ),
            })
        };
        Ok(Self {
            api_version: need("apiVersion")?,
            kind: need("kind")?,
            namespace: part("namespace"),
            name: need("name")?,
        })
    }

    /// Returns the API group; empty for the core group.
    #[must_use]
    pub fn group(&self) -> &str {
        self.api_version
            .split_once('/')
            .map_or("", |(group, _)| group)
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ", self.kind)?;
        if let Some(namespace) = &self.namespace {
            write!(f, "{namespace}/")?;
        }
        f.write_str(&self.name)
    }
}

//! The arguments of calls.

use rmcp::model::JsonObject;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::Refused;

/// The most bytes of a document.
pub(super) const SIZE_LIMIT: usize = 4 * 1024 * 1024;

/// Of `evaluate_action` and `propose_options`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OfAction {
    /// A document as an object, or as text in YAML or JSON.
    pub(super) action: Json,
}

/// Of `evaluate_kubectl`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OfKubectl {
    /// The line as it would be given to a shell.
    pub(super) command: String,
    /// Principal, intent, request and facts, as in an action document.
    #[serde(default)]
    pub(super) facts: Option<Json>,
    /// Live objects.
    #[serde(default)]
    pub(super) current: Vec<Json>,
    /// The namespace of commands that name none.
    #[serde(default)]
    pub(super) namespace: Option<String>,
}

/// Of `explain_decision`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OfExplanation {
    /// An action document to decide and explain.
    #[serde(default)]
    pub(super) action: Option<Json>,
    /// The digest of an action that was decided here before.
    #[serde(default)]
    pub(super) decision: Option<String>,
    /// For whom.
    #[serde(default)]
    pub(super) reader: Reader,
}

/// For whom an explanation is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Reader {
    Line,
    #[default]
    Card,
    Page,
}

/// Of `check_policy`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OfPolicy {
    /// The text of a policy file.
    pub(super) policy: String,
    /// Its name, for messages.
    #[serde(default)]
    pub(super) name: Option<String>,
}

/// Of tools that take nothing.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// Of `answer_approval`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OfAnswer {
    /// The proposal's id.
    pub(super) proposal: String,
}

/// Reads the arguments of a call.
pub(super) fn read<T: DeserializeOwned>(arguments: JsonObject) -> Result<T, Refused> {
    serde_json::from_value(Json::Object(arguments))
        .map_err(|error| Refused(format!("the arguments cannot be read: {error}")))
}

/// Returns the text of a document that was given as text or as an object.
pub(super) fn document(argument: &str, given: &Json) -> Result<Vec<u8>, Refused> {
    let text = match given {
        Json::String(text) => text.clone(),
        Json::Object(_) => given.to_string(),
        _ => {
            return Err(Refused(format!(
                "`{argument}` is expected to be an object, or a text in YAML or JSON"
            )));
        }
    };
    if text.len() > SIZE_LIMIT {
        return Err(Refused(format!(
            "`{argument}` has {} bytes; at most {SIZE_LIMIT} are read: leave out what the rules do not read",
            text.len()
        )));
    }
    Ok(text.into_bytes())
}

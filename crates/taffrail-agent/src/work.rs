//! What is known of an action on its way, as the ledger keeps it: enough for anybody to take it up.

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use taffrail_actions::without_secrets;

use crate::call::Call;
use crate::error::AgentError;
use crate::target::Target;
use crate::undo::Undo;

/// An action on its way.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Work {
    /// The document, with what the requester may say and nothing else.
    pub(crate) asked: Json,
    /// Who asks, as the adapter has found out.
    pub(crate) principal: Json,
    pub(crate) target: Target,
    /// The digest of what is asked and by whom.
    pub(crate) digest: String,
    /// How often it was decided.
    pub(crate) rounds: u32,
    /// How often people were asked, and under which id they were asked last.
    pub(crate) asked_people: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) proposal: Option<String>,
    /// What is to be sent, since it was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) plan: Option<Planned>,
    /// The breakers that count how it ends: name, key and hold in seconds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) breakers: Vec<(String, Json, u64)>,
    /// Why it stands where it stands.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) reason: String,
    /// Whether values of a Secret were left out when this was kept.
    #[serde(default)]
    pub(crate) withheld: bool,
}

/// What is to be sent, and everything that is needed to tell what became of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Planned {
    pub(crate) path: String,
    pub(crate) call: Call,
    /// The live object before; `None` when there was none.
    pub(crate) before: Option<Json>,
    /// The object after, as it was decided on; `None` when it is gone then.
    pub(crate) after: Option<Json>,
    pub(crate) undo: Undo,
    /// How bad things were before.
    pub(crate) severity: u32,
    /// Whether the values of a Secret stand here as digests.
    #[serde(default)]
    pub(crate) veiled: bool,
}

/// What a requester may say. Facts, principal and rollback are the adapter's.
const ASKED: [&str; 7] = [
    "intent",
    "patch",
    "proposed",
    "request",
    "subresource",
    "target",
    "verb",
];

/// What a requester may write, and nobody believes.
const NOT_BELIEVED: [&str; 5] = ["current", "facts", "impact", "principal", "rollback"];

impl Work {
    pub(crate) fn new(document: &Json, principal: &Json) -> Result<Self, AgentError> {
        let not_taken = |reason: String| AgentError::NotTaken { reason };
        let Some(members) = document.as_object() else {
            return Err(not_taken(
                "an action is a map with `verb` and `target`".to_owned(),
            ));
        };
        if members.contains_key("plan") {
            return Err(not_taken(
                "a plan has several steps: hand over each as an action of its own".to_owned(),
            ));
        }
        let mut asked = serde_json::Map::new();
        for (key, value) in members {
            if ASKED.contains(&key.as_str()) {
                asked.insert(key.clone(), value.clone());
            } else if !NOT_BELIEVED.contains(&key.as_str()) {
                return Err(not_taken(format!("`{key}` is no part of an action")));
            }
        }
        let asked = Json::Object(asked);
        let target = Target::of(&asked)?;
        let digest = digest(&json!({ "asked": asked, "principal": principal }));
        Ok(Self {
            asked,
            principal: principal.clone(),
            target,
            digest,
            rounds: 0,
            asked_people: 0,
            proposal: None,
            plan: None,
            breakers: Vec::new(),
            reason: String::new(),
            withheld: false,
        })
    }

    /// Returns what the ledger keeps: everything, but the values of Secrets only as digests.
    pub(crate) fn kept(&self) -> Json {
        let mut work = self.clone();
        if self.target.kind == "Secret" {
            work.withheld = true;
            work.asked = without_secrets(work.asked);
            if let Some(plan) = &mut work.plan {
                plan.veiled = true;
                plan.call.body = plan.call.body.take().map(veiled);
                plan.before = plan.before.take().map(veiled);
                plan.after = plan.after.take().map(veiled);
                plan.undo = match std::mem::replace(&mut plan.undo, Undo::None(String::new())) {
                    Undo::None(reason) => Undo::None(reason),
                    Undo::Restore { .. } | Undo::Delete { .. } | Undo::Make { .. } => Undo::None(
                        "the former values of a Secret are not kept, so they end with the agent that read them".to_owned(),
                    ),
                };
            }
        }
        serde_json::to_value(work).unwrap_or_default()
    }

    /// Returns the request as it may be written down.
    pub(crate) fn told(&self, call: &Call) -> Json {
        let mut call = call.clone();
        if self.target.kind == "Secret" {
            call.body = call.body.map(veiled);
        }
        serde_json::to_value(call).unwrap_or_default()
    }

    /// Returns the way back as it may be written down.
    pub(crate) fn told_undo(&self, undo: &Undo) -> Json {
        if self.target.kind == "Secret" && undo.missing().is_none() {
            return json!("puts the former values back");
        }
        serde_json::to_value(undo).unwrap_or_default()
    }
}

/// Returns an object or patch of a Secret with digests in the place of values.
pub(crate) fn veiled(object: Json) -> Json {
    let mut step = without_secrets(json!({ "target": { "kind": "Secret" }, "patch": object }));
    step.get_mut("patch").map(Json::take).unwrap_or_default()
}

/// Returns the digest of a JSON value; the order of keys does not count.
pub(crate) fn digest(value: &Json) -> String {
    let digest = Sha256::digest(value.to_string().as_bytes());
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

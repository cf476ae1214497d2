//! The options that answer a question, as programs read them.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use taffrail::{Gate, Report, Risk, Verdict};

/// The name and version of the JSON form of [`Advice`].
pub const SCHEMA: &str = "taffrail.options/v1";

/// What can be done instead, or for a goal: options, the best one first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Advice {
    /// Version of this form.
    pub schema: String,
    /// What the options are for, where the question says so.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub goal: Option<String>,
    /// The options, ranked by verdict, then risk, then distance from what was asked.
    pub options: Vec<Choice>,
    /// What looked like an option and is none, and why: steps that a budget counts together.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub refused: Vec<Sentence>,
    /// Searches that were given up, and what they had looked at: there may be more options than these.
    pub unfinished: Vec<Unfinished>,
    /// Digest of the policy set that decided.
    pub policy_digest: String,
}

/// One option, decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// How it came about.
    pub kind: ChoiceKind,
    /// What is done, in one line: `spec.replicas: 10 instead of 50`.
    pub title: String,
    /// The verdict on it; of several steps the most careful one.
    pub verdict: Verdict,
    /// Its risk; of several steps the greatest one.
    pub risk: Risk,
    /// Who must agree.
    pub gate: Gate,
    /// How far it is from what was asked: 0 is as asked. Numbers compare within one question only.
    pub distance: f64,
    /// What it gives up against what was asked, how long it takes.
    pub trade_offs: Vec<String>,
    /// What it touches: pods, nodes, namespaces, data.
    pub touches: String,
    /// How it can be taken back.
    pub rollback: String,
    /// Why its verdict is what it is; every sentence names what it stands on.
    pub rationale: Vec<Sentence>,
    /// The way to it.
    pub way: Way,
    /// The whole decisions, one per step.
    pub decisions: Vec<Report>,
}

/// How an option came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChoiceKind {
    /// The action as it was asked for, or a candidate of the goal.
    AsAsked,
    /// A rule's `suggest` offers it.
    Suggested,
    /// The nearest change of one field that gets a milder verdict.
    Nearest,
    /// The same in steps.
    Split,
    /// The same, later.
    Wait,
    /// The same, when people agree.
    Ask,
}

/// What is to be done for an option.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Hand over these action documents, in order.
    Do(Vec<Step>),
    /// Ask people to agree to this action document.
    Ask(Box<Ask>),
}

/// One action on the way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Not before this instant (RFC 3339); at once when absent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub not_before: Option<String>,
    /// What is asked, as an action document without facts: verb, target, patch or proposed. Of a Secret, and of an object whose kind is not known,
    /// without patch and proposed: the contents are with whoever asked.
    pub action: Json,
}

/// Whom to ask.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ask {
    /// What they agree to.
    pub action: Json,
    /// In words: `2 of team sre`, `any operator`.
    pub people: String,
}

/// A sentence of a rationale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence {
    /// The sentence.
    pub text: String,
    /// The full name of the rule, grant or built-in reason that it stands on.
    pub rule: String,
    /// Where the rule is written, `limits.guard:12`; empty for built-in reasons.
    pub place: String,
}

/// A search that was given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unfinished {
    /// What was searched: `spec.replicas`.
    pub what: String,
    /// How many decisions it had made.
    pub decisions: u32,
    /// What would have been needed, in words.
    pub because: String,
}

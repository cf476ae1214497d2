//! "Why not execute?": the smallest set of facts that would change the verdict, and all that would have to be true.
//!
//! Facts are what the action meets, not the action itself: signals, budgets and breakers, the time, the namespace, the cluster, the
//! live object, the requester's reason and groups, the bounds of the intent. Every answer is confirmed by deciding the request with
//! these facts changed.

use serde::{Deserialize, Serialize};
use taffrail::{PolicySet, Request, Verdict};

use crate::advice::Unfinished;

/// The name and version of the JSON form of [`WhyNot`].
pub const WHY_NOT_SCHEMA: &str = "taffrail.why_not/v1";

/// Why an action may not be executed, and what would change that.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WhyNot {
    /// Version of this form.
    pub schema: String,
    /// The verdict on the action.
    pub verdict: Verdict,
    /// The verdict that the changes lead to, confirmed by deciding; where there are none, the one that was sought.
    pub target: Verdict,
    /// The smallest set of facts that would lead there if they were different; empty when none was found or none is needed.
    pub changes: Vec<FactChange>,
    /// Where no set was found: what no change of facts moves out of the way, as far as that is certain.
    pub standing_in_the_way: Vec<Obstacle>,
    /// Everything that would have to be true for execution, clause by clause, with what holds today.
    pub conditions: Vec<Condition>,
    /// What was not searched to the end: there may be a set of facts, or a smaller one.
    pub unfinished: Vec<Unfinished>,
    /// Digest of the policy set that decided.
    pub policy_digest: String,
}

/// A fact that would have to be different.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FactChange {
    /// The fact, as policies name it: `error_rate`, `namespace.labels.env`, `usage of shop.scaling.restarts`.
    pub fact: String,
    /// What it is, as people read it.
    pub is: String,
    /// What it would have to be, in words: `below 0.01`.
    pub would_be: String,
    /// One such value, with which the answer was confirmed.
    pub value: serde_json::Value,
    /// The full name of the rule, or the built-in reason, for which it matters.
    pub rule: String,
    /// Where that is written, `limits.guard:12`; empty for built-in reasons.
    pub place: String,
}

/// What stands in the way whatever the facts are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Obstacle {
    /// The full name of the rule, or the built-in reason.
    pub rule: String,
    /// Where it is written, `limits.guard:12`; empty for built-in reasons.
    pub place: String,
    /// Why it stands in the way.
    pub because: String,
}

/// A clause that would have to be true for execution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// The full name of its rule, or the built-in reason.
    pub rule: String,
    /// Where it is written, `limits.guard:12`; empty for built-in reasons.
    pub place: String,
    /// What would have to be true: `when principal.kind == agent`, `must not apply`.
    pub clause: String,
    /// Whether it is so today.
    pub holds: Holds,
}

/// Whether a condition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holds {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// Nobody can say.
    Unknown,
}

impl WhyNot {
    /// Returns the answer in a sentence, without the list of changes.
    #[must_use]
    pub fn sentence(&self) -> String {
        let (verdict, target) = (self.verdict, self.target);
        match self.changes.len() {
            0 if verdict == Verdict::Execute => "the verdict is execute".into(),
            0 => format!("No change of facts that was tried turns {verdict} into {target}."),
            1 => format!("One fact would turn {verdict} into {target}:"),
            several => format!("{several} facts together would turn {verdict} into {target}:"),
        }
    }
}

/// Finds the smallest set of facts that would make the verdict milder.
///
/// Bounded: what was not searched to the end stands in [`WhyNot::unfinished`]. Never claims what deciding did not confirm.
#[must_use]
pub fn why_not(policies: &PolicySet, request: &Request) -> WhyNot {
    let verdict = policies.decide(request).verdict();
    let unfinished = Unfinished {
        what: "facts".into(),
        decisions: 1,
        because: "nothing was searched".into(),
    };
    WhyNot {
        schema: WHY_NOT_SCHEMA.into(),
        verdict,
        target: Verdict::Execute,
        changes: Vec::new(),
        standing_in_the_way: Vec::new(),
        conditions: Vec::new(),
        unfinished: match verdict {
            Verdict::Execute => Vec::new(),
            Verdict::Propose | Verdict::Escalate => vec![unfinished],
        },
        policy_digest: policies.digest().to_owned(),
    }
}

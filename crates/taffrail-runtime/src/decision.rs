//! The verdict and what it consists of.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// The published JSON Schema of [`Report`] and [`PlanReport`].
pub const JSON_SCHEMA: &str = include_str!("../schema/decision.v1.json");

/// What may happen with an action. Joining two is taking the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It may run unattended.
    Execute,
    /// A person decides, with the reasons at hand.
    Propose,
    /// It stops and goes to somebody with more authority.
    Escalate,
}

impl Verdict {
    /// Returns the word of the JSON form.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Execute => "execute",
            Self::Propose => "propose",
            Self::Escalate => "escalate",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// A whole number of risk points from 0 to 100; addition saturates.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct Risk(u8);

impl Risk {
    /// The greatest risk.
    pub const MAX: Self = Self(100);

    /// Returns the risk of that many points, at most 100.
    #[must_use]
    pub fn new(points: u8) -> Self {
        Self(points.min(100))
    }

    /// Returns the points.
    #[must_use]
    pub fn points(self) -> u8 {
        self.0
    }

    /// Returns the sum, at most 100.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self::new(self.0.saturating_add(other.0))
    }
}

/// The verdict that a rule asks for, and what releases it. `execute` cannot be written here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// Propose, to any operator when there is no team.
    Propose(Vec<Team>),
    /// Escalate, releasable by each named team.
    Escalate(Vec<Team>),
    /// Escalate, and nothing releases it.
    Forbid,
}

impl Outcome {
    /// Returns the verdict.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Propose(_) => Verdict::Propose,
            Self::Escalate(_) | Self::Forbid => Verdict::Escalate,
        }
    }
}

/// A team, and how many different people of it must agree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Team {
    /// Its name.
    pub team: String,
    /// How many people, at least 1.
    pub count: u32,
}

/// What releases an action.
///
/// Execute needs nobody. Otherwise an empty `needs` means any operator, and a releasable gate with
/// teams means that each of them agrees with that many people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    /// Whether anything releases it; false after a `forbid`.
    pub releasable: bool,
    /// The teams, sorted by name, each once.
    pub needs: Vec<Team>,
}

/// A whole decision, as the published JSON Schema describes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Version of this form.
    pub schema: String,
    /// What may happen.
    pub verdict: Verdict,
    /// The sum of points.
    pub risk: Risk,
    /// What releases it.
    pub gate: Gate,
    /// What was asked, in one line's worth of facts.
    pub action: ActionSummary,
    /// One entry per rule that applied, and one for each built-in reason, sorted by rule name.
    pub contributions: Vec<Contribution>,
    /// Grants that held and those that could match but did not, sorted by name.
    pub grants: Vec<GrantReport>,
    /// Every cause of every unknown the decision met, sorted.
    pub unknowns: Vec<String>,
    /// Better values, sorted by rule name.
    pub suggestions: Vec<SuggestionReport>,
    /// The instant at which the first fact it rests on changes by time alone; absent when none does.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub valid_until: Option<String>,
    /// Digest of the policy set.
    pub policy_digest: String,
    /// Digest of the action.
    pub action_digest: String,
    /// Digest of the facts that the action requires.
    pub facts_digest: String,
    /// Version of the engine.
    pub engine: String,
    /// Version of the time zone database compiled in.
    pub tzdb: String,
}

/// What was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionSummary {
    /// The requested verb; `unknown` when not known.
    pub verb: String,
    /// The verbs that the change surely implies beyond it, sorted.
    pub implied: Vec<String>,
    /// The verbs of which nobody can say whether the change implies them, sorted.
    pub may_imply: Vec<String>,
    /// Kind with group, namespace and name, as far as known: `apps/Deployment payments/api`.
    pub target: String,
    /// Kind and id: `agent healer`.
    pub principal: String,
}

/// Why the verdict or the risk is what it is: one rule, or one built-in reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contribution {
    /// The rule's full name; built-in reasons are `taffrail.no_grant`, `taffrail.intent`,
    /// `taffrail.tolerance`.
    pub rule: String,
    /// `guard`, `budget`, `breaker`, `tolerance`, `no_grant`, `intent`.
    pub kind: String,
    /// What it does: `risk`, `propose`, `escalate`, `forbid`, or `none` when wholly waived. A guard with points and a
    /// verdict names the verdict.
    pub effect: String,
    /// The verdict it alone demands; `execute` for points or a waived rule.
    pub verdict: Verdict,
    /// What releases it.
    pub gate: Gate,
    /// The points it adds.
    pub points: u8,
    /// `"true"`, or the causes for which it may be true.
    pub truth: TruthReport,
    /// The rendered reason; empty when the rule gives none.
    pub because: String,
    /// The file it was written in; empty for built-in reasons.
    pub file: String,
    /// Its line; 0 for built-in reasons.
    pub line: u32,
    /// The facts and lets that its conditions read, rendered.
    pub values: BTreeMap<String, serde_json::Value>,
    /// `@owner("…")` and others.
    pub annotations: BTreeMap<String, Vec<String>>,
    /// The waiver that forgives it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub waiver: Option<WaiverReport>,
}

/// True, or unknown and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TruthReport {
    /// It holds.
    #[serde(rename = "true")]
    True,
    /// It may hold: the causes, sorted.
    Unknown(Vec<String>),
}

/// A waiver that forgave a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaiverReport {
    /// Its name.
    pub name: String,
    /// Who granted it.
    pub by: String,
    /// When it ends (RFC 3339).
    pub until: String,
    /// Its rendered reason.
    pub because: String,
    /// The file it was written in.
    pub file: String,
    /// Its line.
    pub line: u32,
}

/// A grant that held, or that nearly did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantReport {
    /// The grant's full name.
    pub rule: String,
    /// Whether it held.
    pub held: bool,
    /// The first clause that did not hold, as written, and why.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub failed: Option<FailedClause>,
    /// The rendered reason; empty when the rule gives none or it did not hold.
    pub because: String,
    /// The file it was written in.
    pub file: String,
    /// Its line.
    pub line: u32,
}

/// The clause that kept a grant from holding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedClause {
    /// The clause as written: `when principal.kind == agent`, or `on …`.
    pub clause: String,
    /// Its line.
    pub line: u32,
    /// `false`, or unknown and the causes.
    pub truth: FailedTruth,
    /// The facts and lets that it read, rendered.
    pub values: BTreeMap<String, serde_json::Value>,
}

/// False, or unknown and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailedTruth {
    /// It does not hold.
    #[serde(rename = "false")]
    False,
    /// Nobody can say: the causes, sorted.
    Unknown(Vec<String>),
}

/// A better value that a rule offers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SuggestionReport {
    /// The rule that offers it.
    pub rule: String,
    /// `proposed.spec.replicas`; empty for a text.
    pub path: String,
    /// The better value, or the text.
    pub value: serde_json::Value,
}

/// A plan's decision, as the published JSON Schema describes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanReport {
    /// Version of this form.
    pub schema: String,
    /// The most careful verdict of all steps and net changes.
    pub verdict: Verdict,
    /// The greatest risk of all steps and net changes.
    pub risk: Risk,
    /// What releases it: everything any of them needs.
    pub gate: Gate,
    /// One decision per step, in order.
    pub steps: Vec<Report>,
    /// One decision per object that several steps touch, in the order first touched.
    pub net: Vec<Report>,
    /// Digest of the policy set.
    pub policy_digest: String,
    /// Version of the engine.
    pub engine: String,
}

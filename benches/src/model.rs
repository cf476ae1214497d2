//! The work in a form that belongs to no engine: rules, actions, and which rules apply to which.
//!
//! Every engine gets these rules printed in its own language. [`Rule::applies`] is the reference that
//! all of them have to agree with before anything is timed.

use std::fmt;

pub(crate) mod document;
pub(crate) mod generate;

/// Verbs of actions and rules.
pub(crate) const VERBS: [&str; 12] = [
    "scale", "apply", "restart", "patch", "rollback", "label", "annotate", "pause", "resume",
    "promote", "abort", "replace",
];

/// Kinds of targets, all with a pod template.
pub(crate) const KINDS: [&str; 3] = ["Deployment", "StatefulSet", "DaemonSet"];

/// How many namespaces there are.
pub(crate) const NAMESPACES: usize = 40;

/// Returns the name of a namespace.
pub(crate) fn namespace(at: usize) -> String {
    format!("tenant-{at}")
}

/// A fact that is a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TextField {
    Environment,
    Region,
    Principal,
    Tenant,
    Tier,
    Team,
    App,
    ServiceAccount,
}

impl TextField {
    pub(crate) const ALL: [Self; 8] = [
        Self::Environment,
        Self::Region,
        Self::Principal,
        Self::Tenant,
        Self::Tier,
        Self::Team,
        Self::App,
        Self::ServiceAccount,
    ];

    /// Returns where it stands in the action document.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Environment => "facts.cluster.environment",
            Self::Region => "facts.cluster.region",
            Self::Principal => "principal.id",
            Self::Tenant => "principal.tenant",
            Self::Tier => "facts.namespace.labels.tier",
            Self::Team => "proposed.metadata.labels.team",
            Self::App => "proposed.metadata.labels.app",
            Self::ServiceAccount => "proposed.spec.template.spec.serviceAccountName",
        }
    }

    /// Returns how many different values there are.
    pub(crate) fn values(self) -> usize {
        match self {
            Self::Environment | Self::Tier => 3,
            Self::Region => 8,
            Self::Principal => 40,
            Self::Tenant => 20,
            Self::Team => 30,
            Self::App => 200,
            Self::ServiceAccount => 60,
        }
    }

    /// Returns one of its values.
    pub(crate) fn value(self, at: usize) -> String {
        let word = match self {
            Self::Environment => "env",
            Self::Region => "region",
            Self::Principal => "agent",
            Self::Tenant => "tenant",
            Self::Tier => "tier",
            Self::Team => "team",
            Self::App => "app",
            Self::ServiceAccount => "account",
        };
        format!("{word}-{at}")
    }
}

/// A fact that is a whole number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NumberField {
    CurrentReplicas,
    ProposedReplicas,
    GracePeriod,
    HistoryLimit,
    Priority,
}

impl NumberField {
    pub(crate) const ALL: [Self; 5] = [
        Self::CurrentReplicas,
        Self::ProposedReplicas,
        Self::GracePeriod,
        Self::HistoryLimit,
        Self::Priority,
    ];

    /// Returns where it stands in the action document.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::CurrentReplicas => "current.spec.replicas",
            Self::ProposedReplicas => "proposed.spec.replicas",
            Self::GracePeriod => "proposed.spec.template.spec.terminationGracePeriodSeconds",
            Self::HistoryLimit => "proposed.spec.revisionHistoryLimit",
            Self::Priority => "current.spec.template.spec.priority",
        }
    }

    /// Returns the number above its greatest value; the least is 1.
    pub(crate) fn limit(self) -> usize {
        match self {
            Self::CurrentReplicas | Self::ProposedReplicas => 50,
            Self::GracePeriod => 300,
            Self::HistoryLimit => 20,
            Self::Priority => 1000,
        }
    }
}

/// What is asked, as indexes into the lists of words.
#[derive(Debug, Clone)]
pub(crate) struct Action {
    pub(crate) verb: usize,
    pub(crate) kind: usize,
    pub(crate) namespace: usize,
    pub(crate) serial: usize,
    texts: [usize; TextField::ALL.len()],
    numbers: [usize; NumberField::ALL.len()],
    pub(crate) host_network: bool,
}

impl Action {
    pub(crate) fn text(&self, field: TextField) -> usize {
        self.texts.get(field as usize).copied().unwrap_or(0)
    }

    pub(crate) fn number(&self, field: NumberField) -> usize {
        self.numbers.get(field as usize).copied().unwrap_or(0)
    }
}

/// What a rule is about.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Scope {
    Keyed {
        verb: usize,
        kind: usize,
        namespace: usize,
    },
    Verb(usize),
    Global,
}

impl Scope {
    fn covers(self, action: &Action) -> bool {
        match self {
            Self::Keyed {
                verb,
                kind,
                namespace,
            } => action.verb == verb && action.kind == kind && action.namespace == namespace,
            Self::Verb(verb) => action.verb == verb,
            Self::Global => true,
        }
    }
}

/// One condition of a rule.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Condition {
    Equals(TextField, usize),
    AtLeast(NumberField, usize),
    AtMost(NumberField, usize),
    /// The target's name starts with that application's.
    Named(usize),
    HostNetwork,
}

impl Condition {
    fn holds(self, action: &Action) -> bool {
        match self {
            Self::Equals(field, value) => action.text(field) == value,
            Self::AtLeast(field, bound) => action.number(field) >= bound,
            Self::AtMost(field, bound) => action.number(field) <= bound,
            Self::Named(app) => action.text(TextField::App) == app,
            Self::HostNetwork => action.host_network,
        }
    }
}

/// What a rule does when it applies.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Effect {
    Risk(u8),
    Propose,
    Escalate,
    Forbid,
}

/// A rule.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) scope: Scope,
    pub(crate) conditions: Vec<Condition>,
    pub(crate) effect: Effect,
}

impl Rule {
    /// Tells whether the rule applies to the action.
    pub(crate) fn applies(&self, action: &Action) -> bool {
        self.scope.covers(action)
            && self
                .conditions
                .iter()
                .all(|condition| condition.holds(action))
    }
}

/// What may happen with an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    Execute,
    Propose,
    Escalate,
}

impl Outcome {
    pub(crate) const ALL: [Self; 3] = [Self::Execute, Self::Propose, Self::Escalate];

    /// Returns the verdict of the rules that apply, as the decision page defines it.
    pub(crate) fn of<'r>(applied: impl Iterator<Item = &'r Rule>) -> Self {
        let (mut risk, mut outcome) = (0_usize, Self::Execute);
        for rule in applied {
            let demanded = match rule.effect {
                Effect::Risk(points) => {
                    risk += usize::from(points);
                    Self::Execute
                }
                Effect::Propose => Self::Propose,
                Effect::Escalate | Effect::Forbid => Self::Escalate,
            };
            outcome = outcome.max(demanded);
        }
        outcome.max(match risk {
            0..30 => Self::Execute,
            30..70 => Self::Propose,
            _ => Self::Escalate,
        })
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Execute => "execute",
            Self::Propose => "propose",
            Self::Escalate => "escalate",
        })
    }
}

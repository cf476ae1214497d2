//! A proposed action together with what is known.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::cause::Cause;
use crate::decimal::Decimal;
use crate::effects;
use crate::value::Value;

/// A proposed action together with what is known about it.
///
/// Every part is a [`Value`], so that *absent* (known not to be there) and *unknown* (nobody can
/// say) stay apart. [`Request::default`] knows nothing: every part is unknown, but for the intent and the
/// subresource, which are absent.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The requested verb, a string.
    pub verb: Value,
    /// What it acts on.
    pub target: Target,
    /// `exec`, `scale`, …; absent when none.
    pub subresource: Value,
    /// A map `{id, kind, groups, tenant}`.
    pub principal: Value,
    /// A map `{goal, scope: {namespaces, verbs, kinds, names}, expires}`; absent: no bound.
    pub intent: Value,
    /// The live object; absent when it is known not to exist.
    pub current: Value,
    /// The object as it would be.
    pub proposed: Proposed,
    /// A map `{class, losses, tested}`, derived from verb and kind by whoever builds the request.
    pub rollback: Value,
    /// A map `{pods, share, nodes, namespaces, data}`, derived from the action and the snapshot by whoever builds the request.
    pub impact: Value,
    /// A map `{reason, confidence}`.
    pub request: Value,
    /// A map `{name, environment, region, version, labels}`.
    pub cluster: Value,
    /// A map `{name, labels, annotations}`.
    pub namespace: Value,
    /// The instant of the decision, a time.
    pub now: Value,
    /// Readings by signal name, full or last word; sorted, each once.
    pub signals: Vec<(String, Reading)>,
    /// Other objects of the snapshot, maps.
    pub objects: Vec<Value>,
    /// Of which kinds and namespaces `objects` holds all.
    pub complete: Vec<Complete>,
    /// What the ledger says of budgets.
    pub usage: Vec<Usage>,
    /// What the ledger says of breakers.
    pub breakers: Vec<BreakerFact>,
}

impl Default for Request {
    fn default() -> Self {
        let unknown = |fact: &str| Value::unknown(Cause::NotGiven { fact: fact.into() });
        Self {
            verb: unknown("verb"),
            target: Target {
                group: unknown("target.group"),
                version: unknown("target.version"),
                kind: unknown("target.kind"),
                namespace: unknown("target.namespace"),
                name: unknown("target.name"),
            },
            subresource: Value::Absent,
            principal: unknown("principal"),
            intent: Value::Absent,
            current: unknown("current"),
            proposed: Proposed::FromVerb,
            rollback: unknown("rollback"),
            impact: unknown("impact"),
            request: unknown("request"),
            cluster: unknown("cluster"),
            namespace: unknown("namespace"),
            now: unknown("now"),
            signals: Vec::new(),
            objects: Vec::new(),
            complete: Vec::new(),
            usage: Vec::new(),
            breakers: Vec::new(),
        }
    }
}

impl Request {
    /// Returns the object as it would be: what is given, what a patch makes of the live object, or what the verb does where its effect
    /// is fixed.
    #[must_use]
    pub fn outcome(&self) -> Cow<'_, Value> {
        effects::proposed(self)
    }

    /// Returns whether the verbs of this action follow from everything that `current` and `proposed` hold: one
    /// whose verb has an effect of its own is a `patch` too if the given `proposed` changes more.
    #[must_use]
    pub fn looks_everywhere(&self) -> bool {
        effects::looks_everywhere(self)
    }
}

/// What an action acts on; every part a string, absent, or unknown.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// The API group; the empty string is the core group.
    pub group: Value,
    /// The API version.
    pub version: Value,
    /// The kind.
    pub kind: Value,
    /// The namespace; absent for a cluster-scoped object.
    pub namespace: Value,
    /// The name.
    pub name: Value,
}

/// Where the proposed object comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum Proposed {
    /// Given: an object, absent, or unknown.
    Given(Value),
    /// A JSON merge patch (RFC 7386) on `current`. `null` members are [`Value::Absent`].
    Patch(Value),
    /// Left out: computed from the verb where its effect is fixed (delete, restart, cordon, uncordon), unknown otherwise.
    FromVerb,
}

/// A signal's reading.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The value.
    pub value: Value,
    /// When it was observed.
    pub observed: Option<Timestamp>,
}

/// A kind and namespace of which the snapshot holds all objects.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Complete {
    /// The kind, maybe `group/Kind`.
    pub kind: String,
    /// The namespace; `None` for any.
    pub namespace: Option<String>,
}

/// A key of a budget or breaker.
#[derive(Debug, Clone, PartialEq)]
pub enum LedgerKey {
    /// Every key without an entry of its own.
    Any,
    /// These values of the `by` expressions, in order.
    Values(Vec<Value>),
}

/// How much of a budget's window is used.
#[derive(Debug, Clone, PartialEq)]
pub struct Usage {
    /// The budget's full name.
    pub budget: String,
    /// For which key.
    pub by: LedgerKey,
    /// The sum of spends in the window; `None` is unknown.
    pub used: Option<Decimal>,
}

/// The state of a breaker.
#[derive(Debug, Clone, PartialEq)]
pub struct BreakerFact {
    /// The breaker's full name.
    pub breaker: String,
    /// For which key.
    pub by: LedgerKey,
    /// The state; `None` is unknown.
    pub state: Option<BreakerState>,
    /// Until when an open one is held open.
    pub until: Option<Timestamp>,
}

/// The states of a breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BreakerState {
    /// Actions pass.
    Closed,
    /// Actions are held back.
    Open,
    /// Actions propose until one succeeds.
    HalfOpen,
}

/// Several actions decided as one: shared principal, intent and facts stand in each step.
///
/// The steps come in order; `current` of a step on an object that an earlier step touched is ignored and
/// taken from that step's outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The steps.
    pub steps: Vec<Request>,
}

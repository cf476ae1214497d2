//! Why something is unknown.

use std::fmt;
use std::sync::Arc;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// One reason why nobody can say what a value is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Cause {
    /// A fact of the request was not given: `current`, `namespace.labels`, `now`.
    NotGiven {
        /// The fact's path.
        fact: String,
    },
    /// A declared signal has no reading.
    SignalMissing {
        /// The signal.
        signal: String,
    },
    /// A reading is older than the signal's `fresh`.
    SignalStale {
        /// The signal.
        signal: String,
        /// The age at `now`.
        age: SignedDuration,
        /// The greatest age allowed.
        fresh: SignedDuration,
    },
    /// A reading was observed after `now`.
    SignalFromTheFuture {
        /// The signal.
        signal: String,
    },
    /// A value has another type than the policy needs.
    WrongType {
        /// What was read: a path, or the operation.
        what: String,
        /// The type that was needed.
        expected: String,
        /// The type that was found.
        found: String,
    },
    /// An absent value where a value is needed: ordering, arithmetic, a condition.
    AbsentOperand {
        /// What was read: a path, or the operation.
        what: String,
    },
    /// A number left the range of exact decimals.
    Overflow {
        /// The operation.
        what: String,
    },
    /// A division by zero.
    DivisionByZero,
    /// A function cannot make sense of its argument.
    InvalidArgument {
        /// The function.
        function: String,
        /// Why.
        reason: String,
    },
    /// A limit on work or size was reached.
    LimitReached {
        /// Which limit.
        limit: String,
    },
    /// The snapshot does not say that it holds all objects asked for.
    IncompleteSnapshot {
        /// The kind asked for.
        kind: String,
        /// The namespace asked for, `any` for all.
        namespace: String,
    },
    /// The ledger's use of a budget was not given.
    UsageNotGiven {
        /// The budget and its key.
        budget: String,
    },
    /// The state of a breaker was not given.
    BreakerNotGiven {
        /// The breaker and its key.
        breaker: String,
    },
    /// What the action would change cannot be told.
    EffectUnknown {
        /// The verb that it may imply.
        verb: String,
    },
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotGiven { fact } => write!(f, "`{fact}` was not given"),
            Self::SignalMissing { signal } => write!(f, "signal `{signal}` has no reading"),
            Self::SignalStale { signal, age, fresh } => write!(
                f,
                "signal `{signal}` is {} old, at most {} is fresh",
                crate::text::duration(*age),
                crate::text::duration(*fresh)
            ),
            Self::SignalFromTheFuture { signal } => {
                write!(f, "signal `{signal}` was observed after `now`")
            }
            Self::WrongType {
                what,
                expected,
                found,
            } => write!(f, "{what} is {found} where {expected} is needed"),
            Self::AbsentOperand { what } => write!(f, "{what} is absent where a value is needed"),
            Self::Overflow { what } => write!(f, "{what} leaves the range of exact numbers"),
            Self::DivisionByZero => f.write_str("a division by zero"),
            Self::InvalidArgument { function, reason } => write!(f, "{function}: {reason}"),
            Self::LimitReached { limit } => write!(f, "the limit of {limit} was reached"),
            Self::IncompleteSnapshot { kind, namespace } if namespace == "any" => {
                write!(f, "the snapshot does not hold every {kind}")
            }
            Self::IncompleteSnapshot { kind, namespace } => {
                write!(
                    f,
                    "the snapshot does not hold every {kind} of `{namespace}`"
                )
            }
            Self::UsageNotGiven { budget } => write!(f, "the use of budget {budget} was not given"),
            Self::BreakerNotGiven { breaker } => {
                write!(f, "the state of breaker {breaker} was not given")
            }
            Self::EffectUnknown { verb } => {
                write!(f, "whether the action implies `{verb}` cannot be told")
            }
        }
    }
}

/// A sorted set of causes, never empty, cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Causes(Arc<Vec<Cause>>);

impl Causes {
    /// Iterates over the causes in order.
    pub fn iter(&self) -> impl Iterator<Item = &Cause> {
        self.0.iter()
    }

    /// Returns the set with every cause rewritten.
    pub(crate) fn map(&self, rewrite: impl Fn(Cause) -> Cause) -> Self {
        let mut all: Vec<Cause> = self.0.iter().cloned().map(rewrite).collect();
        all.sort();
        all.dedup();
        Self(Arc::new(all))
    }

    /// Returns the causes as texts, sorted.
    #[must_use]
    pub fn to_texts(&self) -> Vec<String> {
        let mut texts: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        texts.sort();
        texts
    }

    /// Returns the union of both sets.
    #[must_use]
    pub fn union(self, other: &Self) -> Self {
        if self == *other {
            return self;
        }
        let mut all: Vec<Cause> = self.0.iter().chain(other.0.iter()).cloned().collect();
        all.sort();
        all.dedup();
        Self(Arc::new(all))
    }
}

impl From<Cause> for Causes {
    fn from(cause: Cause) -> Self {
        Self(Arc::new(vec![cause]))
    }
}

impl fmt::Display for Causes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, cause) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str(", ")?;
            }
            write!(f, "{cause}")?;
        }
        Ok(())
    }
}

//! Kleene's strong three-valued logic.

use crate::cause::Causes;

/// True, false, or unknown with its causes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Truth {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// Nobody can say.
    Unknown(Causes),
}

impl Truth {
    /// Returns the conjunction: false as soon as one side is.
    ///
    /// ```
    /// use taffrail_runtime::{Cause, Truth};
    ///
    /// let unknown = Truth::Unknown(Cause::DivisionByZero.into());
    /// assert_eq!(Truth::False.and(unknown.clone()), Truth::False);
    /// assert_eq!(Truth::True.and(unknown.clone()), unknown);
    /// ```
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::True, truth) | (truth, Self::True) => truth,
            (Self::Unknown(a), Self::Unknown(b)) => Self::Unknown(a.union(&b)),
        }
    }

    /// Returns the disjunction: true as soon as one side is.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::True, _) | (_, Self::True) => Self::True,
            (Self::False, truth) | (truth, Self::False) => truth,
            (Self::Unknown(a), Self::Unknown(b)) => Self::Unknown(a.union(&b)),
        }
    }

    /// Returns the negation.
    #[must_use]
    #[expect(
        clippy::should_implement_trait,
        reason = "and, or, not belong together as methods of a logic"
    )]
    pub fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            unknown @ Self::Unknown(_) => unknown,
        }
    }
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }
}

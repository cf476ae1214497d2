//! The numbers of coverage.

use super::{Part, PartKind};

/// So many of so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ratio {
    /// How many were exercised.
    pub covered: usize,
    /// How many there are.
    pub of: usize,
}

impl Ratio {
    /// Returns the tenths of a percent, rounded down, so that 1000 means all; 1000 as well when there is nothing.
    #[must_use]
    pub fn permille(self) -> usize {
        self.covered
            .saturating_mul(1000)
            .checked_div(self.of)
            .unwrap_or(1000)
    }

    /// Returns the percentage with one decimal: `97.5`.
    #[must_use]
    pub fn percent(self) -> String {
        let permille = self.permille();
        format!("{}.{}", permille / 10, permille % 10)
    }

    fn plus(self, other: Self) -> Self {
        Self {
            covered: self.covered.saturating_add(other.covered),
            of: self.of.saturating_add(other.of),
        }
    }

    fn add(&mut self, covered: bool) {
        self.covered = self.covered.saturating_add(usize::from(covered));
        self.of = self.of.saturating_add(1);
    }
}

/// How much of a set tests exercise. Rules, clauses and conditions count twice, once for true and once for false; effects
/// once; what is constant not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Truths of rules.
    pub rules: Ratio,
    /// Truths of `on`, `when` and `unless`.
    pub clauses: Ratio,
    /// Truths of conditions inside of clauses, effects and lets.
    pub conditions: Ratio,
    /// Effects.
    pub effects: Ratio,
    /// Rules, clauses and conditions that some test made unknown. They are no part of [`Self::total`].
    pub unknown: Ratio,
}

impl Counts {
    pub(super) fn of(parts: &[Part]) -> Self {
        let mut counts = Self::default();
        for part in parts.iter().filter(|part| !part.constant) {
            let own = match part.kind {
                PartKind::Rule => &mut counts.rules,
                PartKind::On | PartKind::Clause => &mut counts.clauses,
                PartKind::Condition => &mut counts.conditions,
                PartKind::Effect => &mut counts.effects,
            };
            own.add(part.outcomes.yes);
            if part.kind != PartKind::Effect {
                own.add(part.outcomes.no);
                counts.unknown.add(part.outcomes.unknown);
            }
        }
        counts
    }

    /// Returns what the percentage is of: rules, clauses, conditions and effects together.
    #[must_use]
    pub fn total(self) -> Ratio {
        self.rules
            .plus(self.clauses)
            .plus(self.conditions)
            .plus(self.effects)
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            rules: self.rules.plus(other.rules),
            clauses: self.clauses.plus(other.clauses),
            conditions: self.conditions.plus(other.conditions),
            effects: self.effects.plus(other.effects),
            unknown: self.unknown.plus(other.unknown),
        }
    }
}

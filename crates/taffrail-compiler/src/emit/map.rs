//! Where the conditions of a program were written.

use taffrail_runtime::Type;
use taffrail_runtime::program::{ExprId, RuleId};
use taffrail_syntax::Location;

use crate::typed::{self, ExprKind};

/// Where the rules and conditions of a program were written. It stands beside the program and is no part of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceMap {
    /// The place of each rule's name, by [`RuleId`].
    pub rules: Vec<Location>,
    /// What may be true or false, in the order of emission. A place in a `let` or function stands here once for each of its uses.
    pub conditions: Vec<MappedCondition>,
}

/// What became of an expression that may be true or false.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MappedCondition {
    /// Its place.
    pub location: Location,
    /// The rule that it stands in; `None` in a `let`.
    pub rule: Option<RuleId>,
    /// What is evaluated for it; `None` when its value is known while compiling.
    pub expr: Option<ExprId>,
    /// Whether it is the negation of `expr`.
    pub negated: bool,
}

/// The map in the making, with ids of the arena.
#[derive(Debug, Default)]
pub(super) struct Recorder {
    entries: Vec<MappedCondition>,
    /// The rule being emitted.
    pub(super) rule: Option<RuleId>,
}

impl Recorder {
    /// Notes what became of an expression. `inside` tells that it stands in a let.
    pub(super) fn note(&mut self, expr: &typed::Expr, id: ExprId, inside: bool) {
        if !matches!(expr.ty, Type::Bool | Type::Dynamic) {
            return;
        }
        if let ExprKind::Not(inner) = &expr.kind {
            // `a != b` is a negation for us and one condition for who wrote it; a written `not` says nothing that what it
            // negates does not say.
            if inner.location == expr.location
                && let Some(last) = self.entries.last_mut()
                && last.location == expr.location
            {
                last.expr = Some(id);
                last.negated = false;
            }
            return;
        }
        self.push(expr.location, id, inside);
    }

    /// Notes the whole condition of a clause as it is written: without the negation that `unless` is.
    pub(super) fn note_clause(&mut self, expr: &typed::Expr, id: ExprId, is_unless: bool) {
        let known = self
            .entries
            .last()
            .is_some_and(|last| last.location == expr.location);
        if !known {
            self.push(expr.location, id, false);
        }
        if let Some(last) = self.entries.last_mut() {
            last.expr = Some(id);
            last.negated = is_unless;
        }
    }

    fn push(&mut self, location: Location, id: ExprId, inside: bool) {
        self.entries.push(MappedCondition {
            location,
            rule: self.rule.filter(|_| !inside),
            expr: Some(id),
            negated: false,
        });
    }

    /// Returns the conditions with the ids that the program has.
    pub(super) fn finish(self, ids: &[Resolved]) -> Vec<MappedCondition> {
        let mut conditions = self.entries;
        for condition in &mut conditions {
            let resolved = condition.expr.and_then(|id| ids.get(id.0 as usize));
            match resolved {
                Some(Resolved::Kept(id)) => condition.expr = Some(*id),
                Some(Resolved::Negation(id)) => {
                    condition.expr = Some(*id);
                    condition.negated = !condition.negated;
                }
                Some(Resolved::Dropped) | None => condition.expr = None,
            }
        }
        conditions
    }
}

/// What became of an expression of the arena.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resolved {
    /// It is in the program.
    Kept(ExprId),
    /// Only what it negates is in the program.
    Negation(ExprId),
    /// Nothing reads it.
    Dropped,
}

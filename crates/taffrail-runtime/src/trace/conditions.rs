//! Which expressions of a rule are conditions: what stands where a truth is asked for, and what is a truth by its kind.

use std::collections::BTreeSet;

use crate::engine;
use crate::program::{Expr, ExprId, QuantifierKind, Rule};

/// What is asked of an expression where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Position {
    /// Whether it holds.
    Condition,
    /// Its value.
    Value,
}

/// Returns the conditions of a rule, constants left out.
#[must_use]
pub fn conditions(exprs: &[Expr], rule: &Rule) -> BTreeSet<ExprId> {
    let mut found = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut open: Vec<(ExprId, Position)> = roots(rule);
    while let Some((id, position)) = open.pop() {
        let Some(expr) = exprs.get(id.0 as usize) else {
            continue;
        };
        if !seen.insert((id, position == Position::Condition)) {
            continue;
        }
        if is_condition(expr, position) {
            found.insert(id);
        }
        match expr {
            Expr::Quantifier(quantifier) => {
                open.push((quantifier.over, Position::Value));
                open.extend(
                    quantifier
                        .filter
                        .map(|filter| (filter, Position::Condition)),
                );
                open.extend(
                    quantifier
                        .body
                        .map(|body| (body, counts_truths(quantifier.kind))),
                );
            }
            Expr::If(condition, yes, no) => {
                open.extend([
                    (*condition, Position::Condition),
                    (*yes, position),
                    (*no, position),
                ]);
            }
            other => {
                let inside = position_of_operands(other);
                other.for_each_operand(|operand| open.push((operand, inside)));
            }
        }
    }
    found
}

/// Returns the expressions that a rule itself names, and what it asks of them.
pub(super) fn roots(rule: &Rule) -> Vec<(ExprId, Position)> {
    engine::roots(rule)
        .into_iter()
        .enumerate()
        .map(|(at, id)| {
            // The conditions come first.
            let position = if at < rule.conditions.len() {
                Position::Condition
            } else {
                Position::Value
            };
            (id, position)
        })
        .collect()
}

/// Returns what is asked of the body of a quantifier.
pub(super) fn counts_truths(kind: QuantifierKind) -> Position {
    match kind {
        QuantifierKind::Every
        | QuantifierKind::Some
        | QuantifierKind::No
        | QuantifierKind::Count => Position::Condition,
        QuantifierKind::Sum | QuantifierKind::Min | QuantifierKind::Max => Position::Value,
    }
}

/// Returns what is asked of the operands of an expression that binds nothing and chooses nothing.
pub(super) fn position_of_operands(expr: &Expr) -> Position {
    match expr {
        Expr::Not(_) | Expr::And(_) | Expr::Or(_) => Position::Condition,
        _ => Position::Value,
    }
}

pub(super) fn is_condition(expr: &Expr, position: Position) -> bool {
    match expr {
        Expr::Constant(_) => false,
        Expr::Not(_)
        | Expr::And(_)
        | Expr::Or(_)
        | Expr::Compare(..)
        | Expr::In(..)
        | Expr::Like(..)
        | Expr::Matches(..)
        | Expr::IsAbsent(_)
        | Expr::Known(_)
        | Expr::Changed(_) => true,
        Expr::Quantifier(quantifier) => {
            position == Position::Condition
                || matches!(
                    quantifier.kind,
                    QuantifierKind::Every | QuantifierKind::Some | QuantifierKind::No
                )
        }
        Expr::Slot(_)
        | Expr::Local(_)
        | Expr::Signal(_)
        | Expr::Field(..)
        | Expr::Index(..)
        | Expr::View { .. }
        | Expr::Quantity(_)
        | Expr::Coalesce(..)
        | Expr::Arithmetic(..)
        | Expr::Negate(_)
        | Expr::If(..)
        | Expr::List(_)
        | Expr::Map(_)
        | Expr::Call(..)
        | Expr::Changes
        | Expr::Objects { .. } => position == Position::Condition,
    }
}

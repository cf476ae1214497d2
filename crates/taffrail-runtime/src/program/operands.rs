//! The direct operands of expressions.

use super::{Expr, ExprId};

impl Expr {
    /// Calls `found` with each direct operand, in order.
    pub fn for_each_operand(&self, mut found: impl FnMut(ExprId)) {
        match self {
            Self::Constant(_)
            | Self::Slot(_)
            | Self::Local(_)
            | Self::Signal(_)
            | Self::Changed(_)
            | Self::Changes => {}
            Self::Field(a, _)
            | Self::Quantity(a)
            | Self::Not(a)
            | Self::Matches(a, _)
            | Self::IsAbsent(a)
            | Self::Negate(a)
            | Self::Known(a) => found(*a),
            Self::Index(a, b)
            | Self::Compare(_, a, b)
            | Self::In(a, b)
            | Self::Like(a, b)
            | Self::Coalesce(a, b)
            | Self::Arithmetic(_, a, b) => [*a, *b].into_iter().for_each(found),
            Self::View { object, kind, .. } => [*object, *kind].into_iter().for_each(found),
            Self::If(a, b, c) => [*a, *b, *c].into_iter().for_each(found),
            Self::And(all) | Self::Or(all) | Self::List(all) | Self::Call(_, all) => {
                all.iter().copied().for_each(found);
            }
            Self::Map(entries) => entries.iter().for_each(|(_, value)| found(*value)),
            Self::Quantifier(quantifier) => {
                found(quantifier.over);
                quantifier.filter.into_iter().for_each(&mut found);
                quantifier.body.into_iter().for_each(found);
            }
            Self::Objects {
                namespace, labels, ..
            } => [*namespace, *labels].into_iter().flatten().for_each(found),
        }
    }

    /// Calls `found` with the place of each direct operand, in order.
    pub fn for_each_operand_mut(&mut self, mut found: impl FnMut(&mut ExprId)) {
        match self {
            Self::Constant(_)
            | Self::Slot(_)
            | Self::Local(_)
            | Self::Signal(_)
            | Self::Changed(_)
            | Self::Changes => {}
            Self::Field(a, _)
            | Self::Quantity(a)
            | Self::Not(a)
            | Self::Matches(a, _)
            | Self::IsAbsent(a)
            | Self::Negate(a)
            | Self::Known(a) => found(a),
            Self::Index(a, b)
            | Self::Compare(_, a, b)
            | Self::In(a, b)
            | Self::Like(a, b)
            | Self::Coalesce(a, b)
            | Self::Arithmetic(_, a, b) => [a, b].into_iter().for_each(found),
            Self::View { object, kind, .. } => [object, kind].into_iter().for_each(found),
            Self::If(a, b, c) => [a, b, c].into_iter().for_each(found),
            Self::And(all) | Self::Or(all) | Self::List(all) | Self::Call(_, all) => {
                all.iter_mut().for_each(found);
            }
            Self::Map(entries) => entries.iter_mut().for_each(|(_, value)| found(value)),
            Self::Quantifier(quantifier) => {
                found(&mut quantifier.over);
                quantifier.filter.iter_mut().for_each(&mut found);
                quantifier.body.iter_mut().for_each(found);
            }
            Self::Objects {
                namespace, labels, ..
            } => [namespace, labels].into_iter().flatten().for_each(found),
        }
    }

    /// Returns the direct operands, in order.
    #[must_use]
    pub fn operands(&self) -> Vec<ExprId> {
        let mut operands = Vec::new();
        self.for_each_operand(|operand| operands.push(operand));
        operands
    }
}

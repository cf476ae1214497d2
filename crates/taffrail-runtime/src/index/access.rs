//! The predicates under which a rule can hang.

use crate::decimal::Decimal;
use crate::index::target::Key;
use crate::index::value::{Bound, Operand};
use crate::program::{CompareOp, Expr, ExprId, ProgramData};
use crate::value::Value;

/// A predicate that must not be false for a rule to apply.
#[derive(Debug)]
pub(crate) enum Access {
    /// Verb, kind and namespace are one of these.
    Target(Vec<Key>),
    /// A fact equals one of these.
    Equal(Operand, Vec<Constant>),
    /// A fact is beyond a number.
    Bound(Operand, Bound),
}

/// A constant that facts are looked up by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Constant {
    /// A string.
    Text(Box<str>),
    /// A number.
    Number(Decimal),
    /// A truth value.
    Bool(bool),
}

impl Constant {
    fn of(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(Self::Text(text.clone())),
            Value::Number(number) => Some(Self::Number(*number)),
            Value::Bool(holds) => Some(Self::Bool(*holds)),
            _ => None,
        }
    }
}

/// Adds the access predicates that a condition implies; operands of `and` count each.
pub(super) fn of_condition(data: &ProgramData, id: ExprId, offers: &mut Vec<Access>) {
    match data.exprs.get(id.0 as usize) {
        Some(Expr::And(operands)) => {
            for operand in operands {
                of_condition(data, *operand, offers);
            }
        }
        Some(Expr::Compare(op, a, b)) => offers.extend(of_comparison(data, *op, *a, *b)),
        Some(Expr::In(needle, list)) => offers.extend(of_membership(data, *needle, *list)),
        _ => {}
    }
}

fn of_comparison(data: &ProgramData, op: CompareOp, a: ExprId, b: ExprId) -> Option<Access> {
    let (operand, constant, flipped) = match (operand(data, a), constant(data, b)) {
        (Some(operand), Some(value)) => (operand, value, false),
        _ => (operand(data, b)?, constant(data, a)?, true),
    };
    let number = |bound: fn(Decimal) -> Bound| match constant {
        Value::Number(number) => Some(Access::Bound(operand, bound(*number))),
        _ => None,
    };
    match (op, flipped) {
        (CompareOp::Equal, _) => Some(Access::Equal(operand, vec![Constant::of(constant)?])),
        (CompareOp::Greater | CompareOp::GreaterOrEqual, false)
        | (CompareOp::Less | CompareOp::LessOrEqual, true) => number(Bound::AtLeast),
        (CompareOp::Less | CompareOp::LessOrEqual, false)
        | (CompareOp::Greater | CompareOp::GreaterOrEqual, true) => number(Bound::AtMost),
    }
}

fn of_membership(data: &ProgramData, needle: ExprId, list: ExprId) -> Option<Access> {
    let operand = operand(data, needle)?;
    let constants = match data.exprs.get(list.0 as usize)? {
        Expr::Constant(Value::List(items)) => {
            items.iter().map(Constant::of).collect::<Option<Vec<_>>>()?
        }
        Expr::List(items) => items
            .iter()
            .map(|item| constant(data, *item).and_then(Constant::of))
            .collect::<Option<Vec<_>>>()?,
        _ => return None,
    };
    (!constants.is_empty()).then_some(Access::Equal(operand, constants))
}

fn operand(data: &ProgramData, id: ExprId) -> Option<Operand> {
    match data.exprs.get(id.0 as usize)? {
        Expr::Slot(slot) => Some(Operand::Slot(*slot)),
        Expr::Signal(signal) => Some(Operand::Signal(*signal)),
        _ => None,
    }
}

fn constant(data: &ProgramData, id: ExprId) -> Option<&Value> {
    match data.exprs.get(id.0 as usize)? {
        Expr::Constant(value) => Some(value),
        _ => None,
    }
}

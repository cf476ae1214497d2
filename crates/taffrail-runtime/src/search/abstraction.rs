//! What an expression comes to over an interval of numbers at once.

use std::borrow::Cow;

use crate::compare;
use crate::decimal::Decimal;
use crate::eval::Val;
use crate::program::CompareOp;
use crate::trace::Outcomes;
use crate::truth::Truth;
use crate::value::Value;

/// What is known of a value that depends on a number of which only an interval is known.
#[derive(Debug, Clone)]
pub(super) enum Abstract<'a> {
    /// It is this one, whichever the number.
    Same(Val<'a>),
    /// It is the same but for the number in it: how it looks at both ends.
    Ends(Val<'a>, Val<'a>),
    /// A number that is neither below the first nor above the second.
    Between(Decimal, Decimal),
    /// A truth, one of these.
    Truths(Outcomes),
    /// Anything, maybe absent, maybe unknown.
    Any,
}

/// Every truth is possible.
pub(super) const OPEN: Outcomes = Outcomes {
    yes: true,
    no: true,
    unknown: true,
};

impl<'a> Abstract<'a> {
    /// Returns what lies between two values of the same thing, one at each end of the interval.
    pub(super) fn of_ends(low: Val<'a>, high: Val<'a>) -> Self {
        match (&*low, &*high) {
            (Value::Number(a), Value::Number(b)) if a != b => Self::Between(*a.min(b), *a.max(b)),
            (Value::Unknown(_) | Value::Absent | Value::Bool(_), _)
            | (_, Value::Unknown(_) | Value::Absent | Value::Bool(_))
                if low != high =>
            {
                Self::Any
            }
            _ if low == high => Self::Same(low),
            _ => Self::Ends(low, high),
        }
    }

    pub(super) fn is_same(&self) -> bool {
        matches!(self, Self::Same(_))
    }

    /// Returns the least and the greatest number that it can be, if it is a number.
    pub(super) fn numbers(&self) -> Option<(Decimal, Decimal)> {
        match self {
            Self::Between(low, high) => Some((*low, *high)),
            Self::Same(value) => match &**value {
                Value::Number(number) => Some((*number, *number)),
                _ => None,
            },
            Self::Ends(..) | Self::Truths(_) | Self::Any => None,
        }
    }

    /// Returns what it can be as a condition.
    pub(super) fn truths(&self) -> Outcomes {
        match self {
            Self::Truths(truths) => *truths,
            Self::Same(value) => outcome(&match &**value {
                Value::Bool(holds) => (*holds).into(),
                other => unknown_of(other),
            }),
            // Structures and numbers are no conditions.
            Self::Ends(..) | Self::Between(..) => Outcomes {
                unknown: true,
                ..Outcomes::default()
            },
            Self::Any => OPEN,
        }
    }

    /// Returns what it is at both ends, where that says all of it.
    pub(super) fn map_ends(self, part: impl Fn(&Value) -> Value) -> Self {
        match self {
            Self::Same(value) => Self::Same(Cow::Owned(part(&value))),
            Self::Ends(low, high) => Self::of_ends(Cow::Owned(part(&low)), Cow::Owned(part(&high))),
            Self::Between(..) | Self::Truths(_) | Self::Any => Self::Any,
        }
    }

    /// Returns what is known of a value that is one of two.
    pub(super) fn either(self, other: Self) -> Self {
        if let (Some((a, b)), Some((c, d))) = (self.numbers(), other.numbers()) {
            return Self::Between(a.min(c), b.max(d));
        }
        match (self, other) {
            (Self::Same(a), Self::Same(b)) if a == b => Self::Same(a),
            (a @ (Self::Truths(_) | Self::Same(_)), b @ (Self::Truths(_) | Self::Same(_))) => {
                let is_truth = |one: &Self| match one {
                    Self::Same(value) => matches!(&**value, Value::Bool(_)),
                    other => matches!(other, Self::Truths(_)),
                };
                if is_truth(&a) && is_truth(&b) {
                    Self::Truths(a.truths().join(b.truths()))
                } else {
                    Self::Any
                }
            }
            _ => Self::Any,
        }
    }
}

/// Returns the one truth as a set of one.
pub(super) fn outcome(truth: &Truth) -> Outcomes {
    let mut outcomes = Outcomes::default();
    outcomes.add(truth);
    outcomes
}

/// A value that is no bool is no condition: nobody can say.
fn unknown_of(value: &Value) -> Truth {
    match value {
        Value::Unknown(causes) => Truth::Unknown(causes.clone()),
        _ => Truth::Unknown(
            crate::cause::Cause::AbsentOperand {
                what: String::new(),
            }
            .into(),
        ),
    }
}

/// Returns what the conjunction of any of these with any of those can be.
pub(super) fn and(a: Outcomes, b: Outcomes) -> Outcomes {
    Outcomes {
        yes: a.yes && b.yes,
        no: a.no || b.no,
        unknown: (a.unknown && (b.unknown || b.yes)) || (b.unknown && a.yes),
    }
}

/// Returns what the disjunction of any of these with any of those can be.
pub(super) fn or(a: Outcomes, b: Outcomes) -> Outcomes {
    and(a.negated(), b.negated()).negated()
}

/// Compares what is known of two values.
pub(super) fn compare(op: CompareOp, a: &Abstract<'_>, b: &Abstract<'_>) -> Outcomes {
    if let (Some(left), Some(right)) = (a.numbers(), b.numbers()) {
        return numbers(op, left, right);
    }
    match (a, b) {
        (Abstract::Same(a), Abstract::Same(b)) => outcome(&values(op, a, b)),
        // Every number compares alike with what is none.
        (Abstract::Between(low, _), Abstract::Same(b)) => {
            outcome(&values(op, &Value::Number(*low), b))
        }
        (Abstract::Same(a), Abstract::Between(low, _)) => {
            outcome(&values(op, a, &Value::Number(*low)))
        }
        _ => OPEN,
    }
}

fn values(op: CompareOp, a: &Value, b: &Value) -> Truth {
    if op == CompareOp::Equal {
        return compare::equal(a, b);
    }
    if let Some(absent) = [a, b].into_iter().find(|value| **value == Value::Absent) {
        return unknown_of(absent);
    }
    match compare::order(a, b, "<") {
        Ok(order) => holds(op, order).into(),
        Err(causes) => Truth::Unknown(causes),
    }
}

fn holds(op: CompareOp, order: std::cmp::Ordering) -> bool {
    match op {
        CompareOp::Equal => order.is_eq(),
        CompareOp::Less => order.is_lt(),
        CompareOp::LessOrEqual => order.is_le(),
        CompareOp::Greater => order.is_gt(),
        CompareOp::GreaterOrEqual => order.is_ge(),
    }
}

fn numbers(op: CompareOp, a: (Decimal, Decimal), b: (Decimal, Decimal)) -> Outcomes {
    let (yes, no) = match op {
        CompareOp::Equal => (a.0 <= b.1 && b.0 <= a.1, !(a.0 == b.1 && a.1 == b.0)),
        CompareOp::Less => (a.0 < b.1, a.1 >= b.0),
        CompareOp::LessOrEqual => (a.0 <= b.1, a.1 > b.0),
        CompareOp::Greater => (a.1 > b.0, a.0 <= b.1),
        CompareOp::GreaterOrEqual => (a.1 >= b.0, a.0 < b.1),
    };
    Outcomes {
        yes,
        no,
        unknown: false,
    }
}

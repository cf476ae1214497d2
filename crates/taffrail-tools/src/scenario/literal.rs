//! Literals of a `given` as values.

use jiff::SignedDuration;
use taffrail_runtime::{Decimal, Type, Value, quantity, text};
use taffrail_syntax::ast::{Expr, ExprKind, UnaryOp};

/// Returns a literal as a fact. A lone `5m` is minutes where a duration is expected.
pub(crate) fn fact(expr: &Expr, expected: Option<&Type>) -> Option<Value> {
    Some(match &expr.kind {
        ExprKind::Bool(truth) => Value::Bool(*truth),
        ExprKind::String(string) => match expected {
            Some(Type::Time) => Value::Time(text::parse_time(string)?),
            Some(Type::Duration) => Value::Duration(text::parse_duration(string)?),
            _ => Value::string(string.as_str()),
        },
        ExprKind::Number { digits, suffix } => {
            if suffix == "m" && expected == Some(&Type::Duration) {
                return text::parse_duration(&format!("{digits}m")).map(Value::Duration);
            }
            Value::Number(number(digits, suffix)?)
        }
        ExprKind::Duration(written) => Value::Duration(text::parse_duration(written)?),
        ExprKind::Time(written) => Value::Time(text::parse_time(written)?),
        ExprKind::Unary(UnaryOp::Neg, inner) => match fact(inner, expected)? {
            Value::Number(number) => Value::Number(number.neg()),
            Value::Duration(duration) => Value::Duration(duration.checked_neg()?),
            _ => return None,
        },
        _ => return None,
    })
}

/// Returns a literal as a field of a Kubernetes object, where quantities, percentages and times are strings.
pub(crate) fn field(expr: &Expr) -> Option<Value> {
    Some(match &expr.kind {
        ExprKind::Number { digits, suffix } if !suffix.is_empty() => {
            Value::string(format!("{digits}{suffix}"))
        }
        ExprKind::Duration(written) | ExprKind::Time(written) => Value::string(written.as_str()),
        ExprKind::Unary(UnaryOp::Neg, inner) => match field(inner)? {
            Value::Number(number) => Value::Number(number.neg()),
            Value::String(text) => Value::string(format!("-{text}")),
            _ => return None,
        },
        _ => fact(expr, None)?,
    })
}

/// Returns a literal as a duration.
pub(crate) fn duration(expr: &Expr) -> Option<SignedDuration> {
    match fact(expr, Some(&Type::Duration))? {
        Value::Duration(duration) => Some(duration),
        _ => None,
    }
}

fn number(digits: &str, suffix: &str) -> Option<Decimal> {
    match suffix {
        "" => Decimal::parse(digits),
        "%" => Decimal::parse(digits)?.checked_mul(Decimal::new(1, 2)?),
        _ => quantity::parse(&format!("{digits}{suffix}")),
    }
}

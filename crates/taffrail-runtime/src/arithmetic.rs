//! Arithmetic on values. It is exact or unknown; only division rounds.

use jiff::{SignedDuration, Timestamp};

use crate::cause::Cause;
use crate::compare::{cause_of_operand, causes_of_operands, different_types};
use crate::decimal::Decimal;
use crate::limits;
use crate::value::Value;

/// Returns the sum: of numbers, of durations, of a time and a duration; two strings or two lists are
/// joined.
///
/// ```
/// # use taffrail_runtime::{Value, arithmetic};
/// let text = arithmetic::add(&Value::string("a"), &Value::string("b"));
/// assert_eq!(text, Value::string("ab"));
/// ```
#[must_use]
pub fn add(a: &Value, b: &Value) -> Value {
    if let Some(causes) = causes_of_operands(a, b, "+") {
        return Value::Unknown(causes);
    }
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => number(a.checked_add(*b), "+"),
        (Value::Duration(a), Value::Duration(b)) => duration(a.checked_add(*b), "+"),
        (Value::Time(time), Value::Duration(by)) | (Value::Duration(by), Value::Time(time)) => {
            instant(time.checked_add(*by).ok(), "+")
        }
        (Value::String(a), Value::String(b)) => limits::text(format!("{a}{b}")),
        (Value::List(a), Value::List(b)) => limits::list(a.iter().chain(b).cloned()),
        _ => Value::Unknown(different_types(a, b, "+")),
    }
}

/// Returns the difference: of numbers, of durations, of a time and a duration; the difference of
/// two times is a duration.
///
/// ```
/// # use jiff::SignedDuration;
/// # use taffrail_runtime::{Value, arithmetic, text};
/// let time = |text| Value::Time(text::parse_time(text).unwrap());
/// let age = arithmetic::sub(&time("2026-12-21"), &time("2026-12-20"));
/// assert_eq!(age, Value::Duration(SignedDuration::from_hours(24)));
/// ```
#[must_use]
pub fn sub(a: &Value, b: &Value) -> Value {
    if let Some(causes) = causes_of_operands(a, b, "-") {
        return Value::Unknown(causes);
    }
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => number(a.checked_sub(*b), "-"),
        (Value::Duration(a), Value::Duration(b)) => duration(a.checked_sub(*b), "-"),
        (Value::Time(a), Value::Time(b)) => Value::Duration(a.duration_since(*b)),
        (Value::Time(time), Value::Duration(by)) => instant(time.checked_sub(*by).ok(), "-"),
        _ => Value::Unknown(different_types(a, b, "-")),
    }
}

/// Returns the product: of numbers, or of a number and a duration, rounded half to even at the
/// nanosecond.
#[must_use]
pub fn mul(a: &Value, b: &Value) -> Value {
    if let Some(causes) = causes_of_operands(a, b, "*") {
        return Value::Unknown(causes);
    }
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => number(a.checked_mul(*b), "*"),
        (Value::Number(by), Value::Duration(of)) | (Value::Duration(of), Value::Number(by)) => {
            let nanos = nanos(*of).and_then(|nanos| nanos.checked_mul(*by));
            duration(nanos.and_then(from_nanos), "*")
        }
        _ => Value::Unknown(different_types(a, b, "*")),
    }
}

/// Returns the quotient: of numbers or of durations, rounded half to even at the ninth decimal; of a
/// duration and a number, rounded half to even at the nanosecond.
#[must_use]
pub fn div(a: &Value, b: &Value) -> Value {
    if let Some(causes) = causes_of_operands(a, b, "/") {
        return Value::Unknown(causes);
    }
    match (a, b) {
        (Value::Number(_) | Value::Duration(_), Value::Number(by)) if *by == Decimal::ZERO => {
            Value::unknown(Cause::DivisionByZero)
        }
        (Value::Duration(_), Value::Duration(by)) if by.is_zero() => {
            Value::unknown(Cause::DivisionByZero)
        }
        (Value::Number(a), Value::Number(b)) => number(a.checked_div(*b), "/"),
        (Value::Duration(a), Value::Number(b)) => {
            let nanos = nanos(*a).and_then(|nanos| nanos.checked_div(*b));
            duration(nanos.and_then(from_nanos), "/")
        }
        (Value::Duration(a), Value::Duration(b)) => {
            let quotient = nanos(*a).zip(nanos(*b)).and_then(|(a, b)| a.checked_div(b));
            number(quotient, "/")
        }
        _ => Value::Unknown(different_types(a, b, "/")),
    }
}

/// Returns the remainder of a division that rounds towards zero, so with the sign of `a`.
#[must_use]
pub fn rem(a: &Value, b: &Value) -> Value {
    if let Some(causes) = causes_of_operands(a, b, "%") {
        return Value::Unknown(causes);
    }
    match (a, b) {
        (Value::Number(_), Value::Number(by)) if *by == Decimal::ZERO => {
            Value::unknown(Cause::DivisionByZero)
        }
        (Value::Number(a), Value::Number(b)) => number(a.checked_rem(*b), "%"),
        _ => Value::Unknown(different_types(a, b, "%")),
    }
}

/// Returns the number or duration with the other sign.
#[must_use]
pub fn neg(value: &Value) -> Value {
    if let Some(causes) = cause_of_operand(value, "-") {
        return Value::Unknown(causes);
    }
    match value {
        Value::Number(of) => Value::Number(of.neg()),
        Value::Duration(of) => duration(of.checked_neg(), "-"),
        _ => Value::unknown(Cause::WrongType {
            what: "the operand of `-`".into(),
            expected: "a number".into(),
            found: value.type_name().into(),
        }),
    }
}

fn number(result: Option<Decimal>, operator: &str) -> Value {
    result.map_or_else(|| overflow(operator), Value::Number)
}

fn duration(result: Option<SignedDuration>, operator: &str) -> Value {
    result.map_or_else(|| overflow(operator), Value::Duration)
}

fn instant(result: Option<Timestamp>, operator: &str) -> Value {
    result.map_or_else(|| overflow(operator), Value::Time)
}

fn overflow(operator: &str) -> Value {
    Value::unknown(Cause::Overflow {
        what: format!("`{operator}`"),
    })
}

pub(crate) fn nanos(duration: SignedDuration) -> Option<Decimal> {
    Decimal::new(duration.as_nanos(), 0)
}

pub(crate) fn from_nanos(nanos: Decimal) -> Option<SignedDuration> {
    SignedDuration::try_from_nanos_i128(nanos.round_half_even().to_i128()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text;

    fn value(text: &str) -> Value {
        if let Some(number) = Decimal::parse(text) {
            return Value::Number(number);
        }
        if let Some(duration) = text::parse_duration(text) {
            return Value::Duration(duration);
        }
        match text::parse_time(text) {
            Some(time) => Value::Time(time),
            None => Value::string(text),
        }
    }

    #[test]
    fn each_operator_knows_its_types() {
        type Operation = fn(&Value, &Value) -> Value;
        let cases: [(&str, Operation, &str, &str); 19] = [
            ("0.1", add, "0.2", "0.3"),
            ("1m", add, "30s", "1m30s"),
            ("2026-12-20", add, "1d", "2026-12-21T00:00:00Z"),
            ("1d", add, "2026-12-20", "2026-12-21T00:00:00Z"),
            ("a", add, "b", "ab"),
            ("1", sub, "0.9", "0.1"),
            ("2026-12-20", sub, "12h", "2026-12-19T12:00:00Z"),
            ("2026-12-20", sub, "2026-12-21", "-1d"),
            ("1m", sub, "90s", "-30s"),
            ("1.5", mul, "4", "6"),
            ("1m", mul, "1.5", "1m30s"),
            ("1.5", mul, "1m", "1m30s"),
            ("10", div, "4", "2.5"),
            ("1h", div, "4", "15m"),
            ("1h", div, "40m", "1.5"),
            ("7", rem, "3", "1"),
            ("-7.5", rem, "2", "-1.5"),
            ("1s", div, "3", "333.333333ms"),
            ("x", add, "", "x"),
        ];
        for (a, operate, b, result) in cases {
            assert_eq!(
                operate(&value(a), &value(b)).render(),
                result,
                "{a} and {b}"
            );
        }
        assert_eq!(neg(&value("1h")).render(), "-1h");
        let list = |items: &[i64]| {
            Value::List(
                items
                    .iter()
                    .map(|n| Value::Number(Decimal::from(*n)))
                    .collect(),
            )
        };
        assert_eq!(add(&list(&[1]), &list(&[2, 3])), list(&[1, 2, 3]));
    }

    #[test]
    fn what_cannot_be_computed_is_unknown_with_its_cause() {
        let huge = Value::Number(Decimal::parse(&i128::MAX.to_string()).unwrap());
        let text = Value::string("a".repeat(limits::TEXT));
        let unknown = Value::unknown(Cause::NotGiven { fact: "now".into() });
        let reasons = [
            add(&huge, &value("1")),
            mul(&huge, &value("1h")),
            add(&Value::Duration(SignedDuration::MAX), &value("1s")),
            neg(&Value::Duration(SignedDuration::MIN)),
            add(&value("2026-12-20"), &value("9999999d")),
            div(&value("1"), &value("0")),
            rem(&value("1"), &value("0")),
            div(&value("1h"), &value("0s")),
            add(&value("1"), &value("a")),
            mul(&value("1h"), &value("1h")),
            sub(&value("1"), &Value::Absent),
            add(&unknown, &Value::Absent),
            neg(&Value::Bool(true)),
            add(&text, &value("b")),
        ]
        .map(|value| value.render())
        .join("\n");
        insta::assert_snapshot!(reasons, @r#"
        unknown (`+` leaves the range of exact numbers)
        unknown (`*` leaves the range of exact numbers)
        unknown (`+` leaves the range of exact numbers)
        unknown (`-` leaves the range of exact numbers)
        unknown (`+` leaves the range of exact numbers)
        unknown (a division by zero)
        unknown (a division by zero)
        unknown (a division by zero)
        unknown (one side of `+` is a string where a number is needed)
        unknown (one side of `*` is a duration where another type is needed)
        unknown (one side of `-` is absent where a value is needed)
        unknown (`now` was not given, one side of `+` is absent where a value is needed)
        unknown (the operand of `-` is a bool where a number is needed)
        unknown (the limit of 1 MiB of computed text was reached)
        "#);
    }
}

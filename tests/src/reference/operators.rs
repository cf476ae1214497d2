//! Order and arithmetic of values: exact, or unknown.

use std::cmp::Ordering;

use jiff::Timestamp;
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Zero;

use super::number;
use super::value::{Truth, Value, order};

pub(crate) fn ordered(a: &Value, b: &Value, test: fn(Ordering) -> bool) -> Truth {
    order(a, b).map_or(Truth::Unknown, |order| Truth::of(test(order)))
}

pub(crate) fn negate(value: &Value) -> Value {
    match value {
        Value::Number(of) => Value::Number(-of),
        Value::Duration(of) => Value::Duration(-of),
        _ => Value::Unknown,
    }
}

pub(crate) fn add(a: &Value, b: &Value) -> Value {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => computed(a + b),
        (Value::Duration(a), Value::Duration(b)) => Value::Duration(a + b),
        (Value::Time(time), Value::Duration(by)) | (Value::Duration(by), Value::Time(time)) => {
            moved(*time, *by)
        }
        (Value::Text(a), Value::Text(b)) => Value::Text(format!("{a}{b}")),
        (Value::List(a), Value::List(b)) => Value::List(a.iter().chain(b).cloned().collect()),
        _ => Value::Unknown,
    }
}

pub(crate) fn subtract(a: &Value, b: &Value) -> Value {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => computed(a - b),
        (Value::Duration(a), Value::Duration(b)) => Value::Duration(a - b),
        (Value::Time(a), Value::Time(b)) => Value::Duration(a.as_nanosecond() - b.as_nanosecond()),
        (Value::Time(time), Value::Duration(by)) => moved(*time, -by),
        _ => Value::Unknown,
    }
}

pub(crate) fn multiply(a: &Value, b: &Value) -> Value {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => computed(a * b),
        (Value::Number(by), Value::Duration(of)) | (Value::Duration(of), Value::Number(by)) => {
            span(fraction(*of) * by)
        }
        _ => Value::Unknown,
    }
}

pub(crate) fn divide(a: &Value, b: &Value) -> Value {
    let number = |quotient: Option<BigRational>| quotient.map_or(Value::Unknown, Value::Number);
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => number(number::divide(a, b)),
        (Value::Duration(a), Value::Duration(b)) => {
            number(number::divide(&fraction(*a), &fraction(*b)))
        }
        (Value::Duration(a), Value::Number(b)) if !b.is_zero() => span(fraction(*a) / b),
        _ => Value::Unknown,
    }
}

pub(crate) fn remainder(a: &Value, b: &Value) -> Value {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) if !b.is_zero() => computed(a - (a / b).trunc() * b),
        _ => Value::Unknown,
    }
}

fn computed(number: BigRational) -> Value {
    number::in_range(number).map_or(Value::Unknown, Value::Number)
}

fn fraction(nanos: i128) -> BigRational {
    BigRational::from(BigInt::from(nanos))
}

/// A span of time is whole nanoseconds.
fn span(nanos: BigRational) -> Value {
    number::whole(&number::half_to_even(&nanos)).map_or(Value::Unknown, Value::Duration)
}

fn moved(time: Timestamp, by: i128) -> Value {
    Timestamp::from_nanosecond(time.as_nanosecond() + by).map_or(Value::Unknown, Value::Time)
}

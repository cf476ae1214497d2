//! Functions over numbers and what can be ordered or added.

use jiff::SignedDuration;

use super::Builtin;
use super::call::{Outcome, invalid, wrong_type};
use crate::cause::{Cause, Causes};
use crate::compare;
use crate::decimal::Decimal;
use crate::value::Value;

/// The causes found so far. All elements are looked at, so that their order does not matter.
#[derive(Default)]
struct Trouble(Option<Causes>);

impl Trouble {
    fn add(&mut self, causes: &Causes) {
        self.0 = Some(match self.0.take() {
            Some(all) => all.union(causes),
            None => causes.clone(),
        });
    }
}

pub(super) fn sum(items: &Value) -> Outcome {
    let items = match items {
        Value::Absent => return Ok(Value::Number(Decimal::ZERO)),
        Value::List(items) => items,
        other => return Err(wrong_type(Builtin::Sum, "a list", other)),
    };
    let mut numbers = Vec::with_capacity(items.len());
    let mut nanos: Vec<Decimal> = Vec::new();
    let mut trouble = Trouble::default();
    for item in items {
        match item {
            Value::Number(number) => numbers.push(*number),
            Value::Duration(duration) => nanos.extend(Decimal::new(duration.as_nanos(), 0)),
            Value::Unknown(causes) => trouble.add(causes),
            other => trouble.add(&wrong_type(Builtin::Sum, "a number", other)),
        }
    }
    if let (Some(_), Some(_)) = (numbers.first(), nanos.first()) {
        let duration = Value::Duration(SignedDuration::ZERO);
        trouble.add(&wrong_type(Builtin::Sum, "a number", &duration));
    }
    if let Some(causes) = trouble.0 {
        return Err(causes);
    }
    let total = if nanos.is_empty() {
        Decimal::sum(numbers).map(Value::Number)
    } else {
        Decimal::sum(nanos)
            .and_then(Decimal::to_i128)
            .and_then(SignedDuration::try_from_nanos_i128)
            .map(Value::Duration)
    };
    total.ok_or_else(|| overflow(Builtin::Sum))
}

/// `min` or `max` of one list, or of several arguments.
pub(super) fn extreme(builtin: Builtin, arguments: &[&Value]) -> Outcome {
    match arguments {
        [Value::Absent] => Ok(Value::Absent),
        [Value::List(items)] => extreme_of(builtin, items.iter()),
        [] => Err(invalid(builtin, "cannot take 0 arguments".into())),
        [other] => Err(wrong_type(builtin, "a list", other)),
        several => extreme_of(builtin, several.iter().copied()),
    }
}

fn extreme_of<'a>(builtin: Builtin, items: impl Iterator<Item = &'a Value>) -> Outcome {
    let mut best: Option<&Value> = None;
    let mut trouble = Trouble::default();
    for item in items {
        // A single element is ordered with itself, so that what has no order never passes.
        match compare::order(item, best.unwrap_or(item), builtin.name()) {
            Ok(order) => {
                let is_better = match builtin {
                    Builtin::Min => order.is_lt(),
                    _ => order.is_gt(),
                };
                if best.is_none() || is_better {
                    best = Some(item);
                }
            }
            Err(causes) => trouble.add(&causes),
        }
    }
    match trouble.0 {
        Some(causes) => Err(causes),
        None => Ok(best.cloned().unwrap_or(Value::Absent)),
    }
}

pub(super) fn abs(value: &Value) -> Outcome {
    match value {
        Value::Number(number) => Ok(Value::Number(number.abs())),
        Value::Duration(duration) if duration.is_negative() => duration
            .checked_neg()
            .map(Value::Duration)
            .ok_or_else(|| overflow(Builtin::Abs)),
        Value::Duration(duration) => Ok(Value::Duration(*duration)),
        other => Err(wrong_type(Builtin::Abs, "a number", other)),
    }
}

/// `ceil` or `floor`.
pub(super) fn rounded(builtin: Builtin, value: &Value) -> Outcome {
    match (builtin, value) {
        (Builtin::Floor, Value::Number(number)) => Ok(Value::Number(number.floor())),
        (_, Value::Number(number)) => Ok(Value::Number(number.ceil())),
        (_, other) => Err(wrong_type(builtin, "a number", other)),
    }
}

/// An int-or-string of Kubernetes: a whole number, or a text with a percentage of the total.
pub(super) fn portion(value: &Value, total: &Value, rounding: &Value) -> Outcome {
    let builtin = Builtin::Portion;
    let Value::Number(total) = total else {
        return Err(wrong_type(builtin, "a number", total));
    };
    let down = match rounding {
        Value::Absent => false,
        Value::String(word) if &**word == "up" => false,
        Value::String(word) if &**word == "down" => true,
        Value::String(word) => {
            return Err(invalid(
                builtin,
                format!("rounding is `up` or `down`, not `{word}`"),
            ));
        }
        other => return Err(wrong_type(builtin, "a string", other)),
    };
    let text = match value {
        Value::Number(number) => return Ok(Value::Number(*number)),
        Value::String(text) => text,
        other => return Err(wrong_type(builtin, "a number or a percentage", other)),
    };
    let refusal = || {
        invalid(
            builtin,
            format!("`{text}` is not a whole number or a percentage"),
        )
    };
    let Some(percent) = text.strip_suffix('%') else {
        let number = Decimal::parse(text).filter(|number| number.is_integer());
        return number.map(Value::Number).ok_or_else(refusal);
    };
    let percent = Decimal::parse(percent).ok_or_else(refusal)?;
    let hundredth = Decimal::new(1, 2);
    let part = hundredth
        .and_then(|hundredth| percent.checked_mul(hundredth))
        .and_then(|share| share.checked_mul(*total))
        .ok_or_else(|| overflow(builtin))?;
    Ok(Value::Number(if down { part.floor() } else { part.ceil() }))
}

fn overflow(builtin: Builtin) -> Causes {
    Cause::Overflow {
        what: format!("`{}`", builtin.name()),
    }
    .into()
}

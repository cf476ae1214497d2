//! Functions over lists and maps.

use super::Builtin;
use super::call::{Outcome, union, wrong_type};
use crate::cause::Causes;
use crate::decimal::Decimal;
use crate::value::Value;

/// Unlike `len` this asks about elements, so an unknown one makes the answer unknown.
pub(super) fn count(items: &Value) -> Outcome {
    match items {
        Value::Absent => Ok(Value::Number(Decimal::ZERO)),
        Value::List(items) => {
            all_known(items.iter())?;
            Ok(size(items.len()))
        }
        Value::Map(map) => {
            all_known(map.present().map(|(_, value)| value))?;
            Ok(size(map.present().count()))
        }
        other => Err(wrong_type(Builtin::Count, "a list", other)),
    }
}

pub(super) fn len(of: &Value) -> Outcome {
    match of {
        Value::Absent => Ok(Value::Number(Decimal::ZERO)),
        Value::String(text) => Ok(size(text.chars().count())),
        Value::List(items) => Ok(size(items.len())),
        Value::Map(map) => {
            all_known(map.present().map(|(_, value)| value))?;
            Ok(size(map.present().count()))
        }
        other => Err(wrong_type(Builtin::Len, "a string, list or map", other)),
    }
}

pub(super) fn keys(map: &Value) -> Outcome {
    match map {
        Value::Absent => Ok(Value::Absent),
        Value::Map(map) => {
            all_known(map.present().map(|(_, value)| value))?;
            let keys = map.present().map(|(key, _)| Value::string(key));
            Ok(Value::List(keys.collect()))
        }
        other => Err(wrong_type(Builtin::Keys, "a map", other)),
    }
}

pub(super) fn values(map: &Value) -> Outcome {
    match map {
        Value::Absent => Ok(Value::Absent),
        Value::Map(map) => {
            all_known(map.present().map(|(_, value)| value))?;
            let values = map.present().map(|(_, value)| value.clone());
            Ok(Value::List(values.collect()))
        }
        other => Err(wrong_type(Builtin::Values, "a map", other)),
    }
}

/// A member of a map that is unknown may be absent, and then it is none.
fn all_known<'a>(items: impl Iterator<Item = &'a Value>) -> Result<(), Causes> {
    let causes = items.filter_map(|item| match item {
        Value::Unknown(causes) => Some(causes),
        _ => None,
    });
    union(causes).map_or(Ok(()), Err)
}

fn size(count: usize) -> Value {
    Value::Number(Decimal::from(u64::try_from(count).unwrap_or(u64::MAX)))
}

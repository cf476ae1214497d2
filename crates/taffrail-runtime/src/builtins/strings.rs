//! Functions over texts.

use super::Builtin;
use super::call::{Outcome, invalid, string, union, wrong_type};
use crate::decimal::Decimal;
use crate::limits;
use crate::quantity;
use crate::text;
use crate::value::Value;

/// Applies a function to a text; an absent text stays absent.
fn mapped(builtin: Builtin, value: &Value, map: impl Fn(&str) -> Outcome) -> Outcome {
    match value {
        Value::Absent => Ok(Value::Absent),
        value => map(string(builtin, value)?),
    }
}

/// Asks a question about two texts, false where one is absent.
pub(super) fn test(
    builtin: Builtin,
    text: &Value,
    part: &Value,
    ask: fn(&str, &str) -> bool,
) -> Outcome {
    let holds = match (text, part) {
        (Value::Absent, Value::Absent) => false,
        (Value::Absent, other) | (other, Value::Absent) => {
            string(builtin, other)?;
            false
        }
        (text, part) => ask(string(builtin, text)?, string(builtin, part)?),
    };
    Ok(Value::Bool(holds))
}

pub(super) fn lower(text: &Value) -> Outcome {
    mapped(Builtin::Lower, text, |text| {
        Ok(limits::text(text.to_lowercase()))
    })
}

pub(super) fn upper(text: &Value) -> Outcome {
    mapped(Builtin::Upper, text, |text| {
        Ok(limits::text(text.to_uppercase()))
    })
}

pub(super) fn trim(text: &Value) -> Outcome {
    mapped(Builtin::Trim, text, |text| Ok(Value::string(text.trim())))
}

pub(super) fn split(text: &Value, separator: &Value) -> Outcome {
    let separator = string(Builtin::Split, separator)?;
    if separator.is_empty() {
        return Err(invalid(Builtin::Split, "the separator is empty".into()));
    }
    mapped(Builtin::Split, text, |text| {
        Ok(limits::list(text.split(separator).map(Value::string)))
    })
}

pub(super) fn replace(text: &Value, old: &Value, new: &Value) -> Outcome {
    let old = string(Builtin::Replace, old)?;
    let new = string(Builtin::Replace, new)?;
    if old.is_empty() {
        return Err(invalid(
            Builtin::Replace,
            "the text to replace is empty".into(),
        ));
    }
    mapped(Builtin::Replace, text, |text| {
        let pieces = text.split(old);
        Ok(joined(pieces, new).unwrap_or_else(too_long))
    })
}

pub(super) fn join(items: &Value, separator: &Value) -> Outcome {
    let separator = string(Builtin::Join, separator)?;
    let items = match items {
        Value::Absent => return Ok(Value::Absent),
        Value::List(items) => items,
        other => return Err(wrong_type(Builtin::Join, "a list", other)),
    };
    let mut pieces = Vec::with_capacity(items.len());
    let mut trouble = Vec::new();
    for item in items {
        match item {
            Value::String(piece) => pieces.push(&**piece),
            Value::Unknown(causes) => trouble.push(causes.clone()),
            other => trouble.push(wrong_type(Builtin::Join, "a string", other)),
        }
    }
    if let Some(causes) = union(trouble.iter()) {
        return Err(causes);
    }
    Ok(joined(pieces.into_iter(), separator).unwrap_or_else(too_long))
}

/// Joins pieces without ever building more than the limit.
fn joined<'a>(pieces: impl Iterator<Item = &'a str>, separator: &str) -> Option<Value> {
    let mut text = String::new();
    for (at, piece) in pieces.enumerate() {
        if at > 0 {
            text.push_str(separator);
        }
        text.push_str(piece);
        if text.len() > limits::TEXT {
            return None;
        }
    }
    Some(Value::string(text))
}

fn too_long() -> Value {
    limits::reached("1 MiB of computed text")
}

pub(super) fn to_number(value: &Value) -> Outcome {
    match value {
        Value::Absent => Ok(Value::Absent),
        Value::Number(number) => Ok(Value::Number(*number)),
        value => {
            let text = string(Builtin::ToNumber, value)?;
            let number = match text.strip_suffix('%') {
                Some(percent) => Decimal::parse(percent)
                    .zip(Decimal::new(1, 2))
                    .and_then(|(percent, hundredth)| percent.checked_mul(hundredth)),
                None => Decimal::parse(text).or_else(|| quantity::parse(text)),
            };
            number
                .map(Value::Number)
                .ok_or_else(|| invalid(Builtin::ToNumber, format!("`{text}` is not a number")))
        }
    }
}

pub(super) fn to_time(value: &Value) -> Outcome {
    match value {
        Value::Absent => Ok(Value::Absent),
        Value::Time(time) => Ok(Value::Time(*time)),
        value => {
            let text = string(Builtin::ToTime, value)?;
            text::parse_time(text).map(Value::Time).ok_or_else(|| {
                invalid(
                    Builtin::ToTime,
                    format!("`{text}` is not an instant with its offset"),
                )
            })
        }
    }
}

pub(super) fn to_duration(value: &Value) -> Outcome {
    match value {
        Value::Absent => Ok(Value::Absent),
        Value::Duration(duration) => Ok(Value::Duration(*duration)),
        value => {
            let text = string(Builtin::ToDuration, value)?;
            text::parse_duration(text)
                .map(Value::Duration)
                .ok_or_else(|| invalid(Builtin::ToDuration, format!("`{text}` is not a duration")))
        }
    }
}

pub(super) fn parse_json(value: &Value) -> Outcome {
    mapped(Builtin::ParseJson, value, |text| {
        if text.len() > limits::TEXT {
            return Ok(limits::reached("1 MiB of JSON"));
        }
        let value = Value::from_json_slice(text.as_bytes())
            .map_err(|error| invalid(Builtin::ParseJson, error.to_string()))?;
        if depth_exceeds(&value, limits::DEPTH) {
            return Ok(limits::reached("64 levels of JSON"));
        }
        Ok(value)
    })
}

fn depth_exceeds(value: &Value, limit: usize) -> bool {
    let Some(below) = limit.checked_sub(1) else {
        return matches!(value, Value::List(_) | Value::Map(_));
    };
    match value {
        Value::List(items) => items.iter().any(|item| depth_exceeds(item, below)),
        Value::Map(map) => map.iter().any(|(_, value)| depth_exceeds(value, below)),
        _ => false,
    }
}

pub(super) fn base64_decode(value: &Value) -> Outcome {
    let builtin = Builtin::Base64Decode;
    mapped(builtin, value, |text| {
        let bytes = decode(text).ok_or_else(|| invalid(builtin, "this is not base64".into()))?;
        let text = String::from_utf8(bytes)
            .map_err(|_| invalid(builtin, "what is encoded is not text".into()))?;
        Ok(limits::text(text))
    })
}

/// Decodes the standard alphabet with padding (RFC 4648, section 4). Like the decoder of Kubernetes
/// this skips line breaks; unlike it, bits that the last character cannot carry must be zero, so that
/// no two texts mean the same bytes.
fn decode(text: &str) -> Option<Vec<u8>> {
    let symbols: Vec<u8> = text
        .bytes()
        .filter(|byte| !b"\r\n".contains(byte))
        .collect();
    let mut bytes = Vec::new();
    let mut groups = symbols.chunks(4).peekable();
    while let Some(group) = groups.next() {
        let data: &[u8] = match group {
            [a, b, b'=', b'='] => &[*a, *b],
            [a, b, c, b'='] => &[*a, *b, *c],
            [_, _, _, _] => group,
            _ => return None,
        };
        if data.len() < 4 && groups.peek().is_some() {
            return None;
        }
        let mut bits: u32 = 0;
        for symbol in data {
            bits = (bits << 6) | u32::from(sextet(*symbol)?);
        }
        let [_, a, b, c] = match data.len() {
            2 => bits << 12,
            3 => bits << 6,
            _ => bits,
        }
        .to_be_bytes();
        match data.len() {
            2 if b == 0 && c == 0 => bytes.push(a),
            3 if c == 0 => bytes.extend([a, b]),
            4 => bytes.extend([a, b, c]),
            _ => return None,
        }
    }
    Some(bytes)
}

fn sextet(symbol: u8) -> Option<u8> {
    let (first, base) = match symbol {
        b'A'..=b'Z' => (b'A', 0),
        b'a'..=b'z' => (b'a', 26),
        b'0'..=b'9' => (b'0', 52),
        b'+' => (b'+', 62),
        b'/' => (b'/', 63),
        _ => return None,
    };
    symbol.checked_sub(first)?.checked_add(base)
}

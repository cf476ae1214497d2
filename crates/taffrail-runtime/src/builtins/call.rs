//! Calls of the built-in functions on values.

use std::borrow::Cow;

use super::{Builtin, collections, labels, numbers, strings};
use crate::cause::{Cause, Causes};
use crate::membership;
use crate::text;
use crate::truth::Truth;
use crate::value::Cidr;
use crate::value::Image;
use crate::value::Semver;
use crate::value::Value;
use crate::value::Window;

/// Returns the result of a function, which depends on nothing but the arguments.
///
/// An unknown argument makes the result unknown, with the causes of all arguments; so do a wrong
/// type, a wrong number of arguments, and a result beyond the limits. The special forms are unknown
/// here.
///
/// ```
/// # use std::borrow::Cow;
/// # use taffrail_runtime::builtins::{Builtin, call};
/// # use taffrail_runtime::{Decimal, Value};
/// let argument = Cow::Owned(Value::string("500m"));
/// let half = Value::Number(Decimal::parse("0.5").unwrap());
/// assert_eq!(call(Builtin::ToNumber, &[argument]), half);
/// ```
#[must_use]
pub fn call(builtin: Builtin, arguments: &[Cow<'_, Value>]) -> Value {
    if let Some(causes) = unknown_arguments(arguments) {
        return Value::Unknown(causes);
    }
    let arguments: Vec<&Value> = arguments.iter().map(AsRef::as_ref).collect();
    dispatch(builtin, &arguments).unwrap_or_else(Value::Unknown)
}

/// The result of a function, or why nobody can say.
pub(super) type Outcome = Result<Value, Causes>;

fn dispatch(builtin: Builtin, arguments: &[&Value]) -> Outcome {
    match (builtin, arguments) {
        (Builtin::Count, [items]) => collections::count(items),
        (Builtin::Sum, [items]) => numbers::sum(items),
        (Builtin::Min, arguments) => numbers::extreme(builtin, arguments),
        (Builtin::Max, arguments) => numbers::extreme(builtin, arguments),
        (Builtin::Abs, [value]) => numbers::abs(value),
        (Builtin::Ceil, [value]) => numbers::rounded(builtin, value),
        (Builtin::Floor, [value]) => numbers::rounded(builtin, value),
        (Builtin::Portion, [value, total]) => numbers::portion(value, total, &Value::Absent),
        (Builtin::Portion, [value, total, rounding]) => numbers::portion(value, total, rounding),
        (Builtin::Len, [of]) => collections::len(of),
        (Builtin::Keys, [map]) => collections::keys(map),
        (Builtin::Values, [map]) => collections::values(map),
        (Builtin::Contains, [whole, part]) => contains(whole, part),
        (Builtin::Lower, [text]) => strings::lower(text),
        (Builtin::Upper, [text]) => strings::upper(text),
        (Builtin::Trim, [text]) => strings::trim(text),
        (Builtin::Split, [text, separator]) => strings::split(text, separator),
        (Builtin::Replace, [text, old, new]) => strings::replace(text, old, new),
        (Builtin::Join, [items, separator]) => strings::join(items, separator),
        (Builtin::StartsWith, [text, prefix]) => {
            strings::test(builtin, text, prefix, |text, prefix| {
                text.starts_with(prefix)
            })
        }
        (Builtin::EndsWith, [text, suffix]) => {
            strings::test(builtin, text, suffix, |text, suffix| text.ends_with(suffix))
        }
        (Builtin::ToNumber, [text]) => strings::to_number(text),
        (Builtin::ToTime, [text]) => strings::to_time(text),
        (Builtin::ToDuration, [text]) => strings::to_duration(text),
        (Builtin::ParseJson, [text]) => strings::parse_json(text),
        (Builtin::Base64Decode, [text]) => strings::base64_decode(text),
        (Builtin::Selects, [selector, labels]) => truth(labels::selects(selector, labels)?),
        (Builtin::Image, [reference]) => parsed(builtin, reference, |text| {
            Image::parse(text).map(|image| Value::Image(Box::new(image)))
        }),
        (Builtin::Cidr, [range]) => {
            parsed(builtin, range, |text| Cidr::parse(text).map(Value::Cidr))
        }
        (Builtin::Semver, [version]) => parsed(builtin, version, |text| {
            Semver::parse(text).map(|version| Value::Semver(Box::new(version)))
        }),
        (Builtin::Window, [start, end, zone]) => window(
            builtin,
            [&point(builtin, start)?, &point(builtin, end)?],
            zone,
            Window::dated,
        ),
        (Builtin::Daily, [from, to, zone]) => {
            let points = [string(builtin, from)?, string(builtin, to)?];
            window(builtin, points, zone, Window::daily)
        }
        (Builtin::Weekly, [from, to, zone]) => {
            let points = [string(builtin, from)?, string(builtin, to)?];
            window(builtin, points, zone, Window::weekly)
        }
        (Builtin::Changed | Builtin::Changes | Builtin::Known | Builtin::Objects, _) => {
            Err(invalid(builtin, "needs a request".into()))
        }
        // The checker counts arguments, so this answers only a damaged saved program.
        (
            Builtin::Count
            | Builtin::Sum
            | Builtin::Abs
            | Builtin::Ceil
            | Builtin::Floor
            | Builtin::Portion
            | Builtin::Len
            | Builtin::Keys
            | Builtin::Values
            | Builtin::Contains
            | Builtin::Lower
            | Builtin::Upper
            | Builtin::Trim
            | Builtin::Split
            | Builtin::Replace
            | Builtin::Join
            | Builtin::StartsWith
            | Builtin::EndsWith
            | Builtin::ToNumber
            | Builtin::ToTime
            | Builtin::ToDuration
            | Builtin::ParseJson
            | Builtin::Base64Decode
            | Builtin::Selects
            | Builtin::Image
            | Builtin::Cidr
            | Builtin::Semver
            | Builtin::Window
            | Builtin::Daily
            | Builtin::Weekly,
            _,
        ) => Err(invalid(
            builtin,
            format!("cannot take {} arguments", arguments.len()),
        )),
    }
}

fn unknown_arguments(arguments: &[Cow<'_, Value>]) -> Option<Causes> {
    let causes = arguments.iter().filter_map(|argument| match &**argument {
        Value::Unknown(causes) => Some(causes),
        _ => None,
    });
    union(causes)
}

/// Returns the union of all causes, or `None` if there are none.
pub(super) fn union<'a>(causes: impl Iterator<Item = &'a Causes>) -> Option<Causes> {
    causes.fold(None, |all, causes| match all {
        Some(all) => Some(Causes::union(all, causes)),
        None => Some(causes.clone()),
    })
}

/// A part of a text, or else what `in` finds.
fn contains(whole: &Value, part: &Value) -> Outcome {
    match (whole, part) {
        (Value::String(_), Value::String(_) | Value::Absent) => {
            strings::test(Builtin::Contains, whole, part, |whole, part| {
                whole.contains(part)
            })
        }
        (Value::String(_), part) => Err(wrong_type(Builtin::Contains, "a string", part)),
        (whole, part) => truth(membership::contains(whole, part)),
    }
}

/// Reads a text with a parser; an absent text is an absent result.
fn parsed(builtin: Builtin, text: &Value, parse: fn(&str) -> Result<Value, String>) -> Outcome {
    if *text == Value::Absent {
        return Ok(Value::Absent);
    }
    parse(string(builtin, text)?).map_err(|reason| invalid(builtin, reason))
}

fn window(
    builtin: Builtin,
    [from, to]: [&str; 2],
    zone: &Value,
    build: fn(&str, &str, &str) -> Result<Window, String>,
) -> Outcome {
    build(from, to, string(builtin, zone)?)
        .map(|window| Value::Window(Box::new(window)))
        .map_err(|reason| invalid(builtin, reason))
}

/// Returns the text of a window's start or end; a text stays as written, so that a date is midnight
/// of the window's zone.
fn point(builtin: Builtin, value: &Value) -> Result<String, Causes> {
    match value {
        Value::Time(instant) => Ok(text::time(*instant)),
        value => string(builtin, value).map(Into::into),
    }
}

pub(super) fn truth(truth: Truth) -> Outcome {
    match truth {
        Truth::True => Ok(Value::Bool(true)),
        Truth::False => Ok(Value::Bool(false)),
        Truth::Unknown(causes) => Err(causes),
    }
}

pub(super) fn string(builtin: Builtin, value: &Value) -> Result<&str, Causes> {
    match value {
        Value::String(text) => Ok(text),
        value => Err(wrong_type(builtin, "a string", value)),
    }
}

pub(super) fn wrong_type(builtin: Builtin, expected: &str, found: &Value) -> Causes {
    let what = format!("an argument of `{}`", builtin.name());
    let cause = match found {
        Value::Absent => Cause::AbsentOperand { what },
        found => Cause::WrongType {
            what,
            expected: expected.into(),
            found: found.type_name().into(),
        },
    };
    cause.into()
}

pub(super) fn invalid(builtin: Builtin, reason: String) -> Causes {
    Cause::InvalidArgument {
        function: builtin.name().into(),
        reason,
    }
    .into()
}

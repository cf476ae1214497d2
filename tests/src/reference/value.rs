//! Values of the reference evaluator: numbers are exact fractions, and an unknown has no cause.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use ipnet::IpNet;
use jiff::Timestamp;
use num_rational::BigRational;
use semver::Version;
use taffrail_runtime::Value as Fact;

use super::number;
use super::text;
use super::window::Window;

/// Three-valued truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Truth {
    True,
    False,
    Unknown,
}

impl Truth {
    pub(crate) fn of(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }

    pub(crate) fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }

    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::True, Self::True) => Self::True,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
        }
    }

    pub(crate) fn or(self, other: Self) -> Self {
        self.not().and(other.not()).not()
    }

    pub(crate) fn all(truths: impl IntoIterator<Item = Self>) -> Self {
        truths.into_iter().fold(Self::True, Self::and)
    }

    pub(crate) fn any(truths: impl IntoIterator<Item = Self>) -> Self {
        truths.into_iter().fold(Self::False, Self::or)
    }

    pub(crate) fn value(self) -> Value {
        match self {
            Self::True => Value::Bool(true),
            Self::False => Value::Bool(false),
            Self::Unknown => Value::Unknown,
        }
    }
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Absent,
    Unknown,
    Bool(bool),
    Number(BigRational),
    /// In nanoseconds.
    Duration(i128),
    Time(Timestamp),
    Text(String),
    List(Vec<Value>),
    Map(BTreeMap<String, Value>),
    Image(BTreeMap<&'static str, String>),
    Cidr(IpNet),
    Semver(Version),
    Window(Window),
}

impl Value {
    pub(crate) fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    /// Reads a fact of a request. These are plain data; the computed kinds of values never come in.
    pub(crate) fn of_fact(fact: &Fact) -> Self {
        match fact {
            Fact::Absent => Self::Absent,
            Fact::Unknown(_) => Self::Unknown,
            Fact::Bool(value) => Self::Bool(*value),
            Fact::Number(value) => Self::Number(number::parse(&value.to_string()).unwrap()),
            Fact::Duration(value) => Self::Duration(value.as_nanos()),
            Fact::Time(value) => Self::Time(*value),
            Fact::String(value) => Self::Text(value.to_string()),
            Fact::List(items) => Self::List(items.iter().map(Self::of_fact).collect()),
            Fact::Map(map) => Self::Map(
                map.iter()
                    .map(|(key, value)| (key.to_owned(), Self::of_fact(value)))
                    .collect(),
            ),
            Fact::Image(_) | Fact::Cidr(_) | Fact::Semver(_) | Fact::Window(_) => Self::Unknown,
        }
    }

    pub(crate) fn is_unknown(&self) -> bool {
        *self == Self::Unknown
    }

    /// In a boolean position everything but a bool is unknown, absent too.
    pub(crate) fn truth(&self) -> Truth {
        match self {
            Self::Bool(value) => Truth::of(*value),
            _ => Truth::Unknown,
        }
    }

    pub(crate) fn field(&self, key: &str) -> Self {
        match self {
            Self::Absent => Self::Absent,
            Self::Map(map) => map.get(key).cloned().unwrap_or(Self::Absent),
            Self::Image(parts) => parts.get(key).map_or(Self::Absent, |part| Self::text(part)),
            Self::Window(window) => window.field(key),
            _ => Self::Unknown,
        }
    }

    pub(crate) fn path(&self, keys: &[&str]) -> Self {
        keys.iter()
            .fold(self.clone(), |value, key| value.field(key))
    }

    /// As [`Self::path`], but nothing is below what is no map: for the effects of an action.
    pub(crate) fn part(&self, keys: &[&str]) -> Self {
        keys.iter().fold(self.clone(), |value, key| match value {
            Self::Map(_) | Self::Unknown => value.field(key),
            _ => Self::Absent,
        })
    }
}

/// Tells whether two values are equal.
pub(crate) fn equal(a: &Value, b: &Value) -> Truth {
    use Value::{
        Absent, Bool, Cidr, Duration, Image, List, Map, Number, Semver, Text, Time, Unknown, Window,
    };
    match (a, b) {
        (Unknown, _) | (_, Unknown) => Truth::Unknown,
        (List(a), List(b)) if a.len() != b.len() => Truth::False,
        (List(a), List(b)) => Truth::all(a.iter().zip(b).map(|(a, b)| equal(a, b))),
        (Map(a), Map(b)) => Truth::all(a.keys().chain(b.keys()).map(|key| {
            match (a.get(key).unwrap_or(&Absent), b.get(key).unwrap_or(&Absent)) {
                (Absent, Absent) => Truth::True,
                (a, b) => equal(a, b),
            }
        })),
        (Absent, _) | (_, Absent) => Truth::False,
        (Bool(_), Bool(_))
        | (Number(_), Number(_))
        | (Duration(_), Duration(_))
        | (Time(_), Time(_))
        | (Text(_), Text(_))
        | (Image(_), Image(_))
        | (Cidr(_), Cidr(_))
        | (Window(_), Window(_)) => Truth::of(a == b),
        (Semver(a), Semver(b)) => Truth::of(a.cmp_precedence(b).is_eq()),
        _ => match read_alike(a, b) {
            Some((a, b)) => equal(&a, &b),
            None => Truth::Unknown,
        },
    }
}

/// Returns which value comes first; `None` when nobody can say.
pub(crate) fn order(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => Some(a.cmp(b)),
        (Value::Text(a), Value::Text(b)) => Some(a.as_bytes().cmp(b.as_bytes())),
        (Value::Duration(a), Value::Duration(b)) => Some(a.cmp(b)),
        (Value::Time(a), Value::Time(b)) => Some(a.cmp(b)),
        (Value::Semver(a), Value::Semver(b)) => Some(a.cmp_precedence(b)),
        _ => {
            let (a, b) = read_alike(a, b)?;
            order(&a, &b)
        }
    }
}

/// A text beside a time, duration or version is read as one.
fn read_alike(a: &Value, b: &Value) -> Option<(Value, Value)> {
    let read = |text: &str, model: &Value| match model {
        Value::Time(_) => text::time(text).map(Value::Time),
        Value::Duration(_) => text::duration(text).map(Value::Duration),
        Value::Semver(_) => text::version(text).map(Value::Semver),
        _ => None,
    };
    match (a, b) {
        (Value::Text(text), model) => Some((read(text, model)?, b.clone())),
        (model, Value::Text(text)) => Some((a.clone(), read(text, model)?)),
        _ => None,
    }
}

/// Tells whether two values differ; here two absents are alike.
pub(crate) fn differ(a: &Value, b: &Value) -> Truth {
    use Value::{Absent, List, Map, Unknown};
    match (a, b) {
        (Unknown, _) | (_, Unknown) => Truth::Unknown,
        (Absent, Absent) => Truth::False,
        (Absent, _) | (_, Absent) => Truth::True,
        (Map(a), Map(b)) => Truth::any(
            a.keys()
                .chain(b.keys())
                .map(|key| differ(a.get(key).unwrap_or(&Absent), b.get(key).unwrap_or(&Absent))),
        ),
        (List(a), List(b)) if a.len() != b.len() => Truth::True,
        (List(a), List(b)) => Truth::any(a.iter().zip(b).map(|(a, b)| differ(a, b))),
        _ => Truth::of(a != b),
    }
}

/// Tells whether a haystack holds a needle.
pub(crate) fn holds(haystack: &Value, needle: &Value) -> Truth {
    match (haystack, needle) {
        (Value::Unknown, _) => Truth::Unknown,
        (Value::Absent, _) => Truth::False,
        (Value::List(items), _) => Truth::any(items.iter().map(|item| equal(item, needle))),
        (_, Value::Unknown) => Truth::Unknown,
        (_, Value::Absent) => Truth::False,
        (Value::Map(map), Value::Text(key)) => {
            // What is unknown may be absent.
            match map.get(key) {
                Some(Value::Unknown) => Truth::Unknown,
                Some(Value::Absent) | None => Truth::False,
                Some(_) => Truth::True,
            }
        }
        (Value::Window(window), Value::Time(at)) => Truth::of(window.holds(*at)),
        (Value::Window(window), Value::Text(at)) => {
            text::time(at).map_or(Truth::Unknown, |at| Truth::of(window.holds(at)))
        }
        (Value::Cidr(range), Value::Cidr(other)) => Truth::of(range.contains(other)),
        (Value::Cidr(range), Value::Text(other)) => {
            text::range(other).map_or(Truth::Unknown, |other| Truth::of(range.contains(&other)))
        }
        _ => Truth::Unknown,
    }
}

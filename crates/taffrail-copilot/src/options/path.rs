//! A place in an object.

use std::fmt;

use taffrail_runtime::{Decimal, Map, Value, quantity};

/// The way from an object to a value in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct Path(Vec<Part>);

/// A step on the way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Part {
    /// Into a map.
    Key(String),
    /// Into a list.
    At(usize),
}

impl Path {
    /// Reads `spec.replicas`, `spec.template.spec.containers[0].image`, `metadata.labels["app.kubernetes.io/name"]`.
    pub(crate) fn parse(text: &str) -> Self {
        let mut parts = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            if let Some((inside, after)) = rest
                .strip_prefix('[')
                .and_then(|inside| inside.split_once(']'))
            {
                parts.push(match inside.parse() {
                    Ok(at) => Part::At(at),
                    Err(_) => Part::Key(inside.trim_matches('"').to_owned()),
                });
                rest = after.trim_start_matches('.');
            } else {
                let end = rest.find(['.', '[']).unwrap_or(rest.len());
                let (key, after) = rest.split_at(end);
                parts.push(Part::Key(key.to_owned()));
                rest = after.trim_start_matches('.');
            }
        }
        Self(parts)
    }

    pub(crate) fn of_keys<'k>(keys: impl IntoIterator<Item = &'k String>) -> Self {
        Self(keys.into_iter().cloned().map(Part::Key).collect())
    }

    pub(crate) fn below(&self, part: Part) -> Self {
        let mut parts = self.0.clone();
        parts.push(part);
        Self(parts)
    }

    pub(crate) fn parts(&self) -> &[Part] {
        &self.0
    }

    /// Returns the keys on the way, without positions in lists.
    pub(crate) fn keys(&self) -> Vec<&str> {
        let keys = self.0.iter().filter_map(|part| match part {
            Part::Key(key) => Some(key.as_str()),
            Part::At(_) => None,
        });
        keys.collect()
    }

    /// Returns what stands there.
    pub(crate) fn of<'v>(&self, object: &'v Value) -> Option<&'v Value> {
        self.0
            .iter()
            .try_fold(object, |value, part| match (value, part) {
                (Value::Map(map), Part::Key(key)) => map.get(key),
                (Value::List(items), Part::At(at)) => items.get(*at),
                _ => None,
            })
    }

    /// Returns the number that stands there, or that the quantity there says.
    pub(crate) fn number(&self, object: &Value) -> Option<Decimal> {
        match self.of(object)? {
            Value::Number(number) => Some(*number),
            Value::String(text) => quantity::parse(text),
            _ => None,
        }
    }

    /// Returns the object with another value there; absent takes a member away. Maps on the way are made, lists are not.
    pub(crate) fn set(&self, object: &Value, value: Value) -> Option<Value> {
        set(&self.0, object, value)
    }
}

fn set(parts: &[Part], object: &Value, value: Value) -> Option<Value> {
    let Some((part, rest)) = parts.split_first() else {
        return Some(value);
    };
    match (object, part) {
        (Value::Map(_) | Value::Absent, Part::Key(key)) => {
            let mut map = match object {
                Value::Map(map) => map.clone(),
                _ => Map::default(),
            };
            match set(rest, map.get(key).unwrap_or(&Value::Absent), value)? {
                Value::Absent => {
                    map.remove(key);
                }
                inner => map.insert(key.as_str(), inner),
            }
            Some(Value::Map(map))
        }
        (Value::List(items), Part::At(at)) => {
            let mut items = items.clone();
            let item = items.get_mut(*at)?;
            *item = set(rest, item, value)?;
            Some(Value::List(items))
        }
        _ => None,
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, part) in self.0.iter().enumerate() {
            match part {
                Part::At(index) => write!(f, "[{index}]")?,
                Part::Key(key)
                    if !key.is_empty()
                        && key
                            .chars()
                            .all(|letter| letter.is_alphanumeric() || letter == '_') =>
                {
                    write!(f, "{}{key}", if at == 0 { "" } else { "." })?;
                }
                Part::Key(key) => write!(f, "[\"{key}\"]")?,
            }
        }
        Ok(())
    }
}

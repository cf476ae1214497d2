//! The elements of what quantifiers run over, and the paths at which objects differ.

use std::collections::BTreeMap;

use crate::reference::number;
use crate::reference::value::{Truth, Value, differ};

/// A member of what a quantifier runs over.
pub(crate) struct Member {
    pub(crate) key: Value,
    pub(crate) value: Value,
    /// A member of a map that is unknown may be absent, and then it is none.
    pub(crate) exists: Truth,
}

/// Returns what a quantifier runs over; `None` when it is no collection.
pub(crate) fn members(over: Value) -> Option<Vec<Member>> {
    match over {
        Value::Absent => Some(Vec::new()),
        Value::List(items) => {
            let members = items.into_iter().enumerate();
            Some(
                members
                    .map(|(at, value)| Member {
                        key: position(at),
                        value,
                        exists: Truth::True,
                    })
                    .collect(),
            )
        }
        Value::Map(map) => {
            let present = map.into_iter().filter(|(_, value)| *value != Value::Absent);
            Some(
                present
                    .map(|(key, value)| {
                        let exists = if value.is_unknown() {
                            Truth::Unknown
                        } else {
                            Truth::True
                        };
                        Member {
                            key: Value::Text(key),
                            value,
                            exists,
                        }
                    })
                    .collect(),
            )
        }
        _ => None,
    }
}

pub(super) fn position(at: usize) -> Value {
    Value::Number(number::parse(&at.to_string()).unwrap())
}

/// Returns the sorted dotted paths of the leaves that differ, unknown as soon as one leaf is.
pub(super) fn changed_paths(before: &Value, after: &Value) -> Value {
    fn collect(before: &Value, after: &Value, path: &str, found: &mut Vec<String>) -> bool {
        let none = BTreeMap::new();
        let (a, b) = match (before, after) {
            (Value::Map(a), Value::Map(b)) => (a, b),
            (Value::Absent, Value::Map(b)) if !b.is_empty() => (&none, b),
            (Value::Map(a), Value::Absent) if !a.is_empty() => (a, &none),
            _ => {
                return match differ(before, after) {
                    Truth::Unknown => false,
                    Truth::True => {
                        found.push(path.to_owned());
                        true
                    }
                    Truth::False => true,
                };
            }
        };
        let keys: std::collections::BTreeSet<&String> = a.keys().chain(b.keys()).collect();
        keys.into_iter().all(|key| {
            let inner = if path.is_empty() {
                key.clone()
            } else {
                format!("{path}.{key}")
            };
            let (a, b) = (
                a.get(key).unwrap_or(&Value::Absent),
                b.get(key).unwrap_or(&Value::Absent),
            );
            collect(a, b, &inner, found)
        })
    }
    let mut found = Vec::new();
    if !collect(before, after, "", &mut found) {
        return Value::Unknown;
    }
    found.sort();
    Value::List(found.into_iter().map(Value::Text).collect())
}

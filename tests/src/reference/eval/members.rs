//! The elements of what quantifiers run over, and the paths at which objects differ.

use std::collections::{BTreeMap, BTreeSet};

use taffrail_runtime::Value as Fact;
use taffrail_schema::{ListKeys, Schemas, Type, TypeId};

use crate::reference::action::Action;
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

/// The leaves at which two objects differ. The elements of a list that has keys are told apart by them.
pub(super) fn changed_paths(action: &Action<'_>) -> Value {
    let mut changes = Changes {
        schemas: Schemas::default(),
        found: Vec::new(),
    };
    let root = changes.root(action);
    if !changes.collect(&action.current, &action.proposed, root, "") {
        return Value::Unknown;
    }
    changes.found.sort();
    Value::List(changes.found.into_iter().map(Value::Text).collect())
}

struct Changes {
    schemas: Schemas,
    found: Vec<String>,
}

impl Changes {
    /// The type of the target, if the API serves its group, version and kind.
    fn root(&self, action: &Action<'_>) -> Option<TypeId> {
        let target = &action.request.target;
        let (Fact::String(group), Fact::String(version), Fact::String(kind)) =
            (&target.group, &target.version, &target.kind)
        else {
            return None;
        };
        let kinds = self.schemas.find(Some(group), kind).into_iter();
        let mut kinds = kinds.map(|id| self.schemas.kind(id));
        kinds
            .find(|kind| *kind.version == **version)
            .map(|kind| kind.root)
    }

    /// Returns false when a comparison is unknown.
    fn collect(&mut self, before: &Value, after: &Value, ty: Option<TypeId>, path: &str) -> bool {
        let none = BTreeMap::new();
        let (a, b) = match (before, after) {
            (Value::Map(a), Value::Map(b)) => (a, b),
            (Value::Absent, Value::Map(b)) if !b.is_empty() => (&none, b),
            (Value::Map(a), Value::Absent) if !a.is_empty() => (a, &none),
            _ => {
                if let Some(all) = self.elements(before, after, ty, path) {
                    return all;
                }
                return match differ(before, after) {
                    Truth::Unknown => false,
                    Truth::True => {
                        self.found.push(path.to_owned());
                        true
                    }
                    Truth::False => true,
                };
            }
        };
        let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
        keys.into_iter().all(|key| {
            let inner = match path {
                "" => key.clone(),
                path => format!("{path}.{key}"),
            };
            let ty = ty.and_then(|ty| match self.schemas.ty(ty) {
                Type::Map(of) => Some(of),
                _ => self.schemas.field(ty, key).map(|field| field.ty),
            });
            let (a, b) = (
                a.get(key).unwrap_or(&Value::Absent),
                b.get(key).unwrap_or(&Value::Absent),
            );
            self.collect(a, b, ty, &inner)
        })
    }

    /// Compares lists whose elements have keys; `None` for any other values.
    fn elements(
        &mut self,
        before: &Value,
        after: &Value,
        ty: Option<TypeId>,
        path: &str,
    ) -> Option<bool> {
        let (before, after) = match (before, after) {
            (Value::List(a), Value::List(b)) => (a.as_slice(), b.as_slice()),
            (Value::List(a), Value::Absent) if !a.is_empty() => (a.as_slice(), &[][..]),
            (Value::Absent, Value::List(b)) if !b.is_empty() => (&[][..], b.as_slice()),
            _ => return None,
        };
        let (of, keys) = match self.schemas.ty(ty?) {
            Type::List {
                of,
                keys: ListKeys::Fields(keys),
            } => (of, keys.to_vec()),
            _ => return None,
        };
        let (before, after) = (named(before, &keys)?, named(after, &keys)?);
        let shared = |one: &[(String, &Value)], other: &[(String, &Value)]| -> Vec<String> {
            let names = one.iter().map(|(name, _)| name.clone());
            names
                .filter(|name| other.iter().any(|(other, _)| other == name))
                .collect()
        };
        if shared(&before, &after) != shared(&after, &before) {
            self.found.push(path.to_owned());
        }
        let names: BTreeSet<String> = before
            .iter()
            .chain(&after)
            .map(|(name, _)| name.clone())
            .collect();
        let element = |list: &[(String, &Value)], name: &str| {
            let found = list.iter().find(|(other, _)| other == name);
            found.map_or(Value::Absent, |(_, value)| (*value).clone())
        };
        Some(names.iter().all(|name| {
            let (a, b) = (element(&before, name), element(&after, name));
            self.collect(&a, &b, Some(of), &format!("{path}[{name}]"))
        }))
    }
}

/// The elements of a list by their keys; `None` unless each has a key of its own.
fn named<'v>(list: &'v [Value], keys: &[Box<str>]) -> Option<Vec<(String, &'v Value)>> {
    let mut all: Vec<(String, &Value)> = Vec::new();
    for value in list {
        let Value::Map(map) = value else { return None };
        let mut parts = Vec::new();
        for key in keys {
            match map.get(&**key).unwrap_or(&Value::Absent) {
                Value::Absent => {}
                Value::Text(text) => parts.push(format!("{key}={text}")),
                Value::Number(number) => parts.push(format!("{key}={number}")),
                _ => return None,
            }
        }
        let name = parts.join(",");
        if parts.is_empty() || all.iter().any(|(other, _)| *other == name) {
            return None;
        }
        all.push((name, value));
    }
    Some(all)
}

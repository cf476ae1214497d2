//! Sets of fields, as `managedFields` keeps them.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Map, Value as Json};

/// A set of fields below one place, and whether the place itself is in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Fields {
    pub(super) own: bool,
    pub(super) below: BTreeMap<Step, Fields>,
}

/// A step from a value to one in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    /// To the value of a key.
    Field(String),
    /// To the element that has these values in its key fields, as JSON with sorted keys.
    Element(String),
    /// To the element of this value, as JSON.
    Value(String),
    /// To the element at a position; made by old versions only.
    Position(String),
}

impl Fields {
    /// Returns the set that holds nothing but its place.
    pub(super) fn place() -> Self {
        Self {
            own: true,
            below: BTreeMap::new(),
        }
    }

    /// Reads a set from its form in `fieldsV1`.
    pub(super) fn read(written: &Json) -> Self {
        let mut fields = Self::default();
        let Some(entries) = written.as_object() else {
            return fields;
        };
        fields.own = entries.is_empty();
        for (key, below) in entries {
            if key == "." {
                fields.own = true;
            } else if let Some(step) = Step::read(key) {
                fields.below.insert(step, Self::read(below));
            }
        }
        fields
    }

    /// Writes the set in the form of `fieldsV1`.
    pub(super) fn write(&self) -> Json {
        let mut entries = Map::new();
        if self.own && !self.below.is_empty() {
            entries.insert(".".into(), Json::Object(Map::new()));
        }
        for (step, below) in &self.below {
            entries.insert(step.write(), below.write());
        }
        Json::Object(entries)
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.own && self.below.is_empty()
    }

    /// Adds a set below a step, unless it is empty.
    pub(super) fn insert(&mut self, step: Step, below: Self) {
        if !below.is_empty() {
            self.below.insert(step, below);
        }
    }

    /// Returns the set with every place on the way to what it holds.
    pub(super) fn everything(&self) -> Self {
        let below = self.below.iter();
        Self {
            own: true,
            below: below
                .map(|(step, below)| (step.clone(), below.everything()))
                .collect(),
        }
    }

    /// Returns what is in one of the sets.
    pub(super) fn union(&self, other: &Self) -> Self {
        let mut all = self.clone();
        all.own |= other.own;
        for (step, below) in &other.below {
            let known = all.below.get(step).cloned().unwrap_or_default();
            all.insert(step.clone(), known.union(below));
        }
        all
    }

    /// Returns what is in both sets.
    pub(super) fn intersection(&self, other: &Self) -> Self {
        let mut both = Self {
            own: self.own && other.own,
            below: BTreeMap::new(),
        };
        for (step, below) in &self.below {
            if let Some(other) = other.below.get(step) {
                both.insert(step.clone(), below.intersection(other));
            }
        }
        both
    }

    /// Returns what is in this set and not in the other.
    pub(super) fn difference(&self, other: &Self) -> Self {
        let mut left = Self {
            own: self.own && !other.own,
            below: BTreeMap::new(),
        };
        for (step, below) in &self.below {
            match other.below.get(step) {
                Some(other) => left.insert(step.clone(), below.difference(other)),
                None => left.insert(step.clone(), below.clone()),
            }
        }
        left
    }

    /// Returns the paths of the set, such as `.spec.containers[name="api"].image`.
    pub(super) fn paths(&self) -> Vec<String> {
        let mut paths = Vec::new();
        self.collect(&mut String::new(), &mut paths);
        paths
    }

    fn collect(&self, path: &mut String, paths: &mut Vec<String>) {
        if self.own {
            paths.push(path.clone());
        }
        for (step, below) in &self.below {
            let length = path.len();
            step.show(path);
            below.collect(path, paths);
            path.truncate(length);
        }
    }
}

impl Step {
    fn read(key: &str) -> Option<Self> {
        let (kind, rest) = key.split_once(':')?;
        let canonical = || -> Option<String> {
            let value: Json = serde_json::from_str(rest).ok()?;
            Some(value.to_string())
        };
        Some(match kind {
            "f" => Self::Field(rest.to_owned()),
            "k" => Self::Element(canonical()?),
            "v" => Self::Value(canonical()?),
            "i" => Self::Position(rest.to_owned()),
            _ => return None,
        })
    }

    fn write(&self) -> String {
        match self {
            Self::Field(name) => format!("f:{name}"),
            Self::Element(keys) => format!("k:{keys}"),
            Self::Value(value) => format!("v:{value}"),
            Self::Position(at) => format!("i:{at}"),
        }
    }

    fn show(&self, path: &mut String) {
        match self {
            Self::Field(name) => {
                path.push('.');
                path.push_str(name);
            }
            Self::Element(keys) => {
                let keys: BTreeMap<String, Json> = serde_json::from_str(keys).unwrap_or_default();
                let keys: Vec<String> = keys.iter().map(|(k, v)| format!("{k}={v}")).collect();
                // Writing to a text does not fail.
                let _ = write!(path, "[{}]", keys.join(","));
            }
            Self::Value(value) => {
                let _ = write!(path, "[={value}]");
            }
            Self::Position(at) => {
                let _ = write!(path, "[{at}]");
            }
        }
    }
}

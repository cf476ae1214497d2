//! Strict reading of a tree: every value with its path, every key known.

use jiff::Timestamp;
use taffrail_runtime::{Cause, Value, text};

use crate::error::{ActionError, Problem};
use crate::node::{Entry, Node, NodeKind};

type Read<T> = Result<T, ActionError>;

/// A value together with the path that leads to it.
#[derive(Debug, Clone)]
pub(crate) struct Field<'n> {
    pub(crate) node: &'n Node,
    pub(crate) path: String,
}

impl<'n> Field<'n> {
    /// Returns an error at this value.
    pub(crate) fn error(&self, problem: Problem) -> ActionError {
        ActionError::new(self.node.place, problem)
    }

    fn wrong_type(&self, expected: &'static str) -> ActionError {
        self.error(Problem::WrongType {
            path: self.path.clone(),
            expected,
            found: self.node.type_name(),
        })
    }

    /// Returns the unknown that stands for a value nobody gave.
    pub(crate) fn not_given(path: &str) -> Value {
        Value::unknown(Cause::NotGiven { fact: path.into() })
    }

    /// Tells whether the word `unknown` stands where something else belongs.
    pub(crate) fn says_unknown(&self) -> bool {
        match &self.node.kind {
            NodeKind::Leaf(Value::Unknown(_)) => true,
            NodeKind::Leaf(Value::String(word)) => &**word == "unknown",
            NodeKind::Leaf(_) | NodeKind::List(_) | NodeKind::Map(_) => false,
        }
    }

    /// Tells whether the value is `null`.
    pub(crate) fn is_null(&self) -> bool {
        self.node.kind == NodeKind::Leaf(Value::Absent)
    }

    /// Returns the map's fields; every key must be among the known ones.
    pub(crate) fn fields(&self, known: &[&str]) -> Read<Fields<'n>> {
        let fields = self.entries()?;
        for entry in fields.entries {
            if !known.contains(&entry.key.as_str()) {
                let hint = nearest(&entry.key, known)
                    .map(|near| format!("did you mean `{}`?", fields.path_to(near)));
                return Err(fields.unknown_key(entry, hint));
            }
        }
        Ok(fields)
    }

    /// Returns the map's fields, whatever their keys.
    pub(crate) fn entries(&self) -> Read<Fields<'n>> {
        self.entries_of("a map")
    }

    /// Returns the map's fields; a message about another type says which map is expected.
    pub(crate) fn entries_of(&self, expected: &'static str) -> Read<Fields<'n>> {
        match &self.node.kind {
            NodeKind::Map(entries) => Ok(Fields {
                node: self.node,
                path: self.path.clone(),
                entries,
            }),
            NodeKind::Leaf(_) | NodeKind::List(_) => Err(self.wrong_type(expected)),
        }
    }

    /// Returns the items of a list.
    pub(crate) fn items(&self) -> Read<Vec<Field<'n>>> {
        match &self.node.kind {
            NodeKind::List(items) => Ok(items
                .iter()
                .enumerate()
                .map(|(at, node)| Field {
                    node,
                    path: format!("{}[{at}]", self.path),
                })
                .collect()),
            NodeKind::Leaf(_) | NodeKind::Map(_) => Err(self.wrong_type("a list")),
        }
    }

    /// Returns a text.
    pub(crate) fn text(&self) -> Read<&'n str> {
        match &self.node.kind {
            NodeKind::Leaf(Value::String(text)) => Ok(text),
            NodeKind::Leaf(_) | NodeKind::List(_) | NodeKind::Map(_) => {
                Err(self.wrong_type("a string"))
            }
        }
    }

    /// Returns a string, absent or unknown.
    pub(crate) fn string(&self) -> Read<Value> {
        match &self.node.kind {
            NodeKind::Leaf(value @ (Value::String(_) | Value::Absent)) => Ok(value.clone()),
            NodeKind::Leaf(Value::Unknown(_)) => Ok(Self::not_given(&self.path)),
            NodeKind::Leaf(_) | NodeKind::List(_) | NodeKind::Map(_) => {
                Err(self.wrong_type("a string"))
            }
        }
    }

    /// Returns a word of a closed set, absent or unknown.
    pub(crate) fn word(&self, allowed: &'static [&'static str]) -> Read<Value> {
        let value = self.string()?;
        if let Value::String(word) = &value {
            self.one_of(word, allowed)?;
        }
        Ok(value)
    }

    /// Checks that a word belongs to a closed set.
    pub(crate) fn one_of(&self, word: &str, allowed: &'static [&'static str]) -> Read<()> {
        if allowed.contains(&word) {
            return Ok(());
        }
        Err(self.error(Problem::NotOneOf {
            path: self.path.clone(),
            found: word.to_owned(),
            allowed,
            nearest: nearest(word, allowed),
        }))
    }

    /// Returns a time, absent or unknown. No time is written `unknown`, so that word is not mistaken for one.
    pub(crate) fn time(&self) -> Read<Value> {
        if self.says_unknown() {
            return Ok(Self::not_given(&self.path));
        }
        match &self.node.kind {
            NodeKind::Leaf(value @ (Value::Time(_) | Value::Absent)) => Ok(value.clone()),
            NodeKind::Leaf(Value::String(written)) => match text::parse_time(written) {
                Some(time) => Ok(Value::Time(time)),
                None => Err(self.error(Problem::InvalidTime {
                    path: self.path.clone(),
                    text: written.to_string(),
                })),
            },
            NodeKind::Leaf(_) | NodeKind::List(_) | NodeKind::Map(_) => {
                Err(self.wrong_type("a time"))
            }
        }
    }

    /// Returns a known instant, `None` for absent or unknown.
    pub(crate) fn instant(&self) -> Read<Option<Timestamp>> {
        match self.time()? {
            Value::Time(time) => Ok(Some(time)),
            _ => Ok(None),
        }
    }

    /// Returns a number, absent or unknown.
    pub(crate) fn number(&self) -> Read<Value> {
        match &self.node.kind {
            NodeKind::Leaf(value @ (Value::Number(_) | Value::Absent)) => Ok(value.clone()),
            NodeKind::Leaf(Value::Unknown(_)) => Ok(Self::not_given(&self.path)),
            NodeKind::Leaf(_) | NodeKind::List(_) | NodeKind::Map(_) => {
                Err(self.wrong_type("a number"))
            }
        }
    }

    /// Returns a truth value, absent or unknown.
    pub(crate) fn truth(&self) -> Read<Value> {
        match &self.node.kind {
            NodeKind::Leaf(value @ (Value::Bool(_) | Value::Absent)) => Ok(value.clone()),
            NodeKind::Leaf(Value::Unknown(_)) => Ok(Self::not_given(&self.path)),
            NodeKind::Leaf(_) | NodeKind::List(_) | NodeKind::Map(_) => {
                Err(self.wrong_type("true or false"))
            }
        }
    }

    /// Returns a list of strings, absent or unknown.
    pub(crate) fn strings(&self) -> Read<Value> {
        if self.is_null() {
            return Ok(Value::Absent);
        }
        if self.says_unknown() {
            return Ok(Self::not_given(&self.path));
        }
        let texts = self
            .items()?
            .iter()
            .map(|item| item.text().map(Value::string))
            .collect::<Read<_>>()?;
        Ok(Value::List(texts))
    }

    /// Returns a map of strings, absent or unknown.
    pub(crate) fn string_map(&self) -> Read<Value> {
        if self.is_null() {
            return Ok(Value::Absent);
        }
        if self.says_unknown() {
            return Ok(Self::not_given(&self.path));
        }
        for field in self.entries()?.all() {
            field.string()?;
        }
        Ok(self.node.to_value())
    }

    /// Returns a Kubernetes object, absent or unknown.
    pub(crate) fn object(&self) -> Read<Value> {
        if self.says_unknown() {
            return Ok(Self::not_given(&self.path));
        }
        match &self.node.kind {
            NodeKind::Map(_) | NodeKind::Leaf(Value::Absent | Value::Map(_)) => {
                Ok(self.node.to_value())
            }
            NodeKind::Leaf(_) | NodeKind::List(_) => Err(self.wrong_type("an object or null")),
        }
    }
}

/// The fields of a map.
#[derive(Debug, Clone)]
pub(crate) struct Fields<'n> {
    pub(crate) node: &'n Node,
    pub(crate) path: String,
    pub(crate) entries: &'n [Entry],
}

impl<'n> Fields<'n> {
    /// Returns the path of a key.
    pub(crate) fn path_to(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            [self.path.as_str(), ".", key].concat()
        }
    }

    /// Returns a field that may be there.
    pub(crate) fn get(&self, key: &str) -> Option<Field<'n>> {
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        Some(self.field(entry))
    }

    /// Returns a field that must be there.
    pub(crate) fn require(&self, key: &str) -> Read<Field<'n>> {
        self.get(key).ok_or_else(|| {
            let path = self.path_to(key);
            ActionError::new(self.node.place, Problem::Missing { path })
        })
    }

    /// Iterates over the fields in the order written.
    pub(crate) fn all(&self) -> impl Iterator<Item = Field<'n>> {
        self.entries.iter().map(|entry| self.field(entry))
    }

    /// Returns the error about a key that nobody knows.
    pub(crate) fn unknown_key(&self, entry: &Entry, hint: Option<String>) -> ActionError {
        let path = self.path_to(&entry.key);
        ActionError::new(entry.place, Problem::UnknownKey { path, hint })
    }

    fn field(&self, entry: &'n Entry) -> Field<'n> {
        Field {
            node: &entry.value,
            path: self.path_to(&entry.key),
        }
    }
}

/// Returns the candidate that a word was most likely meant to be; the first in alphabetical order of equally near
/// ones.
pub(crate) fn nearest<'w>(word: &str, candidates: &[&'w str]) -> Option<&'w str> {
    let length = word.chars().count();
    candidates
        .iter()
        .map(|candidate| {
            let distance = strsim::osa_distance(&word.to_lowercase(), &candidate.to_lowercase());
            (distance, *candidate)
        })
        .filter(|(distance, _)| *distance <= (length / 3).clamp(1, 4) && *distance < length)
        .min()
        .map(|(_, candidate)| candidate)
}

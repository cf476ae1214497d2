//! A tree of values that remembers where each was written.

use taffrail_runtime::Map;
use taffrail_runtime::Value;

/// A value with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Where it was written.
    pub place: Place,
}

/// The shapes of values.
#[derive(Debug, Clone, PartialEq)]
pub enum NodeKind {
    /// A single value; `null` is [`Value::Absent`]. An object of the cluster may stand here whole, if nobody will
    /// ask where its parts were written.
    Leaf(Value),
    /// A list.
    List(Vec<Node>),
    /// A map, in the order written, each key once.
    Map(Vec<Entry>),
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key was written.
    pub place: Place,
    /// The value.
    pub value: Node,
}

/// A place in whatever was read: the 1-based line of a document, or a number that whoever built the tree
/// understands. 0 is no place at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place(pub u32);

impl Place {
    /// The place of what was written nowhere.
    pub const NOWHERE: Self = Self(0);
}

impl Node {
    /// Returns a leaf.
    #[must_use]
    pub fn leaf(value: Value, place: Place) -> Self {
        Self {
            kind: NodeKind::Leaf(value),
            place,
        }
    }

    /// Returns a string leaf.
    #[must_use]
    pub fn string(text: &str, place: Place) -> Self {
        Self::leaf(Value::string(text), place)
    }

    /// Returns a list.
    #[must_use]
    pub fn list(items: Vec<Self>, place: Place) -> Self {
        Self {
            kind: NodeKind::List(items),
            place,
        }
    }

    /// Returns a map; keys must be distinct.
    #[must_use]
    pub fn map(entries: Vec<Entry>, place: Place) -> Self {
        Self {
            kind: NodeKind::Map(entries),
            place,
        }
    }

    /// Returns the value of a key of a map.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        match &self.kind {
            NodeKind::Map(entries) => entries
                .iter()
                .find(|entry| entry.key == key)
                .map(|entry| &entry.value),
            NodeKind::Leaf(_) | NodeKind::List(_) => None,
        }
    }

    /// Returns the type's name with its article.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match &self.kind {
            NodeKind::Leaf(Value::Absent) => "null",
            NodeKind::Leaf(value) => value.type_name(),
            NodeKind::List(_) => "a list",
            NodeKind::Map(_) => "a map",
        }
    }

    /// Returns the value without its places.
    #[must_use]
    pub fn to_value(&self) -> Value {
        match &self.kind {
            NodeKind::Leaf(value) => value.clone(),
            NodeKind::List(items) => Value::List(items.iter().map(Self::to_value).collect()),
            NodeKind::Map(entries) => {
                let mut map = Map::default();
                for entry in entries {
                    map.insert(entry.key.as_str(), entry.value.to_value());
                }
                Value::Map(map)
            }
        }
    }

    /// Returns the value as plain JSON, as it would be sent to the API server.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        match &self.kind {
            NodeKind::Leaf(value) => leaf_to_json(value),
            NodeKind::List(items) => items.iter().map(Self::to_json).collect(),
            NodeKind::Map(entries) => entries
                .iter()
                .map(|entry| (entry.key.clone(), entry.value.to_json()))
                .collect(),
        }
    }

    /// Returns this tree with another laid over it: maps are joined key by key, all else is replaced.
    #[must_use]
    pub fn overlaid(self, over: Self) -> Self {
        match (self.kind, over.kind) {
            (NodeKind::Map(mut entries), NodeKind::Map(overs)) => {
                for entry in overs {
                    match entries.iter_mut().find(|own| own.key == entry.key) {
                        Some(own) => {
                            let base = std::mem::replace(
                                &mut own.value,
                                Self::leaf(Value::Absent, Place::NOWHERE),
                            );
                            own.value = base.overlaid(entry.value);
                            own.place = entry.place;
                        }
                        None => entries.push(entry),
                    }
                }
                Self::map(entries, over.place)
            }
            (_, kind) => Self {
                kind,
                place: over.place,
            },
        }
    }

    /// Returns this tree with no place in it.
    #[must_use]
    pub fn without_places(mut self) -> Self {
        self.place = Place::NOWHERE;
        match &mut self.kind {
            NodeKind::Leaf(_) => {}
            NodeKind::List(items) => {
                *items = std::mem::take(items)
                    .into_iter()
                    .map(Self::without_places)
                    .collect();
            }
            NodeKind::Map(entries) => {
                *entries = std::mem::take(entries)
                    .into_iter()
                    .map(|entry| Entry {
                        key: entry.key,
                        place: Place::NOWHERE,
                        value: entry.value.without_places(),
                    })
                    .collect();
            }
        }
        self
    }
}

/// Returns the plain JSON of a single value, its number as every reader of JSON reads it.
pub(crate) fn leaf_to_json(value: &Value) -> serde_json::Value {
    let Value::Number(number) = value else {
        return value.to_json();
    };
    match number.to_i64() {
        Some(number) => number.into(),
        // What is no such integer is read again as every reader of JSON reads it.
        None => serde_json::from_str(&number.to_string()).unwrap_or_else(|_| value.to_json()),
    }
}

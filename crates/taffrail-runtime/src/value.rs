//! What expressions evaluate to. Absent and unknown are values of their own.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::cause::{Cause, Causes};
use crate::decimal::Decimal;

mod cidr;
mod image;
mod render;
mod semver;
mod window;

pub use cidr::Cidr;
pub use image::Image;
pub use semver::Semver;
pub use window::{Window, tzdb_version};

/// A value.
///
/// Its `serde` form is the tagged one that saved programs use; [`Value::to_json`] gives the plain
/// JSON that people read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// The object is known, and there is no such field. JSON `null` is absent.
    Absent,
    /// Nobody can say, and why.
    Unknown(Causes),
    /// A truth value.
    Bool(bool),
    /// An exact decimal number.
    Number(Decimal),
    /// A signed span of time.
    Duration(SignedDuration),
    /// An instant.
    Time(Timestamp),
    /// A string.
    String(Box<str>),
    /// A list.
    List(Vec<Value>),
    /// An object or map.
    Map(Map),
    /// A parsed image reference.
    Image(Box<Image>),
    /// A parsed address range.
    Cidr(Cidr),
    /// A parsed version.
    Semver(Box<Semver>),
    /// A set of instants.
    Window(Box<Window>),
}

impl Value {
    /// Returns an unknown with one cause.
    #[must_use]
    pub fn unknown(cause: Cause) -> Self {
        Self::Unknown(cause.into())
    }

    /// Returns a string value.
    #[must_use]
    pub fn string(text: impl Into<Box<str>>) -> Self {
        Self::String(text.into())
    }

    /// Returns the type's name with its article, as causes print it: `a string`, `absent`.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Unknown(_) => "unknown",
            Self::Bool(_) => "a bool",
            Self::Number(_) => "a number",
            Self::Duration(_) => "a duration",
            Self::Time(_) => "a time",
            Self::String(_) => "a string",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
            Self::Image(_) => "an image",
            Self::Cidr(_) => "an address range",
            Self::Semver(_) => "a version",
            Self::Window(_) => "a window",
        }
    }

    /// Returns the field of a map; absent for an absent value or a missing key, and unknown for an
    /// unknown value. `what` names the base in the cause of a wrong type.
    #[must_use]
    pub fn field(&self, key: &str, what: &dyn Fn() -> String) -> Self {
        match self {
            Self::Map(map) => map.get(key).cloned().unwrap_or(Self::Absent),
            Self::Absent => Self::Absent,
            Self::Unknown(causes) => Self::Unknown(causes.clone()),
            Self::Image(image) => image.field(key),
            Self::Window(window) => window.field(key),
            Self::Bool(_)
            | Self::Number(_)
            | Self::Duration(_)
            | Self::Time(_)
            | Self::String(_)
            | Self::List(_)
            | Self::Cidr(_)
            | Self::Semver(_) => Self::unknown(Cause::WrongType {
                what: what(),
                expected: "a map".into(),
                found: self.type_name().into(),
            }),
        }
    }
}

/// A map from strings to values, sorted by key.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Map(Vec<(Box<str>, Value)>);

impl Map {
    /// Returns the map of the entries, or the first key that stands twice.
    ///
    /// # Errors
    ///
    /// The duplicate key.
    pub fn from_entries(mut entries: Vec<(Box<str>, Value)>) -> Result<Self, Box<str>> {
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        let duplicate = entries
            .iter()
            .zip(entries.iter().skip(1))
            .find(|(a, b)| a.0 == b.0)
            .map(|(a, _)| a.0.clone());
        match duplicate {
            Some(key) => Err(key),
            None => Ok(Self(entries)),
        }
    }

    /// Returns the value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        let at = self.0.binary_search_by(|(k, _)| (**k).cmp(key)).ok()?;
        self.0.get(at).map(|(_, value)| value)
    }

    /// Sets a key, replacing what was there.
    pub fn insert(&mut self, key: impl Into<Box<str>>, value: Value) {
        let key = key.into();
        match self.0.binary_search_by(|(k, _)| k.cmp(&key)) {
            Ok(at) => {
                if let Some(entry) = self.0.get_mut(at) {
                    entry.1 = value;
                }
            }
            Err(at) => self.0.insert(at, (key, value)),
        }
    }

    /// Removes a key.
    pub fn remove(&mut self, key: &str) -> Option<Value> {
        let at = self.0.binary_search_by(|(k, _)| (**k).cmp(key)).ok()?;
        Some(self.0.remove(at).1)
    }

    /// Iterates over the entries in key order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(key, value)| (&**key, value))
    }

    /// Iterates over the entries that hold something: an absent value is a missing key.
    pub fn present(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.iter().filter(|(_, value)| **value != Value::Absent)
    }

    /// Returns the entries in key order, by value.
    pub fn into_entries(self) -> impl Iterator<Item = (Box<str>, Value)> {
        self.0.into_iter()
    }

    /// Returns the number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Tells whether there is no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

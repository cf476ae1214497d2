//! Reads of a JSON document only what a program needs, without building the rest.

use std::fmt;

use rustc_hash::FxHashMap;
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use crate::json::Json;
use crate::program::{Expr, ProgramData, Root};
use crate::value::{Map, Value};

/// Which parts of a document are read.
#[derive(Debug, Default)]
pub(crate) struct Needed {
    /// Everything from here down.
    whole: bool,
    below: FxHashMap<Box<str>, Needed>,
}

/// Paths of an object that are read whatever the policies say: its identity, and what implies verbs.
const ALWAYS: [&[&str]; 10] = [
    &["apiVersion"],
    &["kind"],
    &["metadata", "name"],
    &["metadata", "namespace"],
    &["spec", "replicas"],
    &["spec", "unschedulable"],
    &["spec", "template", "metadata", "annotations"],
    &["metadata", "ownerReferences"],
    &["data"],
    &["stringData"],
];

impl Needed {
    /// Returns what a program reads of a request document: all of it, but of the objects only the paths
    /// that its rules name.
    pub(crate) fn of_document(data: &ProgramData) -> Self {
        let mut objects = Self::default();
        for path in ALWAYS {
            objects.add(path.iter().copied());
        }
        let reads_objects = data
            .exprs
            .iter()
            .any(|expr| matches!(expr, Expr::Objects { .. }));
        for expr in &data.exprs {
            match expr {
                Expr::Changed(path) => objects.add(path.iter().map(String::as_str)),
                Expr::Changes => objects.add(std::iter::empty()),
                _ => {}
            }
        }
        for slot in &data.slots {
            if matches!(slot.root, Root::Current | Root::Proposed) {
                objects.add(slot.keys.iter().map(String::as_str));
            }
        }
        Self {
            whole: true,
            below: FxHashMap::from_iter([
                ("current".into(), objects.copy()),
                ("proposed".into(), objects),
                (
                    "facts".into(),
                    Self {
                        whole: true,
                        below: FxHashMap::from_iter([(
                            "objects".into(),
                            Self {
                                whole: reads_objects,
                                below: FxHashMap::default(),
                            },
                        )]),
                    },
                ),
            ]),
        }
    }

    fn add<'k>(&mut self, mut path: impl Iterator<Item = &'k str>) {
        // What is read as a whole is so whatever else names parts of it.
        if self.whole {
            return;
        }
        match path.next() {
            None => {
                self.whole = true;
                self.below.clear();
            }
            Some(key) => self.below.entry(key.into()).or_default().add(path),
        }
    }

    fn copy(&self) -> Self {
        Self {
            whole: self.whole,
            below: self
                .below
                .iter()
                .map(|(key, inner)| (key.clone(), inner.copy()))
                .collect(),
        }
    }

    /// Reads the needed parts of a JSON text. Keys of objects that are not needed are left out; duplicates
    /// among those that are read are errors.
    pub(crate) fn read(&self, bytes: &[u8]) -> Result<Value, serde_json::Error> {
        let mut source = serde_json::Deserializer::from_slice(bytes);
        let value = self.deserialize(&mut source)?;
        source.end()?;
        Ok(value)
    }

    /// Whether nothing below is treated specially.
    fn is_plain(&self) -> bool {
        self.whole && self.below.is_empty()
    }
}

impl<'de> DeserializeSeed<'de> for &Needed {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Value, D::Error> {
        if self.is_plain() {
            Json.deserialize(source)
        } else {
            source.deserialize_any(self)
        }
    }
}

/// Anything but a map is read as it is: rules find the wrong type then.
impl<'de> Visitor<'de> for &Needed {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Value, E> {
        Json.visit_bool(value)
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Value, E> {
        Json.visit_i64(value)
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        Json.visit_u64(value)
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Json.visit_f64(value)
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        Json.visit_str(value)
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Value, E> {
        Json.visit_unit()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut source: A) -> Result<Value, A::Error> {
        if self.whole {
            return Json.visit_seq(source);
        }
        // No path leads into a list, so its type is all that rules can find here.
        while source.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::List(Vec::new()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut source: A) -> Result<Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(next) = source.next_key_seed(Key(self))? {
            match next {
                NextKey::Inner(key, inner) => entries.push((key, source.next_value_seed(inner)?)),
                NextKey::Whole(key) => entries.push((key, source.next_value_seed(Json)?)),
                NextKey::Skip => {
                    source.next_value::<IgnoredAny>()?;
                }
            }
        }
        Map::from_entries(entries)
            .map(Value::Map)
            .map_err(|key| A::Error::custom(format_args!("the key `{key}` stands twice")))
    }
}

/// Reads a key and tells what to do with its value, so that keys nobody needs are never copied.
struct Key<'n>(&'n Needed);

enum NextKey<'n> {
    Inner(Box<str>, &'n Needed),
    Whole(Box<str>),
    Skip,
}

impl<'de, 'n> DeserializeSeed<'de> for Key<'n> {
    type Value = NextKey<'n>;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<NextKey<'n>, D::Error> {
        source.deserialize_str(self)
    }
}

impl<'n> Visitor<'_> for Key<'n> {
    type Value = NextKey<'n>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<NextKey<'n>, E> {
        Ok(match self.0.below.get(key) {
            Some(inner) => NextKey::Inner(key.into(), inner),
            None if self.0.whole => NextKey::Whole(key.into()),
            None => NextKey::Skip,
        })
    }
}

//! Reads of a JSON document only what a program needs, without building the rest.

use std::borrow::Cow;
use std::fmt;

use rustc_hash::FxHashMap;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

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

/// Paths of an object that say how an action can be undone.
const ROLLBACK: [&[&str]; 2] = [
    &["spec", "persistentVolumeClaimRetentionPolicy"],
    &["spec", "persistentVolumeReclaimPolicy"],
];

/// Paths of an object that say how far an action reaches.
const IMPACT: [&[&str]; 6] = [
    &["spec", "nodeName"],
    &["spec", "persistentVolumeClaimRetentionPolicy"],
    &["spec", "persistentVolumeReclaimPolicy"],
    &["spec", "taints"],
    &["spec", "template"],
    &["status"],
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
            match slot.root {
                Root::Current | Root::Proposed => {
                    objects.add(slot.keys.iter().map(String::as_str));
                }
                // Both are derived from the objects.
                Root::Rollback => {
                    for path in ROLLBACK {
                        objects.add(path.iter().copied());
                    }
                    if slot.keys.first().is_none_or(|key| key == "losses") {
                        objects.add(["spec", "template"].into_iter());
                        objects.add(["spec", "taints"].into_iter());
                    }
                }
                Root::Impact => {
                    for path in IMPACT {
                        objects.add(path.iter().copied());
                    }
                }
                _ => {}
            }
        }
        let reads_objects =
            reads_objects || data.slots.iter().any(|slot| slot.root == Root::Impact);
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
    pub(crate) fn read<'d>(&'d self, bytes: &'d [u8]) -> Result<NeededDocument, serde_json::Error> {
        let mut source = serde_json::Deserializer::from_slice(bytes);
        // Enough for most documents; growing step by step costs more than the room.
        let mut unread = Vec::with_capacity(64);
        let value = Reader {
            needed: self,
            unread: &mut unread,
        }
        .deserialize(&mut source)?;
        source.end()?;
        Ok(NeededDocument {
            value,
            same_elsewhere: inside(&unread, "current") == inside(&unread, "proposed"),
        })
    }

    /// Reads the needed parts of an object alone.
    pub(crate) fn read_object(&self, bytes: &[u8]) -> Result<Value, serde_json::Error> {
        let Some(needed) = self.below.get("proposed") else {
            return Value::from_json_slice(bytes);
        };
        let mut source = serde_json::Deserializer::from_slice(bytes);
        let mut unread = Vec::new();
        let value = Reader {
            needed,
            unread: &mut unread,
        }
        .deserialize(&mut source)?;
        source.end()?;
        Ok(value)
    }

    /// Whether nothing below is treated specially.
    fn is_plain(&self) -> bool {
        self.whole && self.below.is_empty()
    }
}

/// What a program needs of a request document.
#[derive(Debug, Clone, PartialEq)]
pub struct NeededDocument {
    /// The parts that were read.
    pub value: Value,
    /// Whether `current` and `proposed` certainly agree in everything that was not read: what differs between
    /// the parts that were read is then all that differs. If not set, nobody has looked closely enough to say.
    pub same_elsewhere: bool,
}

/// A step on the way through what is not read, in the order written.
#[derive(Debug, PartialEq)]
enum Unread<'d> {
    /// Into the value of a key that is read in part.
    Into(&'d str),
    /// Out of it.
    Out,
    /// A member that is not read, as it is written.
    Member(Cow<'d, str>, &'d str),
    /// An item of a list that is not read, as it is written.
    Item(&'d str),
}

/// Returns what was not read inside one key of the document.
fn inside<'u, 'd>(unread: &'u [Unread<'d>], name: &str) -> &'u [Unread<'d>] {
    let mut depth = 0_usize;
    let mut start = None;
    for (at, step) in unread.iter().enumerate() {
        match step {
            Unread::Into(key) => {
                if depth == 0 && *key == name {
                    start = Some(at.saturating_add(1));
                }
                depth = depth.saturating_add(1);
            }
            Unread::Out => {
                depth = depth.saturating_sub(1);
                if let (0, Some(start)) = (depth, start) {
                    return unread.get(start..at).unwrap_or_default();
                }
            }
            Unread::Member(..) | Unread::Item(_) => {}
        }
    }
    &[]
}

/// Reads the needed parts of one value and notes the others.
struct Reader<'r, 'd> {
    needed: &'d Needed,
    unread: &'r mut Vec<Unread<'d>>,
}

impl<'de> DeserializeSeed<'de> for Reader<'_, 'de> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Value, D::Error> {
        if self.needed.is_plain() {
            Json.deserialize(source)
        } else {
            source.deserialize_any(self)
        }
    }
}

/// Anything but a map is read as it is: rules find the wrong type then.
impl<'de> Visitor<'de> for Reader<'_, 'de> {
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
        if self.needed.whole {
            return Json.visit_seq(source);
        }
        // No path leads into a list, so its type is all that rules can find here.
        while let Some(item) = source.next_element::<&RawValue>()? {
            self.unread.push(Unread::Item(item.get()));
        }
        Ok(Value::List(Vec::new()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut source: A) -> Result<Value, A::Error> {
        let Self { needed, unread } = self;
        let mut entries = Vec::new();
        while let Some(next) = source.next_key_seed(Key(needed))? {
            match next {
                NextKey::Inner(key, needed) => {
                    unread.push(Unread::Into(key));
                    let unread = &mut *unread;
                    let value = source.next_value_seed(Reader { needed, unread })?;
                    unread.push(Unread::Out);
                    entries.push((key.into(), value));
                }
                NextKey::Whole(key) => entries.push((key, source.next_value_seed(Json)?)),
                NextKey::Skip(key) => {
                    let member = source.next_value::<&RawValue>()?;
                    unread.push(Unread::Member(key, member.get()));
                }
            }
        }
        Map::from_entries(entries)
            .map(Value::Map)
            .map_err(|key| A::Error::custom(format_args!("the key `{key}` stands twice")))
    }
}

/// Reads a key and tells what to do with its value, so that keys nobody needs are never copied.
struct Key<'d>(&'d Needed);

enum NextKey<'d> {
    Inner(&'d str, &'d Needed),
    Whole(Box<str>),
    Skip(Cow<'d, str>),
}

impl<'d> Key<'d> {
    fn next(self, key: Cow<'d, str>) -> NextKey<'d> {
        match self.0.below.get_key_value(&*key) {
            Some((key, inner)) => NextKey::Inner(key, inner),
            None if self.0.whole => NextKey::Whole(key.into()),
            None => NextKey::Skip(key),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Key<'de> {
    type Value = NextKey<'de>;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<NextKey<'de>, D::Error> {
        source.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key<'de> {
    type Value = NextKey<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E: serde::de::Error>(self, key: &'de str) -> Result<NextKey<'de>, E> {
        Ok(self.next(Cow::Borrowed(key)))
    }

    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<NextKey<'de>, E> {
        Ok(self.next(Cow::Owned(key.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> NeededDocument {
        Needed::of_document(&ProgramData::empty())
            .read(text.as_bytes())
            .unwrap()
    }

    #[test]
    fn what_is_written_alike_is_the_same() {
        for (current, proposed) in [
            ("{}", "{}"),
            ("null", "null"),
            (
                r#"{"spec": {"replicas": 1, "paused": true}}"#,
                r#"{"spec": {"replicas": 2, "paused": true}}"#,
            ),
            (
                r#"{"metadata": {"name": "a"}, "x": [{"y": 1}]}"#,
                r#"{"metadata": {"name": "b"}, "x": [{"y": 1}]}"#,
            ),
        ] {
            let text = format!(r#"{{"current": {current}, "proposed": {proposed}}}"#);
            assert!(read(&text).same_elsewhere, "{text}");
        }
    }

    #[test]
    fn whatever_is_written_otherwise_may_differ() {
        for (current, proposed) in [
            ("{}", r#"{"x": 1}"#),
            (r#"{"x": 1}"#, "null"),
            (r#"{"x": 1}"#, r#"{"x": 2}"#),
            (r#"{"x": 1}"#, r#"{"y": 1}"#),
            (r#"{"spec": {"x": 1}}"#, r#"{"spec": {}, "x": 1}"#),
            (
                r#"{"spec": {"x": 1}, "metadata": {}}"#,
                r#"{"spec": {}, "metadata": {"x": 1}}"#,
            ),
            (r#"{"spec": [1]}"#, r#"{"spec": [2]}"#),
            (r#"{"spec": [1]}"#, r#"{"spec": [1, 1]}"#),
        ] {
            for (current, proposed) in [(current, proposed), (proposed, current)] {
                let text = format!(r#"{{"current": {current}, "proposed": {proposed}}}"#);
                assert!(!read(&text).same_elsewhere, "{text}");
            }
        }
    }

    #[test]
    fn a_key_of_the_same_name_further_in_is_not_compared() {
        let text = r#"{"facts": {"current": {"x": 1}, "objects": [1]}, "proposed": {"x": 1}}"#;
        assert!(!read(text).same_elsewhere);
    }
}

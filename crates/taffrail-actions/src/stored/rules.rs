//! Reads the table of what the API does with its types beyond their fields: defaults, and how lists and maps are merged.
//!
//! A line of the table is one of:
//!
//! ```text
//! TYPE [atomic]
//!  FIELD = DEFAULT [if FIELD = VALUE | if FIELD absent]
//!  FIELD [set|atomic] [merge|replace|retainKeys|merge,retainKeys] [KEY]
//! ```
//!
//! A default is JSON, `same FIELD`, or the name of a rule of its own. `atomic` and `set` are for server-side apply, the words behind them
//! for strategic merge patches. A list without a line is merged by the keys that the schema gives it.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use serde_json::Value as Json;
use taffrail_schema::{ListKeys, Schemas, Type, TypeId};

const TABLE: &str = include_str!("rules.txt");

/// What the table says of a type.
#[derive(Debug, Default)]
pub(super) struct Rules {
    /// Whether server-side apply takes its objects as one value.
    pub(super) atomic: bool,
    /// In the order in which they are applied.
    pub(super) defaults: Vec<DefaultRule>,
    fields: BTreeMap<&'static str, FieldRule>,
}

/// What a field has when it is left out.
#[derive(Debug)]
pub(super) struct DefaultRule {
    pub(super) field: &'static str,
    pub(super) value: DefaultValue,
    pub(super) when: When,
}

/// A default.
#[derive(Debug)]
pub(super) enum DefaultValue {
    /// This value.
    Json(Json),
    /// What another field of the object has.
    Same(&'static str),
    /// `Always` for an image without a tag or with `latest`, else `IfNotPresent`.
    PullPolicy,
    /// An empty directory for a volume without a source.
    EmptyDir,
    /// The policy types that the rules of a network policy are about.
    PolicyTypes,
    /// The kind with `List` behind it.
    ListKind,
    /// The kind in lower case.
    Singular,
}

/// When a default applies.
#[derive(Debug)]
pub(super) enum When {
    Always,
    Equals(&'static str, Json),
    Absent(&'static str),
}

#[derive(Debug, Default, Clone, Copy)]
struct FieldRule {
    apply: Option<Apply>,
    patch: Option<Patch<'static>>,
}

#[derive(Debug, Clone, Copy)]
enum Apply {
    Atomic,
    Set,
}

/// How a strategic merge patch changes a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Patch<'s> {
    /// Whether what is there is merged with what the patch has, rather than replaced by it.
    pub(super) merge: bool,
    /// The field that tells the elements of the list apart; `None` where they stand for themselves.
    pub(super) key: Option<&'s str>,
    /// Whether `kubectl apply` drops the keys that the new object does not have.
    pub(super) retain_keys: bool,
}

/// Returns what the table says of a type; nothing of custom types.
pub(super) fn of(schemas: &Schemas, ty: TypeId) -> Option<&'static Rules> {
    static RULES: OnceLock<HashMap<&'static str, Rules>> = OnceLock::new();
    let rules = RULES.get_or_init(|| read().into_iter().collect());
    rules.get(schemas.full_name(ty)?)
}

/// Returns how a strategic merge patch changes a field of a type, whose own type is given.
pub(super) fn patch<'s>(schemas: &'s Schemas, owner: TypeId, field: &str, ty: TypeId) -> Patch<'s> {
    if let Some(patch) = field_rule(schemas, owner, field).and_then(|rule| rule.patch) {
        return patch;
    }
    let (merge, key) = match schemas.ty(ty) {
        Type::Object { .. } | Type::Map(_) => (true, None),
        Type::List { keys, .. } => match keys {
            ListKeys::Fields(keys) => (true, keys.first().map(|key| &**key)),
            ListKeys::Set => (true, None),
            ListKeys::Atomic => (false, None),
        },
        _ => (false, None),
    };
    Patch {
        merge,
        key,
        retain_keys: false,
    }
}

/// Returns how server-side apply tells the elements of a list apart.
pub(super) fn list_keys<'s>(
    schemas: &'s Schemas,
    owner: TypeId,
    field: &str,
    keys: ListKeys<'s>,
) -> ListKeys<'s> {
    match field_rule(schemas, owner, field).and_then(|rule| rule.apply) {
        Some(Apply::Atomic) => ListKeys::Atomic,
        Some(Apply::Set) => ListKeys::Set,
        None => keys,
    }
}

/// Returns whether server-side apply takes the map or object in a field as one value.
pub(super) fn is_atomic(schemas: &Schemas, owner: TypeId, field: &str, ty: TypeId) -> bool {
    let rule = field_rule(schemas, owner, field).and_then(|rule| rule.apply);
    matches!(rule, Some(Apply::Atomic)) || of(schemas, ty).is_some_and(|rules| rules.atomic)
}

fn field_rule(schemas: &Schemas, owner: TypeId, field: &str) -> Option<FieldRule> {
    of(schemas, owner)?.fields.get(field).copied()
}

fn read() -> BTreeMap<&'static str, Rules> {
    let mut all: BTreeMap<&str, Rules> = BTreeMap::new();
    let mut ty = "";
    for line in TABLE.lines() {
        let Some(field) = line.strip_prefix(' ') else {
            let (name, rest) = line.split_once(' ').unwrap_or((line, ""));
            ty = name;
            all.entry(ty).or_default().atomic = rest == "atomic";
            continue;
        };
        let rules = all.entry(ty).or_default();
        let (field, rest) = field.split_once(' ').unwrap_or((field, ""));
        if let Some(default) = rest.strip_prefix("= ") {
            rules.defaults.extend(default_rule(field, default));
        } else {
            rules.fields.insert(field, field_words(rest));
        }
    }
    all
}

fn default_rule(field: &'static str, text: &'static str) -> Option<DefaultRule> {
    let (value, when) = match text.split_once(" if ") {
        None => (text, When::Always),
        Some((value, when)) => {
            let when = match when.split_once(" = ") {
                Some((field, wanted)) => When::Equals(field, serde_json::from_str(wanted).ok()?),
                None => When::Absent(when.strip_suffix(" absent")?),
            };
            (value, when)
        }
    };
    let value = match value {
        "pull-policy" => DefaultValue::PullPolicy,
        "empty-dir" => DefaultValue::EmptyDir,
        "policy-types" => DefaultValue::PolicyTypes,
        "list-kind" => DefaultValue::ListKind,
        "singular" => DefaultValue::Singular,
        _ => match value.strip_prefix("same ") {
            Some(other) => DefaultValue::Same(other),
            None => DefaultValue::Json(serde_json::from_str(value).ok()?),
        },
    };
    Some(DefaultRule { field, value, when })
}

fn field_words(text: &'static str) -> FieldRule {
    let mut rule = FieldRule::default();
    for word in text.split(' ') {
        let patch = |merge, retain_keys| Patch {
            merge,
            key: None,
            retain_keys,
        };
        match word {
            "atomic" => rule.apply = Some(Apply::Atomic),
            "set" => rule.apply = Some(Apply::Set),
            "merge" => rule.patch = Some(patch(true, false)),
            "replace" => rule.patch = Some(patch(false, false)),
            "retainKeys" => rule.patch = Some(patch(true, true)),
            "merge,retainKeys" => rule.patch = Some(patch(true, true)),
            key => {
                if let Some(patch) = &mut rule.patch {
                    patch.key = Some(key);
                }
            }
        }
    }
    rule
}

#[cfg(test)]
mod openapi;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read_and_names_a_field_that_is_there() {
        let schemas = Schemas::default();
        let all = read();
        let mut named: Vec<(String, TypeId)> = Vec::new();
        for kind in schemas.kinds() {
            collect(&schemas, schemas.kind(kind).root, &mut named);
        }
        let lines = TABLE.lines().filter(|line| line.contains(" = ")).count();
        let defaults: usize = all.values().map(|rules| rules.defaults.len()).sum();
        assert_eq!(lines, defaults);
        for (name, rules) in &all {
            let Some((_, ty)) = named.iter().find(|(found, _)| found == name) else {
                panic!("no kind holds a `{name}`");
            };
            let defaults = rules.defaults.iter().map(|rule| rule.field);
            for field in defaults.chain(rules.fields.keys().copied()) {
                assert!(schemas.field(*ty, field).is_some(), "{name}.{field}");
            }
        }
    }

    fn collect(schemas: &Schemas, ty: TypeId, named: &mut Vec<(String, TypeId)>) {
        match schemas.ty(ty) {
            Type::Object { .. } => {
                let name = schemas.full_name(ty).unwrap().to_owned();
                if named.iter().any(|(found, _)| *found == name) {
                    return;
                }
                named.push((name, ty));
                for field in schemas.fields(ty) {
                    collect(schemas, field.ty, named);
                }
            }
            Type::Map(of) | Type::List { of, .. } => collect(schemas, of, named),
            _ => {}
        }
    }
}

//! Turns the structural schemas of custom resource definitions into types.

use serde_yaml::{Mapping, Value};

use super::error::CrdProblem;
use crate::arena::{Arena, FieldData, Keys, TypeData, TypeId};
use crate::table::Builtin;

/// The pattern that generated definitions give to quantities.
///
/// Source: the generator of definitions that ships with the Kubernetes project.
const QUANTITY: &str = r"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$";

/// The step that leads from a version to the schema of its objects.
pub(crate) const SCHEMA: &str = ".schema.openAPIV3Schema";

/// How many mistakes are told of one file.
const ERROR_LIMIT: usize = 20;

/// The words that join schemas, below which nothing may be declared.
const JOINING: [&str; 3] = ["allOf", "anyOf", "oneOf"];

/// Types under construction, and the mistakes found on the way.
#[derive(Default)]
pub(crate) struct Builder {
    pub(crate) arena: Arena,
    /// The place that is being read.
    pub(crate) path: Vec<String>,
    pub(crate) problems: Vec<(String, CrdProblem)>,
}

impl Builder {
    /// Notes a mistake at the place that is being read.
    pub(crate) fn report(&mut self, problem: CrdProblem) {
        if self.problems.len() < ERROR_LIMIT {
            self.problems.push((self.path.concat(), problem));
        }
    }

    /// Reads a part of the definition under the step that leads to it.
    pub(crate) fn within<T>(&mut self, step: String, read: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(step);
        let result = read(self);
        self.path.pop();
        result
    }

    /// Returns the type of whole objects.
    pub(crate) fn root(&mut self, schema: &Value, kind: &str) -> TypeId {
        let Some(schema) = schema.as_mapping() else {
            self.report(CrdProblem::NoSchema);
            return self.add(TypeData::Any);
        };
        if text(schema, "type") != Some("object") {
            self.not_structural("the type of the whole object must be `object`");
        }
        self.check(schema);
        self.object(schema, kind, true)
    }

    fn schema(&mut self, schema: &Value, name: &str) -> TypeId {
        let Some(schema) = schema.as_mapping() else {
            self.report(CrdProblem::Missing {
                expected: "a schema",
            });
            return self.add(TypeData::Any);
        };
        self.check(schema);
        if is_true(schema, "x-kubernetes-int-or-string") {
            let is_quantity = text(schema, "pattern") == Some(QUANTITY);
            return self.add(if is_quantity {
                TypeData::Quantity
            } else {
                TypeData::IntOrString
            });
        }
        match text(schema, "type") {
            Some("object") => self.object(
                schema,
                name,
                is_true(schema, "x-kubernetes-embedded-resource"),
            ),
            Some("array") => self.list(schema, name),
            Some("string") => self.add(string(schema)),
            Some("integer") => self.add(TypeData::Integer),
            Some("number") => self.add(TypeData::Number),
            Some("boolean") => self.add(TypeData::Boolean),
            Some(found) => {
                let found = found.to_owned();
                self.report(CrdProblem::UnknownType { found });
                self.add(TypeData::Any)
            }
            None => {
                if !is_true(schema, "x-kubernetes-preserve-unknown-fields")
                    && !schema.contains_key("$ref")
                {
                    self.not_structural("`type` is missing");
                }
                self.add(TypeData::Any)
            }
        }
    }

    fn object(&mut self, schema: &Mapping, name: &str, is_resource: bool) -> TypeId {
        let properties = schema.get("properties").and_then(Value::as_mapping);
        if let Some(elements) = schema.get("additionalProperties") {
            if properties.is_some_and(|properties| !properties.is_empty()) {
                self.not_structural("`properties` and `additionalProperties` exclude each other");
            } else {
                return self.map(elements, name);
            }
        }
        let required: Vec<&str> = schema
            .get("required")
            .and_then(Value::as_sequence)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let mut fields = Vec::new();
        for (key, property) in properties.into_iter().flatten() {
            let Some(key) = key.as_str() else {
                self.report(CrdProblem::Missing {
                    expected: "the name of a field as a text",
                });
                continue;
            };
            if is_resource && key == "metadata" {
                continue;
            }
            let step = format!(".properties.{key}");
            let ty = self.within(step, |within| within.schema(property, key));
            let nullable = property
                .as_mapping()
                .is_some_and(|p| is_true(p, "nullable"));
            fields.push(field(
                key,
                ty,
                required.contains(&key) && !nullable,
                property,
            ));
        }
        if is_resource {
            self.add_head(&mut fields, self.is_root());
        }
        fields.sort_by(|a, b| a.name.cmp(&b.name));
        self.add(TypeData::Object {
            name: name.into(),
            open: is_true(schema, "x-kubernetes-preserve-unknown-fields"),
            fields,
            versions: u64::MAX,
        })
    }

    /// Returns whether the schema of whole objects is being read, and not a part of it.
    fn is_root(&self) -> bool {
        self.path.last().is_some_and(|step| step == SCHEMA)
    }

    /// Adds the fields that every object has.
    fn add_head(&mut self, fields: &mut Vec<FieldData>, is_root: bool) {
        let metadata = Builtin::get().named("meta.v1.ObjectMeta");
        fields.push(field("metadata", metadata, is_root, &Value::Null));
        for name in ["apiVersion", "kind"] {
            if !fields.iter().any(|field| *field.name == *name) {
                let ty = self.add(TypeData::String { values: Vec::new() });
                fields.push(field(name, ty, false, &Value::Null));
            }
        }
    }

    fn map(&mut self, elements: &Value, name: &str) -> TypeId {
        let of = match elements {
            Value::Bool(true) => self.add(TypeData::Any),
            Value::Bool(false) => {
                self.not_structural("`additionalProperties` cannot be false");
                self.add(TypeData::Any)
            }
            elements => self.within(".additionalProperties".to_owned(), |within| {
                within.schema(elements, name)
            }),
        };
        self.add(TypeData::Map(of))
    }

    fn list(&mut self, schema: &Mapping, name: &str) -> TypeId {
        let Some(items) = schema.get("items").filter(|items| items.is_mapping()) else {
            self.not_structural("a list needs one schema in `items`");
            return self.add(TypeData::Any);
        };
        let of = self.within(".items".to_owned(), |within| within.schema(items, name));
        let keys = match text(schema, "x-kubernetes-list-type") {
            Some("set") => Keys::Set,
            Some("map") => self.keys(schema, items),
            Some(_) | None => Keys::Atomic,
        };
        self.add(TypeData::List { of, keys })
    }

    fn keys(&mut self, schema: &Mapping, items: &Value) -> Keys {
        let keys: Vec<&str> = schema
            .get("x-kubernetes-list-map-keys")
            .and_then(Value::as_sequence)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        if keys.is_empty() {
            self.not_structural("a list of type `map` needs `x-kubernetes-list-map-keys`");
            return Keys::Atomic;
        }
        for key in &keys {
            if items.get("properties").is_none_or(|p| p.get(key).is_none()) {
                let key = (*key).to_owned();
                self.report(CrdProblem::UnknownKey { key });
            }
        }
        Keys::Fields(keys.into_iter().map(Into::into).collect())
    }

    /// Reports what no schema may have.
    fn check(&mut self, schema: &Mapping) {
        self.check_nested(schema, is_true(schema, "x-kubernetes-int-or-string"));
    }

    /// Reports declarations in a schema that is joined to another. Only the two types of an int-or-string are written so.
    fn check_joined(&mut self, joined: &Value, is_either: bool) {
        let Some(schema) = joined.as_mapping() else {
            return;
        };
        if schema.contains_key("type") && !is_either {
            self.not_structural("`type` cannot stand inside `allOf`, `anyOf`, `oneOf` or `not`");
        }
        if schema.contains_key("additionalProperties") {
            self.not_structural(
                "`additionalProperties` cannot stand inside `allOf`, `anyOf`, `oneOf` or `not`",
            );
        }
        self.check_nested(schema, is_either);
        let properties = schema.get("properties").and_then(Value::as_mapping);
        for (key, property) in properties.into_iter().flatten() {
            let step = format!(".properties.{}", key.as_str().unwrap_or_default());
            self.within(step, |within| within.check_joined(property, false));
        }
        if let Some(items) = schema.get("items") {
            self.within(".items".to_owned(), |within| {
                within.check_joined(items, false)
            });
        }
    }

    fn check_nested(&mut self, schema: &Mapping, is_either: bool) {
        if schema.contains_key("$ref") {
            self.report(CrdProblem::Reference);
        }
        for word in JOINING {
            let joined = schema.get(word).and_then(Value::as_sequence);
            for (at, joined) in joined.into_iter().flatten().enumerate() {
                let step = format!(".{word}[{at}]");
                self.within(step, |within| within.check_joined(joined, is_either));
            }
        }
        if let Some(not) = schema.get("not") {
            self.within(".not".to_owned(), |within| within.check_joined(not, false));
        }
    }

    fn not_structural(&mut self, reason: &'static str) {
        self.report(CrdProblem::NotStructural { reason });
    }

    fn add(&mut self, ty: TypeData) -> TypeId {
        self.arena.types.push(ty);
        TypeId::new(self.arena.types.len().saturating_sub(1), true)
    }
}

/// The words of a schema that say what a value may be, or is when it is left out.
const VALUE_RULES: &[&str] = &[
    "default",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "nullable",
    "pattern",
];

fn string(schema: &Mapping) -> TypeData {
    match text(schema, "format") {
        Some("date-time") => return TypeData::Time,
        Some("duration") => return TypeData::Duration,
        Some("int-or-string") => return TypeData::IntOrString,
        Some(_) | None => {}
    }
    let listed = schema.get("enum").and_then(Value::as_sequence);
    let values = listed
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(Into::into)
        .collect();
    TypeData::String { values }
}

fn field(name: &str, ty: TypeId, required: bool, schema: &Value) -> FieldData {
    let said = schema.get("description").and_then(Value::as_str);
    let said = said.map(str::trim).filter(|said| {
        let start = said.get(.."deprecated".len()).unwrap_or_default();
        start.eq_ignore_ascii_case("deprecated")
    });
    FieldData {
        name: name.into(),
        ty,
        required,
        deprecated: said.map(|said| said.lines().next().unwrap_or_default().into()),
        versions: u64::MAX,
        rules: value_rules(schema).map(Box::new),
    }
}

/// Returns what a schema says of values beyond their type.
fn value_rules(schema: &Value) -> Option<Mapping> {
    let schema = schema.as_mapping()?;
    let mut rules: Mapping = VALUE_RULES
        .iter()
        .filter_map(|key| Some((Value::from(*key), schema.get(*key)?.clone())))
        .collect();
    if let Some(elements) = schema.get("items").and_then(value_rules) {
        rules.insert("items".into(), Value::Mapping(elements));
    }
    (!rules.is_empty()).then_some(rules)
}

/// Returns the text under a key.
pub(crate) fn text<'v>(of: &'v Mapping, key: &str) -> Option<&'v str> {
    of.get(key).and_then(Value::as_str)
}

/// Returns whether a key is set to true.
pub(crate) fn is_true(of: &Mapping, key: &str) -> bool {
    of.get(key).and_then(Value::as_bool).unwrap_or(false)
}

//! The table beside the OpenAPI documents of a real API server, where they lie beside the project.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test reads the documents it compares with, and fails loudly"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;
use taffrail_schema::{ListKeys, Schemas, Type, TypeId};

/// Schemas by name.
type Documents = BTreeMap<String, Value>;

fn documents() -> Option<Documents> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|above| above.join("shared/apiserver/openapi"))
        .find(|folder| folder.is_dir())?;
    let mut schemas = Documents::new();
    for entry in std::fs::read_dir(folder).ok()? {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let mut document: Value = serde_json::from_str(&text).unwrap();
        if let Some(Value::Object(found)) = document.pointer_mut("/components/schemas") {
            schemas.extend(std::mem::take(found));
        }
    }
    Some(schemas)
}

struct Comparison<'d> {
    schemas: Schemas,
    documents: &'d Documents,
    seen: BTreeSet<TypeId>,
    compared: usize,
    differences: BTreeSet<String>,
}

impl Comparison<'_> {
    /// Follows references, which stand alone or in an `allOf` of one.
    fn resolved<'v>(&'v self, schema: &'v Value) -> (&'v Value, &'v str) {
        let reference = schema
            .get("$ref")
            .or_else(|| schema.pointer("/allOf/0/$ref"))
            .and_then(Value::as_str);
        match reference.and_then(|reference| reference.rsplit('/').next()) {
            Some(name) => (&self.documents[name], name),
            None => (schema, ""),
        }
    }

    fn object(&mut self, ty: TypeId, name: &str, server: &Value) {
        if !self.seen.insert(ty) {
            return;
        }
        let fields: BTreeMap<String, (TypeId, bool)> = self
            .schemas
            .fields(ty)
            .map(|field| (field.name.to_owned(), (field.ty, field.required)))
            .collect();
        let properties = server.get("properties").and_then(Value::as_object);
        let required: BTreeSet<&str> = server
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let short = name.rsplit('.').next().unwrap_or(name);
        for (field, (ty, needed)) in &fields {
            let place = format!("{short}.{field}");
            match properties.and_then(|properties| properties.get(field)) {
                None => self.differ(&place, "only in the table"),
                Some(server) => {
                    let here = required.contains(field.as_str());
                    // The bindings always have the metadata of objects.
                    if *needed != here && field != "metadata" {
                        self.differ(
                            &place,
                            if here {
                                "required by the server"
                            } else {
                                "optional at the server"
                            },
                        );
                    }
                    let server = server.clone();
                    self.value(&place, *ty, &server);
                }
            }
        }
        let names = properties
            .into_iter()
            .flatten()
            .map(|(name, _)| name.clone());
        for field in names
            .filter(|field| !fields.contains_key(field))
            .collect::<Vec<_>>()
        {
            self.differ(&format!("{short}.{field}"), "only at the server");
        }
    }

    fn value(&mut self, place: &str, ty: TypeId, server: &Value) {
        self.compared += 1;
        let own_keys: Vec<String> = texts(server, "x-kubernetes-list-map-keys");
        let (target, name) = self.resolved(server);
        let (target, name) = (target.clone(), name.to_owned());
        let kind = target.get("type").and_then(Value::as_str).unwrap_or("");
        let schemas = self.schemas.clone();
        match schemas.ty(ty) {
            Type::Object { .. } => self.object(ty, &name, &target),
            Type::List { of, keys } => {
                if kind != "array" {
                    self.differ(place, "no list at the server");
                }
                let mine: Vec<String> = match keys {
                    ListKeys::Fields(keys) => keys.iter().map(ToString::to_string).collect(),
                    ListKeys::Atomic | ListKeys::Set => Vec::new(),
                };
                if !own_keys.is_empty() && mine != own_keys {
                    self.differ(
                        place,
                        &format!("keyed by {} at the server", own_keys.join(", ")),
                    );
                }
                if let Some(items) = target.get("items") {
                    self.value(place, of, items);
                }
            }
            Type::Map(of) => match target.get("additionalProperties") {
                Some(values) => self.value(place, of, values),
                None => self.differ(place, "no map at the server"),
            },
            Type::String { values } => {
                let words = texts(&target, "enum");
                let mine: Vec<String> = values.iter().map(ToString::to_string).collect();
                if kind != "string" {
                    self.differ(place, "no string at the server");
                } else if words != mine {
                    self.differ(place, "other words at the server");
                }
            }
            Type::Integer if kind != "integer" => self.differ(place, "no integer at the server"),
            Type::Number if kind != "number" => self.differ(place, "no number at the server"),
            Type::Boolean if kind != "boolean" => self.differ(place, "no boolean at the server"),
            Type::Quantity if !name.ends_with("Quantity") => {
                self.differ(place, "no quantity at the server");
            }
            Type::Time if target.get("format").and_then(Value::as_str) != Some("date-time") => {
                self.differ(place, "no time at the server");
            }
            Type::Integer
            | Type::Number
            | Type::Boolean
            | Type::Quantity
            | Type::Time
            | Type::Duration
            | Type::IntOrString
            | Type::Any => {}
        }
    }

    fn differ(&mut self, place: &str, how: &str) {
        self.differences.insert(format!("{place}: {how}"));
    }
}

fn texts(schema: &Value, key: &str) -> Vec<String> {
    let items = schema.get(key).and_then(Value::as_array);
    items
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_table_is_what_a_server_says() {
    let Some(documents) = documents() else {
        eprintln!("skipped: no OpenAPI documents beside the project");
        return;
    };
    let schemas = Schemas::new("1.36".parse().unwrap());
    let mut comparison = Comparison {
        schemas: schemas.clone(),
        documents: &documents,
        seen: BTreeSet::new(),
        compared: 0,
        differences: BTreeSet::new(),
    };
    for (name, schema) in &documents {
        let kinds = schema
            .get("x-kubernetes-group-version-kind")
            .and_then(Value::as_array);
        for kind in kinds.into_iter().flatten() {
            let word = |key: &str| kind.get(key).and_then(Value::as_str).unwrap_or("");
            let found = schemas.find(Some(word("group")), word("kind"));
            let served = found
                .into_iter()
                .map(|id| schemas.kind(id))
                .find(|found| found.version == word("version"));
            if let Some(found) = served {
                comparison.object(found.root, name, schema);
            }
        }
    }
    assert!(comparison.compared > 2000, "only {}", comparison.compared);
    let differences: Vec<String> = comparison.differences.into_iter().collect();
    insta::assert_snapshot!(differences.join("\n"));
}

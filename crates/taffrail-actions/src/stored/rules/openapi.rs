//! The table holds against what an API server publishes of its types, where that is at hand.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value as Json;
use taffrail_schema::{ListKeys, Schemas, Type, TypeId, Version};

use super::{DefaultValue, When, is_atomic, list_keys, of, patch};

fn documents() -> Vec<Json> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|above| above.join("shared/apiserver/openapi"))
        .find(|folder| folder.is_dir());
    let Some(folder) = folder else {
        eprintln!("no OpenAPI documents on this machine, nothing is compared");
        return Vec::new();
    };
    let entries = std::fs::read_dir(folder).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
        .iter()
        .map(|file| serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap())
        .collect()
}

/// Returns the object types of the documents by the names that the table has for them.
fn published(documents: &[Json]) -> BTreeMap<String, &Json> {
    let mut types = BTreeMap::new();
    for document in documents {
        let schemas = document.pointer("/components/schemas");
        for (name, schema) in schemas.and_then(Json::as_object).into_iter().flatten() {
            let name = name
                .trim_start_matches("io.k8s.api.")
                .replace("io.k8s.apimachinery.pkg.apis.", "")
                .replace("io.k8s.apiextensions-apiserver.pkg.apis.", "");
            types.insert(name, schema);
        }
    }
    types
}

fn builtin(schemas: &Schemas) -> BTreeMap<String, TypeId> {
    let mut found = BTreeMap::new();
    let mut rest: Vec<TypeId> = schemas
        .kinds()
        .map(|kind| schemas.kind(kind).root)
        .collect();
    while let Some(ty) = rest.pop() {
        match schemas.ty(ty) {
            Type::Object { .. } => {
                let name = schemas.full_name(ty).unwrap().to_owned();
                if found.insert(name, ty).is_none() {
                    rest.extend(schemas.fields(ty).map(|field| field.ty));
                }
            }
            Type::Map(of) | Type::List { of, .. } => rest.push(of),
            _ => {}
        }
    }
    found
}

#[test]
fn lists_are_merged_as_the_server_publishes() {
    let documents = documents();
    let schemas = Schemas::new("1.36".parse::<Version>().unwrap());
    let types = builtin(&schemas);
    let mut wrong = Vec::new();
    let mut compared = 0;
    for (name, schema) in published(&documents) {
        let Some(ty) = types.get(&name) else { continue };
        let properties = schema.get("properties").and_then(Json::as_object);
        for (field, property) in properties.into_iter().flatten() {
            let Some(found) = schemas.field(*ty, field) else {
                continue;
            };
            let text = |key: &str| property.get(key).and_then(Json::as_str);
            let path = format!("{name}.{field}");
            let strategy = text("x-kubernetes-patch-strategy").unwrap_or_default();
            let strategy: BTreeSet<&str> = strategy.split(',').collect();
            let rule = patch(&schemas, *ty, field, found.ty);
            if rule.retain_keys != strategy.contains("retainKeys") {
                wrong.push(format!(
                    "{path}: patched with {strategy:?}, the table has {rule:?}"
                ));
            }
            if strategy.contains("replace") && rule.merge {
                wrong.push(format!(
                    "{path}: replaced by patches, the table has {rule:?}"
                ));
            }
            let Type::List { keys, .. } = schemas.ty(found.ty) else {
                continue;
            };
            compared += 1;
            let merge_key = text("x-kubernetes-patch-merge-key");
            if rule.merge != strategy.contains("merge") || rule.merge && rule.key != merge_key {
                wrong.push(format!(
                    "{path}: patched with {strategy:?} {merge_key:?}, the table has {rule:?}"
                ));
            }
            let keys = list_keys(&schemas, *ty, field, keys);
            let fits = match text("x-kubernetes-list-type") {
                Some("map") => {
                    let published = property
                        .get("x-kubernetes-list-map-keys")
                        .and_then(Json::as_array);
                    let published: Vec<&str> = published
                        .into_iter()
                        .flatten()
                        .filter_map(Json::as_str)
                        .collect();
                    matches!(keys, ListKeys::Fields(keys) if keys.iter().map(|key| &**key).eq(published))
                }
                Some("set") => keys == ListKeys::Set,
                _ => keys == ListKeys::Atomic,
            };
            if !fits {
                wrong.push(format!(
                    "{path}: applied as {property}, the table has {keys:?}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(documents.is_empty() || compared > 200, "{compared} lists");
}

#[test]
fn objects_and_maps_are_atomic_as_the_server_publishes() {
    let documents = documents();
    let schemas = Schemas::new("1.36".parse::<Version>().unwrap());
    let types = builtin(&schemas);
    let published = published(&documents);
    let is_marked = |schema: &Json| {
        schema.get("x-kubernetes-map-type").and_then(Json::as_str) == Some("atomic")
    };
    let mut wrong = Vec::new();
    for (name, schema) in &published {
        let Some(ty) = types.get(name) else { continue };
        if of(&schemas, *ty).is_some_and(|rules| rules.atomic) != is_marked(schema) {
            wrong.push(name.clone());
        }
        let properties = schema.get("properties").and_then(Json::as_object);
        for (field, property) in properties.into_iter().flatten() {
            let Some(found) = schemas.field(*ty, field) else {
                continue;
            };
            if matches!(schemas.ty(found.ty), Type::Map(_))
                && is_atomic(&schemas, *ty, field, found.ty) != is_marked(property)
            {
                wrong.push(format!("{name}.{field}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn published_defaults_are_in_the_table() {
    let documents = documents();
    let schemas = Schemas::new("1.36".parse::<Version>().unwrap());
    let types = builtin(&schemas);
    let mut missing = Vec::new();
    for (name, schema) in published(&documents) {
        let Some(ty) = types.get(&name) else { continue };
        let properties = schema.get("properties").and_then(Json::as_object);
        for (field, property) in properties.into_iter().flatten() {
            let default = property.get("default");
            let Some(default) = default.filter(|default| says_something(default)) else {
                continue;
            };
            let rules = of(&schemas, *ty);
            let has_it = rules.is_some_and(|rules| {
                rules.defaults.iter().any(|rule| {
                    rule.field == field
                        && matches!(rule.when, When::Always)
                        && matches!(&rule.value, DefaultValue::Json(value) if value == default)
                })
            });
            if !has_it {
                missing.push(format!("{name}.{field} = {default}"));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// Returns whether a default is more than the zero of its type, which is published of every plain field.
fn says_something(default: &Json) -> bool {
    match default {
        Json::Null => false,
        Json::Bool(value) => *value,
        Json::Number(number) => number.as_i64() != Some(0),
        Json::String(text) => !text.is_empty(),
        Json::Array(elements) => !elements.is_empty(),
        Json::Object(fields) => !fields.is_empty(),
    }
}

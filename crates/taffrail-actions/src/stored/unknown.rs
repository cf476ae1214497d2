//! Fields that the API server does not know.

use serde_json::Value as Json;
use taffrail_schema::{Schemas, Type, TypeId};

use super::kind::Kind;

/// Returns the fields of an object that its schema does not have, as paths, sorted. The API server drops them, or refuses the object where
/// validation of fields is strict, as it is for `kubectl`. An object without a schema has none.
#[must_use]
pub fn unknown_fields(object: &Json, schemas: &Schemas) -> Vec<String> {
    let mut found = Vec::new();
    if let Ok(kind) = Kind::of(object, schemas)
        && let Some(root) = kind.root
    {
        collect(object, root, schemas, "", &mut found);
    }
    found.sort();
    found
}

fn collect(value: &Json, ty: TypeId, schemas: &Schemas, path: &str, found: &mut Vec<String>) {
    match (schemas.ty(ty), value) {
        (Type::Object { open, .. }, Json::Object(fields)) => {
            for (name, value) in fields {
                let dot = if path.is_empty() { "" } else { "." };
                let path = format!("{path}{dot}{name}");
                match schemas.field(ty, name) {
                    Some(field) => collect(value, field.ty, schemas, &path, found),
                    None if !open => found.push(path),
                    None => {}
                }
            }
        }
        (Type::Map(of), Json::Object(entries)) => {
            for (key, value) in entries {
                collect(value, of, schemas, &format!("{path}[{key}]"), found);
            }
        }
        (Type::List { of, .. }, Json::Array(elements)) => {
            for (at, element) in elements.iter().enumerate() {
                collect(element, of, schemas, &format!("{path}[{at}]"), found);
            }
        }
        _ => {}
    }
}

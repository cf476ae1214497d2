//! Fields that every object of a type has.

use serde_json::Value as Json;
use taffrail_schema::{Schemas, Type, TypeId};

use super::super::refused::Refused;

/// Checks that an object has the fields that its type requires. Lists and maps may be missing, they are empty then; what is in the status
/// is the server's.
pub(super) fn check(object: &Json, ty: TypeId, schemas: &Schemas) -> Result<(), Refused> {
    let Some(fields) = object.as_object() else {
        return Ok(());
    };
    // References to secrets may be empty.
    if schemas.full_name(ty) == Some("core.v1.LocalObjectReference") {
        return Ok(());
    }
    let missing = schemas.fields(ty).find(|field| {
        field.required && !fields.contains_key(field.name) && !may_be_empty(field.ty, schemas)
    });
    if let Some(field) = missing {
        return Err(Refused::invalid_at(field.name, "is missing"));
    }
    for (name, value) in fields.iter().filter(|(name, _)| *name != "status") {
        if let Some(field) = schemas.field(ty, name) {
            within(value, field.ty, schemas).map_err(|refused| refused.under(name))?;
        }
    }
    Ok(())
}

fn within(value: &Json, ty: TypeId, schemas: &Schemas) -> Result<(), Refused> {
    match (schemas.ty(ty), value) {
        (Type::Object { .. }, Json::Object(_)) => check(value, ty, schemas),
        (Type::Map(of), Json::Object(entries)) => entries.iter().try_for_each(|(key, value)| {
            within(value, of, schemas).map_err(|refused| refused.under(&format!("[{key}]")))
        }),
        (Type::List { of, .. }, Json::Array(elements)) => {
            elements.iter().enumerate().try_for_each(|(at, value)| {
                within(value, of, schemas).map_err(|refused| refused.under(&format!("[{at}]")))
            })
        }
        _ => Ok(()),
    }
}

fn may_be_empty(ty: TypeId, schemas: &Schemas) -> bool {
    match schemas.ty(ty) {
        Type::List { .. } | Type::Map(_) | Type::Any | Type::Time | Type::Boolean => true,
        Type::Object { .. }
        | Type::String { .. }
        | Type::Integer
        | Type::Number
        | Type::IntOrString
        | Type::Quantity
        | Type::Duration => false,
    }
}

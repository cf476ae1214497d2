//! Objects of custom kinds: defaults and limits that their definition gives.

use serde::Deserialize;
use serde_json::{Map, Value as Json};
use taffrail_schema::{Schemas, Type, TypeId};

use super::refused::Refused;

/// What a definition says of the values of a field.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ValueRules {
    default: Option<Json>,
    nullable: bool,
    minimum: Option<f64>,
    maximum: Option<f64>,
    exclusive_minimum: bool,
    exclusive_maximum: bool,
    min_length: Option<usize>,
    max_length: Option<usize>,
    min_items: Option<usize>,
    max_items: Option<usize>,
    min_properties: Option<usize>,
    max_properties: Option<usize>,
    items: Option<Box<ValueRules>>,
}

/// Puts the defaults of a definition into a value, and checks it. Patterns and expressions are not checked.
pub(super) fn complete(value: &mut Json, ty: TypeId, schemas: &Schemas) -> Result<(), Refused> {
    match (schemas.ty(ty), value) {
        (Type::Object { .. }, Json::Object(fields)) => object(fields, ty, schemas),
        (Type::Map(of), Json::Object(entries)) => {
            entries.iter_mut().try_for_each(|(key, value)| {
                complete(value, of, schemas).map_err(|refused| refused.under(&format!("[{key}]")))
            })
        }
        (Type::List { of, .. }, Json::Array(elements)) => {
            elements.iter_mut().enumerate().try_for_each(|(at, value)| {
                complete(value, of, schemas).map_err(|refused| refused.under(&format!("[{at}]")))
            })
        }
        _ => Ok(()),
    }
}

fn object(fields: &mut Map<String, Json>, ty: TypeId, schemas: &Schemas) -> Result<(), Refused> {
    // The types of `metadata` and what is in it are built in.
    if schemas.full_name(ty).is_some() {
        return Ok(());
    }
    for field in schemas.fields(ty) {
        let rules: ValueRules = schemas.value_rules(ty, field.name).unwrap_or_default();
        let is_null = fields.get(field.name).is_some_and(Json::is_null);
        if is_null && !rules.nullable {
            fields.remove(field.name);
        }
        if let Some(default) = &rules.default
            && !fields.contains_key(field.name)
        {
            fields.insert(field.name.to_owned(), default.clone());
        }
        let Some(value) = fields.get_mut(field.name) else {
            if field.required {
                return Err(Refused::invalid_at(field.name, "is missing"));
            }
            continue;
        };
        rules
            .check(value)
            .and_then(|()| complete(value, field.ty, schemas))
            .map_err(|refused| refused.under(field.name))?;
    }
    Ok(())
}

impl ValueRules {
    fn check(&self, value: &Json) -> Result<(), Refused> {
        match value {
            Json::Number(number) => self.check_number(number.as_f64().unwrap_or_default()),
            Json::String(text) => within(
                text.chars().count(),
                self.min_length,
                self.max_length,
                "characters",
            ),
            Json::Array(elements) => {
                within(elements.len(), self.min_items, self.max_items, "elements")?;
                let Some(rules) = &self.items else {
                    return Ok(());
                };
                elements.iter().enumerate().try_for_each(|(at, element)| {
                    rules
                        .check(element)
                        .map_err(|refused| refused.under(&format!("[{at}]")))
                })
            }
            Json::Object(fields) => within(
                fields.len(),
                self.min_properties,
                self.max_properties,
                "fields",
            ),
            Json::Null | Json::Bool(_) => Ok(()),
        }
    }

    fn check_number(&self, number: f64) -> Result<(), Refused> {
        let low = self
            .minimum
            .filter(|least| number < *least || self.exclusive_minimum && number <= *least);
        let high = self
            .maximum
            .filter(|most| number > *most || self.exclusive_maximum && number >= *most);
        match (low, high) {
            (Some(least), _) => Err(Refused::invalid(format!("is less than {least} allows"))),
            (None, Some(most)) => Err(Refused::invalid(format!("is more than {most} allows"))),
            (None, None) => Ok(()),
        }
    }
}

fn within(
    count: usize,
    least: Option<usize>,
    most: Option<usize>,
    of: &str,
) -> Result<(), Refused> {
    if least.is_some_and(|least| count < least) || most.is_some_and(|most| count > most) {
        return Err(Refused::invalid(format!(
            "has {count} {of}, which is not allowed"
        )));
    }
    Ok(())
}

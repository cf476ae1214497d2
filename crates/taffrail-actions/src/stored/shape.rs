//! How server-side apply sees values: as one, as a map of values that are owned one by one, or as a list of such.

use serde_json::Value as Json;
use taffrail_schema::{ListKeys, Schemas, Type, TypeId};

use super::fields::{Fields, Step};
use super::refused::Refused;
use super::rules;

/// A place in an object: its type and how it got there. Beyond the schema, the type is told from the value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'s> {
    schemas: &'s Schemas,
    ty: Option<TypeId>,
    /// The type of the object around it and the name of the field, where that is what it is.
    field: Option<(TypeId, &'s str)>,
}

/// What a value is to server-side apply.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape<'s> {
    /// One value.
    One,
    /// An object whose fields the schema names.
    Object,
    /// An object with any keys.
    Map,
    /// A list whose elements are told apart by these fields.
    Keyed(&'s [Box<str>]),
    /// A list whose elements stand for themselves.
    Set,
}

impl<'s> Place<'s> {
    /// Returns the place of a whole object.
    pub(super) fn root(schemas: &'s Schemas, ty: Option<TypeId>) -> Self {
        Self {
            schemas,
            ty,
            field: None,
        }
    }

    /// Returns what a value in this place is.
    pub(super) fn shape(self, value: &Json) -> Shape<'s> {
        let Some(ty) = self.ty else {
            return match value {
                Json::Object(_) => Shape::Map,
                _ => Shape::One,
            };
        };
        let is_atomic = match self.field {
            Some((owner, name)) => rules::is_atomic(self.schemas, owner, name, ty),
            None => rules::of(self.schemas, ty).is_some_and(|rules| rules.atomic),
        };
        match (self.schemas.ty(ty), value) {
            (Type::Object { .. }, Json::Object(_)) if !is_atomic => Shape::Object,
            (Type::Map(_), Json::Object(_)) if !is_atomic => Shape::Map,
            (Type::Any, Json::Object(_)) => Shape::Map,
            (Type::List { keys, .. }, Json::Array(_)) => {
                let keys = match self.field {
                    Some((owner, name)) => rules::list_keys(self.schemas, owner, name, keys),
                    None => keys,
                };
                match keys {
                    ListKeys::Atomic => Shape::One,
                    ListKeys::Set => Shape::Set,
                    ListKeys::Fields(keys) => Shape::Keyed(keys),
                }
            }
            _ => Shape::One,
        }
    }

    /// Returns the place of a key's value.
    pub(super) fn key(self, key: &str) -> Self {
        let beyond = Self {
            ty: None,
            field: None,
            ..self
        };
        let Some(ty) = self.ty else {
            return beyond;
        };
        match self.schemas.ty(ty) {
            Type::Map(of) => Self {
                ty: Some(of),
                ..beyond
            },
            _ => self.schemas.field(ty, key).map_or(beyond, |field| Self {
                ty: Some(field.ty),
                field: Some((ty, field.name)),
                ..self
            }),
        }
    }

    /// Returns the place of the elements of a list.
    pub(super) fn element(self) -> Self {
        let ty = self.ty.and_then(|ty| match self.schemas.ty(ty) {
            Type::List { of, .. } => Some(of),
            _ => None,
        });
        Self {
            ty,
            field: None,
            ..self
        }
    }

    /// Returns whether an object here may have a key.
    pub(super) fn takes(self, key: &str) -> bool {
        self.ty.is_none_or(|ty| match self.schemas.ty(ty) {
            Type::Object { open, .. } => open || self.schemas.field(ty, key).is_some(),
            _ => true,
        })
    }

    /// Returns the step from a list to an element of it; `None` when the element lacks a key. A key that has a default may be left out.
    pub(super) fn step(self, keys: &[Box<str>], element: &Json) -> Option<Step> {
        let mut written = serde_json::Map::new();
        for key in keys {
            let value = element.get(&**key).cloned().or_else(|| {
                let rules = rules::of(self.schemas, self.element().ty?)?;
                let rule = rules.defaults.iter().find(|rule| *rule.field == **key)?;
                match &rule.value {
                    rules::DefaultValue::Json(value) => Some(value.clone()),
                    _ => None,
                }
            });
            if let Some(value) = value {
                written.insert(key.to_string(), value);
            }
        }
        (!written.is_empty()).then(|| Step::Element(Json::Object(written).to_string()))
    }

    /// Returns the steps from a list to its elements, each once.
    pub(super) fn steps(self, shape: Shape, list: &[Json]) -> Vec<Option<Step>> {
        list.iter()
            .map(|element| match shape {
                Shape::Keyed(keys) => self.step(keys, element),
                Shape::Set => Some(Step::Value(element.to_string())),
                Shape::One | Shape::Object | Shape::Map => None,
            })
            .collect()
    }

    /// Returns the set of all fields of a value.
    ///
    /// # Errors
    ///
    /// A key that the schema does not have, an element that cannot be told apart from others.
    pub(super) fn fields(self, value: &Json) -> Result<Fields, Refused> {
        let shape = self.shape(value);
        let mut fields = Fields::default();
        match (shape, value) {
            (Shape::Object | Shape::Map, Json::Object(entries)) if !entries.is_empty() => {
                for (key, value) in entries {
                    if !self.takes(key) {
                        let problem = format!("has no field `{key}`");
                        return Err(Refused::invalid(problem));
                    }
                    let mut below = self
                        .key(key)
                        .fields(value)
                        .map_err(|refused| refused.under(key))?;
                    below.own |= matches!(shape, Shape::Map);
                    fields.insert(Step::Field(key.clone()), below);
                }
            }
            (Shape::Keyed(_) | Shape::Set, Json::Array(list)) if !list.is_empty() => {
                for (at, (step, element)) in
                    self.steps(shape, list).into_iter().zip(list).enumerate()
                {
                    let under = |refused: Refused| refused.under(&format!("[{at}]"));
                    let Some(step) = step else {
                        return Err(under(Refused::invalid("lacks the keys of its list")));
                    };
                    let mut below = self.element().fields(element).map_err(under)?;
                    below.own = true;
                    if fields.below.insert(step, below).is_some() {
                        return Err(under(Refused::invalid(
                            "has the keys of an element before it",
                        )));
                    }
                }
            }
            _ => fields.own = true,
        }
        Ok(fields)
    }
}

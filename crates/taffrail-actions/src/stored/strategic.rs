//! Strategic merge patches: merge patches that know which lists are merged, by which key, and that take directives.

mod list;
pub(super) mod order;

use std::borrow::Cow;

use serde_json::{Map, Value as Json};
use taffrail_schema::{Schemas, Type, TypeId};

use super::refused::Refused;
use super::rules::{self, Patch};
use list::Ordered;

/// What a patch says of an object or an element as a whole.
pub(super) const DIRECTIVE: &str = "$patch";
const RETAIN_KEYS: &str = "$retainKeys";
const ELEMENT_ORDER: &str = "$setElementOrder/";
const DELETE_FROM_LIST: &str = "$deleteFromPrimitiveList/";

/// Applies a patch to an object of a type. After a refusal the object is good for nothing.
pub(super) fn apply(
    object: &mut Json,
    patch: &Json,
    ty: TypeId,
    schemas: &Schemas,
) -> Result<(), Refused> {
    let merger = Merger { schemas };
    match (object, patch) {
        (Json::Object(object), Json::Object(patch)) => merger.merge(object, patch, Some(ty)),
        _ => Err(Refused::bad_patch("a strategic merge patch is an object")),
    }
}

/// Merges patches. Types are absent where the schema ends; there maps are merged and lists replaced.
#[derive(Clone, Copy)]
struct Merger<'s> {
    schemas: &'s Schemas,
}

type Fields = Map<String, Json>;

impl<'s> Merger<'s> {
    fn merge(self, live: &mut Fields, patch: &Fields, ty: Option<TypeId>) -> Result<(), Refused> {
        if let Some(directive) = patch.get(DIRECTIVE) {
            match directive.as_str() {
                Some("replace") => {
                    let mut patch = patch.clone();
                    patch.remove(DIRECTIVE);
                    *live = patch;
                    return Ok(());
                }
                Some("delete") => {
                    live.clear();
                    return Ok(());
                }
                Some("merge") => {}
                _ => return Err(no_directive(directive)),
            }
        }
        retain_keys(live, patch)?;
        let ordered: Vec<Ordered> = patch
            .iter()
            .filter_map(|(name, wanted)| Ordered::of(live, name, wanted))
            .collect();
        for (name, value) in patch {
            if let Some(field) = name.strip_prefix(DELETE_FROM_LIST) {
                list::delete(live, field, value)?;
            } else if !name.starts_with('$') {
                self.field(live, patch, name, value, ty)?;
            }
        }
        for order in &ordered {
            let (_, rule) = self.rule(ty, order.field);
            order.put(live, patch, rule.key)?;
        }
        Ok(())
    }

    fn field(
        self,
        live: &mut Fields,
        patch: &Fields,
        name: &str,
        value: &Json,
        ty: Option<TypeId>,
    ) -> Result<(), Refused> {
        if value.is_null() {
            live.remove(name);
            return Ok(());
        }
        let (field_type, rule) = self.rule(ty, name);
        match (live.get_mut(name), value) {
            (Some(Json::Object(there)), Json::Object(value)) if rule.merge => {
                self.merge(there, value, field_type)
            }
            (Some(Json::Array(there)), Json::Array(value)) if rule.merge => {
                // An order of its own is put in place once the elements are merged.
                let ordered = patch.contains_key(&format!("{ELEMENT_ORDER}{name}"));
                self.merge_list(there, value, rule, field_type, !ordered)
            }
            (Some(there), value) => {
                *there = without_directives(value)?.into_owned();
                Ok(())
            }
            (None, value) => {
                if let Some(value) = new_value(value)? {
                    live.insert(name.to_owned(), value);
                }
                Ok(())
            }
        }
    }

    /// Returns the type of a field and how it is patched.
    fn rule(self, ty: Option<TypeId>, name: &str) -> (Option<TypeId>, Patch<'s>) {
        let otherwise = Patch {
            merge: true,
            key: None,
            retain_keys: false,
        };
        let Some(ty) = ty else {
            return (
                None,
                Patch {
                    merge: true,
                    ..otherwise
                },
            );
        };
        match self.schemas.ty(ty) {
            Type::Map(of) => {
                let merge = !matches!(self.schemas.ty(of), Type::List { .. });
                (Some(of), Patch { merge, ..otherwise })
            }
            _ => match self.schemas.field(ty, name) {
                Some(field) => (
                    Some(field.ty),
                    rules::patch(self.schemas, ty, name, field.ty),
                ),
                None => (None, otherwise),
            },
        }
    }

    /// Returns the type of the elements of a list.
    fn element(self, ty: Option<TypeId>) -> Option<TypeId> {
        match self.schemas.ty(ty?) {
            Type::List { of, .. } => Some(of),
            _ => None,
        }
    }
}

/// Takes away what a patch does not want retained.
fn retain_keys(live: &mut Fields, patch: &Fields) -> Result<(), Refused> {
    let Some(retained) = patch.get(RETAIN_KEYS) else {
        return Ok(());
    };
    let Some(retained) = retained.as_array() else {
        return Err(Refused::bad_patch("`$retainKeys` is a list of keys"));
    };
    let is_retained = |name: &str| retained.iter().any(|key| key.as_str() == Some(name));
    if let Some(other) = patch
        .keys()
        .find(|name| !name.starts_with('$') && !is_retained(name))
    {
        return Err(Refused::bad_patch(format!(
            "`{other}` is not among its `$retainKeys`"
        )));
    }
    live.retain(|name, _| is_retained(name));
    Ok(())
}

/// Returns what a patch puts where nothing is; `None` when it deletes.
fn new_value(value: &Json) -> Result<Option<Json>, Refused> {
    if value.get(DIRECTIVE).and_then(Json::as_str) == Some("delete") {
        return Ok(None);
    }
    without_directives(value).map(|value| Some(value.into_owned()))
}

/// Returns a value without directives and without the nulls that would delete what is not there.
fn without_directives(value: &Json) -> Result<Cow<'_, Json>, Refused> {
    Ok(match value {
        Json::Object(fields) => {
            let mut kept = Fields::new();
            for (name, value) in fields {
                if name.starts_with('$') {
                    if name == DIRECTIVE && !is_directive(value) {
                        return Err(no_directive(value));
                    }
                } else if !value.is_null()
                    && let Some(value) = new_value(value)?
                {
                    kept.insert(name.clone(), value);
                }
            }
            Cow::Owned(Json::Object(kept))
        }
        Json::Array(elements) => {
            let mut kept = Vec::with_capacity(elements.len());
            for element in elements {
                let is_directive = element
                    .as_object()
                    .is_some_and(|fields| fields.len() == 1 && fields.contains_key(DIRECTIVE));
                if !is_directive && let Some(element) = new_value(element)? {
                    kept.push(element);
                }
            }
            Cow::Owned(Json::Array(kept))
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => Cow::Borrowed(value),
    })
}

fn is_directive(value: &Json) -> bool {
    matches!(value.as_str(), Some("replace" | "delete" | "merge"))
}

fn no_directive(found: &Json) -> Refused {
    Refused::bad_patch(format!("`$patch` cannot be `{found}`"))
}

#[cfg(test)]
mod tests;

//! Lists in strategic merge patches.

use serde_json::Value as Json;
use taffrail_schema::TypeId;

use super::super::refused::Refused;
use super::super::rules::Patch;
use super::{DIRECTIVE, ELEMENT_ORDER, Fields, Merger, no_directive, order, without_directives};

impl Merger<'_> {
    /// Merges the elements of a patch into a list. New elements stand before those that only the live list has, unless an order follows.
    pub(super) fn merge_list(
        self,
        live: &mut Vec<Json>,
        patch: &[Json],
        rule: Patch,
        ty: Option<TypeId>,
        sorted: bool,
    ) -> Result<(), Refused> {
        let was = live.clone();
        let Some(key) = rule.key else {
            if patch.iter().chain(live.iter()).any(Json::is_object) {
                *live = patch
                    .iter()
                    .map(|value| without_directives(value).map(std::borrow::Cow::into_owned))
                    .collect::<Result<_, _>>()?;
                return Ok(());
            }
            for value in patch {
                if !live.contains(value) {
                    live.push(value.clone());
                }
            }
            if sorted {
                order::arrange(live, patch, &was, None);
            }
            return Ok(());
        };
        let (patch, replaces) = special_elements(live, patch, key)?;
        if replaces {
            *live = patch;
            return Ok(());
        }
        let mut positions = order::Positions::of(live, rule.key);
        for element in &patch {
            if element.get(key).is_none() {
                return Err(Refused::bad_patch(format!(
                    "an element has no `{key}`, which tells the elements of its list apart"
                )));
            }
            let there = positions.get(element, rule.key);
            match (there.and_then(|at| live.get_mut(at)), element) {
                (Some(Json::Object(there)), Json::Object(element)) => {
                    self.merge(there, element, self.element(ty))?;
                }
                _ => {
                    positions.note(element, live.len(), rule.key);
                    live.push(without_directives(element)?.into_owned());
                }
            }
        }
        if sorted {
            order::arrange(live, &patch, &was, Some(key));
        }
        Ok(())
    }
}

/// A list that a patch puts in order.
pub(super) struct Ordered<'p> {
    pub(super) field: &'p str,
    wanted: &'p Json,
    /// The list before the patch.
    was: Vec<Json>,
}

impl<'p> Ordered<'p> {
    /// Returns the list whose order a field of a patch is; `None` when it is another field.
    pub(super) fn of(live: &Fields, name: &'p str, wanted: &'p Json) -> Option<Self> {
        let field = name.strip_prefix(ELEMENT_ORDER)?;
        let was = live.get(field).and_then(Json::as_array);
        Some(Self {
            field,
            wanted,
            was: was.cloned().unwrap_or_default(),
        })
    }

    /// Puts the list in order.
    pub(super) fn put(
        &self,
        live: &mut Fields,
        patch: &Fields,
        key: Option<&str>,
    ) -> Result<(), Refused> {
        let Some(wanted) = self.wanted.as_array() else {
            return Err(Refused::bad_patch("an order of elements is a list"));
        };
        let elements = patch.get(self.field).and_then(Json::as_array);
        let unlisted = elements.into_iter().flatten().any(|element| {
            let is_listed = wanted.iter().any(|other| order::same(element, other, key));
            element.get(DIRECTIVE).is_none() && !is_listed
        });
        if unlisted {
            return Err(Refused::bad_patch(format!(
                "`{}` has an element that its `$setElementOrder` does not list",
                self.field
            )));
        }
        if let Some(Json::Array(list)) = live.get_mut(self.field) {
            order::arrange(list, wanted, &self.was, key);
        }
        Ok(())
    }
}

/// Takes values out of a list of plain values.
pub(super) fn delete(live: &mut Fields, field: &str, values: &Json) -> Result<(), Refused> {
    let Some(values) = values.as_array() else {
        return Err(Refused::bad_patch("the values to delete are a list"));
    };
    if let Some(Json::Array(list)) = live.get_mut(field) {
        list.retain(|value| !values.contains(value));
    }
    Ok(())
}

/// Applies the directives among the elements of a patch: returns the others, and whether they replace the list.
fn special_elements(
    live: &mut Vec<Json>,
    patch: &[Json],
    key: &str,
) -> Result<(Vec<Json>, bool), Refused> {
    let mut plain = Vec::with_capacity(patch.len());
    let mut replaces = false;
    for element in patch {
        match element.get(DIRECTIVE) {
            None => plain.push(element.clone()),
            Some(directive) => match directive.as_str() {
                Some("delete") => {
                    let Some(wanted) = element.get(key) else {
                        return Err(Refused::bad_patch(format!(
                            "an element to delete has no `{key}`"
                        )));
                    };
                    live.retain(|there| there.get(key) != Some(wanted));
                }
                Some("replace") => replaces = true,
                _ => return Err(no_directive(directive)),
            },
        }
    }
    if replaces {
        plain = plain
            .iter()
            .map(|element| without_directives(element).map(std::borrow::Cow::into_owned))
            .collect::<Result<_, _>>()?;
    }
    Ok((plain, replaces))
}

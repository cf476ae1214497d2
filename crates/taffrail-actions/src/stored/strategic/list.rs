//! Lists in strategic merge patches.

use serde_json::Value as Json;
use taffrail_schema::TypeId;

use super::super::refused::Refused;
use super::super::rules::Patch;
use super::{DIRECTIVE, Fields, Merger, no_directive, order, without_directives};

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
        for element in &patch {
            let Some(wanted) = element.get(key) else {
                return Err(Refused::bad_patch(format!(
                    "an element has no `{key}`, which tells the elements of its list apart"
                )));
            };
            let there = live.iter_mut().find(|there| there.get(key) == Some(wanted));
            match (there, element) {
                (Some(Json::Object(there)), Json::Object(element)) => {
                    self.merge(there, element, self.element(ty))?;
                }
                _ => live.push(without_directives(element)?.into_owned()),
            }
        }
        if sorted {
            order::arrange(live, &patch, &was, Some(key));
        }
        Ok(())
    }

    /// Puts a list into the order that a patch wants.
    pub(super) fn set_order(
        self,
        live: &mut Fields,
        patch: &Fields,
        field: &str,
        wanted: &Json,
        rule: Patch,
    ) -> Result<(), Refused> {
        let Some(wanted) = wanted.as_array() else {
            return Err(Refused::bad_patch("an order of elements is a list"));
        };
        let unlisted = patch
            .get(field)
            .and_then(Json::as_array)
            .into_iter()
            .flatten()
            .find(|element| {
                element.get(DIRECTIVE).is_none()
                    && !wanted
                        .iter()
                        .any(|other| order::same(element, other, rule.key))
            });
        if unlisted.is_some() {
            return Err(Refused::bad_patch(format!(
                "`{field}` has an element that its `$setElementOrder` does not list"
            )));
        }
        if let Some(Json::Array(list)) = live.get_mut(field) {
            let was = list.clone();
            order::arrange(list, wanted, &was, rule.key);
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

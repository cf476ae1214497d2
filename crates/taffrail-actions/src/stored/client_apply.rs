//! `kubectl apply` without server-side apply: what was applied last, the live object and the new object are merged.

use serde_json::{Map, Value as Json};
use taffrail_schema::{Type, TypeId};

use super::kind::{Kind, at, put, text};
use super::rules;
use super::strategic::order::{self, Positions};

/// Where `kubectl apply` keeps what it applied.
const ANNOTATION: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Returns an object as `kubectl apply` would have it: the live one merged with the new one, or the new one where there is none.
pub(super) fn apply(live: Option<&Json>, object: &Json, kind: &Kind) -> Json {
    let modified = annotated(object);
    let Some(live) = live else {
        return modified;
    };
    let last = text(live, &["metadata", "annotations", ANNOTATION])
        .and_then(|last| serde_json::from_str::<Json>(last).ok())
        .unwrap_or_default();
    let root = kind.root.filter(|_| kind.builtin);
    let mut merged = live.clone();
    merge(&mut merged, &last, &modified, root, kind);
    merged
}

/// Returns an object with itself in its annotation.
fn annotated(object: &Json) -> Json {
    let mut plain = object.clone();
    put(&mut plain, &["metadata", "annotations", ANNOTATION], None);
    if at(&plain, &["metadata", "annotations"]).is_none_or(Json::is_null) {
        let empty = Json::Object(Map::new());
        put(&mut plain, &["metadata", "annotations"], Some(empty));
    }
    let written = Json::String(format!("{plain}\n"));
    put(
        &mut plain,
        &["metadata", "annotations", ANNOTATION],
        Some(written),
    );
    plain
}

/// Merges the new value into the live one, and takes away what the last one had and the new one has not.
fn merge(live: &mut Json, last: &Json, new: &Json, ty: Option<TypeId>, kind: &Kind) {
    let (Json::Object(there), Json::Object(wanted)) = (live as &mut Json, new) else {
        *live = new.clone();
        return;
    };
    for key in last.as_object().into_iter().flat_map(Map::keys) {
        if !wanted.contains_key(key) {
            there.remove(key);
        }
    }
    for (key, value) in wanted {
        if value.is_null() {
            there.remove(key);
            continue;
        }
        let field = ty.and_then(|ty| match kind.schemas.ty(ty) {
            Type::Map(of) => Some((of, None)),
            _ => {
                let field = kind.schemas.field(ty, key)?;
                Some((
                    field.ty,
                    Some(rules::patch(kind.schemas, ty, key, field.ty)),
                ))
            }
        });
        let inner = field.map(|(ty, _)| ty);
        let rule = field.and_then(|(_, rule)| rule);
        let last = last.get(key).unwrap_or(&Json::Null);
        match (there.get_mut(key), value) {
            (None, value) => {
                there.insert(key.clone(), value.clone());
            }
            (Some(there), Json::Object(wanted)) if rule.is_none_or(|rule| rule.merge) => {
                let retain = rule.is_some_and(|rule| rule.retain_keys);
                retain_or_merge(there, last, (value, wanted), inner, retain, kind);
            }
            (Some(Json::Array(there)), Json::Array(wanted))
                if rule.is_some_and(|rule| rule.merge) =>
            {
                let key = rule.and_then(|rule| rule.key);
                let retain = rule.is_some_and(|rule| rule.retain_keys);
                merge_lists(there, last, wanted, (key, retain), inner, kind);
            }
            (Some(there), value) => *there = value.clone(),
        }
    }
}

/// Merges objects; where keys are retained and something changes, only those of the new object stay.
fn retain_or_merge(
    live: &mut Json,
    last: &Json,
    (new, wanted): (&Json, &Map<String, Json>),
    ty: Option<TypeId>,
    retain: bool,
    kind: &Kind,
) {
    let was = retain.then(|| live.clone());
    merge(live, last, new, ty, kind);
    if was.is_some_and(|was| was != *live)
        && let Some(live) = live.as_object_mut()
    {
        live.retain(|key, _| wanted.contains_key(key));
    }
}

fn merge_lists(
    live: &mut Vec<Json>,
    last: &Json,
    new: &[Json],
    (key, retain): (Option<&str>, bool),
    ty: Option<TypeId>,
    kind: &Kind,
) {
    let was = live.clone();
    let last = last.as_array().map_or(&[] as &[Json], Vec::as_slice);
    let element = ty.and_then(|ty| match kind.schemas.ty(ty) {
        Type::List { of, .. } => Some(of),
        _ => None,
    });
    let (in_new, in_last) = (Positions::of(new, key), Positions::of(last, key));
    live.retain(|there| in_new.get(there, key).is_some() || in_last.get(there, key).is_none());
    let positions = Positions::of(live, key);
    for wanted in new {
        let before = in_last.get(wanted, key).and_then(|at| last.get(at));
        match positions.get(wanted, key).and_then(|at| live.get_mut(at)) {
            None => live.push(wanted.clone()),
            Some(there) => {
                let before = before.unwrap_or(&Json::Null);
                if let Some(fields) = wanted.as_object() {
                    retain_or_merge(there, before, (wanted, fields), element, retain, kind);
                }
            }
        }
    }
    order::arrange(live, new, &was, key);
}

#[cfg(test)]
mod tests;

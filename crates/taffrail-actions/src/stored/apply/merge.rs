//! Merging, removing and comparing by fields.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};

use super::super::fields::{Fields, Step};
use super::super::refused::Refused;
use super::super::shape::{Place, Shape};
use super::to_key;

/// Returns a live value with a configuration merged into it.
pub(super) fn merge(place: Place, live: Option<&Json>, config: &Json) -> Json {
    let Some(live) = live else {
        return config.clone();
    };
    let shape = place.shape(config);
    match (shape, live, config) {
        (Shape::Object | Shape::Map, Json::Object(live), Json::Object(config)) => {
            let mut merged = Map::new();
            for (key, value) in live.iter().filter(|(key, _)| !config.contains_key(*key)) {
                merged.insert(key.clone(), value.clone());
            }
            for (key, value) in config {
                let value = merge(place.key(key), live.get(key), value);
                merged.insert(key.clone(), value);
            }
            Json::Object(merged)
        }
        (Shape::Keyed(_) | Shape::Set, Json::Array(live), Json::Array(config)) => {
            Json::Array(merge_lists(place, shape, live, config))
        }
        _ => config.clone(),
    }
}

/// Merges lists element by element. The order of the configuration holds; what only the live list has stays behind what it stood behind.
fn merge_lists(place: Place, shape: Shape, live: &[Json], config: &[Json]) -> Vec<Json> {
    let live_steps = place.steps(shape, live);
    let config_steps = place.steps(shape, config);
    let live_at: BTreeMap<&Step, &Json> = live_steps
        .iter()
        .zip(live)
        .filter_map(|(step, element)| Some((step.as_ref()?, element)))
        .collect();
    let wanted: BTreeSet<&Step> = config_steps.iter().flatten().collect();
    let mut shared = config_steps
        .iter()
        .flatten()
        .filter(|step| live_at.contains_key(step))
        .peekable();
    let mut merged = Vec::with_capacity(live.len().max(config.len()));
    let mut live_rest = live_steps.iter().zip(live).peekable();
    let mut config_rest = config_steps.iter().zip(config).peekable();
    let mut done: BTreeSet<&Step> = BTreeSet::new();
    loop {
        if let Some((Some(step), element)) = live_rest.peek() {
            let is_next = config_rest
                .peek()
                .is_some_and(|(next, _)| next.as_ref() == Some(step));
            let is_wanted = wanted.contains(step);
            let out_of_turn = shared.peek().is_some_and(|next| *next != step);
            if !is_next {
                if !is_wanted {
                    merged.push((*element).clone());
                }
                if !is_wanted
                    || done.contains(step)
                    || (out_of_turn && config_rest.peek().is_some())
                {
                    live_rest.next();
                    continue;
                }
            } else {
                live_rest.next();
            }
        } else if let Some((None, element)) = live_rest.peek() {
            merged.push((*element).clone());
            live_rest.next();
            continue;
        }
        let Some((step, element)) = config_rest.next() else {
            if live_rest.next().is_none() {
                return merged;
            }
            continue;
        };
        let there = step.as_ref().and_then(|step| live_at.get(step).copied());
        merged.push(merge(place.element(), there, element));
        if let Some(step) = step {
            done.insert(step);
            if shared.peek() == Some(&step) {
                shared.next();
            }
        }
    }
}

/// Takes out of a value what was owned and is not kept by anybody.
pub(super) fn remove(place: Place, value: &mut Json, owned: &Fields, keep: &[&Fields]) {
    let shape = place.shape(value);
    let fate = |step: &Step| -> Option<(bool, &Fields, Vec<&Fields>)> {
        let below = owned.below.get(step)?;
        let kept: Vec<&Fields> = keep
            .iter()
            .filter_map(|keep| keep.below.get(step))
            .collect();
        let is_kept = match (shape, step) {
            (Shape::Object, Step::Field(_)) => !kept.is_empty(),
            _ => kept.iter().any(|kept| kept.own),
        };
        Some((below.own && !is_kept, below, kept))
    };
    match value {
        Json::Object(entries) => {
            for step in owned.below.keys() {
                let Step::Field(key) = step else { continue };
                let Some(inner) = entries.get_mut(key) else {
                    continue;
                };
                let Some((goes, below, kept)) = fate(step) else {
                    continue;
                };
                let was_empty = is_empty(inner);
                if !goes {
                    remove(place.key(key), inner, below, &kept);
                }
                if goes || (!was_empty && is_empty(inner)) {
                    entries.remove(key);
                }
            }
        }
        Json::Array(list) => {
            let mut steps = place.steps(shape, list).into_iter();
            list.retain_mut(|element| {
                let step = steps.next().flatten();
                let Some((goes, below, kept)) = step.and_then(|step| fate(&step)) else {
                    return true;
                };
                if !goes {
                    remove(place.element(), element, below, &kept);
                }
                !goes
            });
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

fn is_empty(value: &Json) -> bool {
    match value {
        Json::Object(entries) => entries.is_empty(),
        Json::Array(list) => list.is_empty(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => false,
    }
}

/// What of a new value is a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum New {
    /// What it holds, as for an apply.
    Held,
    /// What it holds, and each value around that, as for an update.
    Everything,
}

impl New {
    fn of(self, fields: Fields) -> Fields {
        match self {
            Self::Held => fields,
            Self::Everything => fields.everything(),
        }
    }
}

/// Returns the fields that are new or changed, and those that are gone.
pub(super) fn compare(
    place: Place,
    before: Option<&Json>,
    after: Option<&Json>,
    new: New,
) -> Result<(Fields, Fields), Refused> {
    let nothing = Fields::default();
    Ok(match (before, after) {
        (None, None) => (nothing.clone(), nothing),
        (None, Some(after)) => (new.of(place.fields(after)?), nothing),
        (Some(before), None) => (nothing, new.of(place.fields(before)?)),
        (Some(before), Some(after)) if before == after => (nothing.clone(), nothing),
        (Some(before), Some(after)) => {
            let shape = place.shape(after);
            match (shape, before, after) {
                (Shape::Object | Shape::Map, Json::Object(before), Json::Object(after)) => {
                    let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
                    let pairs = keys.into_iter().map(|key| {
                        let place = place.key(key);
                        (to_key(key), place, before.get(key), after.get(key))
                    });
                    compare_each(pairs, matches!(shape, Shape::Map), new)?
                }
                (Shape::Keyed(_) | Shape::Set, Json::Array(before), Json::Array(after)) => {
                    let (before, after) =
                        (by_step(place, shape, before), by_step(place, shape, after));
                    let steps: BTreeSet<&Step> = before.keys().chain(after.keys()).collect();
                    let pairs = steps.into_iter().map(|step| {
                        let element = place.element();
                        (
                            step.clone(),
                            element,
                            before.get(step).copied(),
                            after.get(step).copied(),
                        )
                    });
                    compare_each(pairs, true, new)?
                }
                _ => (Fields::place(), nothing),
            }
        }
    })
}

/// Returns the elements of a list by the steps to them.
fn by_step<'j>(place: Place, shape: Shape, list: &'j [Json]) -> BTreeMap<Step, &'j Json> {
    let steps = place.steps(shape, list).into_iter();
    let pairs = steps.zip(list);
    pairs
        .filter_map(|(step, element)| Some((step?, element)))
        .collect()
}

/// Compares values pair by pair. Those that are new or gone may be fields of their own.
fn compare_each<'j, 's>(
    pairs: impl Iterator<Item = (Step, Place<'s>, Option<&'j Json>, Option<&'j Json>)>,
    own: bool,
    new: New,
) -> Result<(Fields, Fields), Refused> {
    let (mut changed, mut removed) = (Fields::default(), Fields::default());
    for (step, place, before, after) in pairs {
        let (mut inner_changed, mut inner_removed) = compare(place, before, after, new)?;
        inner_changed.own |= own && before.is_none();
        inner_removed.own |= own && after.is_none();
        changed.insert(step.clone(), inner_changed);
        removed.insert(step, inner_removed);
    }
    Ok((changed, removed))
}

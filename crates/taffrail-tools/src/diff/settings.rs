//! What holds for a whole set: its settings, and the signals that it declares.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use taffrail_runtime::layout::{Layouts, Place};
use taffrail_runtime::program::{ProgramData, Signal, UngrantedVerdict};
use taffrail_runtime::text;

use super::direction::Direction;

/// Something that changed for a whole set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingChange {
    /// What it is: `tolerance.propose`, `signal shop.error_rate`.
    pub name: String,
    /// What it was; empty where it was not.
    pub old: String,
    /// What it is; empty where it is not.
    pub new: String,
    /// In which direction.
    pub direction: Direction,
}

/// Returns what changed for the whole set.
pub(super) fn changes(old: &ProgramData, new: &ProgramData) -> Vec<SettingChange> {
    let mut changes = settings(old, new);
    changes.extend(signals(old, new));
    changes.extend(shapes(&old.layouts, &new.layouts));
    changes
}

fn settings(old: &ProgramData, new: &ProgramData) -> Vec<SettingChange> {
    let (old, new) = (&old.settings, &new.settings);
    let is_escalate = |verdict| verdict == UngrantedVerdict::Escalate;
    let word = |verdict| {
        if is_escalate(verdict) {
            "escalate"
        } else {
            "propose"
        }
    };
    let all = [
        (
            "tolerance.propose",
            old.propose_at.to_string(),
            new.propose_at.to_string(),
            Direction::of_greater(&new.propose_at, &old.propose_at),
        ),
        (
            "tolerance.escalate",
            old.escalate_at.to_string(),
            new.escalate_at.to_string(),
            Direction::of_greater(&new.escalate_at, &old.escalate_at),
        ),
        (
            "ungranted",
            word(old.ungranted).to_owned(),
            word(new.ungranted).to_owned(),
            Direction::of_greater(&is_escalate(old.ungranted), &is_escalate(new.ungranted)),
        ),
        (
            "require_intent",
            old.require_intent.to_string(),
            new.require_intent.to_string(),
            Direction::of_greater(&old.require_intent, &new.require_intent),
        ),
    ];
    all.into_iter()
        .filter(|(_, _, _, direction)| *direction != Direction::Same)
        .map(|(name, old, new, direction)| SettingChange {
            name: name.into(),
            old,
            new,
            direction,
        })
        .collect()
}

/// A signal that no rule reads changes nothing, whatever becomes of it; and of one that is new or gone, the rules that read it tell.
fn signals(old: &ProgramData, new: &ProgramData) -> Vec<SettingChange> {
    let by_name = |data: &'_ ProgramData| -> BTreeMap<String, Signal> {
        let signals = data.signals.iter().cloned();
        signals
            .map(|signal| (signal.name.clone(), signal))
            .collect()
    };
    let (old, new) = (by_name(old), by_name(new));
    let both = old
        .iter()
        .filter_map(|(name, old)| Some((name, old, new.get(name)?)));
    both.filter(|(_, old, new)| old != new)
        .map(|(name, old, new)| SettingChange {
            name: format!("signal {name}"),
            old: declared(old),
            new: declared(new),
            direction: direction(old, new),
        })
        .collect()
}

/// A reading that grows old sooner is unknown more often, and unknown is never milder.
fn direction(old: &Signal, new: &Signal) -> Direction {
    if old.ty != new.ty || old.source != new.source {
        return Direction::Different;
    }
    match (old.fresh, new.fresh) {
        (None, Some(_)) => Direction::Stricter,
        (Some(_), None) => Direction::Milder,
        (Some(old), Some(new)) => Direction::of_greater(&new, &old),
        (None, None) => Direction::Same,
    }
}

fn declared(signal: &Signal) -> String {
    let fresh = signal.fresh.map_or_else(String::new, |fresh| {
        format!(" fresh {}", text::duration(fresh))
    });
    let kind = format!("{:?}", signal.ty).to_ascii_lowercase();
    format!("{kind} from \"{}\"{fresh}", signal.source)
}

/// Where lists have keys, `changed` compares by them; another version of the API may say otherwise.
fn shapes(old: &Layouts, new: &Layouts) -> Vec<SettingChange> {
    let mut kinds = BTreeSet::new();
    for before in &old.kinds {
        let name = (&before.group, &before.kind, &before.version);
        let is_it = |other: &&taffrail_runtime::layout::KindLayout| {
            (&other.group, &other.kind, &other.version) == name
        };
        let Some(after) = new.kinds.iter().find(is_it) else {
            continue;
        };
        let same_shape = match (before.place, after.place) {
            (None, None) => true,
            (Some(a), Some(b)) => is_same((old, a), (new, b), &mut HashSet::new()),
            _ => false,
        };
        if !same_shape || before.pod_template != after.pod_template {
            kinds.insert(format!(
                "{}/{} {}",
                before.group, before.kind, before.version
            ));
        }
    }
    kinds
        .into_iter()
        .map(|kind| SettingChange {
            name: format!("schema of {kind}"),
            old: "of before".into(),
            new: "another".into(),
            direction: Direction::Different,
        })
        .collect()
}

/// Places form a graph, which may lead back to where it came from.
fn is_same(a: (&Layouts, u32), b: (&Layouts, u32), seen: &mut HashSet<(u32, u32)>) -> bool {
    if !seen.insert((a.1, b.1)) {
        return true;
    }
    let place = |(layouts, at): (&Layouts, u32)| layouts.places.get(at as usize).cloned();
    let mut both = |x: u32, y: u32| is_same((a.0, x), (b.0, y), seen);
    match (place(a), place(b)) {
        (Some(Place::Fields(x)), Some(Place::Fields(y))) => {
            x.len() == y.len() && x.iter().zip(&y).all(|(x, y)| x.0 == y.0 && both(x.1, y.1))
        }
        (Some(Place::Values(x)), Some(Place::Values(y))) => both(x, y),
        (
            Some(Place::Keyed { keys, element }),
            Some(Place::Keyed {
                keys: other_keys,
                element: other,
            }),
        ) => {
            keys == other_keys
                && match (element, other) {
                    (None, None) => true,
                    (Some(x), Some(y)) => both(x, y),
                    _ => false,
                }
        }
        _ => false,
    }
}

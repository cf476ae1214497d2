//! One rule beside another: which of its parts mean something else.

use std::collections::BTreeSet;

use taffrail_runtime::decision::{Outcome, Team};
use taffrail_runtime::{Value, compare as values};

use super::canon::Canon;
use super::direction::{Direction, Reach, reach};
use super::meaning::{About, Body, Fact, Meaning, Number, Part};

/// Returns the parts that differ, each with its direction.
pub(super) fn parts(canon: &Canon, old: &Meaning, new: &Meaning) -> Vec<(Part, Direction)> {
    let is_permissive = new.body.is_permissive;
    let mut parts = Vec::new();
    if old.on != new.on {
        let reach = about(&old.on, &new.on);
        parts.push((Part::On, reach.direction(is_permissive)));
    }
    if old.conditions != new.conditions {
        let reach = reach(canon, &old.conditions, &new.conditions);
        // Conditions that imply each other mean the same, whatever they look like.
        if reach != Reach::Same {
            parts.push((Part::Conditions, reach.direction(is_permissive)));
        }
    }
    parts.extend(body(&old.body, &new.body));
    parts
}

fn about(old: &About, new: &About) -> Reach {
    let of = |old: &Option<BTreeSet<String>>, new: &Option<BTreeSet<String>>| match (old, new) {
        (None, None) => Reach::Same,
        (None, Some(_)) => Reach::Fewer,
        (Some(_), None) => Reach::More,
        (Some(old), Some(new)) if old == new => Reach::Same,
        (Some(old), Some(new)) if old.is_subset(new) => Reach::More,
        (Some(old), Some(new)) if new.is_subset(old) => Reach::Fewer,
        (Some(_), Some(_)) => Reach::Unclear,
    };
    of(&old.verbs, &new.verbs)
        .and(of(&old.kinds, &new.kinds))
        .and(of(&old.namespaces, &new.namespaces))
}

fn body(old: &Body, new: &Body) -> Vec<(Part, Direction)> {
    let both = old.parts.iter().zip(&new.parts);
    both.map(|((part, old), (_, new))| (*part, fact(old, new)))
        .filter(|(_, direction)| *direction != Direction::Same)
        .collect()
}

fn fact(old: &Fact, new: &Fact) -> Direction {
    if old == new {
        return Direction::Same;
    }
    match (old, new) {
        (Fact::Points(old), Fact::Points(new)) => raising(old.as_ref(), new.as_ref()),
        (Fact::Threshold(old), Fact::Threshold(new)) => threshold(old.as_ref(), new.as_ref()),
        (Fact::Duration(old), Fact::Duration(new)) => Direction::of_greater(old, new),
        (Fact::Failures(old), Fact::Failures(new)) => Direction::of_greater(new, old),
        (Fact::Outcome(old), Fact::Outcome(new)) => maybe_outcome(old.as_ref(), new.as_ref()),
        (Fact::Until(old), Fact::Until(new)) => Direction::of_greater(new, old),
        (Fact::Capped(old), Fact::Capped(new)) => Direction::of_greater(old, new),
        // Other keys, another rule.
        _ => Direction::Different,
    }
}

/// Returns the direction of a number that is more careful the greater it is; none is less than any.
fn raising(old: Option<&Number>, new: Option<&Number>) -> Direction {
    match (old, new) {
        (None, None) => Direction::Same,
        (None, Some(_)) => Direction::Stricter,
        (Some(_), None) => Direction::Milder,
        (Some(old), Some(new)) if old == new => Direction::Same,
        (Some(old), Some(new)) => match (&old.value, &new.value) {
            (Some(old), Some(new)) => ordered(old, new),
            _ => Direction::Different,
        },
    }
}

fn ordered(old: &Value, new: &Value) -> Direction {
    match values::order(old, new, "<") {
        Ok(order) if order.is_lt() => Direction::Stricter,
        Ok(order) if order.is_gt() => Direction::Milder,
        // Equal numbers that are written with other digits.
        Ok(_) => Direction::Same,
        Err(_) => Direction::Different,
    }
}

/// A threshold is more careful the lower it is, and none is the mildest.
fn threshold(old: Option<&Number>, new: Option<&Number>) -> Direction {
    match (old, new) {
        (Some(_), Some(_)) => raising(old, new).reversed(),
        (old, new) => raising(old, new),
    }
}

fn maybe_outcome(old: Option<&Outcome>, new: Option<&Outcome>) -> Direction {
    match (old, new) {
        (None, None) => Direction::Same,
        (None, Some(_)) => Direction::Stricter,
        (Some(_), None) => Direction::Milder,
        (Some(old), Some(new)) => outcome(old, new),
    }
}

fn outcome(old: &Outcome, new: &Outcome) -> Direction {
    let rank = |outcome: &Outcome| match outcome {
        Outcome::Propose(_) => 0,
        Outcome::Escalate(_) => 1,
        Outcome::Forbid => 2,
    };
    let teams = |outcome: &Outcome| match outcome {
        Outcome::Propose(teams) | Outcome::Escalate(teams) => teams.clone(),
        Outcome::Forbid => Vec::new(),
    };
    match Direction::of_greater(&rank(old), &rank(new)) {
        Direction::Same => agreement(&teams(old), &teams(new)),
        other => other,
    }
}

/// Who must agree: more teams, or more people of them, is stricter. Any operator and a named team cannot be compared.
fn agreement(old: &[Team], new: &[Team]) -> Direction {
    let covers = |all: &[Team], some: &[Team]| {
        !some.is_empty()
            && some.iter().all(|needed| {
                all.iter()
                    .any(|team| team.team == needed.team && team.count >= needed.count)
            })
    };
    if old == new {
        Direction::Same
    } else if covers(new, old) {
        Direction::Stricter
    } else if covers(old, new) {
        Direction::Milder
    } else {
        Direction::Different
    }
}

//! Which rule of one set is which of the other.

use std::collections::HashMap;

use taffrail_runtime::program::{ProgramData, Rule, RuleBody};

use super::keyword;
use super::meaning::{Fact, Meaning};

/// Two rules that are the same one, or one that the other set does not have; by their places.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair {
    pub(super) old: Option<usize>,
    pub(super) new: Option<usize>,
    pub(super) is_renamed: bool,
}

/// Returns every rule of both sets once. Rules are known by keyword and full name, then by what they do. Waivers have no names of their
/// own, so what they do comes first; the rule that they forgive may have been renamed.
pub(super) fn pairs(
    (old_data, old): (&ProgramData, &[Meaning]),
    (new_data, new): (&ProgramData, &mut [Meaning]),
) -> Vec<Pair> {
    let of = |data: &ProgramData, waivers: bool| -> Vec<usize> {
        let rules = data.rules.iter().enumerate();
        let wanted = rules.filter(|(_, rule)| is_waiver(rule) == waivers);
        wanted.map(|(at, _)| at).collect()
    };
    let mut pairs = Vec::new();
    let same_name = |old: usize, new: usize| {
        let name = |data: &ProgramData, at: usize| {
            data.rules
                .get(at)
                .map(|rule| (rule.name.clone(), keyword(rule)))
        };
        name(old_data, old) == name(new_data, new)
    };
    let (mut old_left, mut new_left) = (of(old_data, false), of(new_data, false));
    matched(&mut old_left, &mut new_left, &mut pairs, false, same_name);
    {
        let new = &*new;
        matched(&mut old_left, &mut new_left, &mut pairs, true, |a, b| {
            does_as(old.get(a), new.get(b))
        });
    }
    forgive_by_old_names(old_data, new_data, &pairs, new);
    let new = &*new;
    let (mut old_waivers, mut new_waivers) = (of(old_data, true), of(new_data, true));
    matched(
        &mut old_waivers,
        &mut new_waivers,
        &mut pairs,
        false,
        |a, b| does_as(old.get(a), new.get(b)) && same_name(a, b),
    );
    matched(
        &mut old_waivers,
        &mut new_waivers,
        &mut pairs,
        false,
        |a, b| does_as(old.get(a), new.get(b)),
    );
    matched(
        &mut old_waivers,
        &mut new_waivers,
        &mut pairs,
        false,
        same_name,
    );
    let alone = |old, new| Pair {
        old,
        new,
        is_renamed: false,
    };
    let gone = old_left.into_iter().chain(old_waivers);
    pairs.extend(gone.map(|at| alone(Some(at), None)));
    let added = new_left.into_iter().chain(new_waivers);
    pairs.extend(added.map(|at| alone(None, Some(at))));
    pairs
}

fn is_waiver(rule: &Rule) -> bool {
    matches!(rule.body, RuleBody::Waiver { .. })
}

fn does_as(old: Option<&Meaning>, new: Option<&Meaning>) -> bool {
    match (old, new) {
        (Some(old), Some(new)) => old.does_as(new),
        _ => false,
    }
}

/// Moves what fits each other from what is left to the pairs, each rule once.
fn matched(
    old: &mut Vec<usize>,
    new: &mut Vec<usize>,
    pairs: &mut Vec<Pair>,
    is_renamed: bool,
    fits: impl Fn(usize, usize) -> bool,
) {
    old.retain(|old| {
        let found = new.iter().position(|new| fits(*old, *new));
        if let Some(at) = found {
            pairs.push(Pair {
                old: Some(*old),
                new: Some(new.remove(at)),
                is_renamed,
            });
        }
        found.is_none()
    });
}

/// Lets the new waivers of renamed rules forgive them by the names of before.
fn forgive_by_old_names(
    old_data: &ProgramData,
    new_data: &ProgramData,
    pairs: &[Pair],
    new: &mut [Meaning],
) {
    let name = |data: &ProgramData, at: Option<usize>| {
        at.and_then(|at| data.rules.get(at))
            .map(|rule| rule.name.clone())
    };
    let renamed: HashMap<String, String> = pairs
        .iter()
        .filter(|pair| pair.is_renamed)
        .filter_map(|pair| Some((name(new_data, pair.new)?, name(old_data, pair.old)?)))
        .collect();
    for meaning in new {
        for (_, fact) in &mut meaning.body.parts {
            if let Fact::Forgives(rule) = fact
                && let Some(before) = renamed.get(rule)
            {
                rule.clone_from(before);
            }
        }
    }
}

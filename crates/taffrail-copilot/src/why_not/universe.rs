//! Which facts could be different, and which other values of them are worth trying: those at which a condition comes out differently.

use std::collections::BTreeSet;

use taffrail::{Decision, Request, Value};
use taffrail_runtime::inspect::Inspector;
use taffrail_runtime::program::{ProgramData, Root, RuleId, SlotId, SlotPath};

use super::changed::{Around, set};
use super::fact::{Fact, Standing, is_part_of_change, standing, value_at};
use super::offers::{intent, ledger, live_objects, objects};
use super::points::{Points, points};
use super::scale::Scale;

/// How many other values of one fact are tried.
const CHOICES: usize = 24;

/// The facts that could be different.
#[derive(Debug)]
pub(super) struct Universe<'a> {
    pub(super) around: Around<'a>,
    pub(super) entries: Vec<Entry>,
    /// Facts that are read, and of which no other value could be found to try.
    pub(super) without_choice: BTreeSet<Fact>,
}

/// A fact, and the values to try.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) fact: Fact,
    /// What it is.
    pub(super) is: Value,
    /// The same in words, where the value says too much.
    pub(super) is_words: Option<String>,
    /// The ranges of numbers and instants.
    pub(super) scale: Scale,
    pub(super) choices: Vec<Choice>,
    /// Whether some value makes the action change more or fewer paths of the live object.
    pub(super) adds_changes: bool,
}

/// Another value of a fact.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    pub(super) value: Value,
    /// What the value stands for.
    pub(super) meaning: Meaning,
}

/// What a value stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A range of the scale.
    Range(usize),
    /// The value itself.
    Itself,
    /// Said in words.
    Words(String),
}

impl Universe<'_> {
    /// Returns the request in which facts have other values: pairs of an entry and one of its choices.
    pub(super) fn request(&self, request: &Request, changes: &[(usize, usize)]) -> Request {
        let values = changes.iter().filter_map(|(entry, choice)| {
            let entry = self.entries.get(*entry)?;
            Some((&entry.fact, &entry.choices.get(*choice)?.value))
        });
        self.request_with(request, values)
    }

    /// Returns the request in which facts have other values.
    pub(super) fn request_with<'v>(
        &self,
        request: &Request,
        values: impl Iterator<Item = (&'v Fact, &'v Value)> + Clone,
    ) -> Request {
        let mut changed = request.clone();
        // A reading is as old as it was, so the time goes first.
        let is_now = |fact: &Fact| *fact == Fact::Now;
        for (fact, value) in values.clone().filter(|(fact, _)| is_now(fact)) {
            set(&mut changed, fact, value, &self.around);
        }
        for (fact, value) in values.filter(|(fact, _)| !is_now(fact)) {
            set(&mut changed, fact, value, &self.around);
        }
        changed
    }
}

/// Returns the facts that the rules about the action read, with the values to try.
pub(super) fn universe<'a>(
    data: &'a ProgramData,
    request: &Request,
    decision: &Decision<'_>,
    rules: &[RuleId],
) -> Universe<'a> {
    let mut inspector = decision.inspect();
    let (mut found, out_of_reach) = points(data, request, &mut inspector, rules);
    let mut keys = Vec::new();
    for id in rules {
        if let Some(rule) = data.rules.get(id.0 as usize) {
            ledger(*id, rule, &mut inspector, &mut found, &mut keys);
        }
    }
    intent(request, decision, &mut found);
    objects(request, &mut found);
    if let Value::Unknown(_) = request.current {
        live_objects(request, data, &inspector, &mut found);
    }
    let mut universe = Universe {
        around: Around { data, keys },
        entries: Vec::new(),
        without_choice: out_of_reach,
    };
    for (fact, points) in found {
        let entry = entry(fact, points, request, data, &inspector);
        if !entry.choices.is_empty() {
            universe.entries.push(entry);
        } else if !is_at_its_best(&entry) {
            universe.without_choice.insert(entry.fact);
        }
    }
    // What is tried in parts is tried.
    let entries = &universe.entries;
    universe
        .without_choice
        .retain(|fact| !entries.iter().any(|entry| entry.fact.overlaps(fact)));
    universe
}

/// Budgets with room and closed breakers have no better value, and the time is read by rules that never compare it.
fn is_at_its_best(entry: &Entry) -> bool {
    match entry.fact {
        Fact::Usage(_) | Fact::Breaker(_) | Fact::Now => !matches!(entry.is, Value::Unknown(_)),
        Fact::Signal(_) | Fact::Objects(..) | Fact::Path(_) => false,
    }
}

fn entry(
    fact: Fact,
    points: Points,
    request: &Request,
    data: &ProgramData,
    inspector: &Inspector<'_>,
) -> Entry {
    let is = match &fact {
        Fact::Signal(id) => inspector.signal(*id),
        Fact::Usage(_) | Fact::Breaker(_) | Fact::Objects(..) => {
            points.is.clone().unwrap_or(Value::Absent)
        }
        Fact::Now => request.now.clone(),
        Fact::Path(path) => data
            .slots
            .iter()
            .position(|slot| slot == path)
            .and_then(|at| u32::try_from(at).ok())
            .map_or_else(|| value_at(request, path), |at| inspector.fact(SlotId(at))),
    };
    let scale = scale(&fact, &points, &is);
    let mut choices = ranges(&fact, &scale, &is);
    choices.extend(others(&points, &is));
    choices.truncate(CHOICES);
    // One plain value instead of another is the same path.
    let adds_changes = match &fact {
        Fact::Path(path) => {
            is_part_of_change(path, request)
                && (!is_plain(&is) || choices.iter().any(|choice| !is_plain(&choice.value)))
        }
        Fact::Signal(_) | Fact::Usage(_) | Fact::Breaker(_) | Fact::Objects(..) | Fact::Now => {
            false
        }
    };
    Entry {
        fact,
        is,
        is_words: points.is_words,
        scale,
        choices,
        adds_changes,
    }
}

/// Returns the scale of what a fact is compared with.
fn scale(fact: &Fact, points: &Points, is: &Value) -> Scale {
    if !points.times.is_empty() {
        let time = match is {
            Value::Time(time) => Some(*time),
            _ => None,
        };
        return Scale::of_times(&points.times, time);
    }
    if !points.spans.is_empty() {
        let span = match is {
            Value::Duration(span) => Some(*span),
            _ => None,
        };
        return Scale::of_durations(&points.spans, span);
    }
    let number = match is {
        Value::Number(number) => Some(*number),
        _ => None,
    };
    let is_counted = !matches!(fact, Fact::Signal(_));
    Scale::of_numbers(&points.numbers, number, is_counted)
}

fn is_plain(value: &Value) -> bool {
    matches!(
        value,
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Time(_) | Value::Duration(_)
    )
}

/// Returns a value of every range but the one that the fact lies in, the nearest first.
fn ranges(fact: &Fact, scale: &Scale, is: &Value) -> Vec<Choice> {
    let own = scale.range_of(is);
    let mut ranges: Vec<usize> = (0..scale.ranges())
        .filter(|range| Some(*range) != own)
        .collect();
    let from = own.unwrap_or(0);
    // Of two that are equally near, the later time goes first: it can be waited for.
    ranges.sort_by_key(|range| (range.abs_diff(from), *range < from));
    ranges
        .into_iter()
        .filter_map(|range| {
            let value = scale.example(range)?;
            let is_possible = match (fact, &value) {
                (Fact::Usage(_), Value::Number(used)) => !used.is_negative(),
                _ => true,
            };
            is_possible.then_some(Choice {
                value,
                meaning: Meaning::Range(range),
            })
        })
        .collect()
}

fn others(points: &Points, is: &Value) -> Vec<Choice> {
    let mut choices: Vec<Choice> = Vec::new();
    for (value, words) in &points.values {
        let is_new = value != is && !choices.iter().any(|choice| choice.value == *value);
        if is_new {
            choices.push(Choice {
                value: value.clone(),
                meaning: words.clone().map_or(Meaning::Itself, Meaning::Words),
            });
        }
    }
    let texts: BTreeSet<&String> = points.texts.iter().collect();
    let is_one_of_them = match is {
        Value::String(text) => points.texts_count(text),
        Value::Unknown(_) | Value::Absent => true,
        _ => false,
    };
    if !texts.is_empty() && is_one_of_them {
        let listed: Vec<String> = texts.iter().map(|text| format!("`{text}`")).collect();
        choices.push(Choice {
            value: Value::string("something-else"),
            meaning: Meaning::Words(format!("a text other than {}", listed.join(", "))),
        });
    }
    choices
}

/// Returns the fact that a path is, and whether it can be different; none for a part of the action.
pub(super) fn fact_of_path(
    data: &ProgramData,
    path: &SlotPath,
    request: &Request,
    inspector: &Inspector<'_>,
) -> Option<(Fact, Standing)> {
    if path.root == Root::Now {
        return Some((Fact::Now, Standing::Changeable));
    }
    // Of an object that nobody looked at, the parts say what to try for the whole.
    let is_in_unseen = path.root == Root::Current
        && matches!(request.current, Value::Unknown(_))
        && !path.keys.is_empty()
        && inspector.may_show_fact(path);
    let standing = if is_in_unseen {
        Standing::Changeable
    } else {
        standing(path, request, data, inspector)
    };
    (standing != Standing::Action).then(|| (Fact::Path(path.clone()), standing))
}

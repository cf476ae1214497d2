//! Which facts could be different, and which other values of them are worth trying: those at which a condition comes out differently.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use taffrail::{Decision, Request, Value};
use taffrail_runtime::Map;
use taffrail_runtime::inspect::Inspector;
use taffrail_runtime::program::{ProgramData, Root, Rule, RuleId, SlotId, SlotPath};
use taffrail_runtime::request::{BreakerState, Proposed};

use super::fact::{
    Around, Fact, Standing, is_object_of, is_part_of_change, set, standing, value_at,
};
use super::points::{Points, points};
use super::scale::Scale;

/// How many other values of one fact are tried.
const CHOICES: usize = 24;
/// How many other objects of one kind are taken away, one at a time.
const OBJECTS: usize = 8;

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
            meaning: Meaning::Words(format!("something other than {}", listed.join(", "))),
        });
    }
    choices
}

/// Budgets and breakers as this action meets them.
fn ledger(
    id: RuleId,
    rule: &Rule,
    inspector: &mut Inspector<'_>,
    found: &mut BTreeMap<Fact, Points>,
    keys: &mut Vec<(RuleId, Vec<Value>)>,
) {
    if let Some(budget) = inspector.budget(rule) {
        let room = match (&budget.limit, &budget.spend) {
            (Value::Number(limit), Value::Number(spend)) => limit.checked_sub(*spend),
            _ => None,
        };
        let points = found.entry(Fact::Usage(id)).or_default();
        points
            .numbers
            .extend(room.filter(|room| !room.is_negative()));
        points.is = Some(budget.used);
        match budget.key {
            Some(key) => keys.push((id, key)),
            // Nobody can say whose usage it is.
            None => points.numbers.clear(),
        }
    }
    if let Some(breaker) = inspector.breaker(rule) {
        let points = found.entry(Fact::Breaker(id)).or_default();
        points.is = Some(match breaker.state {
            Some(BreakerState::Closed) => Value::string("closed"),
            Some(BreakerState::Open) => Value::string("open"),
            Some(BreakerState::HalfOpen) => Value::string("half open"),
            None => Value::unknown(taffrail_runtime::Cause::BreakerNotGiven {
                breaker: format!("`{}`", rule.name),
            }),
        });
        if let Some(key) = breaker.key {
            keys.push((id, key));
            points
                .values
                .push((Value::string("closed"), Some("closed".into())));
        }
    }
}

/// Bounds of the intent that would leave room for the action.
fn intent(request: &Request, decision: &Decision<'_>, found: &mut BTreeMap<Fact, Points>) {
    let path = |keys: &[&str]| {
        Fact::Path(SlotPath {
            root: Root::Intent,
            keys: keys.iter().map(|key| (*key).to_owned()).collect(),
        })
    };
    let mut offer = |fact: Fact, value: Value, words: String| {
        let points = found.entry(fact).or_default();
        points.values.push((value, Some(words)));
    };
    let Value::Map(intent) = &request.intent else {
        let mut wide = Map::default();
        wide.insert("goal", Value::string("stated"));
        let words = "an intent that covers this action".to_owned();
        offer(path(&[]), Value::Map(wide), words);
        return;
    };
    let hour = SignedDuration::from_hours(1);
    if let (Some(_), Value::Time(now)) = (intent.get("expires"), &request.now)
        && let Ok(later) = now.checked_add(hour)
    {
        offer(
            path(&["expires"]),
            Value::Time(later),
            "after now".to_owned(),
        );
    }
    let scope = value_at(
        request,
        &SlotPath {
            root: Root::Intent,
            keys: vec!["scope".into()],
        },
    );
    let Value::Map(scope) = scope else { return };
    let target = &request.target;
    let text = |value: &Value| match value {
        Value::String(text) => vec![text.to_string()],
        _ => Vec::new(),
    };
    for (list, needed) in [
        ("namespaces", text(&target.namespace)),
        ("kinds", text(&target.kind)),
        ("names", text(&target.name)),
        ("verbs", decision.verbs()),
    ] {
        let Some(Value::List(given)) = scope.get(list) else {
            continue;
        };
        let mut wider = given.clone();
        let missing: Vec<String> = needed
            .into_iter()
            .filter(|one| !given.contains(&Value::string(one.as_str())))
            .collect();
        wider.extend(missing.iter().map(|one| Value::string(one.as_str())));
        if !missing.is_empty() {
            let words = format!("wide enough for `{}`", missing.join("`, `"));
            offer(path(&["scope", list]), Value::List(wider), words);
        }
    }
}

/// Other objects: those that are given and no more, each of them gone, and all of them gone. Secrets stay what they are.
fn objects(request: &Request, found: &mut BTreeMap<Fact, Points>) {
    for (fact, points) in found.iter_mut() {
        let Fact::Objects(group, kind) = fact else {
            continue;
        };
        let given: Vec<Value> = request
            .objects
            .iter()
            .filter(|object| is_object_of(object, group.as_deref(), kind))
            .cloned()
            .collect();
        let is_complete = request.complete.iter().any(|complete| {
            let name = complete.kind.rsplit('/').next();
            name == Some(kind.as_str())
        });
        let count = given.len();
        points.is = Some(Value::Unknown(
            taffrail_runtime::Cause::IncompleteSnapshot {
                kind: kind.clone(),
                namespace: "any".into(),
            }
            .into(),
        ));
        points.is_words = is_complete.then(|| format!("{count} of them"));
        if kind == "Secret" {
            continue;
        }
        if !is_complete {
            let words = format!("known, and no more than the {count} that are given");
            points
                .values
                .push((Value::List(given.clone()), Some(words)));
        }
        for (at, object) in given.iter().enumerate().take(OBJECTS) {
            let mut without = given.clone();
            without.remove(at);
            let words = format!("the same without {}", name_of(object));
            points.values.push((Value::List(without), Some(words)));
        }
        if count > 1 {
            points
                .values
                .push((Value::List(Vec::new()), Some("none".into())));
        }
    }
}

fn name_of(object: &Value) -> String {
    let metadata = object.field("metadata", &String::new);
    let text = |name: &str| match metadata.field(name, &String::new) {
        Value::String(text) => text.to_string(),
        _ => String::new(),
    };
    let (namespace, name) = (text("namespace"), text("name"));
    match namespace.as_str() {
        "" => format!("`{name}`"),
        namespace => format!("`{namespace}/{name}`"),
    }
}

/// Live objects to try where nobody looked: one as the action would leave it, one of which only the name is known, and each of them with
/// what the rules compare.
fn live_objects(
    request: &Request,
    data: &ProgramData,
    inspector: &Inspector<'_>,
    found: &mut BTreeMap<Fact, Points>,
) {
    let whole = SlotPath {
        root: Root::Current,
        keys: Vec::new(),
    };
    let parts = split_off(
        found,
        |fact| matches!(fact, Fact::Path(path) if path.root == Root::Current),
    );
    let may_be_shown = data
        .slots
        .iter()
        .filter(|slot| slot.root == Root::Current)
        .chain([&whole])
        .all(|slot| inspector.may_show_fact(slot));
    if !may_be_shown {
        found.entry(Fact::Path(whole)).or_default();
        return;
    }
    let mut bases = vec![named(request)];
    if let Proposed::Given(Value::Map(proposed)) = &request.proposed {
        bases.insert(0, Value::Map(proposed.clone()));
    }
    let wanted: Vec<(SlotPath, Value)> = parts
        .iter()
        .filter_map(|(fact, points)| match fact {
            Fact::Path(path) if !path.keys.is_empty() => Some((path, points)),
            _ => None,
        })
        .flat_map(|(path, points)| {
            let numbers = points.numbers.iter().map(|number| Value::Number(*number));
            let values = points.values.iter().map(|(value, _)| value.clone());
            let known = numbers
                .chain(values)
                .filter(|value| *value != Value::Absent);
            known.map(|value| (path.clone(), value)).collect::<Vec<_>>()
        })
        .collect();
    let around = Around {
        data,
        keys: Vec::new(),
    };
    let mut values = Vec::new();
    for base in &bases {
        let words = match &request.proposed {
            Proposed::Given(after) if after == base => "known, and as the action would leave it",
            _ => "known, and with nothing in it that rules ask for",
        };
        values.push((base.clone(), Some(words.to_owned())));
    }
    for base in bases {
        for (path, value) in &wanted {
            let mut with = Request {
                current: base.clone(),
                ..Request::default()
            };
            set(&mut with, &Fact::Path(path.clone()), value, &around);
            let name = Fact::Path(path.clone()).name(data);
            let words = format!("known, with {name} {} for instance", value.render());
            values.push((with.current, Some(words)));
        }
    }
    found.entry(Fact::Path(whole)).or_default().values = values;
}

/// Takes some facts out of others.
fn split_off(
    found: &mut BTreeMap<Fact, Points>,
    is_part: impl Fn(&Fact) -> bool,
) -> BTreeMap<Fact, Points> {
    let (parts, others) = std::mem::take(found)
        .into_iter()
        .partition(|(fact, _)| is_part(fact));
    *found = others;
    parts
}

/// An object of which only the name is known.
fn named(request: &Request) -> Value {
    let target = &request.target;
    let mut metadata = Map::default();
    metadata.insert("name", target.name.clone());
    metadata.insert("namespace", target.namespace.clone());
    let mut object = Map::default();
    object.insert("kind", target.kind.clone());
    object.insert("metadata", Value::Map(metadata));
    Value::Map(object)
}

/// Returns the fact that a slot is, and whether it can be different; none for a part of the action.
pub(super) fn fact_of_slot(
    data: &ProgramData,
    slot: SlotId,
    request: &Request,
    inspector: &Inspector<'_>,
) -> Option<(Fact, Standing)> {
    let path = data.slots.get(slot.0 as usize)?;
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

//! Other values that no comparison names: budgets with room, closed breakers, wider intents, other objects gone, live objects to try.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use taffrail::{Decision, Request, Value};
use taffrail_runtime::Map;
use taffrail_runtime::inspect::Inspector;
use taffrail_runtime::program::{ProgramData, Root, Rule, RuleId, SlotPath};
use taffrail_runtime::request::{BreakerState, Proposed};

use super::changed::{Around, set};
use super::fact::{Fact, is_object_of, value_at};
use super::points::Points;

/// How many other objects of one kind are taken away, one at a time.
const OBJECTS: usize = 8;

/// Budgets and breakers as this action meets them.
pub(super) fn ledger(
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
pub(super) fn intent(
    request: &Request,
    decision: &Decision<'_>,
    found: &mut BTreeMap<Fact, Points>,
) {
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
pub(super) fn objects(request: &Request, found: &mut BTreeMap<Fact, Points>) {
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
pub(super) fn live_objects(
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

//! Facts that could be different, and requests in which they are.

use jiff::Timestamp;
use taffrail::{Request, Value};
use taffrail_runtime::inspect::{Inspector, path_name};
use taffrail_runtime::program::{ProgramData, Root, RuleId, SlotPath};
use taffrail_runtime::request::{
    BreakerFact, BreakerState, Complete, LedgerKey, Proposed, Reading, Usage,
};
use taffrail_runtime::{Cause, Decimal};

/// A fact that could be different while the action stays the same. Sorted so that what changes by itself or is
/// measured comes before what somebody has to state.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Fact {
    /// A signal's reading.
    Signal(u32),
    /// What is used of a budget, for the key of this action.
    Usage(RuleId),
    /// The state of a breaker, for the key of this action.
    Breaker(RuleId),
    /// The other objects of a kind: group, where it matters, and kind.
    Objects(Option<String>, String),
    /// The time. When it differs, readings are as old as they are now.
    Now,
    /// A part of the live object, the namespace, the cluster, the intent and so on.
    Path(SlotPath),
}

impl Fact {
    /// Returns its name, as policies name it.
    pub(super) fn name(&self, data: &ProgramData) -> String {
        let rule = |id: &RuleId| {
            let rule = data.rules.get(id.0 as usize);
            rule.map_or_else(String::new, |rule| rule.name.clone())
        };
        match self {
            Self::Signal(id) => data
                .signals
                .get(*id as usize)
                .map_or_else(String::new, |signal| format!("signal {}", signal.name)),
            Self::Usage(id) => format!("usage of {}", rule(id)),
            Self::Breaker(id) => format!("breaker {}", rule(id)),
            Self::Objects(_, kind) => format!("objects of kind {kind}"),
            Self::Now => "now".into(),
            Self::Path(path) => path_name(path.root, &path.keys),
        }
    }

    /// Tells whether two facts overlap: one is a part of the other.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Path(a), Self::Path(b)) => are_related(a, b),
            (a, b) => a == b,
        }
    }
}

/// Tells whether one of two paths leads into the other.
pub(super) fn are_related(a: &SlotPath, b: &SlotPath) -> bool {
    a.root == b.root && a.keys.iter().zip(&b.keys).all(|(a, b)| a == b)
}

/// Returns what a fact of a path is.
pub(super) fn value_at(request: &Request, path: &SlotPath) -> Value {
    let Some(root) = root(request, path.root) else {
        return Value::Absent;
    };
    below(root, &path.keys)
}

fn below(root: &Value, keys: &[String]) -> Value {
    let mut value = root;
    for key in keys {
        match value {
            Value::Map(map) => match map.get(key) {
                Some(inner) => value = inner,
                None => return Value::Absent,
            },
            other => return other.field(key, &String::new),
        }
    }
    value.clone()
}

/// What a path is to somebody who looks for other values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// A part of the action.
    Action,
    /// A fact, but nobody can say what the request would be with another value, or nobody may.
    OutOfReach,
    /// A fact that can be different while the action stays the same.
    Changeable,
}

/// Returns what a path is.
pub(super) fn standing(
    path: &SlotPath,
    request: &Request,
    data: &ProgramData,
    inspector: &Inspector<'_>,
) -> Standing {
    let keys: Vec<&str> = path.keys.iter().map(String::as_str).collect();
    let is_unknown = matches!(value_at(request, path), Value::Unknown(_));
    let is_fact = match path.root {
        Root::Request | Root::Cluster => true,
        Root::Namespace => is_unknown || keys.first() != Some(&"name"),
        Root::Intent => !keys.is_empty(),
        Root::Principal => is_unknown || keys.first() == Some(&"groups"),
        Root::Rollback => is_unknown || keys == ["tested"],
        Root::Impact => is_unknown,
        Root::Current => is_left_alone(&keys, path, request),
        Root::Verb | Root::Target | Root::Subresource | Root::Proposed | Root::Now => false,
    };
    let is_in_reach =
        || !path.keys.is_empty() && inspector.may_show_fact(path) && has_room(path, request, data);
    match is_fact {
        false => Standing::Action,
        true if is_in_reach() => Standing::Changeable,
        true => Standing::OutOfReach,
    }
}

/// Tells whether a part of the live object is a fact, and none of what the action changes.
fn is_left_alone(keys: &[&str], path: &SlotPath, request: &Request) -> bool {
    if !matches!(request.current, Value::Map(_)) || !is_no_name(keys) {
        return false;
    }
    let outcome = request.outcome();
    match &*outcome {
        // What is deleted is all fact.
        Value::Absent => true,
        Value::Map(_) => {
            is_kept_by_cluster(keys, &outcome)
                || below(&request.current, &path.keys) == below(&outcome, &path.keys)
        }
        _ => false,
    }
}

/// Tells whether another value of a fact, a part of the live object or all of it, is another difference between the object as it is and as it
/// would be.
pub(super) fn is_part_of_change(path: &SlotPath, request: &Request) -> bool {
    let keys: Vec<&str> = path.keys.iter().map(String::as_str).collect();
    let outcome = request.outcome();
    path.root == Root::Current
        && (keys.is_empty()
            || !matches!(&*outcome, Value::Map(_))
            || is_kept_by_cluster(&keys, &outcome))
}

/// Tells whether a part of the live object stays what it is though the object is proposed without it.
fn is_kept_by_cluster(keys: &[&str], outcome: &Value) -> bool {
    let is_absent = |path: &[&str]| {
        let path: Vec<String> = path.iter().map(|key| (*key).to_owned()).collect();
        below(outcome, &path) == Value::Absent
    };
    match keys {
        ["status", ..] => is_absent(&["status"]),
        [
            "metadata",
            "creationTimestamp" | "generation" | "managedFields",
            ..,
        ] => is_absent(keys),
        _ => false,
    }
}

/// What an object is called makes it another object.
fn is_no_name(keys: &[&str]) -> bool {
    !matches!(
        keys,
        [] | ["apiVersion" | "kind"] | ["metadata"] | ["metadata", "name" | "namespace" | "uid"]
    )
}

/// Tells whether the path can be set without claiming anything of what lies beside it: where the map around it is unknown, the rules
/// must read its parts alone, so that the others can stay unknown.
fn has_room(path: &SlotPath, request: &Request, data: &ProgramData) -> bool {
    let mut around = path.clone();
    while around.keys.pop().is_some() {
        match value_at(request, &around) {
            Value::Map(_) | Value::Absent => {}
            Value::Unknown(_) => {
                if path.root == Root::Current || data.slots.contains(&around) {
                    return false;
                }
            }
            _ => return false,
        }
    }
    true
}

/// Returns the request in which a fact has another value.
pub(super) fn set(request: &mut Request, fact: &Fact, value: &Value, around: &Around<'_>) {
    match fact {
        Fact::Now => {
            set_now(request, value);
        }
        Fact::Signal(id) => {
            if let Some(signal) = around.data.signals.get(*id as usize) {
                set_signal(request, &signal.name, value);
            }
        }
        Fact::Usage(id) => {
            if let (Value::Number(used), Some((name, key))) = (value, around.key(*id)) {
                set_usage(request, name, key, *used);
            }
        }
        Fact::Breaker(id) => {
            if let Some((name, key)) = around.key(*id) {
                request.breakers.insert(
                    0,
                    BreakerFact {
                        breaker: name.to_owned(),
                        by: LedgerKey::Values(key.to_vec()),
                        state: Some(BreakerState::Closed),
                        until: None,
                    },
                );
            }
        }
        Fact::Objects(group, kind) => set_objects(request, group.as_deref(), kind, value),
        Fact::Path(path) => set_path(request, path, value, around.data),
    }
}

/// What is needed to change facts beside the request.
#[derive(Debug)]
pub(super) struct Around<'a> {
    pub(super) data: &'a ProgramData,
    /// The keys by which this action meets budgets and breakers.
    pub(super) keys: Vec<(RuleId, Vec<Value>)>,
}

impl Around<'_> {
    fn key(&self, id: RuleId) -> Option<(&str, &[Value])> {
        let rule = self.data.rules.get(id.0 as usize)?;
        let (_, key) = self.keys.iter().find(|(of, _)| *of == id)?;
        Some((&rule.name, key))
    }
}

fn set_now(request: &mut Request, value: &Value) {
    if let (Value::Time(before), Value::Time(now)) = (&request.now, value) {
        let later = now.duration_since(*before);
        for (_, reading) in &mut request.signals {
            reading.observed = reading
                .observed
                .and_then(|observed| observed.checked_add(later).ok());
        }
    }
    request.now = value.clone();
}

fn set_signal(request: &mut Request, name: &str, value: &Value) {
    let observed: Option<Timestamp> = match &request.now {
        Value::Time(now) => Some(*now),
        _ => None,
    };
    let reading = Reading {
        value: value.clone(),
        observed,
    };
    // The full name goes before the last word of it.
    request.signals.retain(|(given, _)| given != name);
    request.signals.push((name.to_owned(), reading));
    request.signals.sort_by(|a, b| a.0.cmp(&b.0));
}

fn set_usage(request: &mut Request, name: &str, key: &[Value], used: Decimal) {
    request.usage.insert(
        0,
        Usage {
            budget: name.to_owned(),
            by: LedgerKey::Values(key.to_vec()),
            used: Some(used),
        },
    );
}

fn set_objects(request: &mut Request, group: Option<&str>, kind: &str, value: &Value) {
    request
        .objects
        .retain(|object| !is_object_of(object, group, kind));
    if let Value::List(objects) = value {
        request.objects.extend(objects.iter().cloned());
    }
    let kind = match group {
        Some("") => format!("core/{kind}"),
        Some(group) => format!("{group}/{kind}"),
        None => kind.to_owned(),
    };
    request.complete.push(Complete {
        kind,
        namespace: None,
    });
}

/// Tells whether an object of the snapshot surely is of a kind.
pub(super) fn is_object_of(object: &Value, group: Option<&str>, kind: &str) -> bool {
    let field = |name: &str| object.field(name, &String::new);
    let is_group = match (group, field("apiVersion")) {
        (None, _) => true,
        (Some(group), Value::String(version)) => {
            version.rsplit_once('/').map_or("", |(group, _)| group) == group
        }
        (Some(_), _) => false,
    };
    is_group && field("kind") == Value::string(kind)
}

fn set_path(request: &mut Request, path: &SlotPath, value: &Value, data: &ProgramData) {
    // What the action leaves alone, it leaves alone whatever it is.
    let keys: Vec<&str> = path.keys.iter().map(String::as_str).collect();
    if path.root == Root::Current
        && !keys.is_empty()
        && let Proposed::Given(after @ Value::Map(_)) = &mut request.proposed
        && !is_kept_by_cluster(&keys, after)
    {
        set_below(after, path, 0, value, data);
    }
    if let Some(root) = root_mut(request, path.root) {
        set_below(root, path, 0, value, data);
    }
}

fn root(request: &Request, root: Root) -> Option<&Value> {
    Some(match root {
        Root::Principal => &request.principal,
        Root::Intent => &request.intent,
        Root::Current => &request.current,
        Root::Rollback => &request.rollback,
        Root::Impact => &request.impact,
        Root::Request => &request.request,
        Root::Cluster => &request.cluster,
        Root::Namespace => &request.namespace,
        Root::Now => &request.now,
        Root::Verb | Root::Target | Root::Subresource | Root::Proposed => return None,
    })
}

fn root_mut(request: &mut Request, root: Root) -> Option<&mut Value> {
    Some(match root {
        Root::Principal => &mut request.principal,
        Root::Intent => &mut request.intent,
        Root::Current => &mut request.current,
        Root::Rollback => &mut request.rollback,
        Root::Impact => &mut request.impact,
        Root::Request => &mut request.request,
        Root::Cluster => &mut request.cluster,
        Root::Namespace => &mut request.namespace,
        Root::Now => &mut request.now,
        Root::Verb | Root::Target | Root::Subresource | Root::Proposed => return None,
    })
}

fn set_below(place: &mut Value, path: &SlotPath, depth: usize, value: &Value, data: &ProgramData) {
    let Some(key) = path.keys.get(depth) else {
        *place = value.clone();
        return;
    };
    match place {
        Value::Map(_) => {}
        Value::Unknown(_) => *place = unknown_parts(path, depth, data),
        _ => *place = Value::Map(taffrail_runtime::Map::default()),
    }
    if let Value::Map(map) = place {
        let mut inner = map.remove(key).unwrap_or(Value::Absent);
        set_below(&mut inner, path, depth.saturating_add(1), value, data);
        if inner != Value::Absent {
            map.insert(key.as_str(), inner);
        }
    }
}

/// Returns a map whose parts are as unknown as the map was, as far as anything reads them.
fn unknown_parts(path: &SlotPath, depth: usize, data: &ProgramData) -> Value {
    let mut map = taffrail_runtime::Map::default();
    for slot in &data.slots {
        let is_below = slot.root == path.root
            && slot.keys.len() > depth
            && slot
                .keys
                .iter()
                .zip(&path.keys)
                .take(depth)
                .all(|(a, b)| a == b);
        if let (true, Some(key)) = (is_below, slot.keys.get(depth)) {
            let fact = path_name(slot.root, slot.keys.get(..=depth).unwrap_or_default());
            map.insert(key.as_str(), Value::unknown(Cause::NotGiven { fact }));
        }
    }
    Value::Map(map)
}

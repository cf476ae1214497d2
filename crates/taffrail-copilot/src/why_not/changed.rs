//! Requests in which facts are different.

use jiff::Timestamp;
use taffrail::{Decimal, Request, Value};
use taffrail_runtime::inspect::path_name;
use taffrail_runtime::program::{ProgramData, Root, RuleId, SlotPath};
use taffrail_runtime::request::{
    BreakerFact, BreakerState, Complete, LedgerKey, Proposed, Reading, Usage,
};
use taffrail_runtime::{Cause, Map};

use super::fact::{Fact, is_kept_by_cluster, is_object_of};

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
        _ => *place = Value::Map(Map::default()),
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
    let mut map = Map::default();
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

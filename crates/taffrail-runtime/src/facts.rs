//! A request as one program sees it: every path it reads resolved to a slot.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};

use crate::cause::Cause;
use crate::effects::{self, ActionVerbs};
use crate::program::{Root, Signal, SignalType, SlotId, SlotPath};
use crate::request::{Proposed, Reading, Request};
use crate::value::{Map, Value};

/// Readings may be this much later than `now` before they count as impossible.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_secs(5);

/// A request prepared for one program: what `decide` reads, resolved once.
///
/// Made by [`Program::prepare`](crate::Program::prepare); deciding it again costs no resolving.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    pub(crate) request: Cow<'a, Request>,
    pub(crate) verbs: ActionVerbs,
    /// The object as it would be, where the request does not give it itself.
    computed: Option<Value>,
    slots: Vec<SlotValue>,
    pub(crate) signals: Vec<Value>,
}

/// What a slot holds. Whole objects stay where they are, since copying them would cost more than deciding.
#[derive(Debug, Clone)]
enum SlotValue {
    Value(Value),
    Current,
    Proposed,
}

impl<'a> Facts<'a> {
    pub(crate) fn new(request: Cow<'a, Request>, slots: &[SlotPath], signals: &[Signal]) -> Self {
        let proposed = effects::proposed(&request);
        let verbs = effects::verbs(&request, &proposed);
        let target = target_map(&request);
        let slots = slots
            .iter()
            .map(|path| match (path.root, path.keys.is_empty()) {
                (Root::Current, true) => SlotValue::Current,
                (Root::Proposed, true) => SlotValue::Proposed,
                _ => SlotValue::Value(slot(&request, &proposed, &target, path)),
            })
            .collect();
        let signals = signals
            .iter()
            .map(|signal| reading(&request, signal, signals))
            .collect();
        let computed = match proposed {
            Cow::Borrowed(_) => None,
            Cow::Owned(value) => Some(value),
        };
        Self {
            request,
            verbs,
            computed,
            slots,
            signals,
        }
    }

    /// Returns the object as it would be.
    pub(crate) fn proposed(&self) -> &Value {
        match (&self.computed, &self.request.proposed) {
            (Some(value), _) | (None, Proposed::Given(value) | Proposed::Patch(value)) => value,
            (None, Proposed::FromVerb) => &Value::Absent,
        }
    }

    /// Returns what a slot holds.
    pub(crate) fn slot(&self, id: SlotId) -> Option<&Value> {
        Some(match self.slots.get(id.0 as usize)? {
            SlotValue::Value(value) => value,
            SlotValue::Current => &self.request.current,
            SlotValue::Proposed => self.proposed(),
        })
    }

    /// Returns `now` when it is known.
    pub(crate) fn now(&self) -> Option<Timestamp> {
        match &self.request.now {
            Value::Time(now) => Some(*now),
            _ => None,
        }
    }
}

fn slot(request: &Request, proposed: &Value, target: &Value, path: &SlotPath) -> Value {
    let root = match path.root {
        Root::Verb => &request.verb,
        Root::Target => target,
        Root::Subresource => &request.subresource,
        Root::Principal => &request.principal,
        Root::Intent => &request.intent,
        Root::Current => &request.current,
        Root::Proposed => proposed,
        Root::Rollback => &request.rollback,
        Root::Impact => &request.impact,
        Root::Request => &request.request,
        Root::Cluster => &request.cluster,
        Root::Namespace => &request.namespace,
        Root::Now => &request.now,
    };
    let mut value = root;
    for (depth, key) in path.keys.iter().enumerate() {
        match value {
            Value::Map(map) => match map.get(key) {
                Some(inner) => value = inner,
                None => return Value::Absent,
            },
            Value::Absent => return Value::Absent,
            other => {
                return other.field(key, &|| display(path.root, path.keys.iter().take(depth)));
            }
        }
    }
    match (path.root, value) {
        (Root::Intent, Value::String(text)) if path.keys == ["expires"] => {
            crate::text::parse_time(text).map_or_else(|| value.clone(), Value::Time)
        }
        _ => value.clone(),
    }
}

/// Returns a path as policies write it, in backticks.
pub(crate) fn display<'k>(root: Root, keys: impl Iterator<Item = &'k String>) -> String {
    let mut text = format!("`{}", root.name());
    for key in keys {
        let plain = key
            .chars()
            .all(|letter| letter.is_alphanumeric() || letter == '_');
        if plain && !key.is_empty() {
            text.push('.');
            text.push_str(key);
        } else {
            text.push_str("[\"");
            text.push_str(key);
            text.push_str("\"]");
        }
    }
    text.push('`');
    text
}

fn target_map(request: &Request) -> Value {
    let target = &request.target;
    let mut map = Map::default();
    map.insert("group", target.group.clone());
    map.insert("version", target.version.clone());
    map.insert("kind", target.kind.clone());
    map.insert("namespace", target.namespace.clone());
    map.insert("name", target.name.clone());
    Value::Map(map)
}

/// Returns what the program may believe of a signal: its reading, or why there is none.
fn reading(request: &Request, signal: &Signal, all: &[Signal]) -> Value {
    let Some(reading) = find(request, &signal.name, all) else {
        return Value::unknown(Cause::SignalMissing {
            signal: signal.name.clone(),
        });
    };
    if let Some(cause) = staleness(request, signal, reading) {
        return Value::unknown(cause);
    }
    typed(signal, &reading.value)
}

/// A reading is named in full, or by the last word where only one module declares it.
pub(crate) fn find<'r>(request: &'r Request, name: &str, all: &[Signal]) -> Option<&'r Reading> {
    let by_name = |name: &str| {
        request
            .signals
            .iter()
            .find(|(given, _)| given == name)
            .map(|(_, reading)| reading)
    };
    by_name(name).or_else(|| {
        let last = last_word(name);
        let unique = all
            .iter()
            .filter(|other| last_word(&other.name) == last)
            .count()
            == 1;
        if unique { by_name(last) } else { None }
    })
}

fn last_word(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

fn staleness(request: &Request, signal: &Signal, reading: &Reading) -> Option<Cause> {
    let Some(observed) = reading.observed else {
        return signal.fresh.is_some().then(|| Cause::NotGiven {
            fact: format!("signals.{}.observed", signal.name),
        });
    };
    let Value::Time(now) = &request.now else {
        return Some(Cause::NotGiven { fact: "now".into() });
    };
    let age = now.duration_since(observed);
    if age < -CLOCK_SKEW {
        return Some(Cause::SignalFromTheFuture {
            signal: signal.name.clone(),
        });
    }
    match signal.fresh {
        Some(fresh) if age > fresh => Some(Cause::SignalStale {
            signal: signal.name.clone(),
            age,
            fresh,
        }),
        _ => None,
    }
}

fn typed(signal: &Signal, value: &Value) -> Value {
    let expected = match (signal.ty, value) {
        (SignalType::Any, _)
        | (_, Value::Unknown(_) | Value::Absent)
        | (SignalType::Bool, Value::Bool(_))
        | (SignalType::String, Value::String(_))
        | (SignalType::Number, Value::Number(_))
        | (SignalType::Duration, Value::Duration(_))
        | (SignalType::Time, Value::Time(_)) => return value.clone(),
        (SignalType::Duration, Value::String(text)) => match crate::text::parse_duration(text) {
            Some(duration) => return Value::Duration(duration),
            None => "a duration",
        },
        (SignalType::Time, Value::String(text)) => match crate::text::parse_time(text) {
            Some(time) => return Value::Time(time),
            None => "a time",
        },
        (SignalType::Bool, _) => "a bool",
        (SignalType::String, _) => "a string",
        (SignalType::Number, _) => "a number",
        (SignalType::Duration, _) => "a duration",
        (SignalType::Time, _) => "a time",
    };
    Value::unknown(Cause::WrongType {
        what: format!("signal `{}`", signal.name),
        expected: expected.into(),
        found: value.type_name().into(),
    })
}

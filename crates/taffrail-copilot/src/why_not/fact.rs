//! Facts that could be different while the action stays the same.

use taffrail::{Request, Value};
use taffrail_runtime::inspect::{Inspector, path_name};
use taffrail_runtime::program::{ProgramData, Root, RuleId, SlotPath};

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

    /// Tells whether it is the live object or a part of it.
    pub(super) fn is_of_live_object(&self) -> bool {
        matches!(self, Self::Path(path) if path.root == Root::Current)
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
pub(super) fn is_kept_by_cluster(keys: &[&str], outcome: &Value) -> bool {
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

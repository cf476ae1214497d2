//! The action as the rules see it: its facts, the object as it would be, and the verbs it implies.

use std::collections::BTreeMap;

use jiff::Timestamp;
use taffrail_runtime::Value as Fact;
use taffrail_runtime::request::{Proposed, Request};

use super::value::{Truth, Value, differ};

const RESTARTED_AT: [&str; 5] = [
    "spec",
    "template",
    "metadata",
    "annotations",
    "kubectl.kubernetes.io/restartedAt",
];

/// What the server side writes without being asked.
const SERVER_WRITES: &[&[&str]] = &[
    &["metadata", "uid"],
    &["metadata", "resourceVersion"],
    &["metadata", "generation"],
    &["metadata", "creationTimestamp"],
    &["metadata", "managedFields"],
    &[
        "metadata",
        "annotations",
        "deployment.kubernetes.io/revision",
    ],
];

/// The facts of a request, by the names that policies use.
#[derive(Debug)]
pub(crate) struct Action<'a> {
    pub(crate) request: &'a Request,
    pub(crate) verb: Value,
    pub(crate) current: Value,
    pub(crate) proposed: Value,
    /// Verbs beside the requested one, with whether they are implied.
    pub(crate) implied: Vec<(&'static str, Truth)>,
}

impl<'a> Action<'a> {
    pub(crate) fn new(request: &'a Request) -> Self {
        let mut action = Self {
            request,
            verb: Value::of_fact(&request.verb),
            current: Value::of_fact(&request.current),
            proposed: Value::Unknown,
            implied: Vec::new(),
        };
        action.proposed = action.proposed();
        action.implied = action.implied();
        action
    }

    pub(crate) fn now(&self) -> Option<Timestamp> {
        match self.request.now {
            Fact::Time(now) => Some(now),
            _ => None,
        }
    }

    /// Returns the fact that a name stands for.
    pub(crate) fn fact(&self, name: &str) -> Option<Value> {
        let request = self.request;
        Some(match name {
            "verb" => self.verb.clone(),
            "current" => self.current.clone(),
            "proposed" => self.proposed.clone(),
            "target" => Value::Map(
                [
                    ("group", &request.target.group),
                    ("version", &request.target.version),
                    ("kind", &request.target.kind),
                    ("namespace", &request.target.namespace),
                    ("name", &request.target.name),
                ]
                .into_iter()
                .map(|(key, value)| (key.to_owned(), Value::of_fact(value)))
                .collect(),
            ),
            "subresource" => Value::of_fact(&request.subresource),
            "principal" => Value::of_fact(&request.principal),
            "intent" => Value::of_fact(&request.intent),
            "rollback" => Value::of_fact(&request.rollback),
            "impact" => Value::of_fact(&request.impact),
            "request" => Value::of_fact(&request.request),
            "cluster" => Value::of_fact(&request.cluster),
            "namespace" => Value::of_fact(&request.namespace),
            "now" => Value::of_fact(&request.now),
            _ => return None,
        })
    }

    fn proposed(&self) -> Value {
        match (&self.request.proposed, &self.verb) {
            (Proposed::Given(object), _) => Value::of_fact(object),
            (Proposed::Patch(patch), _) => {
                let empty = Value::Map(BTreeMap::new());
                let base = if self.current == Value::Absent {
                    &empty
                } else {
                    &self.current
                };
                merge(base, &Value::of_fact(patch))
            }
            (Proposed::FromVerb, Value::Text(verb)) => match verb.as_str() {
                "delete" => Value::Absent,
                "restart" => {
                    let now = match self.now() {
                        Some(now) => Value::Text(now.to_string()),
                        None => Value::of_fact(&self.request.now),
                    };
                    with(&self.current, &RESTARTED_AT, now)
                }
                "cordon" => with(&self.current, &["spec", "unschedulable"], Value::Bool(true)),
                "uncordon" => with(
                    &self.current,
                    &["spec", "unschedulable"],
                    Value::Bool(false),
                ),
                _ => Value::Unknown,
            },
            (Proposed::FromVerb, _) => Value::Unknown,
        }
    }

    fn implied(&self) -> Vec<(&'static str, Truth)> {
        let Value::Text(verb) = &self.verb else {
            return Vec::new();
        };
        let left_out = self.request.proposed == Proposed::FromVerb;
        let all = match verb.as_str() {
            "create" | "drain" | "approve" | "exec" | "portforward" | "get" | "list" | "watch"
            | "logs" | "read_secret" => Vec::new(),
            "delete" | "evict" => vec![("restart", self.ends_a_controlled_pod())],
            "scale" | "restart" | "rollback" | "pause" | "resume" | "promote" | "abort"
            | "cordon" | "uncordon" | "taint" | "label" | "annotate"
                if left_out =>
            {
                Vec::new()
            }
            _ => self.effects(),
        };
        let beyond = if left_out {
            Truth::False
        } else {
            self.does_more_than(verb)
        };
        all.into_iter()
            .chain([("patch", beyond)])
            .filter(|(name, truth)| name != verb && *truth != Truth::False)
            .collect()
    }

    /// Whether what is proposed is more than the verb says. General verbs say nothing.
    fn does_more_than(&self, verb: &str) -> Truth {
        let says: &[&[&str]] = match verb {
            "scale" => &[&["spec", "replicas"]],
            "restart" => &[&RESTARTED_AT],
            "pause" | "resume" => &[&["spec", "paused"], &["spec", "suspend"]],
            "promote" | "abort" => &[&["spec", "paused"], &["status"]],
            "cordon" | "uncordon" | "drain" => &[&["spec", "unschedulable"]],
            "taint" => &[&["spec", "taints"]],
            "label" => &[&["metadata", "labels"]],
            "annotate" => &[&["metadata", "annotations"]],
            "rotate" => &[&["data"], &["stringData"]],
            "approve" => &[&["status"]],
            "rollback" => &[],
            "delete" | "evict" | "get" | "list" | "watch" | "logs" | "read_secret" => {
                if self.proposed == Value::Absent {
                    return Truth::False;
                }
                &[]
            }
            _ => return Truth::False,
        };
        let (mut before, mut after) = (self.current.clone(), self.proposed.clone());
        let without_status = after.part(&["status"]) == Value::Absent;
        for path in says.iter().chain(SERVER_WRITES) {
            leave_out(&mut before, path);
            leave_out(&mut after, path);
        }
        if without_status {
            leave_out(&mut before, &["status"]);
        }
        differ(&before, &after)
    }

    fn kind_is(&self, kind: &str) -> Truth {
        match Value::of_fact(&self.request.target.kind) {
            Value::Text(given) => Truth::of(given == kind),
            Value::Unknown => Truth::Unknown,
            _ => Truth::False,
        }
    }

    fn ends_a_controlled_pod(&self) -> Truth {
        let controlled = match self.current.part(&["metadata", "ownerReferences"]) {
            Value::Absent => Truth::False,
            Value::List(owners) => {
                Truth::any(
                    owners
                        .iter()
                        .map(|owner| match owner.part(&["controller"]) {
                            Value::Bool(controller) => Truth::of(controller),
                            Value::Unknown => Truth::Unknown,
                            _ => Truth::False,
                        }),
                )
            }
            _ => Truth::Unknown,
        };
        self.kind_is("Pod").and(controlled)
    }

    /// The verbs that an update implies by what it changes.
    fn effects(&self) -> Vec<(&'static str, Truth)> {
        let (before, after) = (&self.current, &self.proposed);
        if *before == Value::Absent || *after == Value::Absent {
            return Vec::new();
        }
        let changed = |path: &[&str]| differ(&before.part(path), &after.part(path));
        let held_back = |object: &Value| match object.part(&["spec", "unschedulable"]) {
            Value::Bool(held_back) => Truth::of(held_back),
            Value::Unknown => Truth::Unknown,
            _ => Truth::False,
        };
        let (was, becomes) = (held_back(before), held_back(after));
        vec![
            (
                "cordon",
                Truth::all([self.kind_is("Node"), was.not(), becomes]),
            ),
            ("restart", changed(&RESTARTED_AT)),
            (
                "rotate",
                self.kind_is("Secret")
                    .and(changed(&["data"]).or(changed(&["stringData"]))),
            ),
            ("scale", changed(&["spec", "replicas"])),
            (
                "uncordon",
                Truth::all([self.kind_is("Node"), was, becomes.not()]),
            ),
        ]
    }
}

/// Takes a field out of an object, and makes the maps that lead to it, so that they compare as equal.
fn leave_out(object: &mut Value, path: &[&str]) {
    let Some((last, way)) = path.split_last() else {
        return;
    };
    if *object == Value::Absent {
        return;
    }
    let mut place = object;
    for key in way {
        let Value::Map(map) = place else { return };
        place = map.entry((*key).to_owned()).or_insert(Value::Absent);
        if *place == Value::Absent {
            *place = Value::Map(BTreeMap::new());
        }
    }
    if let Value::Map(map) = place {
        map.remove(*last);
    }
}

/// Returns the object with one field set.
fn with(object: &Value, path: &[&str], value: Value) -> Value {
    fn set(object: Value, path: &[&str], value: Value) -> Value {
        let Some((key, rest)) = path.split_first() else {
            return value;
        };
        let mut map = match object {
            Value::Map(map) => map,
            Value::Unknown => return Value::Unknown,
            _ => BTreeMap::new(),
        };
        let inner = map.remove(*key).unwrap_or(Value::Absent);
        map.insert((*key).to_owned(), set(inner, rest, value));
        Value::Map(map)
    }
    match object {
        Value::Absent => Value::Absent,
        other => set(other.clone(), path, value),
    }
}

/// A JSON merge patch.
fn merge(target: &Value, patch: &Value) -> Value {
    let Value::Map(patch) = patch else {
        return patch.clone();
    };
    let mut merged = match target {
        Value::Map(map) => map.clone(),
        Value::Unknown => return Value::Unknown,
        _ => BTreeMap::new(),
    };
    for (key, value) in patch {
        if *value == Value::Absent {
            merged.remove(key);
        } else {
            let before = merged.get(key).cloned().unwrap_or(Value::Absent);
            merged.insert(key.clone(), merge(&before, value));
        }
    }
    Value::Map(merged)
}

//! What an action does to its object: the object as it would be, and the verbs that the change implies.

mod beyond;

use std::borrow::Cow;

use crate::cause::{Cause, Causes};
use crate::diff::differs;
use crate::layout::Layout;
use crate::request::{Proposed, Request};
use crate::truth::Truth;
use crate::value::{Map, Value};

/// The annotation of a pod template by which `kubectl rollout restart` restarts a workload.
const RESTARTED_AT: &str = "kubectl.kubernetes.io/restartedAt";

/// Returns the object as it would be after the action.
pub(crate) fn proposed(request: &Request) -> Cow<'_, Value> {
    Cow::Owned(match &request.proposed {
        Proposed::Given(value) => return Cow::Borrowed(value),
        Proposed::Patch(patch) => match &request.current {
            Value::Absent => merge(&Value::Map(Map::default()), patch),
            current => merge(current, patch),
        },
        Proposed::FromVerb => from_verb(request),
    })
}

fn from_verb(request: &Request) -> Value {
    let Value::String(verb) = &request.verb else {
        return not_given();
    };
    match &**verb {
        "delete" => Value::Absent,
        "restart" => {
            let at = match &request.now {
                Value::Time(now) => Value::string(crate::text::time(*now)),
                other => other.clone(),
            };
            change(
                &request.current,
                &["spec", "template", "metadata", "annotations", RESTARTED_AT],
                at,
            )
        }
        "cordon" => change(
            &request.current,
            &["spec", "unschedulable"],
            Value::Bool(true),
        ),
        "uncordon" => change(
            &request.current,
            &["spec", "unschedulable"],
            Value::Bool(false),
        ),
        _ => not_given(),
    }
}

fn not_given() -> Value {
    Value::unknown(Cause::NotGiven {
        fact: "proposed".into(),
    })
}

/// Returns the object with one field set; an absent or unknown object stays what it is.
fn change(object: &Value, path: &[&str], value: Value) -> Value {
    match object {
        Value::Absent | Value::Unknown(_) => object.clone(),
        other => set(other, path, value),
    }
}

fn set(object: &Value, path: &[&str], value: Value) -> Value {
    let Some((key, rest)) = path.split_first() else {
        return value;
    };
    let mut map = match object {
        Value::Map(map) => map.clone(),
        Value::Unknown(causes) => return Value::Unknown(causes.clone()),
        _ => Map::default(),
    };
    let inner = set(map.get(key).unwrap_or(&Value::Absent), rest, value);
    map.insert(*key, inner);
    Value::Map(map)
}

/// Applies a JSON merge patch (RFC 7386); absent members of the patch remove theirs.
fn merge(target: &Value, patch: &Value) -> Value {
    let Value::Map(patch) = patch else {
        return patch.clone();
    };
    let mut merged = match target {
        Value::Map(map) => map.clone(),
        Value::Unknown(causes) => return Value::Unknown(causes.clone()),
        _ => Map::default(),
    };
    for (key, value) in patch.iter() {
        match value {
            Value::Absent => {
                merged.remove(key);
            }
            value => {
                let before = merged.get(key).unwrap_or(&Value::Absent);
                let after = merge(before, value);
                merged.insert(key, after);
            }
        }
    }
    Value::Map(merged)
}

/// The requested verb and those that the change implies, each with whether it is implied.
#[derive(Debug, Clone)]
pub(crate) struct ActionVerbs {
    /// The requested verb; the causes when it is not known.
    pub(crate) requested: Result<Box<str>, Causes>,
    /// Implied verbs that are true or unknown, sorted by name, without the requested one.
    pub(crate) implied: Vec<(Cow<'static, str>, Truth)>,
}

impl ActionVerbs {
    /// Adds every verb of another action on the same object; what surely holds for one of them holds.
    pub(crate) fn join(&mut self, other: &Self) {
        match (&mut self.requested, &other.requested) {
            (Err(all), Err(causes)) => *all = all.clone().union(causes),
            (requested @ Ok(_), Err(causes)) => *requested = Err(causes.clone()),
            (_, Ok(verb)) => self.add(Cow::Owned(verb.to_string()), Truth::True),
        }
        for (verb, truth) in &other.implied {
            self.add(verb.clone(), truth.clone());
        }
    }

    /// Adds one verb.
    pub(crate) fn add(&mut self, verb: Cow<'static, str>, truth: Truth) {
        if self
            .requested
            .as_ref()
            .is_ok_and(|requested| **requested == *verb)
        {
            return;
        }
        match self.implied.iter_mut().find(|(name, _)| *name == verb) {
            Some((_, known)) => *known = known.clone().or(truth),
            None => self.implied.push((verb, truth)),
        }
        self.implied.sort_by(|a, b| a.0.cmp(&b.0));
    }
}

/// Verbs whose effect on the object is fixed by the verb alone.
const FIXED_EFFECT: [&str; 11] = [
    "scale", "restart", "rollback", "pause", "resume", "promote", "abort", "cordon", "uncordon",
    "taint", "label",
];

/// Built-in verbs that change no object that exists before and after.
const NO_UPDATE: [&str; 12] = [
    "create",
    "delete",
    "drain",
    "evict",
    "approve",
    "exec",
    "portforward",
    "get",
    "list",
    "watch",
    "logs",
    "read_secret",
];

/// Returns the verbs of an action, given its effective `proposed`.
pub(crate) fn verbs(request: &Request, proposed: &Value) -> ActionVerbs {
    let requested = match &request.verb {
        Value::String(verb) => Ok(verb.clone()),
        Value::Unknown(causes) => Err(causes.clone()),
        _ => Err(Cause::NotGiven {
            fact: "verb".into(),
        }
        .into()),
    };
    let implied = match &requested {
        Ok(verb) => implied(verb, request, proposed)
            .into_iter()
            .filter(|(name, truth)| **name != **verb && *truth != Truth::False)
            .map(|(name, truth)| (Cow::Borrowed(name), truth))
            .collect(),
        Err(_) => Vec::new(),
    };
    ActionVerbs { requested, implied }
}

/// Whether the verbs of an action depend on everything that `current` and `proposed` hold.
pub(crate) fn looks_everywhere(request: &Request) -> bool {
    beyond::looks_everywhere(request)
}

fn implied(verb: &str, request: &Request, proposed: &Value) -> Vec<(&'static str, Truth)> {
    let mut implied = by_effect(verb, request, proposed);
    implied.push((
        "patch",
        cannot_be_told("patch", beyond::changes_beyond(verb, request, proposed)),
    ));
    implied.sort_by_key(|(verb, _)| *verb);
    implied
}

fn by_effect(verb: &str, request: &Request, proposed: &Value) -> Vec<(&'static str, Truth)> {
    if matches!(verb, "delete" | "evict") {
        return vec![("restart", deletes_controlled_pod(request))];
    }
    if NO_UPDATE.contains(&verb) {
        return Vec::new();
    }
    let from_verb = request.proposed == Proposed::FromVerb;
    if from_verb && (FIXED_EFFECT.contains(&verb) || verb == "annotate") {
        return Vec::new();
    }
    update(request, proposed)
}

/// Deleting a pod that a controller owns makes the controller start another: a restart.
fn deletes_controlled_pod(request: &Request) -> Truth {
    let is_pod = kind_is(request, "Pod");
    let owners = walk(&request.current, &["metadata", "ownerReferences"]);
    let controlled = match owners {
        Value::Absent => Truth::False,
        Value::Unknown(causes) => Truth::Unknown(causes),
        Value::List(owners) => owners.iter().fold(Truth::False, |truth, owner| {
            truth.or(match walk(owner, &["controller"]) {
                Value::Bool(controller) => controller.into(),
                Value::Unknown(causes) => Truth::Unknown(causes),
                _ => Truth::False,
            })
        }),
        _ => effect_unknown("restart"),
    };
    is_pod.and(controlled)
}

/// Returns the verbs that a net change implies, whatever verbs its steps had.
pub(crate) fn verbs_of_change(
    request: &Request,
    proposed: &Value,
) -> impl Iterator<Item = (&'static str, Truth)> {
    update(request, proposed)
        .into_iter()
        .filter(|(_, truth)| *truth != Truth::False)
}

/// The verbs that an update of an object implies, by the fields that differ.
fn update(request: &Request, proposed: &Value) -> Vec<(&'static str, Truth)> {
    let (before, after) = (&request.current, proposed);
    if matches!(before, Value::Absent) || matches!(after, Value::Absent) {
        return Vec::new();
    }
    let differ = |path: &[&str]| differs(&walk(before, path), &walk(after, path), Layout::NONE);
    let (node, secret) = (kind_is(request, "Node"), kind_is(request, "Secret"));
    let schedulable = |object: &Value| match walk(object, &["spec", "unschedulable"]) {
        Value::Bool(unschedulable) => Truth::from(!unschedulable),
        Value::Unknown(causes) => Truth::Unknown(causes),
        _ => Truth::True,
    };
    let (open_before, open_after) = (schedulable(before), schedulable(after));
    vec![
        (
            "cordon",
            node.clone()
                .and(open_before.clone())
                .and(open_after.clone().not()),
        ),
        (
            "restart",
            differ(&["spec", "template", "metadata", "annotations", RESTARTED_AT]),
        ),
        (
            "rotate",
            secret.and(differ(&["data"]).or(differ(&["stringData"]))),
        ),
        ("scale", differ(&["spec", "replicas"])),
        ("uncordon", node.and(open_before.not()).and(open_after)),
    ]
    .into_iter()
    .map(|(verb, truth)| (verb, cannot_be_told(verb, truth)))
    .collect()
}

/// Says of what is unknown that a verb may be implied.
fn cannot_be_told(verb: &str, truth: Truth) -> Truth {
    match truth {
        Truth::Unknown(_) => effect_unknown(verb),
        Truth::True | Truth::False => truth,
    }
}

fn effect_unknown(verb: &str) -> Truth {
    Truth::Unknown(Cause::EffectUnknown { verb: verb.into() }.into())
}

fn kind_is(request: &Request, kind: &str) -> Truth {
    match &request.target.kind {
        Value::String(given) => (**given == *kind).into(),
        Value::Unknown(causes) => Truth::Unknown(causes.clone()),
        _ => Truth::False,
    }
}

/// Walks down maps; a field of something that is no map is absent here, since no verb follows from it.
fn walk(object: &Value, path: &[&str]) -> Value {
    let mut value = object;
    for key in path {
        match value {
            Value::Map(map) => value = map.get(key).unwrap_or(&Value::Absent),
            Value::Unknown(_) => return value.clone(),
            _ => return Value::Absent,
        }
    }
    value.clone()
}

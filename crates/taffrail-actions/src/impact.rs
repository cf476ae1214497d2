//! How far an action reaches: the pods, nodes and namespaces it touches, the share of a workload, and stored data.

use taffrail_runtime::request::Request;
use taffrail_runtime::{Decimal, Value};

use crate::action::map_of;
use crate::error::ActionError;
use crate::facts::given;
use crate::fields::Field;
use crate::kinds::{self, Scope};
use crate::rollback::{field as at, losses};

/// What is known of how far an action reaches; `None` stands for what cannot be told.
#[derive(Debug, Clone, Copy, Default)]
struct Impact {
    pods: Option<Decimal>,
    share: Option<Decimal>,
    nodes: Option<Decimal>,
    namespaces: Option<Decimal>,
    data: Option<bool>,
}

/// Reads `impact`. What is left out is derived.
pub(crate) fn read(request: &Request, field: Option<&Field<'_>>) -> Result<Value, ActionError> {
    let derived = derived(request);
    let Some(field) = field else {
        return Ok(derived);
    };
    let keys = ["pods", "share", "nodes", "namespaces", "data"];
    let value = given(field, &keys, |key, value| match key {
        "data" => value.truth(),
        _ => value.number(),
    })?;
    Ok(match (value, derived) {
        (Value::Map(mut map), Value::Map(derived)) => {
            for (key, value) in derived.iter() {
                if map.get(key).is_none() {
                    map.insert(key, value.clone());
                }
            }
            Value::Map(map)
        }
        (other, _) => other,
    })
}

/// Returns what follows from the action and the snapshot:
///
/// | action | `pods` | `share` of the serving replicas | `nodes` |
/// |---|---|---|---|
/// | a read, `pause`, `resume`, `label`, `annotate`, `approve` | 0 | 0 | 0 |
/// | `scale`, or a change of `spec.replicas` alone | the difference | what goes, of those that serve; 0 when it grows | 0 |
/// | `restart`, or a change of the pod template | all replicas | 1 | 0 |
/// | another change of a workload | 0 | 0 | 0 |
/// | making a workload | its replicas | 0 | 0 |
/// | deleting a workload | all replicas | 1 | 0 |
/// | deleting or evicting a Pod, a call into it | 1 | one of its controller's replicas; 1 without a controller | 0 |
/// | `cordon`, `uncordon` | 0 | 0 | 1 |
/// | `drain`, deleting a Node | those on it | unknown | 1 |
/// | deleting a Namespace | those in it | 1 | 0 |
/// | anything else | unknown | unknown | unknown |
///
/// Replicas that serve are `status.availableReplicas`, or `status.readyReplicas`, or `spec.replicas`. Pods on a node or in a namespace are
/// counted where the snapshot holds all of them. `namespaces` is 1 for what lies in one and for a Namespace, 0 for a read and for what `cordon` and its kin
/// touch, unknown for other kinds. `data` is whether `data` is among the losses.
pub(crate) fn derived(request: &Request) -> Value {
    let found = impact(request);
    let number = |key: &str, number: Option<Decimal>| {
        number.map_or_else(|| Field::not_given(&format!("impact.{key}")), Value::Number)
    };
    map_of([
        ("pods", number("pods", found.pods)),
        ("share", number("share", found.share)),
        ("nodes", number("nodes", found.nodes)),
        ("namespaces", number("namespaces", found.namespaces)),
        (
            "data",
            found
                .data
                .map_or_else(|| Field::not_given("impact.data"), Value::Bool),
        ),
    ])
}

fn impact(request: &Request) -> Impact {
    let Value::String(verb) = &request.verb else {
        return Impact::default();
    };
    let namespaces = namespaces(request);
    let data = losses::of(request).map(|losses| losses.contains(&"data"));
    let nothing = Impact {
        pods: count(0),
        share: count(0),
        nodes: count(0),
        namespaces,
        data,
    };
    let kind = kind(request);
    match (&**verb, kind) {
        ("get" | "list" | "watch" | "logs" | "read_secret", _) => Impact {
            namespaces: count(0),
            ..nothing
        },
        ("pause" | "resume" | "label" | "annotate" | "approve", _) => nothing,
        ("cordon" | "uncordon", _) => Impact {
            nodes: count(1),
            namespaces: count(0),
            ..nothing
        },
        ("drain", _) | ("delete", Some("Node")) => Impact {
            pods: pods_where(request, None, |pod| {
                at(pod, &["spec", "nodeName"]) == request.target.name
            }),
            share: None,
            nodes: count(1),
            namespaces: None,
            ..nothing
        },
        ("delete", Some("Namespace")) => Impact {
            pods: pods_where(request, Some(&request.target.name), |_| true),
            share: count(1),
            ..nothing
        },
        ("delete" | "evict" | "exec" | "portforward", Some("Pod")) => Impact {
            pods: count(1),
            share: share_of_pod(request),
            ..nothing
        },
        ("restart", Some(kind)) if is_workload(kind) => all(&request.current, nothing),
        ("delete", Some(kind)) if is_workload(kind) => all(&request.current, nothing),
        ("scale" | "create" | "apply" | "patch" | "rollback" | "replace", Some(kind))
            if is_workload(kind) =>
        {
            of_change(request, nothing)
        }
        _ => Impact {
            namespaces,
            data,
            ..Impact::default()
        },
    }
}

fn count(number: i64) -> Option<Decimal> {
    Some(Decimal::from(number))
}

fn kind(request: &Request) -> Option<&'static str> {
    match (&request.target.group, &request.target.kind) {
        (Value::String(group), Value::String(kind)) => {
            kinds::built_in(group, kind).map(|row| row.kind)
        }
        _ => None,
    }
}

/// Kinds that keep a number of pods running.
fn is_workload(kind: &str) -> bool {
    matches!(
        kind,
        "DaemonSet" | "Deployment" | "ReplicaSet" | "ReplicationController" | "StatefulSet"
    )
}

fn namespaces(request: &Request) -> Option<Decimal> {
    match (kind(request), kinds::scope_of(&request.target)) {
        (Some("Namespace"), _) | (_, Some(Scope::Namespaced)) => count(1),
        _ => None,
    }
}

fn number(object: &Value, path: &[&str]) -> Option<Decimal> {
    match at(object, path) {
        Value::Number(number) => Some(number),
        _ => None,
    }
}

/// Returns the replicas that are wanted; one where the object does not say.
fn wanted(workload: &Value) -> Option<Decimal> {
    let is_daemon = at(workload, &["kind"]) == Value::string("DaemonSet");
    let status = number(workload, &["status", "desiredNumberScheduled"]);
    match (workload, at(workload, &["spec", "replicas"])) {
        (Value::Map(_), _) if is_daemon || status.is_some() => status,
        (Value::Map(_), Value::Absent) => count(1),
        (_, Value::Number(replicas)) => Some(replicas),
        _ => None,
    }
}

fn serving(workload: &Value) -> Option<Decimal> {
    number(workload, &["status", "availableReplicas"])
        .or_else(|| number(workload, &["status", "readyReplicas"]))
        .or_else(|| wanted(workload))
}

/// Every pod of a workload.
fn all(workload: &Value, nothing: Impact) -> Impact {
    Impact {
        pods: wanted(workload),
        share: count(1),
        ..nothing
    }
}

fn of_change(request: &Request, nothing: Impact) -> Impact {
    let outcome = request.outcome();
    match (&request.current, &*outcome) {
        (Value::Absent, made) => Impact {
            pods: wanted(made),
            ..nothing
        },
        (Value::Map(_), Value::Map(_)) => {
            let template = |object: &Value| at(object, &["spec", "template"]);
            if template(&request.current) != template(&outcome) {
                return all(&request.current, nothing);
            }
            let (Some(before), Some(after)) = (wanted(&request.current), wanted(&outcome)) else {
                return Impact {
                    pods: None,
                    share: None,
                    ..nothing
                };
            };
            let gone = before.checked_sub(after);
            Impact {
                pods: gone.map(Decimal::abs),
                share: gone.and_then(|gone| share(gone, serving(&request.current)?)),
                ..nothing
            }
        }
        _ => Impact {
            pods: None,
            share: None,
            ..nothing
        },
    }
}

/// Returns a part of a whole, from 0 to 1.
fn share(part: Decimal, whole: Decimal) -> Option<Decimal> {
    let none = Decimal::from(0_i64);
    if part <= none {
        return Some(none);
    }
    if part >= whole {
        return count(1);
    }
    part.checked_div(whole)
}

/// Returns the share that one pod has in the workload that controls it.
fn share_of_pod(request: &Request) -> Option<Decimal> {
    let Value::Map(_) = &request.current else {
        return None;
    };
    let owners = match at(&request.current, &["metadata", "ownerReferences"]) {
        Value::Absent => return count(1),
        Value::List(owners) => owners,
        _ => return None,
    };
    let controls = |owner: &&Value| at(owner, &["controller"]) == Value::Bool(true);
    let Some(owner) = owners.iter().find(controls) else {
        return count(1);
    };
    let is_owner = |object: &&Value| {
        at(object, &["kind"]) == at(owner, &["kind"])
            && at(object, &["metadata", "name"]) == at(owner, &["name"])
            && at(object, &["metadata", "namespace"]) == request.target.namespace
    };
    let owner = request.objects.iter().find(is_owner)?;
    share(Decimal::from(1_i64), serving(owner)?)
}

/// Counts the pods of a namespace, or of all, of which the snapshot holds every one.
fn pods_where(
    request: &Request,
    namespace: Option<&Value>,
    is_meant: impl Fn(&Value) -> bool,
) -> Option<Decimal> {
    let name = match namespace {
        Some(Value::String(name)) => Some(&**name),
        Some(_) => return None,
        None => None,
    };
    let is_complete = request.complete.iter().any(|complete| {
        complete.kind == "Pod"
            && (complete.namespace.is_none()
                || name.is_some() && complete.namespace.as_deref() == name)
    });
    if !is_complete || !matches!(request.target.name, Value::String(_)) {
        return None;
    }
    let pods = request.objects.iter().filter(|object| {
        at(object, &["kind"]) == Value::string("Pod")
            && name.is_none_or(|name| at(object, &["metadata", "namespace"]) == Value::string(name))
            && is_meant(object)
    });
    i64::try_from(pods.count()).ok().map(Decimal::from)
}

//! One view of the pods that any workload kind makes: `pod` and `containers`.

use crate::cause::Cause;
use crate::program::View;
use crate::value::{Map, Value};

/// Where the pod template of a kind stands: the keys from the object to the map that holds
/// `metadata` and `spec`.
///
/// Source: the Kubernetes API reference, `PodTemplateSpec` fields of the workload kinds.
fn template_path(kind: &str) -> Option<&'static [&'static str]> {
    match kind {
        "Pod" => Some(&[]),
        "PodTemplate" => Some(&["template"]),
        "Deployment"
        | "ReplicaSet"
        | "StatefulSet"
        | "DaemonSet"
        | "Job"
        | "ReplicationController" => Some(&["spec", "template"]),
        "CronJob" => Some(&["spec", "jobTemplate", "spec", "template"]),
        _ => None,
    }
}

/// The fields of a pod spec that hold containers, in the order pods start them.
const CONTAINER_LISTS: [&str; 3] = ["initContainers", "containers", "ephemeralContainers"];

/// Returns the view of an object of a kind; unknown for a kind without a pod template.
pub(crate) fn view(view: View, object: &Value, kind: &Value) -> Value {
    let kind = match kind {
        Value::String(kind) => kind,
        Value::Unknown(causes) => return Value::Unknown(causes.clone()),
        _ => {
            return Value::unknown(Cause::NotGiven {
                fact: "target.kind".into(),
            });
        }
    };
    let template = template_path(kind).map_or_else(
        || embedded_template(object),
        |path| walk(object, path.iter().copied()),
    );
    match template {
        Value::Absent => Value::Absent,
        Value::Unknown(causes) => Value::Unknown(causes),
        template => {
            let spec = step(&template, "spec");
            match view {
                View::Pod => pod(&template, spec),
                View::Containers => containers(&spec),
            }
        }
    }
    .or_unknown_kind(kind, template_path(kind).is_some())
}

impl Value {
    /// An object of a kind that we do not know and that embeds no template has no view: unknown.
    fn or_unknown_kind(self, kind: &str, known: bool) -> Self {
        match self {
            Self::Absent if !known => Self::unknown(Cause::InvalidArgument {
                function: "pod".into(),
                reason: format!("{kind} has no pod template"),
            }),
            other => other,
        }
    }
}

/// Custom kinds that embed a pod template do so at `spec.template`.
fn embedded_template(object: &Value) -> Value {
    match walk(object, ["spec", "template"].into_iter()) {
        Value::Map(map) if matches!(map.get("spec"), Some(Value::Map(_))) => Value::Map(map),
        Value::Unknown(causes) => Value::Unknown(causes),
        _ => Value::Absent,
    }
}

fn walk<'k>(object: &Value, keys: impl Iterator<Item = &'k str>) -> Value {
    keys.fold(object.clone(), |value, key| step(&value, key))
}

fn step(value: &Value, key: &str) -> Value {
    value.field(key, &|| format!("the parent of `{key}`"))
}

fn pod(template: &Value, spec: Value) -> Value {
    match spec {
        Value::Map(fields) => {
            let mut merged = fields.clone();
            merged.insert("spec", Value::Map(fields));
            merged.insert("metadata", step(template, "metadata"));
            Value::Map(merged)
        }
        Value::Absent => {
            let mut merged = Map::default();
            merged.insert("metadata", step(template, "metadata"));
            Value::Map(merged)
        }
        other => other,
    }
}

fn containers(spec: &Value) -> Value {
    let mut all = Vec::new();
    for list in CONTAINER_LISTS {
        match step(spec, list) {
            Value::Absent => {}
            Value::List(items) => all.extend(items),
            Value::Unknown(causes) => return Value::Unknown(causes),
            other => {
                return Value::unknown(Cause::WrongType {
                    what: format!("`{list}`"),
                    expected: "a list".into(),
                    found: other.type_name().into(),
                });
            }
        }
    }
    Value::List(all)
}

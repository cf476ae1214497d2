//! One view of the pods that any workload kind makes: `pod` and `containers`.

use crate::cause::Cause;
use crate::layout::Layouts;
use crate::program::View;
use crate::value::{Map, Value};

/// Where the pod template of a built-in kind stands: the group, and the keys from the object to the map that holds
/// `metadata` and `spec`.
///
/// Source: the Kubernetes API reference, `PodTemplateSpec` fields of the workload kinds.
fn template_path(kind: &str) -> Option<(&'static str, &'static [&'static str])> {
    match kind {
        "Pod" => Some(("", &[])),
        "PodTemplate" => Some(("", &["template"])),
        "ReplicationController" => Some(("", &["spec", "template"])),
        "Deployment" | "ReplicaSet" | "StatefulSet" | "DaemonSet" => {
            Some(("apps", &["spec", "template"]))
        }
        "Job" => Some(("batch", &["spec", "template"])),
        "CronJob" => Some(("batch", &["spec", "jobTemplate", "spec", "template"])),
        _ => None,
    }
}

/// The fields of a pod spec that hold containers, in the order pods start them.
const CONTAINER_LISTS: [&str; 3] = ["initContainers", "containers", "ephemeralContainers"];

/// Returns the view of an object of a group and kind; unknown for one without a pod template.
pub(crate) fn view(
    view: View,
    object: &Value,
    (group, kind): (&Value, &Value),
    layouts: &Layouts,
) -> Value {
    let kind = match kind {
        Value::String(kind) => kind,
        Value::Unknown(causes) => return Value::Unknown(causes.clone()),
        _ => return not_given("target.kind"),
    };
    let template = match (template_path(kind), group) {
        (Some((own, path)), Value::String(group)) if **group == *own => {
            walk(object, path.iter().copied())
        }
        // Another group's kind of the same name is another kind.
        (_, Value::String(group)) => {
            custom_template(object, layouts.pod_template(group, kind), kind)
        }
        (Some((_, path)), Value::Absent) => walk(object, path.iter().copied()),
        (_, Value::Unknown(causes)) => return Value::Unknown(causes.clone()),
        (_, _) => custom_template(object, None, kind),
    };
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
}

/// Returns the group in an object's `apiVersion`; absent when it does not say.
pub(crate) fn own_group(object: &Value) -> Value {
    match step(object, "apiVersion") {
        Value::String(version) => match version.split_once('/') {
            Some((group, _)) => Value::string(group),
            None => Value::string(""),
        },
        Value::Unknown(causes) => Value::Unknown(causes),
        _ => Value::Absent,
    }
}

fn not_given(fact: &str) -> Value {
    Value::unknown(Cause::NotGiven { fact: fact.into() })
}

/// Returns the pod template of a custom kind: where its schema says, else at `spec.template` if there is one. An object
/// without any has no view.
fn custom_template(object: &Value, path: Option<&[String]>, kind: &str) -> Value {
    let template = match path {
        Some(path) => walk(object, path.iter().map(String::as_str)),
        None => match walk(object, ["spec", "template"].into_iter()) {
            Value::Map(map) if matches!(map.get("spec"), Some(Value::Map(_))) => Value::Map(map),
            Value::Unknown(causes) => Value::Unknown(causes),
            _ => Value::Absent,
        },
    };
    match template {
        Value::Absent => Value::unknown(Cause::InvalidArgument {
            function: "pod".into(),
            reason: format!("{kind} has no pod template"),
        }),
        template => template,
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

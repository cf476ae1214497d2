//! `pod` and `containers` of an object of a kind.

use super::value::Value;

/// Returns the view of an object.
pub(crate) fn view(view: &str, object: &Value, group: &Value, kind: &Value) -> Value {
    let (Value::Text(kind), Value::Text(_) | Value::Absent) = (kind, group) else {
        return Value::Unknown;
    };
    let (own, path): (&str, &[&str]) = match kind.as_str() {
        "Pod" => ("", &[]),
        "PodTemplate" => ("", &["template"]),
        "ReplicationController" => ("", &["spec", "template"]),
        "Deployment" | "ReplicaSet" | "StatefulSet" | "DaemonSet" => {
            ("apps", &["spec", "template"])
        }
        "Job" => ("batch", &["spec", "template"]),
        "CronJob" => ("batch", &["spec", "jobTemplate", "spec", "template"]),
        _ => return of_unknown_kind(view, object),
    };
    match group {
        Value::Text(group) if group != own => of_unknown_kind(view, object),
        _ => of_template(view, &object.path(path)),
    }
}

/// An object of another kind has a view only if it embeds a template as the built-in ones do.
fn of_unknown_kind(view: &str, object: &Value) -> Value {
    match object.path(&["spec", "template"]) {
        Value::Map(template) if matches!(template.get("spec"), Some(Value::Map(_))) => {
            of_template(view, &Value::Map(template))
        }
        _ => Value::Unknown,
    }
}

fn of_template(view: &str, template: &Value) -> Value {
    if matches!(template, Value::Absent | Value::Unknown) {
        return template.clone();
    }
    let spec = template.field("spec");
    if view == "containers" {
        let mut all = Vec::new();
        for list in ["initContainers", "containers", "ephemeralContainers"] {
            match spec.field(list) {
                Value::Absent => {}
                Value::List(items) => all.extend(items),
                _ => return Value::Unknown,
            }
        }
        return Value::List(all);
    }
    let mut merged = match &spec {
        Value::Map(fields) => fields.clone(),
        Value::Absent => std::collections::BTreeMap::new(),
        other => return other.clone(),
    };
    if spec != Value::Absent {
        merged.insert("spec".into(), spec);
    }
    merged.insert("metadata".into(), template.field("metadata"));
    Value::Map(merged)
}

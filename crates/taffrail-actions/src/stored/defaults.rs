//! What the API server puts where a field is left out.

use serde_json::{Map, Value as Json, json};
use taffrail_schema::{Schemas, TypeId};

use super::kind::{Kind, at, entry, put, text};
use super::rules::{self, DefaultRule, DefaultValue, When};

/// Puts the defaults that depend on the kind as a whole, before those of its fields.
pub(super) fn of_whole(object: &mut Json, kind: &Kind) {
    match (kind.group, kind.kind) {
        ("batch", "Job") => job(object),
        ("", "Pod") => {
            default(object, &["spec", "enableServiceLinks"], json!(true));
            requests_from_limits(object);
            host_ports(object);
        }
        ("", "Namespace") => {
            if let Some(name) = text(object, &["metadata", "name"]).map(str::to_owned) {
                let label = ["metadata", "labels", "kubernetes.io/metadata.name"];
                put(object, &label, Some(Json::String(name)));
            }
        }
        ("", "Secret") => string_data(object),
        ("apps", "StatefulSet") => claim_templates(object),
        ("", "LimitRange") => limits(object),
        ("", "ReplicationController") => controller(object),
        ("", "Service") => outside(object),
        ("autoscaling", "HorizontalPodAutoscaler") => behavior(object),
        _ => {}
    }
}

/// Puts the defaults of a type's fields; returns the names of those that it put.
pub(super) fn of_fields(
    fields: &mut Map<String, Json>,
    ty: TypeId,
    schemas: &Schemas,
) -> Vec<&'static str> {
    let mut put = Vec::new();
    let Some(rules) = rules::of(schemas, ty) else {
        return put;
    };
    for rule in &rules.defaults {
        let applies = match &rule.when {
            When::Always => true,
            When::Equals(field, wanted) => fields.get(*field) == Some(wanted),
            When::Absent(field) => !fields.contains_key(*field),
        };
        if applies
            && !fields.contains_key(rule.field)
            && schemas.field(ty, rule.field).is_some()
            && let Some(value) = default_value(fields, rule)
        {
            fields.insert(rule.field.to_owned(), value);
            put.push(rule.field);
        }
    }
    put
}

/// Puts what follows from the fields of an object once they are complete.
pub(super) fn after_fields(fields: &mut Map<String, Json>, ty: TypeId, schemas: &Schemas) {
    if schemas.full_name(ty) != Some("core.v1.PodSpec") {
        return;
    }
    // The older name of the field says the same.
    let account = fields
        .get("serviceAccountName")
        .or_else(|| fields.get("serviceAccount"));
    if let Some(account) = account.cloned() {
        fields.insert("serviceAccount".into(), account.clone());
        fields.insert("serviceAccountName".into(), account);
    }
}

fn default_value(fields: &Map<String, Json>, rule: &DefaultRule) -> Option<Json> {
    let text = |field: &str| fields.get(field).and_then(Json::as_str);
    Some(match &rule.value {
        DefaultValue::Json(value) => value.clone(),
        DefaultValue::Same(other) => fields.get(*other)?.clone(),
        DefaultValue::PullPolicy => {
            let image = text("image")
                .or_else(|| text("reference"))
                .unwrap_or_default();
            Json::String(pull_policy(image).to_owned())
        }
        DefaultValue::EmptyDir => {
            let has_source = fields.keys().any(|key| key != "name");
            return (!has_source).then(|| json!({}));
        }
        DefaultValue::PolicyTypes => {
            let egress = fields
                .get("egress")
                .and_then(Json::as_array)
                .is_some_and(|rules| !rules.is_empty());
            if egress {
                json!(["Ingress", "Egress"])
            } else {
                json!(["Ingress"])
            }
        }
        DefaultValue::ListKind => Json::String(format!("{}List", text("kind")?)),
        DefaultValue::Singular => Json::String(text("kind")?.to_lowercase()),
    })
}

fn pull_policy(image: &str) -> &'static str {
    let name = image.rsplit('/').next().unwrap_or(image);
    let tag = match name.split_once('@') {
        Some(_) => return "IfNotPresent",
        None => name.split_once(':').map_or("latest", |(_, tag)| tag),
    };
    if tag == "latest" {
        "Always"
    } else {
        "IfNotPresent"
    }
}

/// Puts a value where there is none.
fn default(object: &mut Json, path: &[&str], value: Json) {
    if at(object, path).is_none_or(Json::is_null) {
        put(object, path, Some(value));
    }
}

fn job(object: &mut Json) {
    let Some(spec) = entry(object, &["spec"]) else {
        return;
    };
    let is_absent = |field: &str| spec.get(field).is_none_or(Json::is_null);
    let per_index = !is_absent("backoffLimitPerIndex");
    let failure_policy = !is_absent("podFailurePolicy");
    if is_absent("completions") && is_absent("parallelism") {
        put(spec, &["completions"], Some(json!(1)));
    }
    default(spec, &["parallelism"], json!(1));
    default(
        spec,
        &["backoffLimit"],
        json!(if per_index { i32::MAX } else { 6 }),
    );
    default(spec, &["completionMode"], json!("NonIndexed"));
    default(spec, &["suspend"], json!(false));
    default(spec, &["manualSelector"], json!(false));
    let replacement = if failure_policy {
        "Failed"
    } else {
        "TerminatingOrFailed"
    };
    default(spec, &["podReplacementPolicy"], json!(replacement));
    let labels = at(spec, &["template", "metadata", "labels"]).cloned();
    if at(object, &["metadata", "labels"]).is_none_or(Json::is_null)
        && let Some(labels) = labels
    {
        put(object, &["metadata", "labels"], Some(labels));
    }
}

/// A replication controller selects its own pods.
fn controller(object: &mut Json) {
    let labels = at(object, &["spec", "template", "metadata", "labels"]).cloned();
    if let Some(labels) = labels {
        default(object, &["spec", "selector"], labels.clone());
        default(object, &["metadata", "labels"], labels);
    }
}

/// A service with addresses outside the cluster takes traffic on every node.
fn outside(object: &mut Json) {
    let addresses = at(object, &["spec", "externalIPs"]).and_then(Json::as_array);
    let inside = text(object, &["spec", "type"]).is_none_or(|ty| ty == "ClusterIP");
    if inside && addresses.is_some_and(|addresses| !addresses.is_empty()) {
        default(object, &["spec", "externalTrafficPolicy"], json!("Cluster"));
    }
}

/// An autoscaler that says something of its behavior has all of it.
fn behavior(object: &mut Json) {
    let Some(behavior) = entry(object, &["spec"]).and_then(|spec| spec.get_mut("behavior")) else {
        return;
    };
    if !behavior.is_object() {
        return;
    }
    let percent = json!({ "type": "Percent", "value": 100, "periodSeconds": 15 });
    let pods = json!({ "type": "Pods", "value": 4, "periodSeconds": 15 });
    default(behavior, &["scaleDown", "policies"], json!([percent]));
    default(behavior, &["scaleDown", "selectPolicy"], json!("Max"));
    default(behavior, &["scaleUp", "policies"], json!([pods, percent]));
    default(behavior, &["scaleUp", "selectPolicy"], json!("Max"));
    default(
        behavior,
        &["scaleUp", "stabilizationWindowSeconds"],
        json!(0),
    );
}

/// A container of a pod that has limits requests as much, unless it says otherwise.
fn requests_from_limits(object: &mut Json) {
    for containers in ["containers", "initContainers"] {
        let containers = object
            .get_mut("spec")
            .and_then(|spec| spec.get_mut(containers))
            .and_then(Json::as_array_mut);
        for container in containers.into_iter().flatten() {
            let Some(limits) = at(container, &["resources", "limits"]).cloned() else {
                continue;
            };
            for (resource, limit) in limits.as_object().into_iter().flatten() {
                default(
                    container,
                    &["resources", "requests", resource.as_str()],
                    limit.clone(),
                );
            }
        }
    }
}

/// On the network of the host, ports of containers are ports of the host.
fn host_ports(object: &mut Json) {
    if at(object, &["spec", "hostNetwork"]) != Some(&Json::Bool(true)) {
        return;
    }
    for containers in ["containers", "initContainers"] {
        let containers = object
            .get_mut("spec")
            .and_then(|spec| spec.get_mut(containers)?.as_array_mut());
        let ports = containers
            .into_iter()
            .flatten()
            .filter_map(|container| container.get_mut("ports")?.as_array_mut());
        for port in ports.flatten() {
            if let Some(number) = port.get("containerPort").cloned() {
                default(port, &["hostPort"], number);
            }
        }
    }
}

/// The texts of a Secret become its data.
fn string_data(object: &mut Json) {
    let texts = object
        .as_object_mut()
        .and_then(|fields| fields.remove("stringData"));
    for (key, value) in texts
        .as_ref()
        .and_then(Json::as_object)
        .into_iter()
        .flatten()
    {
        let value = match value {
            Json::String(text) => Json::String(super::base64::encode(text.as_bytes())),
            other => other.clone(),
        };
        put(object, &["data", key.as_str()], Some(value));
    }
}

fn claim_templates(object: &mut Json) {
    let templates = object
        .get_mut("spec")
        .and_then(|spec| spec.get_mut("volumeClaimTemplates"))
        .and_then(Json::as_array_mut);
    for template in templates.into_iter().flatten() {
        default(template, &["apiVersion"], json!("v1"));
        default(template, &["kind"], json!("PersistentVolumeClaim"));
        default(template, &["status", "phase"], json!("Pending"));
    }
}

/// The limits of containers say what a container without limits or requests gets.
fn limits(object: &mut Json) {
    let items = object
        .get_mut("spec")
        .and_then(|spec| spec.get_mut("limits"))
        .and_then(Json::as_array_mut);
    for item in items.into_iter().flatten() {
        if text(item, &["type"]) != Some("Container") {
            continue;
        }
        for (from, to) in [
            ("max", "default"),
            ("default", "defaultRequest"),
            ("min", "defaultRequest"),
        ] {
            let amounts = item.get(from).cloned();
            for (resource, amount) in amounts.iter().filter_map(Json::as_object).flatten() {
                default(item, &[to, resource.as_str()], amount.clone());
            }
        }
    }
}

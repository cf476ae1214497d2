//! From a published case to an action document of ours.
//!
//! What a case leaves out is what its test suite assumes: the snapshot that it gives is the whole cluster, a namespace
//! has only the label that the server sets, an object without a namespace is in that of the request.

use serde_json::{Map, Value as Json, json};
use taffrail_actions::{Action, Defaults, Scope, read_documents, scope};
use taffrail_runtime::request::Request;

use crate::case::{Case, User};
use crate::subresource;

/// The instant of a case that speaks of readings but of no time.
const SOME_TIME: &str = "2026-01-01T12:00:00Z";

/// Returns the action document of a case. `looked_up` names the kinds that the policy asks the snapshot for.
pub(crate) fn document(case: &Case, looked_up: &[String]) -> Json {
    let mut document = Map::new();
    let mut put = |key: &str, value: Json| document.insert(key.into(), value);
    put("verb", json!(verb(case)));
    if let Some(target) = target(case) {
        put("target", target);
    }
    if let Some(subresource) = &case.subresource {
        put("subresource", json!(subresource));
    }
    if let Some(user) = &case.user {
        put("principal", principal(user));
    }
    match case.operation.as_str() {
        "CREATE" => {
            put("current", Json::Null);
            put("proposed", placed(&case.object, case));
        }
        "UPDATE" if subresource::live(case).is_some() => {
            put("current", subresource::before(case));
            put("patch", json!({ "spec": case.object.get("spec") }));
        }
        "UPDATE" => {
            // An update without the old object has one, which nobody knows.
            if !case.old_object.is_null() {
                put("current", placed(&case.old_object, case));
            }
            put("proposed", proposed(case));
        }
        "DELETE" => {
            put("current", placed(&case.old_object, case));
        }
        "CONNECT" => {
            if let Some(live) = subresource::live(case) {
                put("current", placed(live, case));
            }
            put("proposed", without_type(&case.object));
        }
        _ => {}
    }
    if let Some(confidence) = fact(case, "confidence") {
        put("request", json!({ "confidence": confidence }));
    }
    put("facts", facts(case, looked_up));
    Json::Object(document)
}

/// Reads a document of [`document`].
pub(crate) fn request(document: &Json) -> Result<Request, String> {
    let bytes = serde_json::to_vec(document).map_err(|error| error.to_string())?;
    let actions = read_documents("case.json", &bytes, &Defaults::default())
        .map_err(|error| error.to_string())?;
    match actions.into_iter().next() {
        Some(Action::Single(request)) => Ok(*request),
        _ => Err("not one action".into()),
    }
}

/// Returns the verb: an update is a `patch`, a remediation is named by the case.
fn verb(case: &Case) -> String {
    let subresource = case.subresource.as_deref().unwrap_or_default();
    match (case.operation.as_str(), subresource) {
        ("CREATE", _) => "create".into(),
        ("UPDATE", "scale") => "scale".into(),
        ("UPDATE", _) => "patch".into(),
        ("DELETE", _) => "delete".into(),
        ("CONNECT", "portforward") => "portforward".into(),
        ("CONNECT", _) => "exec".into(),
        _ => match case.context("action").and_then(Json::as_str) {
            Some(action) => snake_case(action),
            None => "remediate".into(),
        },
    }
}

/// Returns `ProvisionNode` and `reboot-node` as `provision_node` and `reboot_node`.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(if letter == '-' { '_' } else { letter });
    }
    snake.to_ascii_lowercase()
}

/// Returns the object that the case is about.
fn subject(case: &Case) -> &Json {
    match case.context("target") {
        Some(target) if case.operation == "ACTION" || subresource::speaks_of_another(case) => {
            target
        }
        _ if case.object.is_null() => &case.old_object,
        _ => &case.object,
    }
}

fn target(case: &Case) -> Option<Json> {
    let subject = subject(case);
    let text = |pointer: &str| subject.pointer(pointer).cloned().unwrap_or(Json::Null);
    if subject.is_null() {
        // A remediation without a target names nothing.
        let nothing = json!({ "kind": null, "namespace": null, "name": null });
        return (case.operation == "ACTION").then_some(nothing);
    }
    let mut target = Map::new();
    if let Some(version) = subject.get("apiVersion") {
        // A wildcard stands for any version.
        let version = if version == "*" {
            json!("v1")
        } else {
            version.clone()
        };
        target.insert("apiVersion".into(), version);
    }
    target.insert("kind".into(), text("/kind"));
    if subject.get("metadata").is_none() {
        target.insert("namespace".into(), text("/namespace"));
        target.insert("name".into(), text("/name"));
        return Some(Json::Object(target));
    }
    target.insert("namespace".into(), namespace_of(subject, case));
    // A name that the server will generate is not there yet.
    target.insert("name".into(), text("/metadata/name"));
    Some(Json::Object(target))
}

/// Returns the namespace of an object of the case, null for one without.
fn namespace_of(object: &Json, case: &Case) -> Json {
    let text = |pointer: &str| object.pointer(pointer).and_then(Json::as_str).unwrap_or("");
    let group = match text("/apiVersion").split_once('/') {
        Some((group, _)) => group,
        None => "",
    };
    if scope(group, text("/kind")) == Some(Scope::Cluster) {
        return Json::Null;
    }
    match object.pointer("/metadata/namespace") {
        Some(namespace) if !namespace.is_null() => namespace.clone(),
        _ => json!(case.namespace),
    }
}

/// Returns the object with its namespace.
pub(crate) fn placed(object: &Json, case: &Case) -> Json {
    let mut object = object.clone();
    let namespace = namespace_of(&object, case);
    let Some(fields) = object.as_object_mut() else {
        return object;
    };
    let metadata = fields.entry("metadata").or_insert_with(|| json!({}));
    if let Some(metadata) = metadata.as_object_mut()
        && !namespace.is_null()
    {
        metadata.insert("namespace".into(), namespace);
    }
    object
}

/// Returns what an update would make of the object; a scale says only how many.
fn proposed(case: &Case) -> Json {
    match case.subresource.as_deref() {
        Some("scale") => json!({ "spec": case.object.get("spec") }),
        _ => placed(&case.object, case),
    }
}

fn without_type(options: &Json) -> Json {
    let mut options = options.clone();
    if let Some(fields) = options.as_object_mut() {
        fields.retain(|key, _| key != "apiVersion" && key != "kind" && key != "metadata");
    }
    options
}

/// Roles and cluster roles are groups with a prefix: who authenticates a requester resolves their bindings too.
fn principal(user: &User) -> Json {
    let id = user.username.clone();
    let is_service_account = id
        .as_deref()
        .is_some_and(|id| id.starts_with("system:serviceaccount:"));
    let mut groups = user.groups.clone().unwrap_or_default();
    let prefixed = |names: &Option<Vec<String>>, prefix: &str| -> Vec<String> {
        let names = names.iter().flatten();
        names.map(|name| format!("{prefix}:{name}")).collect()
    };
    groups.extend(prefixed(&user.roles, "role"));
    groups.extend(prefixed(&user.cluster_roles, "clusterrole"));
    json!({
        "id": id,
        "kind": if is_service_account { "controller" } else { "human" },
        "groups": groups,
    })
}

fn fact<'c>(case: &'c Case, name: &str) -> Option<&'c Json> {
    case.context("facts")?.get(name)
}

fn facts(case: &Case, looked_up: &[String]) -> Json {
    let mut facts = Map::new();
    let signals = signals(case);
    let now = match case.context("now") {
        Some(now) => now.clone(),
        None => json!(SOME_TIME),
    };
    facts.insert("now".into(), now);
    if let Some(environment) = fact(case, "environment") {
        facts.insert("cluster".into(), json!({ "environment": environment }));
    }
    if let Some(namespace) = namespace(case) {
        facts.insert("namespace".into(), namespace);
    }
    if !signals.is_empty() {
        facts.insert("signals".into(), Json::Object(signals));
    }
    let objects: Vec<Json> = cluster_objects(case)
        .map(|object| placed(object, case))
        .collect();
    let complete: Vec<Json> = looked_up
        .iter()
        .map(|kind| json!({ "kind": kind, "namespace": "any" }))
        .collect();
    facts.insert("objects".into(), Json::Array(objects));
    facts.insert("complete".into(), Json::Array(complete));
    Json::Object(facts)
}

pub(crate) fn cluster_objects(case: &Case) -> impl Iterator<Item = &Json> {
    let mocked = case.context("cel_context").and_then(Json::as_array);
    let mocked = mocked
        .into_iter()
        .flatten()
        .filter_map(|context| context.pointer("/spec/resources")?.as_array())
        .flatten();
    case.context("cluster_objects")
        .and_then(Json::as_array)
        .into_iter()
        .flatten()
        .chain(mocked)
        .filter(|object| object.get("kind").is_some() && object.get("apiVersion").is_some())
}

/// Other facts and the values that a suite makes up for variables are signals of the same name.
fn signals(case: &Case) -> Map<String, Json> {
    let observed = case
        .context("now")
        .cloned()
        .unwrap_or_else(|| json!(SOME_TIME));
    ["facts", "variables"]
        .into_iter()
        .filter_map(|key| case.context(key)?.as_object())
        .flatten()
        .filter(|(key, _)| !matches!(key.as_str(), "confidence" | "environment"))
        .map(|(key, value)| {
            let name = key.replace(['.', '-'], "_");
            let reading = json!({ "value": value, "observed": observed });
            (name, reading)
        })
        .collect()
}

/// Returns what is known of the namespace: that of the target, or the target itself if it is one.
fn namespace(case: &Case) -> Option<Json> {
    let subject = subject(case);
    let kind = subject.get("kind").and_then(Json::as_str);
    if kind == Some("Namespace") && subject.get("apiVersion") == Some(&json!("v1")) {
        let name = subject.pointer("/metadata/name")?;
        return Some(with_labels(name, subject));
    }
    let name = namespace_of(subject, case);
    let text = name.as_str()?;
    if let Some(labels) = case
        .context("namespace_labels")
        .and_then(|all| all.get(text))
    {
        let object = json!({ "metadata": { "labels": labels } });
        return Some(with_labels(&name, &object));
    }
    let object = cluster_objects(case).find(|object| {
        object.get("kind") == Some(&json!("Namespace"))
            && object.pointer("/metadata/name") == Some(&name)
    });
    Some(with_labels(&name, object.unwrap_or(&Json::Null)))
}

/// Returns the namespace with the labels and annotations of its object and the label that the server sets.
fn with_labels(name: &Json, object: &Json) -> Json {
    let member = |pointer: &str| -> Map<String, Json> {
        let found = object.pointer(pointer).and_then(Json::as_object);
        let given = found.into_iter().flatten();
        given
            .filter(|(_, value)| value.is_string())
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    };
    let mut labels = member("/metadata/labels");
    labels
        .entry("kubernetes.io/metadata.name")
        .or_insert_with(|| name.clone());
    json!({ "name": name, "labels": labels, "annotations": member("/metadata/annotations") })
}

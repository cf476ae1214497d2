//! Comparing answers, without what no two servers answer alike.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

/// Keys whose values are this cluster's own.
const VOLATILE: &[&str] = &[
    "uid",
    "resourceVersion",
    "creationTimestamp",
    "deletionTimestamp",
    "time",
    "continue",
    "clusterIP",
    "clusterIPs",
    "nodePort",
    "healthCheckNodePort",
    "lastTransitionTime",
    "lastUpdateTime",
    "lastHeartbeatTime",
    "lastProbeTime",
];

/// Returns an answer in which what is this cluster's own is only said to be there.
pub(crate) fn normal(value: &Json) -> Json {
    match value {
        Json::Object(fields) => {
            let fields = fields.iter().filter(|(_, value)| !value.is_null());
            let mut fields: serde_json::Map<String, Json> = fields
                .map(|(key, value)| {
                    let is_volatile = VOLATILE.contains(&key.as_str()) && *value != "";
                    let value = if is_volatile {
                        json!("…")
                    } else {
                        normal(value)
                    };
                    (key.clone(), value)
                })
                .collect();
            if fields.contains_key("generateName") {
                fields.insert("name".into(), json!("…"));
            }
            if let Some(owners) = fields.remove("managedFields") {
                fields.insert("managedFields".into(), owners_of(&owners));
            }
            Json::Object(fields)
        }
        Json::Array(elements) => elements.iter().map(normal).collect(),
        Json::String(text) if is_recent(text) => json!("…"),
        other => other.clone(),
    }
}

/// Tells whether a text is a moment of these days, with seconds. The moments that the recorded requests themselves name are full minutes.
fn is_recent(text: &str) -> bool {
    text.len() >= 20
        && text.starts_with("20")
        && text.ends_with('Z')
        && text.as_bytes().get(10) == Some(&b'T')
        && !text.ends_with(":00Z")
}

/// Returns who owns what, by name.
fn owners_of(entries: &Json) -> Json {
    let entries = entries.as_array().into_iter().flatten().map(|entry| {
        let text = |key: &str| entry[key].as_str().unwrap_or_default();
        let name = format!(
            "{} {} {}",
            text("manager"),
            text("operation"),
            text("subresource")
        );
        (name, entry["fieldsV1"].clone())
    });
    Json::Object(entries.collect())
}

/// Returns an answer without who owns what.
pub(crate) fn without_owners(value: &Json) -> Json {
    match value {
        Json::Object(fields) => {
            let fields = fields.iter().filter(|(key, _)| *key != "managedFields");
            Json::Object(
                fields
                    .map(|(key, value)| (key.clone(), without_owners(value)))
                    .collect(),
            )
        }
        Json::Array(elements) => elements.iter().map(without_owners).collect(),
        other => other.clone(),
    }
}

/// Returns the paths at which two answers differ, with both values.
pub(crate) fn differences(ours: &Json, recorded: &Json) -> BTreeMap<String, (Json, Json)> {
    let mut found = BTreeMap::new();
    collect(ours, recorded, String::new(), &mut found);
    found
}

fn collect(a: &Json, b: &Json, path: String, found: &mut BTreeMap<String, (Json, Json)>) {
    match (a, b) {
        (Json::Object(x), Json::Object(y)) => {
            let keys: BTreeSet<_> = x.keys().chain(y.keys()).collect();
            for key in keys {
                let get = |map: &serde_json::Map<_, _>| map.get(key).cloned().unwrap_or(Json::Null);
                collect(&get(x), &get(y), format!("{path}.{key}"), found);
            }
        }
        (Json::Array(x), Json::Array(y)) if x.len() == y.len() => {
            for (at, (x, y)) in x.iter().zip(y).enumerate() {
                collect(x, y, format!("{path}[{at}]"), found);
            }
        }
        _ if a == b => {}
        _ => {
            found.insert(path, (a.clone(), b.clone()));
        }
    }
}

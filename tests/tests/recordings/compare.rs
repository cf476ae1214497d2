//! Comparing objects.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

/// Returns who owns what of an object, without the times.
pub(crate) fn owners_of(object: &Json) -> Json {
    let entries = object
        .pointer("/metadata/managedFields")
        .and_then(Json::as_array);
    let entries = entries.into_iter().flatten().map(|entry| {
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

/// A null in an answer stands for what is not there.
pub(crate) fn drop_nulls(value: &mut Json) {
    match value {
        Json::Object(fields) => {
            fields.retain(|_, value| !value.is_null());
            fields.values_mut().for_each(drop_nulls);
        }
        Json::Array(elements) => elements.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

/// Returns the paths at which two values differ, with both values.
pub(crate) fn differences(computed: &Json, stored: &Json) -> BTreeMap<String, (Json, Json)> {
    let mut found = BTreeMap::new();
    collect(computed, stored, String::new(), &mut found);
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

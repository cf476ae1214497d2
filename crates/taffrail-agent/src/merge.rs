//! Merge patches (RFC 7386) between objects: what to send, and what to take back.

use serde_json::{Map, Value as Json};

/// Returns the merge patch that makes one object of another; an empty map when they are alike.
pub(crate) fn between(before: &Json, after: &Json) -> Json {
    let (Json::Object(before), Json::Object(after)) = (before, after) else {
        return after.clone();
    };
    let mut patch = Map::new();
    for (key, value) in after {
        match before.get(key) {
            Some(old) if old == value => {}
            Some(old) if old.is_object() && value.is_object() => {
                patch.insert(key.clone(), between(old, value));
            }
            _ => {
                patch.insert(key.clone(), value.clone());
            }
        }
    }
    for key in before.keys().filter(|key| !after.contains_key(*key)) {
        patch.insert(key.clone(), Json::Null);
    }
    Json::Object(patch)
}

/// Returns the paths at which an object is not what a merge patch sets, sorted.
pub(crate) fn unset(object: &Json, patch: &Json) -> Vec<String> {
    let mut found = Vec::new();
    walk(Some(object), patch, &mut String::new(), &mut found);
    found.sort();
    found
}

fn walk(object: Option<&Json>, patch: &Json, path: &mut String, found: &mut Vec<String>) {
    let Json::Object(members) = patch else {
        let holds = match patch {
            Json::Null => object.is_none_or(Json::is_null),
            value => object == Some(value),
        };
        if !holds {
            found.push(path.clone());
        }
        return;
    };
    for (key, inner) in members {
        let length = path.len();
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(key);
        walk(
            object.and_then(|object| object.get(key)),
            inner,
            path,
            found,
        );
        path.truncate(length);
    }
}

#[cfg(test)]
mod tests {
    use super::{between, unset};
    use serde_json::json;

    #[test]
    fn only_what_differs_is_in_a_patch() {
        let before = json!({ "spec": { "replicas": 2, "paused": true, "selector": { "a": "b" } } });
        let after = json!({ "spec": { "replicas": 3, "selector": { "a": "b" } } });
        let patch = between(&before, &after);
        assert_eq!(patch, json!({ "spec": { "replicas": 3, "paused": null } }));
        assert_eq!(between(&after, &after), json!({}));
        assert_eq!(unset(&after, &patch), Vec::<String>::new());
        assert_eq!(unset(&before, &patch), ["spec.paused", "spec.replicas"]);
    }
}

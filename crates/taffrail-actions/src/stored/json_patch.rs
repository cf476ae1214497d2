//! JSON patches (RFC 6902) as the API server applies them.

use json_patch::{PatchErrorKind, PatchOperation, patch_unsafe};
use serde::Deserialize;
use serde_json::Value as Json;

use super::refused::Refused;

/// The server refuses longer patches.
const MOST_OPERATIONS: usize = 10_000;

/// Applies a patch. After a refusal the object is good for nothing.
pub(super) fn apply(object: &mut Json, patch: &Json) -> Result<(), Refused> {
    let Some(operations) = patch.as_array() else {
        return Err(Refused::bad_patch("a JSON patch is a list of operations"));
    };
    if operations.len() > MOST_OPERATIONS {
        return Err(Refused::bad_patch(format!(
            "it has more than {MOST_OPERATIONS} operations"
        )));
    }
    for operation in operations {
        let operation = from_the_end(operation, object);
        if tests_for_nothing(&operation, object) {
            continue;
        }
        let operation = PatchOperation::deserialize(&operation)
            .map_err(|error| Refused::bad_patch(error.to_string()))?;
        let path = operation.path().as_str().to_owned();
        let from = match &operation {
            PatchOperation::Move(operation) => Some(operation.from.as_str().to_owned()),
            PatchOperation::Copy(operation) => Some(operation.from.as_str().to_owned()),
            PatchOperation::Add(_)
            | PatchOperation::Remove(_)
            | PatchOperation::Replace(_)
            | PatchOperation::Test(_) => None,
        };
        patch_unsafe(object, std::slice::from_ref(&operation)).map_err(|error| {
            match error.kind {
                PatchErrorKind::TestFailed => Refused::TestFailed { path },
                PatchErrorKind::InvalidFromPointer => Refused::NoSuchPath {
                    path: from.unwrap_or(path),
                },
                PatchErrorKind::CannotMoveInsideItself => {
                    Refused::bad_patch(format!("`{path}` is moved into itself"))
                }
                _ => Refused::NoSuchPath { path },
            }
        })?;
    }
    Ok(())
}

/// Returns whether the operation tests a place that is not there for null, which holds.
fn tests_for_nothing(operation: &Json, object: &Json) -> bool {
    let text = |key: &str| operation.get(key).and_then(Json::as_str);
    text("op") == Some("test")
        && operation.get("value").is_none_or(Json::is_null)
        && text("path").is_some_and(|path| object.pointer(path).is_none_or(Json::is_null))
}

/// The server counts negative positions in lists from the end; the standard has none.
fn from_the_end(operation: &Json, object: &Json) -> Json {
    let mut operation = operation.clone();
    for key in ["path", "from"] {
        let Some(path) = operation.get(key).and_then(Json::as_str) else {
            continue;
        };
        if !path.contains("/-") {
            continue;
        }
        let mut counted = String::new();
        for step in path.split('/').skip(1) {
            let list = object.pointer(&counted).and_then(Json::as_array);
            let position = list
                .zip(step.parse::<isize>().ok().filter(|at| *at < 0))
                .and_then(|(list, at)| list.len().checked_add_signed(at));
            counted.push('/');
            match position {
                Some(position) => counted.push_str(&position.to_string()),
                None => counted.push_str(step),
            }
        }
        if let Some(slot) = operation.get_mut(key) {
            *slot = Json::String(counted);
        }
    }
    operation
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn patched(object: Json, patch: Json) -> Result<Json, Refused> {
        let mut object = object;
        apply(&mut object, &patch).map(|()| object)
    }

    #[test]
    fn a_failing_test_refuses_the_patch() {
        let patch =
            json!([{"op": "test", "path": "/a", "value": 2}, {"op": "remove", "path": "/a"}]);
        let path = "/a".to_owned();
        assert_eq!(
            patched(json!({"a": 1}), patch),
            Err(Refused::TestFailed { path })
        );
    }

    #[test]
    fn what_is_not_there_cannot_be_removed_replaced_or_moved() {
        for operation in [
            json!({"op": "remove", "path": "/b"}),
            json!({"op": "replace", "path": "/b", "value": 1}),
            json!({"op": "move", "from": "/b", "path": "/c"}),
            json!({"op": "add", "path": "/b/c", "value": 1}),
        ] {
            let refused = patched(json!({"a": 1}), json!([operation]));
            assert!(
                matches!(refused, Err(Refused::NoSuchPath { .. })),
                "{operation}"
            );
        }
    }

    #[test]
    fn null_is_tested_for_where_nothing_is() {
        let patch = json!([{"op": "test", "path": "/b", "value": null}, {"op": "add", "path": "/b", "value": 1}]);
        assert_eq!(patched(json!({"a": 1}), patch), Ok(json!({"a": 1, "b": 1})));
    }

    #[test]
    fn negative_positions_count_from_the_end() {
        let patch =
            json!([{"op": "remove", "path": "/l/-1"}, {"op": "add", "path": "/l/-", "value": 9}]);
        assert_eq!(
            patched(json!({"l": [1, 2, 3]}), patch),
            Ok(json!({"l": [1, 2, 9]}))
        );
    }
}

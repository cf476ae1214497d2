//! Whether the objects of an action are what its target names.

use taffrail_runtime::Value;
use taffrail_runtime::request::Target;

use crate::error::{ActionError, Problem};
use crate::fields::Field;

/// Splits an API version into group and version; the core group is empty.
pub(crate) fn split_api_version(text: &str) -> Option<(&str, &str)> {
    let (group, version) = text.split_once('/').unwrap_or(("", text));
    let word = |part: &str, more: &str| {
        !part.is_empty()
            && part.chars().all(|letter| {
                letter.is_ascii_lowercase() || letter.is_ascii_digit() || more.contains(letter)
            })
    };
    let group_fits = !text.contains('/') || word(group, ".-");
    let version_fits =
        word(version, "") && version.starts_with(|first: char| first.is_ascii_lowercase());
    (group_fits && version_fits).then_some((group, version))
}

/// Checks that an object does not say that it is another than the target. Rules match on the target and read the
/// object: if the two differed, an action could be judged by one and do the other.
pub(crate) fn same_object(
    target: &Target,
    object: &Value,
    field: &Field<'_>,
) -> Result<(), ActionError> {
    let group = text(object, &["apiVersion"])
        .and_then(split_api_version)
        .map(|(group, _)| group);
    let pairs = [
        ("apiVersion", group, "target.apiVersion", &target.group),
        ("kind", text(object, &["kind"]), "target.kind", &target.kind),
        (
            "metadata.namespace",
            text(object, &["metadata", "namespace"]),
            "target.namespace",
            &target.namespace,
        ),
        (
            "metadata.name",
            text(object, &["metadata", "name"]),
            "target.name",
            &target.name,
        ),
    ];
    for (path, found, of_target, expected) in pairs {
        let (Some(found), Value::String(expected)) = (found, expected) else {
            continue;
        };
        if *found != **expected {
            return Err(field.error(Problem::Contradiction {
                path: format!("{}.{path}", field.path),
                found: found.into(),
                target: of_target.into(),
                expected: expected.to_string(),
            }));
        }
    }
    Ok(())
}

/// Returns the text at a path of an object.
fn text<'v>(object: &'v Value, path: &[&str]) -> Option<&'v str> {
    let mut value = object;
    for key in path {
        match value {
            Value::Map(map) => value = map.get(key)?,
            _ => return None,
        }
    }
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

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
pub(crate) fn same_object(target: &Target, object: &Field<'_>) -> Result<(), ActionError> {
    let metadata = object.node.get("metadata");
    let text = |node: Option<&crate::node::Node>| match node.map(crate::node::Node::to_value) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    };
    let api_version = text(object.node.get("apiVersion"));
    let group = api_version
        .as_deref()
        .and_then(split_api_version)
        .map(|(group, _)| group.into());
    let pairs = [
        ("apiVersion", group, "target.apiVersion", &target.group),
        (
            "kind",
            text(object.node.get("kind")),
            "target.kind",
            &target.kind,
        ),
        (
            "metadata.namespace",
            text(metadata.and_then(|metadata| metadata.get("namespace"))),
            "target.namespace",
            &target.namespace,
        ),
        (
            "metadata.name",
            text(metadata.and_then(|metadata| metadata.get("name"))),
            "target.name",
            &target.name,
        ),
    ];
    for (path, found, of_target, expected) in pairs {
        let (Some(found), Value::String(expected)) = (found, expected) else {
            continue;
        };
        if found != *expected {
            return Err(object.error(Problem::Contradiction {
                path: format!("{}.{path}", object.path),
                found: found.into(),
                target: of_target.into(),
                expected: expected.to_string(),
            }));
        }
    }
    Ok(())
}

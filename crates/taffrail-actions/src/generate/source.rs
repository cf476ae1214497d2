//! The objects that a command makes others from.

use serde_json::Value as Json;

use super::{GenerateError, Input, Made, form, unknown};
use crate::command::{Resource, resource};

/// An object that a command names.
pub(super) struct Source<'a> {
    pub(super) kind: &'static str,
    pub(super) resource: &'static Resource,
    pub(super) name: &'a str,
}

impl Source<'_> {
    /// Returns the live object.
    pub(super) fn live<'l>(&self, input: Input<'l>) -> Made<&'l Json> {
        let namespace = input.flags.text("namespace").or(input.known.namespace);
        let field = |object: &Json, key: &str| {
            let metadata = object.get("metadata")?;
            Some(metadata.get(key)?.as_str()?.to_owned())
        };
        let mut matching = input.known.live.iter().filter(|live| {
            is_of(live, self.resource)
                && field(live, "name").as_deref() == Some(self.name)
                && namespace.is_none_or(|namespace| {
                    field(live, "namespace").is_none_or(|found| found == namespace)
                })
        });
        // Without a namespace the only object of the name is meant, and none where there are several.
        match (matching.next(), matching.next()) {
            (Some(live), None) => Ok(live),
            _ => Err(unknown(format!("the live {} `{}`", self.kind, self.name))),
        }
    }

    /// Returns the version in which the server prefers the kind.
    pub(super) fn api_version(&self) -> String {
        match self.resource.group {
            "" => self.resource.version.to_owned(),
            group => format!("{group}/{}", self.resource.version),
        }
    }
}

fn is_of(object: &Json, resource: &Resource) -> bool {
    let text = |key: &str| object.get(key).and_then(Json::as_str).unwrap_or_default();
    let group = text("apiVersion")
        .split_once('/')
        .map_or("", |(group, _)| group);
    text("kind") == resource.kind && group == resource.group
}

/// Reads `TYPE/NAME`.
pub(super) fn one<'a>(place: &str, word: &'a str) -> Made<Source<'a>> {
    match word.split_once('/') {
        Some((of, name)) if !name.is_empty() && !name.contains('/') => named(of, name),
        Some(_) | None => Err(form(place, word, "`TYPE/NAME`")),
    }
}

/// Reads the objects that a command names: `TYPE NAME…` or `TYPE/NAME…`.
pub(super) fn all<'a>(input: Input<'a>) -> Made<Vec<Source<'a>>> {
    let flags = input.flags;
    for file in ["filename", "kustomize"] {
        if let Some(file) = flags.text(file) {
            return Err(unknown(format!("which object `{file}` describes")));
        }
    }
    let words: Vec<&str> = flags
        .positional
        .iter()
        .chain(&flags.after_dashes)
        .map(String::as_str)
        .collect();
    match words.as_slice() {
        [] => Err(GenerateError::Missing { what: "an object" }),
        [first, ..] if first.contains('/') => {
            let sources = words.iter().map(|word| one("the object", word));
            sources.collect()
        }
        [of] => Err(form("the object", of, "`TYPE NAME` or `TYPE/NAME`")),
        [of, names @ ..] => names.iter().map(|name| named(of, name)).collect(),
    }
}

fn named<'a>(of: &str, name: &'a str) -> Made<Source<'a>> {
    let resource = resource(of).ok_or_else(|| unknown(format!("what kind `{of}` is")))?;
    Ok(Source {
        kind: resource.kind,
        resource,
        name,
    })
}

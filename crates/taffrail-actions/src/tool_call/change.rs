//! What a call does to its objects.

use serde_json::Value as Json;
use taffrail_runtime::Value;

use crate::manifest::{Manifest, read_manifests};

use super::arguments::Arguments;
use super::row::{Kind, Makes, Name, Tool};
use super::target::{Subject, subjects};
use super::{Change, PatchType, ToolStep, Unclear};

/// Returns what is done to every object of a manifest; `None` where the call says its objects in another way.
pub(super) fn of_manifest(
    verb: &str,
    tool: &Tool,
    arguments: &Arguments<'_>,
    namespace: Option<&str>,
    default_namespace: Option<&str>,
) -> Option<Vec<ToolStep>> {
    // What deletes by kind and name does not look at an object that is given beside them.
    let by_name = verb == "delete" && matches!(tool.kind, Kind::Typed { .. });
    let holds_manifest = |makes: &Makes| match makes {
        Makes::Manifest(argument) if verb != "patch" && !by_name => Some(*argument),
        Makes::Manifest(_) | Makes::Patch(..) | Makes::Replicas(_) | Makes::Command(_) => None,
    };
    let argument = tool.makes.iter().find_map(holds_manifest)?;
    let Some(value) = arguments.get(argument) else {
        if matches!(tool.kind, Kind::Untold) {
            arguments.doubt(Arguments::first(argument), Unclear::Missing);
            return Some(Vec::new());
        }
        return None;
    };
    let name = Arguments::first(argument);
    let text = match value {
        Json::String(text) => text.clone(),
        Json::Array(objects) => objects.iter().map(|object| format!("{object}\n")).collect(),
        other => other.to_string(),
    };
    let manifests = match read_manifests("", text.as_bytes(), default_namespace) {
        Ok(manifests) => manifests,
        Err(error) => {
            arguments.doubt(name, Unclear::NoManifest(error.to_string()));
            return Some(Vec::new());
        }
    };
    if manifests.is_empty() {
        arguments.doubt(name, Unclear::Missing);
    }
    if let Some(namespace) = namespace
        && manifests
            .iter()
            .any(|manifest| is_elsewhere(manifest, namespace))
    {
        arguments.doubt("namespace", Unclear::NotTheManifest);
    }
    same_objects(tool, arguments, &manifests);
    let steps = manifests.into_iter().map(|manifest| ToolStep {
        target: manifest.target,
        change: match verb {
            "delete" => Change::ByVerb,
            _ => Change::Manifest {
                object: manifest.object,
                applied: tool.applied,
            },
        },
    });
    Some(steps.collect())
}

fn is_elsewhere(manifest: &Manifest, namespace: &str) -> bool {
    matches!(&manifest.target.namespace, Value::String(own) if **own != *namespace)
}

/// Arguments that name what the manifest holds anyway must name the same: which of them counts is the server's choice.
fn same_objects(tool: &Tool, arguments: &Arguments<'_>, manifests: &[Manifest]) {
    let is_kind_given = match tool.kind {
        Kind::Typed { kind, .. } | Kind::Split { kind, .. } => arguments.has(kind),
        Kind::Word(argument, _) => arguments.has(argument),
        Kind::Untold | Kind::Fixed(_) | Kind::Custom(..) | Kind::Release => false,
    };
    if is_kind_given {
        let is_it = |manifest: &Manifest, subject: &Subject| {
            subject.target.kind == manifest.target.kind
                && subject.target.group == manifest.target.group
        };
        let subjects = subjects(tool, arguments, None);
        let all = manifests
            .iter()
            .all(|manifest| subjects.iter().all(|subject| is_it(manifest, subject)));
        if !all {
            arguments.doubt("kind", Unclear::NotTheManifest);
        }
    }
    let name = match tool.named {
        Name::None => None,
        Name::May(name) | Name::Must(name) => arguments.word(name),
    };
    if let Some(name) = name
        && !manifests
            .iter()
            .all(|manifest| manifest.target.name == Value::string(name))
    {
        arguments.doubt("name", Unclear::NotTheManifest);
    }
}

/// Returns what is done to the objects that the arguments name.
pub(super) fn of(verb: &str, tool: &Tool, arguments: &Arguments<'_>) -> Change {
    let by_argument = tool.makes.iter().find_map(|makes| match makes {
        Makes::Patch(argument, patch_type) if verb == "patch" => {
            Some(patch(argument, patch_type, arguments))
        }
        Makes::Replicas(argument) if verb == "scale" => {
            Some(replicas(argument, arguments).map(Change::Replicas))
        }
        Makes::Command(argument) => Some(command(argument, arguments).map(Change::Command)),
        Makes::Manifest(_) | Makes::Patch(..) | Makes::Replicas(_) => None,
    });
    match (by_argument, verb) {
        (Some(change), _) => change.unwrap_or(Change::Unknown),
        (
            None,
            "create" | "apply" | "patch" | "replace" | "scale" | "label" | "annotate" | "taint"
            | "",
        ) => Change::Unknown,
        (None, _) => Change::ByVerb,
    }
}

fn patch(argument: &str, patch_type: &str, arguments: &Arguments<'_>) -> Option<Change> {
    let name = Arguments::first(argument);
    let Some(value) = arguments.get(argument) else {
        arguments.doubt(name, Unclear::Missing);
        return None;
    };
    let patch = match value {
        Json::String(text) => match serde_json::from_str(text) {
            Ok(patch) => patch,
            Err(error) => {
                arguments.doubt(name, Unclear::NoManifest(error.to_string()));
                return None;
            }
        },
        other => other.clone(),
    };
    let of = match arguments
        .get(patch_type)
        .map_or(Some("strategic"), Json::as_str)
    {
        Some("strategic" | "application/strategic-merge-patch+json") => PatchType::Strategic,
        Some("merge" | "application/merge-patch+json") => PatchType::Merge,
        Some("json" | "application/json-patch+json") => PatchType::Json,
        Some(_) | None => {
            arguments.doubt(Arguments::first(patch_type), Unclear::NoSuchWord);
            return None;
        }
    };
    Some(Change::Patch { of, patch })
}

fn replicas(argument: &str, arguments: &Arguments<'_>) -> Option<i64> {
    let value = arguments.get(argument);
    let number = match value {
        Some(Json::String(text)) => text.parse().ok(),
        Some(number) => number.as_i64(),
        None => None,
    };
    let number = number.filter(|number| *number >= 0);
    if number.is_none() {
        let why = if value.is_none() {
            Unclear::Missing
        } else {
            Unclear::WrongType
        };
        arguments.doubt(Arguments::first(argument), why);
    }
    number
}

fn command(argument: &str, arguments: &Arguments<'_>) -> Option<Vec<String>> {
    let name = Arguments::first(argument);
    match arguments.get(argument) {
        None => {
            arguments.doubt(name, Unclear::Missing);
            None
        }
        Some(Json::String(text)) => Some(vec![text.clone()]),
        Some(Json::Array(words)) => {
            let texts: Option<Vec<String>> = words
                .iter()
                .map(|word| word.as_str().map(str::to_owned))
                .collect();
            if texts.is_none() {
                arguments.doubt(name, Unclear::WrongType);
            }
            texts
        }
        Some(_) => {
            arguments.doubt(name, Unclear::WrongType);
            None
        }
    }
}

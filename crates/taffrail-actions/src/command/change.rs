//! What an object would be after a command.

mod edits;

use serde_json::{Value as Json, json};
use taffrail_runtime::Value;

use crate::edit;
use crate::generate::{self, Flags, Generator};
use crate::manifest::{Manifest, read_manifests};
use crate::node::Node;
use crate::stored::{Refused, Write, after as stored_after};

use super::invocation::Invocation;
use super::requests::Surroundings;
use super::shell::Input;
use super::word::Word;

/// The field manager of `kubectl apply --server-side` that names none.
const MANAGER: &str = "kubectl";

/// What becomes of an object.
#[derive(Debug)]
pub(super) enum Changed {
    /// This object; `None` when it is gone.
    To(Option<Json>),
    /// What the verb says, whatever the object is.
    FromVerb,
    /// It cannot be told, for this reason.
    Unknown(String),
}

fn unknown(reason: impl Into<String>) -> Changed {
    Changed::Unknown(reason.into())
}

/// Returns what an object would be after a command. `before` is the live object, `Some(None)` where there is known to be none; `object` is
/// what a file or the input says of it.
pub(super) fn after(
    command: &Invocation,
    before: Option<Option<&Json>>,
    object: Option<&Json>,
    known: &Surroundings<'_>,
) -> Changed {
    match command.verb.as_str() {
        "delete" | "cordon" | "uncordon" | "rollout restart" => return Changed::FromVerb,
        "exec" => return call(command),
        _ => {}
    }
    let write = match write(command, before, object, known) {
        Ok(write) => write,
        Err(reason) => return unknown(reason),
    };
    let write = match (write, before) {
        (Write::Replace(object), Some(Some(live))) => Write::Replace(with_version(object, live)),
        (write, _) => write,
    };
    let before = match (&write, before) {
        // Neither depends on what was there: one is refused if anything was, the other puts itself in its place.
        (Write::Create(_), _) => None,
        (Write::Replace(object), None) => {
            return stored(None, &Write::Create(object.clone()), known);
        }
        (_, Some(before)) => before,
        (_, None) => return unknown("the live object is not known"),
    };
    stored(before, &write, known)
}

/// kubectl looks up the version of what it replaces.
fn with_version(mut object: Json, live: &Json) -> Json {
    let version = live.pointer("/metadata/resourceVersion");
    let metadata = object.get_mut("metadata").and_then(Json::as_object_mut);
    if let (Some(version), Some(metadata)) = (version, metadata) {
        metadata
            .entry("resourceVersion")
            .or_insert_with(|| version.clone());
    }
    object
}

/// Returns a live object with the defaults that the server stores: one that was written by hand may lack them.
pub(crate) fn as_stored(live: &Json, known: &Surroundings<'_>) -> Json {
    match stored_after(Some(live), &Write::Replace(live.clone()), known.schemas) {
        Ok(Some(stored)) => stored,
        Ok(None) | Err(_) => live.clone(),
    }
}

fn stored(before: Option<&Json>, write: &Write, known: &Surroundings<'_>) -> Changed {
    match stored_after(before, write, known.schemas) {
        Ok(after) => Changed::To(after),
        Err(refused) => unknown(refusal(&refused)),
    }
}

fn refusal(refused: &Refused) -> String {
    format!("the server would refuse it: {refused}")
}

/// Returns the write that a command sends.
fn write(
    command: &Invocation,
    before: Option<Option<&Json>>,
    object: Option<&Json>,
    known: &Surroundings<'_>,
) -> Result<Write, String> {
    if let Some(object) = object {
        return written(command, object);
    }
    if let Some(generator) = Generator::of(&command.verb) {
        // Here an object is missing because it cannot be told: the reason is what counts.
        generated(command, generator, known)?;
    }
    match command.verb.as_str() {
        "scale" => number(command, "replicas").map(|replicas| Write::Scale { replicas }),
        "patch" => patch(command, known),
        "rollout undo" => {
            let revision = match command.arguments.value("to-revision") {
                Some(_) => number(command, "to-revision")?,
                None => 0,
            };
            let live = before
                .ok_or("the live object is not known")?
                .ok_or("there is no such object")?;
            edit::undo(live, known.live, revision).map_err(|error| error.to_string())
        }
        _ => {
            let edit = edits::read(command)?;
            let live = before
                .ok_or("the live object is not known")?
                .ok_or("there is no such object")?;
            let edited = edit::apply(&edit, live).map_err(|error| error.to_string())?;
            Ok(Write::Replace(edited))
        }
    }
}

/// Returns what a command does with an object of a file.
fn written(command: &Invocation, object: &Json) -> Result<Write, String> {
    let arguments = &command.arguments;
    match command.verb.as_str() {
        "create" => Ok(Write::Create(object.clone())),
        "replace" => Ok(Write::Replace(object.clone())),
        "apply" if arguments.may_be_on("server-side") => Ok(Write::ServerSideApply {
            object: object.clone(),
            manager: match arguments.value("field-manager") {
                Some(manager) => known_text(manager)?.to_owned(),
                None => MANAGER.to_owned(),
            },
            force: arguments.is_on("force-conflicts"),
        }),
        "apply" => Ok(Write::ClientSideApply {
            object: object.clone(),
        }),
        verb if Generator::of(verb).is_some() => Ok(Write::Create(object.clone())),
        verb => Err(format!("what `{verb}` makes of it is not computed")),
    }
}

/// Returns the objects that a command makes by itself.
pub(super) fn generated(
    command: &Invocation,
    generator: Generator,
    known: &Surroundings<'_>,
) -> Result<Vec<Json>, String> {
    let arguments = &command.arguments;
    let texts = |words: &[Word]| -> Result<Vec<String>, String> {
        let words = words.iter();
        words
            .map(|word| known_text(word).map(str::to_owned))
            .collect()
    };
    let values = arguments.flags.iter().map(|given| {
        let value = given.value.as_ref().map(known_text).transpose()?;
        Ok((given.name.to_owned(), value.map(str::to_owned)))
    });
    let flags = Flags {
        values: values.collect::<Result<_, String>>()?,
        positional: texts(&arguments.positional)?,
        after_dashes: texts(arguments.after_dashes.as_deref().unwrap_or_default())?,
    };
    let files = |name: &str| content(command, &Word::text(name), known).ok();
    let known = generate::Known {
        namespace: known.namespace,
        live: known.live,
        files: &files,
    };
    generate::generate(generator, &flags, &known).map_err(|error| error.to_string())
}

fn patch(command: &Invocation, known: &Surroundings<'_>) -> Result<Write, String> {
    let arguments = &command.arguments;
    let text = match (arguments.value("patch"), arguments.value("patch-file")) {
        (Some(patch), _) => known_text(patch)?.to_owned(),
        (None, Some(file)) => content(command, file, known)?,
        (None, None) => return Err("the command has no patch".into()),
    };
    let patch = crate::document::node_of_document("patch", text.as_bytes())
        .map_err(|error| error.to_string())?;
    let patch = json_of(&patch);
    match arguments.value("type").map(known_text).transpose()? {
        None | Some("strategic") => Ok(Write::StrategicMergePatch(patch)),
        Some("merge") => Ok(Write::MergePatch(patch)),
        Some("json") => Ok(Write::JsonPatch(patch)),
        Some(other) => Err(format!("there is no patch of type `{other}`")),
    }
}

/// Returns a tree as JSON in which nothing is left out: a null of a patch removes.
fn json_of(node: &Node) -> Json {
    node.to_value().to_json()
}

/// Returns the options of a call into a container.
fn call(command: &Invocation) -> Changed {
    let arguments = &command.arguments;
    let words = match &arguments.after_dashes {
        Some(words) => words.as_slice(),
        None => arguments.positional.get(1..).unwrap_or_default(),
    };
    let words: Result<Vec<&str>, String> = words.iter().map(known_text).collect();
    let container = arguments.value("container").map(known_text).transpose();
    match (words, container) {
        (Ok(words), Ok(container)) => {
            let mut options = json!({
                "apiVersion": "v1",
                "kind": "PodExecOptions",
                "command": words,
                "stdin": arguments.may_be_on("stdin"),
                "tty": arguments.may_be_on("tty"),
            });
            if let (Some(container), Some(options)) = (container, options.as_object_mut()) {
                options.insert("container".into(), container.into());
            }
            Changed::To(Some(options))
        }
        (Err(reason), _) | (_, Err(reason)) => unknown(reason),
    }
}

fn number(command: &Invocation, flag: &str) -> Result<i64, String> {
    let Some(value) = command.arguments.value(flag) else {
        return Err(format!("the command has no `--{flag}`"));
    };
    let text = known_text(value)?;
    text.parse()
        .map_err(|_| format!("`{text}` of `--{flag}` is no whole number"))
}

/// Returns the text of a word, or why it cannot be told.
pub(super) fn known_text(word: &Word) -> Result<&str, String> {
    match (word.literal(), word.first_unclear()) {
        (Some(text), _) => Ok(text),
        (None, Some(unclear)) => Err(unclear.to_string()),
        (None, None) => Err("it is not given".into()),
    }
}

/// Returns what a file of a command holds; `-` is its input.
fn content(command: &Invocation, file: &Word, known: &Surroundings<'_>) -> Result<String, String> {
    let name = known_text(file)?;
    if name == "-" || name == "/dev/stdin" {
        return match &command.input {
            Input::Text(text) => known_text(text).map(str::to_owned),
            Input::File(file) => {
                let name = known_text(file)?;
                (known.file)(name).ok_or_else(|| format!("what `{name}` holds is not known"))
            }
            Input::None | Input::Pipe(_) => {
                (known.file)("-").ok_or_else(|| "what the command reads is not known".into())
            }
        };
    }
    (known.file)(name).ok_or_else(|| format!("what `{name}` holds is not known"))
}

/// Returns the objects of a file of a command.
pub(super) fn objects_of(
    command: &Invocation,
    file: &Word,
    known: &Surroundings<'_>,
) -> Result<Vec<Manifest>, String> {
    if command.arguments.has("kustomize") {
        return Err(format!("what `{file}` is built to is not known"));
    }
    let text = content(command, file, known)?;
    let namespace = match command.arguments.value("namespace") {
        Some(namespace) => namespace.known(),
        None => known.namespace,
    };
    let mut manifests = read_manifests(&file.to_string(), text.as_bytes(), namespace)
        .map_err(|error| error.to_string())?;
    for manifest in &mut manifests {
        if let (Value::String(namespace), Some(metadata)) = (
            &manifest.target.namespace,
            manifest
                .object
                .get_mut("metadata")
                .and_then(Json::as_object_mut),
        ) {
            metadata
                .entry("namespace")
                .or_insert_with(|| Json::from(&**namespace));
        }
    }
    Ok(manifests)
}

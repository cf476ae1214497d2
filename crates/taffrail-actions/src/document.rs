//! Text in, actions out.

use crate::action::{Action, Defaults, action_from_node};
use crate::admission;
use crate::error::{ActionError, Problem};
use crate::json;
use crate::node::{Node, Place};
use crate::yaml;

/// The greatest size of a document stream in bytes.
const SIZE_LIMIT: usize = 32 * 1024 * 1024;

/// Reads every action of a text: YAML with any number of documents, or JSON values one after the other.
///
/// A name that ends in `.json` or `.yaml` says which; otherwise a text that begins with `{` is JSON, as for
/// `kubectl`. YAML is read as `kubectl` reads it (YAML 1.1 scalars, `<<`), so that a manifest means here what
/// it means there. A document of kind `AdmissionReview` is what it asks; what a review does not hold is unknown.
///
/// # Errors
///
/// Text that is not YAML or JSON, an unknown or duplicate key, a wrong type, no action at all.
pub fn read_documents(
    name: &str,
    bytes: &[u8],
    defaults: &Defaults,
) -> Result<Vec<Action>, ActionError> {
    let read = || {
        let nodes = nodes(name, bytes)?;
        if nodes.is_empty() {
            return Err(ActionError::new(Place::NOWHERE, Problem::NoAction));
        }
        let action = |node: &Node| match admission::is_review(node) {
            true => admission::action_of_review(node, defaults),
            false => action_from_node(node, defaults),
        };
        nodes.iter().map(action).collect()
    };
    read().map_err(|error: ActionError| error.of_document(name))
}

/// Reads the tree of a text with exactly one document.
///
/// # Errors
///
/// As [`read_documents`], without looking at what the tree means.
pub fn node_of_document(name: &str, bytes: &[u8]) -> Result<Node, ActionError> {
    nodes(name, bytes)
        .and_then(|nodes| match <[Node; 1]>::try_from(nodes) {
            Ok([node]) => Ok(node),
            Err(nodes) if nodes.is_empty() => {
                Err(ActionError::new(Place::NOWHERE, Problem::NoAction))
            }
            Err(_) => Err(ActionError::several()),
        })
        .map_err(|error| error.of_document(name))
}

/// Reads the trees of all documents of a text.
///
/// # Errors
///
/// As [`read_documents`], without looking at what the trees mean.
pub fn nodes_of_documents(name: &str, bytes: &[u8]) -> Result<Vec<Node>, ActionError> {
    nodes(name, bytes).map_err(|error| error.of_document(name))
}

/// Returns the trees of a text that holds objects of the cluster: JSON if it begins as JSON does and is some, else YAML.
pub(crate) fn manifest_nodes(bytes: &[u8]) -> Result<Vec<Node>, ActionError> {
    let text = checked(bytes)?;
    if !text.trim_start().starts_with('{') {
        return yaml::read(text);
    }
    json::read(text).or_else(|of_json| match *of_json.problem {
        Problem::Syntax { .. } => yaml::read(text).map_err(|_| of_json),
        _ => Err(of_json),
    })
}

fn nodes(name: &str, bytes: &[u8]) -> Result<Vec<Node>, ActionError> {
    let text = checked(bytes)?;
    let ends = |extension: &str| name.to_ascii_lowercase().ends_with(extension);
    let says_yaml = ends(".yaml") || ends(".yml");
    let is_json = ends(".json") || (!says_yaml && text.trim_start().starts_with('{'));
    if is_json {
        json::read(text)
    } else {
        yaml::read(text)
    }
}

/// Returns the text of a document that is not too long.
fn checked(bytes: &[u8]) -> Result<&str, ActionError> {
    if bytes.len() > SIZE_LIMIT {
        return Err(ActionError::new(
            Place::NOWHERE,
            Problem::TooLong {
                bytes: bytes.len(),
                limit: SIZE_LIMIT,
            },
        ));
    }
    text(bytes)
}

fn text(bytes: &[u8]) -> Result<&str, ActionError> {
    let line = |before: &[u8]| {
        let breaks = before.iter().filter(|byte| **byte == b'\n').count();
        Place(u32::try_from(breaks).unwrap_or(u32::MAX).saturating_add(1))
    };
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let offset = error.valid_up_to();
        let before = bytes.get(..offset).unwrap_or_default();
        ActionError::new(line(before), Problem::NotUtf8 { offset })
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match text.split_once('\0') {
        Some((before, _)) => Err(ActionError::new(line(before.as_bytes()), Problem::NulByte)),
        None => Ok(text),
    }
}

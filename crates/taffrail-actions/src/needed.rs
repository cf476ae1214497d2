//! The fast way in: JSON bytes of which only what a program reads is kept.

use taffrail_runtime::request::Request;
use taffrail_runtime::{Program, Value};

use crate::action::{Action, Defaults, action_from_node};
use crate::document::read_documents;
use crate::error::ActionError;
use crate::node::{Entry, Node, NodeKind, Place};

/// Reads one JSON action document for one program, several times faster than [`read_documents`].
///
/// Parts of `current`, `proposed` and `facts.objects` that no rule reads are skipped without being built. The
/// decision is the same; the digests of action and facts in its report cover only what was read, so approvals bind
/// to actions that were read in full. An action whose verb has an effect of its own is read in full anyway, unless the skipped parts of `current` and
/// `proposed` are written alike: elsewhere it may change more than its verb says. Inside skipped parts duplicate
/// keys and other mistakes are not noticed.
///
/// # Errors
///
/// As [`read_documents`]; a text with several documents is an error here.
///
/// ```
/// use taffrail_actions::{Defaults, read_needed};
/// use taffrail_runtime::Program;
/// use taffrail_runtime::program::ProgramData;
///
/// let program = Program::new(ProgramData::empty())?;
/// let action = read_needed(&program, br#"{"verb": "restart", "current": {"spec": {}}}"#, &Defaults::default())?;
/// assert_eq!(action.requests().len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read_needed(
    program: &Program,
    bytes: &[u8],
    defaults: &Defaults,
) -> Result<Action, ActionError> {
    let quick = program.read_needed(bytes).ok().and_then(|needed| {
        let action = action_from_node(&document(needed.value), defaults).ok()?;
        let looks_elsewhere =
            !needed.same_elsewhere && action.requests().iter().any(Request::looks_everywhere);
        (!looks_elsewhere).then_some(action)
    });
    match quick {
        Some(action) => Ok(action),
        // Reading it again in full finds the place of what is wrong, and what else changes.
        None => read_documents("action.json", bytes, defaults).and_then(|actions| {
            let [action] = <[Action; 1]>::try_from(actions).map_err(|_| ActionError::several())?;
            Ok(action)
        }),
    }
}

/// Returns the tree of a document, without places. The objects, its greater part, are not taken apart.
fn document(value: Value) -> Node {
    tree(value, &|key, value| match (key, value) {
        ("current" | "proposed", object @ Value::Map(_)) => Node::leaf(object, Place::NOWHERE),
        (_, value) => node(value),
    })
}

/// Returns the tree of a value, without places.
fn node(value: Value) -> Node {
    tree(value, &|_, value| node(value))
}

fn tree(value: Value, member: &dyn Fn(&str, Value) -> Node) -> Node {
    let kind = match value {
        Value::List(items) => NodeKind::List(items.into_iter().map(node).collect()),
        Value::Map(map) => NodeKind::Map(
            map.into_entries()
                .map(|(key, value)| Entry {
                    place: Place::NOWHERE,
                    value: member(&key, value),
                    key: key.into(),
                })
                .collect(),
        ),
        leaf => NodeKind::Leaf(leaf),
    };
    Node {
        kind,
        place: Place::NOWHERE,
    }
}

//! What deciding an action will read, from the rules that could match it.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::engine::Loaded;
use crate::facts::{self, Facts};
use crate::program::Root;
use crate::reads::Reads;
use crate::request::Proposed;

/// What an adapter has to collect before an action can be decided, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Requirements {
    /// Fact paths: `current.spec.replicas`, `namespace.labels.env`. Sorted.
    pub paths: BTreeSet<String>,
    /// Signals by full name, with their source.
    pub signals: BTreeSet<SignalRequirement>,
    /// Other objects of the snapshot.
    pub objects: BTreeSet<ObjectRequirement>,
    /// Ledger windows of budgets.
    pub budgets: BTreeSet<String>,
    /// States of breakers.
    pub breakers: BTreeSet<String>,
}

/// A signal that is read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct SignalRequirement {
    /// Its full name.
    pub name: String,
    /// Where it comes from.
    pub source: String,
}

/// A kind of objects that is read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ObjectRequirement {
    /// The API group; `None` is any.
    pub group: Option<String>,
    /// The kind.
    pub kind: String,
}

/// Paths that matching and the built-in rules read for every action.
const ALWAYS: [&str; 7] = [
    "intent",
    "now",
    "target.group",
    "target.kind",
    "target.name",
    "target.namespace",
    "verb",
];

/// Returns what the rules that could match the action read. It is a fixpoint: where the verb, the kind or
/// the namespace is unknown, every rule that may match counts.
pub(crate) fn requirements(program: &Loaded, facts: &Facts<'_>) -> Requirements {
    let reads = Reads::of_action(program, facts);
    let mut found = Requirements::default();
    found.paths.extend(ALWAYS.map(str::to_owned));
    if reads.whole_objects {
        found
            .paths
            .extend(["current".to_owned(), "proposed".to_owned()]);
    }
    for path in reads.slots.iter().filter_map(|slot| program.slot(*slot)) {
        found.paths.insert(plain(path.root, &path.keys));
    }
    for path in &reads.changed {
        found.paths.insert(plain(Root::Current, path));
        found.paths.insert(plain(Root::Proposed, path));
    }
    if !matches!(facts.request.proposed, Proposed::Given(_)) {
        found.paths.extend(below_current(&found.paths));
    }
    for signal in &reads.signals {
        if let Some(signal) = program.data.signals.get(*signal as usize) {
            found.signals.insert(SignalRequirement {
                name: signal.name.clone(),
                source: signal.source.clone(),
            });
        }
    }
    for (group, kind) in reads.objects {
        found.objects.insert(ObjectRequirement { group, kind });
    }
    let name = |id| program.rule(id).map(|rule| rule.name.clone());
    found
        .budgets
        .extend(reads.budgets.iter().filter_map(|id| name(*id)));
    found
        .breakers
        .extend(reads.breakers.iter().filter_map(|id| name(*id)));
    found
}

/// Where `proposed` is computed, what is read of it rests on the same of `current`.
fn below_current(paths: &BTreeSet<String>) -> Vec<String> {
    let proposed = Root::Proposed.name();
    paths
        .iter()
        .filter_map(|path| path.strip_prefix(proposed))
        .filter(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        .map(|rest| format!("{}{rest}", Root::Current.name()))
        .collect()
}

fn plain(root: Root, keys: &[String]) -> String {
    facts::display(root, keys.iter())
        .trim_matches('`')
        .to_owned()
}

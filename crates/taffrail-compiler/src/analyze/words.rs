//! The closed sets of words: verbs, principal kinds, rollback classes, breaker states.

use taffrail_runtime::EnumType;

/// The verbs that need no declaration, sorted.
pub const VERBS: &[&str] = &[
    "abort",
    "annotate",
    "apply",
    "approve",
    "cordon",
    "create",
    "delete",
    "drain",
    "evict",
    "exec",
    "get",
    "label",
    "list",
    "logs",
    "patch",
    "pause",
    "portforward",
    "promote",
    "read_secret",
    "replace",
    "restart",
    "resume",
    "rollback",
    "rotate",
    "scale",
    "taint",
    "uncordon",
    "watch",
];

const PRINCIPAL_KINDS: &[&str] = &["agent", "controller", "copilot", "human"];
const ROLLBACK_CLASSES: &[&str] = &[
    "externally_reversible",
    "irreversible",
    "read_only",
    "reversible",
];
const BREAKER_STATES: &[&str] = &["closed", "half_open", "open"];

/// The sets, each with what a member of it is called.
const SETS: &[(EnumType, &str)] = &[
    (EnumType::Verb, "a verb"),
    (EnumType::PrincipalKind, "a kind of principal"),
    (EnumType::RollbackClass, "a rollback class"),
    (EnumType::BreakerState, "a breaker state"),
];

/// Returns the built-in members of a set, sorted. Declared verbs come on top of these.
pub(super) fn members(set: EnumType) -> &'static [&'static str] {
    match set {
        EnumType::Verb => VERBS,
        EnumType::PrincipalKind => PRINCIPAL_KINDS,
        EnumType::RollbackClass => ROLLBACK_CLASSES,
        EnumType::BreakerState => BREAKER_STATES,
    }
}

/// Returns what a member of a set is called, with its article.
pub(super) fn describe(set: EnumType) -> &'static str {
    SETS.iter()
        .find(|(other, _)| *other == set)
        .map_or("a word", |(_, name)| name)
}

/// Returns the set that a word is a built-in member of.
pub(super) fn set_of(word: &str) -> Option<EnumType> {
    SETS.iter()
        .map(|(set, _)| *set)
        .find(|set| members(*set).contains(&word))
}

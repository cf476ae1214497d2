//! Whether a rule is about an action: its `on`, in three-valued logic.

use crate::cause::Cause;
use crate::facts::Facts;
use crate::glob;
use crate::program::{KindPattern, On};
use crate::truth::Truth;
use crate::value::Value;

/// How a rule's verbs must meet the action's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VerbMatch {
    /// One of them suffices: guards, budgets, breakers, tolerances.
    Any,
    /// All must be listed: grants and waivers.
    All,
}

/// Tells whether an `on` is about the action.
pub(crate) fn matches(on: &On, facts: &Facts<'_>, verbs: VerbMatch) -> Truth {
    let mut truth = match &on.verbs {
        None => Truth::True,
        Some(listed) => verb_matches(listed, facts, verbs),
    };
    if let (Some(kinds), false) = (&on.kinds, truth == Truth::False) {
        truth = truth.and(kind_matches(kinds, facts));
    }
    if let (Some(namespaces), false) = (&on.namespaces, truth == Truth::False) {
        truth = truth.and(namespace_matches(namespaces, facts));
    }
    truth
}

fn verb_matches(listed: &[String], facts: &Facts<'_>, verbs: VerbMatch) -> Truth {
    let has = |verb: &str| Truth::from(listed.iter().any(|name| name == verb));
    let requested = match &facts.verbs.requested {
        Ok(verb) => has(verb),
        Err(causes) => Truth::Unknown(causes.clone()),
    };
    facts
        .verbs
        .implied
        .iter()
        .fold(requested, |truth, (verb, implied)| match verbs {
            VerbMatch::Any => truth.or(implied.clone().and(has(verb))),
            VerbMatch::All => truth.and(implied.clone().not().or(has(verb))),
        })
}

fn kind_matches(patterns: &[KindPattern], facts: &Facts<'_>) -> Truth {
    let target = &facts.request.target;
    patterns.iter().fold(Truth::False, |truth, pattern| {
        let kind = text_matches(&target.kind, "target.kind", |kind| kind == pattern.kind);
        let group = match (&pattern.groups, &kind) {
            (_, Truth::False) => Truth::False,
            (None, _) => Truth::True,
            (Some(groups), _) => text_matches(&target.group, "target.group", |group| {
                groups.iter().any(|name| name == group)
            }),
        };
        let object = kind.and(group);
        truth.or(match &pattern.version {
            Some(version) if object != Truth::False => object.and(version_matches(version, facts)),
            Some(_) | None => object,
        })
    })
}

/// Tells whether the object is given in the version that a rule is written for. The API serves every object in each of its
/// kind's versions, so another one is no reason why the rule would not be about it.
fn version_matches(version: &str, facts: &Facts<'_>) -> Truth {
    let found = match &facts.request.target.version {
        Value::String(given) if &**given == version => return Truth::True,
        Value::Unknown(causes) => return Truth::Unknown(causes.clone()),
        Value::String(given) => format!("`{given}`"),
        other => other.type_name().into(),
    };
    Truth::Unknown(
        Cause::WrongType {
            what: "`target.version`".into(),
            expected: format!("`{version}`"),
            found,
        }
        .into(),
    )
}

fn namespace_matches(globs: &[String], facts: &Facts<'_>) -> Truth {
    let target = &facts.request.target;
    let listed = |value: &Value, fact| {
        text_matches(value, fact, |name| {
            globs.iter().any(|glob| glob::like(glob, name))
        })
    };
    let is_namespace = text_matches(&target.kind, "target.kind", |kind| kind == "Namespace");
    let is_core = || text_matches(&target.group, "target.group", str::is_empty);
    let own = match is_namespace {
        Truth::False => Truth::False,
        kind => kind.and(is_core()),
    };
    match own {
        Truth::True => listed(&target.name, "target.name"),
        Truth::False => listed(&target.namespace, "target.namespace"),
        Truth::Unknown(causes) => {
            let (by_name, by_namespace) = (
                listed(&target.name, "target.name"),
                listed(&target.namespace, "target.namespace"),
            );
            if by_name == by_namespace {
                by_name
            } else {
                Truth::Unknown(causes)
            }
        }
    }
}

/// An absent part matches nothing; one that is not a string cannot be told.
fn text_matches(value: &Value, fact: &str, test: impl Fn(&str) -> bool) -> Truth {
    match value {
        Value::String(text) => test(text).into(),
        Value::Absent => Truth::False,
        Value::Unknown(causes) => Truth::Unknown(causes.clone()),
        other => Truth::Unknown(
            Cause::WrongType {
                what: format!("`{fact}`"),
                expected: "a string".into(),
                found: other.type_name().into(),
            }
            .into(),
        ),
    }
}

//! Whether an `on` is about an action, and whether an action stays inside its intent.

use taffrail_runtime::Value as Fact;
use taffrail_syntax::ast::{On, RuleKind};

use super::action::Action;
use super::names::Files;
use super::text::{self, like};
use super::value::{Truth, Value};

/// Tells whether an `on` clause is about the action. A part that is left out, or `any`, is about all.
pub(crate) fn is_about(
    files: Files<'_>,
    rule: RuleKind,
    on: Option<&On>,
    action: &Action<'_>,
) -> Truth {
    let Some(on) = on else {
        return Truth::True;
    };
    let verbs = match &on.verbs {
        Some(verbs) if verbs.iter().all(|verb| verb.text != "any") => {
            let listed = |name: &str| Truth::of(verbs.iter().any(|verb| verb.text == name));
            let requested = match &action.verb {
                Value::Text(verb) => listed(verb),
                _ => Truth::Unknown,
            };
            let implied = &action.implied;
            if rule == RuleKind::Grant || rule == RuleKind::Waive {
                requested.and(Truth::all(
                    implied
                        .iter()
                        .map(|(verb, truth)| truth.not().or(listed(verb))),
                ))
            } else {
                requested.or(Truth::any(
                    implied.iter().map(|(verb, truth)| truth.and(listed(verb))),
                ))
            }
        }
        _ => Truth::True,
    };
    let target = &action.request.target;
    let kinds = match &on.kinds {
        Some(kinds) if kinds.iter().all(|kind| kind.kind.text != "any") => {
            Truth::any(kinds.iter().map(|kind| {
                let is_kind = is(&target.kind, |given| given == kind.kind.text);
                let groups = match &kind.group {
                    Some(group) if group == "core" => Some(vec![String::new()]),
                    Some(group) => Some(vec![group.clone()]),
                    None if rule == RuleKind::Grant || rule == RuleKind::Waive => {
                        Some(files.groups_of(&kind.kind.text))
                    }
                    None => None,
                };
                let is_group = groups.map_or(Truth::True, |groups| {
                    is(&target.group, |given| {
                        groups.iter().any(|group| group == given)
                    })
                });
                let is_version = match &kind.version {
                    None => Truth::True,
                    Some(version) => match is(&target.version, |given| given == version) {
                        Truth::True => Truth::True,
                        Truth::False | Truth::Unknown => Truth::Unknown,
                    },
                };
                Truth::all([is_kind, is_group, is_version])
            }))
        }
        _ => Truth::True,
    };
    let namespaces = on.namespaces.as_ref().map_or(Truth::True, |globs| {
        let listed = |value: &Fact| {
            is(value, |name| {
                globs.iter().any(|glob| like(name, &glob.text))
            })
        };
        let is_core = is(&target.group, str::is_empty);
        match is(&target.kind, |kind| kind == "Namespace").and(is_core) {
            Truth::True => listed(&target.name),
            Truth::False => listed(&target.namespace),
            Truth::Unknown => {
                let (by_name, by_namespace) = (listed(&target.name), listed(&target.namespace));
                if by_name == by_namespace {
                    by_name
                } else {
                    Truth::Unknown
                }
            }
        }
    });
    Truth::all([verbs, kinds, namespaces])
}

fn is(value: &Fact, test: impl Fn(&str) -> bool) -> Truth {
    match value {
        Fact::String(text) => Truth::of(test(text)),
        Fact::Absent => Truth::False,
        _ => Truth::Unknown,
    }
}

/// Tells whether an action leaves its intent.
pub(crate) fn leaves_intent(action: &Action<'_>, required: bool) -> Truth {
    let intent = Value::of_fact(&action.request.intent);
    match &intent {
        Value::Absent => return Truth::of(required),
        Value::Map(_) => {}
        _ => return Truth::Unknown,
    }
    let expires = match intent.field("expires") {
        Value::Text(written) => text::time(&written).map_or(Value::Unknown, Value::Time),
        other => other,
    };
    let expired = match (expires, action.now()) {
        (Value::Absent, _) => Truth::False,
        (Value::Time(expires), Some(now)) => Truth::of(expires <= now),
        _ => Truth::Unknown,
    };
    let scope = intent.field("scope");
    let target = &action.request.target;
    let verbs = scope.field("verbs");
    let requested = match &action.verb {
        Value::Text(_) => outside(&verbs, &action.verb),
        _ if verbs == Value::Absent => Truth::False,
        _ => Truth::Unknown,
    };
    let implied = action
        .implied
        .iter()
        .map(|(verb, truth)| truth.and(outside(&verbs, &Value::text(verb))));
    let parts = [
        ("namespaces", &target.namespace),
        ("kinds", &target.kind),
        ("names", &target.name),
    ]
    .map(|(list, value)| outside(&scope.field(list), &Value::of_fact(value)));
    Truth::any([expired, requested].into_iter().chain(implied).chain(parts))
}

/// Tells whether a value is outside a list of globs; without a list nothing is.
fn outside(list: &Value, value: &Value) -> Truth {
    match list {
        Value::Absent => Truth::False,
        Value::List(globs) => Truth::any(globs.iter().map(|glob| match (glob, value) {
            (Value::Text(glob), Value::Text(text)) => Truth::of(like(text, glob)),
            (Value::Text(_), Value::Absent) => Truth::False,
            _ => Truth::Unknown,
        }))
        .not(),
        _ => Truth::Unknown,
    }
}

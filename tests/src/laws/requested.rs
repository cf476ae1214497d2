//! Facts that an action does not require never change its decision.

use std::collections::BTreeSet;

use taffrail_runtime::request::{Proposed, Request};
use taffrail_runtime::{Map, Requirements, Value};

use super::case;
use super::run::{compiled, difference, law};
use crate::generate::fog;
use crate::generate::request::Shown;

#[test]
fn dropping_what_is_not_required_changes_nothing() {
    law("requested", case(), |case| {
        let program = compiled(&case.set, &case.settings)?.program;
        for request in &case.requests {
            let requirements = program.requirements(&request.0);
            let reduced = reduced(&request.0, &requirements);
            let (full, mut less) = (
                program.decide(&request.0).report(),
                program.decide(&reduced).report(),
            );
            // The summary and the digest of the action are of all of it.
            less.action = full.action.clone();
            less.action_digest.clone_from(&full.action_digest);
            if full != less {
                return Err(format!(
                    "the reports differ in\n{}with {requirements:?}\n{request:?}\nreduced to\n{:?}",
                    difference(&full, &less),
                    Shown(reduced.clone())
                ));
            }
        }
        Ok(())
    });
}

/// Returns a request in which everything that is not required is unknown or left out.
fn reduced(request: &Request, requirements: &Requirements) -> Request {
    let paths = &requirements.paths;
    let mut reduced = request.clone();
    let last_word = |name: &str| name.rsplit('.').next().unwrap_or(name).to_owned();
    let signals: BTreeSet<String> = requirements
        .signals
        .iter()
        .map(|signal| last_word(&signal.name))
        .collect();
    reduced
        .signals
        .retain(|(name, _)| signals.contains(&last_word(name)));
    reduced
        .usage
        .retain(|entry| requirements.budgets.contains(&entry.budget));
    reduced
        .breakers
        .retain(|entry| requirements.breakers.contains(&entry.breaker));
    if requirements.objects.is_empty() {
        reduced.objects.clear();
        reduced.complete.clear();
    }
    for (path, value) in [
        ("subresource", &mut reduced.subresource),
        ("principal", &mut reduced.principal),
        ("current", &mut reduced.current),
        ("rollback", &mut reduced.rollback),
        ("impact", &mut reduced.impact),
        ("request", &mut reduced.request),
        ("cluster", &mut reduced.cluster),
        ("namespace", &mut reduced.namespace),
    ] {
        *value = kept(value, path, paths);
    }
    if let Proposed::Given(value) = &mut reduced.proposed {
        *value = kept(value, "proposed", paths);
    }
    reduced
}

/// Keeps what lies on a required path or below one.
fn kept(value: &Value, path: &str, required: &BTreeSet<String>) -> Value {
    let is_below = |path: &str, above: &str| {
        path.strip_prefix(above)
            .is_some_and(|rest| rest.starts_with(['.', '[']))
    };
    if required
        .iter()
        .any(|other| other == path || is_below(path, other))
    {
        return value.clone();
    }
    match value {
        Value::Map(map) if required.iter().any(|other| is_below(other, path)) => {
            let entries = map
                .iter()
                .map(|(key, value)| (key.into(), kept(value, &format!("{path}.{key}"), required)));
            Value::Map(Map::from_entries(entries.collect()).unwrap())
        }
        Value::Absent | Value::Unknown(_) => value.clone(),
        other if required.iter().any(|required| is_below(required, path)) => other.clone(),
        _ => fog::unknown(),
    }
}

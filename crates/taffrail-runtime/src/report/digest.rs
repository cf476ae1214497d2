//! Digests of the action and of the facts a decision rests on.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};

use crate::engine::Loaded;
use crate::facts::Facts;
use crate::reads::Reads;
use crate::request::{BreakerState, LedgerKey, Proposed, Request};
use crate::value::Value;

/// Digests what was asked: verb, target, proposed object, principal, intent and reason.
pub(super) fn action(facts: &Facts<'_>) -> String {
    let request: &Request = &facts.request;
    let target = &request.target;
    let (form, proposed) = match &request.proposed {
        Proposed::Given(value) => ("proposed", value.to_json()),
        Proposed::Patch(value) => ("patch", value.to_json()),
        Proposed::FromVerb => ("from_verb", Json::Null),
    };
    let verbs: Vec<Json> = facts
        .verbs
        .implied
        .iter()
        .map(|(verb, _)| json!(verb))
        .collect();
    digest(&json!({
        "verb": request.verb.to_json(),
        "implied": verbs,
        "target": [
            target.group.to_json(), target.version.to_json(), target.kind.to_json(),
            target.namespace.to_json(), target.name.to_json(),
        ],
        "subresource": request.subresource.to_json(),
        "principal": request.principal.to_json(),
        "intent": request.intent.to_json(),
        "request": request.request.to_json(),
        form: proposed,
    }))
}

/// Digests the facts that the action requires, and only those.
pub(super) fn facts(program: &Loaded, facts: &Facts<'_>, reads: &Reads) -> String {
    let request: &Request = &facts.request;
    let slots: Vec<Json> = reads
        .slots
        .iter()
        .filter_map(|slot| {
            let path = program.slot(*slot)?;
            let value = facts.slot(*slot)?;
            Some(json!([path.root.name(), path.keys, value.to_json()]))
        })
        .collect();
    let signals: Vec<Json> = reads
        .signals
        .iter()
        .filter_map(|signal| {
            let name = &program.data.signals.get(*signal as usize)?.name;
            Some(json!([
                name,
                facts.signals.get(*signal as usize)?.to_json()
            ]))
        })
        .collect();
    let whole = |wanted: bool, value: &Value| {
        if wanted { value.to_json() } else { Json::Null }
    };
    let objects_wanted = !reads.objects.is_empty();
    let changed: Vec<Json> = reads
        .changed
        .iter()
        .map(|path| {
            let at = |object: &Value| {
                let below = |value: Value, key: &String| value.field(key, &String::new);
                path.iter().fold(object.clone(), below).to_json()
            };
            json!([path, at(&request.current), at(facts.proposed())])
        })
        .collect();
    let mut objects: Vec<String> = request
        .objects
        .iter()
        .filter(|_| objects_wanted)
        .map(|object| object.to_json().to_string())
        .collect();
    objects.sort();
    let rule_names = |ids: &std::collections::BTreeSet<_>| -> Vec<&str> {
        ids.iter()
            .filter_map(|id| program.rule(*id))
            .map(|rule| rule.name.as_str())
            .collect()
    };
    digest(&json!({
        "slots": slots,
        "signals": signals,
        "now": request.now.to_json(),
        "changed": changed,
        "current": whole(reads.whole_objects, &request.current),
        "objects": objects,
        "usage": usage(request, &rule_names(&reads.budgets)),
        "breakers": breakers(request, &rule_names(&reads.breakers)),
    }))
}

fn usage(request: &Request, budgets: &[&str]) -> Vec<String> {
    let mut all: Vec<String> = request
        .usage
        .iter()
        .filter(|usage| budgets.contains(&usage.budget.as_str()))
        .map(|usage| {
            let used = usage.used.map(|used| used.to_string());
            json!([usage.budget, key(&usage.by), used]).to_string()
        })
        .collect();
    all.sort();
    all
}

fn breakers(request: &Request, breakers: &[&str]) -> Vec<String> {
    let mut all: Vec<String> = request
        .breakers
        .iter()
        .filter(|fact| breakers.contains(&fact.breaker.as_str()))
        .map(|fact| {
            let state = fact.state.map(|state| match state {
                BreakerState::Closed => "closed",
                BreakerState::Open => "open",
                BreakerState::HalfOpen => "half_open",
            });
            let until = fact.until.map(crate::text::time);
            json!([fact.breaker, key(&fact.by), state, until]).to_string()
        })
        .collect();
    all.sort();
    all
}

fn key(key: &LedgerKey) -> Json {
    match key {
        LedgerKey::Any => json!("any"),
        LedgerKey::Values(values) => values.iter().map(Value::to_json).collect(),
    }
}

/// Hashes the canonical JSON text: keys sorted, no white space.
fn digest(value: &Json) -> String {
    let mut text = String::from("sha256:");
    for byte in Sha256::digest(value.to_string().as_bytes()) {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

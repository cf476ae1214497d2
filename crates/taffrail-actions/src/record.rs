//! An action as a document again, so that what was decided can be kept and decided once more.

use serde_json::{Map as JsonMap, Value as Json, json};
use taffrail_runtime::Value;
use taffrail_runtime::request::{BreakerState, LedgerKey, Proposed, Request, Target};
use taffrail_runtime::text;

use crate::action::Action;
use crate::node::leaf_to_json;

mod secrets;

pub use secrets::without_secrets;

/// Returns the document of an action, which [`read_documents`](crate::read_documents) reads as the same action.
///
/// A document cannot say that a part of an object or of a principal is unknown. Then all of it is left out, which is never milder.
///
/// ```
/// use taffrail_actions::{Action, Defaults, document_of, read_documents};
///
/// let text = br#"{"verb": "scale", "target": {"apiVersion": "apps/v1", "kind": "Deployment", "namespace": null, "name": "api"}}"#;
/// let actions = read_documents("scale.json", text, &Defaults::default())?;
/// let written = document_of(&actions[0]).to_string();
/// assert_eq!(read_documents("again.json", written.as_bytes(), &Defaults::default())?, actions);
/// # Ok::<(), taffrail_actions::ActionError>(())
/// ```
#[must_use]
pub fn document_of(action: &Action) -> Json {
    let mut document = JsonMap::new();
    match action {
        Action::Single(request) => {
            step(&mut document, request);
            shared(&mut document, request);
        }
        Action::Plan(plan) => {
            if let Some(first) = plan.steps.first() {
                shared(&mut document, first);
            }
            let steps = plan.steps.iter().map(|request| {
                let mut own = JsonMap::new();
                step(&mut own, request);
                Json::Object(own)
            });
            document.insert("plan".into(), steps.collect());
        }
    }
    Json::Object(document)
}

/// Writes what one action has of its own.
fn step(into: &mut JsonMap<String, Json>, request: &Request) {
    put(into, "verb", &request.verb);
    let target = target(&request.target);
    if !target.is_empty() {
        into.insert("target".into(), Json::Object(target));
    }
    if request.subresource != Value::Absent {
        put(into, "subresource", &request.subresource);
    }
    put(into, "current", &request.current);
    match &request.proposed {
        Proposed::Given(value) => put_or_unknown(into, "proposed", value),
        Proposed::Patch(patch) => put_or_unknown(into, "patch", patch),
        Proposed::FromVerb => {}
    }
    put(into, "rollback", &request.rollback);
    put(into, "impact", &request.impact);
    put(into, "request", &request.request);
}

fn target(target: &Target) -> JsonMap<String, Json> {
    let mut map = JsonMap::new();
    match (&target.group, &target.version) {
        (Value::String(group), Value::String(version)) => {
            let api_version = match &**group {
                "" => version.to_string(),
                group => format!("{group}/{version}"),
            };
            map.insert("apiVersion".into(), api_version.into());
        }
        (Value::Absent, Value::Absent) => {
            map.insert("apiVersion".into(), Json::Null);
        }
        _ => {}
    }
    put(&mut map, "kind", &target.kind);
    put(&mut map, "namespace", &target.namespace);
    put(&mut map, "name", &target.name);
    map
}

/// Writes what the steps of a plan share.
fn shared(into: &mut JsonMap<String, Json>, request: &Request) {
    put(into, "principal", &request.principal);
    if request.intent != Value::Absent {
        put_or_unknown(into, "intent", &request.intent);
    }
    let mut facts = JsonMap::new();
    put(&mut facts, "now", &request.now);
    put(&mut facts, "cluster", &request.cluster);
    if matches!(request.namespace, Value::Map(_)) {
        put(&mut facts, "namespace", &request.namespace);
    }
    let signals = request.signals.iter().filter_map(|(name, reading)| {
        let mut signal = JsonMap::new();
        signal.insert("value".into(), known(&reading.value)?);
        if let Some(observed) = reading.observed {
            signal.insert("observed".into(), text::time(observed).into());
        }
        Some((name.clone(), Json::Object(signal)))
    });
    let signals: JsonMap<String, Json> = signals.collect();
    if !signals.is_empty() {
        facts.insert("signals".into(), Json::Object(signals));
    }
    snapshot(&mut facts, request);
    ledger(&mut facts, request);
    if !facts.is_empty() {
        into.insert("facts".into(), Json::Object(facts));
    }
}

/// Writes the other objects. Where one of them cannot be written, none is, and nothing is said to be complete.
fn snapshot(facts: &mut JsonMap<String, Json>, request: &Request) {
    let objects: Option<Vec<Json>> = request.objects.iter().map(known).collect();
    let Some(objects) = objects else { return };
    if !objects.is_empty() {
        facts.insert("objects".into(), Json::Array(objects));
    }
    let complete: Vec<Json> = request
        .complete
        .iter()
        .map(|of| json!({ "kind": of.kind, "namespace": of.namespace.as_deref().unwrap_or("any") }))
        .collect();
    if !complete.is_empty() {
        facts.insert("complete".into(), Json::Array(complete));
    }
}

fn ledger(facts: &mut JsonMap<String, Json>, request: &Request) {
    let usage: Option<Vec<Json>> = request
        .usage
        .iter()
        .map(|usage| {
            let used = match usage.used {
                Some(used) => known(&Value::Number(used))?,
                None => "unknown".into(),
            };
            Some(json!({ "budget": usage.budget, "by": key(&usage.by)?, "used": used }))
        })
        .collect();
    if let Some(usage) = usage.filter(|usage| !usage.is_empty()) {
        facts.insert("usage".into(), Json::Array(usage));
    }
    let breakers: Option<Vec<Json>> = request
        .breakers
        .iter()
        .map(|fact| {
            let state = match fact.state {
                Some(BreakerState::Closed) => "closed",
                Some(BreakerState::Open) => "open",
                Some(BreakerState::HalfOpen) => "half_open",
                None => "unknown",
            };
            let mut entry =
                json!({ "breaker": fact.breaker, "by": key(&fact.by)?, "state": state });
            if let (Some(until), Some(entry)) = (fact.until, entry.as_object_mut()) {
                entry.insert("until".into(), text::time(until).into());
            }
            Some(entry)
        })
        .collect();
    if let Some(breakers) = breakers.filter(|breakers| !breakers.is_empty()) {
        facts.insert("breakers".into(), Json::Array(breakers));
    }
}

fn key(by: &LedgerKey) -> Option<Json> {
    match by {
        LedgerKey::Any => Some("any".into()),
        LedgerKey::Values(values) => values.iter().map(known).collect(),
    }
}

/// Writes a value if all of it is known.
fn put(into: &mut JsonMap<String, Json>, name: &str, value: &Value) {
    if let Some(json) = known(value) {
        into.insert(name.to_owned(), json);
    }
}

/// Writes a value that would mean something else if it were left out.
fn put_or_unknown(into: &mut JsonMap<String, Json>, name: &str, value: &Value) {
    let json = known(value).unwrap_or_else(|| "unknown".into());
    into.insert(name.to_owned(), json);
}

/// Returns the JSON of a value, `None` if any part of it is unknown.
fn known(value: &Value) -> Option<Json> {
    match value {
        Value::Unknown(_) => None,
        Value::List(items) => items.iter().map(known).collect(),
        Value::Map(map) => {
            let entries = map.iter();
            let entries: Option<JsonMap<String, Json>> = entries
                .map(|(key, value)| Some((key.to_owned(), known(value)?)))
                .collect();
            entries.map(Json::Object)
        }
        Value::Absent
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Duration(_)
        | Value::Time(_)
        | Value::Image(_)
        | Value::Cidr(_)
        | Value::Semver(_)
        | Value::Window(_) => Some(leaf_to_json(value)),
    }
}

//! Reading only what the rules need decides like reading everything.

use std::cell::Cell;

use serde_json::{Map, Value as Json, json};
use taffrail_actions::{Action, Defaults, read_documents, read_needed};
use taffrail_runtime::Value;
use taffrail_runtime::request::{BreakerState, LedgerKey, Proposed, Request};

use super::case;
use super::run::{compiled, difference, law};

#[test]
fn reading_what_is_needed_decides_like_reading_all() {
    let (documents, read) = (Cell::new(0_u32), Cell::new(0_u32));
    law("needed", case(), |case| {
        let program = compiled(&case.set, &case.settings)?.program;
        let defaults = Defaults::default();
        for (at, request) in case.requests.iter().enumerate() {
            documents.set(documents.get() + 1);
            let mut document = document(&request.0);
            propose_little(&mut document, at);
            let bytes = document.to_string();
            let full = read_documents("action.json", bytes.as_bytes(), &defaults);
            let quick = read_needed(&program, bytes.as_bytes(), &defaults);
            let (full, quick) = match (full, quick) {
                (Ok(full), Ok(quick)) => (full, quick),
                // What is wrong may stand in a part that was not read.
                (Err(_), _) => continue,
                (Ok(_), Err(error)) => return Err(format!("{error}\n{bytes}")),
            };
            let ([Action::Single(full)], Action::Single(quick)) = (full.as_slice(), quick) else {
                return Err(format!("not one action: {bytes}"));
            };
            read.set(read.get() + 1);
            let (full, mut quick) = (
                program.decide(full).report(),
                program.decide(&quick).report(),
            );
            // By design these digests are of what was read.
            quick.facts_digest.clone_from(&full.facts_digest);
            quick.action_digest.clone_from(&full.action_digest);
            if json!(full) != json!(quick) {
                let difference = difference(&full, &quick);
                return Err(format!("the reports differ in\n{difference}for {bytes}"));
            }
        }
        Ok(())
    });
    assert!(
        read.get() > documents.get() / 2,
        "only {} of {} documents could be read",
        read.get(),
        documents.get()
    );
}

/// Proposes, in two of three documents, what differs little from what is: in the replicas, and then in something
/// that rules rarely read. So the parts that are left out are mostly alike.
fn propose_little(document: &mut Json, at: usize) {
    let mut proposed = document["current"].clone();
    if at.is_multiple_of(3) || !proposed["spec"].is_object() || document.get("patch").is_some() {
        return;
    }
    proposed["spec"]["replicas"] = json!(7);
    if at % 3 == 2 {
        let hidden = [
            "/spec/selector/app",
            "/status/unavailableReplicas",
            "/data/key",
        ];
        let hidden = hidden
            .get(at / 3 % 3)
            .and_then(|path| proposed.pointer_mut(path));
        if let Some(hidden) = hidden {
            *hidden = json!("another");
        }
    }
    document["proposed"] = proposed;
}

/// Returns a request as a document. What is unknown is left out, so that most documents can be read.
fn document(request: &Request) -> Json {
    let target = &request.target;
    let api_version = match (&target.group, &target.version) {
        (Value::String(group), Value::String(version)) if group.is_empty() => json!(version),
        (Value::String(group), Value::String(version)) => json!(format!("{group}/{version}")),
        _ => Json::Null,
    };
    let mut namespace = strict(&request.namespace);
    if let Some(Json::Object(namespace)) = &mut namespace {
        // It must be the one that the target names.
        namespace.remove("name");
    }
    let facts = known([
        ("now", strict(&request.now)),
        ("cluster", strict(&request.cluster)),
        ("namespace", namespace),
        ("signals", Some(signals(request))),
        (
            "objects",
            Some(request.objects.iter().map(Value::to_json).collect()),
        ),
        ("complete", Some(complete(request))),
        ("usage", Some(usage(request))),
        ("breakers", Some(breakers(request))),
    ]);
    let target = known([
        (
            "apiVersion",
            Some(api_version).filter(|version| !version.is_null()),
        ),
        ("kind", strict(&target.kind)),
        ("namespace", strict(&target.namespace)),
        ("name", strict(&target.name)),
    ]);
    let (proposed, patch) = match &request.proposed {
        Proposed::Given(value) => (Some(loose(value)), None),
        Proposed::Patch(value) => (None, Some(loose(value))),
        Proposed::FromVerb => (None, None),
    };
    known([
        ("verb", strict(&request.verb)),
        ("target", Some(target)),
        ("subresource", strict(&request.subresource)),
        ("principal", strict(&request.principal)),
        ("intent", strict(&request.intent)),
        ("current", Some(loose(&request.current))),
        ("proposed", proposed),
        ("patch", patch),
        ("rollback", strict(&request.rollback)),
        ("impact", strict(&request.impact)),
        ("request", strict(&request.request)),
        ("facts", Some(facts)),
    ])
}

fn known<const N: usize>(members: [(&str, Option<Json>); N]) -> Json {
    let members = members
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), value?)));
    Json::Object(members.collect::<Map<_, _>>())
}

/// Returns a value with what is unknown in it left out.
fn strict(value: &Value) -> Option<Json> {
    match value {
        Value::Unknown(_) => None,
        Value::Map(map) => {
            let members = map
                .iter()
                .filter_map(|(key, value)| Some((key.to_owned(), strict(value)?)));
            Some(Json::Object(members.collect()))
        }
        Value::List(items) => Some(items.iter().filter_map(strict).collect()),
        other => Some(other.to_json()),
    }
}

/// Returns an object as it is; as a whole it may be unknown.
fn loose(value: &Value) -> Json {
    match value {
        Value::Unknown(_) => json!("unknown"),
        other => other.to_json(),
    }
}

fn signals(request: &Request) -> Json {
    let readings = request.signals.iter().map(|(name, reading)| {
        let observed = reading.observed.map(|time| json!(time.to_string()));
        let reading = known([
            ("value", Some(reading.value.to_json())),
            ("observed", observed),
        ]);
        (name.clone(), reading)
    });
    Json::Object(readings.collect())
}

fn complete(request: &Request) -> Json {
    let all = request.complete.iter();
    all.map(|complete| {
        let namespace = complete.namespace.as_deref().unwrap_or("any");
        json!({ "kind": complete.kind, "namespace": namespace })
    })
    .collect()
}

fn key(key: &LedgerKey) -> Json {
    match key {
        LedgerKey::Any => json!("any"),
        LedgerKey::Values(values) => values.iter().map(Value::to_json).collect(),
    }
}

fn usage(request: &Request) -> Json {
    let all = request.usage.iter();
    all.map(|usage| {
        let used = usage
            .used
            .map_or_else(|| json!("unknown"), |used| Value::Number(used).to_json());
        json!({ "budget": usage.budget, "by": key(&usage.by), "used": used })
    })
    .collect()
}

fn breakers(request: &Request) -> Json {
    let all = request.breakers.iter();
    all.map(|fact| {
        let state = match fact.state {
            Some(BreakerState::Closed) => "closed",
            Some(BreakerState::Open) => "open",
            Some(BreakerState::HalfOpen) => "half_open",
            None => "unknown",
        };
        known([
            ("breaker", Some(json!(fact.breaker))),
            ("by", Some(key(&fact.by))),
            ("state", Some(json!(state))),
            ("until", fact.until.map(|until| json!(until.to_string()))),
        ])
    })
    .collect()
}

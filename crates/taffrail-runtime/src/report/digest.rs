//! Digests of the action and of the facts a decision rests on.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io;

use serde::Serialize;
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};

use crate::engine::Loaded;
use crate::facts::Facts;
use crate::json::Plain;
use crate::program::RuleId;
use crate::reads::Reads;
use crate::request::{BreakerState, LedgerKey, Proposed, Request};
use crate::value::Value;

/// What was asked, as it is digested.
#[derive(Serialize)]
struct Asked<'f> {
    verb: Plain<'f>,
    implied: Vec<&'f str>,
    target: [Plain<'f>; 5],
    subresource: Plain<'f>,
    principal: Plain<'f>,
    intent: Plain<'f>,
    request: Plain<'f>,
    object: Object<'f>,
}

#[derive(Serialize)]
enum Object<'f> {
    Proposed(Plain<'f>),
    Patch(Plain<'f>),
    FromVerb,
}

/// Digests what was asked: verb, target, proposed object, principal, intent and reason.
pub(super) fn action(facts: &Facts<'_>) -> String {
    let request: &Request = &facts.request;
    let target = &request.target;
    digest(&Asked {
        verb: Plain(&request.verb),
        implied: facts
            .verbs
            .implied
            .iter()
            .map(|(verb, _)| &**verb)
            .collect(),
        target: [
            Plain(&target.group),
            Plain(&target.version),
            Plain(&target.kind),
            Plain(&target.namespace),
            Plain(&target.name),
        ],
        subresource: Plain(&request.subresource),
        principal: Plain(&request.principal),
        intent: Plain(&request.intent),
        request: Plain(&request.request),
        object: match &request.proposed {
            Proposed::Given(value) => Object::Proposed(Plain(value)),
            Proposed::Patch(value) => Object::Patch(Plain(value)),
            Proposed::FromVerb => Object::FromVerb,
        },
    })
}

/// Facts, as they are digested: what stands at which path, and the state of budgets and breakers.
#[derive(Serialize)]
struct Known<'f> {
    slots: Vec<(&'f str, &'f [String], Plain<'f>)>,
    signals: Vec<(&'f str, Plain<'f>)>,
    now: Plain<'f>,
    changed: Vec<(&'f [String], Json, Json)>,
    current: Option<Plain<'f>>,
    objects: Vec<String>,
    usage: Vec<String>,
    breakers: Vec<String>,
}

/// Digests the facts that the action requires, and only those.
pub(super) fn facts(program: &Loaded, facts: &Facts<'_>, reads: &Reads) -> String {
    let request: &Request = &facts.request;
    let slots = reads.slots.iter().filter_map(|slot| {
        let path = program.slot(*slot)?;
        let value = Plain(facts.slot(*slot)?);
        Some((path.root.name(), path.keys.as_slice(), value))
    });
    let signals = reads.signals.iter().filter_map(|signal| {
        let at = *signal as usize;
        let name = program.data.signals.get(at)?.name.as_str();
        Some((name, Plain(facts.signals.get(at)?)))
    });
    let changed = reads.changed.iter().map(|path| {
        let at = |object: &Value| {
            let below = |value: Value, key: &String| value.field(key, &String::new);
            path.iter().fold(object.clone(), below).to_json()
        };
        let (before, after) = (at(&request.current), at(facts.proposed()));
        (path.as_slice(), before, after)
    });
    digest(&Known {
        slots: slots.collect(),
        signals: signals.collect(),
        now: Plain(&request.now),
        changed: changed.collect(),
        current: reads.whole_objects.then_some(Plain(&request.current)),
        objects: match reads.objects.is_empty() {
            true => Vec::new(),
            false => sorted(
                request
                    .objects
                    .iter()
                    .map(|object| object.to_json().to_string()),
            ),
        },
        usage: usage(request, &rule_names(program, &reads.budgets)),
        breakers: breakers(request, &rule_names(program, &reads.breakers)),
    })
}

fn rule_names<'p>(program: &'p Loaded, rules: &BTreeSet<RuleId>) -> Vec<&'p str> {
    rules
        .iter()
        .filter_map(|id| program.rule(*id))
        .map(|rule| rule.name.as_str())
        .collect()
}

/// Facts are lists here that mean the same in any order.
fn sorted(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut all: Vec<String> = texts.collect();
    all.sort();
    all
}

fn usage(request: &Request, budgets: &[&str]) -> Vec<String> {
    let usage = request.usage.iter();
    let usage = usage.filter(|usage| budgets.contains(&usage.budget.as_str()));
    sorted(usage.map(|usage| {
        let used = usage.used.map(|used| used.to_string());
        json!([usage.budget, key(&usage.by), used]).to_string()
    }))
}

fn breakers(request: &Request, breakers: &[&str]) -> Vec<String> {
    let facts = request.breakers.iter();
    let facts = facts.filter(|fact| breakers.contains(&fact.breaker.as_str()));
    sorted(facts.map(|fact| {
        let state = fact.state.map(|state| match state {
            BreakerState::Closed => "closed",
            BreakerState::Open => "open",
            BreakerState::HalfOpen => "half_open",
        });
        let until = fact.until.map(crate::text::time);
        json!([fact.breaker, key(&fact.by), state, until]).to_string()
    }))
}

fn key(key: &LedgerKey) -> Json {
    match key {
        LedgerKey::Any => json!("any"),
        LedgerKey::Values(values) => values.iter().map(Value::to_json).collect(),
    }
}

/// Hashes the canonical JSON text: maps sorted by key, no white space.
fn digest(form: &impl Serialize) -> String {
    let mut hash = Hash(Sha256::new());
    // Neither values nor the hash fail.
    let _ = serde_json::to_writer(&mut hash, form);
    let mut text = String::from("sha256:");
    for byte in hash.0.finalize() {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// A hash that is written to.
struct Hash(Sha256);

impl io::Write for Hash {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

//! From a tree to facts: what is known.

use taffrail_runtime::Map;
use taffrail_runtime::Value;
use taffrail_runtime::request::{Complete, Reading, Request};

use crate::action::map_of;
use crate::check;
use crate::error::{ActionError, Problem};
use crate::fields::{Field, Fields};
use crate::ledger;

type Read<T> = Result<T, ActionError>;

/// The kinds of principals.
const PRINCIPAL_KINDS: &[&str] = &["agent", "copilot", "human", "controller"];

/// Reads `facts`.
pub(crate) fn read(request: &mut Request, field: &Field<'_>) -> Read<()> {
    let fields = field.fields(&[
        "now",
        "cluster",
        "namespace",
        "signals",
        "objects",
        "complete",
        "usage",
        "breakers",
    ])?;
    if let Some(field) = fields.get("now") {
        request.now = match field.time()? {
            Value::Absent | Value::Unknown(_) => Field::not_given("now"),
            now => now,
        };
    }
    if let Some(field) = fields.get("cluster") {
        request.cluster = cluster(&field)?;
    }
    // What is written as unknown is as if it were left out.
    let known = |key: &str| fields.get(key).filter(|field| !field.says_unknown());
    if let Some(field) = known("signals") {
        request.signals = signals(&field)?;
    }
    if let Some(field) = known("objects") {
        request.objects = field.items()?.iter().map(object).collect::<Read<_>>()?;
    }
    if let Some(field) = known("complete") {
        request.complete = field.items()?.iter().map(complete).collect::<Read<_>>()?;
    }
    if let Some(field) = known("usage") {
        request.usage = ledger::usage(&field)?;
    }
    if let Some(field) = known("breakers") {
        request.breakers = ledger::breakers(&field)?;
    }
    Ok(())
}

/// Reads `principal`.
pub(crate) fn principal(field: &Field<'_>) -> Read<Value> {
    given(
        field,
        &["id", "kind", "groups", "tenant"],
        |key, value| match key {
            "kind" => value.word(PRINCIPAL_KINDS),
            "groups" => value.strings(),
            _ => value.string(),
        },
    )
}

/// Reads `intent`: absent when it is null.
pub(crate) fn intent(field: &Field<'_>) -> Read<Value> {
    given(
        field,
        &["goal", "scope", "expires"],
        |key, value| match key {
            "scope" => given(
                value,
                &["namespaces", "verbs", "kinds", "names"],
                |_, list| list.strings(),
            ),
            "expires" => value.time(),
            _ => value.string(),
        },
    )
}

/// Reads `request`.
pub(crate) fn request(field: &Field<'_>) -> Read<Value> {
    given(field, &["reason", "confidence"], |key, value| match key {
        "confidence" => value.number(),
        _ => value.string(),
    })
}

fn cluster(field: &Field<'_>) -> Read<Value> {
    let known = ["name", "environment", "region", "version", "labels"];
    given(field, &known, |key, value| match key {
        "labels" => value.string_map(),
        _ => value.string(),
    })
}

/// Reads `facts.namespace`, which may say more about the namespace that the target names.
pub(crate) fn namespace(request: &mut Request, fields: &Fields<'_>) -> Read<()> {
    let name = namespace_name(request);
    let field = match fields.get("facts") {
        Some(facts) => facts.entries()?.get("namespace"),
        None => None,
    };
    let Some(field) = field else {
        request.namespace = by_name(name);
        return Ok(());
    };
    let value = given(
        &field,
        &["name", "labels", "annotations"],
        |key, value| match key {
            "name" => value.string(),
            _ => value.string_map(),
        },
    )?;
    request.namespace = match value {
        Value::Map(mut map) => {
            same_namespace(&field, &map, &name)?;
            if map.get("name").is_none() {
                map.insert("name", name);
            }
            Value::Map(map)
        }
        other => other,
    };
    Ok(())
}

/// What the target names is known by name, and by nothing else.
fn by_name(name: Value) -> Value {
    match name {
        Value::String(_) => map_of([
            ("name", name),
            ("labels", Field::not_given("namespace.labels")),
            ("annotations", Field::not_given("namespace.annotations")),
        ]),
        other => other,
    }
}

/// Says which namespace an action is in, with what is known of it if that is about the same one.
pub(crate) fn namespace_of(request: &mut Request, known: &Value) {
    let name = namespace_name(request);
    request.namespace = match known {
        Value::Map(map) if matches!(name, Value::String(_)) && map.get("name") == Some(&name) => {
            known.clone()
        }
        _ => by_name(name),
    };
}

fn same_namespace(field: &Field<'_>, map: &Map, name: &Value) -> Read<()> {
    match (map.get("name"), name) {
        (Some(Value::String(found)), Value::String(expected)) if found != expected => Err(field
            .error(Problem::Contradiction {
                path: format!("{}.name", field.path),
                found: found.to_string(),
                target: "target.namespace".into(),
                expected: expected.to_string(),
            })),
        _ => Ok(()),
    }
}

/// Returns the name of the namespace that an action is in; a Namespace is in itself.
fn namespace_name(request: &Request) -> Value {
    let target = &request.target;
    let is_namespace =
        target.kind == Value::string("Namespace") && target.group == Value::string("");
    match (&target.namespace, is_namespace) {
        (Value::Absent | Value::Unknown(_), true) => target.name.clone(),
        (Value::Unknown(_), false) => Field::not_given("namespace"),
        (namespace, _) => namespace.clone(),
    }
}

fn signals(field: &Field<'_>) -> Read<Vec<(String, Reading)>> {
    let fields = field.entries()?;
    let mut signals = Vec::with_capacity(fields.entries.len());
    for (entry, field) in fields.entries.iter().zip(fields.all()) {
        field.entries_of("a map of `value` and `observed`")?;
        let reading = field.fields(&["value", "observed"])?;
        let value = reading.require("value")?;
        let observed = match reading.get("observed") {
            Some(observed) => observed.instant()?,
            None => None,
        };
        signals.push((
            entry.key.clone(),
            Reading {
                value: value.node.to_value(),
                observed,
            },
        ));
    }
    signals.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(signals)
}

/// Reads an object of the snapshot, which must say what it is.
fn object(field: &Field<'_>) -> Read<Value> {
    let fields = field.entries()?;
    fields.require("kind")?.text()?;
    let version = fields.require("apiVersion")?;
    let text = version.text()?;
    if check::split_api_version(text).is_none() {
        return Err(version.error(Problem::InvalidApiVersion {
            path: version.path.clone(),
            text: text.to_owned(),
        }));
    }
    Ok(field.node.to_value())
}

fn complete(field: &Field<'_>) -> Read<Complete> {
    let fields = field.fields(&["kind", "namespace"])?;
    let kind = fields.require("kind")?.text()?.to_owned();
    let namespace = fields.require("namespace")?;
    let namespace = if namespace.is_null() {
        None
    } else {
        Some(namespace.text()?.to_owned()).filter(|name| name != "any")
    };
    Ok(Complete { kind, namespace })
}

/// Reads a map with known keys, absent when it is null. A member left out of a given map is absent.
pub(crate) fn given(
    field: &Field<'_>,
    known: &[&str],
    read: impl Fn(&str, &Field<'_>) -> Read<Value>,
) -> Read<Value> {
    if field.is_null() {
        return Ok(Value::Absent);
    }
    if field.says_unknown() {
        return Ok(Field::not_given(field.path.trim_start_matches("facts.")));
    }
    let fields = field.fields(known)?;
    let mut map = Map::default();
    for (entry, member) in fields.entries.iter().zip(fields.all()) {
        let value = read(&entry.key, &member)?;
        if value != Value::Absent {
            map.insert(entry.key.as_str(), value);
        }
    }
    Ok(Value::Map(map))
}

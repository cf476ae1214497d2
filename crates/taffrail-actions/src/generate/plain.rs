//! Objects of a few fields: namespaces, accounts, quotas, budgets, priorities.

use serde_json::{Map, Value as Json, json};

use super::text::{number_or_text, selector};
use super::{Fields, GenerateError, Input, Made, fields, form};

pub(super) fn namespace(input: Input<'_>) -> Made<Json> {
    let name = input.flags.name()?;
    Ok(json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": name } }))
}

pub(super) fn service_account(input: Input<'_>) -> Made<Json> {
    let metadata = input.metadata(input.flags.name()?, Fields::new());
    Ok(json!({ "apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata }))
}

pub(super) fn quota(input: Input<'_>) -> Made<Json> {
    let metadata = input.metadata(input.flags.name()?, Fields::new());
    let hard = input.flags.text("hard").map(amounts).transpose()?;
    let scopes = input.flags.text("scopes").map(scopes).transpose()?;
    Ok(json!({
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": metadata,
        "spec": fields([("hard", hard), ("scopes", scopes)]),
    }))
}

fn amounts(text: &str) -> Made<Json> {
    let mut amounts = Map::new();
    for part in text.split(',') {
        let pair = part.split_once('=');
        let Some((resource, amount)) = pair.filter(|(_, amount)| !amount.contains('=')) else {
            return Err(form("--hard", part, "`RESOURCE=QUANTITY`"));
        };
        amounts.insert(resource.to_owned(), json!(amount));
    }
    Ok(Json::Object(amounts))
}

fn scopes(text: &str) -> Made<Json> {
    let scopes: Vec<&str> = text.split(',').collect();
    if scopes.iter().any(|scope| scope.is_empty()) {
        return Err(form("--scopes", text, "a list of scopes"));
    }
    Ok(json!(scopes))
}

pub(super) fn budget(input: Input<'_>) -> Made<Json> {
    let flags = input.flags;
    let metadata = input.metadata(flags.name()?, Fields::new());
    let selected = flags.text("selector").ok_or(GenerateError::Missing {
        what: "`--selector`",
    })?;
    let (field, flag, amount) = match (flags.text("min-available"), flags.text("max-unavailable")) {
        (Some(least), None) => ("minAvailable", "--min-available", least),
        (None, Some(most)) => ("maxUnavailable", "--max-unavailable", most),
        (Some(_), Some(_)) => {
            return Err(GenerateError::Excluded {
                first: "`--min-available`",
                second: "`--max-unavailable`",
            });
        }
        (None, None) => {
            return Err(GenerateError::Missing {
                what: "`--min-available` or `--max-unavailable`",
            });
        }
    };
    let digits = amount.strip_suffix('%').unwrap_or(amount);
    if digits.is_empty() || !digits.bytes().all(|c| c.is_ascii_digit()) {
        return Err(form(flag, amount, "a number or a percentage"));
    }
    let mut spec = fields([(field, Some(number_or_text(amount)))]);
    spec.insert("selector".into(), selector(selected)?);
    Ok(json!({
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": metadata,
        "spec": spec,
    }))
}

pub(super) fn priority_class(input: Input<'_>) -> Made<Json> {
    let flags = input.flags;
    let name = flags.name()?;
    let value: i32 = flags.number("value")?.unwrap_or(0);
    let is_default = flags.is_on("global-default")?;
    let policy = flags.all("preemption-policy").last();
    let mut class = fields([
        ("globalDefault", is_default.then_some(json!(true))),
        ("description", flags.text("description").map(Json::from)),
    ]);
    class.extend(fields([
        ("apiVersion", Some(json!("scheduling.k8s.io/v1"))),
        ("kind", Some(json!("PriorityClass"))),
        ("metadata", Some(json!({ "name": name }))),
        ("value", Some(json!(value))),
        (
            "preemptionPolicy",
            Some(json!(policy.unwrap_or("PreemptLowerPriority"))),
        ),
    ]));
    Ok(Json::Object(class))
}

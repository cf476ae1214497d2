//! The published JSON Schema describes what is printed, and nothing else.

use crate::support::{Workspace, scale, shop};
use serde_json::{Map, Value, json};

/// Returns what is wrong with a value, as far as the keywords go that the schema uses; another keyword is wrong too.
pub(crate) fn faults(root: &Value, schema: &Value, value: &Value, path: &str) -> Vec<String> {
    let rules = schema.as_object().unwrap();
    let mut found: Vec<String> = rules
        .iter()
        .filter_map(|(keyword, rule)| fault(keyword, rule, value))
        .map(|fault| format!("{path}: {fault}"))
        .collect();
    let empty = Map::new();
    if let Some(object) = value.as_object() {
        let properties = rules
            .get("properties")
            .and_then(Value::as_object)
            .unwrap_or(&empty);
        for (key, inner) in object {
            let path = format!("{path}.{key}");
            match (properties.get(key), rules.get("additionalProperties")) {
                (Some(schema), _) => found.extend(faults(root, schema, inner, &path)),
                (None, Some(Value::Bool(false))) => found.push(format!("{path} is not described")),
                (None, Some(schema @ Value::Object(_))) => {
                    found.extend(faults(root, schema, inner, &path));
                }
                (None, _) => {}
            }
        }
        for key in rules
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            if !object.contains_key(key.as_str().unwrap()) {
                found.push(format!("{path} lacks {key}"));
            }
        }
    }
    if let (Some(items), Some(schema)) = (value.as_array(), rules.get("items")) {
        for (at, item) in items.iter().enumerate() {
            found.extend(faults(root, schema, item, &format!("{path}[{at}]")));
        }
    }
    if let Some(reference) = rules.get("$ref").and_then(Value::as_str) {
        let schema = root.pointer(reference.trim_start_matches('#')).unwrap();
        found.extend(faults(root, schema, value, path));
    }
    if let Some(choices) = rules.get("oneOf").and_then(Value::as_array) {
        let of_each: Vec<Vec<String>> = choices
            .iter()
            .map(|schema| faults(root, schema, value, path))
            .collect();
        if of_each.iter().filter(|faults| faults.is_empty()).count() != 1 {
            found.push(format!(
                "{path}: not exactly one of the choices fits: {of_each:#?}"
            ));
        }
    }
    found
}

/// Returns what a single keyword finds wrong with a value itself.
fn fault(keyword: &str, rule: &Value, value: &Value) -> Option<String> {
    let fits = match keyword {
        "description"
        | "title"
        | "$schema"
        | "$id"
        | "$defs"
        | "properties"
        | "additionalProperties"
        | "required"
        | "items"
        | "$ref"
        | "oneOf" => true,
        "type" => match rule {
            Value::Array(types) => types
                .iter()
                .any(|one| is_of_type(one.as_str().unwrap(), value)),
            one => is_of_type(one.as_str().unwrap(), value),
        },
        "const" => value == rule,
        "enum" => rule.as_array().unwrap().contains(value),
        "minimum" => value.as_f64() >= rule.as_f64(),
        "maximum" => value.as_i64() <= rule.as_i64(),
        "minItems" => value.as_array().map_or(0, Vec::len) as u64 >= rule.as_u64().unwrap(),
        "pattern" => {
            assert_eq!(rule, "^sha256:[0-9a-f]{64}$");
            let hex = value.as_str().and_then(|text| text.strip_prefix("sha256:"));
            hex.is_some_and(|hex| {
                hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
            })
        }
        "format" => {
            assert_eq!(rule, "date-time");
            value.as_str().unwrap().parse::<jiff::Timestamp>().is_ok()
        }
        _ => {
            return Some(format!(
                "the schema uses `{keyword}`, which this test does not know"
            ));
        }
    };
    (!fits).then(|| format!("{value} does not fit {keyword} {rule}"))
}

fn is_of_type(name: &str, value: &Value) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        _ => panic!("the schema uses type {name}, which this test does not know"),
    }
}

fn schema(workspace: &Workspace) -> Value {
    serde_json::from_str(&workspace.run(&["schema"]).out).unwrap()
}

/// Decisions with every part that a decision can have.
fn reports() -> Vec<Value> {
    let shop = shop();
    shop.write("nothing.yaml", b"verb: scale\n");
    let waived = scale(90).replace("name: cart", "name: batch");
    shop.write("waived.yaml", waived.as_bytes());
    shop.write(
        "intent.yaml",
        format!("intent: {{ expires: 2020-01-01T00:00:00Z }}\n{}", scale(3)).as_bytes(),
    );
    shop.write(
        "budget.yaml",
        scale(11).replace("used: 0", "used: 3").as_bytes(),
    );
    shop.write("plan.yaml", b"plan: [ { verb: scale }, { verb: scale } ]\n");
    let ran = shop.run(&["decide", "--policies", "policies", "--output", "json", "."]);
    ran.out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn every_decision_is_as_the_schema_says() {
    let schema = schema(&Workspace::new(&[]));
    let reports = reports();
    assert_eq!(reports.len(), 8);
    for report in &reports {
        assert_eq!(faults(&schema, &schema, report, "$"), Vec::<String>::new());
    }
    let all = Value::from(reports).to_string();
    for part in [
        "\"waiver\":",
        "\"failed\":",
        "\"unknown\":",
        "\"valid_until\":",
        "\"net\":",
        "taffrail.intent",
    ] {
        assert!(all.contains(part), "no decision shows {part}");
    }
}

#[test]
fn the_schema_notices_what_is_wrong() {
    let schema = schema(&Workspace::new(&[]));
    let report = reports().remove(0);
    let wrong = |change: fn(&mut Map<String, Value>)| {
        let mut report = report.clone();
        change(report.as_object_mut().unwrap());
        assert_ne!(faults(&schema, &schema, &report, "$"), Vec::<String>::new());
    };
    wrong(|report| drop(report.remove("verdict")));
    wrong(|report| drop(report.insert("verdict".into(), json!("allow"))));
    wrong(|report| drop(report.insert("risk".into(), json!(101))));
    wrong(|report| drop(report.insert("more".into(), json!(1))));
    wrong(|report| drop(report.insert("gate".into(), json!({ "releasable": true }))));
    wrong(|report| drop(report.insert("policy_digest".into(), json!("sha256:0"))));
    wrong(|report| drop(report.insert("unknowns".into(), json!([1]))));
}

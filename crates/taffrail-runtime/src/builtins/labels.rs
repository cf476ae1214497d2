//! Label selectors.
//!
//! The rules are those of `LabelSelectorAsSelector` in `k8s.io/apimachinery`
//! (`pkg/apis/meta/v1/helpers.go`): an absent selector selects nothing, an empty one everything, and
//! all requirements must hold. `NotIn` and `DoesNotExist` hold where the label is missing.

use super::Builtin;
use super::call::{invalid, wrong_type};
use crate::cause::Causes;
use crate::compare;
use crate::membership;
use crate::truth::Truth;
use crate::value::{Map, Value};

/// Tells whether a label selector, or the plain label map of a Service, selects the labels.
pub(super) fn selects(selector: &Value, labels: &Value) -> Result<Truth, Causes> {
    let no_labels = Map::default();
    let labels = match labels {
        Value::Map(labels) => labels,
        Value::Absent => &no_labels,
        other => return Err(wrong_type(Builtin::Selects, "a map", other)),
    };
    let selector = match selector {
        Value::Map(selector) => selector,
        Value::Absent => return Ok(Truth::False),
        other => return Err(wrong_type(Builtin::Selects, "a map", other)),
    };
    if !is_label_selector(selector) {
        return has_labels(selector, labels);
    }
    let mut truth = Truth::True;
    for (key, part) in selector.present() {
        let holds = match (key, part) {
            (_, Value::Unknown(causes)) => Truth::Unknown(causes.clone()),
            ("matchLabels", Value::Map(wanted)) => has_labels(wanted, labels)?,
            ("matchExpressions", Value::List(requirements)) => requirements
                .iter()
                .map(|requirement| fulfils(requirement, labels))
                .try_fold(Truth::True, |all, holds| holds.map(|holds| all.and(holds)))?,
            (_, other) => return Err(wrong_type(Builtin::Selects, "a label selector", other)),
        };
        truth = truth.and(holds);
    }
    Ok(truth)
}

/// A plain label map has texts as values, which no part of a label selector is.
fn is_label_selector(selector: &Map) -> bool {
    selector.present().all(|(key, part)| {
        matches!(key, "matchLabels" | "matchExpressions") && !matches!(part, Value::String(_))
    })
}

fn has_labels(wanted: &Map, labels: &Map) -> Result<Truth, Causes> {
    let mut truth = Truth::True;
    for (key, value) in wanted.present() {
        let holds = match value {
            Value::String(_) | Value::Unknown(_) => compare::equal(label(labels, key), value),
            other => return Err(wrong_type(Builtin::Selects, "a string", other)),
        };
        truth = truth.and(holds);
    }
    Ok(truth)
}

fn fulfils(requirement: &Value, labels: &Map) -> Result<Truth, Causes> {
    let requirement = match requirement {
        Value::Map(requirement) => requirement,
        Value::Unknown(causes) => return Ok(Truth::Unknown(causes.clone())),
        other => return Err(wrong_type(Builtin::Selects, "a map", other)),
    };
    let part = |name| requirement.get(name).unwrap_or(&Value::Absent);
    let (key, operator) = match (part("key"), part("operator")) {
        (Value::String(key), Value::String(operator)) => (key, operator),
        (Value::Unknown(causes), _) | (_, Value::Unknown(causes)) => {
            return Ok(Truth::Unknown(causes.clone()));
        }
        _ => {
            return Err(invalid(
                Builtin::Selects,
                "a requirement needs a `key` and an `operator`".into(),
            ));
        }
    };
    let label = label(labels, key);
    match &**operator {
        "In" => Ok(membership::contains(part("values"), label)),
        "NotIn" => Ok(membership::contains(part("values"), label).not()),
        "Exists" => Ok(exists(label)),
        "DoesNotExist" => Ok(exists(label).not()),
        other => Err(invalid(
            Builtin::Selects,
            format!("there is no operator `{other}`"),
        )),
    }
}

fn label<'a>(labels: &'a Map, key: &str) -> &'a Value {
    labels.get(key).unwrap_or(&Value::Absent)
}

fn exists(label: &Value) -> Truth {
    match label {
        Value::Unknown(causes) => Truth::Unknown(causes.clone()),
        label => (*label != Value::Absent).into(),
    }
}

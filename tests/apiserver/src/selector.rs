//! Label and field selectors.

use serde_json::Value as Json;

use crate::address::Query;
use crate::answer::Answer;
use crate::kinds::Resource;

/// What a list or a watch selects.
#[derive(Debug, Clone, Default)]
pub(crate) struct Selector {
    labels: Vec<Term>,
    fields: Vec<Term>,
}

/// A requirement: the key has one of the values, none of them, or is there at all.
#[derive(Debug, Clone)]
struct Term {
    key: String,
    values: Option<Vec<String>>,
    is_negated: bool,
}

impl Selector {
    /// Reads the selectors of a query.
    pub(crate) fn read(query: &Query, resource: &Resource) -> Result<Self, Answer> {
        let bad = |message: String| Answer::status(400, "BadRequest", &message);
        let labels = terms(query.get("labelSelector").unwrap_or_default()).map_err(bad)?;
        let fields = terms(query.get("fieldSelector").unwrap_or_default()).map_err(bad)?;
        let known = known_fields(&resource.kind);
        for term in &fields {
            let always = ["metadata.name", "metadata.namespace"];
            if !always.contains(&term.key.as_str()) && !known.contains(&term.key.as_str()) {
                return Err(bad(unknown_field(&term.key, resource, known)));
            }
        }
        Ok(Self { labels, fields })
    }

    /// Tells whether an object is selected.
    pub(crate) fn selects(&self, object: &Json) -> bool {
        let label = |key: &str| {
            let labels = object.pointer("/metadata/labels")?;
            labels.get(key)?.as_str().map(str::to_owned)
        };
        // A field that is not there is empty, or false.
        let field = |key: &str| {
            let value = object.pointer(&format!("/{}", key.replace('.', "/")));
            Some(match value {
                Some(Json::String(text)) => text.clone(),
                Some(other) => other.to_string(),
                None if key == "spec.unschedulable" || key == "spec.hostNetwork" => "false".into(),
                None => String::new(),
            })
        };
        self.labels.iter().all(|term| term.holds(label(&term.key)))
            && self.fields.iter().all(|term| term.holds(field(&term.key)))
    }
}

impl Term {
    fn holds(&self, found: Option<String>) -> bool {
        let holds = match (&self.values, found) {
            (Some(values), Some(found)) => values.contains(&found),
            (Some(_), None) => false,
            (None, found) => found.is_some(),
        };
        holds != self.is_negated
    }
}

/// Tells whether a selector of an object, such as `spec.selector` of a budget, selects labels.
pub(crate) fn matches(selector: &Json, labels: &Json) -> bool {
    let label = |key: &str| labels.get(key).and_then(Json::as_str);
    let equal = selector.get("matchLabels").and_then(Json::as_object);
    let mut equal = equal.into_iter().flatten();
    let expressions = selector.get("matchExpressions").and_then(Json::as_array);
    let mut expressions = expressions.into_iter().flatten();
    equal.all(|(key, value)| label(key) == value.as_str())
        && expressions.all(|expression| {
            let found = label(expression["key"].as_str().unwrap_or_default());
            let values = expression["values"].as_array();
            let is_in = found.is_some_and(|found| {
                values.is_some_and(|values| values.iter().any(|value| value == found))
            });
            match expression["operator"].as_str() {
                Some("In") => is_in,
                Some("NotIn") => !is_in,
                Some("Exists") => found.is_some(),
                Some("DoesNotExist") => found.is_none(),
                _ => false,
            }
        })
}

fn terms(text: &str) -> Result<Vec<Term>, String> {
    let mut terms = Vec::new();
    let mut depth = 0_u32;
    let parts = text.split(|sign| {
        match sign {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        sign == ',' && depth == 0
    });
    for part in parts.map(str::trim).filter(|part| !part.is_empty()) {
        terms.push(term(part)?);
    }
    Ok(terms)
}

fn term(text: &str) -> Result<Term, String> {
    let of = |key: &str, values: Option<Vec<String>>, is_negated| Term {
        key: key.trim().to_owned(),
        values,
        is_negated,
    };
    let list = |text: &str| -> Option<Vec<String>> {
        let inner = text.trim().strip_prefix('(')?.strip_suffix(')')?;
        Some(
            inner
                .split(',')
                .map(|value| value.trim().to_owned())
                .collect(),
        )
    };
    for (word, is_negated) in [(" notin ", true), (" in ", false)] {
        if let Some((key, values)) = text.split_once(word)
            && let Some(values) = list(values)
        {
            return Ok(of(key, Some(values), is_negated));
        }
    }
    let (key, value, is_negated) = if let Some((key, value)) = text.split_once("!=") {
        (key, value, true)
    } else if let Some((key, value)) = text.split_once("==").or_else(|| text.split_once('=')) {
        (key, value, false)
    } else {
        return Ok(match text.strip_prefix('!') {
            Some(key) => of(key, None, true),
            None => of(text, None, false),
        });
    };
    if value.starts_with('=') {
        return Err("unable to parse requirement: found '=', expected: identifier".into());
    }
    Ok(of(key, Some(vec![value.trim().to_owned()]), is_negated))
}

/// Returns the fields of a kind that selectors may name, next to name and namespace.
fn known_fields(kind: &str) -> &'static [&'static str] {
    match kind {
        "Pod" => &[
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.schedulerName",
            "spec.serviceAccountName",
            "spec.hostNetwork",
            "status.phase",
            "status.podIP",
            "status.nominatedNodeName",
        ],
        "Node" => &["spec.unschedulable"],
        "Namespace" => &["status.phase"],
        "Secret" => &["type"],
        "Job" => &["status.successful"],
        "ReplicaSet" | "ReplicationController" => &["status.replicas"],
        "Event" => &[
            "involvedObject.kind",
            "involvedObject.namespace",
            "involvedObject.name",
            "involvedObject.uid",
            "involvedObject.apiVersion",
            "involvedObject.resourceVersion",
            "involvedObject.fieldPath",
            "reason",
            "reportingComponent",
            "source",
            "type",
        ],
        _ => &[],
    }
}

fn unknown_field(key: &str, resource: &Resource, known: &[&str]) -> String {
    if known.is_empty() {
        format!(
            "\"{key}\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\""
        )
    } else {
        format!("field label \"{key}\" not supported for {}", resource.kind)
    }
}

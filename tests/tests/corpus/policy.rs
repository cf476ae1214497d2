//! A guard file, compiled once for every set of parameters that the cases bring.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde_json::Value as Json;
use taffrail::{PolicySet, Value};
use taffrail_runtime::{Decimal, Map, quantity};

use crate::case::Case;
use crate::index::Guard;

/// A guard file.
#[derive(Debug)]
pub(crate) struct Policy {
    name: String,
    text: String,
    /// The declared parameters, each with its type.
    params: BTreeMap<String, String>,
    /// The published names of those that have another.
    renamed: BTreeMap<String, String>,
    /// The names of its guards.
    pub(crate) guards: BTreeSet<String>,
    /// The kinds that it looks up.
    pub(crate) looked_up: Vec<String>,
    compiled: BTreeMap<String, PolicySet>,
}

impl Policy {
    /// Reads the guard file of a concept.
    pub(crate) fn read(folder: &Path, guard: &Guard) -> Result<Self, String> {
        let path = folder.join(&guard.file);
        let patterns = PATTERNS.as_ref().map_err(ToString::to_string)?;
        let text = std::fs::read_to_string(&path)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self {
            params: patterns.params(&text),
            guards: firsts(&patterns.guard, &text),
            looked_up: firsts(&patterns.lookup, &text).into_iter().collect(),
            compiled: BTreeMap::new(),
            name: guard.file.clone(),
            renamed: guard.params.clone(),
            text,
        })
    }

    /// Returns the policy with the parameters of a case.
    pub(crate) fn for_case(&mut self, case: &Case) -> Result<PolicySet, String> {
        let values = self.values(case)?;
        let key = format!("{values:?}");
        match self.compiled.get(&key) {
            Some(policies) => Ok(policies.clone()),
            None => {
                let policies = self.compile(values)?;
                self.compiled.insert(key, policies.clone());
                Ok(policies)
            }
        }
    }

    /// Compiles the file with what it says itself where the values do not say it.
    pub(crate) fn compile(&self, values: Vec<(String, Value)>) -> Result<PolicySet, String> {
        let mut builder = PolicySet::builder();
        for (name, value) in values {
            builder = builder.param(name, value);
        }
        builder
            .from_sources([(self.name.clone(), self.text.clone())])
            .map_err(|error| error.to_string())
    }

    fn values(&self, case: &Case) -> Result<Vec<(String, Value)>, String> {
        let given = given(case);
        let mut values = Vec::new();
        for (name, kind) in &self.params {
            let published = self.renamed.get(name).unwrap_or(name);
            let Some(json) = at(&given, published).filter(|json| !json.is_null()) else {
                continue;
            };
            let value = value(json, kind)
                .ok_or_else(|| format!("{}: `{name}` is no {kind}: {json}", case.case_id))?;
            values.push((name.clone(), value));
        }
        Ok(values)
    }
}

/// What is read from the text of a policy.
struct Patterns {
    param: Regex,
    guard: Regex,
    lookup: Regex,
}

static PATTERNS: LazyLock<Result<Patterns, regex::Error>> = LazyLock::new(|| {
    Ok(Patterns {
        param: Regex::new(r"(?m)^param ([A-Za-z0-9_]+): ([a-z<>]+)")?,
        guard: Regex::new(r"(?m)^guard ([A-Za-z0-9_]+)")?,
        lookup: Regex::new(r"objects\(\s*([A-Za-z0-9_./-]+)")?,
    })
});

impl Patterns {
    /// Returns the declared parameters, each with its type.
    fn params(&self, text: &str) -> BTreeMap<String, String> {
        let found = self.param.captures_iter(text);
        found
            .map(|found| (word(&found, 1), word(&found, 2)))
            .collect()
    }
}

fn firsts(pattern: &Regex, text: &str) -> BTreeSet<String> {
    let found = pattern.captures_iter(text);
    found.map(|found| word(&found, 1)).collect()
}

/// Returns the parameters of a case by name. Those of a Gatekeeper constraint stand in its spec, those of a policy
/// binding in the settings of the object that it refers to, those of a few suites in a YAML text.
fn given(case: &Case) -> serde_json::Map<String, Json> {
    let text = |text: &str| serde_yaml::from_str(text).unwrap_or(Json::Null);
    let params = match &case.params {
        Json::String(yaml) => text(yaml),
        Json::Array(items) => items.first().cloned().unwrap_or(Json::Null),
        other => other.clone(),
    };
    let inner = ["/spec/parameters", "/settings", "/testValues", "/data"]
        .into_iter()
        .find_map(|pointer| params.pointer(pointer));
    let members = inner.unwrap_or(&params).as_object().cloned();
    // Some suites hand over settings among the facts.
    let facts = case.context("facts").and_then(Json::as_object).cloned();
    let named = facts.into_iter().chain(members).flatten();
    named
        .map(|(key, value)| (key.replace(['-', '.'], "_"), value))
        .collect()
}

/// Returns the value at a dotted path.
fn at<'j>(given: &'j serde_json::Map<String, Json>, path: &str) -> Option<&'j Json> {
    let mut words = path.split('.');
    let first = given.get(words.next()?)?;
    words.try_fold(first, |value, word| value.get(word))
}

/// Returns a JSON value as one of the declared type; texts of numbers are read as numbers.
fn value(json: &Json, kind: &str) -> Option<Value> {
    match (kind, json) {
        ("number", Json::String(text)) => quantity::parse(text).map(Value::Number),
        ("string", Json::Number(number)) => Some(Value::string(number.to_string())),
        ("bool", Json::String(text)) => text.parse().ok().map(Value::Bool),
        _ => plain(json),
    }
}

fn plain(json: &Json) -> Option<Value> {
    Some(match json {
        Json::Null => Value::Absent,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => Value::Number(Decimal::parse(&number.to_string())?),
        Json::String(text) => Value::string(text.as_str()),
        Json::Array(items) => Value::List(items.iter().map(plain).collect::<Option<_>>()?),
        Json::Object(fields) => {
            let mut map = Map::default();
            for (key, value) in fields {
                map.insert(key.as_str(), plain(value)?);
            }
            Value::Map(map)
        }
    })
}

fn word(found: &Captures<'_>, at: usize) -> String {
    found.get(at).map_or("", |group| group.as_str()).to_owned()
}

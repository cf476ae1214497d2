//! The tables, merged from the dumps of all versions.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde_json::Value;

/// What one version of the bindings says.
struct Dump {
    minor: u8,
    content: Value,
}

/// A fact that holds in some versions.
type Since = BTreeSet<u8>;

/// Returns the table of types. `enums` is the file of words that string fields allow, `list_keys` that of lists whose keys the bindings do not
/// tell in full.
pub fn table(enums: &str, list_keys: &str, dumps: &[String]) -> String {
    let dumps = read(dumps);
    let all: Since = dumps.iter().map(|dump| dump.minor).collect();
    let facts = Facts {
        words: by_field(&std::fs::read_to_string(enums).unwrap()),
        list_keys: by_field(&std::fs::read_to_string(list_keys).unwrap()),
    };
    let mut text = String::from("format 1\nversions");
    for minor in &all {
        write!(text, " {minor}").unwrap();
    }
    text.push('\n');
    for (kind, since) in kinds(&dumps) {
        writeln!(text, "kind {kind}{}", range(&since, &all)).unwrap();
    }
    for (name, (since, fields)) in types(&dumps, &facts) {
        writeln!(text, "type {name}{}", range(&since, &all)).unwrap();
        for (field, in_versions) in fields {
            writeln!(text, " {field}{}", range(&in_versions, &since)).unwrap();
        }
    }
    text
}

/// Returns the first sentence that is said of each type and field, the newest version's words.
pub fn docs(dumps: &[String]) -> String {
    let dumps = read(dumps);
    let mut said: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for dump in &dumps {
        for (name, schema) in definitions(dump) {
            let fields = said.entry(short(name)).or_default();
            fields.insert(String::new(), sentence(schema));
            for (field, schema) in properties(schema) {
                fields.insert(field.clone(), sentence(schema));
            }
        }
    }
    let mut text = String::new();
    for (name, fields) in said {
        for (field, sentence) in fields {
            match field.as_str() {
                "" => writeln!(text, "{name} {sentence}").unwrap(),
                _ if sentence.is_empty() => {}
                field => writeln!(text, " {field} {sentence}").unwrap(),
            }
        }
    }
    text
}

fn read(paths: &[String]) -> Vec<Dump> {
    let mut dumps: Vec<Dump> = paths
        .iter()
        .map(|path| {
            let digits: String = path.chars().filter(char::is_ascii_digit).collect();
            Dump {
                minor: digits[digits.len() - 2..].parse().unwrap(),
                content: serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap(),
            }
        })
        .collect();
    dumps.sort_by_key(|dump| dump.minor);
    dumps
}

/// Returns lines such as `apps v1 Deployment namespaced apps.v1.Deployment`; the core group is written `-`.
fn kinds(dumps: &[Dump]) -> BTreeMap<String, Since> {
    let mut found: BTreeMap<String, Since> = BTreeMap::new();
    for dump in dumps {
        for kind in dump.content["kinds"].as_array().unwrap() {
            let word = |key: &str| kind[key].as_str().unwrap();
            let group = Some(word("group")).filter(|group| !group.is_empty());
            let schema = &dump.content["definitions"][word("schema")];
            let mut line = format!(
                "{} {} {} {} {}",
                group.unwrap_or("-"),
                word("version"),
                word("kind"),
                word("scope"),
                short(word("schema"))
            );
            if is_deprecated(schema) {
                line.push_str(" deprecated");
            }
            found.entry(line).or_default().insert(dump.minor);
        }
    }
    found
}

type Types = BTreeMap<String, (Since, BTreeMap<String, Since>)>;
type ByField = BTreeMap<(String, String), String>;

/// What the bindings do not know, by type and field.
struct Facts {
    words: ByField,
    list_keys: ByField,
}

fn types(dumps: &[Dump], facts: &Facts) -> Types {
    let mut found = Types::new();
    for dump in dumps {
        let keyed = keyed(dump);
        for (name, schema) in definitions(dump) {
            if simple(name).is_some() {
                continue;
            }
            let (since, fields) = found.entry(short(name)).or_default();
            since.insert(dump.minor);
            let required: BTreeSet<&str> = schema["required"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            for (field, value) in properties(schema) {
                let keys = keyed.get(&(name.to_owned(), plain(field)));
                let place = (short(name), field.clone());
                let words = facts.words.get(&place);
                let mut ty = ty(dump, value, keys, words.map(String::as_str));
                if let (Some(keys), Some(end)) = (facts.list_keys.get(&place), ty.rfind(']')) {
                    ty.truncate(end + 1);
                    ty.push_str(keys.trim_end_matches('-'));
                }
                let mark = if required.contains(field.as_str()) { "!" } else { "" };
                let mut line = format!("{field}{mark} {ty}");
                if is_deprecated(value) {
                    line.push_str(" deprecated");
                }
                fields.entry(line).or_default().insert(dump.minor);
            }
        }
    }
    found
}

/// Returns how a type is written; the grammar stands in the documentation of `taffrail-schema`.
fn ty(dump: &Dump, schema: &Value, keys: Option<&Vec<String>>, words: Option<&str>) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap();
        return simple(name).map_or_else(|| short(name), str::to_owned);
    }
    if schema["x-kubernetes-int-or-string"] == true {
        return "%".into();
    }
    match schema["type"].as_str() {
        Some("string") => match (schema["format"].as_str(), words) {
            (Some("date-time"), _) => "time".into(),
            (_, Some(words)) => format!("string({words})"),
            (_, None) => "string".into(),
        },
        Some("integer") => "int".into(),
        Some("number") => "number".into(),
        Some("boolean") => "bool".into(),
        Some("array") => {
            let items = &schema["items"];
            let of = ty(dump, items, None, words);
            match keys {
                Some(keys) => {
                    let names: Vec<String> =
                        keys.iter().map(|key| json_name(dump, items, key)).collect();
                    // A key that is the element itself makes the list a set.
                    format!("[{of}]{}", names.join(","))
                }
                None => format!("[{of}]"),
            }
        }
        Some("object") => match schema.get("additionalProperties") {
            Some(of) => format!("{{{}}}", ty(dump, of, None, None)),
            None => "any".into(),
        },
        _ => "any".into(),
    }
}

/// Returns how a type of the bindings is written that is no object; `None` for objects.
fn simple(name: &str) -> Option<&'static str> {
    Some(match name.rsplit('.').next()? {
        "Quantity" if name.contains("resource") => "quantity",
        "Time" | "MicroTime" => "time",
        "IntOrString" => "%",
        "RawExtension" | "FieldsV1" | "JSON" => "any",
        "JSONSchemaPropsOrArray" | "JSONSchemaPropsOrBool" | "JSONSchemaPropsOrStringArray" => "any",
        _ => return None,
    })
}

/// Returns by schema and plain field name the Rust names of the key fields of its elements.
fn keyed(dump: &Dump) -> BTreeMap<(String, String), Vec<String>> {
    let mut found = BTreeMap::new();
    for row in dump.content["keyed"].as_array().unwrap() {
        let keys: Vec<String> = serde_json::from_value(row[2].clone()).unwrap();
        let (schema, field) = (row[0].as_str().unwrap(), row[1].as_str().unwrap());
        found.insert((schema.to_owned(), plain(field)), keys);
    }
    found
}

/// Returns the name of a key field in JSON, by its name in Rust.
fn json_name(dump: &Dump, items: &Value, key: &str) -> String {
    let name = items["$ref"].as_str().unwrap_or_default().rsplit('/').next().unwrap();
    properties(&dump.content["definitions"][name])
        .map(|(field, _)| field)
        .find(|field| plain(field) == plain(key))
        .unwrap_or_else(|| panic!("{name} has no field {key}"))
        .clone()
}

/// Returns a name as Rust and JSON have it alike: lower case, without separators.
fn plain(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

fn definitions(dump: &Dump) -> impl Iterator<Item = (&String, &Value)> {
    dump.content["definitions"].as_object().unwrap().iter()
}

fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema["properties"].as_object().into_iter().flatten()
}

/// Returns the name of a type without what all names share.
fn short(name: &str) -> String {
    let mut parts: Vec<&str> = name.split('.').collect();
    let keep = parts.len().saturating_sub(3);
    parts.drain(..keep);
    parts.join(".")
}

fn is_deprecated(schema: &Value) -> bool {
    let text = schema["description"].as_str().unwrap_or_default();
    text.contains("Deprecated:")
        || text.contains("DEPRECATED")
        || text.contains("This field is deprecated")
        || text.contains("This API is deprecated")
        || text.to_lowercase().starts_with("deprecated")
}

/// Returns the first sentence of a description, and what it says of deprecation.
fn sentence(schema: &Value) -> String {
    let text = schema["description"].as_str().unwrap_or_default();
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let end = |text: &str| text.find(". ").map_or(text.len(), |at| at + 1);
    let first = &line[..end(&line)];
    match line.find("Deprecated: ").filter(|at| *at >= first.len()) {
        Some(at) => format!("{first} {}", &line[at..at + end(&line[at..])]),
        None => first.to_owned(),
    }
}

/// Reads lines such as `core.v1.PodSpec restartPolicy Always|Never`.
fn by_field(text: &str) -> ByField {
    text.lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| {
            let mut parts = line.splitn(3, ' ');
            let mut next = || parts.next().unwrap().to_owned();
            ((next(), next()), next())
        })
        .collect()
}

/// Returns ` 33-37` where a fact does not hold in all versions that it could hold in; ranges are joined by commas.
fn range(holds: &Since, of: &Since) -> String {
    if holds == of {
        return String::new();
    }
    let mut runs: Vec<(u8, u8)> = Vec::new();
    for minor in holds {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == *minor => *last = *minor,
            _ => runs.push((*minor, *minor)),
        }
    }
    let runs: Vec<String> = runs
        .into_iter()
        .map(|(first, last)| format!("{first}-{last}"))
        .collect();
    format!(" {}", runs.join(","))
}

//! Config maps, and what they read as Secrets do: literals, files, files of variables.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::text::is_variable;
use super::{Fields, GenerateError, Input, Made, fields, unknown};

pub(super) fn config_map(input: Input<'_>) -> Made<Json> {
    let metadata = input.metadata(input.flags.name()?, Fields::new());
    let entries = entries(input)?;
    let data = (!entries.is_empty()).then(|| json!(entries));
    let mut map = fields([("data", data)]);
    map.extend(fields([
        ("apiVersion", Some(json!("v1"))),
        ("kind", Some(json!("ConfigMap"))),
        ("metadata", Some(metadata)),
    ]));
    Ok(Json::Object(map))
}

/// Returns what `--from-literal`, `--from-file` and `--from-env-file` say. No error has a value in it.
pub(super) fn entries(input: Input<'_>) -> Made<BTreeMap<String, String>> {
    let flags = input.flags;
    let from_variables = flags.list("from-env-file")?;
    let from_files = flags.list("from-file")?;
    let mut literals = flags.all("from-literal").peekable();
    if !from_variables.is_empty() && (!from_files.is_empty() || literals.peek().is_some()) {
        return Err(GenerateError::Excluded {
            first: "`--from-env-file`",
            second: "`--from-file` and `--from-literal`",
        });
    }
    let mut entries = Entries::default();
    for literal in literals {
        let pair = literal.split_once('=').filter(|(key, _)| !key.is_empty());
        let (key, value) = pair.ok_or_else(|| hidden("--from-literal", "`KEY=VALUE`"))?;
        entries.add("--from-literal", key, value.to_owned())?;
    }
    for source in &from_files {
        let (key, file) = file_source(source)?;
        entries.add("--from-file", key, content(input, file)?)?;
    }
    for file in &from_variables {
        for (key, value) in variables(&content(input, file)?)? {
            entries.add("--from-env-file", &key, value)?;
        }
    }
    Ok(entries.0)
}

/// Reads a file that a command names.
pub(super) fn content(input: Input<'_>, file: &str) -> Made<String> {
    (input.known.files)(file).ok_or_else(|| unknown(format!("what `{file}` holds")))
}

/// Reads `[KEY=]FILE`: without a key it is the file's own name.
fn file_source(source: &str) -> Made<(&str, &str)> {
    match source.split_once('=') {
        None => {
            let path = source.trim_end_matches('/');
            Ok((path.rsplit('/').next().unwrap_or(path), source))
        }
        Some((key, file)) if !key.is_empty() && !file.is_empty() && !file.contains('=') => {
            Ok((key, file))
        }
        Some(_) => Err(hidden("--from-file", "`FILE` or `KEY=FILE`")),
    }
}

/// Reads lines of `NAME=value`; empty lines and comments say nothing.
fn variables(text: &str) -> Made<Vec<(String, String)>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut variables = Vec::new();
    for line in text.lines().map(str::trim_start) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (name, value) = match line.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (line, None),
        };
        if !is_variable(name) {
            return Err(hidden("--from-env-file", "a file of `NAME=value`"));
        }
        // A name alone takes the value that the variable has where kubectl runs.
        let value = value.ok_or_else(|| unknown("the value of a variable of the environment"))?;
        variables.push((name.to_owned(), value.to_owned()));
    }
    Ok(variables)
}

#[derive(Default)]
struct Entries(BTreeMap<String, String>);

impl Entries {
    fn add(&mut self, place: &'static str, key: &str, value: String) -> Made<()> {
        let is_sound = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.');
        if key.is_empty()
            || key.len() > 253
            || key == "."
            || key.starts_with("..")
            || !key.bytes().all(is_sound)
        {
            return Err(hidden(
                place,
                "of a key of letters, digits, `-`, `_` and `.`",
            ));
        }
        match self.0.insert(key.to_owned(), value) {
            None => Ok(()),
            Some(_) => Err(GenerateError::Twice {
                key: key.to_owned(),
            }),
        }
    }
}

fn hidden(place: &str, expected: &'static str) -> GenerateError {
    GenerateError::Hidden {
        place: place.to_owned(),
        expected,
    }
}

//! SARIF 2.1.0, the form that code scanning reads.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use taffrail_syntax::diagnostic::{Fix, Label};
use taffrail_syntax::{Diagnostic, Location, Severity, SourceTable};
use taffrail_tools::{Level, Levels, explain};

use super::json::lines;
use crate::failure::Failure;
use crate::policies::Policies;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// Returns one run of the linter. Files are named as they are found from where the command runs.
pub(crate) fn lint(found: &[Diagnostic], policies: &Policies) -> Result<String, Failure> {
    let table = policies.sources.table_for_messages();
    let codes: BTreeSet<&str> = found.iter().map(|finding| finding.code).collect();
    let codes: Vec<&str> = codes.into_iter().collect();
    let results: Vec<Value> = found
        .iter()
        .map(|finding| result(finding, &codes, &table))
        .collect();
    lines(&json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "taffrail",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": codes.iter().map(|code| rule(code)).collect::<Vec<_>>(),
            } },
            // Columns count characters, as everywhere else in our output.
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    }))
}

/// Returns what is to be known about a code, with its page as help.
fn rule(code: &str) -> Value {
    let says = explain::codes()
        .into_iter()
        .find(|(own, _)| *own == code)
        .map_or(code, |(_, says)| says);
    let page = explain::page(code).unwrap_or(says);
    json!({
        "id": code,
        "shortDescription": { "text": says },
        "help": { "text": page, "markdown": page },
        "defaultConfiguration": { "level": default_level(code) },
    })
}

fn default_level(code: &str) -> &'static str {
    if !taffrail_tools::lint::LINTS
        .iter()
        .any(|lint| lint.code == code)
    {
        return "error";
    }
    match Levels::default().of(code) {
        Level::Allow => "none",
        Level::Warn => "warning",
        Level::Deny => "error",
    }
}

fn result(finding: &Diagnostic, codes: &[&str], table: &SourceTable) -> Value {
    let mut message = finding.message.clone();
    for hint in &finding.hints {
        message.push('\n');
        message.push_str(hint);
    }
    let mut labels = finding.labels.iter().map(|label| place(label, table));
    let locations: Vec<Value> = labels.next().into_iter().collect();
    let related: Vec<Value> = labels.collect();
    let mut result = json!({
        "ruleId": finding.code,
        "ruleIndex": codes.iter().position(|code| *code == finding.code),
        "level": match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        "message": { "text": message },
        "locations": locations,
    });
    if let Some(result) = result.as_object_mut() {
        if !related.is_empty() {
            result.insert("relatedLocations".into(), related.into());
        }
        if let Some(found) = &finding.fix {
            result.insert("fixes".into(), json!([fix(found, table)]));
        }
    }
    result
}

fn place(label: &Label, table: &SourceTable) -> Value {
    let mut place = json!({ "physicalLocation": {
        "artifactLocation": artifact(label.location, table),
        "region": region(label.location, table),
    } });
    if let (false, Some(place)) = (label.text.is_empty(), place.as_object_mut()) {
        place.insert("message".into(), json!({ "text": label.text }));
    }
    place
}

fn fix(fix: &Fix, table: &SourceTable) -> Value {
    json!({ "artifactChanges": [{
        "artifactLocation": artifact(fix.location, table),
        "replacements": [{
            "deletedRegion": region(fix.location, table),
            "insertedContent": { "text": fix.replacement },
        }],
    }] })
}

fn artifact(location: Location, table: &SourceTable) -> Value {
    let name = table
        .get(location.source)
        .map_or("", |source| source.name.as_str());
    json!({ "uri": uri(name) })
}

fn region(location: Location, table: &SourceTable) -> Value {
    let span = location.span;
    let Some(source) = table.get(location.source) else {
        return json!({ "byteOffset": span.start });
    };
    let (line, column) = source.line_column(span.start);
    let (end_line, end_column) = source.line_column(span.end);
    json!({
        "startLine": line,
        "startColumn": column,
        "endLine": end_line,
        "endColumn": end_column,
        "byteOffset": span.start,
        "byteLength": span.end.saturating_sub(span.start),
    })
}

/// Returns a path as a URI: what is not plain is percent-encoded, byte by byte.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    if path.starts_with('/') {
        uri.push_str("file://");
    }
    for byte in path.bytes() {
        let plain = byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
        if plain {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("policies/a b%.guard"), "policies/a%20b%25.guard");
        assert_eq!(uri("/srv/é.guard"), "file:///srv/%C3%A9.guard");
    }
}

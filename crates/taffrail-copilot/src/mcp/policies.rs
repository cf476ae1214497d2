//! The rules in force, and the texts of others.

use std::fmt::Write as _;

use rmcp::model::JsonObject;
use serde_json::{Value as Json, json};
use taffrail::{Diagnostic, LoadError, Severity, Sources};
use taffrail_runtime::program::RuleBody;
use taffrail_runtime::render::one_line;

use super::arguments::{Nothing, OfPolicy, SIZE_LIMIT, read};
use super::{Answer, Answered, Inner, Refused};

impl Inner {
    pub(super) fn list_policies(&self, arguments: JsonObject) -> Answered {
        let Nothing {} = read(arguments)?;
        let policies = self.policies.current();
        let data = policies.program().data();
        let mut text = String::new();
        let rules: Vec<Json> = data
            .rules
            .iter()
            .map(|rule| {
                let file = data.files.get(rule.origin.file as usize);
                let file = file.map_or("", String::as_str);
                let kind = kind(&rule.body);
                // Writing to a string does not fail.
                let _ = writeln!(
                    text,
                    "- {kind} `{}` ({}:{})",
                    one_line(&rule.name),
                    one_line(file),
                    rule.origin.line
                );
                json!({
                    "name": rule.name,
                    "kind": kind,
                    "file": file,
                    "line": rule.origin.line,
                    "annotations": rule.annotations,
                })
            })
            .collect();
        Ok(Answer {
            text,
            value: json!({ "policy_digest": policies.digest(), "rules": rules }),
        })
    }
}

fn kind(body: &RuleBody) -> &'static str {
    match body {
        RuleBody::Grant => "grant",
        RuleBody::Guard { .. } => "guard",
        RuleBody::Budget { .. } => "budget",
        RuleBody::Breaker { .. } => "breaker",
        RuleBody::Tolerance { .. } => "tolerance",
        RuleBody::Waiver { .. } => "waiver",
    }
}

/// Compiles a text by itself.
pub(super) fn check_policy(arguments: JsonObject) -> Answered {
    let arguments: OfPolicy = read(arguments)?;
    if arguments.policy.len() > SIZE_LIMIT {
        return Err(Refused(format!(
            "`policy` has {} bytes; at most {SIZE_LIMIT} are read",
            arguments.policy.len()
        )));
    }
    let name = arguments.name.as_deref().unwrap_or("policy.guard");
    let sources = match Sources::from_texts([(name, arguments.policy.as_str())]) {
        Ok(sources) => sources,
        Err(LoadError::Invalid(invalid)) => return Err(Refused(invalid.to_string())),
        Err(other) => return Err(Refused(other.to_string())),
    };
    let compiled = sources.compile();
    let mut text = String::new();
    let found: Vec<Json> = compiled
        .diagnostics
        .iter()
        .map(|diagnostic| {
            let (line, column) = place(diagnostic, &sources);
            let severity = match diagnostic.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            };
            // Writing to a string does not fail.
            let _ = writeln!(
                text,
                "{severity}[{}] {}:{line}:{column}: {}",
                diagnostic.code,
                one_line(name),
                one_line(&diagnostic.message)
            );
            for hint in &diagnostic.hints {
                let _ = writeln!(text, "  help: {}", one_line(hint));
            }
            json!({
                "code": diagnostic.code,
                "severity": severity,
                "message": diagnostic.message,
                "line": line,
                "column": column,
                "hints": diagnostic.hints,
            })
        })
        .collect();
    let errors = compiled
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.is_error())
        .count();
    let warnings = found.len().saturating_sub(errors);
    if found.is_empty() {
        text.push_str("the policy compiles, and nothing is odd about it\n");
    }
    Ok(Answer {
        text,
        value: json!({ "errors": errors, "warnings": warnings, "diagnostics": found }),
    })
}

/// Returns where a diagnostic points, counted from 1.
fn place(diagnostic: &Diagnostic, sources: &Sources) -> (u32, u32) {
    let label = diagnostic.labels.first();
    label
        .and_then(|label| {
            let source = sources.table.get(label.location.source)?;
            Some(source.line_column(label.location.span.start))
        })
        .unwrap_or((1, 1))
}

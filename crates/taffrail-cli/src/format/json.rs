//! JSON for programs: one object, or one a line.

use serde::Serialize;
use serde_json::{Map, Value, json};
use taffrail_copilot::{Advice, WhyNot};
use taffrail_runtime::Requirements;
use taffrail_syntax::{Diagnostic, Location, Severity, SourceTable};
use taffrail_tools::{Comparison, TestResult, Tried};

use crate::command::Decided;
use crate::failure::Failure;
use crate::format::severities;
use crate::policies::Policies;

/// Returns a decision, on one line unless it is to be pretty. Why it is not milder stands in a member of its own, beside those that the
/// published schema names.
pub(crate) fn decided(
    decided: &Decided,
    why: Option<&WhyNot>,
    pretty: bool,
) -> Result<String, Failure> {
    let mut text = match decided {
        Decided::Action(report) => text_of(
            &Explained {
                decision: &**report,
                why_not: why,
            },
            pretty,
        )?,
        Decided::Plan(report) => text_of(
            &Explained {
                decision: &**report,
                why_not: why,
            },
            pretty,
        )?,
    };
    text.push('\n');
    Ok(text)
}

/// Returns options, on one line.
pub(crate) fn options(advice: &Advice) -> Result<String, Failure> {
    let mut text = serde_json::to_string(advice)?;
    text.push('\n');
    Ok(text)
}

#[derive(Serialize)]
struct Explained<'d, D> {
    #[serde(flatten)]
    decision: &'d D,
    #[serde(skip_serializing_if = "Option::is_none")]
    why_not: Option<&'d WhyNot>,
}

fn text_of(value: &impl Serialize, pretty: bool) -> Result<String, Failure> {
    Ok(if pretty {
        serde_json::to_string_pretty(value)?
    } else {
        serde_json::to_string(value)?
    })
}

/// Returns what is wrong with policies.
pub(crate) fn check(policies: &Policies) -> Result<String, Failure> {
    let diagnostics = &policies.compiled.diagnostics;
    let (errors, warnings) = severities(diagnostics);
    lines(&json!({
        "errors": errors,
        "warnings": warnings,
        "diagnostics": all(diagnostics, &policies.sources.table),
    }))
}

/// Returns what the linter finds, and how many findings were mended.
pub(crate) fn lint(
    found: &[Diagnostic],
    mended: Option<usize>,
    policies: &Policies,
) -> Result<String, Failure> {
    let (errors, warnings) = severities(found);
    lines(&json!({
        "errors": errors,
        "warnings": warnings,
        "mended": mended,
        "diagnostics": all(found, &policies.sources.table),
    }))
}

/// Returns what came of tests.
pub(crate) fn tests(results: &[TestResult], policies: &Policies) -> Result<String, Failure> {
    let table = &policies.sources.table;
    let failed = results.iter().filter(|result| !result.passed()).count();
    let tests: Vec<Value> = results
        .iter()
        .map(|result| {
            json!({
                "module": result.module,
                "title": result.title,
                "case": result.case,
                "place": place(result.location, table),
                "passed": result.passed(),
                "failures": all(&result.failures, table),
                "tried": result.tried.as_ref().map(tried),
                "comparison": result.comparison.as_ref().map(comparison),
            })
        })
        .collect();
    lines(&json!({
        "passed": results.len().saturating_sub(failed),
        "failed": failed,
        "tests": tests,
    }))
}

fn tried(tried: &Tried) -> Value {
    let failing = tried.failing.iter();
    let failing: Map<String, Value> = failing
        .map(|(path, value)| (path.clone(), value.as_str().into()))
        .collect();
    json!({ "cases": tried.cases, "all": tried.all, "failing": failing })
}

fn comparison(comparison: &Comparison) -> Value {
    let rows = comparison.rows.iter().map(|row| {
        json!({ "what": row.what, "expected": row.expected, "actual": row.actual, "met": row.met })
    });
    let reasons = comparison
        .reasons
        .iter()
        .map(|reason| json!({ "phrase": reason.phrase, "values": reason.values }));
    json!({ "rows": rows.collect::<Vec<_>>(), "reasons": reasons.collect::<Vec<_>>() })
}

/// Returns what deciding an action will read.
pub(crate) fn requirements(found: &Requirements) -> Result<String, Failure> {
    let mut text = serde_json::to_string(found)?;
    text.push('\n');
    Ok(text)
}

/// Returns a value over several lines.
pub(crate) fn lines(value: &Value) -> Result<String, Failure> {
    let mut text = serde_json::to_string_pretty(value)?;
    text.push('\n');
    Ok(text)
}

fn all(diagnostics: &[Diagnostic], table: &SourceTable) -> Vec<Value> {
    diagnostics
        .iter()
        .map(|found| diagnostic(found, table))
        .collect()
}

fn diagnostic(diagnostic: &Diagnostic, table: &SourceTable) -> Value {
    let labels: Vec<Value> = diagnostic
        .labels
        .iter()
        .map(|label| json!({ "place": place(label.location, table), "text": label.text }))
        .collect();
    let fix = diagnostic
        .fix
        .as_ref()
        .map(|fix| json!({ "place": place(fix.location, table), "replacement": fix.replacement }));
    json!({
        "code": diagnostic.code,
        "severity": match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        "message": diagnostic.message,
        "versions": diagnostic.versions,
        "labels": labels,
        "hints": diagnostic.hints,
        "fix": fix,
    })
}

/// Lines and columns count from 1, columns in characters; the end is the place after the last character.
pub(super) fn place(location: Location, table: &SourceTable) -> Value {
    let Some(source) = table.get(location.source) else {
        return Value::Null;
    };
    let (line, column) = source.line_column(location.span.start);
    let (end_line, end_column) = source.line_column(location.span.end);
    json!({
        "file": source.name,
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
    })
}

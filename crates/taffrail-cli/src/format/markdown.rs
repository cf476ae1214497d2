//! Markdown for pull requests and chats.

use std::fmt::Write as _;

use taffrail_runtime::Requirements;
use taffrail_syntax::{Diagnostic, SourceTable};
use taffrail_tools::TestResult;

use crate::format::{count, parts, place, severities};
use crate::policies::Policies;

/// Returns what is wrong with policies.
pub(crate) fn check(policies: &Policies) -> String {
    let diagnostics = &policies.compiled.diagnostics;
    let (errors, warnings) = severities(diagnostics);
    let mut page = format!(
        "## {}, {}\n",
        count(errors, "error"),
        count(warnings, "warning")
    );
    if !diagnostics.is_empty() {
        page.push('\n');
    }
    for diagnostic in diagnostics {
        page.push_str(&item(diagnostic, &policies.sources.table, ""));
    }
    page
}

/// Returns what came of tests.
pub(crate) fn tests(results: &[TestResult], policies: &Policies) -> String {
    let failed = results.iter().filter(|result| !result.passed()).count();
    let passed = results.len().saturating_sub(failed);
    let mut page = format!("## {passed} passed, {failed} failed\n");
    if !results.is_empty() {
        page.push('\n');
    }
    for result in results {
        let sign = if result.passed() { "✅" } else { "⛔" };
        // Writing to a string does not fail.
        let _ = writeln!(page, "- {sign} {}", result.name());
        for failure in &result.failures {
            page.push_str(&item(failure, &policies.sources.table, "  "));
        }
        if let Some(comparison) = &result.comparison {
            for line in format!("```text\n{}```", comparison.text()).lines() {
                // Writing to a string does not fail.
                let _ = writeln!(page, "  {line}");
            }
        }
    }
    page
}

/// Returns what deciding an action will read.
pub(crate) fn requirements(found: &Requirements, is_first: bool) -> String {
    let mut page = String::new();
    if !is_first {
        page.push('\n');
    }
    for (title, entries) in parts(found) {
        // Writing to a string does not fail.
        let _ = writeln!(page, "**{title}**\n");
        for entry in entries {
            let _ = writeln!(page, "- `{entry}`");
        }
        page.push('\n');
    }
    page
}

fn item(diagnostic: &Diagnostic, table: &SourceTable, indent: &str) -> String {
    let severity = if diagnostic.is_error() {
        "error"
    } else {
        "warning"
    };
    let place = place(diagnostic.labels.first().map(|label| label.location), table);
    let place = if place.is_empty() {
        place
    } else {
        format!(" ({place})")
    };
    let mut text = format!(
        "{indent}- **{severity}** `{}`: {}{place}\n",
        diagnostic.code, diagnostic.message
    );
    for hint in &diagnostic.hints {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{indent}  - {hint}");
    }
    text
}

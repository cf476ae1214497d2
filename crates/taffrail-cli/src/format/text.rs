//! Text for people, with colours.

use std::fmt::Write as _;

use taffrail_runtime::Requirements;
use taffrail_runtime::render::{Style, plan_text, text};
use taffrail_syntax::{Diagnostic, Style as DiagnosticStyle, render};
use taffrail_tools::TestResult;

use crate::command::Decided;
use crate::format::{count, parts, severities, versions};
use crate::policies::Policies;

const BOLD: &str = "\x1b[1m";
const FAINT: &str = "\x1b[2m";
const GREEN: &str = "\x1b[1;32m";
const RED: &str = "\x1b[1;31m";
const RESET: &str = "\x1b[0m";

/// Returns a decision.
pub(crate) fn decided(decided: &Decided, title: Option<&str>, is_first: bool) -> String {
    let mut page = String::new();
    if !is_first {
        page.push('\n');
    }
    if let Some(title) = title {
        // Writing to a string does not fail.
        let _ = writeln!(page, "{FAINT}{title}{RESET}");
    }
    page.push_str(&match decided {
        Decided::Action(report) => text(report, Style::ansi()),
        Decided::Plan(report) => plan_text(report, Style::ansi()),
    });
    page
}

/// Returns what is wrong with policies.
pub(crate) fn check(policies: &Policies) -> String {
    findings(&policies.compiled.diagnostics, policies)
}

/// Returns what the linter finds, and how much of it was mended.
pub(crate) fn lint(found: &[Diagnostic], mended: Option<usize>, policies: &Policies) -> String {
    let mut page = findings(found, policies);
    if let Some(mended) = mended {
        // Writing to a string does not fail.
        let _ = writeln!(page, "{} mended", count(mended, "finding"));
    }
    page
}

fn findings(diagnostics: &[Diagnostic], policies: &Policies) -> String {
    let table = &policies.sources.table;
    let mut page = String::new();
    for diagnostic in diagnostics {
        page.push_str(&render(diagnostic, table, DiagnosticStyle { color: true }));
        page.push('\n');
    }
    let (errors, warnings) = severities(diagnostics);
    let rules = policies.compiled.module.rules.len();
    let versions = versions::table(diagnostics, table, &policies.sources.options.versions);
    if !versions.is_empty() {
        page.push_str(&versions);
        page.push('\n');
    }
    let colour = if errors == 0 { GREEN } else { RED };
    // Writing to a string does not fail.
    let _ = writeln!(
        page,
        "{colour}{}, {}{RESET} in {} with {}",
        count(errors, "error"),
        count(warnings, "warning"),
        count(table.iter().count(), "file"),
        count(rules, "rule"),
    );
    page
}

/// Returns what came of tests.
pub(crate) fn tests(results: &[TestResult], policies: &Policies) -> String {
    let mut page = String::new();
    for result in results {
        let (colour, word) = if result.passed() {
            (GREEN, "ok    ")
        } else {
            (RED, "FAILED")
        };
        // Writing to a string does not fail.
        let _ = writeln!(page, "{colour}{word}{RESET}  {}", result.name());
        if !result.passed() {
            let style = DiagnosticStyle { color: true };
            page.push_str(&result.explanation(&policies.sources.table, style));
        }
    }
    let failed = results.iter().filter(|result| !result.passed()).count();
    let colour = if failed == 0 { GREEN } else { RED };
    let passed = results.len().saturating_sub(failed);
    if !results.is_empty() {
        // Writing to a string does not fail.
        let _ = writeln!(page, "\n{colour}{passed} passed, {failed} failed{RESET}");
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
        let _ = writeln!(page, "{BOLD}{title}{RESET}");
        for entry in entries {
            let _ = writeln!(page, "  {entry}");
        }
    }
    page
}

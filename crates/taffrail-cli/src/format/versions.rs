//! The table of what holds in which Kubernetes version.

use std::fmt::Write as _;

use taffrail_schema::Version;
use taffrail_syntax::{Diagnostic, SourceTable};

use super::place;

/// Returns a line for each finding that some versions have and others do not, and a line that sums them up; empty when all versions are alike.
pub(crate) fn table(
    diagnostics: &[Diagnostic],
    sources: &SourceTable,
    versions: &[Version],
) -> String {
    let mut versions: Vec<String> = versions.iter().map(ToString::to_string).collect();
    versions.dedup();
    let rows: Vec<(String, &Diagnostic)> = diagnostics
        .iter()
        .filter(|diagnostic| !diagnostic.versions.is_empty())
        .map(|diagnostic| {
            let at = place(
                diagnostic.labels.first().map(|label| label.location),
                sources,
            );
            (format!("{at} {}", diagnostic.code), diagnostic)
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    let all_compile = "compiles";
    let widths = rows.iter().map(|(name, _)| name.chars().count());
    let width = widths.max().unwrap_or(0).max(all_compile.len());
    let mut text = line("Kubernetes", width, versions.iter().map(String::as_str));
    for (name, diagnostic) in rows {
        let word = if diagnostic.is_error() {
            "fails"
        } else {
            "warns"
        };
        let cells = versions.iter().map(|version| {
            if diagnostic.versions.contains(version) {
                word
            } else {
                "ok"
            }
        });
        text.push_str(&line(&name, width, cells));
    }
    let fails = |version: &String| {
        diagnostics.iter().any(|found| {
            found.is_error() && (found.versions.is_empty() || found.versions.contains(version))
        })
    };
    let cells = versions
        .iter()
        .map(|version| if fails(version) { "no" } else { "yes" });
    text.push_str(&line(all_compile, width, cells));
    text
}

fn line<'c>(name: &str, width: usize, cells: impl Iterator<Item = &'c str>) -> String {
    let mut text = format!("{name:width$}");
    for cell in cells {
        // Writing to a string does not fail.
        let _ = write!(text, "  {cell:5}");
    }
    let mut text = text.trim_end().to_owned();
    text.push('\n');
    text
}

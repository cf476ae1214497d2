//! The forms of output.

use taffrail_runtime::Requirements;
use taffrail_syntax::{Diagnostic, Location, SourceTable};

pub(crate) mod approvals;
pub(crate) mod command_line;
pub(crate) mod coverage;
pub(crate) mod diff;
pub(crate) mod explained;
pub(crate) mod github;
pub(crate) mod json;
pub(crate) mod junit;
pub(crate) mod markdown;
pub(crate) mod mutate;
pub(crate) mod options;
pub(crate) mod replay;
pub(crate) mod sarif;
pub(crate) mod story;
pub(crate) mod text;
mod versions;
pub(crate) mod why_not;

/// Returns how many there are of something.
pub(crate) fn count(number: usize, of: &str) -> String {
    match number {
        0 => format!("no {of}s"),
        1 => format!("1 {of}"),
        number => format!("{number} {of}s"),
    }
}

/// Returns how many diagnostics are errors, and how many are not.
fn severities(diagnostics: &[Diagnostic]) -> (usize, usize) {
    let errors = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.is_error())
        .count();
    (errors, diagnostics.len().saturating_sub(errors))
}

/// Returns a place as `file:line`, empty when there is none.
fn place(location: Option<Location>, sources: &SourceTable) -> String {
    location
        .and_then(|location| {
            let source = sources.get(location.source)?;
            let (line, _) = source.line_column(location.span.start);
            Some(format!("{}:{line}", source.name))
        })
        .unwrap_or_default()
}

/// Returns what has to be collected, as titles with their entries; empty ones are left out.
fn parts(found: &Requirements) -> Vec<(&'static str, Vec<String>)> {
    let signals = found
        .signals
        .iter()
        .map(|signal| match signal.source.as_str() {
            "" => signal.name.clone(),
            source => format!("{} from {source}", signal.name),
        });
    let objects = found.objects.iter().map(|object| match &object.group {
        Some(group) if !group.is_empty() => format!("{group}/{}", object.kind),
        Some(_) | None => object.kind.clone(),
    });
    [
        ("facts", found.paths.iter().cloned().collect::<Vec<_>>()),
        ("signals", signals.collect()),
        ("objects", objects.collect()),
        ("budgets", found.budgets.iter().cloned().collect()),
        ("breakers", found.breakers.iter().cloned().collect()),
    ]
    .into_iter()
    .filter(|(_, entries)| !entries.is_empty())
    .collect()
}

//! The linter: what is legal in a policy set and yet likely a mistake.
//!
//! Each lint has a file of its own here, a row in [`LINTS`], and a page. [`lint`] runs all of them, takes out what the
//! settings allow and what a comment in the policies suppresses, and returns the rest: what is denied as an error, what is
//! warned of as a warning.

mod always_applies;
mod conflict;
mod coverage;
mod current_on_create;
mod duplicate_condition;
mod every_in_grant;
mod facts;
mod fix;
mod guard_without_reason;
mod level;
mod never_applies;
mod optional;
mod pattern_matches_everything;
mod possibly_absent;
mod self_comparison;
mod shadowed_rule;
mod signal_without_fresh;
mod signal_without_source;
mod subject;
mod suppression;
mod table;
mod term;
mod unbounded_grant;
mod unreachable_threshold;
mod untested_grant;
mod untested_rule;
mod unused_name;
mod view_without_kind;
mod waiver_date;
mod waiver_forgives_nothing;
mod walk;

use jiff::civil::Date;
use taffrail_compiler::Compiled;
use taffrail_runtime::Program;
use taffrail_syntax::{Diagnostic, Severity, SourceTable};

use crate::scenario::ReadFile;
use subject::Subject;

pub use fix::{Fixed, fix};
pub use level::{Level, LevelError, Levels};
pub use table::{LINTS, Lint};

/// A policy set that compiles, with what lints need beside it.
#[derive(Clone, Copy)]
pub struct LintInput<'s> {
    /// The texts.
    pub sources: &'s SourceTable,
    /// What they mean, with the warnings of the compiler.
    pub compiled: &'s Compiled,
    /// The program, to run the tests with.
    pub program: &'s Program,
    /// Reads the file of `given from "file.yaml"`.
    pub read: &'s ReadFile<'s>,
    /// The day that waivers are held against.
    pub today: Date,
    /// What is allowed, warned of and denied.
    pub levels: &'s Levels,
}

impl std::fmt::Debug for LintInput<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LintInput")
            .field("today", &self.today)
            .field("levels", self.levels)
            .finish_non_exhaustive()
    }
}

/// Returns what the lints and the compiler find, sorted by file and place; errors are what the levels deny.
///
/// A set that does not compile has its errors in [`Compiled::diagnostics`]; there is nothing to lint in it.
#[must_use]
pub fn lint(input: &LintInput<'_>) -> Vec<Diagnostic> {
    let subject = Subject::new(input);
    let mut found: Vec<Diagnostic> = input.compiled.diagnostics.clone();
    for diagnostic in &mut found {
        unused_name::add_fix(&subject, diagnostic);
    }
    for run in table::PASSES {
        run(&subject, &mut found);
    }
    let mut found = suppression::apply(&subject, found);
    found.retain_mut(|diagnostic| {
        // An error of the compiler is no matter of levels.
        if diagnostic.is_error() {
            return true;
        }
        match input.levels.of(diagnostic.code) {
            Level::Allow => return false,
            Level::Warn => diagnostic.severity = Severity::Warning,
            Level::Deny => diagnostic.severity = Severity::Error,
        }
        true
    });
    sort(input.sources, &mut found);
    found
}

/// Sorts by file name, place, code and message, so that the order of files and lints does not show.
fn sort(sources: &SourceTable, found: &mut Vec<Diagnostic>) {
    found.sort_by_cached_key(|diagnostic| {
        let place = diagnostic.labels.first().map(|label| label.location);
        let file = place
            .and_then(|place| sources.get(place.source))
            .map_or_else(String::new, |source| source.name.clone());
        let start = place.map_or(0, |place| place.span.start);
        (file, start, diagnostic.code, diagnostic.message.clone())
    });
    found.dedup();
}

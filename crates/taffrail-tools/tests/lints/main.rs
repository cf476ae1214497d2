//! Where each lint finds something, and where it just does not.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod comments;
mod rules;

use taffrail_compiler::{Options, compile};
use taffrail_runtime::Program;
use taffrail_syntax::{Diagnostic, SourceTable};
use taffrail_tools::{Level, Levels, LintInput, lint};

pub(crate) struct Linted {
    pub(crate) sources: SourceTable,
    pub(crate) found: Vec<Diagnostic>,
}

pub(crate) fn linted(text: &str) -> Linted {
    let mut sources = SourceTable::default();
    sources.add("a.guard", format!("policy shop.a\n\n{text}"));
    let compiled = compile(&sources, &Options::default());
    let errors: Vec<_> = compiled
        .diagnostics
        .iter()
        .filter(|found| found.is_error())
        .collect();
    assert!(errors.is_empty(), "{errors:?}\n{text}");
    let program = Program::new(compiled.program.clone().unwrap()).unwrap();
    let found = lint(&LintInput {
        sources: &sources,
        compiled: &compiled,
        program: &program,
        read: &|_, _| Err("there is no file here".into()),
        today: jiff::civil::date(2026, 11, 23),
        levels: &Levels::all(Level::Warn),
    });
    Linted { sources, found }
}

impl Linted {
    /// Returns what a lint finds, as `LINE: the text at its place`.
    pub(crate) fn places(&self, code: &str) -> Vec<String> {
        let of = self.found.iter().filter(|finding| finding.code == code);
        of.map(|finding| {
            let place = finding.labels.first().unwrap().location;
            let source = self.sources.get(place.source).unwrap();
            let (line, _) = source.line_column(place.span.start);
            format!("{line}: {}", source.slice(place.span))
        })
        .collect()
    }
}

/// Holds what a lint finds against what is expected.
#[track_caller]
pub(crate) fn check(code: &str, text: &str, expected: &[&str]) {
    assert_eq!(linted(text).places(code), expected, "{code} in\n{text}");
}

pub(crate) fn guard(on: &str, conditions: &str) -> String {
    format!("guard g {{\n    on {on}\n{conditions}\n    propose\n    because \"x\"\n}}\n")
}

pub(crate) fn grant(on: &str, conditions: &str) -> String {
    format!("grant g {{\n    on {on}\n{conditions}\n}}\n")
}

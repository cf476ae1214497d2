//! The whole straight line: parse, analyze, link, emit.

use taffrail_runtime::program::ProgramData;
use taffrail_syntax::{Diagnostic, Severity, SourceTable, parse};

use crate::analyze::{Options, SourceFile, analyze};
use crate::{RuleGraph, codes, emit, link, typed};

/// What came of a compilation.
#[derive(Debug, Clone)]
pub struct Compiled {
    /// The program; `None` when a diagnostic is an error.
    pub program: Option<ProgramData>,
    /// Which rule reads what.
    pub graph: RuleGraph,
    /// What the sources mean, as far as they could be understood.
    pub module: typed::Module,
    /// What is wrong, sorted by file and place.
    pub diagnostics: Vec<Diagnostic>,
}

/// Compiles a policy set. Never fails: trouble is in the diagnostics.
#[must_use]
pub fn compile(sources: &SourceTable, options: &Options) -> Compiled {
    let mut diagnostics = Vec::new();
    let mut files = Vec::new();
    for (id, source) in sources.iter() {
        let parsed = parse(id, &source.text);
        diagnostics.extend(parsed.diagnostics);
        files.push(SourceFile {
            source: id,
            ast: parsed.file,
        });
    }
    let (module, found) = analyze(&files, options);
    diagnostics.extend(found);
    let (graph, found) = link(&module);
    diagnostics.extend(found);
    let has_error = |diagnostics: &[Diagnostic]| diagnostics.iter().any(Diagnostic::is_error);
    if module.rules.is_empty() && !has_error(&diagnostics) {
        diagnostics.push(empty_policy_set(sources));
    }
    let mut program = None;
    if !has_error(&diagnostics) {
        let (emitted, found) = emit(&module, &graph, sources, &options.settings);
        diagnostics.extend(found);
        program = (!has_error(&diagnostics)).then_some(emitted);
    }
    sort(sources, &mut diagnostics);
    Compiled {
        program,
        graph,
        module,
        diagnostics,
    }
}

fn empty_policy_set(sources: &SourceTable) -> Diagnostic {
    let message = if sources.iter().next().is_none() {
        "there is no `.guard` file to decide by"
    } else {
        "the policy set has no rule to decide by"
    };
    codes::without_place(codes::EMPTY_POLICY_SET, message)
        .hint("write a `grant` for what may run unattended and a `guard` for what may not")
}

/// Sorts by file name, place, severity and code, so that neither the order of files nor that of stages shows.
fn sort(sources: &SourceTable, diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by_cached_key(|diagnostic| {
        let place = diagnostic.labels.first().map(|label| label.location);
        (
            place
                .and_then(|place| sources.get(place.source))
                .map_or_else(String::new, |source| source.name.clone()),
            place.map_or(0, |place| place.span.start),
            match diagnostic.severity {
                Severity::Error => 0_u8,
                Severity::Warning => 1,
            },
            diagnostic.code,
            diagnostic.message.clone(),
        )
    });
}

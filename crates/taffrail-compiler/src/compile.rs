//! The whole straight line: parse, analyze, link, emit.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use taffrail_runtime::program::ProgramData;
use taffrail_schema::{Schemas, Version};
use taffrail_syntax::{Diagnostic, Location, Severity, SourceTable, parse};

use crate::analyze::{Options, SourceFile, analyze};
use crate::conditions::compile_conditions;
use crate::custom::custom_kinds;
use crate::{RuleGraph, SourceMap, codes, emit_mapped, link, typed};

/// What came of a compilation.
#[derive(Debug, Clone)]
pub struct Compiled {
    /// The program; `None` when a diagnostic is an error.
    pub program: Option<ProgramData>,
    /// Where the conditions of the program were written; empty without a program.
    pub source_map: SourceMap,
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
    finish(sources, options, &files, diagnostics)
}

/// Compiles files that are parsed already, without what parsing found. Their spans point into the table of sources.
#[must_use]
pub fn compile_parsed(sources: &SourceTable, options: &Options, files: &[SourceFile]) -> Compiled {
    finish(sources, options, files, Vec::new())
}

fn finish(
    sources: &SourceTable,
    options: &Options,
    files: &[SourceFile],
    mut diagnostics: Vec<Diagnostic>,
) -> Compiled {
    let (mut module, schemas, found) = analyze_against(files, options);
    diagnostics.extend(found);
    let (graph, found) = link(&module);
    diagnostics.extend(found);
    let has_error = |diagnostics: &[Diagnostic]| diagnostics.iter().any(Diagnostic::is_error);
    if module.rules.is_empty() && !has_error(&diagnostics) {
        diagnostics.push(empty_policy_set(sources));
    }
    let mut program = None;
    let mut source_map = SourceMap::default();
    if !has_error(&diagnostics) {
        let (emitted, map, found) = emit_mapped(&module, &graph, sources, options, &schemas);
        diagnostics.extend(found);
        compile_conditions(
            files,
            &mut module,
            sources,
            options,
            &schemas,
            &mut diagnostics,
        );
        if !has_error(&diagnostics) {
            program = Some(emitted);
            source_map = map;
        }
    }
    sort(sources, &mut diagnostics);
    Compiled {
        program,
        source_map,
        graph,
        module,
        diagnostics,
    }
}

/// Analyses the files against the schemas of every version. The module is the newest version's; what does not hold in all of them
/// says in which it does.
fn analyze_against(
    files: &[SourceFile],
    options: &Options,
) -> (typed::Module, Schemas, Vec<Diagnostic>) {
    let (custom, mut diagnostics) = custom_kinds(files, options);
    let mut versions = options.versions.clone();
    versions.sort_unstable();
    versions.dedup();
    if versions.is_empty() {
        versions.push(Version::NEWEST);
    }
    let mut newest = (typed::Module::default(), Schemas::default());
    let mut found: Vec<(Diagnostic, Vec<Version>)> = Vec::new();
    let mut places: BTreeMap<Key, usize> = BTreeMap::new();
    for version in &versions {
        let schemas = Schemas::new(*version).with_custom(&custom);
        let (module, diagnostics) = analyze(files, options, &schemas);
        newest = (module, schemas);
        for diagnostic in diagnostics {
            match places.entry(key(&diagnostic)) {
                Entry::Occupied(place) => {
                    if let Some((known, versions)) = found.get_mut(*place.get()) {
                        // The hints of the newest version are the most useful.
                        *known = diagnostic;
                        versions.push(*version);
                    }
                }
                Entry::Vacant(place) => {
                    place.insert(found.len());
                    found.push((diagnostic, vec![*version]));
                }
            }
        }
    }
    diagnostics.extend(found.into_iter().map(|(mut diagnostic, holds_in)| {
        if holds_in.len() < versions.len() {
            diagnostic.versions = holds_in.iter().map(ToString::to_string).collect();
        }
        diagnostic
    }));
    (newest.0, newest.1, diagnostics)
}

/// What tells one finding from another: where it is and what it says, whatever it advises.
type Key = (Option<Location>, &'static str, String);

fn key(diagnostic: &Diagnostic) -> Key {
    let place = diagnostic.labels.first().map(|label| label.location);
    // A message that names the version it was checked against would differ in each.
    (place, diagnostic.code, diagnostic.message.clone())
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

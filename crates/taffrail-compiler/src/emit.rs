//! From a typed module and its graph to a program.

mod arena;
mod compact;
mod constants;
mod digest;
mod fold;
mod interval;
mod layouts;
mod levels;
mod lower;
mod map;
mod rules;
mod text;

use taffrail_runtime::Type;
use taffrail_runtime::program::{ProgramData, RuleId, Signal, SignalType};
use taffrail_schema::Schemas;
use taffrail_syntax::{Diagnostic, SourceTable};

use crate::analyze::Options;
use crate::graph::RuleGraph;
use crate::typed::Module;
use constants::Constants;
use levels::Levels;
use lower::Lowering;
pub use map::{MappedCondition, SourceMap};
use rules::Rules;

/// Returns the program of a module, and an error for each value that is not known while compiling and for each
/// expression that is too large. With an error, the program is not fit for use.
///
/// The order of files and rules does not matter: the same sources give the same program, to the byte.
#[must_use]
pub fn emit(
    module: &Module,
    graph: &RuleGraph,
    sources: &SourceTable,
    options: &Options,
    schemas: &Schemas,
) -> (ProgramData, Vec<Diagnostic>) {
    let (program, _, diagnostics) = emit_mapped(module, graph, sources, options, schemas);
    (program, diagnostics)
}

/// Returns what [`emit`] returns, and where the conditions of the program were written.
#[must_use]
pub fn emit_mapped(
    module: &Module,
    graph: &RuleGraph,
    sources: &SourceTable,
    options: &Options,
    schemas: &Schemas,
) -> (ProgramData, SourceMap, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let levels = Levels::new(module, graph);
    let params = constants::params(module, graph, &levels, &mut diagnostics);
    let signals = sorted_positions(&module.signals, |signal| &signal.name);
    let files = file_positions(sources);
    let rule_order = sorted(&module.rules, |rule| (&rule.name, rule.kind));
    let rule_positions = inverse(&rule_order);

    let lowering = || Lowering::new(module, graph, &levels, &params, &signals);
    let mut emitter = Rules::new(
        lowering(),
        Constants::new(lowering()),
        &levels,
        sources,
        &files,
        &rule_positions,
    );
    let mut rules = Vec::with_capacity(module.rules.len());
    let mut map = SourceMap::default();
    for (id, at) in (0..).zip(&rule_order) {
        if let Some(rule) = module.rules.get(*at as usize) {
            emitter.lowering.recorder.rule = Some(RuleId(id));
            map.rules.push(rule.location);
            rules.push(emitter.emit(rule));
        }
    }
    let signals = emit_signals(module, &mut emitter);
    diagnostics.append(&mut emitter.diagnostics);
    let mut lets = emitter.lowering.reached_lets();
    let Lowering {
        arena, recorder, ..
    } = emitter.lowering;
    let compacted = compact::compact(arena, &mut rules, &mut lets);
    map.conditions = recorder.finish(&compacted.resolved);
    let program = ProgramData {
        digest: digest::digest(sources, module, &params, options, schemas),
        settings: options.settings,
        verbs: module.verbs.clone(),
        files: file_names(sources),
        slots: compacted.slots,
        signals,
        layouts: layouts::layouts(&compacted.exprs, schemas),
        exprs: compacted.exprs,
        patterns: compacted.patterns,
        lets,
        rules,
    };
    (program, map, diagnostics)
}

/// Returns the positions of the items in the order of their keys.
fn sorted<'t, T, K: Ord>(items: &'t [T], key: impl Fn(&'t T) -> K) -> Vec<u32> {
    let mut keyed: Vec<(K, u32)> = items.iter().map(key).zip(0..).collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, at)| at).collect()
}

/// Returns for each item the position it gets when the items are sorted.
fn sorted_positions<'t, T, K: Ord>(items: &'t [T], key: impl Fn(&'t T) -> K) -> Vec<u32> {
    inverse(&sorted(items, key))
}

fn inverse(order: &[u32]) -> Vec<u32> {
    let mut positions = vec![0; order.len()];
    for (position, at) in (0..).zip(order) {
        if let Some(slot) = positions.get_mut(*at as usize) {
            *slot = position;
        }
    }
    positions
}

fn emit_signals<'m>(module: &'m Module, emitter: &mut Rules<'m>) -> Vec<Signal> {
    sorted(&module.signals, |signal| &signal.name)
        .into_iter()
        .filter_map(|at| module.signals.get(at as usize))
        .map(|signal| Signal {
            name: signal.name.clone(),
            source: signal.source.clone(),
            ty: signal_type(&signal.ty),
            fresh: signal.fresh.as_ref().map(|fresh| {
                let what = format!("the `fresh` of signal `{}`", signal.name);
                emitter
                    .constants
                    .duration(fresh, &what, &mut emitter.diagnostics)
            }),
        })
        .collect()
}

fn signal_type(ty: &Type) -> SignalType {
    match ty {
        Type::Bool => SignalType::Bool,
        Type::String | Type::Enum(_) | Type::Words(_) => SignalType::String,
        Type::Number => SignalType::Number,
        Type::Duration => SignalType::Duration,
        Type::Time => SignalType::Time,
        Type::List(_)
        | Type::Map(_)
        | Type::Image
        | Type::Cidr
        | Type::Semver
        | Type::Window
        | Type::Object(_)
        | Type::Written(_)
        | Type::Dynamic => SignalType::Any,
    }
}

fn file_names(sources: &SourceTable) -> Vec<String> {
    let mut names: Vec<String> = sources
        .iter()
        .map(|(_, source)| source.name.clone())
        .collect();
    names.sort();
    names
}

/// Returns for each source its position in [`file_names`].
fn file_positions(sources: &SourceTable) -> Vec<u32> {
    let names: Vec<&str> = sources
        .iter()
        .map(|(_, source)| source.name.as_str())
        .collect();
    sorted_positions(&names, |name| *name)
}

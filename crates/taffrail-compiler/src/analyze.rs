//! From syntax trees to meaning: resolves names, gives types, checks what each rule may say.
//!
//! [`analyze`] goes over the files three times. First it collects what is declared, so that the order
//! of declarations and files does not matter. Then it types definitions, each after those it mentions.
//! Last it types the rules, waivers after what they waive.

mod api;
mod arithmetic;
mod bodies;
mod calls;
mod checker;
mod clauses;
mod collections;
mod counts;
mod declare;
mod definitions;
mod elsewhere;
mod fields;
mod functions;
mod givens;
mod kinds;
mod lacking;
mod literals;
mod membership;
mod names;
mod on;
mod operators;
mod order;
mod polarity;
mod quantities;
mod reviewed;
mod roots;
mod rules;
mod scope;
mod shape;
mod special;
mod types;
mod unused;
mod waivers;
mod windows;
mod words;

use std::collections::BTreeMap;

use taffrail_runtime::program::Settings;
use taffrail_runtime::{Decimal, Value};
use taffrail_schema::{Schemas, Version};
use taffrail_syntax::{Diagnostic, SourceId, ast};

use self::scope::Context;
pub use self::words::VERBS;
use crate::typed::{Expr, ExprKind, Module};

/// One parsed file.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Its text, in the table of sources.
    pub source: SourceId,
    /// Its tree.
    pub ast: ast::File,
}

/// What the embedding program or `taffrail.toml` sets for a whole set.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Values of parameters: by full name (`payments.limits.restarts`), or by the last word where only
    /// one module has it.
    pub params: BTreeMap<String, Value>,
    /// Settings of the set.
    pub settings: Settings,
    /// The Kubernetes versions that the policies must compile against; the newest one known when empty.
    pub versions: Vec<Version>,
    /// Files with the schemas of custom kinds: by the name that policies use in `from`, the text, or why it cannot be read.
    pub crds: BTreeMap<String, Result<String, String>>,
}

/// Returns what the files mean together, as far as they mean anything, and everything that is wrong
/// with them, in the order of places. Objects are what the schemas say.
#[must_use]
pub fn analyze(
    files: &[SourceFile],
    options: &Options,
    schemas: &Schemas,
) -> (Module, Vec<Diagnostic>) {
    let mut ctx = Context::new(files, options, schemas.clone());
    declare::declare(&mut ctx);
    definitions::define(&mut ctx);
    for (at, file) in files.iter().enumerate() {
        for item in &file.ast.items {
            if let ast::ItemKind::Rule(rule) = &item.kind {
                if rule.kind == ast::RuleKind::Prove {
                    report_proof(&mut ctx, at, rule);
                }
                rules::add(&mut ctx, at, item, rule);
            }
        }
    }
    waivers::add_all(&mut ctx);
    givens::check(&mut ctx);
    unused::mark_used_by_tests(&mut ctx);
    unused::warn(&mut ctx);
    definitions::finish(&mut ctx);
    ctx.module.verbs = ctx.verbs.keys().cloned().collect();
    let mut diagnostics = ctx.diagnostics;
    sort(&mut diagnostics);
    (ctx.module, diagnostics)
}

fn report_proof(ctx: &mut Context<'_>, file: usize, rule: &ast::Rule) {
    let location = ctx.at(file, rule.name.span);
    ctx.report(
        Diagnostic::error(
            "prove-unavailable",
            location,
            "`prove` is not available yet",
        )
        .hint("until then, write a `test` for each case that matters"),
    );
}

/// Sorts by place; of what was found twice at a place, such as in a let that several rules use, one stays.
fn sort(diagnostics: &mut Vec<Diagnostic>) {
    let place = |diagnostic: &Diagnostic| diagnostic.labels.first().map(|label| label.location);
    diagnostics.sort_by(|a, b| (place(a), a.code).cmp(&(place(b), b.code)));
    diagnostics.dedup_by(|a, b| {
        a.code == b.code && a.message == b.message && place(a).is_some() && place(a) == place(b)
    });
}

/// Returns the value of an expression that is fixed when the set is compiled, as far as it is a literal or
/// a parameter.
fn constant(ctx: &Context<'_>, expr: &Expr) -> Option<Value> {
    let mut expr = expr;
    // A parameter's default may name an earlier one; there are no more steps than parameters.
    for _ in 0..=ctx.module.params.len() {
        match &expr.kind {
            ExprKind::Constant(Value::Absent) => return None,
            ExprKind::Constant(value) => return Some(value.clone()),
            ExprKind::Param(id) => expr = &ctx.module.params.get(id.0 as usize)?.value,
            _ => return None,
        }
    }
    None
}

fn constant_number(ctx: &Context<'_>, expr: &Expr) -> Option<Decimal> {
    match constant(ctx, expr) {
        Some(Value::Number(number)) => Some(number),
        _ => None,
    }
}

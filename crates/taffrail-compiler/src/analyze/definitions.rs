//! Parameters, signals and lets: their values and bodies.

use std::collections::BTreeSet;

use taffrail_runtime::{Type, Value, text};
use taffrail_syntax::suggest::nearest;
use taffrail_syntax::{Diagnostic, ast};

use super::bodies::fixed_duration;
use super::checker::{Checker, Reach};
use super::polarity::Occurrences;
use super::scope::{Context, Symbol, TypedLet};
use super::shape::shape_of;
use super::types;
use super::{order, reviewed};
use crate::codes::without_place;
use crate::typed::{Expr, ExprKind, LetId};

/// Types the values of parameters, the ages of signals and the bodies of lets.
pub(super) fn define(ctx: &mut Context<'_>) {
    define_params(ctx);
    define_signals(ctx);
    reviewed::note_for_lets(ctx);
    for id in order::of_lets(ctx) {
        define_let(ctx, id);
    }
}

fn define_params(ctx: &mut Context<'_>) {
    report_unknown_overrides(ctx);
    let files = ctx.files;
    let mut at = 0;
    for (file, source) in files.iter().enumerate() {
        for item in &source.ast.items {
            if let ast::ItemKind::Param(param) = &item.kind {
                define_param(ctx, file, at, param);
                at += 1;
            }
        }
    }
}

fn define_param(ctx: &mut Context<'_>, file: usize, at: usize, written: &ast::Param) {
    let Some(param) = ctx.module.params.get(at).cloned() else {
        return;
    };
    let reach = Reach::EarlierParams(super::scope::index(at));
    let default = written.default.as_ref().map(|default| {
        Checker::constants(ctx, file, reach).check(default, &param.ty, "the default")
    });
    let value = match (override_of(ctx, &param.name), default) {
        (Some((key, value)), _) => {
            let Some(value) = converted(&value, &param.ty) else {
                ctx.report(
                    Diagnostic::error(
                        "parameter-of-wrong-type",
                        param.location,
                        format!(
                            "parameter `{key}` is set to {}, and must be {}",
                            value.type_name(),
                            types::with_article(&param.ty)
                        ),
                    )
                    .at("declared here"),
                );
                return;
            };
            Expr {
                kind: ExprKind::Constant(value),
                ty: param.ty.clone(),
                location: param.location,
            }
        }
        (None, Some(default)) => default,
        (None, None) => {
            ctx.report(
                Diagnostic::error(
                    "parameter-without-value",
                    param.location,
                    format!("parameter `{}` has no default and is not set", param.name),
                )
                .hint(format!(
                    "set it where the policies are loaded, or give a default: `param {}: {} = …`",
                    written.name.text, param.ty
                )),
            );
            return;
        }
    };
    if let Some(param) = ctx.module.params.get_mut(at) {
        param.value = value;
    }
}

/// Returns the value set from outside, by the full name or by the last word where only one module has it.
fn override_of(ctx: &Context<'_>, name: &str) -> Option<(String, Value)> {
    let params = &ctx.options.params;
    if params.is_empty() {
        return None;
    }
    if let Some(value) = params.get(name) {
        return Some((name.to_owned(), value.clone()));
    }
    let word = last_word(name);
    let only = ctx
        .module
        .params
        .iter()
        .filter(|param| last_word(&param.name) == word)
        .count()
        == 1;
    let value = params.get(word).filter(|_| only)?;
    Some((word.to_owned(), value.clone()))
}

fn report_unknown_overrides(ctx: &mut Context<'_>) {
    let options = ctx.options;
    for key in options.params.keys() {
        let full = ctx.module.params.iter().any(|param| param.name == *key);
        let of_that_word: Vec<&str> = ctx
            .module
            .params
            .iter()
            .map(|param| param.name.as_str())
            .filter(|name| last_word(name) == key)
            .collect();
        if full || of_that_word.len() == 1 {
            continue;
        }
        let mut diagnostic = without_place(
            "unknown-parameter",
            format!("no module declares the parameter `{key}` that is set"),
        );
        if of_that_word.len() > 1 {
            diagnostic.message = format!("several modules declare a parameter `{key}`");
            diagnostic = diagnostic.hint(format!(
                "name one: {}",
                super::checker::quoted(&of_that_word)
            ));
        } else {
            let names = ctx.module.params.iter();
            let candidates: BTreeSet<&str> = names
                .flat_map(|param| [param.name.as_str(), last_word(&param.name)])
                .collect();
            if let Some(near) = nearest(key, candidates) {
                diagnostic = diagnostic.hint(format!("did you mean `{near}`?"));
            }
        }
        ctx.report(diagnostic);
    }
}

fn last_word(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// Returns a value set from outside as one of the declared type. Configuration files have no durations and
/// times of their own, so these may be texts.
fn converted(value: &Value, ty: &Type) -> Option<Value> {
    let fits = match (ty, value) {
        (Type::Duration, Value::String(written)) => {
            return text::parse_duration(written).map(Value::Duration);
        }
        (Type::Time, Value::String(written)) => {
            return text::parse_time(written).map(Value::Time);
        }
        (Type::List(of), Value::List(items)) => {
            let items: Option<Vec<Value>> = items.iter().map(|item| converted(item, of)).collect();
            return items.map(Value::List);
        }
        (Type::Map(of), Value::Map(map)) => {
            let mut all = taffrail_runtime::Map::default();
            for (key, value) in map.iter() {
                all.insert(key, converted(value, of)?);
            }
            return Some(Value::Map(all));
        }
        (Type::Dynamic, value) => !matches!(value, Value::Unknown(_)),
        (Type::Bool, Value::Bool(_))
        | (Type::Number, Value::Number(_))
        | (Type::String, Value::String(_))
        | (Type::Duration, Value::Duration(_))
        | (Type::Time, Value::Time(_))
        | (Type::Image, Value::Image(_))
        | (Type::Cidr, Value::Cidr(_))
        | (Type::Semver, Value::Semver(_))
        | (Type::Window, Value::Window(_)) => true,
        _ => false,
    };
    fits.then(|| value.clone())
}

fn define_signals(ctx: &mut Context<'_>) {
    let files = ctx.files;
    let mut at = 0;
    for (file, source) in files.iter().enumerate() {
        for item in &source.ast.items {
            let ast::ItemKind::Signal(signal) = &item.kind else {
                continue;
            };
            let fresh = signal
                .fresh
                .as_ref()
                .map(|fresh| fixed_duration(ctx, file, fresh, "what follows `fresh`"));
            if let Some(signal) = ctx.module.signals.get_mut(at) {
                signal.fresh = fresh;
            }
            at += 1;
        }
    }
}

fn define_let(ctx: &mut Context<'_>, id: LetId) {
    let Some(state) = ctx.let_state(id) else {
        return;
    };
    let (file, written) = (state.file, state.ast);
    let params: Vec<_> = state.params.iter().map(|(local, _)| *local).collect();
    ctx.reviewed = state.reviewed.clone();
    let mut checker = Checker::new(ctx, file);
    for (param, local) in written.params.iter().flatten().zip(params) {
        checker.bind_existing(&param.name, local);
    }
    let body = checker.infer(&written.body, None);
    let done = TypedLet {
        shape: shape_of(ctx, &body),
        occurrences: Occurrences::of(ctx, &body),
        body,
    };
    done.occurrences.report_misplaced(ctx);
    if let Some(state) = ctx.lets.get_mut(id.0 as usize) {
        state.done = Some(done);
    }
}

/// Moves the typed lets into the module, in the order of their ids.
pub(super) fn finish(ctx: &mut Context<'_>) {
    let lets = std::mem::take(&mut ctx.lets);
    for state in lets {
        let location = ctx.at(state.file, state.ast.name.span);
        let module = ctx.module_of(state.file);
        let name = super::scope::full_name(module, &state.ast.name.text);
        let Some(done) = state.done else { continue };
        ctx.module.lets.push(crate::typed::Let {
            name,
            params: state.params,
            is_function: state.ast.params.is_some(),
            body: done.body,
            location,
        });
    }
}

/// Returns the let that a name of a file refers to, without reporting anything.
pub(super) fn let_named(
    ctx: &Context<'_>,
    file: usize,
    alias: Option<&str>,
    name: &str,
) -> Option<LetId> {
    let module = match alias {
        None => ctx.module_of(file),
        Some(alias) => &ctx.used_module(file, alias)?.module,
    };
    match ctx.entry(module, name)?.symbol {
        Symbol::Let(id) => Some(id),
        Symbol::Param(_) | Symbol::Signal(_) => None,
    }
}

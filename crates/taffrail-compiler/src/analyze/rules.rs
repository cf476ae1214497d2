//! Rules: their conditions, effects and reasons.

use std::collections::BTreeMap;

use taffrail_runtime::program::On;
use taffrail_runtime::{Type, Value};
use taffrail_syntax::{Diagnostic, Location, Span, ast};

use super::bodies::{self, State};
use super::checker::Checker;
use super::clauses::{Clauses, Slot};
use super::scope::{Context, dotted, full_name, index};
use super::{polarity, reviewed};
use crate::typed::{Condition, Expr, ExprKind, Rule, RuleBody, RuleId, Suggestion, TemplatePart};

/// Adds a rule that is no waiver to the module.
pub(super) fn add(ctx: &mut Context<'_>, file: usize, item: &ast::Item, written: &ast::Rule) {
    ctx.reviewed = reviewed::in_rule(ctx, written);
    let clauses = Clauses::of(ctx, file, written);
    let mut state = State::new();
    let body = match written.kind {
        ast::RuleKind::Grant => RuleBody::Grant,
        ast::RuleKind::Guard => bodies::guard(ctx, file, written, &clauses),
        ast::RuleKind::Budget => bodies::budget(ctx, file, written, &clauses, &mut state),
        ast::RuleKind::Breaker => bodies::breaker(ctx, file, written, &clauses, &mut state),
        ast::RuleKind::Tolerance => bodies::tolerance(ctx, file, written, &clauses),
        ast::RuleKind::Waive | ast::RuleKind::Prove => return,
    };
    let module = ctx.module_of(file).to_owned();
    let name = dotted(&written.name);
    let full = full_name(&module, &name);
    let rule = frame(ctx, file, item, written, &clauses, full, body, state);
    polarity::check_rule(ctx, &rule);
    let id = RuleId(index(ctx.module.rules.len()));
    ctx.module.rules.push(rule);
    let entry = ctx
        .modules
        .get_mut(&module)
        .and_then(|scope| scope.rules.get_mut(&name));
    if let Some(entry) = entry {
        // The second rule of a name is reported already; waivers mean the first.
        entry.id.get_or_insert(id);
    }
}

/// Returns the rule with what all kinds share.
#[expect(
    clippy::too_many_arguments,
    reason = "each is a part of the rule that its kind decides"
)]
pub(super) fn frame(
    ctx: &mut Context<'_>,
    file: usize,
    item: &ast::Item,
    written: &ast::Rule,
    clauses: &Clauses<'_>,
    name: String,
    body: RuleBody,
    state: State,
) -> Rule {
    let mut checker = Checker::new(ctx, file);
    let (on, on_location) = on(&mut checker, clauses, written.kind);
    let conditions = conditions(&mut checker, clauses);
    checker.state = state;
    let because = because(&mut checker, clauses);
    checker.state.clear();
    let suggestions = suggestions(&mut checker, clauses);
    Rule {
        name,
        module: ctx.module_of(file).to_owned(),
        kind: written.kind,
        location: ctx.at(file, written.name.span),
        on,
        on_location,
        conditions,
        body,
        because,
        suggestions,
        annotations: annotations(ctx, file, item),
        docs: item.docs.clone(),
    }
}

fn on(
    checker: &mut Checker<'_, '_>,
    clauses: &Clauses<'_>,
    kind: ast::RuleKind,
) -> (On, Option<Location>) {
    match clauses.get(Slot::On) {
        Some(ast::Clause {
            kind: ast::ClauseKind::On(written),
            span,
        }) => (checker.on(written, kind), Some(checker.at(*span))),
        _ => (On::default(), None),
    }
}

fn conditions(checker: &mut Checker<'_, '_>, clauses: &Clauses<'_>) -> Vec<Condition> {
    let mut conditions = Vec::new();
    for clause in clauses.all(Slot::Condition) {
        let location = checker.at(clause.span);
        let expr = match &clause.kind {
            ast::ClauseKind::When(expr) => checker.condition(expr),
            ast::ClauseKind::Unless(expr) => {
                let inner = checker.condition(expr);
                checker.expr(ExprKind::Not(Box::new(inner)), Type::Bool, expr.span)
            }
            _ => continue,
        };
        warn_if_constant(checker.ctx, &expr, location);
        conditions.push(Condition { expr, location });
    }
    conditions
}

fn warn_if_constant(ctx: &mut Context<'_>, expr: &Expr, location: Location) {
    let (value, negated) = match &expr.kind {
        ExprKind::Not(inner) => (&inner.kind, true),
        kind => (kind, false),
    };
    let ExprKind::Constant(Value::Bool(value)) = value else {
        return;
    };
    let (what, hint) = if *value == negated {
        ("never holds", "remove the rule")
    } else {
        ("always holds", "remove the clause")
    };
    ctx.report(
        Diagnostic::warning(
            "condition-is-constant",
            location,
            format!("this condition {what}"),
        )
        .hint(hint),
    );
}

/// Returns the pieces of a text with expressions.
fn template(checker: &mut Checker<'_, '_>, template: &ast::Template) -> Vec<TemplatePart> {
    template
        .parts
        .iter()
        .map(|part| match part {
            ast::TemplatePart::Text(text) => TemplatePart::Text(text.clone()),
            ast::TemplatePart::Expr(expr) => {
                let expr = checker.infer(expr, None);
                polarity::check_value(checker.ctx, &expr);
                TemplatePart::Expr(as_written(expr))
            }
        })
        .collect()
}

/// Returns a quantity as the text that Kubernetes writes: people read `2Gi` and not its bytes.
fn as_written(expr: Expr) -> Expr {
    match expr.kind {
        ExprKind::Quantity(text) => *text,
        _ => expr,
    }
}

fn because(checker: &mut Checker<'_, '_>, clauses: &Clauses<'_>) -> Vec<TemplatePart> {
    match clauses.get(Slot::Because).map(|clause| &clause.kind) {
        Some(ast::ClauseKind::Because(text)) => template(checker, text),
        _ => Vec::new(),
    }
}

fn suggestions(checker: &mut Checker<'_, '_>, clauses: &Clauses<'_>) -> Vec<Suggestion> {
    let mut suggestions = Vec::new();
    for clause in clauses.all(Slot::Suggest) {
        match &clause.kind {
            ast::ClauseKind::Suggest { path, value } => {
                let (keys, value) = suggestion(checker, path, value);
                polarity::check_value(checker.ctx, &value);
                if let Some(path) = keys {
                    suggestions.push(Suggestion::Assign { path, value });
                }
            }
            ast::ClauseKind::SuggestText(text) => {
                suggestions.push(Suggestion::Text(template(checker, text)));
            }
            _ => {}
        }
    }
    suggestions
}

/// Returns the keys below `proposed` that a suggestion sets, and a value that may stand there.
fn suggestion(
    checker: &mut Checker<'_, '_>,
    path: &ast::Expr,
    value: &ast::Expr,
) -> (Option<Vec<String>>, Expr) {
    let keys = checker.suggested_path(path);
    let target = keys.is_some().then(|| checker.infer(path, None));
    let value = match target {
        // What Kubernetes writes as a text is suggested as that text.
        Some(Expr {
            kind: ExprKind::Field(..) | ExprKind::Index(..),
            ty,
            ..
        }) if ty != Type::Dynamic => checker.check(value, &ty, "the suggested value"),
        _ => checker.infer(value, None),
    };
    (keys, value)
}

fn annotations(
    ctx: &mut Context<'_>,
    file: usize,
    item: &ast::Item,
) -> BTreeMap<String, Vec<String>> {
    let mut all: BTreeMap<String, (Vec<String>, Span)> = BTreeMap::new();
    for annotation in &item.annotations {
        let values = annotation.values.iter().map(|v| v.text.clone()).collect();
        let name = annotation.name.text.clone();
        if let Some((_, first)) = all.get(&name) {
            let first = ctx.at(file, *first);
            let location = ctx.at(file, annotation.span);
            ctx.report(
                Diagnostic::error(
                    "duplicate-annotation",
                    location,
                    format!("`@{name}` stands twice"),
                )
                .at("again here")
                .label(first, "first here")
                .hint("give all values at once: `@control(\"a\", \"b\")`"),
            );
            continue;
        }
        all.insert(name, (values, annotation.span));
    }
    all.into_iter()
        .map(|(name, (values, _))| (name, values))
        .collect()
}

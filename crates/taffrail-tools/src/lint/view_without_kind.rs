//! `view-without-kind`: a rule reads `pod` or `containers` of whatever kind comes.

use taffrail_compiler::typed::{Expr, ExprKind};
use taffrail_runtime::program::Root;
use taffrail_syntax::ast::RuleKind;
use taffrail_syntax::{Diagnostic, Location};

use super::subject::{Subject, described};
use super::walk;

/// Finds guards and their kin that read a workload view and name no kind after `of`. On a kind without a pod template the
/// view is unknown, and what is unknown applies: such a guard stops every change of a ConfigMap.
pub(super) fn run(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for rule in &subject.module().rules {
        if rule.on.kinds.is_some() || !restrains(rule.kind) {
            continue;
        }
        let conditions = || rule.conditions.iter().map(|condition| &condition.expr);
        // A condition on the kind decides where the view is unknown.
        if conditions().any(|expr| mentions_kind(subject, expr)) {
            continue;
        }
        let Some(place) = conditions().find_map(|expr| view(subject, expr)) else {
            continue;
        };
        found.push(
            Diagnostic::warning(
                "view-without-kind",
                place,
                format!(
                    "{} is about every kind, and this is unknown where there is no pod template",
                    described(rule)
                ),
            )
            .hint("name the kinds after `of`, for what is unknown applies"),
        );
    }
}

fn restrains(kind: RuleKind) -> bool {
    match kind {
        RuleKind::Guard | RuleKind::Budget | RuleKind::Breaker | RuleKind::Tolerance => true,
        RuleKind::Grant | RuleKind::Waive | RuleKind::Prove => false,
    }
}

fn is_kind(expr: &Expr) -> bool {
    expr.fact_path()
        .is_some_and(|(root, keys)| root == Root::Target && keys == ["kind"])
}

/// Tells whether a condition asks about the kind itself, beside what a view needs it for.
fn mentions_kind(subject: &Subject<'_>, expr: &Expr) -> bool {
    let expr = subject.resolved(expr);
    if is_kind(expr) {
        return true;
    }
    match &expr.kind {
        ExprKind::View(_, object, _) => mentions_kind(subject, object),
        _ => expr
            .operands()
            .into_iter()
            .any(|operand| mentions_kind(subject, operand)),
    }
}

/// Returns where a condition reads a view of `current` or `proposed`. What stands in `known` is never unknown.
fn view(subject: &Subject<'_>, expr: &Expr) -> Option<Location> {
    let inner = subject.resolved(expr);
    match &inner.kind {
        ExprKind::Known(_) => None,
        ExprKind::View(_, _, kind) if is_kind(kind) => Some(expr.location),
        ExprKind::CallLet(id, _) => {
            let body = &subject.module().lets.get(id.0 as usize)?.body;
            let mut reads = false;
            walk::each(body, &mut |part| {
                reads |= matches!(&part.kind, ExprKind::View(_, _, kind) if is_kind(kind));
            });
            let in_arguments = || {
                inner
                    .operands()
                    .into_iter()
                    .find_map(|part| view(subject, part))
            };
            if reads {
                Some(expr.location)
            } else {
                in_arguments()
            }
        }
        _ => {
            let operand = inner
                .operands()
                .into_iter()
                .find_map(|part| view(subject, part));
            // Where a let is followed, the place is that of its name.
            let named = matches!(expr.kind, ExprKind::Let(_));
            operand.map(|place| if named { expr.location } else { place })
        }
    }
}

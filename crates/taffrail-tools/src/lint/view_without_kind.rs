//! `view-without-kind`: a rule reads `pod` or `containers` of whatever kind comes.

use taffrail_compiler::typed::{Expr, ExprKind};
use taffrail_runtime::program::Root;
use taffrail_syntax::ast::RuleKind;
use taffrail_syntax::{Diagnostic, Location};

use super::subject::{Subject, described};
use super::walk::{self, Look};

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
            .hint(
                "what is unknown applies, so name the kinds: `of workload` are all that make pods",
            ),
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
    walk::find(subject, expr, |part| {
        if is_kind(part) {
            Look::Found
        } else {
            Look::Inside
        }
    })
}

fn reads_view(subject: &Subject<'_>, expr: &Expr) -> bool {
    walk::find(subject, expr, |part| match &part.kind {
        // What stands in `known` is never unknown.
        ExprKind::Known(_) => Look::Past,
        ExprKind::View(_, _, kind) if is_kind(kind) => Look::Found,
        _ => Look::Inside,
    })
}

/// Returns where a condition reads a view of `current` or `proposed`, or names a let that does.
fn view(subject: &Subject<'_>, condition: &Expr) -> Option<Location> {
    let mut open = vec![condition];
    while let Some(expr) = open.pop() {
        match &expr.kind {
            ExprKind::Known(_) => continue,
            ExprKind::View(_, _, kind) if is_kind(kind) => return Some(expr.location),
            ExprKind::Let(id) | ExprKind::CallLet(id, _) => {
                let found = subject.module().lets.get(id.0 as usize);
                if found.is_some_and(|found| reads_view(subject, &found.body)) {
                    return Some(expr.location);
                }
            }
            _ => {}
        }
        open.extend(expr.operands().into_iter().rev());
    }
    None
}

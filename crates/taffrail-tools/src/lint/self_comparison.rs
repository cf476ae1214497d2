//! `self-comparison`: a value that is compared with itself.

use taffrail_compiler::typed::{Expr, ExprKind};
use taffrail_syntax::Diagnostic;

use super::subject::Subject;
use super::{term, walk};

/// Finds comparisons both sides of which are the same: a copied word that was to be changed.
pub(super) fn run(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for expr in walk::of_module(subject.module()) {
        walk::each(expr, &mut |expr| {
            if !compares_itself(subject, expr) {
                return;
            }
            found.push(
                Diagnostic::warning(
                    "self-comparison",
                    expr.location,
                    "both sides of this comparison are the same",
                )
                .hint("compare with something else, often `proposed` with `current`"),
            );
        });
    }
}

fn compares_itself(subject: &Subject<'_>, expr: &Expr) -> bool {
    let (ExprKind::Compare(_, a, b) | ExprKind::In(a, b) | ExprKind::Like(a, b)) = &expr.kind
    else {
        return false;
    };
    let is_constant = |side: &Expr| matches!(side.kind, ExprKind::Constant(_) | ExprKind::Param(_));
    if is_constant(a) && is_constant(b) {
        return false;
    }
    let (a, b) = (term::key(subject, a), term::key(subject, b));
    a.is_some() && a == b
}

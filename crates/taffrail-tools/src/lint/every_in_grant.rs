//! `every-in-grant`: a grant that holds because a list is empty.

use std::collections::BTreeSet;

use taffrail_compiler::typed::{Expr, ExprKind, LetId, Quantifier, Rule};
use taffrail_runtime::builtins::Builtin;
use taffrail_runtime::program::QuantifierKind;
use taffrail_syntax::Diagnostic;
use taffrail_syntax::ast::RuleKind;

use super::subject::Subject;
use super::term;

/// Finds `every` in the conditions of grants and waivers where nothing says that the list has an element.
pub(super) fn run(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for rule in &subject.module().rules {
        if !matches!(rule.kind, RuleKind::Grant | RuleKind::Waive) {
            continue;
        }
        let filled = filled_lists(subject, rule);
        for condition in &rule.conditions {
            let mut seen = BTreeSet::new();
            positive(
                subject,
                &condition.expr,
                &mut seen,
                &mut |quantifier, expr| {
                    if quantifier.kind != QuantifierKind::Every
                        || has_element(subject, quantifier, &filled)
                    {
                        return;
                    }
                    let keyword = rule.kind.keyword();
                    found.push(
                    Diagnostic::warning(
                        "every-in-grant",
                        expr.location,
                        format!("this holds for an empty list too, and then the {keyword} does"),
                    )
                    .hint("ask for an element as well: `when some x in …: true`, or `when len(…) > 0`"),
                );
                },
            );
        }
    }
}

/// Calls `found` with the quantifiers that must hold for a condition to hold, or one of which must.
fn positive<'e>(
    subject: &'e Subject<'_>,
    expr: &'e Expr,
    seen: &mut BTreeSet<LetId>,
    found: &mut impl FnMut(&'e Quantifier, &'e Expr),
) {
    if is_repeated(expr, seen) {
        return;
    }
    let inner = subject.resolved(expr);
    match &inner.kind {
        ExprKind::And(parts) | ExprKind::Or(parts) => {
            for part in parts {
                positive(subject, part, seen, found);
            }
        }
        // Where a let is followed, the place is that of its name.
        ExprKind::Quantifier(quantifier) => found(quantifier, expr),
        _ => {}
    }
}

/// Tells whether an expression names a let that was followed before.
fn is_repeated(expr: &Expr, seen: &mut BTreeSet<LetId>) -> bool {
    match &expr.kind {
        ExprKind::Let(id) => !seen.insert(*id),
        _ => false,
    }
}

/// Returns the names of the lists that a rule says have an element.
fn filled_lists(subject: &Subject<'_>, rule: &Rule) -> BTreeSet<String> {
    let mut filled = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut open: Vec<&Expr> = rule.conditions.iter().map(|c| &c.expr).collect();
    while let Some(expr) = open.pop() {
        if is_repeated(expr, &mut seen) {
            continue;
        }
        let expr = subject.resolved(expr);
        let list = match &expr.kind {
            ExprKind::And(parts) => {
                open.extend(parts);
                None
            }
            ExprKind::Quantifier(quantifier) => {
                (quantifier.kind == QuantifierKind::Some).then_some(&quantifier.over)
            }
            ExprKind::Compare(_, a, b) => counted(subject, a).or_else(|| counted(subject, b)),
            _ => None,
        };
        filled.extend(list.and_then(|list| term::key(subject, list)));
    }
    filled
}

/// Returns the list that is counted, in `len(xs) > 0` and whatever else compares its length.
fn counted<'e>(subject: &'e Subject<'_>, expr: &'e Expr) -> Option<&'e Expr> {
    match &subject.resolved(expr).kind {
        ExprKind::Call(Builtin::Len | Builtin::Count, arguments) => arguments.first(),
        ExprKind::Quantifier(quantifier) if quantifier.kind == QuantifierKind::Count => {
            Some(&quantifier.over)
        }
        _ => None,
    }
}

fn has_element(subject: &Subject<'_>, quantifier: &Quantifier, filled: &BTreeSet<String>) -> bool {
    let literal = match &subject.resolved(&quantifier.over).kind {
        ExprKind::List(items) => !items.is_empty(),
        ExprKind::Constant(taffrail_runtime::Value::List(items)) => !items.is_empty(),
        _ => false,
    };
    literal || term::key(subject, &quantifier.over).is_some_and(|list| filled.contains(&list))
}

//! The order in which lets are typed: each after those it mentions.

use taffrail_syntax::ast;

use super::definitions::let_named;
use super::scope::{Context, index};
use crate::typed::LetId;

/// Returns every let once, mentioned ones first. Those that go in a circle stand in some order; linking
/// reports the circle. Without recursion, since generated policies have long chains.
pub(super) fn of_lets(ctx: &Context<'_>) -> Vec<LetId> {
    let mentioned = mentioned(ctx);
    let mut seen = vec![false; ctx.lets.len()];
    let mut order = Vec::with_capacity(ctx.lets.len());
    let mut stack: Vec<(usize, bool)> = Vec::new();
    for start in 0..ctx.lets.len() {
        stack.push((start, false));
        while let Some((at, left)) = stack.pop() {
            if left {
                order.push(LetId(index(at)));
                continue;
            }
            let Some(first_visit) = seen.get_mut(at).filter(|seen| !**seen) else {
                continue;
            };
            *first_visit = true;
            stack.push((at, true));
            let below = mentioned.get(at).into_iter().flatten();
            stack.extend(below.rev().map(|id| (id.0 as usize, false)));
        }
    }
    order
}

/// Returns for each let those that its body mentions.
pub(super) fn mentioned(ctx: &Context<'_>) -> Vec<Vec<LetId>> {
    ctx.lets
        .iter()
        .map(|state| {
            let mut found = Vec::new();
            mentions(ctx, state.file, &state.ast.body, &mut found);
            found
        })
        .collect()
}

/// Adds the lets that an expression mentions. A variable may have a let's name by mistake; one mention
/// too many does no harm.
pub(super) fn mentions(ctx: &Context<'_>, file: usize, expr: &ast::Expr, found: &mut Vec<LetId>) {
    let mut rest = vec![expr];
    while let Some(expr) = rest.pop() {
        match &expr.kind {
            ast::ExprKind::Name(name) => found.extend(let_named(ctx, file, None, name)),
            ast::ExprKind::Field(base, field) => {
                if let ast::ExprKind::Name(alias) = &base.kind {
                    found.extend(let_named(ctx, file, Some(alias), &field.text));
                }
                rest.push(base);
            }
            ast::ExprKind::Index(a, b) | ast::ExprKind::Binary(_, _, a, b) => {
                rest.extend([&**a, &**b]);
            }
            ast::ExprKind::Call(callee, arguments) => {
                rest.push(callee);
                rest.extend(arguments.iter().map(|argument| &argument.value));
            }
            ast::ExprKind::List(items) => rest.extend(items),
            ast::ExprKind::Map(entries) => rest.extend(entries.iter().map(|(_, value)| value)),
            ast::ExprKind::Unary(_, inner) | ast::ExprKind::Is(inner, _) => rest.push(inner),
            ast::ExprKind::If(a, b, c) => rest.extend([&**a, &**b, &**c]),
            ast::ExprKind::Quantifier(quantifier) => {
                rest.push(&quantifier.over);
                rest.extend(&quantifier.filter);
                rest.extend(&quantifier.body);
            }
            ast::ExprKind::Bool(_)
            | ast::ExprKind::Number { .. }
            | ast::ExprKind::Duration(_)
            | ast::ExprKind::Time(_)
            | ast::ExprKind::String(_)
            | ast::ExprKind::Error => {}
        }
    }
}

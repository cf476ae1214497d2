//! The direct parts of a typed expression.

use crate::typed::{Expr, ExprKind};

/// Pushes the direct operands of an expression, from left to right.
pub(crate) fn push_operands<'m>(expr: &'m Expr, open: &mut Vec<&'m Expr>) {
    match &expr.kind {
        ExprKind::Constant(_)
        | ExprKind::Root(_)
        | ExprKind::Signal(_)
        | ExprKind::Param(_)
        | ExprKind::Let(_)
        | ExprKind::Local(_)
        | ExprKind::Changed(_)
        | ExprKind::Changes => {}
        ExprKind::Field(a, _)
        | ExprKind::Quantity(a)
        | ExprKind::Not(a)
        | ExprKind::Matches(a, _)
        | ExprKind::IsAbsent(a)
        | ExprKind::Negate(a)
        | ExprKind::Known(a) => open.push(a),
        ExprKind::Index(a, b)
        | ExprKind::View(_, a, b)
        | ExprKind::Compare(_, a, b)
        | ExprKind::In(a, b)
        | ExprKind::Like(a, b)
        | ExprKind::Coalesce(a, b)
        | ExprKind::Arithmetic(_, a, b) => open.extend([&**a, &**b]),
        ExprKind::If(a, b, c) => open.extend([&**a, &**b, &**c]),
        ExprKind::CallLet(_, all)
        | ExprKind::And(all)
        | ExprKind::Or(all)
        | ExprKind::List(all)
        | ExprKind::Call(_, all) => open.extend(all),
        ExprKind::Map(entries) => open.extend(entries.iter().map(|(_, value)| value)),
        ExprKind::Quantifier(quantifier) => {
            open.push(&quantifier.over);
            open.extend(&quantifier.filter);
            open.extend(&quantifier.body);
        }
        ExprKind::Objects {
            namespace, labels, ..
        } => open.extend([namespace, labels].into_iter().flatten().map(|e| &**e)),
    }
}

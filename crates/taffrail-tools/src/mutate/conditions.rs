//! Changes inside of expressions.

use taffrail_syntax::Span;
use taffrail_syntax::ast::{BinaryOp, Expr, ExprKind, Presence, UnaryOp};

use super::sites::{Sites, between};
use super::{Family, Mutant, numbers, quantifiers};

/// Changes an expression and everything in it.
pub(super) fn change(sites: &mut Sites<'_>, expr: &Expr) {
    match &expr.kind {
        ExprKind::Bool(value) => {
            sites.replace(
                expr.span,
                if *value { "false" } else { "true" },
                Family::Operator,
            );
        }
        ExprKind::Number { digits, suffix } => numbers::number(sites, expr.span, digits, suffix),
        ExprKind::Duration(written) => numbers::duration(sites, expr.span, written),
        ExprKind::Time(written) => numbers::date(sites, expr.span, written),
        ExprKind::String(_) | ExprKind::Name(_) | ExprKind::Error => {}
        ExprKind::Field(base, _) => change(sites, base),
        ExprKind::Index(base, index) => {
            change(sites, base);
            change(sites, index);
        }
        ExprKind::Call(_, arguments) => {
            for argument in arguments {
                change(sites, &argument.value);
            }
        }
        ExprKind::List(items) => items.iter().for_each(|item| change(sites, item)),
        ExprKind::Map(entries) => entries.iter().for_each(|(_, value)| change(sites, value)),
        ExprKind::Unary(op, inner) => {
            if *op == UnaryOp::Not {
                let keyword = between(expr.span.start, inner.span.start);
                sites.drop(keyword, keyword, Family::Connective);
            }
            change(sites, inner);
        }
        ExprKind::Binary(op, place, left, right) => {
            binary(sites, *op, *place, left, right);
            change(sites, left);
            let before = sites.found.len();
            change(sites, right);
            if *op == BinaryOp::Coalesce {
                sites.found.iter_mut().skip(before).for_each(as_default);
            }
        }
        ExprKind::Is(inner, presence) => {
            is(sites, expr.span, inner, *presence);
            change(sites, inner);
        }
        ExprKind::If(condition, yes, no) => {
            for branch in [yes, no] {
                let alone = format!("({})", sites.slice(branch.span));
                sites.replace(expr.span, &alone, Family::Connective);
            }
            change(sites, condition);
            change(sites, yes);
            change(sites, no);
        }
        ExprKind::Quantifier(quantifier) => quantifiers::change(sites, expr.span, quantifier),
    }
}

/// A value that stands for an absent one is noticed where that is absent.
fn as_default(mutant: &mut Mutant) {
    if matches!(mutant.family, Family::Threshold | Family::Operator) {
        mutant.family = Family::Default;
    }
}

fn binary(sites: &mut Sites<'_>, op: BinaryOp, place: Span, left: &Expr, right: &Expr) {
    if let Some(other) = counterpart(op) {
        let family = match op {
            BinaryOp::And | BinaryOp::Or => Family::Connective,
            _ => Family::Operator,
        };
        sites.replace(place, other, family);
    }
    match op {
        BinaryOp::And | BinaryOp::Or => {
            // A chain of the same connective loses one operand at a time.
            let is_chain = |operand: &Expr| matches!(&operand.kind, ExprKind::Binary(inner, ..) if *inner == op);
            if !is_chain(left) {
                let span = between(left.span.start, right.span.start);
                sites.drop(span, left.span, Family::Connective);
            }
            if !is_chain(right) {
                let span = between(left.span.end, right.span.end);
                sites.drop(span, right.span, Family::Connective);
            }
        }
        BinaryOp::Coalesce => {
            let default = between(left.span.end, right.span.end);
            sites.drop(
                default,
                between(place.start, right.span.end),
                Family::Default,
            );
        }
        _ => {}
    }
}

/// Returns the operator that an operator is easily mistaken for.
fn counterpart(op: BinaryOp) -> Option<&'static str> {
    Some(match op {
        BinaryOp::Or => "and",
        BinaryOp::And => "or",
        BinaryOp::Eq => "!=",
        BinaryOp::Ne => "==",
        BinaryOp::Lt => "<=",
        BinaryOp::Le => "<",
        BinaryOp::Gt => ">=",
        BinaryOp::Ge => ">",
        BinaryOp::In => "not in",
        BinaryOp::NotIn => "in",
        BinaryOp::Add => "-",
        BinaryOp::Sub => "+",
        BinaryOp::Mul => "/",
        BinaryOp::Div => "*",
        BinaryOp::Like | BinaryOp::Matches | BinaryOp::Coalesce | BinaryOp::Rem => return None,
    })
}

fn is(sites: &mut Sites<'_>, span: Span, inner: &Expr, presence: Presence) {
    let behind = between(inner.span.end, span.end);
    let (word, other) = match presence {
        Presence::Absent => ("absent", "present"),
        Presence::Present => ("present", "absent"),
    };
    if let Some(at) = sites.slice(behind).rfind(word) {
        let start = behind.start.saturating_add(u32::try_from(at).unwrap_or(0));
        let length = u32::try_from(word.len()).unwrap_or(0);
        let place = between(start, start.saturating_add(length));
        sites.replace(place, other, Family::Operator);
    }
}

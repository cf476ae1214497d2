//! What an expression reads directly.

use taffrail_runtime::program::Root;

use crate::operands::push_operands;
use crate::paths::fact_path;
use crate::typed::{
    Expr, ExprKind, LetId, ParamId, Rule, RuleBody, SignalId, Suggestion, TemplatePart,
};

/// One thing that an expression reads.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Read<'m> {
    /// A fact of the request.
    Fact(Root, Vec<&'m str>),
    /// Other objects of the snapshot, by kind.
    Objects(&'m str),
    /// A signal.
    Signal(SignalId),
    /// A parameter.
    Param(ParamId),
    /// A let, fact or function.
    Let(LetId),
}

/// Calls `found` with each read of the expression and the reading sub-expression, from left to right.
///
/// Keeps its own stack: the depth of a tree is not checked before it is linked.
pub(super) fn for_each_read<'m>(expr: &'m Expr, mut found: impl FnMut(Read<'m>, &'m Expr)) {
    let mut open = vec![expr];
    while let Some(expr) = open.pop() {
        if let Some((root, keys)) = fact_path(expr) {
            found(Read::Fact(root, keys), expr);
            continue;
        }
        match &expr.kind {
            ExprKind::Signal(id) => found(Read::Signal(*id), expr),
            ExprKind::Param(id) => found(Read::Param(*id), expr),
            ExprKind::Let(id) | ExprKind::CallLet(id, _) => found(Read::Let(*id), expr),
            ExprKind::Objects { kind, .. } => found(Read::Objects(kind), expr),
            ExprKind::Changed(path) => {
                let keys: Vec<&str> = path.iter().map(String::as_str).collect();
                found(Read::Fact(Root::Current, keys.clone()), expr);
                found(Read::Fact(Root::Proposed, keys), expr);
            }
            ExprKind::Changes => {
                found(Read::Fact(Root::Current, Vec::new()), expr);
                found(Read::Fact(Root::Proposed, Vec::new()), expr);
            }
            _ => {}
        }
        let from = open.len();
        push_operands(expr, &mut open);
        if let Some(pushed) = open.get_mut(from..) {
            pushed.reverse();
        }
    }
}

/// Returns every expression that a rule holds, in a fixed order.
pub(super) fn expressions(rule: &Rule) -> Vec<&Expr> {
    let mut all: Vec<&Expr> = rule.conditions.iter().map(|c| &c.expr).collect();
    match &rule.body {
        RuleBody::Grant | RuleBody::Waiver { .. } => {}
        RuleBody::Guard { risk, .. } => all.extend(risk),
        RuleBody::Budget {
            limit,
            per,
            by,
            spend,
            ..
        } => {
            all.extend([limit, per, spend]);
            all.extend(by);
        }
        RuleBody::Breaker {
            failures,
            within,
            hold,
            by,
            ..
        } => {
            all.extend([failures, within, hold]);
            all.extend(by);
        }
        RuleBody::Tolerance {
            propose_at,
            escalate_at,
        } => all.extend([propose_at, escalate_at].into_iter().flatten()),
    }
    all.extend(of_template(&rule.because));
    for suggestion in &rule.suggestions {
        match suggestion {
            Suggestion::Assign { value, .. } => all.push(value),
            Suggestion::Text(parts) => all.extend(of_template(parts)),
        }
    }
    all
}

fn of_template(parts: &[TemplatePart]) -> impl Iterator<Item = &Expr> {
    parts.iter().filter_map(|part| match part {
        TemplatePart::Text(_) => None,
        TemplatePart::Expr(expr) => Some(expr),
    })
}

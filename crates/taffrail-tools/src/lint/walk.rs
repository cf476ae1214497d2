//! Goes over the expressions of a policy set.

use std::collections::BTreeSet;

use taffrail_compiler::typed::{
    Expr, ExprKind, LetId, Module, Rule, RuleBody, Suggestion, TemplatePart,
};

use super::subject::Subject;

/// Calls `found` with an expression and everything in it, from the outside in and from left to right.
pub(super) fn each<'m>(expr: &'m Expr, found: &mut impl FnMut(&'m Expr)) {
    let mut open = vec![expr];
    while let Some(expr) = open.pop() {
        found(expr);
        open.extend(expr.operands().into_iter().rev());
    }
}

/// Returns every expression that a rule holds, in a fixed order.
pub(super) fn of_rule(rule: &Rule) -> Vec<&Expr> {
    let mut all: Vec<&Expr> = rule.conditions.iter().map(|c| &c.expr).collect();
    all.extend(of_body(&rule.body));
    all.extend(of_template(&rule.because));
    for suggestion in &rule.suggestions {
        match suggestion {
            Suggestion::Assign { value, .. } => all.push(value),
            Suggestion::Text(parts) => all.extend(of_template(parts)),
        }
    }
    all
}

/// Returns the expressions of a set: of its rules, lets and parameters.
pub(super) fn of_module(module: &Module) -> Vec<&Expr> {
    let mut all: Vec<&Expr> = module.rules.iter().flat_map(of_rule).collect();
    all.extend(module.lets.iter().map(|found| &found.body));
    all.extend(module.params.iter().map(|param| &param.value));
    all
}

fn of_body(body: &RuleBody) -> Vec<&Expr> {
    let mut all = Vec::new();
    match body {
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
    all
}

fn of_template(parts: &[TemplatePart]) -> impl Iterator<Item = &Expr> {
    parts.iter().filter_map(|part| match part {
        TemplatePart::Text(_) => None,
        TemplatePart::Expr(expr) => Some(expr),
    })
}

/// What a search does at an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// It is what is looked for.
    Found,
    /// It may be in there.
    Inside,
    /// Nothing in it counts.
    Past,
}

/// Searches an expression and the lets that it leads to, each of them once: lets that double each other stand for more
/// expressions than could ever be visited. The kind that a workload view needs for itself is left out.
pub(super) fn find(
    subject: &Subject<'_>,
    expr: &Expr,
    mut judge: impl FnMut(&Expr) -> Look,
) -> bool {
    let mut seen: BTreeSet<LetId> = BTreeSet::new();
    let mut open = vec![expr];
    while let Some(expr) = open.pop() {
        match judge(expr) {
            Look::Found => return true,
            Look::Past => continue,
            Look::Inside => {}
        }
        match &expr.kind {
            ExprKind::View(_, object, _) => open.push(object),
            _ => open.extend(expr.operands()),
        }
        if let ExprKind::Let(id) | ExprKind::CallLet(id, _) = &expr.kind
            && seen.insert(*id)
        {
            let found = subject.module().lets.get(id.0 as usize);
            open.extend(found.map(|found| &found.body));
        }
    }
    false
}

/// Tells whether an expression depends on a parameter, by itself or through lets.
pub(super) fn reads_param(subject: &Subject<'_>, expr: &Expr) -> bool {
    find(subject, expr, |part| match part.kind {
        ExprKind::Param(_) => Look::Found,
        _ => Look::Inside,
    })
}

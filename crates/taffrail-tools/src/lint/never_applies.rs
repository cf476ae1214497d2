//! `never-applies` and `never-true`: a rule whose conditions cannot hold.

use taffrail_compiler::typed::{Condition, ExprKind, Rule};
use taffrail_runtime::Value;
use taffrail_runtime::program::Expr;
use taffrail_syntax::Diagnostic;
use taffrail_syntax::ast::RuleKind;

use super::conflict::{facts_of_on, is_impossible};
use super::subject::{Subject, described};
use super::walk;

/// Of how many conditions each is held against each other; further ones only all together.
const PAIRED: usize = 16;

/// Finds rules that never do anything, and those that only what is unknown brings to do something.
///
/// What restrains applies when its condition is true or unknown, what gives relief only when it is true. So conditions that
/// contradict each other make a grant useless, while a guard still applies wherever a fact is missing.
pub(super) fn run(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for rule in &subject.module().rules {
        if let Some(condition) = constant(subject, rule, false) {
            found.push(never_applies(rule, condition).at("this is always false"));
            continue;
        }
        let Some((condition, other)) = contradiction(subject, rule) else {
            continue;
        };
        let diagnostic = match rule.kind {
            RuleKind::Grant | RuleKind::Waive => never_applies(rule, condition),
            RuleKind::Guard
            | RuleKind::Budget
            | RuleKind::Breaker
            | RuleKind::Tolerance
            | RuleKind::Prove => never_true(rule, condition),
        };
        found.push(match other {
            Conflict::Itself => diagnostic.at("this is never true"),
            Conflict::With(other) => diagnostic
                .at("this is never true")
                .label(other.location, "where this is"),
            Conflict::WithAll => diagnostic.at("this is never true where all before it are"),
        });
    }
}

fn never_applies(rule: &Rule, condition: &Condition) -> Diagnostic {
    let what = match rule.kind {
        RuleKind::Grant => "never holds",
        RuleKind::Waive => "never forgives anything",
        RuleKind::Guard
        | RuleKind::Budget
        | RuleKind::Breaker
        | RuleKind::Tolerance
        | RuleKind::Prove => "never applies",
    };
    Diagnostic::warning(
        "never-applies",
        condition.location,
        format!("{} {what}", described(rule)),
    )
    .hint("say what was meant, or remove the rule")
}

fn never_true(rule: &Rule, condition: &Condition) -> Diagnostic {
    Diagnostic::warning(
        "never-true",
        condition.location,
        format!("{} applies only where a fact is unknown", described(rule)),
    )
    .hint("say what was meant; a rule against missing facts asks for them: `when not known(…)`")
}

/// Returns a condition that is the same for every action, whatever the parameters, and was not written as a literal, which
/// the compiler warns of.
pub(super) fn constant<'r>(
    subject: &Subject<'_>,
    rule: &'r Rule,
    value: bool,
) -> Option<&'r Condition> {
    let program = subject.program()?;
    let emitted = subject.emitted(rule)?;
    rule.conditions
        .iter()
        .zip(&emitted.conditions)
        .find(|(condition, emitted)| {
            let computed = program.exprs.get(emitted.expr.0 as usize);
            matches!(computed, Some(Expr::Constant(Value::Bool(found))) if *found == value)
                && !is_literal(condition)
                && !walk::reads_param(subject, &condition.expr)
        })
        .map(|(condition, _)| condition)
}

pub(super) fn is_literal(condition: &Condition) -> bool {
    let inner = match &condition.expr.kind {
        ExprKind::Not(inner) => &inner.kind,
        kind => kind,
    };
    matches!(inner, ExprKind::Constant(_))
}

/// What keeps a condition from being true.
enum Conflict<'r> {
    /// It contradicts itself, or the `on` of its rule.
    Itself,
    /// It contradicts another one.
    With(&'r Condition),
    /// It contradicts all before it together.
    WithAll,
}

/// Returns a condition that cannot be true, and why.
fn contradiction<'r>(
    subject: &Subject<'_>,
    rule: &'r Rule,
) -> Option<(&'r Condition, Conflict<'r>)> {
    let facts = facts_of_on(rule);
    let conditions = &rule.conditions;
    for condition in conditions {
        if !is_literal(condition) && is_impossible(subject, &facts, &[(&condition.expr, true)]) {
            return Some((condition, Conflict::Itself));
        }
    }
    let few = conditions.iter().take(PAIRED);
    for (at, condition) in few.enumerate() {
        for before in conditions.iter().take(at) {
            let both = [(&before.expr, true), (&condition.expr, true)];
            if is_impossible(subject, &facts, &both) {
                return Some((condition, Conflict::With(before)));
            }
        }
    }
    let all: Vec<_> = conditions.iter().map(|c| (&c.expr, true)).collect();
    let last = conditions.last()?;
    let literal = conditions.iter().any(is_literal);
    (!literal && is_impossible(subject, &facts, &all)).then_some((last, Conflict::WithAll))
}

//! `always-applies`: a condition that keeps nothing out.

use taffrail_syntax::Diagnostic;
use taffrail_syntax::ast::RuleKind;

use super::conflict::{facts_of_on, is_impossible};
use super::subject::{Subject, described};
use super::{never_applies, term};

/// Finds conditions that are never false in rules that apply when a condition is unknown as well, and conditions that are
/// always true in any rule. Without the condition such a rule would do the same.
pub(super) fn run(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for rule in &subject.module().rules {
        let restrains = match rule.kind {
            RuleKind::Guard | RuleKind::Budget | RuleKind::Breaker | RuleKind::Tolerance => true,
            RuleKind::Grant | RuleKind::Waive | RuleKind::Prove => false,
        };
        let constant = never_applies::constant(subject, rule, true).map(|found| found.location);
        let facts = facts_of_on(rule);
        for condition in &rule.conditions {
            let is_constant = constant == Some(condition.location);
            // The compiler warns of literals, and a very large condition has no name to reason about.
            let is_plain = never_applies::is_literal(condition)
                || term::key(subject, &condition.expr).is_none();
            let never_false = restrains
                && !is_plain
                && is_impossible(subject, &facts, &[(&condition.expr, false)]);
            if !is_constant && !never_false {
                continue;
            }
            let what = if is_constant {
                "true"
            } else {
                "true or unknown"
            };
            found.push(
                Diagnostic::warning(
                    "always-applies",
                    condition.location,
                    format!("this condition keeps nothing out of {}", described(rule)),
                )
                .at(format!("this is always {what}"))
                .hint("say what was meant, or remove the clause"),
            );
        }
    }
}

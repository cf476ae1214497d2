//! `guard-without-reason`: a rule that stops an action and does not say why.

use taffrail_syntax::Diagnostic;
use taffrail_syntax::ast::RuleKind;

use super::subject::{Subject, described};

/// Finds guards, budgets and breakers without `because`: whoever is stopped, or asked to approve, reads nothing.
pub(super) fn run(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for rule in &subject.module().rules {
        let stops = matches!(
            rule.kind,
            RuleKind::Guard | RuleKind::Budget | RuleKind::Breaker
        );
        if !stops || !rule.because.is_empty() {
            continue;
        }
        found.push(
            Diagnostic::warning(
                "guard-without-reason",
                rule.location,
                format!("{} does not say why it holds an action up", described(rule)),
            )
            .hint("say what a person needs to know: `because \"{target.name} …\"`"),
        );
    }
}

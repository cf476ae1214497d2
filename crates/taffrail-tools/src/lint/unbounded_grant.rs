//! `unbounded-grant`: a grant of everything to everybody.

use taffrail_syntax::Diagnostic;
use taffrail_syntax::ast::RuleKind;

use super::subject::{Subject, described};

/// Finds grants that name no verb, no kind, no namespace and no condition.
pub(super) fn run(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for rule in &subject.module().rules {
        let on = &rule.on;
        let bounded = on.verbs.is_some()
            || on.kinds.is_some()
            || on.namespaces.is_some()
            || !rule.conditions.is_empty();
        if rule.kind != RuleKind::Grant || bounded {
            continue;
        }
        found.push(
            Diagnostic::warning(
                "unbounded-grant",
                rule.location,
                format!("{} lets everybody do everything alone", described(rule)),
            )
            .hint("name verbs and kinds after `on`, or who may: `when principal.kind == agent`"),
        );
    }
}

//! `untested-grant`: a grant that holds in no test.

use taffrail_syntax::Diagnostic;
use taffrail_syntax::ast::RuleKind;

use super::subject::{Subject, described};

/// Finds grants that no test exercises: nobody has seen what they let pass.
pub(super) fn run(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for rule in &subject.module().rules {
        if rule.kind != RuleKind::Grant || subject.coverage().applied.contains(&rule.name) {
            continue;
        }
        found.push(
            Diagnostic::warning(
                "untested-grant",
                rule.location,
                format!("{} holds in no test", described(rule)),
            )
            .hint("write a test of an action that it is to let pass: `expect execute`"),
        );
    }
}

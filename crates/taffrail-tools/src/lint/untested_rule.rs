//! `untested-rule`: a rule without a test in which it applies, or without one in which it does not.

use taffrail_compiler::typed::Rule;
use taffrail_syntax::Diagnostic;
use taffrail_syntax::ast::RuleKind;

use super::subject::{Subject, described};

/// Finds rules that the tests show from one side only. A rule without conditions applies to everything that its `on` is
/// about, so there is no other side to show. Waivers end by themselves, and are left alone.
pub(super) fn run(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for rule in &subject.module().rules {
        let coverage = subject.coverage();
        let applied = coverage.applied.contains(&rule.name);
        let declined = coverage.declined.contains(&rule.name);
        let missing = match rule.kind {
            RuleKind::Waive | RuleKind::Prove => continue,
            // `untested-grant` says the other half.
            RuleKind::Grant => (applied && !declined && !rule.conditions.is_empty())
                .then_some("in which it does not hold"),
            RuleKind::Guard | RuleKind::Budget | RuleKind::Breaker | RuleKind::Tolerance => {
                of_restraint(rule, applied, declined)
            }
        };
        let Some(missing) = missing else { continue };
        found.push(
            Diagnostic::warning(
                "untested-rule",
                rule.location,
                format!("{} has no test {missing}", described(rule)),
            )
            .hint(hint(rule, applied)),
        );
    }
}

fn of_restraint(rule: &Rule, applied: bool, declined: bool) -> Option<&'static str> {
    let always = rule.kind == RuleKind::Guard && rule.conditions.is_empty();
    match (applied, declined || always) {
        (true, true) => None,
        (true, false) => Some("in which it is asked and does not apply"),
        (false, true) => Some("in which it certainly applies"),
        (false, false) => Some("in which it is asked at all"),
    }
}

fn hint(rule: &Rule, applied: bool) -> String {
    let name = super::subject::last_word(&rule.name);
    match (rule.kind, applied) {
        (RuleKind::Tolerance, _) => {
            "write a test with more risk than it tolerates, and one with less".into()
        }
        (kind, true) => format!(
            "write a test of a harmless action with `expect no {} {name}`",
            kind.keyword()
        ),
        (kind, false) => format!("write a test with `expect {} {name}`", kind.keyword()),
    }
}

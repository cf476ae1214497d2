//! `duplicate-condition`: a condition that stands twice in one rule.

use std::collections::BTreeMap;

use taffrail_syntax::{Diagnostic, Location};

use super::subject::{Subject, described};
use super::term;

/// Finds `when` and `unless` clauses that say what an earlier one of their rule says.
pub(super) fn run(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for rule in &subject.module().rules {
        let mut first: BTreeMap<String, Location> = BTreeMap::new();
        for condition in &rule.conditions {
            let Some(key) = term::key(subject, &condition.expr) else {
                continue;
            };
            let Some(before) = first.get(&key) else {
                first.insert(key, condition.location);
                continue;
            };
            found.push(
                Diagnostic::warning(
                    "duplicate-condition",
                    condition.location,
                    format!("{} says this twice", described(rule)),
                )
                .label(*before, "first here")
                .hint("remove one of the two")
                .fix(subject.whole_lines(condition.location), ""),
            );
        }
    }
}

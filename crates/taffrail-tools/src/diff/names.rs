//! The names that stand for something else: where a clause reads the same and yet means something else, one of them is why.

use taffrail_compiler::typed::ExprKind;
use taffrail_syntax::Location;

use super::canon::Canon;
use super::forms::Forms;
use super::written::written;
use super::{Set, Written};

/// A parameter or a `let` that stands for something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameChange {
    /// `param` or `let`.
    pub keyword: &'static str,
    /// The full name.
    pub name: String,
    /// What it was.
    pub old: Written,
    /// What it is.
    pub new: Written,
}

/// Returns the names that both sets have and that mean something else in each.
pub(super) fn changes(canon: &mut Canon, old: &Set<'_>, new: &Set<'_>) -> Vec<NameChange> {
    let mut changes = params(old, new);
    changes.extend(lets(canon, old, new));
    changes
}

fn params(old: &Set<'_>, new: &Set<'_>) -> Vec<NameChange> {
    let mut changes = Vec::new();
    for before in &old.suite.module.params {
        let params = &new.suite.module.params;
        let Some(after) = params.iter().find(|param| param.name == before.name) else {
            continue;
        };
        let (ExprKind::Constant(a), ExprKind::Constant(b)) =
            (&before.value.kind, &after.value.kind)
        else {
            continue;
        };
        if a != b {
            let text = |set: &Set<'_>, location, text| Written {
                text,
                ..written(set, "", location)
            };
            changes.push(NameChange {
                keyword: "param",
                name: before.name.clone(),
                old: text(old, before.location, a.render()),
                new: text(new, after.location, b.render()),
            });
        }
    }
    changes.sort_by(|a, b| a.name.cmp(&b.name));
    changes
}

fn lets(canon: &mut Canon, old: &Set<'_>, new: &Set<'_>) -> Vec<NameChange> {
    let (old_data, new_data) = (old.suite.program.data(), new.suite.program.data());
    let (mut old_forms, mut new_forms) = (Forms::new(old_data), Forms::new(new_data));
    let mut changes = Vec::new();
    for (name, before) in &old_data.lets {
        let Some((_, after)) = new_data.lets.iter().find(|(other, _)| other == name) else {
            continue;
        };
        let before = old_forms.of(canon, *before, &[]);
        let after = new_forms.of(canon, *after, &[]);
        if before == after {
            continue;
        }
        let place = |set: &Set<'_>| -> Option<Location> {
            let lets = set.suite.module.lets.iter();
            let mut named = lets.filter(|found| found.name == *name);
            named.next().map(|found| found.body.location)
        };
        if let (Some(then), Some(now)) = (place(old), place(new)) {
            changes.push(NameChange {
                keyword: "let",
                name: name.clone(),
                old: written(old, "", then),
                new: written(new, "", now),
            });
        }
    }
    changes
}

//! `current-on-create`: a rule on `create` alone reads `current`, which is not there yet.

use taffrail_compiler::typed::{Expr, ExprKind, Rule};
use taffrail_runtime::program::Root;
use taffrail_syntax::{Diagnostic, Location};

use super::subject::{Subject, described};
use super::walk::{self, Look};

/// Finds reads of `current` in rules on `create` alone.
pub(super) fn run(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for rule in &subject.module().rules {
        if rule.on.verbs.as_deref() != Some(&["create".to_owned()]) {
            continue;
        }
        for place in reads(subject, rule) {
            found.push(
                Diagnostic::warning(
                    "current-on-create",
                    place,
                    format!(
                        "{} is on `create`, where `current` is absent",
                        described(rule)
                    ),
                )
                .hint("read `proposed`, or name more verbs after `on`"),
            );
        }
    }
}

/// Returns where the rule itself names `current`, or a let that reads it.
fn reads(subject: &Subject<'_>, rule: &Rule) -> Vec<Location> {
    let mut places: Vec<Location> = Vec::new();
    for expr in walk::of_rule(rule) {
        walk::each(expr, &mut |part| {
            // Of `current.spec.replicas` the whole is named first.
            let within = |place: &Location| {
                place.source == part.location.source
                    && place.span.start <= part.location.span.start
                    && part.location.span.end <= place.span.end
            };
            if reads_current(subject, part) && !places.iter().any(within) {
                places.push(part.location);
            }
        });
    }
    places
}

fn reads_current(subject: &Subject<'_>, expr: &Expr) -> bool {
    let is_current = |part: &Expr| matches!(part.fact_path(), Some((Root::Current, _)));
    match &expr.kind {
        ExprKind::Let(_) | ExprKind::CallLet(..) => walk::find(subject, expr, |part| {
            if is_current(part) {
                Look::Found
            } else {
                Look::Inside
            }
        }),
        _ => is_current(expr),
    }
}

//! Whether conditions can be true together.

use taffrail_compiler::typed::{Expr, ExprKind, Rule};
use taffrail_runtime::Value;
use taffrail_runtime::program::{KindPattern, Root};
use taffrail_syntax::ast::RuleKind;

use super::facts::Facts;
use super::subject::Subject;
use super::term;

/// How many demands are looked at, in all combinations of alternatives, before nothing is said.
const EFFORT: u32 = 1024;

/// An expression, and what it must definitely be.
pub(super) type Demand<'e> = (&'e Expr, bool);

/// Tells whether no action and no facts can meet all demands at once. In doubt, no.
pub(super) fn is_impossible(subject: &Subject<'_>, facts: &Facts, demands: &[Demand<'_>]) -> bool {
    let mut effort = EFFORT;
    search(
        subject,
        facts.clone(),
        demands.to_vec(),
        Vec::new(),
        &mut effort,
    )
}

/// Returns what the `on` of a rule says where it is about an action for certain.
///
/// A guard may be about an action for a verb that its change implies, so only grants and waivers say something of `verb`.
pub(super) fn facts_of_on(rule: &Rule) -> Facts {
    let mut facts = Facts::default();
    if let Some(kinds) = &rule.on.kinds {
        let kinds = kinds.iter().map(|pattern| pattern.kind.clone());
        facts.note_among(term::fact(Root::Target, &["kind"]), kinds);
    }
    if let Some(namespaces) = namespaces(rule) {
        facts.note_among(
            term::fact(Root::Target, &["namespace"]),
            namespaces.iter().cloned(),
        );
    }
    if let (Some(verbs), RuleKind::Grant | RuleKind::Waive) = (&rule.on.verbs, rule.kind) {
        facts.note_among(term::fact(Root::Verb, &[]), verbs.iter().cloned());
    }
    facts
}

/// Returns the names that the namespace of the target must be one of. A Namespace itself counts as lying in the one of its own
/// name, so nothing is said where one may come; nor where a name has a wildcard.
fn namespaces(rule: &Rule) -> Option<&[String]> {
    let is_namespace = |pattern: &KindPattern| pattern.kind == "Namespace";
    if rule.on.kinds.as_ref()?.iter().any(is_namespace) {
        return None;
    }
    let names = rule.on.namespaces.as_deref()?;
    let is_plain = |name: &String| !name.contains(['*', '?']);
    names.iter().all(is_plain).then_some(names)
}

/// Alternatives, one of which must be what is said of all.
type Choice<'e> = (&'e [Expr], bool);

fn search<'e>(
    subject: &'e Subject<'_>,
    mut facts: Facts,
    mut open: Vec<Demand<'e>>,
    mut choices: Vec<Choice<'e>>,
    effort: &mut u32,
) -> bool {
    while let Some((expr, truth)) = open.pop() {
        let Some(left) = effort.checked_sub(1) else {
            return false;
        };
        *effort = left;
        let expr = subject.resolved(expr);
        match (&expr.kind, truth) {
            (ExprKind::Not(inner), _) => open.push((inner, !truth)),
            (ExprKind::And(parts), true) | (ExprKind::Or(parts), false) => {
                open.extend(parts.iter().map(|part| (part, truth)));
            }
            (ExprKind::And(parts), false) | (ExprKind::Or(parts), true) => {
                choices.push((parts, truth));
            }
            (ExprKind::Constant(Value::Bool(value)), _) => {
                if *value != truth {
                    return true;
                }
            }
            _ => {
                if !facts.note(subject, expr, truth) {
                    return true;
                }
            }
        }
    }
    let Some((parts, truth)) = choices.pop() else {
        return false;
    };
    parts.iter().all(|part| {
        let demand = vec![(part, truth)];
        search(subject, facts.clone(), demand, choices.clone(), effort)
    })
}

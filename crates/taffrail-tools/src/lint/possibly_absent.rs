//! `possibly-absent`: `<` and its kin, or arithmetic, on a field that may not be there.

use std::collections::BTreeSet;

use taffrail_compiler::typed::{Expr, ExprKind, LetId};
use taffrail_runtime::program::CompareOp;
use taffrail_syntax::Diagnostic;

use super::optional::is_optional_field;
use super::subject::Subject;
use super::{term, walk};

/// Finds operations that are unknown where a field is absent, and for which nothing says that it is there.
pub(super) fn run(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for rule in &subject.module().rules {
        let mut search = Search {
            subject,
            followed: BTreeSet::new(),
            found,
        };
        let conditions = rule.conditions.iter().map(|condition| &condition.expr);
        let mut present = BTreeSet::new();
        for condition in conditions.clone() {
            search.note_present(condition, true, &mut present);
        }
        for expr in walk::of_rule(rule) {
            search.look(expr, &present);
        }
    }
}

struct Search<'a, 's> {
    subject: &'a Subject<'s>,
    /// The lets that this rule led to already.
    followed: BTreeSet<LetId>,
    found: &'a mut Vec<Diagnostic>,
}

impl Search<'_, '_> {
    /// Notes the fields that are there, or that the matter is settled without, when the expression has the truth.
    fn note_present(&self, expr: &Expr, truth: bool, present: &mut BTreeSet<String>) {
        match (&expr.kind, truth) {
            (ExprKind::Not(inner), _) => self.note_present(inner, !truth, present),
            (ExprKind::And(parts), true) | (ExprKind::Or(parts), false) => {
                for part in parts {
                    self.note_present(part, truth, present);
                }
            }
            (ExprKind::IsAbsent(field), false) | (ExprKind::Known(field), true) => {
                present.extend(term::key(self.subject, self.as_read(field)));
            }
            _ => {}
        }
    }

    fn look(&mut self, expr: &Expr, present: &BTreeSet<String>) {
        match &expr.kind {
            ExprKind::And(parts) => return self.look_at_parts(parts, true, present),
            ExprKind::Or(parts) => return self.look_at_parts(parts, false, present),
            ExprKind::Compare(CompareOp::Equal, ..) => {}
            ExprKind::Compare(_, a, b) | ExprKind::Arithmetic(_, a, b) => {
                self.check(a, present);
                self.check(b, present);
            }
            ExprKind::Negate(a) => self.check(a, present),
            ExprKind::Quantifier(quantifier) => {
                self.look(&quantifier.over, present);
                let mut present = present.clone();
                if let Some(filter) = &quantifier.filter {
                    self.look(filter, &present);
                    self.note_present(filter, true, &mut present);
                }
                if let Some(body) = &quantifier.body {
                    self.look(body, &present);
                }
                return;
            }
            ExprKind::Let(id) | ExprKind::CallLet(id, _) if self.followed.insert(*id) => {
                if let Some(found) = self.subject.module().lets.get(id.0 as usize) {
                    self.look(&found.body, present);
                }
            }
            _ => {}
        }
        for operand in expr.operands() {
            self.look(operand, present);
        }
    }

    /// Each part may lean on what its neighbours say of presence.
    fn look_at_parts(&mut self, parts: &[Expr], truth: bool, present: &BTreeSet<String>) {
        let mut present = present.clone();
        for part in parts {
            self.note_present(part, truth, &mut present);
        }
        for part in parts {
            self.look(part, &present);
        }
    }

    /// Returns the field itself where it is read as a quantity.
    fn as_read<'e>(&'e self, expr: &'e Expr) -> &'e Expr {
        let expr = self.subject.resolved(expr);
        match &expr.kind {
            ExprKind::Quantity(text) => self.subject.resolved(text),
            _ => expr,
        }
    }

    fn check(&mut self, operand: &Expr, present: &BTreeSet<String>) {
        let inner = self.as_read(operand);
        let is_asked_for =
            || term::key(self.subject, inner).is_some_and(|field| present.contains(&field));
        if !is_optional_field(self.subject, inner) || is_asked_for() {
            return;
        }
        let field = self.subject.text(operand.location);
        self.found.push(
            Diagnostic::warning(
                "possibly-absent",
                operand.location,
                format!("`{field}` may be absent, and then this is unknown"),
            )
            .hint(format!(
                "say what it is then: `({field} ?? …)`, or ask first: `{field} is present and …`"
            )),
        );
    }
}

//! Mistakes in expressions that the grammar reads all the same, so that the rest is still understood.

use crate::ast::{BinaryOp, Expr, ExprKind, Presence, Quantifier, QuantifierKind};
use crate::diagnostic::Diagnostic;
use crate::span::Span;

use super::build::{Builder, Node};
use super::expression::Operand;

impl Builder {
    /// Reports `&&`, `||` or `!`.
    pub(super) fn c_style_operator(&self, place: Span, written: &str, word: &str) {
        let location = self.location(place);
        let replacement = if written == "!" {
            "not ".to_owned()
        } else {
            word.to_owned()
        };
        self.report(
            Diagnostic::error(
                "c-style-operator",
                location,
                format!("`{written}` is not an operator"),
            )
            .hint(format!("write `{word}`"))
            .fix(location, replacement),
        );
    }

    /// Reports `=` where `==` is meant.
    pub(super) fn single_equals(&self, place: Span) {
        let location = self.location(place);
        self.report(
            Diagnostic::error("single-equals", location, "`=` does not compare")
                .hint("write `==` to compare")
                .fix(location, "=="),
        );
    }

    /// Reports `a < b < c`, once however long the chain is. Nothing in it is checked further: what it means is
    /// not known.
    pub(super) fn chained_comparison(
        &self,
        left: &Expr,
        operator: &Node<'_>,
        whole: Span,
    ) -> Operand {
        if left.kind != ExprKind::Error {
            let example = self.unchained(left, operator, whole);
            let example = example.unwrap_or_else(|| "a < b and b < c".into());
            let sign = operator
                .as_str()
                .split_whitespace()
                .next()
                .unwrap_or_default();
            self.report(
                Diagnostic::error(
                    "chained-comparison",
                    self.location(self.span(operator)),
                    format!("`{sign}` cannot follow another comparison"),
                )
                .label(self.location(left.span), "this is a comparison already")
                .hint(format!("join two comparisons with `and`: `{example}`"))
                .hint("to compare the outcome of a comparison, put it in parentheses"),
            );
        }
        Operand {
            expr: Expr {
                kind: ExprKind::Error,
                span: whole,
            },
            open_comparison: true,
        }
    }

    /// Returns `a < b and b < c` for `a < b < c`, unless that is too long for a hint.
    fn unchained(&self, left: &Expr, operator: &Node<'_>, whole: Span) -> Option<String> {
        let ExprKind::Binary(_, _, _, middle) = &left.kind else {
            return None;
        };
        let rest = Span {
            start: left.span.end,
            end: whole.end,
        };
        let text = |span| self.text_at(operator, span);
        let example = format!(
            "{} and {} {}",
            text(left.span),
            text(middle.span),
            text(rest).trim()
        );
        (example.len() <= 60 && !example.contains('\n')).then_some(example)
    }

    /// Reports `a not like b`, given the span and text of both sides.
    pub(super) fn misplaced_not(
        &self,
        operator: &Node<'_>,
        whole: Span,
        op: BinaryOp,
        left: &str,
        right: &str,
    ) {
        let word = if op == BinaryOp::Like {
            "like"
        } else {
            "matches"
        };
        let whole = self.location(whole);
        let message = format!("`not {word}` is not an operator");
        self.report(
            Diagnostic::error("misplaced-not", self.location(self.span(operator)), message)
                .label(whole, "negate all of this")
                .hint(format!("write `not (a {word} b)`"))
                .fix(whole, format!("not ({left} {word} {right})")),
        );
    }

    /// Reports what stands after `is` in place of `absent` or `present`, and returns what was meant.
    pub(super) fn odd_presence(&self, place: Span, written: &str) -> Presence {
        let negated = written.starts_with("not");
        let meant = if negated == written.ends_with("present") {
            Presence::Absent
        } else {
            Presence::Present
        };
        let word = match meant {
            Presence::Absent => "is absent",
            Presence::Present => "is present",
        };
        let location = self.location(place);
        self.report(
            Diagnostic::error(
                "unknown-presence",
                location,
                "only `absent` or `present` can follow `is`",
            )
            .hint(format!("write `{word}`"))
            .fix(location, word),
        );
        meant
    }

    /// Reports a quantifier that lacks the part it speaks about.
    pub(super) fn check_body(&self, quantifier: &Quantifier, head: Span) {
        if quantifier.body.is_some() {
            return;
        }
        let (word, hint) = match quantifier.kind {
            QuantifierKind::Count | QuantifierKind::No if quantifier.filter.is_some() => return,
            QuantifierKind::Count => (
                "count",
                "add a condition: `count x in xs where x > 1`; `len(xs)` counts all",
            ),
            QuantifierKind::No => ("no", "add a condition: `no x in xs where x > 1`"),
            QuantifierKind::Every => ("every", "say what holds for each: `every x in xs: x > 1`"),
            QuantifierKind::Some => ("some", "say what holds for one: `some x in xs: x > 1`"),
            QuantifierKind::Sum => (
                "sum",
                "say what to add up: `sum x in xs: x.size`; `sum(xs)` adds a list of numbers",
            ),
            QuantifierKind::Min => ("min", "say what to compare: `min x in xs: x.size`"),
            QuantifierKind::Max => ("max", "say what to compare: `max x in xs: x.size`"),
        };
        self.report(
            Diagnostic::error(
                "missing-quantifier-body",
                self.location(head),
                format!("`{word}` does not say what it looks for"),
            )
            .hint(hint),
        );
    }
}

//! Names with their fields, and the words that other languages use for literals.

use crate::ast::{Expr, ExprKind, Ident};
use crate::diagnostic::Diagnostic;
use crate::span::Span;

use super::build::{Builder, Node};
use super::words;

impl Builder {
    /// Returns a `name` node, which is a name with its fields or `true` or `false`.
    pub(super) fn name(&self, node: &Node<'_>) -> Expr {
        let whole = self.span(node);
        let mut words = node.as_str().split('.');
        let first = words.next().unwrap_or("");
        let mut end = whole.start as usize + first.len();
        let span = Span::new(whole.start as usize, end);
        let mut expr = Expr {
            kind: self.first_word(first, span),
            span,
        };
        for word in words {
            let start = end + 1;
            end = start + word.len();
            let field = Ident {
                text: word.to_owned(),
                span: Span::new(start, end),
            };
            expr = Expr {
                kind: ExprKind::Field(Box::new(expr), field),
                span: Span::new(whole.start as usize, end),
            };
        }
        expr
    }

    fn first_word(&self, word: &str, span: Span) -> ExprKind {
        match word {
            "true" => return ExprKind::Bool(true),
            "false" => return ExprKind::Bool(false),
            "True" | "TRUE" | "False" | "FALSE" => {
                self.capitalized_literal(word, span);
                return ExprKind::Bool(word.eq_ignore_ascii_case("true"));
            }
            "null" | "nil" | "None" | "undefined" => {
                let location = self.location(span);
                self.report(
                    Diagnostic::error("null-literal", location, format!("there is no `{word}`"))
                        .hint("ask `x is absent` or `x is present`; `x ?? y` gives a default"),
                );
                return ExprKind::Error;
            }
            _ => {}
        }
        if words::is_reserved(word) && !taffrail_grammar::READABLE.contains(&word) {
            let location = self.location(span);
            let message = format!("expected an expression, found the keyword `{word}`");
            self.report(Diagnostic::error("unexpected-token", location, message));
            return ExprKind::Error;
        }
        ExprKind::Name(word.to_owned())
    }

    /// Reports `True` and its like.
    pub(super) fn capitalized_literal(&self, word: &str, span: Span) {
        let location = self.location(span);
        let plain = word.to_ascii_lowercase();
        self.report(
            Diagnostic::error(
                "capitalized-literal",
                location,
                format!("`{word}` is not a literal"),
            )
            .hint(format!("write `{plain}`"))
            .fix(location, plain),
        );
    }
}

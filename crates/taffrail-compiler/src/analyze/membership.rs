//! `in`, `like`, `matches`: questions about collections and texts.

use regex::Regex;
use taffrail_runtime::Type;
use taffrail_syntax::ast::{self, BinaryOp};
use taffrail_syntax::{Diagnostic, Span};

use super::checker::Checker;
use super::operators::Operator;
use super::types;
use crate::typed::{Expr, ExprKind};

impl Checker<'_, '_> {
    /// Returns `left in right` or its negation.
    pub(super) fn membership(&mut self, at: Operator, left: &ast::Expr, right: &ast::Expr) -> Expr {
        let (left, right) = if self.needs_hint(left) && !self.needs_hint(right) {
            let right = self.infer(right, None);
            let hint = element(&right.ty);
            (self.infer(left, hint.as_ref()), right)
        } else {
            let left = self.infer(left, None);
            let hint = match &left.ty {
                Type::Dynamic => None,
                ty => Some(Type::List(Box::new(ty.clone()))),
            };
            let right = self.infer(right, hint.as_ref());
            (left, right)
        };
        let left = if element(&right.ty) == Some(Type::Number) {
            self.as_number(left)
        } else {
            left
        };
        self.check_membership(&left, &right);
        self.check_words(&left.ty, &right);
        self.check_words(&right.ty, &left);
        let kind = ExprKind::In(Box::new(left), Box::new(right));
        let inside = self.expr(kind, Type::Bool, at.span);
        self.negated_if(at.op == BinaryOp::NotIn, inside, at.span)
    }

    pub(super) fn check_membership(&mut self, left: &Expr, right: &Expr) {
        let fits = match &right.ty {
            Type::List(of) => types::comparable(&left.ty, of),
            Type::Map(_) | Type::Object(_) => types::fits(&left.ty, &Type::String),
            Type::Window => types::fits(&left.ty, &Type::Time),
            Type::Cidr => types::fits(&left.ty, &Type::String) || left.ty == Type::Cidr,
            Type::Dynamic => true,
            Type::Bool
            | Type::String
            | Type::Number
            | Type::Duration
            | Type::Time
            | Type::Enum(_)
            | Type::Image
            | Type::Semver
            | Type::Words(_)
            | Type::Written(_) => {
                let found = types::with_article(&right.ty);
                let mut diagnostic = Diagnostic::error(
                    "not-a-collection",
                    right.location,
                    format!("what follows `in` must be a list, map, window or address range, not {found}"),
                )
                .at(format!("this is {found}"));
                if right.ty == Type::String {
                    diagnostic = diagnostic
                        .hint("for a part of a text write `contains(text, part)`")
                        .hint("for a list of one write `[…]` around it");
                }
                self.ctx.report(diagnostic);
                true
            }
        };
        if !fits {
            let (a, b) = (
                types::with_article(&left.ty),
                types::with_article(&right.ty),
            );
            self.ctx.report(
                Diagnostic::error(
                    "never-a-member",
                    left.location,
                    format!("{a} is never in {b}"),
                )
                .at(format!("this is {a}"))
                .label(right.location, format!("this is {b}")),
            );
        }
    }

    /// Returns `left like right`.
    pub(super) fn like(&mut self, at: Operator, left: &ast::Expr, right: &ast::Expr) -> Expr {
        let left = self.check(left, &Type::String, "what `like` compares");
        let right = self.check(right, &Type::String, "the pattern of `like`");
        let kind = ExprKind::Like(Box::new(left), Box::new(right));
        self.expr(kind, Type::Bool, at.span)
    }

    /// Returns `left matches right`, where `right` is a literal that compiles.
    pub(super) fn matches(&mut self, at: Operator, left: &ast::Expr, right: &ast::Expr) -> Expr {
        let left = self.check(left, &Type::String, "what `matches` searches");
        let ast::ExprKind::String(pattern) = &right.kind else {
            let location = self.infer(right, None).location;
            return self.invalid(
                Diagnostic::error(
                    "pattern-not-literal",
                    location,
                    "the pattern of `matches` must be a literal",
                )
                .hint("write it in place: `matches r\"^v[0-9]+$\"`"),
            );
        };
        if let Err(error) = Regex::new(pattern) {
            let diagnostic = self.invalid_pattern(pattern, right.span, &error);
            self.ctx.report(diagnostic);
        }
        let kind = ExprKind::Matches(Box::new(left), pattern.clone());
        self.expr(kind, Type::Bool, at.span)
    }

    fn invalid_pattern(&self, pattern: &str, span: Span, error: &regex::Error) -> Diagnostic {
        let (reason, column) = explain(error);
        let place = column
            .and_then(|column| place_in_literal(pattern, span, column))
            .unwrap_or(span);
        Diagnostic::error(
            "invalid-pattern",
            self.at(place),
            format!("the pattern does not compile: {reason}"),
        )
        .hint("patterns are regular expressions without look-around and back references, so that they stay linear")
    }
}

fn element(ty: &Type) -> Option<Type> {
    match ty {
        Type::List(of) => Some((**of).clone()),
        Type::Window => Some(Type::Time),
        Type::Map(_) | Type::Object(_) | Type::Cidr => Some(Type::String),
        Type::Bool
        | Type::String
        | Type::Number
        | Type::Duration
        | Type::Time
        | Type::Enum(_)
        | Type::Image
        | Type::Semver
        | Type::Words(_)
        | Type::Written(_)
        | Type::Dynamic => None,
    }
}

/// Returns the reason of the regex crate's message, and the column (in characters, from 0) that its caret
/// points at.
fn explain(error: &regex::Error) -> (String, Option<usize>) {
    const INDENT: usize = 4;
    let message = error.to_string();
    let reason = message
        .lines()
        .last()
        .unwrap_or_default()
        .trim_start_matches("error: ")
        .to_owned();
    let column = message
        .lines()
        .find(|line| line.trim_start().starts_with('^'))
        .and_then(|line| line.find('^'))
        .and_then(|at| at.checked_sub(INDENT));
    (reason, column)
}

/// Returns the place of a pattern's column in its literal, when the literal has no escapes.
fn place_in_literal(pattern: &str, span: Span, column: usize) -> Option<Span> {
    let width = (span.end - span.start) as usize;
    let prefix = match width.checked_sub(pattern.len())? {
        2 => "\"".len(),
        3 => "r\"".len(),
        _ => return None,
    };
    let (offset, letter) = pattern.char_indices().nth(column)?;
    let start = span.start as usize + prefix + offset;
    Some(Span::new(start, start + letter.len_utf8()))
}

//! Strings, templates, numbers, durations and times.

use taffrail_grammar::Rule;

use crate::ast::{Expr, ExprKind, Template, TemplatePart, Text};
use crate::diagnostic::Diagnostic;
use crate::span::Span;

use super::build::{Builder, Node};

impl Builder {
    /// Returns a string literal of any kind.
    pub(super) fn text(&self, node: &Node<'_>) -> Text {
        let span = self.span(node);
        let literal = node.as_str();
        let text = match node.as_rule() {
            Rule::raw_string => inside(literal, "r\"", "\"").to_owned(),
            Rule::single_quoted => {
                self.single_quotes(span, literal);
                inside(literal, "'", "'").to_owned()
            }
            _ => self.unescaped(inside(literal, "\"", "\""), span.start as usize + 1),
        };
        Text { text, span }
    }

    fn single_quotes(&self, span: Span, literal: &str) {
        let body = inside(literal, "'", "'");
        let mut error = Diagnostic::error(
            "single-quotes",
            self.location(span),
            "strings stand between double quotes",
        )
        .at("written with single quotes");
        if body.contains(['"', '\\']) {
            error = error.hint("write it between double quotes, with `\\\"` for a quote inside");
        } else {
            error = error
                .hint(format!("write `\"{body}\"`"))
                .fix(self.location(span), format!("\"{body}\""));
        }
        self.report(error);
    }

    /// Returns a string in which expressions stand between braces.
    pub(super) fn template(&self, node: Node<'_>) -> Template {
        let span = self.span(&node);
        if node.as_rule() == Rule::single_quoted {
            let text = self.text(&node).text;
            return Template {
                parts: vec![TemplatePart::Text(text)],
                span,
            };
        }
        let mut parts: Vec<TemplatePart> = Vec::new();
        for part in node.into_inner() {
            let text = match part.as_rule() {
                Rule::interpolation => {
                    let expr = match part.into_inner().next() {
                        Some(name) if name.as_rule() == Rule::name => self.name(&name),
                        Some(expr) => self.expr(expr),
                        None => self.missing(),
                    };
                    parts.push(TemplatePart::Expr(expr));
                    continue;
                }
                Rule::template_brace => part.as_str().chars().take(1).collect(),
                _ => self.unescaped(part.as_str(), self.span(&part).start as usize),
            };
            if let Some(TemplatePart::Text(before)) = parts.last_mut() {
                before.push_str(&text);
            } else {
                parts.push(TemplatePart::Text(text));
            }
        }
        Template { parts, span }
    }

    /// Resolves the escapes of a piece of text that begins at byte `start` of the source.
    fn unescaped(&self, text: &str, start: usize) -> String {
        if !text.contains('\\') {
            return text.to_owned();
        }
        let mut meant = String::with_capacity(text.len());
        let mut rest = text.char_indices();
        while let Some((at, character)) = rest.next() {
            if character != '\\' {
                meant.push(character);
                continue;
            }
            let after = text.get(at + 1..).unwrap_or("");
            let (value, width) = escape(after);
            match value {
                Some(value) => meant.push(value),
                None => self.unknown_escape(after.get(..width).unwrap_or(""), start + at),
            }
            for _ in 0..after
                .get(..width)
                .map_or(1, |escaped| escaped.chars().count())
            {
                rest.next();
            }
        }
        meant
    }

    fn unknown_escape(&self, escaped: &str, start: usize) {
        let location = self.location(Span::new(start, start + 1 + escaped.len()));
        self.report(
            Diagnostic::error(
                "unknown-escape",
                location,
                format!("`\\{escaped}` is not an escape"),
            )
            .hint("the escapes are `\\\"`, `\\\\`, `\\n`, `\\r`, `\\t` and `\\u{41}`")
            .hint(
                "in a pattern use a raw string, where a backslash stands for itself: `r\"\\d+\"`",
            ),
        );
    }

    /// Returns a number, duration or time.
    pub(super) fn number_like(&self, node: &Node<'_>) -> Expr {
        let span = self.span(node);
        let text = node.as_str();
        let kind = match node.as_rule() {
            Rule::time => ExprKind::Time(text.to_owned()),
            Rule::duration => ExprKind::Duration(text.to_owned()),
            _ => {
                let digits = text.trim_end_matches(|character: char| {
                    character != '.' && !character.is_ascii_digit()
                });
                let suffix = text.get(digits.len()..).unwrap_or("");
                ExprKind::Number {
                    digits: digits.to_owned(),
                    suffix: suffix.to_owned(),
                }
            }
        };
        Expr { kind, span }
    }

    /// Returns a whole number that fits; reports one that does not.
    pub(super) fn integer(&self, node: &Node<'_>) -> u32 {
        node.as_str().parse().unwrap_or_else(|_| {
            let location = self.location(self.span(node));
            self.report(
                Diagnostic::error(
                    "invalid-number",
                    location,
                    format!("`{}` is too large here", node.as_str()),
                )
                .hint(format!(
                    "the greatest whole number that can stand here is {}",
                    u32::MAX
                )),
            );
            u32::MAX
        })
    }
}

fn inside<'text>(literal: &'text str, open: &str, close: &str) -> &'text str {
    let rest = literal.strip_prefix(open).unwrap_or(literal);
    rest.strip_suffix(close).unwrap_or(rest)
}

/// Returns what the text after a backslash stands for, `None` for an unknown escape, and how many bytes belong to it.
fn escape(after: &str) -> (Option<char>, usize) {
    let first = after.chars().next();
    let width = first.map_or(0, char::len_utf8);
    let value = match first {
        Some('"') => Some('"'),
        Some('\\') => Some('\\'),
        Some('n') => Some('\n'),
        Some('r') => Some('\r'),
        Some('t') => Some('\t'),
        Some('u') => return unicode_escape(after),
        Some(_) | None => None,
    };
    (value, width)
}

fn unicode_escape(after: &str) -> (Option<char>, usize) {
    let Some((digits, _)) = after
        .strip_prefix("u{")
        .and_then(|rest| rest.split_once('}'))
    else {
        return (None, 1);
    };
    let code = u32::from_str_radix(digits, 16).ok();
    (code.and_then(char::from_u32), digits.len() + 3)
}

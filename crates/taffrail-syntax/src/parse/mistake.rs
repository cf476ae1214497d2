//! From the place where pest stopped to a message that helps.

use taffrail_grammar::Rule;

use crate::diagnostic::Diagnostic;
use crate::span::{Location, Span};
use crate::suggest;

use super::context::Context;
use super::expectation;
use super::expected::Expected;
use super::hint;
use super::number;
use super::scan::TokenKind;
use super::words;

/// Where pest stopped, and what it would have taken there.
pub(super) struct Failure {
    /// The byte in the source.
    pub(super) at: usize,
    /// The rules that were tried.
    pub(super) expected: Vec<Rule>,
}

impl Failure {
    /// Returns the failure of a parse of the given slice of the source.
    pub(super) fn new(error: &pest::error::Error<Rule>, slice: Span) -> Self {
        let at = match error.location {
            pest::error::InputLocation::Pos(at) | pest::error::InputLocation::Span((at, _)) => at,
        };
        let expected = match &error.variant {
            pest::error::ErrorVariant::ParsingError { positives, .. } => positives.clone(),
            pest::error::ErrorVariant::CustomError { .. } => Vec::new(),
        };
        Self {
            at: slice.start as usize + at,
            expected,
        }
    }

    /// Corrects what is expected at the end of a piece: after the head of a rule comes its body.
    pub(super) fn of(mut self, rule: Rule) -> Self {
        if matches!(rule, Rule::rule_head_alone | Rule::test_head_alone) {
            for expected in &mut self.expected {
                if *expected == Rule::EOI {
                    *expected = Rule::open_brace;
                }
            }
        }
        self
    }
}

/// Explains a failure among the tokens `first..end`.
pub(super) fn explain(
    context: Context<'_>,
    first: usize,
    end: usize,
    failure: &Failure,
) -> Diagnostic {
    let tokens = context.tokens;
    let range = tokens.tokens.get(first..end).unwrap_or_default();
    let at = first + range.partition_point(|token| token.span.end as usize <= failure.at);
    let expected = Expected::new(&failure.expected).inside(innermost_open(context, first, at));
    let Some(token) = tokens.get(at).filter(|_| at < end) else {
        return unexpected_end(context, first, end, &expected);
    };
    if token.kind == TokenKind::Text && failure.at > token.span.start as usize {
        return in_template(context, token.span, failure.at);
    }
    if token.kind == TokenKind::Number && expected.takes_number() {
        return number::explain(context, token.span);
    }
    if token.kind == TokenKind::Word {
        word(context, first, at, &expected)
    } else {
        other(context, first, at, &expected)
    }
}

/// Returns the bracket around token `at` that opened after `first`.
fn innermost_open<'scan>(context: Context<'scan>, first: usize, at: usize) -> Option<&'scan str> {
    let mut open = Vec::new();
    for index in first..at {
        match context.tokens.kind(index) {
            Some(TokenKind::Open) => open.push(context.tokens.str(index)),
            Some(TokenKind::Close) => {
                open.pop();
            }
            _ => {}
        }
    }
    open.pop()
}

fn unexpected_end(
    context: Context<'_>,
    first: usize,
    end: usize,
    expected: &Expected,
) -> Diagnostic {
    let last = context.span(end.saturating_sub(1).max(first), end);
    let place = context.location(last);
    let what = expected.phrase("more");
    Diagnostic::error(
        "unexpected-end",
        place,
        format!("expected {what} after `{}`", short(context.text(last))),
    )
    .at(format!("expected {what} after this"))
}

fn in_template(context: Context<'_>, string: Span, at: usize) -> Diagnostic {
    let rest = context.text(Span::new(at, string.end as usize));
    let found: String = rest.chars().take(1).collect();
    let place = context.location(Span::new(at, at + found.len()));
    let before = context.text(Span::new(string.start as usize, at));
    let open = before.rfind('{');
    if found == "\""
        && let Some(open) = open
    {
        let open = string.start as usize + open;
        let place = context.location(Span::new(open, open + 1));
        return Diagnostic::error("unescaped-brace", place, "this brace is never closed")
            .hint("add the missing `}`, or write `{{` for a brace in the text");
    }
    let empty = before.trim_end().ends_with('{');
    if open.is_none() || (found == "}" && !empty) {
        return Diagnostic::error("unescaped-brace", place, "this brace closes nothing")
            .hint("write `}}` for a brace in the text")
            .fix(place, "}}");
    }
    if found == "}" {
        return Diagnostic::error(
            "empty-interpolation",
            place,
            "there is nothing between these braces",
        )
        .hint("name a value, as in `{target.name}`; write `{{` and `}}` for braces in the text");
    }
    Diagnostic::error(
        "unexpected-token",
        place,
        format!("expected an expression, found `{found}`"),
    )
    .hint("between braces stands an expression; write `{{` and `}}` for braces in the text")
}

fn word(context: Context<'_>, first: usize, at: usize, expected: &Expected) -> Diagnostic {
    let tokens = context.tokens;
    let word = tokens.str(at);
    let place = context.location(context.span(at, at + 1));
    if expected.takes_name() && words::is_reserved(word) {
        return reserved_word(place, word);
    }
    if let Some(error) = mistaken_before(context, first, at, expected) {
        return error;
    }
    if expected.is_string_only() {
        return unquoted(context, at, expected);
    }
    let error = Diagnostic::error(
        "unexpected-token",
        place,
        expected.message(&format!("`{word}`")),
    );
    if let Some(near) = suggest::nearest(word, expected.keywords()) {
        return error
            .hint(format!("did you mean `{near}`"))
            .fix(place, near);
    }
    let lower = word.to_ascii_lowercase();
    if lower != word && words::is_reserved(&lower) {
        return error
            .hint(format!("keywords are lower case: write `{lower}`"))
            .fix(place, lower);
    }
    if matches!(word, "true" | "false" | "True" | "False") && tokens.before(at) == "is" {
        return error.hint("compare with `== true` or `== false`");
    }
    match hint::for_word(word) {
        Some(hint) => error.hint(hint),
        None if expected.is_operator_only() => {
            error.hint("did you leave out an operator or a comma")
        }
        None => error,
    }
}

/// Explains a word that ran on well and is only given away by what follows it.
fn mistaken_before(
    context: Context<'_>,
    first: usize,
    at: usize,
    expected: &Expected,
) -> Option<Diagnostic> {
    let before = at.checked_sub(1).filter(|before| *before >= first)?;
    if expected.takes_operator() {
        return keyword_as_operand(context, before);
    }
    let word = context.tokens.str(before);
    let said = before == first + 1 && context.tokens.str(first) == "expect";
    (said && !expectation::is_known(word)).then(|| {
        let place = context.location(context.span(before, at));
        expectation::unknown(place, word, false)
    })
}

/// Explains a word, maybe with dots and dashes, that lacks its quotes.
fn unquoted(context: Context<'_>, at: usize, expected: &Expected) -> Diagnostic {
    let start = context.span(at, at + 1).start as usize;
    let rest = context.text(Span::new(start, context.tokens.text.len()));
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.@*/".contains(byte);
    let length = rest.bytes().take_while(is_part).count();
    let written = rest.get(..length).unwrap_or("");
    let place = context.location(Span::new(start, start + length));
    let message = expected.message(&format!("`{written}`"));
    Diagnostic::error("unexpected-token", place, message)
        .hint(format!("write `\"{written}\"`"))
        .fix(place, format!("\"{written}\""))
}

/// Explains a keyword that was read as a name, since only what follows it gave it away.
fn keyword_as_operand(context: Context<'_>, at: usize) -> Option<Diagnostic> {
    let tokens = context.tokens;
    let word = tokens.str(at);
    if tokens.kind(at) != Some(TokenKind::Word) || tokens.before(at) == "." {
        return None;
    }
    let place = context.location(context.span(at, at + 1));
    let loops = matches!(tokens.str(at + 2), "in" | ",");
    if loops
        && matches!(
            word,
            "for" | "foreach" | "forall" | "all" | "any" | "exists"
        )
    {
        let message = format!("`{word}` is not a quantifier");
        let error = Diagnostic::error("unexpected-token", place, message);
        return Some(error.hint("write `every x in xs: …` or `some x in xs: …`"));
    }
    let quantifies = matches!(word, "every" | "some" | "no" | "if")
        || (matches!(word, "count" | "sum" | "min" | "max") && loops);
    if quantifies {
        let message = format!("`{word}` inside a larger expression needs parentheses");
        let error = Diagnostic::error("needs-parentheses", place, message);
        return Some(error.hint("it runs as far right as it can; parentheses show where it ends"));
    }
    let literal = matches!(word, "true" | "false" | "absent" | "present");
    (words::is_reserved(word) && !literal && !taffrail_grammar::READABLE.contains(&word)).then(
        || {
            let message = format!("expected an expression, found the keyword `{word}`");
            Diagnostic::error("unexpected-token", place, message)
        },
    )
}

/// Explains a string, number, bracket or sign.
fn other(context: Context<'_>, first: usize, at: usize, expected: &Expected) -> Diagnostic {
    let span = context.span(at, at + 1);
    let place = context.location(span);
    let written = context.text(span);
    if written == ";" {
        return Diagnostic::error("stray-semicolon", place, "no `;` is needed here")
            .hint("delete it; a clause ends where the next one begins")
            .fix(place, "");
    }
    let is_text = context.tokens.kind(at) == Some(TokenKind::Text);
    let found = if is_text {
        "a string".to_owned()
    } else {
        format!("`{}`", short(written))
    };
    let error = Diagnostic::error("unexpected-token", place, expected.message(&found));
    let after_number = at > first && context.tokens.kind(at - 1) == Some(TokenKind::Number);
    match written {
        _ if is_text && expected.takes_name() => error.hint("a name is written without quotes"),
        ":=" => error.hint("write `=`").fix(place, "="),
        "=" if context.tokens.before(at) == "==" || context.tokens.before(at) == "!=" => {
            error.hint("two signs are enough").fix(place, "")
        }
        ":" if context.tokens.str(first) == "let" => {
            error.hint("a `let` has the type of its value; leave the type out")
        }
        ":" if at == first + 1 => error
            .hint("a clause has no `:` after its keyword")
            .fix(place, ""),
        "," if expected.takes_end() && context.tokens.str(first) == "expect" => {
            error.hint("write another `expect` for it")
        }
        "," if expected.takes_end() => error
            .hint("clauses are not separated by commas")
            .fix(place, ""),
        "." if after_number => {
            error.hint("digits must follow the point; a date is written `2026-12-31`")
        }
        "%" if !after_number => error.hint("names are written without a sign before them"),
        "}" if expected.takes_operand() => error.hint("something is missing before this"),
        "+" | "??" if expected.takes_body() => {
            error.hint("a list that is computed stands in parentheses: `some x in (xs + ys): …`")
        }
        _ => match hint::for_sign(written) {
            Some(hint) => error.hint(hint),
            None => error,
        },
    }
}

/// Returns the error for a keyword where a name must stand.
pub(super) fn reserved_word(place: Location, word: &str) -> Diagnostic {
    Diagnostic::error(
        "reserved-word",
        place,
        format!("`{word}` is a keyword and cannot be a name"),
    )
    .hint("choose another name; after `.` and as the key of a map any word is allowed")
}

/// Returns user text short enough for a message, on one line.
pub(super) fn short(text: &str) -> String {
    let line = text.lines().next().unwrap_or("");
    let mut short: String = line.chars().take(40).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

//! From the shell's word to ours: quotes, escapes, braces, variables.

use std::panic::AssertUnwindSafe;

use brush_parser::ParserOptions;
use brush_parser::word::{
    self, BraceExpressionMember, BraceExpressionOrText, Parameter, ParameterExpr, SpecialParameter,
    WordPiece, WordPieceWithSource,
};

use super::blanks::Blanks;
use super::word::{Unclear, Why, Word};

/// How many words braces may make of one.
const BRACES_LIMIT: usize = 64;

/// How many braces are looked at in a word.
const NESTING_LIMIT: usize = 12;

/// A word, or words, and the commands whose output stands in them.
#[derive(Debug, Default)]
pub(super) struct Expanded {
    pub(super) words: Vec<Word>,
    pub(super) substitutions: Vec<String>,
}

/// Expands a word as the shell would, as far as that can be told.
pub(super) fn expand(text: &str, blanks: &Blanks, options: &ParserOptions) -> Expanded {
    let mut expanded = Expanded::default();
    match braces(text, options) {
        Some(texts) => {
            for text in &texts {
                expanded.add(text, blanks, options);
            }
        }
        None => expanded.words.push(unreadable(text, blanks)),
    }
    expanded
}

/// Expands the text of a here-document whose delimiter is not quoted.
pub(super) fn expand_document(text: &str, blanks: &Blanks, options: &ParserOptions) -> Expanded {
    let mut expanded = Expanded::default();
    let parse = || word::parse_heredoc(text, options).ok();
    let parsed = std::panic::catch_unwind(AssertUnwindSafe(parse));
    let word = match parsed.ok().flatten().ok_or(()) {
        Ok(pieces) => expanded.word(&pieces, blanks, text),
        Err(_) => unreadable(text, blanks),
    };
    expanded.words.push(word);
    expanded
}

/// Parses a word. Should the parser stop, the word is one that is not understood.
fn parse(text: &str, options: &ParserOptions) -> Result<Vec<WordPieceWithSource>, ()> {
    let parse = || word::parse(text, options).map_err(|_| ());
    std::panic::catch_unwind(AssertUnwindSafe(parse)).unwrap_or(Err(()))
}

fn unreadable(text: &str, blanks: &Blanks) -> Word {
    Word::unclear(&blanks.restore(text), Why::Form)
}

impl Expanded {
    fn add(&mut self, text: &str, blanks: &Blanks, options: &ParserOptions) {
        let word = match parse(text, options) {
            Ok(pieces) => self.word(&pieces, blanks, text),
            Err(_) => unreadable(text, blanks),
        };
        self.words.push(word);
    }

    fn word(&mut self, pieces: &[WordPieceWithSource], blanks: &Blanks, text: &str) -> Word {
        let mut word = Word::default();
        self.pieces(&mut word, pieces, blanks, text, false);
        word
    }

    fn pieces(
        &mut self,
        word: &mut Word,
        pieces: &[WordPieceWithSource],
        blanks: &Blanks,
        text: &str,
        quoted: bool,
    ) {
        for piece in pieces {
            let written = || {
                let written = text.get(piece.start_index..piece.end_index);
                blanks.restore(written.unwrap_or(text))
            };
            let unclear = |why, splits| Unclear {
                text: written(),
                why,
                splits,
            };
            match &piece.piece {
                WordPiece::Text(text) => {
                    if !quoted && text.contains(['*', '?', '[']) {
                        word.mark_pattern();
                    }
                    push_with_blanks(word, text, blanks);
                }
                WordPiece::SingleQuotedText(text) => word.push_text(text),
                WordPiece::AnsiCQuotedText(text) => match decode(text) {
                    Some(text) => word.push_text(&text),
                    None => word.push_unclear(unclear(Why::Form, false)),
                },
                WordPiece::DoubleQuotedSequence(inner)
                | WordPiece::GettextDoubleQuotedSequence(inner) => {
                    self.pieces(word, inner, blanks, text, true);
                }
                WordPiece::TildeExpansion(_) => word.push_text(&written()),
                WordPiece::ParameterExpansion(expr) => {
                    self.nested(&written(), &ParserOptions::default());
                    word.push_unclear(unclear(Why::Variable, !quoted || is_list(expr)));
                }
                WordPiece::CommandSubstitution(name) if is_make_variable(name) => {
                    word.push_unclear(unclear(Why::Placeholder, !quoted));
                }
                WordPiece::CommandSubstitution(command) => {
                    self.substitutions.push(command.clone());
                    word.push_unclear(unclear(Why::Substitution, !quoted));
                }
                WordPiece::BackquotedCommandSubstitution(command) => {
                    self.substitutions.push(command.clone());
                    word.push_unclear(unclear(Why::Substitution, !quoted));
                }
                WordPiece::EscapeSequence(escape) => {
                    let escaped = escape.strip_prefix('\\').unwrap_or(escape);
                    if escaped != "\n" {
                        push_with_blanks(word, escaped, blanks);
                    }
                }
                WordPiece::ArithmeticExpression(expr) => {
                    self.nested(&expr.value, &ParserOptions::default());
                    word.push_unclear(unclear(Why::Arithmetic, false));
                }
            }
        }
    }

    /// Commands may stand in the default of a variable and in a calculation. Those that are found are looked into; that there may be
    /// others is noted.
    fn nested(&mut self, text: &str, options: &ParserOptions) {
        if !text.contains("$(") && !text.contains('`') && !text.contains("@P}") {
            return;
        }
        self.substitutions.push("\u{0}".into());
        for (at, _) in text.match_indices("$(").chain(text.match_indices('`')) {
            let rest = text.get(at..).unwrap_or_default();
            let pieces = parse(rest, options);
            if let Some(WordPieceWithSource {
                piece:
                    WordPiece::CommandSubstitution(command)
                    | WordPiece::BackquotedCommandSubstitution(command),
                ..
            }) = pieces
                .ok()
                .and_then(|pieces: Vec<WordPieceWithSource>| pieces.into_iter().next())
            {
                self.substitutions.push(command);
            }
        }
    }
}

fn push_with_blanks(word: &mut Word, text: &str, blanks: &Blanks) {
    let mut plain = String::new();
    for c in text.chars() {
        match blanks.get(c) {
            Some(blank) => {
                word.push_text(&std::mem::take(&mut plain));
                word.push_unclear(Unclear {
                    text: blank.to_owned(),
                    why: Why::Placeholder,
                    splits: false,
                });
            }
            None => plain.push(c),
        }
    }
    word.push_text(&plain);
}

/// `$(NAMESPACE)` is a variable in makefiles and manifests, and no program is named like that.
fn is_make_variable(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

/// Tells whether a variable becomes several words even in quotes.
fn is_list(expr: &ParameterExpr) -> bool {
    match expr {
        ParameterExpr::Parameter { parameter, .. } => matches!(
            parameter,
            Parameter::Special(SpecialParameter::AllPositionalParameters { concatenate: false })
                | Parameter::NamedWithAllIndices {
                    concatenate: false,
                    ..
                }
        ),
        _ => true,
    }
}

/// Returns the texts that braces make of one; `None` when they are too many or not understood.
fn braces(text: &str, options: &ParserOptions) -> Option<Vec<String>> {
    match bare_braces(text) {
        0 => return Some(vec![text.to_owned()]),
        found if found > NESTING_LIMIT || has_long_number(text) => return None,
        _ => {}
    }
    match word::parse_brace_expansions(text, options) {
        Ok(None) => Some(vec![text.to_owned()]),
        Ok(Some(parts)) => combine(&parts),
        Err(_) => None,
    }
}

/// Counts the opening braces outside quotes.
fn bare_braces(text: &str) -> usize {
    let mut quote = None;
    let mut chars = text.chars();
    let mut found = 0;
    while let Some(c) = chars.next() {
        match (c, quote) {
            ('\\', None | Some('"')) => {
                chars.next();
            }
            ('\'' | '"', None) => quote = Some(c),
            (_, Some(open)) if open == c => quote = None,
            ('{', None) => found += 1,
            _ => {}
        }
    }
    found
}

/// Tells whether a number in it may be larger than the parser can hold.
fn has_long_number(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit())
        .any(|digits| digits.len() > 15)
}

fn combine(parts: &[BraceExpressionOrText]) -> Option<Vec<String>> {
    let mut texts = vec![String::new()];
    for part in parts {
        let endings = match part {
            BraceExpressionOrText::Text(text) => vec![text.clone()],
            BraceExpressionOrText::Expr(members) => alternatives(members)?,
        };
        if texts.len().checked_mul(endings.len())? > BRACES_LIMIT {
            return None;
        }
        texts = texts
            .iter()
            .flat_map(|text| endings.iter().map(move |ending| format!("{text}{ending}")))
            .collect();
    }
    Some(texts)
}

fn alternatives(members: &[BraceExpressionMember]) -> Option<Vec<String>> {
    let mut all = Vec::new();
    for member in members {
        match member {
            BraceExpressionMember::Child(parts) => all.extend(combine(parts)?),
            BraceExpressionMember::NumberSequence {
                start,
                end,
                increment: 1 | -1,
            } if start.abs_diff(*end) < BRACES_LIMIT as u64 => {
                let (low, high) = (*start.min(end), *start.max(end));
                let mut numbers: Vec<String> = (low..=high).map(|n| n.to_string()).collect();
                if start > end {
                    numbers.reverse();
                }
                all.extend(numbers);
            }
            BraceExpressionMember::NumberSequence { .. }
            | BraceExpressionMember::CharSequence { .. } => return None,
        }
    }
    Some(all)
}

/// Decodes the escapes of `$'…'`; `None` for one that is not known.
fn decode(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        let escaped = match chars.next()? {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'a' => '\u{7}',
            'b' => '\u{8}',
            'e' | 'E' => '\u{1b}',
            'f' => '\u{c}',
            'v' => '\u{b}',
            c @ ('\\' | '\'' | '"' | '?') => c,
            'x' => number(&mut chars, 0, 16, 2)?,
            'u' => number(&mut chars, 0, 16, 4)?,
            'U' => number(&mut chars, 0, 16, 8)?,
            c @ '0'..='7' => number(&mut chars, c.to_digit(8)?, 8, 2)?,
            _ => return None,
        };
        out.push(escaped);
    }
    Some(out)
}

/// Reads up to `most` more digits of a character's number.
fn number(
    chars: &mut std::iter::Peekable<std::str::Chars<'_>>,
    mut code: u32,
    radix: u32,
    most: usize,
) -> Option<char> {
    for _ in 0..most {
        let Some(digit) = chars.peek().and_then(|c| c.to_digit(radix)) else {
            break;
        };
        code = code.checked_mul(radix)?.checked_add(digit)?;
        chars.next();
    }
    char::from_u32(code)
}

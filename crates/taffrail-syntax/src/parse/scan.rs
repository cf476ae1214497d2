//! A light scan of the whole text: words, numbers, strings, brackets and punctuation with their places.
//!
//! pest parses one declaration at a time and stops at its first error. The scan finds where declarations and clauses
//! begin, keeps the comments, and reports what is wrong with single characters and strings.

use std::borrow::Cow;

use crate::ast;
use crate::diagnostic::Diagnostic;
use crate::span::{Location, SourceId, Span};

use super::characters;
use super::findings::Findings;

/// What a token is; its text tells the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A keyword or name.
    Word,
    /// Digits with the letters that follow them.
    Number,
    /// A string of any kind, with its quotes.
    Text,
    /// `(`, `[` or `{`.
    Open,
    /// `)`, `]` or `}`.
    Close,
    /// An operator or separator.
    Punctuation,
    /// A `///` line.
    Doc,
}

/// A token, without its text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token {
    /// What it is.
    pub(crate) kind: TokenKind,
    /// Its place.
    pub(crate) span: Span,
    /// How many blanks begin its line.
    pub(crate) indent: u32,
    /// Nothing but blanks precedes it on its line.
    pub(crate) leads: bool,
}

/// What the scan found.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// Everything but blanks and plain comments.
    pub(super) tokens: Vec<Token>,
    /// Comments that are not documentation.
    pub(super) comments: Vec<ast::Comment>,
    /// The `//!` lines.
    pub(super) file_docs: Vec<String>,
    /// Every comment, documentation too.
    blanks: Vec<Span>,
    /// What is wrong with characters and strings, in order.
    pub(super) findings: Findings,
}

impl Scan {
    /// Returns the text with a space for every byte of a comment, so that places stay the same.
    pub(super) fn without_comments<'text>(&self, text: &'text str) -> Cow<'text, str> {
        if self.blanks.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut blanked = String::with_capacity(text.len());
        let mut done = 0;
        for blank in &self.blanks {
            let (start, end) = (blank.start as usize, blank.end as usize);
            blanked.push_str(text.get(done..start).unwrap_or(""));
            blanked.extend(std::iter::repeat_n(' ', end - start));
            done = end;
        }
        blanked.push_str(text.get(done..).unwrap_or(""));
        Cow::Owned(blanked)
    }
}

/// Scans a text.
pub(super) fn scan(source: SourceId, text: &str) -> Scan {
    let mut scanner = Scanner {
        source,
        text,
        bytes: text.as_bytes(),
        at: if text.starts_with('\u{feff}') { 3 } else { 0 },
        reason_follows: false,
        line_start: 0,
        indent: 0,
        leads: true,
        found: Scan::default(),
    };
    while scanner.at < scanner.bytes.len() {
        scanner.step();
    }
    scanner.found
}

struct Scanner<'text> {
    source: SourceId,
    text: &'text str,
    bytes: &'text [u8],
    at: usize,
    /// The last token was `because` or `suggest`, so a string here may hold expressions.
    reason_follows: bool,
    /// Where the current line begins.
    line_start: u32,
    /// How many blanks begin it.
    indent: u32,
    /// No token of the line was seen yet.
    leads: bool,
    found: Scan,
}

impl Scanner<'_> {
    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    fn step(&mut self) {
        let start = self.at;
        match self.byte(start) {
            b'\n' => {
                self.at += 1;
                self.line_start = u32::try_from(self.at).unwrap_or(u32::MAX);
                self.leads = true;
            }
            b' ' | b'\t' => self.at += 1,
            b'\r' if self.byte(start + 1) == b'\n' => self.at += 1,
            b'/' if self.byte(start + 1) == b'/' => self.comment(),
            b'"' => {
                let end = if self.reason_follows {
                    template_end(self.bytes, start)
                } else {
                    None
                };
                self.string(start, end);
            }
            b'r' if self.byte(start + 1) == b'"' => self.raw_string(),
            b'\'' => self.single_quoted(),
            byte if byte.is_ascii_alphabetic() || byte == b'_' => {
                self.run(TokenKind::Word);
                let word = self.text.get(start..self.at).unwrap_or("");
                self.reason_follows = matches!(word, "because" | "suggest");
            }
            byte if byte.is_ascii_digit() => self.run(TokenKind::Number),
            b'(' | b'[' | b'{' => self.push(TokenKind::Open, start + 1),
            b')' | b']' | b'}' => self.push(TokenKind::Close, start + 1),
            byte if byte.is_ascii_graphic() => {
                let two = self.bytes.get(start..start + 2).unwrap_or_default();
                let width = if PAIRS.contains(&two) { 2 } else { 1 };
                self.push(TokenKind::Punctuation, start + width);
            }
            _ => self.foreign_character(),
        }
    }

    /// Pushes a token that starts here and ends before `end`.
    fn push(&mut self, kind: TokenKind, end: usize) {
        let span = Span::new(self.at, end);
        if self.leads {
            self.indent = span.start.saturating_sub(self.line_start);
        }
        self.found.tokens.push(Token {
            kind,
            span,
            indent: self.indent,
            leads: self.leads,
        });
        self.leads = false;
        self.reason_follows = false;
        self.at = end;
    }

    fn run(&mut self, kind: TokenKind) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = rest
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
            .count();
        self.push(kind, self.at + length);
    }

    fn line_end(&self) -> usize {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|byte| *byte == b'\n');
        let end = length.map_or(self.bytes.len(), |length| self.at + length);
        if end > self.at && self.byte(end - 1) == b'\r' {
            end - 1
        } else {
            end
        }
    }

    fn comment(&mut self) {
        let start = self.at;
        let end = self.line_end();
        let text = self.text.get(start..end).unwrap_or("");
        characters::check_text(self.source, text, start, &mut self.found.findings);
        self.found.blanks.push(Span::new(start, end));
        if let Some(doc) = text.strip_prefix("//!") {
            self.found.file_docs.push(without_space(doc).to_owned());
        } else if text.starts_with("///") && !text.starts_with("////") {
            let reason_follows = self.reason_follows;
            self.push(TokenKind::Doc, end);
            self.reason_follows = reason_follows;
        } else {
            self.found.comments.push(ast::Comment {
                text: text.to_owned(),
                span: Span::new(start, end),
            });
        }
        self.at = end;
    }

    /// Reads a string whose end is known, or looks for the closing quote on this line.
    fn string(&mut self, start: usize, known_end: Option<usize>) {
        let mut at = start + 1;
        let end = known_end.or_else(|| {
            loop {
                match self.byte(at) {
                    b'"' => return Some(at + 1),
                    b'\\' if !matches!(self.byte(at + 1), b'\n' | 0) => at += 2,
                    b'\n' => return None,
                    0 if at >= self.bytes.len() => return None,
                    _ => at += 1,
                }
            }
        });
        self.text_token(end, "\"");
    }

    fn raw_string(&mut self) {
        let end = self.closing_quote(self.at + 2, b'"');
        self.text_token(end, "\"");
    }

    fn single_quoted(&mut self) {
        let end = self.closing_quote(self.at + 1, b'\'');
        self.text_token(end, "'");
    }

    fn closing_quote(&self, from: usize, quote: u8) -> Option<usize> {
        let rest = self.bytes.get(from..).unwrap_or_default();
        let stop = rest
            .iter()
            .position(|byte| *byte == quote || *byte == b'\n')?;
        (self.byte(from + stop) == quote).then_some(from + stop + 1)
    }

    fn text_token(&mut self, end: Option<usize>, quote: &str) {
        let start = self.at;
        let stop = end.unwrap_or_else(|| self.line_end().max(start + 1));
        if end.is_none() {
            let opening = if self.byte(start) == b'r' { 2 } else { 1 };
            let location = self.location(Span::new(start, start + opening));
            self.found.findings.push(
                Diagnostic::error("unterminated-string", location, "this string never ends")
                    .at("it begins here")
                    .hint(format!(
                        "close it with `{quote}` on the same line; write a line break as `\\n`"
                    )),
            );
        }
        let text = self.text.get(start..stop).unwrap_or("");
        characters::check_text(self.source, text, start, &mut self.found.findings);
        self.push(TokenKind::Text, stop);
    }

    fn foreign_character(&mut self) {
        let character = self
            .text
            .get(self.at..)
            .and_then(|rest| rest.chars().next());
        let Some(character) = character else {
            self.at += 1;
            return;
        };
        let end = self.at + character.len_utf8();
        let location = self.location(Span::new(self.at, end));
        self.found
            .findings
            .push(characters::outside_string(location, character));
        self.at = end;
    }

    fn location(&self, span: Span) -> Location {
        Location {
            source: self.source,
            span,
        }
    }
}

/// Operators of two characters, ours and those of other languages.
const PAIRS: &[&[u8]] = &[
    b"==", b"!=", b"<=", b">=", b"??", b"..", b"&&", b"||", b":=", b"::", b"<<", b">>", b"=>",
    b"->", b"<>", b"=<", b"**",
];

/// Finds the end of a string with `{expressions}`, which may hold strings of their own; `None` when the braces do not
/// match up on this line.
fn template_end(bytes: &[u8], start: usize) -> Option<usize> {
    let byte = |at: usize| bytes.get(at).copied().unwrap_or(b'\n');
    let mut at = start + 1;
    let mut depth = 0_usize;
    while at < start + LONGEST_TEMPLATE {
        match (byte(at), byte(at + 1)) {
            (b'\n', _) => return None,
            (b'\\', b'\n') => return None,
            (b'\\', _) => at += 1,
            (b'"', _) if depth == 0 => return Some(at + 1),
            (b'"', _) => at = inner_string_end(bytes, at)? - 1,
            (b'{', b'{') | (b'}', b'}') if depth == 0 => at += 1,
            (b'{', _) => depth += 1,
            (b'}', _) => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
    }
    None
}

/// Strings inside a longer reason are not looked for, so that a line of half-open reasons costs little.
const LONGEST_TEMPLATE: usize = 2000;

fn inner_string_end(bytes: &[u8], start: usize) -> Option<usize> {
    let raw = start > 0 && bytes.get(start - 1) == Some(&b'r');
    let mut at = start + 1;
    while at < start + LONGEST_TEMPLATE {
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\n' => return None,
            b'\\' if !raw => at += 2,
            _ => at += 1,
        }
    }
    None
}

/// Drops the one space that usually follows a comment marker.
pub(super) fn without_space(text: &str) -> &str {
    text.strip_prefix(' ').unwrap_or(text)
}

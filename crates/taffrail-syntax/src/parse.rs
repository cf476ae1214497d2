//! From source text to the syntax tree.
//!
//! A light scan cuts the file into declarations; pest parses each by itself, so a broken one is reported and the next
//! is read all the same.

mod build;
mod characters;
mod clause;
mod context;
mod declaration;
mod domain;
mod expectation;
mod expected;
mod expression;
mod findings;
mod foreign;
mod hint;
mod item;
mod literal;
mod mistake;
mod name;
mod nesting;
mod number;
mod operator;
mod recover;
mod scan;
mod scenario;
mod split;
mod words;

use crate::ast;
use crate::diagnostic::Diagnostic;
use crate::span::{Location, SourceId, Span};

pub(crate) use scan::{Token, TokenKind};

use context::Context;
use declaration::Declared;
use findings::Findings;
use split::{Region, Tokens};

/// The tree of a file and everything wrong with its syntax.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// What could be read.
    pub file: ast::File,
    /// What could not, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// The greatest size of a source in bytes.
pub const MAX_SOURCE_BYTES: usize = 4 * 1024 * 1024;

/// Parses one file. Never fails: what cannot be read is left out of the tree and reported.
#[must_use]
pub fn parse(source: SourceId, text: &str) -> Parsed {
    if text.len() > MAX_SOURCE_BYTES {
        return refused(too_large(source, text.len()));
    }
    let scan = scan::scan(source, text);
    let plain = scan.without_comments(text);
    let mut findings = scan.findings;
    let lexical = findings.places();
    let context = Context {
        source,
        tokens: Tokens {
            text,
            tokens: &scan.tokens,
        },
        plain: &plain,
        lexical: &lexical,
    };
    let regions = split::split(source, context.tokens, &mut findings);
    let is_policy = |region: &Region| context.tokens.str(region.head) == "policy";
    if !regions.iter().any(is_policy)
        && let Some(error) = foreign::recognize_file(context)
    {
        return refused(error);
    }
    let mut reading = Reading {
        context,
        file: ast::File {
            docs: scan.file_docs,
            comments: scan.comments,
            ..ast::File::default()
        },
        findings,
    };
    for region in regions {
        if reading.findings.is_full() {
            break;
        }
        reading.declaration(region);
    }
    reading.finish()
}

/// Returns the tokens of a text: everything but blanks and plain comments.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    scan::scan(SourceId(0), text).tokens
}

fn refused(error: Diagnostic) -> Parsed {
    Parsed {
        file: ast::File::default(),
        diagnostics: vec![error],
    }
}

fn too_large(source: SourceId, length: usize) -> Diagnostic {
    let location = Location {
        source,
        span: Span::default(),
    };
    let message = format!("this file has {length} bytes; the limit is {MAX_SOURCE_BYTES}");
    Diagnostic::error("source-too-large", location, message)
        .hint("split it into several files of one module")
}

/// A file while its declarations are read.
struct Reading<'scan> {
    context: Context<'scan>,
    file: ast::File,
    findings: Findings,
}

impl Reading<'_> {
    fn declaration(&mut self, region: Region) {
        let parsed = item::parse_item(self.context, &region);
        self.findings.extend(parsed.diagnostics);
        match parsed.declared {
            Some(Declared::Policy(path)) => self.policy(path, parsed.span),
            Some(Declared::Item(kind)) => self.file.items.push(ast::Item {
                docs: region.docs,
                annotations: parsed.annotations,
                kind,
                span: parsed.span,
            }),
            None => {}
        }
    }

    fn policy(&mut self, path: ast::Path, span: Span) {
        let place = self.context.location(span);
        if let Some(first) = &self.file.policy {
            let first = self.context.location(first.span);
            self.findings.push(
                Diagnostic::error(
                    "duplicate-policy-line",
                    place,
                    "a file has one `policy` line",
                )
                .label(first, "the first one")
                .hint("move what follows into a file of its own"),
            );
            return;
        }
        if !self.file.items.is_empty() {
            self.findings.push(
                Diagnostic::error(
                    "misplaced-policy-line",
                    place,
                    "the `policy` line comes first",
                )
                .hint("move it above the other declarations"),
            );
        }
        self.file.policy = Some(path);
    }

    fn finish(mut self) -> Parsed {
        let tried =
            (0..self.context.tokens.tokens.len()).any(|at| self.context.tokens.str(at) == "policy");
        if self.file.policy.is_none() && !tried {
            self.missing_policy();
        }
        Parsed {
            file: self.file,
            diagnostics: self.findings.into_sorted(),
        }
    }

    fn missing_policy(&mut self) {
        let first = self.context.span(0, 1);
        let relation = if self.context.tokens.tokens.is_empty() {
            ""
        } else {
            "it must come before this"
        };
        self.findings.push(
            Diagnostic::error(
                "missing-policy-line",
                self.context.location(first),
                "this file has no `policy` line",
            )
            .at(relation)
            .hint("begin the file with `policy name`, as in `policy payments.self_healing`"),
        );
    }
}

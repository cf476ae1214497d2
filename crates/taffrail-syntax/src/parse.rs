//! From source text to the syntax tree.
//!
//! A light scan cuts the file into declarations; pest parses each by itself, so a broken one is reported and the next
//! is read all the same.

mod build;
mod characters;
mod clause;
mod context;
mod declaration;
mod expected;
mod expression;
mod foreign;
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

use context::Context;
use declaration::Declared;
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

/// The greatest number of diagnostics for one file; a last one says that there are more.
const MAX_DIAGNOSTICS: usize = 100;

/// Parses one file. Never fails: what cannot be read is left out of the tree and reported.
#[must_use]
pub fn parse(source: SourceId, text: &str) -> Parsed {
    if text.len() > MAX_SOURCE_BYTES {
        return refused(too_large(source, text.len()));
    }
    let scan = scan::scan(source, text);
    let plain = scan.without_comments(text);
    let mut diagnostics = scan.diagnostics;
    let lexical = lexical_places(&diagnostics);
    let context = Context {
        source,
        tokens: Tokens {
            text,
            tokens: &scan.tokens,
        },
        plain: &plain,
        lexical: &lexical,
    };
    let regions = split::split(source, context.tokens, &mut diagnostics);
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
        diagnostics,
    };
    for region in regions {
        if reading.diagnostics.len() > MAX_DIAGNOSTICS {
            break;
        }
        reading.declaration(region);
    }
    reading.finish()
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

/// Returns where the scan found fault, in order.
fn lexical_places(diagnostics: &[Diagnostic]) -> Vec<u32> {
    let mut places: Vec<u32> = diagnostics.iter().filter_map(start).collect();
    places.sort_unstable();
    places
}

fn start(diagnostic: &Diagnostic) -> Option<u32> {
    diagnostic
        .labels
        .first()
        .map(|label| label.location.span.start)
}

/// A file while its declarations are read.
struct Reading<'scan> {
    context: Context<'scan>,
    file: ast::File,
    diagnostics: Vec<Diagnostic>,
}

impl Reading<'_> {
    fn declaration(&mut self, region: Region) {
        let parsed = item::parse_item(self.context, &region);
        self.diagnostics.extend(parsed.diagnostics);
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
            self.diagnostics.push(
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
            self.diagnostics.push(
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
        self.diagnostics.sort_by_key(start);
        if self.diagnostics.len() > MAX_DIAGNOSTICS {
            self.diagnostics.truncate(MAX_DIAGNOSTICS);
            if let Some(last) = self.diagnostics.last().and_then(|last| last.labels.first()) {
                let more = Diagnostic::error(
                    "too-many-errors",
                    last.location,
                    "there are more errors below",
                )
                .hint("mend the first ones; they may be the cause of the others");
                self.diagnostics.push(more);
            }
        }
        Parsed {
            file: self.file,
            diagnostics: self.diagnostics,
        }
    }

    fn missing_policy(&mut self) {
        let first = self.context.span(0, 1);
        self.diagnostics.push(
            Diagnostic::error(
                "missing-policy-line",
                self.context.location(first),
                "this file has no `policy` line",
            )
            .at("it must come before this")
            .hint("begin the file with `policy name`, as in `policy payments.self_healing`"),
        );
    }
}

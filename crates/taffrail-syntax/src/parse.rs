//! From source text to the syntax tree.
//!
//! A light scan cuts the file into declarations; pest parses each by itself, so a broken one is reported and the next
//! is read all the same.

mod build;
mod characters;
mod clause;
mod declaration;
mod expression;
mod item;
mod literal;
mod mistake;
mod operator;
mod recover;
mod scan;
mod scenario;
mod split;
mod words;

use crate::ast;
use crate::diagnostic::Diagnostic;
use crate::span::SourceId;

use declaration::Declared;
use item::ParsedItem;
use split::{Region, Tokens};

/// The tree of a file and everything wrong with its syntax.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// What could be read.
    pub file: ast::File,
    /// What could not, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// Parses one file. Never fails: what cannot be read is left out of the tree and reported.
#[must_use]
pub fn parse(source: SourceId, text: &str) -> Parsed {
    let scan = scan::scan(source, text);
    let mut diagnostics = scan.diagnostics;
    let tokens = Tokens {
        text,
        tokens: &scan.tokens,
    };
    let regions = split::split(source, tokens, &mut diagnostics);
    let mut file = ast::File {
        docs: scan.file_docs,
        comments: scan.comments,
        ..ast::File::default()
    };
    for region in regions {
        let parsed = item::parse_item(source, tokens, &region);
        add(&mut file, region, parsed, &mut diagnostics);
    }
    Parsed { file, diagnostics }
}

fn add(
    file: &mut ast::File,
    region: Region,
    parsed: ParsedItem,
    diagnostics: &mut Vec<Diagnostic>,
) {
    diagnostics.extend(parsed.diagnostics);
    match parsed.declared {
        Some(Declared::Policy(path)) => file.policy = Some(path),
        Some(Declared::Item(kind)) => file.items.push(ast::Item {
            docs: region.docs,
            annotations: parsed.annotations,
            kind,
            span: parsed.span,
        }),
        None => {}
    }
}

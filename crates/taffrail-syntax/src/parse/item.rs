//! Parses one declaration, and when it is broken, as much of it as can be read.

use pest::Parser;
use taffrail_grammar::{GuardParser, Rule};

use crate::ast;
use crate::span::{SourceId, Span};

use super::build::{Builder, Nodes};
use super::declaration::Declared;
use super::mistake;
use super::recover;
use super::split::{Region, Tokens};

/// A declaration that was read, maybe with holes.
pub(super) struct ParsedItem {
    pub(super) declared: Option<Declared>,
    pub(super) annotations: Vec<ast::Annotation>,
    pub(super) span: Span,
    pub(super) diagnostics: Vec<crate::Diagnostic>,
}

/// Parses the declaration in a region.
pub(super) fn parse_item(source: SourceId, tokens: Tokens<'_>, region: &Region) -> ParsedItem {
    let span = region_span(tokens, region);
    let slice = tokens
        .text
        .get(span.start as usize..span.end as usize)
        .unwrap_or("");
    let builder = Builder::new(source, span.start as usize);
    match GuardParser::parse(Rule::item_alone, slice) {
        Ok(nodes) => {
            let (annotations, declared) = build(&builder, nodes);
            ParsedItem {
                declared,
                annotations,
                span,
                diagnostics: builder.into_diagnostics(),
            }
        }
        Err(error) => recover::recover(source, tokens, region, mistake::Failure::new(&error, span)),
    }
}

/// Builds the annotations and the declaration itself.
pub(super) fn build(
    builder: &Builder,
    nodes: Nodes<'_>,
) -> (Vec<ast::Annotation>, Option<Declared>) {
    let mut annotations = Vec::new();
    let mut declared = None;
    for node in nodes {
        match node.as_rule() {
            Rule::annotation => annotations.push(builder.annotation(node)),
            Rule::EOI => {}
            _ => declared = Some(builder.declaration(node)),
        }
    }
    (annotations, declared)
}

fn region_span(tokens: Tokens<'_>, region: &Region) -> Span {
    let first = tokens
        .get(region.first)
        .map_or(Span::default(), |token| token.span);
    let last = region.end.checked_sub(1).and_then(|at| tokens.get(at));
    last.map_or(first, |last| first.join(last.span))
}

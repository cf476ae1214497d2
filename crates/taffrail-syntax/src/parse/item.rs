//! Parses one declaration, and when it is broken, as much of it as can be read.

use pest::Parser;
use taffrail_grammar::{GuardParser, Rule};

use crate::ast;
use crate::diagnostic::Diagnostic;
use crate::span::Span;

use super::build::{Builder, Nodes};
use super::context::Context;
use super::declaration::Declared;
use super::mistake::Failure;
use super::nesting;
use super::recover;
use super::split::Region;

/// A declaration that was read, maybe with holes.
pub(super) struct ParsedItem {
    pub(super) declared: Option<Declared>,
    pub(super) annotations: Vec<ast::Annotation>,
    pub(super) span: Span,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Parses the declaration in a region.
pub(super) fn parse_item(context: Context<'_>, region: &Region) -> ParsedItem {
    let span = context.span(region.first, region.end);
    let none = |diagnostics| ParsedItem {
        declared: None,
        annotations: Vec::new(),
        span,
        diagnostics,
    };
    if let Some(place) = nesting::too_deep(context.tokens, region.first, region.end) {
        let place = context.location(place);
        let message = format!("this nests deeper than {} levels", nesting::MAX_DEPTH);
        return none(vec![
            Diagnostic::error("nesting-too-deep", place, message)
                .hint("brackets, operators and prefixes inside one another count; name a part of it with `let`")
                .hint("many comparisons with one value are shorter as `x in [a, b, c]`"),
        ]);
    }
    let builder = Builder::new(context.source, span.start as usize);
    match GuardParser::parse(Rule::item_alone, context.plain(span)) {
        Ok(nodes) => {
            let (annotations, declared) = build(&builder, nodes);
            ParsedItem {
                declared,
                annotations,
                span,
                diagnostics: builder.into_diagnostics(),
            }
        }
        Err(error) => recover::recover(context, region, &Failure::new(&error, span)),
    }
}

/// Builds the annotations and the declaration itself.
fn build(builder: &Builder, nodes: Nodes<'_>) -> (Vec<ast::Annotation>, Option<Declared>) {
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

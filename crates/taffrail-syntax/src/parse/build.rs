//! What every part of the tree builder shares: places, words and the list of findings.

use std::cell::RefCell;

use pest::iterators::{Pair, Pairs};
use taffrail_grammar::Rule;

use crate::ast;
use crate::diagnostic::Diagnostic;
use crate::span::{Location, SourceId, Span};

use super::mistake;
use super::words;

/// A node that pest made.
pub(super) type Node<'text> = Pair<'text, Rule>;
/// The nodes inside one.
pub(super) type Nodes<'text> = Pairs<'text, Rule>;

/// Turns pest's nodes into the tree. Nodes lie in a slice of the source that begins at `base`.
pub(super) struct Builder {
    source: SourceId,
    base: usize,
    // A cell, because the callbacks of the operator parser all report and run one after another.
    diagnostics: RefCell<Vec<Diagnostic>>,
}

impl Builder {
    /// Returns a builder for the slice of `source` that begins at byte `base`.
    pub(super) fn new(source: SourceId, base: usize) -> Self {
        Self {
            source,
            base,
            diagnostics: RefCell::default(),
        }
    }

    /// Returns what was reported.
    pub(super) fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics.into_inner()
    }

    /// Returns the place of a node in the whole source.
    pub(super) fn span(&self, node: &Node<'_>) -> Span {
        let span = node.as_span();
        Span::new(self.base + span.start(), self.base + span.end())
    }

    /// Returns the text of a span of the slice that a node lies in.
    pub(super) fn text_at<'text>(&self, node: &Node<'text>, span: Span) -> &'text str {
        let start = (span.start as usize).saturating_sub(self.base);
        let end = (span.end as usize).saturating_sub(self.base);
        node.get_input().get(start..end).unwrap_or("")
    }

    /// Returns a span of the source as a location.
    pub(super) fn location(&self, span: Span) -> Location {
        Location {
            source: self.source,
            span,
        }
    }

    /// Adds a finding.
    pub(super) fn report(&self, diagnostic: Diagnostic) {
        self.diagnostics.borrow_mut().push(diagnostic);
    }

    /// Returns a node as a word.
    pub(super) fn ident(&self, node: &Node<'_>) -> ast::Ident {
        ast::Ident {
            text: node.as_str().to_owned(),
            span: self.span(node),
        }
    }

    /// Returns a node as a name that must not be a keyword.
    pub(super) fn new_name(&self, node: &Node<'_>) -> ast::Ident {
        let ident = self.ident(node);
        if words::is_reserved(&ident.text) {
            self.report(mistake::reserved_word(
                self.location(ident.span),
                &ident.text,
            ));
        }
        ident
    }

    /// Returns a `module_path` node.
    pub(super) fn path(&self, node: Node<'_>) -> ast::Path {
        let span = self.span(&node);
        let segments = node.into_inner().map(|word| self.ident(&word)).collect();
        ast::Path { segments, span }
    }

    /// Stands in for a node that the grammar promises; it is never seen, since pest only returns whole trees.
    pub(super) fn missing(&self) -> ast::Expr {
        ast::Expr {
            kind: ast::ExprKind::Error,
            span: Span::new(self.base, self.base),
        }
    }

    /// Returns the empty text at the start of the slice, for a node that the grammar promises.
    pub(super) fn missing_text(&self) -> ast::Text {
        ast::Text {
            text: String::new(),
            span: Span::new(self.base, self.base),
        }
    }
}

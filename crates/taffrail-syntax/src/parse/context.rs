//! What error recovery needs to know of the file.

use crate::span::{Location, SourceId, Span};

use super::split::Tokens;

/// A file under way.
#[derive(Clone, Copy)]
pub(super) struct Context<'scan> {
    pub(super) source: SourceId,
    pub(super) tokens: Tokens<'scan>,
    /// The text with blanks in place of comments, which is what pest reads.
    pub(super) plain: &'scan str,
    /// Where the scan found a bad character or string, in order. What pest says about such a place is noise.
    pub(super) lexical: &'scan [u32],
}

impl<'scan> Context<'scan> {
    /// Returns a span of this file as a location.
    pub(super) fn location(&self, span: Span) -> Location {
        Location {
            source: self.source,
            span,
        }
    }

    /// Returns the span from token `first` to the token before `end`.
    pub(super) fn span(&self, first: usize, end: usize) -> Span {
        let from = self
            .tokens
            .get(first)
            .map_or(Span::default(), |token| token.span);
        let last = end.checked_sub(1).filter(|last| *last >= first);
        let to = last.and_then(|last| self.tokens.get(last));
        to.map_or(from, |to| from.join(to.span))
    }

    /// Returns the text of a span.
    pub(super) fn text(&self, span: Span) -> &'scan str {
        self.tokens
            .text
            .get(span.start as usize..span.end as usize)
            .unwrap_or("")
    }

    /// Returns the text of a span as pest reads it.
    pub(super) fn plain(&self, span: Span) -> &'scan str {
        self.plain
            .get(span.start as usize..span.end as usize)
            .unwrap_or("")
    }

    /// Tells whether the scan found fault with something inside a span.
    pub(super) fn has_lexical_error(&self, span: Span) -> bool {
        let next = self.lexical.partition_point(|at| *at < span.start);
        self.lexical.get(next).is_some_and(|at| *at < span.end)
    }
}

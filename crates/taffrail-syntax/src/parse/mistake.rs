//! From the place where pest stopped to a message that helps.

use taffrail_grammar::Rule;

use crate::span::Span;

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
}

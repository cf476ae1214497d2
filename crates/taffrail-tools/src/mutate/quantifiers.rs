//! Quantifiers, swapped for others, and their `where`.

use taffrail_syntax::Span;
use taffrail_syntax::ast::{Quantifier, QuantifierKind};

use super::sites::{Sites, between};
use super::{Family, conditions};

/// Changes a quantifier and everything in it.
pub(super) fn change(sites: &mut Sites<'_>, span: Span, quantifier: &Quantifier) {
    let (word, others): (&str, &[&str]) = match quantifier.kind {
        QuantifierKind::Every => ("every", &["some"]),
        QuantifierKind::Some => ("some", &["every", "no"]),
        QuantifierKind::No => ("no", &["some"]),
        QuantifierKind::Min => ("min", &["max"]),
        QuantifierKind::Max => ("max", &["min"]),
        QuantifierKind::Count => ("count", &[]),
        QuantifierKind::Sum => ("sum", &[]),
    };
    // The expression may stand in parentheses that its place includes.
    let from = sites.slice(span).find(word).unwrap_or(0);
    let start = span.start.saturating_add(u32::try_from(from).unwrap_or(0));
    let length = u32::try_from(word.len()).unwrap_or(0);
    let keyword = between(start, start.saturating_add(length));
    for other in others {
        sites.replace(keyword, other, Family::Quantifier);
    }
    conditions::change(sites, &quantifier.over);
    if let Some(filter) = &quantifier.filter {
        let whole = between(quantifier.over.span.end, filter.span.end);
        // Without a body, the `where` is all that is asked.
        if quantifier.body.is_some() {
            sites.drop(whole, whole, Family::Quantifier);
        }
        conditions::change(sites, filter);
    }
    if let Some(body) = &quantifier.body {
        conditions::change(sites, body);
    }
}

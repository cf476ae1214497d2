//! What a test draws: `for any { current.spec.replicas in 1..100 }`.

use taffrail_grammar::Rule;

use crate::ast::{Domain, DomainValues, ExprKind, ForAny, Text};
use crate::diagnostic::Diagnostic;
use crate::span::{Location, Span};

use super::build::{Builder, Node};

impl Builder {
    /// Returns a `for_any` node.
    pub(super) fn for_any(&self, node: Node<'_>) -> ForAny {
        let span = self.span(&node);
        let mut domains: Vec<Domain> = Vec::new();
        for part in node.into_inner() {
            if part.as_rule() != Rule::domain {
                continue;
            }
            let domain = self.domain(part);
            let other = domains
                .iter()
                .find(|other| overlaps(&other.path, &domain.path));
            match other {
                Some(other) => self.drawn_twice(other.path_span, domain.path_span),
                None => domains.push(domain),
            }
        }
        if domains.is_empty() {
            self.report(
                Diagnostic::error("empty-domain", self.location(span), "nothing is drawn here")
                    .hint("write what varies: `for any { current.spec.replicas in 1..100 }`"),
            );
        }
        ForAny { domains, span }
    }

    fn domain(&self, node: Node<'_>) -> Domain {
        let span = self.span(&node);
        let mut path = Vec::new();
        let mut path_span = span;
        let mut values = DomainValues::List(Vec::new());
        for part in node.into_inner() {
            let place = self.span(&part);
            match part.as_rule() {
                Rule::domain_path => {
                    path = part.into_inner().map(|key| self.key(&key)).collect();
                    path_span = place;
                }
                Rule::domain_range => values = self.range(part),
                Rule::given_list => {
                    let items: Vec<_> = part.into_inner().map(|item| self.value(item)).collect();
                    if items.is_empty() {
                        self.empty(self.location(place), "this list is empty");
                    }
                    values = DomainValues::List(items);
                }
                _ => {}
            }
        }
        Domain {
            path,
            path_span,
            values,
            span,
        }
    }

    fn range(&self, node: Node<'_>) -> DomainValues {
        let span = self.span(&node);
        let mut bounds = node.into_inner().map(|bound| self.bound(bound));
        let from = bounds.next().flatten();
        let to = bounds.next().flatten();
        let (Some(from), Some(to)) = (from, to) else {
            return DomainValues::Range {
                from: 0,
                to: 0,
                span,
            };
        };
        if from > to {
            self.report(
                Diagnostic::error(
                    "empty-domain",
                    self.location(span),
                    format!("no number lies in `{from}..{to}`"),
                )
                .hint("put the smaller number first; both ends are included"),
            );
        }
        DomainValues::Range {
            from,
            to: to.max(from),
            span,
        }
    }

    /// Returns a whole number; reports everything else.
    fn bound(&self, node: Node<'_>) -> Option<i64> {
        let place = self.location(self.span(&node));
        let mut negative = false;
        let mut whole = None;
        for part in node.into_inner() {
            if part.as_rule() == Rule::negative {
                negative = true;
                continue;
            }
            if let ExprKind::Number { digits, suffix } = self.number_like(&part).kind
                && suffix.is_empty()
            {
                whole = digits.parse::<i64>().ok();
            }
        }
        if whole.is_none() {
            self.report(
                Diagnostic::error("empty-domain", place, "a range is drawn in whole numbers")
                    .hint("write the others out: `signals.error_rate in [0.2%, 1%, 5%, unknown]`"),
            );
        }
        whole.map(|number| if negative { -number } else { number })
    }

    fn empty(&self, place: Location, message: &str) {
        self.report(
            Diagnostic::error("empty-domain", place, message)
                .hint("write what may stand there: `verb in [scale, patch]`"),
        );
    }

    fn drawn_twice(&self, first: Span, again: Span) {
        self.report(
            Diagnostic::error(
                "overlapping-domains",
                self.location(again),
                "this is drawn already",
            )
            .label(self.location(first), "here")
            .hint("draw each part of the request once"),
        );
    }
}

/// Tells whether one path is the other or lies below it.
fn overlaps(one: &[Text], other: &[Text]) -> bool {
    one.iter().zip(other).all(|(a, b)| a.text == b.text)
}

//! What a rule is about: each verb, kind and namespace left out, and each part widened to any.

use taffrail_syntax::Span;
use taffrail_syntax::ast::On;

use super::Family;
use super::sites::{Sites, between};

/// Changes an `on`, whose clause spans `clause`.
pub(super) fn change(sites: &mut Sites<'_>, clause: Span, on: &On) {
    let spans = |part: &Option<Vec<Span>>| part.clone().unwrap_or_default();
    let verbs = on
        .verbs
        .as_ref()
        .map(|all| all.iter().map(|v| v.span).collect());
    let kinds = on
        .kinds
        .as_ref()
        .map(|all| all.iter().map(|k| k.span).collect());
    let namespaces = on
        .namespaces
        .as_ref()
        .map(|all| all.iter().map(|n| n.span).collect());
    for part in [&verbs, &kinds, &namespaces] {
        leave_out(sites, &spans(part));
    }
    let ends = |part: &Option<Vec<Span>>| {
        let part = part.as_ref()?;
        Some((*part.first()?, *part.last()?))
    };
    if let Some((first, last)) = ends(&verbs) {
        widen(sites, first.join(last), "any");
    }
    for part in [&kinds, &namespaces] {
        if let Some((first, last)) = ends(part) {
            // The part goes with the word before it: `of Pod`, `in "prod"`.
            let before = sites.slice(between(clause.start, first.start));
            let kept = before
                .trim_end()
                .trim_end_matches(|c: char| c.is_ascii_alphabetic());
            let start = clause
                .start
                .saturating_add(u32::try_from(kept.len()).unwrap_or(0));
            widen(sites, between(start, last.end), "");
        }
    }
}

fn widen(sites: &mut Sites<'_>, span: Span, with: &str) {
    let phrase = format!("`{}` was widened to any", sites.slice(span).trim());
    sites.note(span, with, Family::On, phrase);
    sites.widens();
}

/// Leaves out one of several at a time, with the comma beside it.
fn leave_out(sites: &mut Sites<'_>, all: &[Span]) {
    for (at, own) in all.iter().enumerate() {
        let next = all.get(at.saturating_add(1));
        let before = at.checked_sub(1).and_then(|at| all.get(at));
        let span = match (next, before) {
            (Some(next), _) => between(own.start, next.start),
            (None, Some(before)) => between(before.end, own.end),
            (None, None) => continue,
        };
        sites.drop(span, *own, Family::On);
        // A grant must list every verb of an action: with fewer it is about less, as any other rule.
    }
}

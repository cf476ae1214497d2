//! Comments that speak to a tool: which declaration or clause they are about.

use taffrail_syntax::{Span, ast};

/// Returns where a comment has effect: the declarations that begin on its line, else the clauses on it, else the
/// declaration that ends on it, else the line alone.
pub(crate) fn scope(text: &str, file: &ast::File, comment: Span) -> Span {
    let line = target_line(text, comment);
    let starts_here = |span: Span| line.start <= span.start && span.start < line.end;
    let touches = |span: Span| span.start < line.end && line.start < span.end;
    let ends_here = |span: Span| line.start < span.end && span.end <= line.end;
    let begin = file
        .items
        .iter()
        .filter(|item| starts_here(item.span) || name_of(item).is_some_and(starts_here));
    let clauses = file.items.iter().flat_map(clauses);
    let end = file.items.iter().filter(|item| ends_here(item.span));
    joined(begin.map(|item| item.span))
        .or_else(|| {
            joined(
                clauses
                    .map(|clause| clause.span)
                    .filter(|span| touches(*span)),
            )
        })
        .or_else(|| joined(end.map(|item| item.span)))
        .unwrap_or(line)
}

fn joined(spans: impl Iterator<Item = Span>) -> Option<Span> {
    spans.reduce(Span::join)
}

fn clauses(item: &ast::Item) -> &[ast::Clause] {
    match &item.kind {
        ast::ItemKind::Rule(rule) => &rule.clauses,
        _ => &[],
    }
}

/// Returns the place of a rule's name: annotations may stand on lines above it.
fn name_of(item: &ast::Item) -> Option<Span> {
    match &item.kind {
        ast::ItemKind::Rule(rule) => Some(rule.name.span),
        _ => None,
    }
}

/// Returns the line that a comment is about: its own when something stands before it, else the next with more than a
/// comment on it.
fn target_line(text: &str, comment: Span) -> Span {
    let mut start = 0_usize;
    for line in text.split_inclusive('\n') {
        let end = start.saturating_add(line.len());
        let own = start <= comment.start as usize && (comment.start as usize) < end;
        let is_code = !line.trim().is_empty() && !line.trim_start().starts_with("//");
        if is_code && (own || start > comment.start as usize) {
            return Span::new(start, end);
        }
        start = end;
    }
    comment
}

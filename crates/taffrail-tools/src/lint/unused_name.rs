//! The remedy of the compiler's `unused-name`: a `use` or a `let` that nothing uses can go.

use taffrail_syntax::{Diagnostic, Location, Span, ast};

use super::subject::Subject;

/// Adds the remedy to a finding of the compiler. A parameter may be set from outside, a signal be collected and a verb be
/// asked for by others, so those stay.
pub(super) fn add_fix(subject: &Subject<'_>, diagnostic: &mut Diagnostic) {
    let Some(name) = diagnostic.labels.first().map(|label| label.location) else {
        return;
    };
    if diagnostic.code != "unused-name" || diagnostic.fix.is_some() {
        return;
    }
    let Some(item) = subject.item_at(name) else {
        return;
    };
    if !matches!(item.kind, ast::ItemKind::Use(_) | ast::ItemKind::Let(_)) {
        return;
    }
    let location = with_docs(subject, name, item);
    *diagnostic = diagnostic.clone().fix(location, "");
}

/// Returns the lines of an item and of the documentation above it.
fn with_docs(subject: &Subject<'_>, name: Location, item: &ast::Item) -> Location {
    let own = Location {
        source: name.source,
        span: item.span,
    };
    let mut whole = subject.whole_lines(own);
    if whole == own {
        return own;
    }
    let text = subject
        .input
        .sources
        .get(own.source)
        .map_or("", |source| source.text.as_str());
    for _ in 0..item.docs.len() {
        let above = text.get(..whole.span.start as usize).unwrap_or("");
        let Some(line) = above.strip_suffix('\n').map(last_line) else {
            break;
        };
        if !line.trim_start().starts_with("///") {
            break;
        }
        let start = above.len().saturating_sub(line.len().saturating_add(1));
        whole.span = Span::new(start, whole.span.end as usize);
    }
    whole
}

fn last_line(text: &str) -> &str {
    text.rsplit('\n').next().unwrap_or(text)
}

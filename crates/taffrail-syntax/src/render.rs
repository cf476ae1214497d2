//! Diagnostics as text for people, in the manner of rustc.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::source::{Source, SourceTable};
use crate::span::SourceId;

/// How diagnostics look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Style {
    /// With ANSI colours.
    pub color: bool,
}

/// Labels farther apart than this are shown as two pieces of the file.
const LINES_APART: u32 = 12;

/// A longer line is shown in part, so that a file of one line costs no more than any other.
const LONG_LINE: usize = 500;

/// Returns a diagnostic as text that ends with a line break.
#[must_use]
pub fn render(diagnostic: &Diagnostic, sources: &SourceTable, style: Style) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level
        .primary_title(diagnostic.message.as_str())
        .id(diagnostic.code);
    let mut group = Group::with_title(title);
    for piece in pieces(diagnostic, sources) {
        group = piece.add_to(group);
    }
    if !diagnostic.versions.is_empty() {
        let versions = format!("only in Kubernetes {}", diagnostic.versions.join(", "));
        group = group.element(Level::NOTE.message(versions));
    }
    for hint in &diagnostic.hints {
        group = group.element(Level::HELP.message(hint.as_str()));
    }
    let renderer = if style.color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut text = renderer.render(&[group]);
    text.push('\n');
    text
}

/// A stretch of a source with the labels that lie in it.
struct Piece<'diagnostic> {
    id: SourceId,
    source: &'diagnostic Source,
    first_line: u32,
    last_line: u32,
    labels: Vec<(&'diagnostic Label, bool)>,
}

/// Gathers the labels by place: the primary label's piece first.
fn pieces<'diagnostic>(
    diagnostic: &'diagnostic Diagnostic,
    sources: &'diagnostic SourceTable,
) -> Vec<Piece<'diagnostic>> {
    let mut pieces: Vec<Piece<'_>> = Vec::new();
    for (index, label) in diagnostic.labels.iter().enumerate() {
        let id = label.location.source;
        let Some(source) = sources.get(id) else {
            continue;
        };
        let (first, _) = source.line_column(label.location.span.start);
        let (last, _) = source.line_column(label.location.span.end);
        let near = |piece: &&mut Piece<'_>| {
            piece.id == id
                && first <= piece.last_line.saturating_add(LINES_APART)
                && last.saturating_add(LINES_APART) >= piece.first_line
        };
        if let Some(piece) = pieces.iter_mut().find(near) {
            piece.first_line = piece.first_line.min(first);
            piece.last_line = piece.last_line.max(last);
            piece.labels.push((label, index == 0));
        } else {
            pieces.push(Piece {
                id,
                source,
                first_line: first,
                last_line: last,
                labels: vec![(label, index == 0)],
            });
        }
    }
    pieces
}

impl<'text> Piece<'text> {
    fn add_to(self, group: Group<'text>) -> Group<'text> {
        let text = self.source.text.as_str();
        let spans = || self.labels.iter().map(|(label, _)| label.location.span);
        let first = spans()
            .map(|span| span.start as usize)
            .min()
            .unwrap_or(0)
            .min(text.len());
        let last = spans()
            .map(|span| span.end as usize)
            .max()
            .unwrap_or(0)
            .clamp(first, text.len());
        let (start, whole_start) = line_start(text, first);
        let (end, whole_end) = line_end(text, last);
        let window = text.get(start..end).unwrap_or("");
        let snippet = Snippet::source(window)
            .line_start(self.first_line as usize)
            .annotations(
                self.labels
                    .iter()
                    .map(|(label, primary)| annotation(label, *primary, start, window)),
            );
        let place = self
            .labels
            .first()
            .map_or(0, |(label, _)| label.location.span.start);
        if whole_start && whole_end {
            return group.element(snippet.path(self.source.name.as_str()));
        }
        // The columns of a cut line would be counted from the cut.
        let (line, column) = self.source.line_column(place);
        let origin = Origin::path(self.source.name.as_str())
            .line(line as usize)
            .char_column(column as usize);
        group.element(origin).element(snippet)
    }
}

fn annotation<'text>(
    label: &'text Label,
    primary: bool,
    start: usize,
    window: &str,
) -> annotate_snippets::Annotation<'text> {
    let kind = if primary {
        AnnotationKind::Primary
    } else {
        AnnotationKind::Context
    };
    let span = label.location.span;
    let from = (span.start as usize)
        .saturating_sub(start)
        .min(window.len());
    let to = (span.end as usize)
        .saturating_sub(start)
        .clamp(from, window.len());
    let annotation = kind.span(from..to);
    if label.text.is_empty() {
        annotation
    } else {
        annotation.label(label.text.as_str())
    }
}

/// Returns where the line of a byte begins, or a place before the byte when the line is long; and whether the line is
/// whole.
fn line_start(text: &str, at: usize) -> (usize, bool) {
    let before = text.get(..at).unwrap_or("");
    let start = before.rfind('\n').map_or(0, |line_break| line_break + 1);
    if at - start <= LONG_LINE {
        return (start, true);
    }
    (text.floor_char_boundary(at - LONG_LINE / 5), false)
}

/// Returns where the line of a byte ends, or a place after the byte when the line is long; and whether the line is
/// whole.
fn line_end(text: &str, at: usize) -> (usize, bool) {
    let rest = text.get(at..).unwrap_or("");
    let end = rest.find('\n').map_or(text.len(), |length| at + length);
    if end - at <= LONG_LINE {
        return (end, true);
    }
    (text.floor_char_boundary(at + LONG_LINE / 5), false)
}

//! The one form of a policy file.
//!
//! Only blanks, line breaks, the order of clauses and the commas of a test's request change. Tokens are printed as they were written, so what
//! is printed means the same; comments stay with the token or the line they stand at.

mod hints;
mod layout;
mod sections;

use crate::ast;
use crate::diagnostic::Diagnostic;
use crate::parse::{TokenKind, parse, tokens};
use crate::span::{SourceId, Span};

use hints::Hints;
use layout::{Atom, lines};
use sections::{Section, sections};

/// Returns the text in the one form that all policy files have. Formatting twice changes nothing.
///
/// ```
/// let ugly = "policy  a\nguard g{ because \"no\"\n on delete   escalate }";
/// assert_eq!(
///     taffrail_syntax::format(ugly).unwrap(),
///     "policy a\n\nguard g {\n    on delete\n    escalate\n    because \"no\"\n}\n"
/// );
/// ```
///
/// # Errors
///
/// What is wrong with the syntax; such a text has no form.
pub fn format(text: &str) -> Result<String, Vec<Diagnostic>> {
    let parsed = parse(SourceId(0), text);
    if parsed.diagnostics.iter().any(Diagnostic::is_error) {
        return Err(parsed.diagnostics);
    }
    let hints = Hints::of(&parsed.file);
    let atoms = atoms(text, &parsed.file, &hints);
    let mut printed = String::new();
    for doc in &parsed.file.docs {
        push_line(&mut printed, 0, &marked("//!", doc));
    }
    for (at, section) in sections(text, &parsed.file, &atoms).iter().enumerate() {
        let first = at == 0 && printed.is_empty();
        print(&mut printed, section, first);
    }
    Ok(printed)
}

fn marked(mark: &str, text: &str) -> String {
    format!("{mark} {text}").trim_end().to_owned()
}

fn push_line(printed: &mut String, indent: usize, line: &str) {
    if !line.is_empty() {
        printed.extend(std::iter::repeat_n(' ', indent));
        printed.push_str(line.trim_end());
    }
    printed.push('\n');
}

fn print(printed: &mut String, section: &Section<'_>, first: bool) {
    if section.blank_before && !first {
        printed.push('\n');
    }
    for comment in &section.comments {
        push_line(printed, section.indent, comment);
    }
    let mut body = lines(section.atoms, section.indent);
    if let (Some(comment), Some((_, last))) = (&section.trailing, body.last_mut()) {
        last.push(' ');
        last.push_str(comment);
    }
    for (indent, line) in body {
        push_line(printed, indent, &line);
    }
}

/// Returns the tokens and the comments among them, in order, with how each may be printed.
fn atoms(text: &str, file: &ast::File, hints: &Hints) -> Vec<Atom> {
    let slice = |span: Span| {
        text.get(span.start as usize..span.end as usize)
            .unwrap_or("")
    };
    let mut atoms: Vec<Atom> = Vec::new();
    let mut comments = file.comments.iter().peekable();
    for token in tokens(text) {
        while let Some(comment) = comments.next_if(|comment| comment.span.start < token.span.start)
        {
            atoms.push(Atom::comment(comment));
        }
        if token.kind == TokenKind::Doc {
            atoms.push(Atom::doc(token.span, slice(token.span)));
        } else {
            atoms.push(Atom::token(token.span, slice(token.span)));
        }
    }
    atoms.extend(comments.map(Atom::comment));
    for (at, blanks) in blanks_before(text, &atoms).into_iter().enumerate() {
        if let Some(atom) = atoms.get_mut(at) {
            atom.lines_before = blanks;
        }
    }
    layout::glue(atoms, hints)
}

/// Returns for each atom how many line breaks stand before it.
fn blanks_before(text: &str, atoms: &[Atom]) -> Vec<usize> {
    let mut end = 0;
    atoms
        .iter()
        .map(|atom| {
            let gap = text.get(end..atom.span.start as usize).unwrap_or("");
            end = atom.span.end as usize;
            gap.matches('\n').count()
        })
        .collect()
}

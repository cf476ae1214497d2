//! Tokens in lines: which stand together, and where a line that is too long is broken.

use crate::ast::Comment;
use crate::span::Span;

use super::hints::{Break, Hints};

/// The most characters of a line that can be broken.
const WIDTH: usize = 100;

/// How much deeper the rest of a broken line stands.
const STEP: usize = 4;

/// A token or a comment, and how it may be printed.
#[derive(Debug, Clone)]
pub(super) struct Atom {
    pub(super) text: String,
    pub(super) span: Span,
    pub(super) kind: AtomKind,
    /// How many line breaks stand before it in the text.
    pub(super) lines_before: usize,
    /// Whether it stands directly at what precedes it.
    tight: bool,
    /// Whether a comma goes before it when both stand on one line.
    comma: bool,
    break_before: Option<Break>,
}

/// What an atom is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AtomKind {
    Token,
    /// A `//` comment: it ends its line.
    Comment,
    /// A `///` line.
    Doc,
}

impl Atom {
    fn new(kind: AtomKind, span: Span, text: &str) -> Self {
        Self {
            text: text.trim_end().to_owned(),
            span,
            kind,
            lines_before: 0,
            tight: false,
            comma: false,
            break_before: None,
        }
    }

    pub(super) fn token(span: Span, text: &str) -> Self {
        Self::new(AtomKind::Token, span, text)
    }

    pub(super) fn doc(span: Span, text: &str) -> Self {
        Self::new(AtomKind::Doc, span, text)
    }

    pub(super) fn comment(comment: &Comment) -> Self {
        Self::new(AtomKind::Comment, comment.span, &comment.text)
    }

    /// Tells whether nothing stands before it on its line of the text.
    pub(super) fn leads(&self) -> bool {
        self.lines_before > 0
    }
}

/// An open bracket while tokens are read.
struct Bracket {
    depth: Option<usize>,
    /// A map or list of a request.
    given: bool,
    /// Opened by a brace.
    map: bool,
    forced: bool,
}

/// Notes which atoms stand together and where lines may be broken. Commas between the entries of a request's maps are
/// taken out: they are printed where entries share a line.
pub(super) fn glue(atoms: Vec<Atom>, hints: &Hints) -> Vec<Atom> {
    let mut glued: Vec<Atom> = Vec::with_capacity(atoms.len());
    let mut open: Vec<Bracket> = Vec::new();
    let mut attached = hints.attached.iter().peekable();
    let mut solid = Solid::new(hints);
    let mut block = false;
    let following: Vec<(bool, String)> = following(&atoms);
    for (mut atom, (next_leads, next)) in atoms.into_iter().zip(following) {
        if atom.kind != AtomKind::Token {
            glued.push(atom);
            continue;
        }
        let at = atom.span.start;
        let separates = open
            .last()
            .is_some_and(|bracket| bracket.given && bracket.map);
        if atom.text == "," && separates {
            continue;
        }
        let is_attached = attached.next_if(|place| **place <= at).is_some();
        while attached.next_if(|place| **place <= at).is_some() {}
        let before = glued.iter().rev().find(|atom| atom.kind == AtomKind::Token);
        let after_prefix = before.is_some_and(|before| {
            hints.prefixes.contains(&before.span.start) && before.text == "-"
        });
        atom.tight = is_tight(before.map(|before| before.text.as_str()), &atom.text)
            || (is_attached && matches!(atom.text.as_str(), "(" | "["))
            || after_prefix
            || solid.continues(atom.span);
        atom.comma = hints.commas.contains(&at);
        atom.break_before = hints.breaks.get(&at).copied().filter(|found| {
            // A definition in brackets stays behind its sign.
            found.depth < usize::MAX || before.is_some_and(|before| before.text == "=")
        });
        block |= hints.blocks.contains(&at);
        close_or_separate(&mut atom, &mut open, &glued);
        if hints.after_keyword.contains(&at) {
            move_to_keyword(&mut glued, &mut atom);
        }
        if matches!(atom.text.as_str(), "(" | "[" | "{") {
            let mut depth = hints.given.get(&at).copied();
            let mut given = depth.is_some();
            if block && atom.text == "{" {
                (depth, given, block) = (Some(0), true, false);
            }
            if depth.is_none() {
                depth = bracket_depth(hints, before_end(&glued), at);
            }
            let empty = matches!(next.as_str(), ")" | "]" | "}");
            open.push(Bracket {
                depth: depth.filter(|_| !empty),
                given,
                map: atom.text == "{",
                forced: given && next_leads && !empty,
            });
        }
        glued.push(atom);
    }
    glued
}

/// Returns for each atom whether what follows begins a line or is a comment, and the next token.
fn following(atoms: &[Atom]) -> Vec<(bool, String)> {
    let mut leads = false;
    let mut next = String::new();
    let mut found: Vec<(bool, String)> = atoms
        .iter()
        .rev()
        .map(|atom| {
            let after = (leads, next.clone());
            leads = atom.leads() || atom.kind != AtomKind::Token;
            if atom.kind == AtomKind::Token {
                next.clone_from(&atom.text);
            }
            after
        })
        .collect();
    found.reverse();
    found
}

fn before_end(glued: &[Atom]) -> Option<u32> {
    glued
        .iter()
        .rev()
        .find(|atom| atom.kind == AtomKind::Token)
        .map(|atom| atom.span.end)
}

/// Returns the depth of the list, map or call that a bracket opens.
fn bracket_depth(hints: &Hints, before_end: Option<u32>, at: u32) -> Option<usize> {
    let own = hints.brackets.get(&at);
    own.or_else(|| hints.brackets.get(&before_end?)).copied()
}

/// Notes the break before a closing bracket, and before what follows an opening one or a comma.
fn close_or_separate(atom: &mut Atom, open: &mut Vec<Bracket>, glued: &[Atom]) {
    let is_close = matches!(atom.text.as_str(), ")" | "]" | "}");
    let bracket = if is_close { open.pop() } else { None };
    let (depth, forced, indented) = match (&bracket, open.last()) {
        (Some(closed), _) => (closed.depth, closed.forced, false),
        (None, Some(inside)) if !is_close => {
            let before = glued.iter().rev().find(|atom| atom.kind == AtomKind::Token);
            let separates = before
                .is_some_and(|before| matches!(before.text.as_str(), "(" | "[" | "{" | ","))
                || atom.comma;
            (inside.depth.filter(|_| separates), inside.forced, true)
        }
        (None, _) => (None, false, false),
    };
    if let Some(depth) = depth {
        atom.break_before = Some(Break {
            depth,
            indented,
            forced,
        });
    }
}

/// Moves a break to the keyword before an operand, past the brackets between them.
fn move_to_keyword(glued: &mut [Atom], operand: &mut Atom) {
    let keyword = glued
        .iter_mut()
        .rev()
        .filter(|atom| atom.kind == AtomKind::Token)
        .find(|atom| atom.text != "(");
    if let Some(keyword) = keyword {
        keyword.break_before = operand.break_before.take();
    }
}

/// Stretches of text without blanks, in order.
struct Solid {
    spans: Vec<Span>,
    at: usize,
}

impl Solid {
    fn new(hints: &Hints) -> Self {
        let mut spans = hints.solid.clone();
        spans.sort_by_key(|span| (span.start, span.end));
        Self { spans, at: 0 }
    }

    /// Tells whether a token lies in a stretch that begins before it.
    fn continues(&mut self, token: Span) -> bool {
        while self
            .spans
            .get(self.at)
            .is_some_and(|span| span.end <= token.start)
        {
            self.at += 1;
        }
        self.spans
            .get(self.at)
            .is_some_and(|span| span.start < token.start && token.end <= span.end)
    }
}

/// Tells whether two tokens always stand together.
fn is_tight(before: Option<&str>, after: &str) -> bool {
    let opens = matches!(before, Some("(" | "[" | "." | ".." | "@"));
    let closes = matches!(after, ")" | "]" | "," | ":" | "." | "..");
    let empty_braces = before == Some("{") && after == "}";
    opens || closes || empty_braces
}

/// Returns the lines of some atoms, each with its indent.
pub(super) fn lines(atoms: &[Atom], indent: usize) -> Vec<(usize, String)> {
    let mut lines = Vec::new();
    lay(atoms, indent, &mut lines);
    lines
}

fn lay(atoms: &[Atom], indent: usize, lines: &mut Vec<(usize, String)>) {
    // A comment on a line of its own begins a piece, and what follows begins the next line.
    if let Some((first, rest)) = atoms.split_first()
        && first.kind != AtomKind::Token
    {
        lines.push((indent, first.text.clone()));
        if !rest.is_empty() {
            lay(rest, indent, lines);
        }
        return;
    }
    if let Some(line) = flat(atoms).filter(|line| indent + line.chars().count() <= WIDTH) {
        lines.push((indent, line));
        return;
    }
    let depth = breaks(atoms).map(|(_, found)| found.depth).min();
    let Some(depth) = depth else {
        lines.extend(unbroken(atoms, indent));
        return;
    };
    let mut start = 0;
    let mut start_indent = indent;
    for (at, found) in breaks(atoms).filter(|(_, found)| found.depth == depth) {
        lay(
            atoms.get(start..at).unwrap_or_default(),
            start_indent,
            lines,
        );
        start = at;
        start_indent = if found.indented {
            indent + STEP
        } else {
            indent
        };
    }
    lay(atoms.get(start..).unwrap_or_default(), start_indent, lines);
}

/// Returns the places at which atoms may be broken: before an atom, or before the comments on lines of their own before it.
fn breaks(atoms: &[Atom]) -> impl Iterator<Item = (usize, Break)> {
    atoms
        .iter()
        .enumerate()
        .skip(1)
        .filter_map(move |(at, atom)| {
            let found = atom.break_before?;
            let comments = atoms
                .get(..at)?
                .iter()
                .rev()
                .take_while(|atom| atom.kind != AtomKind::Token && atom.leads())
                .count();
            let place = at - comments;
            (place > 0).then_some((place, found))
        })
}

/// Returns atoms on one line, when they may stand so.
fn flat(atoms: &[Atom]) -> Option<String> {
    let mut line = String::new();
    let last = atoms.len().saturating_sub(1);
    for (at, atom) in atoms.iter().enumerate() {
        let ends_line = atom.kind != AtomKind::Token;
        let forced = at > 0 && atom.break_before.is_some_and(|found| found.forced);
        if forced || (ends_line && (at < last || atom.leads())) {
            return None;
        }
        add(&mut line, atom);
    }
    Some(line)
}

fn add(line: &mut String, atom: &Atom) {
    if line.is_empty() {
        line.push_str(&atom.text);
        return;
    }
    if atom.comma {
        line.push(',');
    }
    if !atom.tight {
        line.push(' ');
    }
    line.push_str(&atom.text);
}

/// Returns atoms that cannot be broken, on one line but for the comments among them.
fn unbroken(atoms: &[Atom], indent: usize) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    let mut ended = true;
    for atom in atoms {
        let is_comment = atom.kind != AtomKind::Token;
        if ended || (is_comment && atom.leads()) {
            let deeper = if lines.is_empty() {
                indent
            } else {
                indent + STEP
            };
            lines.push((deeper, String::new()));
        }
        if let Some((_, line)) = lines.last_mut() {
            add(line, atom);
        }
        ended = is_comment;
    }
    lines
}

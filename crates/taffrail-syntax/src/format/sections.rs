//! The parts of a file that stand on lines of their own: declarations, clauses, braces, and the comments between them.

use std::collections::BTreeMap;

use crate::ast::{Clause, ClauseKind, File, Item, ItemKind, Test};

use super::layout::{Atom, AtomKind};

/// Something on lines of its own.
#[derive(Debug)]
pub(super) struct Section<'a> {
    pub(super) indent: usize,
    /// Whether an empty line stands before it and its comments.
    pub(super) blank_before: bool,
    /// The comments above it; an empty one is an empty line.
    pub(super) comments: Vec<String>,
    pub(super) atoms: &'a [Atom],
    /// The comment at the end of its last line.
    pub(super) trailing: Option<String>,
}

/// What an element is, as far as empty lines and order go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// The `policy` line.
    Policy,
    /// A declaration on a line: others may follow without an empty line.
    Short,
    /// An annotation or the line before the brace.
    Head {
        /// Whether it begins its declaration.
        first: bool,
    },
    /// A clause with its place in the order.
    Clause(u8),
    /// `case`.
    Case,
    /// The closing brace.
    Close,
}

/// Where an element begins.
#[derive(Debug, Clone, Copy)]
struct Element {
    role: Role,
    indent: usize,
}

/// Returns the sections of a file in the order in which they are printed.
pub(super) fn sections<'a>(text: &str, file: &File, atoms: &'a [Atom]) -> Vec<Section<'a>> {
    let starts = starts(text, file, atoms);
    let mut found: Vec<(Role, Section<'a>)> = Vec::new();
    let mut rest = atoms;
    let mut elements = starts.into_iter().peekable();
    while let Some((start, element)) = elements.next() {
        let before = rest
            .iter()
            .take_while(|atom| atom.span.start < start)
            .count();
        let (above, below) = rest.split_at(before);
        let end = elements.peek().map_or(u32::MAX, |(next, _)| *next);
        let own = below
            .iter()
            .take_while(|atom| atom.span.start < end)
            .collect::<Vec<_>>();
        // What is no token after the last token belongs to what follows.
        let length = own
            .iter()
            .rposition(|atom| atom.kind == AtomKind::Token)
            .map_or(0, |last| last + 1);
        let (own, after) = below.split_at(length);
        let section = above_and_own(above, own, element, &mut found);
        found.push((element.role, section));
        rest = after;
    }
    leftover(rest, &mut found);
    ordered(found)
}

/// Returns the section of an element; a comment at the end of the line above goes there.
fn above_and_own<'a>(
    above: &'a [Atom],
    own: &'a [Atom],
    element: Element,
    found: &mut [(Role, Section<'a>)],
) -> Section<'a> {
    let above = trailing_of_last(above, found);
    let first = above.first().or(own.first());
    let mut comments = Vec::new();
    for (at, atom) in above.iter().enumerate() {
        if at > 0 && atom.lines_before > 1 {
            comments.push(String::new());
        }
        comments.push(atom.text.clone());
    }
    let is_plain = above
        .last()
        .is_some_and(|atom| atom.kind == AtomKind::Comment);
    if is_plain && own.first().is_some_and(|atom| atom.lines_before > 1) {
        comments.push(String::new());
    }
    let had_blank = first.is_some_and(|atom| atom.lines_before > 1);
    let follows = found.last().map(|(role, _)| *role);
    let blank_before = match (follows, element.role) {
        (None | Some(Role::Head { .. }), _) | (_, Role::Close) => false,
        (Some(Role::Policy | Role::Close), _) | (_, Role::Head { first: true } | Role::Case) => {
            true
        }
        (Some(Role::Short | Role::Clause(_) | Role::Case), _) => had_blank,
    };
    // What stands above a closing brace is as deep as the clauses.
    if element.role == Role::Close && !comments.is_empty() {
        comments = comments
            .into_iter()
            .map(|comment| match comment.as_str() {
                "" => comment,
                _ => format!("    {comment}"),
            })
            .collect();
    }
    Section {
        indent: element.indent,
        blank_before,
        comments,
        atoms: own,
        trailing: None,
    }
}

/// Gives a comment that does not begin its line to the element above, and returns the others.
fn trailing_of_last<'a>(above: &'a [Atom], found: &mut [(Role, Section<'a>)]) -> &'a [Atom] {
    match (above.split_first(), found.last_mut()) {
        (Some((first, rest)), Some((_, last))) if !first.leads() => {
            last.trailing = Some(first.text.clone());
            rest
        }
        _ => above,
    }
}

/// Adds the comments after the last element.
fn leftover<'a>(rest: &'a [Atom], found: &mut Vec<(Role, Section<'a>)>) {
    let element = Element {
        role: Role::Short,
        indent: 0,
    };
    let mut section = above_and_own(rest, &[], element, found);
    section.blank_before |= section.blank_before || !found.is_empty();
    if !section.comments.is_empty() {
        found.push((Role::Short, section));
    }
}

/// Sorts the clauses of each rule.
fn ordered(found: Vec<(Role, Section<'_>)>) -> Vec<Section<'_>> {
    let mut sections = Vec::with_capacity(found.len());
    let mut clauses: Vec<(u8, Section<'_>)> = Vec::new();
    for (role, section) in found {
        if let Role::Clause(rank) = role {
            clauses.push((rank, section));
            continue;
        }
        sections.extend(sorted(&mut clauses));
        sections.push(section);
    }
    sections.extend(sorted(&mut clauses));
    sections
}

fn sorted<'a>(clauses: &mut Vec<(u8, Section<'a>)>) -> Vec<Section<'a>> {
    let mut clauses = std::mem::take(clauses);
    clauses.sort_by_key(|(rank, _)| *rank);
    let mut sections: Vec<Section<'a>> = clauses.into_iter().map(|(_, section)| section).collect();
    if let Some(first) = sections.first_mut() {
        first.blank_before = false;
    }
    sections
}

/// Returns the elements of a file by the place at which they begin.
fn starts(text: &str, file: &File, atoms: &[Atom]) -> BTreeMap<u32, Element> {
    let mut starts = BTreeMap::new();
    let mut add = |at: u32, role: Role, indent: usize| {
        starts.insert(at, Element { role, indent });
    };
    if let Some(policy) = &file.policy {
        let before = text.get(..policy.span.start as usize).unwrap_or("");
        if let Some(at) = before.rfind("policy").and_then(|at| u32::try_from(at).ok()) {
            add(at, Role::Policy, 0);
        }
    }
    for item in &file.items {
        let is_block = matches!(item.kind, ItemKind::Rule(_) | ItemKind::Test(_));
        if !is_block {
            let mut at = item.span.start;
            for annotation in &item.annotations {
                add(at, Role::Short, 0);
                at = next_token(atoms, annotation.span.end);
            }
            add(at, Role::Short, 0);
            continue;
        }
        let mut at = item.span.start;
        for (count, annotation) in item.annotations.iter().enumerate() {
            add(at, Role::Head { first: count == 0 }, 0);
            at = next_token(atoms, annotation.span.end);
        }
        let first = item.annotations.is_empty();
        add(at, Role::Head { first }, 0);
        match &item.kind {
            ItemKind::Rule(rule) => {
                for (rank, clause) in rule.clauses.iter().map(|clause| (rank(clause), clause)) {
                    add(clause.span.start, Role::Clause(rank), 4);
                }
            }
            ItemKind::Test(test) => parts_of(test, &mut add),
            _ => {}
        }
        add(closing(item), Role::Close, 0);
    }
    starts
}

fn parts_of(test: &Test, add: &mut impl FnMut(u32, Role, usize)) {
    if test.given.span.end > test.given.span.start {
        add(test.given.span.start, Role::Clause(0), 4);
    }
    for condition in &test.conditions {
        add(condition.span.start, Role::Clause(0), 4);
    }
    for expect in &test.expects {
        add(expect.span.start, Role::Clause(0), 4);
    }
    for case in &test.cases {
        add(case.span.start, Role::Case, 4);
        for expect in &case.expects {
            add(expect.span.start, Role::Clause(0), 4);
        }
    }
}

fn closing(item: &Item) -> u32 {
    item.span.end.saturating_sub(1)
}

fn next_token(atoms: &[Atom], after: u32) -> u32 {
    atoms
        .iter()
        .find(|atom| atom.kind == AtomKind::Token && atom.span.start >= after)
        .map_or(after, |atom| atom.span.start)
}

/// Returns the place of a clause in the order that all rules share.
fn rank(clause: &Clause) -> u8 {
    match clause.kind {
        ClauseKind::On(_) => 0,
        ClauseKind::When(_) => 1,
        ClauseKind::Unless(_) => 2,
        ClauseKind::Limit { .. } | ClauseKind::Trip { .. } => 3,
        ClauseKind::Spend(_) | ClauseKind::Hold(_) => 4,
        ClauseKind::Risk(_) => 5,
        ClauseKind::ProposeAt(_) => 6,
        ClauseKind::EscalateAt(_) => 7,
        ClauseKind::Propose(_)
        | ClauseKind::Escalate(_)
        | ClauseKind::Forbid
        | ClauseKind::Expect(_) => 8,
        ClauseKind::AtMostPropose => 9,
        ClauseKind::Until(_) => 10,
        ClauseKind::By(_) => 11,
        ClauseKind::Because(_) => 12,
        ClauseKind::Suggest { .. } | ClauseKind::SuggestText(_) => 13,
    }
}

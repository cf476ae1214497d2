//! Coverage on the source, for people at a terminal.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use taffrail_syntax::{Source, Span};
use taffrail_tools::coverage::{Counts, Coverage, FileCoverage, Marks, Part, marks};

use crate::policies::Policies;

const BOLD: &str = "\x1b[1m";
const FAINT: &str = "\x1b[2m";
const GREEN: &str = "\x1b[32m";
const RED: &str = "\x1b[1;31m";
const RESET: &str = "\x1b[0m";

/// How many lines are shown around what is missing.
const AROUND: u32 = 2;

/// Returns the places where something is missing, and a table of the numbers.
pub(crate) fn coverage(found: &Coverage, policies: &Policies) -> String {
    let mut page = String::new();
    for file in &found.files {
        if let Some(source) = policies.sources.table.get(file.source) {
            excerpts(file, source, &mut page);
        }
    }
    table(found, &mut page);
    page
}

/// Shows the lines of a file where something is missing, with what is missing below them.
fn excerpts(file: &FileCoverage, source: &Source, page: &mut String) {
    let mut remarks: BTreeMap<u32, Vec<&Part>> = BTreeMap::new();
    let said_inside = |part: &Part, next: Option<&Part>| {
        next.is_some_and(|next| {
            let place = part.location.span;
            let before = source.slice(Span {
                start: place.start,
                end: next.location.span.start,
            });
            part.kind == next.kind
                && part.missing() == next.missing()
                && next.location.span.end <= place.end
                && before.chars().all(|c| c == '(')
        })
    };
    let following = file.parts.iter().skip(1).map(Some).chain([None]);
    for (part, next) in file.parts.iter().zip(following) {
        if part.remark().is_none() || said_inside(part, next) {
            continue;
        }
        let (line, _) = source.line_column(part.location.span.start);
        remarks.entry(line).or_default().push(part);
    }
    if remarks.is_empty() {
        return;
    }
    let marks = marks(file, source);
    let lines: Vec<&str> = source.text.lines().collect();
    // Writing to a string does not fail.
    let _ = writeln!(page, "{BOLD}{}{RESET}", file.name);
    let mut shown = 0_u32;
    for (line, text) in (1_u32..).zip(&lines) {
        let first = line.saturating_sub(AROUND);
        let last = line.saturating_add(AROUND);
        if remarks.range(first..=last).next().is_none() {
            continue;
        }
        if shown != 0 && shown.saturating_add(1) != line {
            let _ = writeln!(page, "{FAINT}{:>13}{RESET}", "⋮");
        }
        shown = line;
        let mark = marks.get(&line).copied().unwrap_or_default();
        let row = format!("{} {FAINT}{line:>6} │{RESET} {text}", margin(mark));
        let _ = writeln!(page, "{}", row.trim_end());
        for part in remarks.get(&line).into_iter().flatten() {
            underline(part, source, text, page);
        }
    }
    page.push('\n');
}

/// Returns the three columns before a line: true, false, unknown.
fn margin(marks: Marks) -> String {
    let column = |mark: Option<bool>, letter: char, missing: &str| match mark {
        None => " ".to_owned(),
        Some(true) => format!("{GREEN}{letter}{RESET}"),
        Some(false) => format!("{missing}·{RESET}"),
    };
    [
        column(marks.yes, 'T', RED),
        column(marks.no, 'F', RED),
        column(marks.unknown, 'U', FAINT),
    ]
    .concat()
}

fn underline(part: &Part, source: &Source, line: &str, page: &mut String) {
    let (_, column) = source.line_column(part.location.span.start);
    let before = column.saturating_sub(1) as usize;
    // What goes on over several lines is underlined on its first.
    let rest = line.trim_end().chars().count().saturating_sub(before);
    let length = source
        .slice(part.location.span)
        .lines()
        .next()
        .map_or(0, |text| text.chars().count());
    let _ = writeln!(
        page,
        "{:>10} {FAINT}│{RESET} {}{RED}{} {}{RESET}",
        "",
        " ".repeat(before),
        "^".repeat(length.min(rest).max(1)),
        part.remark().unwrap_or_default(),
    );
}

fn table(found: &Coverage, page: &mut String) {
    let width = found
        .files
        .iter()
        .map(|file| file.name.chars().count())
        .max()
        .unwrap_or(0)
        .max("all files".len());
    let _ = writeln!(
        page,
        "{BOLD}{:<width$}  {:>7}  {:>9}  {:>9}  {:>10}  {:>9}  {:>9}{RESET}",
        "file", "covered", "rules", "clauses", "conditions", "effects", "unknown"
    );
    for file in &found.files {
        row(&file.name, width, file.counts(), page);
    }
    row("all files", width, found.counts(), page);
}

fn row(name: &str, width: usize, counts: Counts, page: &mut String) {
    let total = counts.total();
    let colour = if total.covered == total.of {
        GREEN
    } else {
        RED
    };
    let of = |ratio: taffrail_tools::coverage::Ratio| match ratio.of {
        0 => "–".to_owned(),
        _ => format!("{}/{}", ratio.covered, ratio.of),
    };
    let _ = writeln!(
        page,
        "{name:<width$}  {colour}{:>6}%{RESET}  {:>9}  {:>9}  {:>10}  {:>9}  {FAINT}{:>9}{RESET}",
        total.percent(),
        of(counts.rules),
        of(counts.clauses),
        of(counts.conditions),
        of(counts.effects),
        of(counts.unknown),
    );
}

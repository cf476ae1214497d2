//! A comparison for people at a terminal.

use std::fmt::Write as _;

use taffrail_tools::diff::{Diff, Direction, RuleChange};

use super::{direction, happened, headline, place, place_of, reads_the_same, verdicts};

const BOLD: &str = "\x1b[1m";
const FAINT: &str = "\x1b[2m";
const GREEN: &str = "\x1b[1;32m";
const RED: &str = "\x1b[1;31m";
const YELLOW: &str = "\x1b[1;33m";
const RESET: &str = "\x1b[0m";

/// Returns how two policy sets differ.
pub(crate) fn text(found: &Diff) -> String {
    let mut page = String::new();
    for change in &found.rules {
        page.push_str(&rule(change));
    }
    for change in &found.settings {
        // Writing to a string does not fail.
        let _ = writeln!(
            page,
            "{}{BOLD}{}{RESET}\n  - {}\n  + {}\n",
            sign(change.direction),
            change.name,
            change.old,
            change.new
        );
    }
    if !found.names.is_empty() {
        page.push_str("names that stand for something else\n");
    }
    for change in &found.names {
        let _ = writeln!(page, "  {} {BOLD}{}{RESET}", change.keyword, change.name);
        for (sign, written) in [("-", &change.old), ("+", &change.new)] {
            let _ = writeln!(
                page,
                "    {sign} {}  {FAINT}{}{RESET}",
                written.text,
                place(written)
            );
        }
    }
    if !found.names.is_empty() {
        page.push('\n');
    }
    page.push_str(&evidence(found));
    let colour = if found.may_be_milder() {
        RED
    } else if found.is_change() {
        YELLOW
    } else {
        GREEN
    };
    let _ = writeln!(page, "{colour}{}{RESET}", headline(found));
    page
}

fn rule(change: &RuleChange) -> String {
    // Writing to a string does not fail.
    let mut page = String::new();
    let _ = writeln!(
        page,
        "{}{} {BOLD}{}{RESET} {}  {FAINT}{}{RESET}",
        sign(change.direction),
        change.kind,
        change.name,
        happened(change),
        place_of(change)
    );
    if reads_the_same(change) {
        page.push_str("  reads the same: a name in it stands for something else\n");
    }
    for clause in &change.clauses {
        for (sign, all) in [("-", &clause.old), ("+", &clause.new)] {
            for written in all {
                let _ = writeln!(
                    page,
                    "  {sign} {}  {FAINT}{}{RESET}",
                    written.text,
                    place(written)
                );
            }
        }
    }
    page.push('\n');
    page
}

fn evidence(found: &Diff) -> String {
    let mut page = String::new();
    for found in &found.evidence {
        let colour = if found.now < found.before { RED } else { "" };
        // Writing to a string does not fail.
        let _ = writeln!(
            page,
            "{colour}{}{RESET}  {}  {FAINT}{}:{} ({}){RESET}",
            verdicts(found),
            found.test,
            found.file,
            found.line,
            found.of.word()
        );
        for reason in &found.reasons {
            let _ = writeln!(page, "    {reason}");
        }
    }
    if !page.is_empty() {
        page.push('\n');
    }
    page
}

fn sign(of: Direction) -> String {
    let colour = match of {
        Direction::Same => return String::new(),
        Direction::Stricter => GREEN,
        Direction::Milder => RED,
        Direction::Different => YELLOW,
    };
    format!("{colour}{}{RESET}  ", direction(of))
}

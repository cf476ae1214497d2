//! A comparison for pull requests.

use std::fmt::Write as _;

use taffrail_tools::diff::{Diff, Direction, RuleChange};

use super::{direction, happened, headline, place, place_of, reads_the_same, verdicts};

/// Returns how two policy sets differ.
pub(crate) fn markdown(found: &Diff) -> String {
    let mut page = format!("## {}\n", headline(found));
    for change in &found.rules {
        page.push_str(&rule(change));
    }
    for change in &found.settings {
        // Writing to a string does not fail.
        let _ = writeln!(
            page,
            "\n### {}`{}`\n\n```diff\n- {}\n+ {}\n```",
            sign(change.direction),
            change.name,
            change.old,
            change.new
        );
    }
    if !found.names.is_empty() {
        page.push_str("\n### Names that stand for something else\n\n");
    }
    for change in &found.names {
        let _ = writeln!(
            page,
            "- {} `{}`: `{}` → `{}`",
            change.keyword, change.name, change.old.text, change.new.text
        );
    }
    if !found.evidence.is_empty() {
        page.push_str("\n### Tests that are decided otherwise\n\n");
    }
    for found in &found.evidence {
        let sign = if found.now < found.before {
            "⚠️ "
        } else {
            ""
        };
        let _ = writeln!(
            page,
            "- {sign}{}: {} ({}:{}, {})",
            verdicts(found),
            found.test,
            found.file,
            found.line,
            found.of.word()
        );
        for reason in &found.reasons {
            let _ = writeln!(page, "  - {reason}");
        }
    }
    page
}

fn rule(change: &RuleChange) -> String {
    // Writing to a string does not fail.
    let mut page = String::new();
    let _ = writeln!(
        page,
        "\n### {}{} `{}` {}\n\n{}",
        sign(change.direction),
        change.kind,
        change.name,
        happened(change),
        place_of(change)
    );
    if reads_the_same(change) {
        page.push_str("\nIt reads the same: a name in it stands for something else.\n");
    }
    if change.clauses.is_empty() {
        return page;
    }
    page.push_str("\n```diff\n");
    for clause in &change.clauses {
        for (sign, all) in [("-", &clause.old), ("+", &clause.new)] {
            for written in all {
                let _ = writeln!(page, "{sign} {}  // {}", written.text, place(written));
            }
        }
    }
    page.push_str("```\n");
    page
}

fn sign(of: Direction) -> String {
    match of {
        Direction::Same => String::new(),
        Direction::Milder | Direction::Different => format!("⚠️ {}: ", direction(of)),
        Direction::Stricter => format!("{}: ", direction(of)),
    }
}

//! A replay for people at a terminal.

use std::fmt::Write as _;

use super::{Shown, VERDICTS, described, is_milder, number, rules};

const BOLD: &str = "\x1b[1m";
const FAINT: &str = "\x1b[2m";
const GREEN: &str = "\x1b[1;32m";
const RED: &str = "\x1b[1;31m";
const YELLOW: &str = "\x1b[1;33m";
const RESET: &str = "\x1b[0m";

/// Returns what a replay came to.
pub(crate) fn text(shown: &Shown<'_>) -> String {
    let mut page = matrix(shown);
    page.push_str(&changes(shown));
    page.push_str(&around(shown));
    let colour = match (shown.report.n_milder(), shown.report.n_stricter()) {
        (0, 0) => GREEN,
        (0, _) => YELLOW,
        _ => RED,
    };
    // Writing to a string does not fail.
    let _ = writeln!(page, "{colour}{}{RESET}", shown.headline());
    page
}

fn matrix(shown: &Shown<'_>) -> String {
    let mut page = String::new();
    let rows = shown.rows();
    if rows.is_empty() {
        return page;
    }
    let width = 12;
    // Writing to a string does not fail.
    let _ = write!(page, "{BOLD}{:<width$}{RESET}", "before \\ now");
    for verdict in VERDICTS {
        let _ = write!(page, "  {BOLD}{:>8}{RESET}", verdict.word());
    }
    page.push('\n');
    for (before, counts) in rows {
        let _ = write!(page, "{BOLD}{:<width$}{RESET}", before.word());
        for (now, count) in VERDICTS.into_iter().zip(counts) {
            let colour = match count {
                0 => FAINT,
                _ if is_milder(before, now) => RED,
                _ => "",
            };
            let _ = write!(page, "  {colour}{count:>8}{RESET}");
        }
        page.push('\n');
    }
    page.push('\n');
    page
}

fn changes(shown: &Shown<'_>) -> String {
    let mut page = String::new();
    for (before, now, cell) in shown.changes() {
        let sign = if is_milder(before, now) {
            format!("{RED}milder{RESET}  ")
        } else {
            String::new()
        };
        // Writing to a string does not fail.
        let _ = writeln!(
            page,
            "{sign}{BOLD}{} → {}{RESET}: {}",
            before.word(),
            now.word(),
            number(cell.count, "action")
        );
        let (rules, more) = rules(cell);
        for (rule, count) in rules {
            let _ = writeln!(page, "  {count:>8}  {rule}");
        }
        if more > 0 {
            let _ = writeln!(page, "            and {more} more rules");
        }
        for sample in &cell.samples {
            let place = format!("{}:{}", sample.file, sample.line);
            let _ = writeln!(page, "  {FAINT}{place}{RESET}  {}", described(sample));
            for reason in &sample.reasons {
                let _ = writeln!(page, "      {reason}");
            }
        }
        page.push('\n');
    }
    page
}

/// Says what was not decided, and what has to be known to read the numbers.
fn around(shown: &Shown<'_>) -> String {
    let mut page = String::new();
    let report = shown.report;
    for broken in &report.broken {
        // Writing to a string does not fail.
        let _ = writeln!(
            page,
            "{YELLOW}broken{RESET}  {}:{}: {}",
            broken.file, broken.line, broken.message
        );
    }
    let shown_broken = u64::try_from(report.broken.len()).unwrap_or(u64::MAX);
    let more = report.n_broken.saturating_sub(shown_broken);
    if more > 0 {
        let _ = writeln!(page, "{YELLOW}broken{RESET}  and {more} more");
    }
    let skipped = shown.skipped();
    if !skipped.is_empty() {
        let _ = writeln!(page, "left out: {}", skipped.join(", "));
    }
    for note in shown.notes() {
        let _ = writeln!(page, "note: {note}");
    }
    if !page.is_empty() {
        page.push('\n');
    }
    page
}

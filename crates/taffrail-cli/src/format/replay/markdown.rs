//! A replay for pull requests.

use std::fmt::Write as _;

use super::{Shown, VERDICTS, described, is_milder, number, rules};

/// Returns what a replay came to.
pub(crate) fn markdown(shown: &Shown<'_>) -> String {
    let mut page = format!("## {}\n", shown.headline());
    let rows = shown.rows();
    if !rows.is_empty() {
        page.push_str("\n| before \\ now |");
        for verdict in VERDICTS {
            // Writing to a string does not fail.
            let _ = write!(page, " {} |", verdict.word());
        }
        page.push_str("\n|---|---:|---:|---:|\n");
    }
    for (before, counts) in rows {
        let _ = write!(page, "| {} |", before.word());
        for (now, count) in VERDICTS.into_iter().zip(counts) {
            let _ = match count > 0 && is_milder(before, now) {
                true => write!(page, " **{count}** |"),
                false => write!(page, " {count} |"),
            };
        }
        page.push('\n');
    }
    for (before, now, cell) in shown.changes() {
        let sign = if is_milder(before, now) {
            "⚠️ "
        } else {
            ""
        };
        let _ = writeln!(
            page,
            "\n### {sign}{} → {}: {}\n",
            before.word(),
            now.word(),
            number(cell.count, "action")
        );
        let (rules, more) = rules(cell);
        for (rule, count) in rules {
            let _ = writeln!(page, "- `{rule}`: {count}");
        }
        if more > 0 {
            let _ = writeln!(page, "- and {more} more rules");
        }
        for sample in &cell.samples {
            let place = format!("{}:{}", sample.file, sample.line);
            let _ = writeln!(page, "- `{}` ({place})", described(sample));
            for reason in &sample.reasons {
                let _ = writeln!(page, "  - {reason}");
            }
        }
    }
    page.push_str(&around(shown));
    page
}

fn around(shown: &Shown<'_>) -> String {
    let report = shown.report;
    let mut page = String::new();
    if report.n_broken > 0 {
        // Writing to a string does not fail.
        let _ = writeln!(page, "\n### {} broken\n", number(report.n_broken, "entry"));
    }
    for broken in &report.broken {
        let _ = writeln!(
            page,
            "- {}:{}: {}",
            broken.file, broken.line, broken.message
        );
    }
    let mut notes = shown.notes();
    let skipped = shown.skipped();
    if !skipped.is_empty() {
        notes.insert(0, format!("left out: {}", skipped.join(", ")));
    }
    if !notes.is_empty() {
        page.push('\n');
    }
    for note in notes {
        let _ = writeln!(page, "_{note}_  ");
    }
    page
}

//! What a replay came to, in each form.

mod json;
mod markdown;
mod text;

use taffrail_runtime::decision::Verdict;
use taffrail_tools::replay::{Before, Cell, Recorded, ReplayReport, Sample};

use crate::format::count;

pub(crate) use json::json;
pub(crate) use markdown::markdown;
pub(crate) use text::text;

/// What is shown, and under which assumptions it came about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown<'r> {
    pub(crate) report: &'r ReplayReport,
    /// Whether the verdicts of before are those of other policies.
    pub(crate) is_against: bool,
    pub(crate) assume_unused: bool,
}

/// The columns of the matrix.
const VERDICTS: [Verdict; 3] = [Verdict::Execute, Verdict::Propose, Verdict::Escalate];

/// How many rules are named of a change.
const RULES: usize = 10;

impl Shown<'_> {
    /// Returns the rows of the matrix that have anything in them.
    fn rows(&self) -> Vec<(Before, [u64; 3])> {
        let cells = &self.report.cells;
        let mut rows: Vec<(Before, [u64; 3])> = Vec::new();
        for (before, _) in cells.keys() {
            if rows.last().is_none_or(|(last, _)| last != before) {
                let count = |now| cells.get(&(*before, now)).map_or(0, |cell| cell.count);
                rows.push((*before, VERDICTS.map(count)));
            }
        }
        rows
    }

    /// Returns the changes, the milder ones first.
    fn changes(&self) -> Vec<(Before, Verdict, &Cell)> {
        let cells = self.report.cells.iter();
        let mut changes: Vec<(Before, Verdict, &Cell)> = cells
            .map(|((before, now), cell)| (*before, *now, cell))
            .filter(|(before, now, _)| *before != Before::Verdict(*now))
            .collect();
        changes.sort_by_key(|(before, now, _)| (!is_milder(*before, *now), *before, *now));
        changes
    }

    /// Returns what came of it, in one line.
    fn headline(&self) -> String {
        let report = self.report;
        let (milder, stricter) = (report.n_milder(), report.n_stricter());
        let known = report.cells.iter();
        let unknown: u64 = known
            .filter(|((before, _), _)| *before == Before::Unrecorded)
            .map(|(_, cell)| cell.count)
            .sum();
        let same = report.n_decided() - milder - stricter - unknown;
        let unknown = match unknown {
            0 => String::new(),
            unknown => format!(", {unknown} decided for the first time"),
        };
        format!(
            "{}: {milder} milder, {stricter} stricter, {same} unchanged{unknown}",
            number(report.n_decided(), "action"),
        )
    }

    /// Returns what has to be known to read the numbers, a sentence each.
    fn notes(&self) -> Vec<String> {
        let report = self.report;
        let mut notes = Vec::new();
        let of = |recorded| report.decided.get(&recorded).copied().unwrap_or_default();
        let events = of(Recorded::Event);
        if events > 0 && !self.is_against {
            notes.push(format!(
                "what the API server carried out counts as execute ({})",
                number(events, "event")
            ));
        }
        if events > 0 {
            notes.push(
                "a server's log does not hold the object as it was before: `current` is unknown but for what was created or deleted"
                    .into(),
            );
        }
        if report.without_object > 0 {
            notes.push(format!(
                "of {} the log does not hold the object asked for either: its audit policy leaves it out",
                number(report.without_object, "event")
            ));
        }
        if self.assume_unused {
            notes.push(
                "budgets of which a log says nothing count as unused, breakers as closed".into(),
            );
        } else if report.without_ledger > 0 {
            notes.push(format!(
                "in {} a budget or breaker applies because nothing is known of it; `--assume-unused-budgets` takes it as unused",
                number(report.without_ledger, "decision")
            ));
        }
        notes
    }

    /// Returns what was left out, the most first.
    fn skipped(&self) -> Vec<String> {
        let mut skipped: Vec<_> = self.report.skipped.iter().collect();
        skipped.sort_by_key(|(why, count)| (std::cmp::Reverse(**count), **why));
        let words = skipped.into_iter();
        words
            .map(|(why, count)| match (why.words(), count) {
                ((one, _), 1) => format!("1 {one}"),
                ((_, several), count) => format!("{count} {several}"),
            })
            .collect()
    }
}

/// Returns the rules of a change with their counts, the most first, and how many more there are.
fn rules(cell: &Cell) -> (Vec<(&str, u64)>, usize) {
    let mut rules: Vec<(&str, u64)> = cell
        .rules
        .iter()
        .map(|(rule, count)| (rule.as_str(), *count))
        .collect();
    rules.sort_by_key(|(rule, count)| (std::cmp::Reverse(*count), *rule));
    let more = rules.len().saturating_sub(RULES);
    rules.truncate(RULES);
    (rules, more)
}

/// Returns where a sample stands, what was asked, by whom and when.
fn described(sample: &Sample) -> String {
    let time = match sample.time.as_str() {
        "" => String::new(),
        time => format!(" at {time}"),
    };
    let principal = match sample.principal.as_str() {
        "" => String::new(),
        principal => format!(" by {principal}"),
    };
    format!("{}{principal}{time}", sample.action)
}

fn is_milder(before: Before, now: Verdict) -> bool {
    before > Before::Verdict(now)
}

fn number(number: u64, of: &str) -> String {
    count(usize::try_from(number).unwrap_or(usize::MAX), of)
}

//! How two policy sets differ, in each form.

mod json;
mod markdown;
mod text;

use taffrail_tools::diff::{Diff, Direction, Evidence, RuleChange, What, Written};

use crate::format::count;

pub(crate) use json::json;
pub(crate) use markdown::markdown;
pub(crate) use text::text;

/// Returns what happened to a rule, in a few words.
fn happened(change: &RuleChange) -> String {
    match &change.what {
        What::Added => "added".into(),
        What::Removed => "removed".into(),
        What::Renamed { from } => format!("renamed from {from}"),
        What::Changed => "changed".into(),
        What::Words => "changed in its words only".into(),
    }
}

/// Returns the direction of a change, empty where it has none.
fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Same => "",
        Direction::Stricter => "stricter",
        Direction::Milder => "milder",
        Direction::Different => "different",
    }
}

/// Returns whether every clause reads as before, so that only names in it can mean something else.
fn reads_the_same(change: &RuleChange) -> bool {
    let texts = |all: &[Written]| -> Vec<String> {
        all.iter().map(|written| written.text.clone()).collect()
    };
    !change.clauses.is_empty()
        && change
            .clauses
            .iter()
            .all(|clause| texts(&clause.old) == texts(&clause.new))
}

fn place(written: &Written) -> String {
    format!("{}:{}", written.file, written.line)
}

/// Returns the place of a rule: where it is, or where it was.
fn place_of(change: &RuleChange) -> String {
    let written = change.new.as_ref().or(change.old.as_ref());
    written.map_or_else(String::new, place)
}

/// Returns what a test tells about both sets.
fn verdicts(found: &Evidence) -> String {
    let (before, now) = (found.before.word(), found.now.word());
    match found.before == found.now {
        true => format!("{before}, risk {} → {}", found.risk_before, found.risk_now),
        false => format!("{before} → {now}"),
    }
}

/// Returns what came of it, in one line.
fn headline(found: &Diff) -> String {
    let changed = |wanted: Direction| {
        let rules = found.rules.iter().map(|change| change.direction);
        let settings = found.settings.iter().map(|change| change.direction);
        let of = |direction: &Direction| *direction == wanted;
        rules.chain(settings).filter(of).count()
    };
    let words = found
        .rules
        .iter()
        .filter(|change| change.what == What::Words)
        .count();
    let tests = format!(
        "{} of {} decided otherwise",
        found.evidence.len(),
        count(found.n_decided, "request")
    );
    let mut parts: Vec<String> = [Direction::Milder, Direction::Different, Direction::Stricter]
        .into_iter()
        .map(|wanted| (changed(wanted), wanted))
        .filter(|(number, _)| *number > 0)
        .map(|(number, wanted)| format!("{number} {}", wanted.word()))
        .collect();
    if words > 0 {
        parts.push(format!("{words} in words only"));
    }
    match found.is_change() {
        false if parts.is_empty() => format!("no rule changed in meaning; {tests}"),
        false => format!("no rule changed in meaning, {}; {tests}", parts.join(", ")),
        true if parts.is_empty() => format!("rules were renamed; {tests}"),
        true => format!("{}; {tests}", parts.join(", ")),
    }
}

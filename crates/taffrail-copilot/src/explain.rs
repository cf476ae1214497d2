//! Decisions for three readers: a line for a tool's reply, a card for a chat or a pull request, a page for who wants to know
//! everything.
//!
//! What the cluster and the requester wrote (names, labels, reasons) is shown, but harmless: it starts no line, heading, link or
//! tag, calls nobody and turns no direction of writing.

mod card;
mod line;
mod options;
mod page;

use std::cmp::Reverse;

use taffrail::{Report, Verdict};
use taffrail_runtime::decision::Contribution;

pub use card::{card, plan_card, why_card};
pub use line::{LINE_LIMIT, line, plan_line, why_line};
pub use options::options;
pub use page::{page, plan_page, why_page};

/// Returns the contributions that take part, the most important first: those that demand the verdict, then milder demands, then
/// points. What a waiver forgives wholly takes no part.
fn by_weight(report: &Report) -> Vec<&Contribution> {
    let mut taking_part: Vec<&Contribution> = report
        .contributions
        .iter()
        .filter(|one| one.verdict > Verdict::Execute || one.points > 0)
        .collect();
    // That no grant holds says least: it is so of whatever nobody thought of.
    let says_more = |one: &Contribution| one.kind != "no_grant";
    taking_part
        .sort_by_key(|one| Reverse((one.verdict, is_final(one), says_more(one), one.points)));
    taking_part
}

/// Tells whether nothing releases what this contribution stops.
fn is_final(contribution: &Contribution) -> bool {
    !contribution.gate.releasable
}

/// Returns the contributions that make the verdict what it is. Where the risk does, its points belong to it.
fn deciding(report: &Report) -> Vec<&Contribution> {
    let by_weight = by_weight(report);
    let by_risk = by_weight
        .iter()
        .any(|one| one.kind == "tolerance" && one.verdict == report.verdict);
    by_weight
        .into_iter()
        .filter(|one| {
            report.verdict > Verdict::Execute
                && (one.verdict == report.verdict || by_risk && one.points > 0)
        })
        .collect()
}

/// Returns at most so many letters of a text, cut between words where there is a gap, and marked where it was cut.
pub(crate) fn cut(text: &str, letters: usize) -> String {
    if text.chars().count() <= letters {
        return text.to_owned();
    }
    let kept: String = text.chars().take(letters.saturating_sub(1)).collect();
    let follows_a_word = text
        .chars()
        .nth(letters.saturating_sub(1))
        .is_some_and(|next| !next.is_whitespace());
    let whole_words = match kept.rsplit_once(char::is_whitespace) {
        // A text without gaps for so long is cut where it must be.
        Some((words, rest)) if follows_a_word && rest.chars().count() < letters / 2 => words,
        Some(_) | None => kept.as_str(),
    };
    let ends_well = whole_words.trim_end_matches([' ', ',', ';', ':']);
    format!("{ends_well}…")
}

#[cfg(test)]
mod tests;

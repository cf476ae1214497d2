//! Why, in a sentence that agents hand on to people.

use std::collections::BTreeSet;

use taffrail::{Gate, Report, Verdict};
use taffrail_runtime::decision::{Contribution, PlanReport, TruthReport};
use taffrail_runtime::render::gate;

/// The most reasons that are given.
const REASONS_LIMIT: usize = 4;

/// The longest text, in characters.
const LENGTH_LIMIT: usize = 1200;

/// Returns why an action is decided as it is.
pub(super) fn of_action(report: &Report) -> String {
    let asked = asked(report);
    sentence(report.verdict, &report.gate, &[asked], &[report])
}

/// Returns why several actions are decided as they are.
pub(super) fn of_plan(report: &PlanReport) -> String {
    let all: Vec<&Report> = report.steps.iter().chain(&report.net).collect();
    let decisive: Vec<&Report> = all
        .iter()
        .copied()
        .filter(|step| step.verdict == report.verdict)
        .collect();
    let mut what: Vec<String> = decisive.iter().map(|step| asked(step)).collect();
    what.dedup();
    sentence(report.verdict, &report.gate, &what, &decisive)
}

/// Returns what is not understood.
pub(super) fn of_doubts(doubts: &[String]) -> String {
    let told = doubts.iter().take(REASONS_LIMIT).map(String::as_str);
    shortened(&format!(
        "taffrail: {}",
        told.collect::<Vec<_>>().join("; ")
    ))
}

fn asked(report: &Report) -> String {
    let (kind, place) = report
        .action
        .target
        .rsplit_once(' ')
        .unwrap_or((&report.action.target, ""));
    let target = match place.split_once('/') {
        Some(("unknown", "unknown")) => kind.to_owned(),
        Some(("unknown", name)) => format!("{kind} {name}"),
        Some((namespace, "unknown")) => format!("{kind} in {namespace}"),
        Some(_) => format!("{kind} {place}"),
        None => report.action.target.clone(),
    };
    format!("{} {target}", report.action.verb)
}

/// Says what rules offer instead.
fn offered(reports: &[&Report]) -> String {
    let suggestions = reports.iter().flat_map(|report| &report.suggestions);
    let offers: BTreeSet<String> = suggestions
        .map(|offer| {
            let value = offer
                .value
                .as_str()
                .map_or_else(|| offer.value.to_string(), ToOwned::to_owned);
            match offer.path.strip_prefix("proposed.") {
                Some(path) => format!("{path} = {value}"),
                None => value,
            }
        })
        .collect();
    match offers.is_empty() {
        true => String::new(),
        false => {
            let offers: Vec<&str> = offers
                .iter()
                .take(REASONS_LIMIT)
                .map(String::as_str)
                .collect();
            format!(" Suggested instead: {}.", offers.join(", "))
        }
    }
}

/// The reasons for a verdict, the weightiest first: what is certain before what cannot be told, which is summed up.
fn weighty(reports: &[&Report]) -> Vec<String> {
    let mut all: Vec<&Contribution> = reports
        .iter()
        .flat_map(|report| &report.contributions)
        .collect();
    all.sort_by(|a, b| {
        let by_weight = b.verdict.cmp(&a.verdict).then(b.points.cmp(&a.points));
        by_weight.then_with(|| a.rule.cmp(&b.rule))
    });
    let mut told: Vec<String> = Vec::new();
    let mut untold: BTreeSet<&str> = BTreeSet::new();
    let mut causes: BTreeSet<&str> = BTreeSet::new();
    for contribution in all {
        match &contribution.truth {
            TruthReport::True => {
                let because = because(contribution);
                if !told.contains(&because) {
                    told.push(because);
                }
            }
            TruthReport::Unknown(why) => {
                untold.insert(&contribution.rule);
                causes.extend(why.iter().map(String::as_str));
            }
        }
    }
    if let Some(more @ 1..) = told.len().checked_sub(REASONS_LIMIT) {
        told.truncate(REASONS_LIMIT);
        told.push(format!("{more} more"));
    }
    if !untold.is_empty() {
        told.push(of_untold(&untold, &causes));
    }
    told
}

fn because(contribution: &Contribution) -> String {
    match contribution.because.as_str() {
        "" => contribution.rule.clone(),
        because => format!("{because} ({})", contribution.rule),
    }
}

/// Says which rules may apply, of which nobody can say whether they do.
fn of_untold(rules: &BTreeSet<&str>, causes: &BTreeSet<&str>) -> String {
    let named: Vec<&str> = rules.iter().take(REASONS_LIMIT).copied().collect();
    let rules = match rules.len().checked_sub(REASONS_LIMIT) {
        Some(more @ 1..) => format!("{} and {more} more rules", named.join(", ")),
        _ => named.join(", "),
    };
    let told: Vec<&str> = causes.iter().take(REASONS_LIMIT).copied().collect();
    format!("{rules} may apply, since {}", told.join(", "))
}

fn sentence(verdict: Verdict, needed: &Gate, what: &[String], reports: &[&Report]) -> String {
    let word = match verdict {
        Verdict::Execute => "may be executed",
        Verdict::Propose => "is to be proposed to a person",
        Verdict::Escalate => "must not be executed",
    };
    let mut text = format!("taffrail: {} {word}", listed(what));
    if verdict != Verdict::Execute {
        let reasons = weighty(reports);
        if !reasons.is_empty() {
            text.push_str(": ");
            text.push_str(&reasons.join("; "));
        }
        text.push_str(". ");
        text.push_str(&sentence_of(&gate(verdict, needed)));
        text.push_str(&offered(reports));
    }
    shortened(&text)
}

fn sentence_of(phrase: &str) -> String {
    let mut letters = phrase.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}

fn listed(what: &[String]) -> String {
    match what {
        [] => "nothing".into(),
        [one] => one.clone(),
        [first, second] => format!("{first} and {second}"),
        [first, rest @ ..] => format!("{first} and {} more actions", rest.len()),
    }
}

/// Cuts a text that is too long, and makes it one line.
fn shortened(text: &str) -> String {
    let one_line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if one_line.chars().count() <= LENGTH_LIMIT {
        return one_line;
    }
    let cut: String = one_line
        .chars()
        .take(LENGTH_LIMIT.saturating_sub(1))
        .collect();
    format!("{cut}…")
}

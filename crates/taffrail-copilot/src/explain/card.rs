//! A short card in Markdown, for a chat or a pull request.

use std::fmt::Write as _;

use taffrail::{Report, Verdict};
use taffrail_runtime::decision::{Contribution, FailedTruth, GrantReport, PlanReport, TruthReport};
use taffrail_runtime::render::{
    asked, code_span, effect, escaped, gate, heading, plan_size, value,
};

use super::{by_weight, cut, deciding};
use crate::why_not::{FactChange, WhyNot};

/// How many entries of one list a card shows.
const ENTRIES: usize = 5;
/// The most letters of a reason on a card.
const REASON_LIMIT: usize = 240;

/// Returns a decision as a short card in Markdown: verdict, risk, what decided, which grants were near, whom to ask, and until when
/// it holds.
#[must_use]
pub fn card(report: &Report) -> String {
    let (what, who) = asked(report);
    let heading = heading(report.verdict, report.risk.points(), &code_span(&what));
    let mut card = format!(
        "### {heading}\n\nAsked {}; {}.",
        escaped(&who),
        escaped(&gate(report.verdict, &report.gate))
    );
    if let Some(until) = &report.valid_until {
        push(&mut card, format_args!(" Valid until {}.", escaped(until)));
    }
    card.push('\n');
    match report.verdict {
        Verdict::Execute => {
            let held = report.grants.iter().filter(|grant| grant.held);
            list(&mut card, "Granted by", held.map(held_by));
            list(
                &mut card,
                "Adds to the risk",
                by_weight(report).into_iter().map(contributed),
            );
        }
        Verdict::Propose | Verdict::Escalate => {
            let deciding = deciding(report);
            let others: Vec<&Contribution> = by_weight(report)
                .into_iter()
                .filter(|one| !deciding.iter().any(|decided| std::ptr::eq(*decided, *one)))
                .collect();
            list(
                &mut card,
                "Decided by",
                deciding.into_iter().map(contributed),
            );
            list(&mut card, "Also", others.into_iter().map(contributed));
            if !report.grants.iter().any(|grant| grant.held) {
                list(
                    &mut card,
                    "Nearly granted by",
                    report.grants.iter().map(nearly),
                );
            }
        }
    }
    list(
        &mut card,
        "Suggested",
        report
            .suggestions
            .iter()
            .map(|suggestion| match &suggestion.value {
                serde_json::Value::String(text) if suggestion.path.is_empty() => {
                    escaped(&cut(text, REASON_LIMIT))
                }
                better => code_span(&format!("{} = {}", suggestion.path, value(better))),
            }),
    );
    card
}

/// Returns why an action may not be executed as the end of a card: the smallest change of facts, or what stands in the way.
#[must_use]
pub fn why_card(why: &WhyNot) -> String {
    let mut card = String::new();
    let title = format!("Why not execute? {}", escaped(&why.sentence()));
    push(&mut card, format_args!("**{title}**\n"));
    let changes = why.changes.iter().map(FactChange::sentence);
    let obstacles = why
        .standing_in_the_way
        .iter()
        .map(|one| format!("{} stands in the way: {}", one.rule, one.because));
    let entries: Vec<String> = if why.changes.is_empty() {
        obstacles.collect()
    } else {
        changes.collect()
    };
    if !entries.is_empty() {
        card.push('\n');
    }
    for entry in entries {
        push(
            &mut card,
            format_args!("- {}\n", escaped(&cut(&entry, REASON_LIMIT))),
        );
    }
    card
}

/// Returns a plan's decision as a short card in Markdown: its verdict, and a line for each step and net change.
#[must_use]
pub fn plan_card(report: &PlanReport) -> String {
    let heading = heading(report.verdict, report.risk.points(), &plan_size(report));
    let mut card = format!(
        "### {heading}\n\n{}.\n\n",
        escaped(&gate(report.verdict, &report.gate))
    );
    for (at, step) in report.steps.iter().enumerate() {
        let number = at.saturating_add(1);
        push(&mut card, format_args!("{number}. {}\n", part(step)));
    }
    for net in &report.net {
        push(&mut card, format_args!("- Net change: {}\n", part(net)));
    }
    card
}

fn part(report: &Report) -> String {
    let (what, _) = asked(report);
    let mut text = heading_of(report, &what);
    if let Some(first) = deciding(report).into_iter().next() {
        push(&mut text, format_args!(": {}", contributed(first)));
    }
    text
}

fn heading_of(report: &Report, what: &str) -> String {
    heading(report.verdict, report.risk.points(), &code_span(what))
}

fn contributed(contribution: &Contribution) -> String {
    let mut text = format!(
        "{} ({})",
        code_span(&contribution.rule),
        escaped(&effect(contribution))
    );
    if !contribution.because.is_empty() {
        let because = cut(&contribution.because, REASON_LIMIT);
        push(&mut text, format_args!(": {}", escaped(&because)));
    }
    if let TruthReport::Unknown(causes) = &contribution.truth {
        let causes = cut(&causes.join("; "), REASON_LIMIT);
        push(
            &mut text,
            format_args!(" — may apply: {}", escaped(&causes)),
        );
    }
    text
}

fn held_by(grant: &GrantReport) -> String {
    match grant.because.as_str() {
        "" => code_span(&grant.rule),
        because => format!(
            "{}: {}",
            code_span(&grant.rule),
            escaped(&cut(because, REASON_LIMIT))
        ),
    }
}

fn nearly(grant: &GrantReport) -> String {
    let Some(failed) = &grant.failed else {
        return code_span(&grant.rule);
    };
    let truth = match &failed.truth {
        FailedTruth::False => "is false".to_owned(),
        FailedTruth::Unknown(causes) => {
            let causes = cut(&causes.join("; "), REASON_LIMIT);
            format!("is not known: {}", escaped(&causes))
        }
    };
    let clause = code_span(&cut(&failed.clause, REASON_LIMIT));
    format!("{}: {clause} {truth}", code_span(&grant.rule))
}

fn list(card: &mut String, title: &str, entries: impl Iterator<Item = String>) {
    let entries: Vec<String> = entries.collect();
    if entries.is_empty() {
        return;
    }
    push(card, format_args!("\n**{title}**\n\n"));
    for entry in entries.iter().take(ENTRIES) {
        push(card, format_args!("- {entry}\n"));
    }
    match entries.len().saturating_sub(ENTRIES) {
        0 => {}
        more => push(card, format_args!("- and {more} more\n")),
    }
}

fn push(card: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    let _ = card.write_fmt(text);
}

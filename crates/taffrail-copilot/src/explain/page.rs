//! The full page in Markdown.

use std::fmt::Write as _;

use taffrail::{Report, Verdict};
use taffrail_runtime::decision::PlanReport;
use taffrail_runtime::render::{code_span, escaped, markdown, plan_markdown};

use crate::why_not::{Condition, FactChange, Holds, Obstacle, WhyNot};

/// Returns a decision as a page of Markdown that leaves nothing out: every contribution, grant, unknown and digest, and where it is
/// given, what would have to be true.
#[must_use]
pub fn page(report: &Report, why: Option<&WhyNot>) -> String {
    let mut page = markdown(report);
    if let Some(why) = why {
        page.push('\n');
        page.push_str(&why_page(why));
    }
    page
}

/// Returns a plan's decision as a page of Markdown that leaves nothing out.
#[must_use]
pub fn plan_page(report: &PlanReport) -> String {
    plan_markdown(report)
}

/// Returns why an action may not be executed as a part of a page: the smallest change of facts, what stands in the way, and all that
/// would have to be true.
#[must_use]
pub fn why_page(why: &WhyNot) -> String {
    let mut text = String::new();
    if why.verdict == Verdict::Execute {
        text.push_str(
            "## Why not execute?\n\nNothing speaks against it: the verdict is execute.\n",
        );
        return text;
    }
    push(
        &mut text,
        format_args!("## Why not execute?\n\n{}\n", escaped(&why.sentence())),
    );
    list(&mut text, why.changes.iter().map(change));
    if !why.standing_in_the_way.is_empty() {
        text.push_str("\nStanding in the way of execution:\n");
    }
    list(&mut text, why.standing_in_the_way.iter().map(obstacle));
    let unfinished: Vec<String> = why
        .unfinished
        .iter()
        .map(|one| format!("{}: {}", code_span(&one.what), escaped(&one.because)))
        .collect();
    if !unfinished.is_empty() {
        text.push_str("\nNot searched to the end:\n");
    }
    list(&mut text, unfinished.into_iter());
    if !why.conditions.is_empty() {
        text.push_str("\n## What would have to be true?\n");
        list(&mut text, why.conditions.iter().map(condition));
    }
    text
}

fn change(change: &FactChange) -> String {
    format!(
        "{} would have to be {} (it is {}), for {}",
        code_span(&change.fact),
        escaped(&change.would_be),
        escaped(&change.is),
        named(&change.rule, &change.place)
    )
}

fn obstacle(obstacle: &Obstacle) -> String {
    let mut text = format!(
        "{}: {}",
        named(&obstacle.rule, &obstacle.place),
        escaped(&obstacle.because)
    );
    if !obstacle.not_varied.is_empty() {
        let facts: Vec<String> = obstacle
            .not_varied
            .iter()
            .map(|fact| code_span(fact))
            .collect();
        push(
            &mut text,
            format_args!(" (no other value was found to try of {})", facts.join(", ")),
        );
    }
    text
}

fn condition(condition: &Condition) -> String {
    let sign = match condition.holds {
        Holds::Yes => "[x]",
        Holds::No | Holds::Unknown => "[ ]",
    };
    let words = match condition.holds {
        Holds::Yes | Holds::No => "",
        Holds::Unknown => " — nobody can say",
    };
    let is_as_written = ["when ", "unless "]
        .iter()
        .any(|word| condition.clause.starts_with(word));
    let clause = if is_as_written {
        code_span(&condition.clause)
    } else {
        escaped(&condition.clause)
    };
    format!(
        "{sign} {}: {clause}{words}",
        named(&condition.rule, &condition.place)
    )
}

fn named(rule: &str, place: &str) -> String {
    match place {
        "" => code_span(rule),
        place => format!("{} ({})", code_span(rule), escaped(place)),
    }
}

fn list(text: &mut String, entries: impl Iterator<Item = String>) {
    let entries: Vec<String> = entries.map(|entry| format!("- {entry}\n")).collect();
    if !entries.is_empty() {
        push(text, format_args!("\n{}", entries.concat()));
    }
}

fn push(text: &mut String, part: std::fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    let _ = text.write_fmt(part);
}

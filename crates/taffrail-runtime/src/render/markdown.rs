//! Markdown for a pull request or a chat.

use std::fmt::Write as _;

use crate::decision::{Contribution, FailedTruth, PlanReport, Report, Verdict};
use crate::render::{
    asked, causes, effect, gate, grants, one_line, place, plan_size, readable, short, values,
    waiver,
};

/// Returns a decision as Markdown.
#[must_use]
pub fn markdown(report: &Report) -> String {
    let mut page = String::new();
    decision(&mut page, report, 2, "");
    page
}

/// Returns a plan's decision as Markdown.
#[must_use]
pub fn plan_markdown(report: &PlanReport) -> String {
    let mut page = String::new();
    let heading = heading(report.verdict, report.risk.points(), &plan_size(report));
    push(
        &mut page,
        &format!("## {heading}\n\n{}.\n", gate(report.verdict, &report.gate)),
    );
    for (at, step) in report.steps.iter().enumerate() {
        page.push('\n');
        decision(
            &mut page,
            step,
            3,
            &format!("Step {}: ", at.saturating_add(1)),
        );
    }
    for net in &report.net {
        page.push('\n');
        decision(&mut page, net, 3, "Net change: ");
    }
    page
}

fn heading(verdict: Verdict, risk: u8, what: &str) -> String {
    let sign = match verdict {
        Verdict::Execute => "✅",
        Verdict::Propose => "✋",
        Verdict::Escalate => "⛔",
    };
    format!("{sign} {verdict}, risk {risk}: {what}")
}

fn decision(page: &mut String, report: &Report, level: usize, prefix: &str) {
    let (what, who) = asked(report);
    let heading = heading(report.verdict, report.risk.points(), &code(&what));
    push(
        page,
        &format!("{} {prefix}{heading}\n\n", "#".repeat(level)),
    );
    push(
        page,
        &format!(
            "Asked {}; {}.\n",
            plain(&who),
            plain(&gate(report.verdict, &report.gate))
        ),
    );
    if !report.contributions.is_empty() {
        push(
            page,
            "\n| rule | effect | why | place |\n|---|---|---|---|\n",
        );
        for contribution in &report.contributions {
            row(page, contribution);
        }
    }
    list(page, "Grants", grants(report).into_iter().map(grant));
    list(
        page,
        "Suggestions",
        report
            .suggestions
            .iter()
            .map(|suggestion| match &suggestion.value {
                serde_json::Value::String(text) if suggestion.path.is_empty() => plain(text),
                value => format!(
                    "{} ({})",
                    code(&format!("{} = {}", suggestion.path, readable(value))),
                    plain(&suggestion.rule)
                ),
            }),
    );
    list(
        page,
        "Not known",
        report.unknowns.iter().map(|cause| plain(cause)),
    );
    page.push('\n');
    if let Some(until) = &report.valid_until {
        push(page, &format!("Valid until {}. ", plain(until)));
    }
    push(
        page,
        &format!("Policies {}.\n", code(&short(&report.policy_digest))),
    );
}

fn row(page: &mut String, contribution: &Contribution) {
    let mut why: Vec<String> = Vec::new();
    if !contribution.because.is_empty() {
        why.push(plain(&contribution.because));
    }
    why.extend(
        causes(&contribution.truth)
            .iter()
            .map(|cause| format!("may apply: {}", plain(cause))),
    );
    why.extend(values(&contribution.values).iter().map(|value| code(value)));
    if let Some(forgiven) = &contribution.waiver {
        why.push(plain(&waiver(forgiven)));
    }
    push(
        page,
        &format!(
            "| {} | {} | {} | {} |\n",
            code(&contribution.rule),
            plain(&effect(contribution)),
            why.join("<br>"),
            plain(&place(&contribution.file, contribution.line)),
        ),
    );
}

fn grant(grant: &crate::decision::GrantReport) -> String {
    let word = if grant.held { "holds" } else { "does not hold" };
    let mut text = format!("{} {word}", code(&grant.rule));
    if let Some(failed) = &grant.failed {
        let truth = match &failed.truth {
            FailedTruth::False => "is false".to_owned(),
            FailedTruth::Unknown(causes) => format!("is not known: {}", plain(&causes.join("; "))),
        };
        // Writing to a string does not fail.
        let _ = write!(text, ": {} {truth}", code(&failed.clause));
    }
    text
}

fn list(page: &mut String, title: &str, entries: impl Iterator<Item = String>) {
    let entries: Vec<String> = entries.map(|entry| format!("- {entry}\n")).collect();
    if !entries.is_empty() {
        push(page, &format!("\n**{title}**\n\n{}", entries.concat()));
    }
}

fn push(page: &mut String, text: &str) {
    page.push_str(text);
}

/// Returns text that Markdown shows as it is.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in one_line(text).chars() {
        match letter {
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' => {
                plain.push('\\');
                plain.push(letter);
            }
            // A name must not call people or open a tag.
            '<' => plain.push_str("&lt;"),
            '&' => plain.push_str("&amp;"),
            '@' => plain.push_str("&#64;"),
            letter => plain.push(letter),
        }
    }
    plain
}

/// Returns text as a code span, fit for a table.
fn code(text: &str) -> String {
    let text = one_line(text).replace('|', "\\|");
    if text.contains('`') {
        format!("`` {text} ``")
    } else {
        format!("`{text}`")
    }
}

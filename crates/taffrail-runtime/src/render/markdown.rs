//! Markdown for who wants to know everything: a page.

use std::fmt::Write as _;

use crate::decision::{
    Contribution, FailedTruth, GrantReport, PlanReport, Report, SuggestionReport, Verdict,
};
use crate::render::{
    asked, causes, effect, gate, one_line, place, plan_size, readable, values, waiver,
};

/// Returns a decision as a page of Markdown that leaves nothing of the report out.
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

/// Returns what a heading says of a decision: `✋ propose, risk 40: ` and what it is about, which must be harmless already.
#[must_use]
pub fn heading(verdict: Verdict, risk: u8, what: &str) -> String {
    let sign = match verdict {
        Verdict::Execute => "✅",
        Verdict::Propose => "✋",
        Verdict::Escalate => "⛔",
    };
    format!("{sign} {verdict}, risk {risk}: {what}")
}

fn decision(page: &mut String, report: &Report, level: usize, prefix: &str) {
    let (what, who) = asked(report);
    let heading = heading(report.verdict, report.risk.points(), &code_span(&what));
    push(
        page,
        &format!("{} {prefix}{heading}\n\n", "#".repeat(level)),
    );
    push(
        page,
        &format!(
            "Asked {}; {}.\n",
            escaped(&who),
            escaped(&gate(report.verdict, &report.gate))
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
    list(page, "Grants", report.grants.iter().map(grant));
    list(
        page,
        "Suggestions",
        report.suggestions.iter().map(suggestion),
    );
    list(
        page,
        "Not known",
        report.unknowns.iter().map(|cause| escaped(cause)),
    );
    footer(page, report);
}

/// Until when it holds, and what it was decided on.
fn footer(page: &mut String, report: &Report) {
    page.push('\n');
    if let Some(until) = &report.valid_until {
        push(page, &format!("Valid until {}. ", escaped(until)));
    }
    push(
        page,
        &format!(
            "Policies {}, action {}, facts {}; {} with time zones {}.\n",
            code_span(&report.policy_digest),
            code_span(&report.action_digest),
            code_span(&report.facts_digest),
            escaped(&report.engine),
            escaped(&report.tzdb),
        ),
    );
}

fn row(page: &mut String, contribution: &Contribution) {
    let mut why: Vec<String> = Vec::new();
    if !contribution.because.is_empty() {
        why.push(escaped(&contribution.because));
    }
    why.extend(
        causes(&contribution.truth)
            .iter()
            .map(|cause| format!("may apply: {}", escaped(cause))),
    );
    why.extend(
        values(&contribution.values)
            .iter()
            .map(|value| cell_code(value)),
    );
    why.extend(
        contribution
            .annotations
            .iter()
            .map(|(name, texts)| escaped(format!("@{name} {}", texts.join(", ")).trim_end())),
    );
    if let Some(forgiven) = &contribution.waiver {
        let place = place(&forgiven.file, forgiven.line);
        why.push(escaped(&format!("{} ({place})", waiver(forgiven))));
    }
    push(
        page,
        &format!(
            "| {} | {} | {} | {} |\n",
            cell_code(&contribution.rule),
            escaped(&effect(contribution)),
            why.join("<br>"),
            escaped(&place(&contribution.file, contribution.line)),
        ),
    );
}

fn grant(grant: &GrantReport) -> String {
    let word = if grant.held { "holds" } else { "does not hold" };
    let mut text = format!(
        "{} {word} ({})",
        code_span(&grant.rule),
        escaped(&place(&grant.file, grant.line))
    );
    if !grant.because.is_empty() {
        // Writing to a string does not fail.
        let _ = write!(text, ": {}", escaped(&grant.because));
    }
    if let Some(failed) = &grant.failed {
        let truth = match &failed.truth {
            FailedTruth::False => "is false".to_owned(),
            FailedTruth::Unknown(causes) => {
                format!("is not known: {}", escaped(&causes.join("; ")))
            }
        };
        // Writing to a string does not fail.
        let _ = write!(text, ": {} {truth}", code_span(&failed.clause));
        for value in values(&failed.values) {
            // Writing to a string does not fail.
            let _ = write!(text, ", {}", code_span(&value));
        }
    }
    text
}

fn suggestion(suggestion: &SuggestionReport) -> String {
    let value = match &suggestion.value {
        serde_json::Value::String(text) if suggestion.path.is_empty() => escaped(text),
        value => code_span(&format!("{} = {}", suggestion.path, readable(value))),
    };
    format!("{value} ({})", escaped(&suggestion.rule))
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

/// Returns a text on one line that Markdown shows as it is: it starts no heading, link, tag or table cell, and calls nobody.
///
/// ```
/// use taffrail_runtime::render::escaped;
///
/// assert_eq!(escaped("**see** <b> @all"), r"\*\*see\*\* &lt;b&gt; &#64;all");
/// ```
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in one_line(text).chars() {
        match letter {
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' => {
                plain.push('\\');
                plain.push(letter);
            }
            '<' => plain.push_str("&lt;"),
            '>' => plain.push_str("&gt;"),
            '&' => plain.push_str("&amp;"),
            '@' => plain.push_str("&#64;"),
            letter => plain.push(letter),
        }
    }
    plain
}

/// Returns a text on one line as a code span that it cannot leave, whatever backticks it has; empty for an empty text.
///
/// ```
/// use taffrail_runtime::render::code_span;
///
/// assert_eq!(code_span("spec.replicas"), "`spec.replicas`");
/// assert_eq!(code_span("a ``b`` c"), "``` a ``b`` c ```");
/// ```
#[must_use]
pub fn code_span(text: &str) -> String {
    let text = one_line(text);
    if text.is_empty() {
        return text;
    }
    let mut longest = 0_usize;
    let mut run = 0_usize;
    for letter in text.chars() {
        run = if letter == '`' {
            run.saturating_add(1)
        } else {
            0
        };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest.saturating_add(1));
    if longest == 0 {
        format!("{fence}{text}{fence}")
    } else {
        format!("{fence} {text} {fence}")
    }
}

/// Returns a code span for a table, where even code must not hold a bare `|`.
fn cell_code(text: &str) -> String {
    code_span(text).replace('|', "\\|")
}

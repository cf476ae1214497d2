//! Decisions for people: as text for a terminal, as Markdown for a pull request, as one line for a log.

use std::fmt::Write as _;

use serde_json::Value as Json;

use crate::decision::{
    Contribution, Gate, GrantReport, PlanReport, Report, Team, TruthReport, Verdict, WaiverReport,
};

mod line;
mod markdown;
mod style;
mod text;

pub use line::{line, plan_line};
pub use markdown::{code_span, escaped, heading, markdown, plan_markdown};
pub use style::Style;
pub use text::{plan_text, text};

/// Returns who releases an action, as a phrase: `any operator may release it`.
#[must_use]
pub fn gate(verdict: Verdict, gate: &Gate) -> String {
    if !gate.releasable {
        return "nothing releases it".into();
    }
    match (verdict, gate.needs.as_slice()) {
        (Verdict::Execute, _) => "nobody has to agree".into(),
        (Verdict::Propose, []) => "any operator may release it".into(),
        (Verdict::Escalate, []) => "somebody with more authority may release it".into(),
        (Verdict::Propose | Verdict::Escalate, teams) => format!("released by {}", teams_of(teams)),
    }
}

fn teams_of(teams: &[Team]) -> String {
    // One number alone, as in "2 of a and b", would seem to speak of both teams.
    let counted = teams.iter().any(|team| team.count > 1);
    let teams: Vec<String> = teams
        .iter()
        .map(|team| match team.count {
            count if counted => format!("{count} of {}", one_line(&team.team)),
            _ => one_line(&team.team),
        })
        .collect();
    match teams.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

/// Returns what a contribution does: `risk +40`, `escalate`, `propose, risk +10`.
#[must_use]
pub fn effect(contribution: &Contribution) -> String {
    let mut parts = Vec::new();
    match contribution.effect.as_str() {
        "risk" => {}
        "none" if contribution.waiver.is_some() => parts.push("waived".to_owned()),
        word => parts.push(word.to_owned()),
    }
    if contribution.points > 0 || contribution.effect == "risk" {
        parts.push(format!("risk +{}", contribution.points));
    }
    parts.join(", ")
}

/// Returns the causes of a truth that is not known.
fn causes(truth: &TruthReport) -> &[String] {
    match truth {
        TruthReport::True => &[],
        TruthReport::Unknown(causes) => causes,
    }
}

/// Returns a place as `file:line`; empty without a file.
#[must_use]
pub fn place(file: &str, line: u32) -> String {
    if file.is_empty() {
        String::new()
    } else {
        format!("{}:{line}", one_line(file))
    }
}

fn waiver(waiver: &WaiverReport) -> String {
    format!(
        "waived until {} by {}: {}",
        one_line(&waiver.until),
        one_line(&waiver.by),
        one_line(&waiver.because)
    )
}

fn values<'v>(values: impl IntoIterator<Item = (&'v String, &'v Json)>) -> Vec<String> {
    values
        .into_iter()
        .map(|(name, value)| format!("{} = {}", one_line(name), one_line(&readable(value))))
        .collect()
}

/// Returns a value of a report as people read it, on one line: like JSON, but `absent` for null and `unknown (why)` for what nobody
/// knows.
///
/// ```
/// use taffrail_runtime::render::value;
///
/// assert_eq!(value(&serde_json::json!({ "unknown": ["`current` was not given"] })), "unknown (`current` was not given)");
/// assert_eq!(value(&serde_json::json!([1, null])), "[1, absent]");
/// ```
#[must_use]
pub fn value(value: &Json) -> String {
    one_line(&readable(value))
}

/// Returns a value as people read it: like JSON, but `absent` for null and `unknown (why)` for what nobody knows.
fn readable(value: &Json) -> String {
    match value {
        Json::Null => "absent".into(),
        Json::Bool(_) | Json::Number(_) | Json::String(_) => value.to_string(),
        Json::Array(items) => {
            let items: Vec<String> = items.iter().map(readable).collect();
            format!("[{}]", items.join(", "))
        }
        Json::Object(map) => {
            if let Some(causes) = unknown(map) {
                return format!("unknown ({})", causes.join("; "));
            }
            let entries: Vec<String> = map
                .iter()
                .map(|(key, value)| format!("{}: {}", Json::from(key.as_str()), readable(value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

/// Returns the causes where a map is the JSON form of an unknown value.
fn unknown(map: &serde_json::Map<String, Json>) -> Option<Vec<&str>> {
    let causes = map.get("unknown")?.as_array()?;
    if map.len() > 1 || causes.is_empty() {
        return None;
    }
    causes.iter().map(Json::as_str).collect()
}

/// Returns the first letters of a digest: enough to tell two apart by eye.
fn short(digest: &str) -> String {
    let (kind, hex) = digest.split_once(':').unwrap_or(("", digest));
    let hex: String = hex.chars().take(12).collect();
    if kind.is_empty() {
        hex
    } else {
        format!("{kind}:{hex}")
    }
}

/// Returns a text with every control character written out, so that a name from the cluster cannot move the cursor
/// or start a line of its own.
///
/// ```
/// use taffrail_runtime::render::one_line;
///
/// assert_eq!(one_line("api\u{202e}\nexecute"), r"api\u{202e}\nexecute");
/// ```
#[must_use]
pub fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' => line.push_str("\\n"),
            '\t' => line.push(' '),
            letter if letter.is_control() || is_invisible(letter) => {
                // Writing to a string does not fail.
                let _ = write!(line, "\\u{{{:x}}}", u32::from(letter));
            }
            letter => line.push(letter),
        }
    }
    line
}

/// Letters that change how the text around them is shown.
fn is_invisible(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Returns the heading of a plan: what its steps and net changes come to.
#[must_use]
pub fn plan_size(report: &PlanReport) -> String {
    let count = |count: usize, of: &str| match count {
        1 => format!("1 {of}"),
        count => format!("{count} {of}s"),
    };
    let steps = count(report.steps.len(), "step");
    match report.net.len() {
        0 => format!("plan of {steps}"),
        net => format!("plan of {steps} with {}", count(net, "net change")),
    }
}

/// Returns the grants worth showing: those that hold, or else those that nearly do.
fn grants(report: &Report) -> Vec<&GrantReport> {
    let held = report.grants.iter().any(|grant| grant.held);
    report
        .grants
        .iter()
        .filter(|grant| grant.held == held)
        .collect()
}

/// Returns what is asked and who asks: `scale apps/Deployment payments/api`, `by agent healer`.
#[must_use]
pub fn asked(report: &Report) -> (String, String) {
    let action = &report.action;
    let mut what = format!("{} {}", one_line(&action.verb), one_line(&action.target));
    let parts: Vec<String> = [
        ("implies", &action.implied),
        ("may imply", &action.may_imply),
    ]
    .into_iter()
    .filter(|(_, verbs)| !verbs.is_empty())
    .map(|(word, verbs)| format!("{word} {}", one_line(&verbs.join(", "))))
    .collect();
    if !parts.is_empty() {
        // Writing to a string does not fail.
        let _ = write!(what, " ({})", parts.join("; "));
    }
    (what, format!("by {}", one_line(&action.principal)))
}

#[cfg(test)]
mod tests;

//! One line, for the reply of a tool.

use taffrail::{Report, Verdict};
use taffrail_runtime::decision::{Contribution, PlanReport};
use taffrail_runtime::render::{gate, one_line, plan_size};

use super::{cut, deciding};
use crate::why_not::{FactChange, WhyNot};

/// The most letters that a line has.
pub const LINE_LIMIT: usize = 200;

/// Returns a decision as one line of at most [`LINE_LIMIT`] letters: verdict, risk, who must agree, and what decided. No line
/// break at its end.
#[must_use]
pub fn line(report: &Report) -> String {
    let who = gate(report.verdict, &report.gate);
    let head = format!("{}, risk {}, {who}", report.verdict, report.risk.points());
    let reasons: Vec<String> = match report.verdict {
        Verdict::Execute => report
            .grants
            .iter()
            .filter(|grant| grant.held)
            .take(1)
            .map(|grant| reason(&grant.rule, &grant.because))
            .collect(),
        Verdict::Propose | Verdict::Escalate => deciding(report)
            .into_iter()
            .map(|one: &Contribution| reason(&one.rule, &one.because))
            .collect(),
    };
    finish(&head, &reasons.join("; "))
}

/// Returns a plan's decision as one line of at most [`LINE_LIMIT`] letters, without a line break at its end.
#[must_use]
pub fn plan_line(report: &PlanReport) -> String {
    let who = gate(report.verdict, &report.gate);
    let head = format!(
        "{}, risk {}, {}, {who}",
        report.verdict,
        report.risk.points(),
        plan_size(report)
    );
    let steps = report
        .steps
        .iter()
        .enumerate()
        .map(|(at, step)| (format!("step {}", at.saturating_add(1)), step));
    let net = report.net.iter().map(|net| ("net change".to_owned(), net));
    let reasons: Vec<String> = steps
        .chain(net)
        .filter(|(_, part)| part.verdict == report.verdict && part.verdict > Verdict::Execute)
        .filter_map(|(title, part)| {
            let first = deciding(part).into_iter().next()?;
            Some(format!("{title}: {}", reason(&first.rule, &first.because)))
        })
        .collect();
    finish(&head, &reasons.join("; "))
}

/// Returns why an action may not be executed as one line of at most [`LINE_LIMIT`] letters, without a line break at its end.
#[must_use]
pub fn why_line(why: &WhyNot) -> String {
    let parts: Vec<String> = if why.changes.is_empty() {
        let obstacles = why.standing_in_the_way.iter();
        obstacles
            .map(|one| reason(&one.rule, &one.because))
            .collect()
    } else {
        why.changes.iter().map(FactChange::sentence).collect()
    };
    let head = why.sentence();
    let head = head.trim_end_matches([':', '.']);
    finish(head, &parts.join("; "))
}

fn finish(head: &str, reasons: &str) -> String {
    let line = match reasons {
        "" => head.to_owned(),
        reasons => format!("{head}: {reasons}"),
    };
    cut(&harmless(&line), LINE_LIMIT)
}

/// A reason that no rule stands for speaks for itself.
fn reason(rule: &str, because: &str) -> String {
    if because.is_empty() {
        rule.to_owned()
    } else if rule.starts_with("taffrail.") {
        because.to_owned()
    } else {
        format!("{rule}: {because}")
    }
}

/// Returns a text on one line that does nothing wherever it is shown. Whoever shows a line may read it as Markdown or not, so letters
/// are replaced instead of escaped: code spans, links and tags cannot start, and nobody is called.
fn harmless(text: &str) -> String {
    let line = one_line(text);
    let mut plain = String::with_capacity(line.len());
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        let next = letters.peek();
        match letter {
            '`' => plain.push('\''),
            '[' => plain.push('('),
            ']' => plain.push(')'),
            '<' if next.is_some_and(|next| !next.is_whitespace() && *next != '=') => {
                plain.push('‹');
            }
            '@' => plain.push_str("(at)"),
            letter => plain.push(letter),
        }
    }
    plain
}

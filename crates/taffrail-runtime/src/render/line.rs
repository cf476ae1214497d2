//! One line for a log.

use crate::decision::{PlanReport, Report};
use crate::render::{asked, gate, one_line, plan_size, short};

/// Returns a decision as one line, without a line break at its end.
#[must_use]
pub fn line(report: &Report) -> String {
    let (what, who) = asked(report);
    let rules: Vec<String> = report
        .contributions
        .iter()
        .map(|contribution| one_line(&contribution.rule))
        .collect();
    let rules = if rules.is_empty() {
        "no rule against it".to_owned()
    } else {
        rules.join(" ")
    };
    format!(
        "{} risk={} {what} {who}; {}; {rules}; policies {}",
        report.verdict,
        report.risk.points(),
        gate(report.verdict, &report.gate),
        short(&report.policy_digest),
    )
}

/// Returns a plan's decision as one line, without a line break at its end.
#[must_use]
pub fn plan_line(report: &PlanReport) -> String {
    format!(
        "{} risk={} {}; {}; policies {}",
        report.verdict,
        report.risk.points(),
        plan_size(report),
        gate(report.verdict, &report.gate),
        short(&report.policy_digest),
    )
}

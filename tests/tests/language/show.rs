//! Decisions as the chapters show them: everything that the language decides, nothing of digests and versions.

use taffrail_compiler::Compiled;
use taffrail_runtime::Program;
use taffrail_runtime::decision::{
    Contribution, FailedTruth, Gate, GrantReport, PlanReport, Report, SuggestionReport, Team,
    TruthReport, Verdict,
};
use taffrail_syntax::{SourceTable, Style};
use taffrail_tools::{Suite, TestResult, run_tests};

/// Returns a decision as text.
pub(crate) fn decision(report: &Report) -> String {
    let mut lines = vec![head(report.verdict, report.risk.points(), &report.gate)];
    if !report.action.implied.is_empty() {
        lines.push(format!("also {}", report.action.implied.join(", ")));
    }
    if !report.action.may_imply.is_empty() {
        lines.push(format!("maybe {}", report.action.may_imply.join(", ")));
    }
    for contribution in &report.contributions {
        lines.extend(contribution_lines(contribution));
    }
    lines.extend(report.grants.iter().map(grant));
    lines.extend(report.suggestions.iter().map(suggestion));
    if let Some(until) = &report.valid_until {
        lines.push(format!("valid until {until}"));
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// Returns a plan's decision as text.
pub(crate) fn plan(report: &PlanReport) -> String {
    let mut text = format!(
        "plan: {}\n",
        head(report.verdict, report.risk.points(), &report.gate)
    );
    for (at, step) in report.steps.iter().enumerate() {
        text.push_str(&part(&format!("step {}", at + 1), step));
    }
    for net in &report.net {
        text.push_str(&part("net change", net));
    }
    text
}

fn part(title: &str, report: &Report) -> String {
    let own = decision(report);
    let indented: String = own.lines().map(|line| format!("  {line}\n")).collect();
    format!("{title} ({}):\n{indented}", report.action.target)
}

fn head(verdict: Verdict, risk: u8, gate: &Gate) -> String {
    let released = match (verdict, gate.releasable) {
        (Verdict::Execute, _) => String::new(),
        (_, false) => ", nothing releases it".to_owned(),
        (_, true) if gate.needs.is_empty() => ", released by any operator".to_owned(),
        (_, true) => {
            let teams: Vec<String> = gate.needs.iter().map(team).collect();
            format!(", released by {}", teams.join(" and "))
        }
    };
    format!("{verdict}, risk {risk}{released}")
}

fn team(team: &Team) -> String {
    match team.count {
        1 => format!("\"{}\"", team.team),
        count => format!("{count} of \"{}\"", team.team),
    }
}

fn contribution_lines(contribution: &Contribution) -> Vec<String> {
    let points = match contribution.points {
        0 => String::new(),
        1 => ", 1 point".to_owned(),
        points => format!(", {points} points"),
    };
    let mut lines = vec![format!(
        "{}: {}{points}",
        contribution.rule, contribution.effect
    )];
    if let TruthReport::Unknown(causes) = &contribution.truth {
        lines.push(format!("  unknown: {}", causes.join("; ")));
    }
    if !contribution.because.is_empty() {
        lines.push(format!("  because {}", contribution.because));
    }
    if let Some(waiver) = &contribution.waiver {
        lines.push(format!(
            "  waived by {} until {}: {}",
            waiver.by, waiver.until, waiver.because
        ));
    }
    for (name, values) in &contribution.annotations {
        let values = match values.as_slice() {
            [] => String::new(),
            values => format!("({})", values.join(", ")),
        };
        lines.push(format!("  @{name}{values}"));
    }
    lines
}

fn grant(grant: &GrantReport) -> String {
    match &grant.failed {
        None => format!("{}: granted", grant.rule),
        Some(failed) => {
            let truth = match &failed.truth {
                FailedTruth::False => "does not hold".to_owned(),
                FailedTruth::Unknown(causes) => format!("is unknown: {}", causes.join("; ")),
            };
            format!("{}: not granted, `{}` {truth}", grant.rule, failed.clause)
        }
    }
}

fn suggestion(suggestion: &SuggestionReport) -> String {
    match (suggestion.path.as_str(), suggestion.value.as_str()) {
        ("", Some(text)) => format!("{} suggests: {text}", suggestion.rule),
        (path, _) => format!("{} suggests {path} = {}", suggestion.rule, suggestion.value),
    }
}

/// Returns the outcome of the tests in a policy set: a line each, and what is wrong with those that fail.
pub(crate) fn tests(program: &Program, sources: &SourceTable, compiled: &Compiled) -> String {
    let suite = Suite {
        sources,
        module: &compiled.module,
        program,
        read: &|_, path| Err(format!("there is no file `{path}` beside a chapter")),
    };
    run_tests(&suite, None)
        .iter()
        .map(|result| outcome(result, sources))
        .collect()
}

fn outcome(result: &TestResult, sources: &SourceTable) -> String {
    if result.passed() {
        return format!("ok {}\n", result.name());
    }
    let explanation = result.explanation(sources, Style::default());
    format!("FAILED {}\n{}\n", result.name(), explanation.trim_end())
}

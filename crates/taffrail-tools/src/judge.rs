//! Decides one action, and tells which rules make the difference to what was decided before.

use std::collections::BTreeSet;

use serde::Deserialize;
use taffrail_actions::Action;
use taffrail_runtime::decision::{
    Contribution, FailedClause, FailedTruth, Report, TruthReport, Verdict,
};
use taffrail_runtime::{Decision, PlanDecision, Program};

/// The decision on an action.
#[derive(Debug)]
pub(crate) enum Judged<'a> {
    Single(Box<Decision<'a>>),
    Plan(Box<PlanDecision>),
}

impl<'a> Judged<'a> {
    pub(crate) fn of(program: &Program, action: &'a Action) -> Self {
        match action {
            Action::Single(request) => Self::Single(Box::new(program.decide(request))),
            Action::Plan(plan) => Self::Plan(Box::new(program.decide_plan(plan))),
        }
    }

    pub(crate) fn verdict(&self) -> Verdict {
        match self {
            Self::Single(decision) => decision.verdict(),
            Self::Plan(decision) => decision.verdict(),
        }
    }

    pub(crate) fn risk(&self) -> u8 {
        match self {
            Self::Single(decision) => decision.risk().points(),
            Self::Plan(decision) => decision.risk().points(),
        }
    }

    pub(crate) fn reasons(&self) -> Vec<Why> {
        let reasons = match self {
            Self::Single(decision) => decision.reasons(),
            Self::Plan(decision) => decision.reasons(),
        };
        let why = reasons.iter().map(|reason| Why {
            rule: reason.rule.to_owned(),
            kind: reason.kind.to_owned(),
            verdict: reason.verdict,
            points: reason.points,
            is_unknown: reason.is_unknown,
        });
        why.collect()
    }

    fn grants(&self) -> BTreeSet<String> {
        let decisions = match self {
            Self::Single(decision) => vec![&**decision],
            Self::Plan(decision) => decision.steps().iter().chain(decision.net()).collect(),
        };
        let grants = decisions.iter().flat_map(|decision| decision.held_grants());
        grants.map(str::to_owned).collect()
    }

    /// Returns the full reports: one, or those of all steps and net changes.
    pub(crate) fn reports(&self) -> Vec<Report> {
        match self {
            Self::Single(decision) => vec![decision.report()],
            Self::Plan(decision) => {
                let report = decision.report();
                report.steps.into_iter().chain(report.net).collect()
            }
        }
    }
}

/// A reason for a verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Why {
    pub(crate) rule: String,
    pub(crate) kind: String,
    pub(crate) verdict: Verdict,
    pub(crate) points: u8,
    pub(crate) is_unknown: bool,
}

/// A report as it was recorded: that of an action, or that of a plan.
#[derive(Debug, Deserialize)]
pub(crate) struct RecordedReport {
    pub(crate) verdict: Verdict,
    #[serde(default)]
    contributions: Vec<RecordedReason>,
    #[serde(default)]
    steps: Vec<RecordedReport>,
    #[serde(default)]
    net: Vec<RecordedReport>,
}

/// What is read of a contribution that was recorded.
#[derive(Debug, Deserialize)]
struct RecordedReason {
    rule: String,
    kind: String,
    verdict: Verdict,
    #[serde(default)]
    points: u8,
    #[serde(default)]
    because: String,
}

impl RecordedReport {
    fn all(&self) -> Vec<&RecordedReason> {
        let inner = self.steps.iter().chain(&self.net);
        let inner = inner.flat_map(Self::all);
        self.contributions.iter().chain(inner).collect()
    }

    pub(crate) fn reasons(&self) -> Vec<Why> {
        let why = self.all().into_iter().map(|reason| Why {
            rule: reason.rule.clone(),
            kind: reason.kind.clone(),
            verdict: reason.verdict,
            points: reason.points,
            is_unknown: false,
        });
        why.collect()
    }

    pub(crate) fn because(&self, rules: &BTreeSet<String>) -> Vec<String> {
        let reasons = self.all().into_iter();
        let wanted = reasons.filter(|reason| rules.contains(&reason.rule));
        wanted
            .map(|reason| sentence(&reason.rule, &reason.because))
            .collect()
    }
}

/// Returns the rules that ask for more than a verdict; where the sum of the points does, those that add to it too.
pub(crate) fn above(reasons: &[Why], verdict: Verdict) -> BTreeSet<String> {
    let demanding = |why: &&Why| why.verdict > verdict;
    let by_points = reasons
        .iter()
        .any(|why| why.kind == "tolerance" && why.verdict > verdict);
    let adding = |why: &&Why| by_points && why.points > 0;
    let rules = reasons.iter().filter(|why| demanding(why) || adding(why));
    rules.map(|why| why.rule.clone()).collect()
}

/// Returns the rules that make a decision milder than one before: those that asked for more then, and in the place of a missing grant those
/// that hold now.
pub(crate) fn released(before: &[Why], now: &Judged<'_>) -> BTreeSet<String> {
    let mut rules = above(before, now.verdict());
    let grants = now.grants();
    if !grants.is_empty() && rules.remove("taffrail.no_grant") {
        rules.extend(grants);
    }
    rules
}

/// Names in the place of a missing grant those that held before.
pub(crate) fn missing(
    mut rules: BTreeSet<String>,
    before: Option<&Judged<'_>>,
) -> BTreeSet<String> {
    let grants = before.map(Judged::grants).unwrap_or_default();
    if !grants.is_empty() && rules.remove("taffrail.no_grant") {
        rules.extend(grants);
    }
    rules
}

/// Returns what reports say of some rules, and why grants among them do not hold; each rule once.
pub(crate) fn because(reports: &[Report], rules: &BTreeSet<String>) -> Vec<String> {
    let mut said = objections(reports, rules);
    for grant in reports.iter().flat_map(|report| &report.grants) {
        if rules.contains(&grant.rule) {
            said.push(match &grant.failed {
                Some(failed) => sentence(&grant.rule, &clause(failed)),
                None => sentence(&grant.rule, &grant.because),
            });
        }
    }
    said.sort();
    said.dedup();
    said
}

/// Returns what reports say of some rules that applied.
pub(crate) fn objections(reports: &[Report], rules: &BTreeSet<String>) -> Vec<String> {
    let all = reports.iter().flat_map(|report| &report.contributions);
    let wanted = all.filter(|contribution| rules.contains(&contribution.rule));
    wanted.map(contribution_sentence).collect()
}

fn contribution_sentence(contribution: &Contribution) -> String {
    let said = sentence(&contribution.rule, &contribution.because);
    match &contribution.truth {
        TruthReport::True => said,
        TruthReport::Unknown(causes) => {
            let first = causes.first().map_or("", String::as_str);
            let more = causes.len().saturating_sub(1);
            let more = match more {
                0 => String::new(),
                more => format!(", and {more} more"),
            };
            format!("{said} (unknown: {first}{more})")
        }
    }
}

fn clause(failed: &FailedClause) -> String {
    match &failed.truth {
        FailedTruth::False => format!("`{}` does not hold", failed.clause),
        FailedTruth::Unknown(causes) => {
            let cause = causes.first().map_or("", String::as_str);
            format!("nobody can say that `{}` holds: {cause}", failed.clause)
        }
    }
}

fn sentence(rule: &str, because: &str) -> String {
    match because {
        "" => rule.to_owned(),
        because => format!("{rule}: {because}"),
    }
}

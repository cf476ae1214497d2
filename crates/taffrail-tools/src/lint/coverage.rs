//! What the tests of a set show of each rule: whether one sees it apply, and one sees that it does not.

use std::collections::BTreeSet;

use taffrail_runtime::Program;
use taffrail_runtime::decision::{Outcome, PlanReport, Report, TruthReport};
use taffrail_runtime::program::{ProgramData, RuleBody};

use super::LintInput;
use crate::scenario::{Answer, Suite, TestResult, run_tests};

/// The rules that tests saw, by full name.
#[derive(Debug, Default)]
pub(super) struct Coverage {
    /// Rules that certainly applied in a test; grants that held; waivers that forgave.
    pub(super) applied: BTreeSet<String>,
    /// Rules that were asked, for their `on` is about the action of a test, and did not apply.
    pub(super) declined: BTreeSet<String>,
    /// Whether there is a test at all.
    pub(super) has_tests: bool,
}

impl Coverage {
    pub(super) fn of(input: &LintInput<'_>) -> Self {
        let mut coverage = Self::default();
        let suite = Suite {
            sources: input.sources,
            module: &input.compiled.module,
            program: input.program,
            read: input.read,
        };
        let results = run_tests(&suite, None);
        coverage.has_tests = !results.is_empty();
        let about = input
            .compiled
            .program
            .as_ref()
            .and_then(|data| Program::new(about_only(data)).ok());
        let asked = about.map_or_else(Vec::new, |program| {
            let suite = Suite {
                program: &program,
                ..suite
            };
            run_tests(&suite, None)
        });
        for (at, result) in results.iter().enumerate() {
            let seen = reports(result);
            let asked = asked.get(at).map(reports).unwrap_or_default();
            for (at, report) in seen.iter().enumerate() {
                coverage.add(report, asked.get(at).copied());
            }
        }
        coverage
    }

    fn add(&mut self, report: &Report, asked: Option<&Report>) {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        for contribution in &report.contributions {
            seen.insert(&contribution.rule);
            if contribution.truth == TruthReport::True {
                self.applied.insert(contribution.rule.clone());
            }
            if let Some(waiver) = &contribution.waiver {
                seen.insert(&waiver.name);
                self.applied.insert(waiver.name.clone());
            }
        }
        for grant in report.grants.iter().filter(|grant| grant.held) {
            seen.insert(&grant.rule);
            self.applied.insert(grant.rule.clone());
        }
        for contribution in asked.map_or(&[][..], |asked| &asked.contributions) {
            if !seen.contains(contribution.rule.as_str()) {
                self.declined.insert(contribution.rule.clone());
            }
        }
    }
}

fn reports(result: &TestResult) -> Vec<&Report> {
    match &result.answer {
        None => Vec::new(),
        Some(Answer::Decision(report)) => vec![report],
        Some(Answer::Plan(plan)) => of_plan(plan),
    }
}

fn of_plan(plan: &PlanReport) -> Vec<&Report> {
    plan.steps.iter().chain(&plan.net).collect()
}

/// Returns a program in which each rule applies to every action that its `on` is about, whatever its conditions.
fn about_only(data: &ProgramData) -> ProgramData {
    let mut data = data.clone();
    for rule in &mut data.rules {
        rule.conditions.clear();
        rule.because.clear();
        rule.suggestions.clear();
        rule.body = RuleBody::Guard {
            risk: None,
            outcome: Some(Outcome::Propose(Vec::new())),
        };
    }
    data
}

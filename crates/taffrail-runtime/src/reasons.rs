//! What a verdict rests on, told without rendering any of it.

use crate::decide::{self, Decision};
use crate::decision::{Outcome, Verdict};
use crate::plan::PlanDecision;

/// One reason for a verdict: a rule that applied, or a built-in one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reason<'d> {
    /// The rule's full name; built-in reasons are named as in a report.
    pub rule: &'d str,
    /// The verdict that it alone demands; `execute` for points or a waived rule.
    pub verdict: Verdict,
    /// The points it adds.
    pub points: u8,
    /// What it is, in the words of a report's contribution.
    pub kind: &'d str,
    /// Whether nobody can say that it applies.
    pub is_unknown: bool,
}

impl Decision<'_> {
    /// Returns what the verdict rests on, in no particular order; the rules are those of the report's contributions.
    #[must_use]
    pub fn reasons(&self) -> Vec<Reason<'_>> {
        let mut reasons: Vec<Reason<'_>> = self
            .applied
            .iter()
            .filter_map(|applied| {
                let rule = self.program.rule(applied.rule)?;
                let demanded = applied.outcome(&self.program).map(Outcome::verdict);
                Some(Reason {
                    rule: &rule.name,
                    verdict: demanded.unwrap_or(Verdict::Execute),
                    points: applied.points,
                    kind: crate::report::kind(rule),
                    is_unknown: applied.unknown.is_some(),
                })
            })
            .collect();
        if self.grants.is_empty() {
            let verdict = decide::ungranted(&self.program);
            reasons.push(built_in("taffrail.no_grant", "no_grant", verdict, false));
        }
        if let Some(departure) = &self.intent {
            let is_unknown = matches!(departure.truth, crate::Truth::Unknown(_));
            let verdict = Verdict::Propose;
            reasons.push(built_in("taffrail.intent", "intent", verdict, is_unknown));
        }
        if let Some(tolerance) = &self.tolerance {
            let rule = tolerance.rule.and_then(|id| self.program.rule(id));
            let name = rule.map_or("taffrail.tolerance", |rule| &rule.name);
            reasons.push(built_in(
                name,
                "tolerance",
                tolerance.verdict,
                tolerance.unknown.is_some(),
            ));
        }
        reasons
    }

    /// Returns the full names of the grants that held.
    #[must_use]
    pub fn held_grants(&self) -> Vec<&str> {
        let rules = self.grants.iter().filter_map(|id| self.program.rule(*id));
        rules.map(|rule| rule.name.as_str()).collect()
    }
}

impl PlanDecision {
    /// Returns what the verdicts on all steps and net changes rest on.
    #[must_use]
    pub fn reasons(&self) -> Vec<Reason<'_>> {
        let all = self.steps().iter().chain(self.net());
        all.flat_map(Decision::reasons).collect()
    }
}

fn built_in<'d>(
    rule: &'d str,
    kind: &'static str,
    verdict: Verdict,
    is_unknown: bool,
) -> Reason<'d> {
    Reason {
        rule,
        verdict,
        points: 0,
        kind,
        is_unknown,
    }
}

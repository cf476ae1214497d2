//! The compiled program and the reference evaluator agree.

use std::collections::BTreeMap;

use taffrail_runtime::decision::{Report, TruthReport};

use super::run::{compiled, law};
use super::{Case, case};
use crate::reference::{self, Decided, Reason};

#[test]
fn the_program_and_the_reference_agree() {
    law("faithful", case(), faithful);
}

/// Tells whether program and reference say the same of every request.
pub(super) fn faithful(case: &Case) -> Result<(), String> {
    let compiled = compiled(&case.set, &case.settings)?;
    for request in &case.requests {
        let report = compiled.program.decide(&request.0).report();
        let expected = reference::decide(&compiled.files, &case.settings, &request.0);
        let found = comparable(&report);
        if found != expected {
            return Err(format!("{}\n{request:?}", difference(&expected, &found)));
        }
    }
    Ok(())
}

/// Returns what of a report the reference has too.
fn comparable(report: &Report) -> Decided {
    let needs: BTreeMap<String, u32> = report
        .gate
        .needs
        .iter()
        .map(|team| (team.team.clone(), team.count))
        .collect();
    Decided {
        verdict: report.verdict,
        risk: report.risk.points(),
        releasable: report.gate.releasable,
        needs,
        contributions: report
            .contributions
            .iter()
            .map(|contribution| Reason {
                rule: contribution.rule.clone(),
                verdict: contribution.verdict,
                points: contribution.points,
                sure: contribution.truth == TruthReport::True,
                waived: contribution.waiver.is_some(),
            })
            .collect(),
        grants: report
            .grants
            .iter()
            .filter(|grant| grant.held)
            .map(|grant| grant.rule.clone())
            .collect(),
    }
}

fn difference(expected: &Decided, found: &Decided) -> String {
    let only = |ours: &Decided, theirs: &Decided| {
        let reasons = ours
            .contributions
            .iter()
            .filter(|reason| !theirs.contributions.contains(reason));
        let reasons: Vec<String> = reasons.map(|reason| format!("{reason:?}")).collect();
        format!(
            "{} {} {} {:?} {:?}\n  {}",
            ours.verdict,
            ours.risk,
            ours.releasable,
            ours.needs,
            ours.grants,
            reasons.join("\n  ")
        )
    };
    format!(
        "the reference says {}\nthe program says {}",
        only(expected, found),
        only(found, expected)
    )
}

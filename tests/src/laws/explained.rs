//! What a decision reports is enough to decide again.

use std::collections::BTreeMap;

use taffrail_runtime::decision::{Report, Risk, Verdict};

use super::case;
use super::run::{compiled, law};

#[test]
fn the_contributions_alone_give_risk_verdict_and_gate() {
    law("explained", case(), |case| {
        let program = compiled(&case.set, &case.settings)?.program;
        for request in &case.requests {
            let report = program.decide(&request.0).report();
            recompute(&report).map_err(|reason| format!("{reason}\n{request:?}\n{report:#?}"))?;
        }
        Ok(())
    });
}

fn recompute(report: &Report) -> Result<(), String> {
    let contributions = &report.contributions;
    let risk = contributions
        .iter()
        .fold(Risk::default(), |risk, contribution| {
            risk.plus(Risk::new(contribution.points))
        });
    let verdict = contributions
        .iter()
        .map(|contribution| contribution.verdict)
        .max()
        .unwrap_or(Verdict::Execute);
    if (risk, verdict) != (report.risk, report.verdict) {
        return Err(format!(
            "the contributions give {verdict} with risk {risk:?}"
        ));
    }
    let is_granted = report.grants.iter().any(|grant| grant.held);
    let says_ungranted = contributions
        .iter()
        .any(|contribution| contribution.kind == "no_grant");
    if is_granted == says_ungranted {
        return Err("a grant holds and none does".into());
    }
    let mut needs: BTreeMap<&str, u32> = BTreeMap::new();
    for team in contributions
        .iter()
        .flat_map(|contribution| &contribution.gate.needs)
    {
        let count = needs.entry(&team.team).or_default();
        *count = team.count.max(*count);
    }
    let reported: BTreeMap<&str, u32> = report
        .gate
        .needs
        .iter()
        .map(|team| (team.team.as_str(), team.count))
        .collect();
    let releasable = contributions
        .iter()
        .all(|contribution| contribution.gate.releasable);
    if (needs, releasable) != (reported, report.gate.releasable) {
        return Err("the contributions give another gate".into());
    }
    let is_sorted = contributions.is_sorted_by_key(|contribution| &contribution.rule);
    if is_sorted {
        Ok(())
    } else {
        Err("the contributions are not sorted".into())
    }
}

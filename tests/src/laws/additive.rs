//! A rule that restrains only restrains, and one that gives relief only relieves.

use taffrail_runtime::Program;
use taffrail_runtime::decision::Gate;
use taffrail_runtime::request::Request;

use super::run::{compiled, law};
use super::{Case, case};
use crate::generate::policy::{Draft, relief, restraint};
use crate::generate::request::Shown;

#[test]
fn adding_a_guard_budget_breaker_or_tolerance_never_lowers_anything() {
    law("additive", (case(), restraint()), |(case, draft)| {
        compare(case, draft, |without, with, request| {
            let (before, after) = (without.decide(request), with.decide(request));
            after.verdict() >= before.verdict()
                && after.risk() >= before.risk()
                && is_as_careful(&after.gate(), &before.gate())
        })
    });
}

#[test]
fn adding_a_grant_or_waiver_never_raises_anything() {
    law("relieving", (case(), relief()), |(case, draft)| {
        compare(case, draft, |without, with, request| {
            let (before, after) = (without.decide(request), with.decide(request));
            after.verdict() <= before.verdict()
                && after.risk() <= before.risk()
                && is_as_careful(&before.gate(), &after.gate())
        })
    });
}

fn compare(
    case: &Case,
    draft: &Draft,
    holds: impl Fn(&Program, &Program, &Request) -> bool,
) -> Result<(), String> {
    let mut larger = case.set.clone();
    let file = &mut larger.files[1];
    let Some(rule) = draft.named("added", &file.rules) else {
        return Ok(());
    };
    let shown = rule.text.clone();
    file.rules.push(rule);
    let without = compiled(&case.set, &case.settings)?.program;
    let with = compiled(&larger, &case.settings)?.program;
    for request in &case.requests {
        if !holds(&without, &with, &request.0) {
            let (before, after) = (without.decide(&request.0), with.decide(&request.0));
            return Err(format!(
                "{} with risk {} and {:?} becomes {} with risk {} and {:?} with\n{shown}\n{:?}",
                before.verdict(),
                before.risk().points(),
                before.gate(),
                after.verdict(),
                after.risk().points(),
                after.gate(),
                Shown(request.0.clone()),
            ));
        }
    }
    Ok(())
}

/// Tells whether whoever passes the first gate would have passed the second.
pub(super) fn is_as_careful(gate: &Gate, than: &Gate) -> bool {
    let needed = |team: &str| {
        gate.needs
            .iter()
            .find(|needed| needed.team == team)
            .map_or(0, |needed| needed.count)
    };
    (!gate.releasable || than.releasable)
        && than
            .needs
            .iter()
            .all(|team| needed(&team.team) >= team.count)
}

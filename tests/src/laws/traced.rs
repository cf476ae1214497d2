//! Traced: what a trace says of a rule is what its decision says, and what its conditions say together.

use taffrail_runtime::Program;
use taffrail_runtime::decision::{Report, TruthReport};
use taffrail_runtime::program::{Expr, Rule, RuleBody};
use taffrail_runtime::request::Request;
use taffrail_runtime::trace::{Effect, Outcomes, RuleTrace};

use super::case;
use super::run::{compiled, law};
use crate::generate::request::Shown;

#[test]
fn a_trace_says_what_its_decision_says() {
    law("traced", case(), |case| {
        let compiled = compiled(&case.set, &case.settings)?;
        for Shown(request) in &case.requests {
            agree(&compiled.program, request).map_err(|what| format!("{what}\n{request:#?}"))?;
        }
        Ok(())
    });
}

fn agree(program: &Program, request: &Request) -> Result<(), String> {
    let decision = program.decide(request);
    let (report, trace) = (decision.report(), decision.trace());
    for (rule, trace) in program.data().rules.iter().zip(&trace.rules) {
        let name = &rule.name;
        if together(program, rule, trace) != trace.holds {
            return Err(format!("`{name}` is not what its parts are: {trace:?}"));
        }
        let (said, traced) = match rule.body {
            RuleBody::Grant => (
                report
                    .grants
                    .iter()
                    .any(|grant| grant.rule == *name && grant.held),
                trace.effects.contains(&Effect::Held),
            ),
            RuleBody::Guard { .. } => (
                contributes(&report, name, trace.holds.unknown),
                trace.holds.yes || trace.holds.unknown,
            ),
            RuleBody::Budget { .. }
            | RuleBody::Breaker { .. }
            | RuleBody::Tolerance { .. }
            | RuleBody::Waiver { .. } => continue,
        };
        if said != traced {
            return Err(format!("`{name}`: said {said}, traced {traced}: {trace:?}"));
        }
    }
    Ok(())
}

/// Tells whether a rule contributes, as unknown or as true.
fn contributes(report: &Report, name: &str, unknown: bool) -> bool {
    report.contributions.iter().any(|contribution| {
        contribution.rule == name
            && matches!(contribution.truth, TruthReport::Unknown(_)) == unknown
    })
}

/// Joins the `on` and the conditions of a rule: false when one is, unknown when one is.
fn together(program: &Program, rule: &Rule, trace: &RuleTrace) -> Outcomes {
    if trace.on.no {
        return Outcomes::default();
    }
    let mut parts = vec![trace.on];
    for condition in &rule.conditions {
        parts.push(match program.data().exprs.get(condition.expr.0 as usize) {
            Some(Expr::Constant(value)) => {
                let yes = *value == taffrail_runtime::Value::Bool(true);
                Outcomes {
                    yes,
                    no: !yes,
                    unknown: false,
                }
            }
            _ => trace
                .conditions
                .get(&condition.expr)
                .copied()
                .unwrap_or_default(),
        });
    }
    let no = parts.iter().any(|part| part.no);
    let unknown = !no && parts.iter().any(|part| part.unknown);
    Outcomes {
        yes: !no && !unknown,
        no,
        unknown,
    }
}

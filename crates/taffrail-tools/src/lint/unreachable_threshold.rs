//! `unreachable-threshold` and `threshold-without-effect`: a band of a tolerance that changes nothing.

use taffrail_compiler::typed::{self, RuleBody};
use taffrail_runtime::program::{self, Expr, ProgramData};
use taffrail_runtime::{Decimal, Value};
use taffrail_syntax::Diagnostic;

use super::subject::{Subject, described};

/// Finds thresholds that the points of all guards together do not reach, and those that the built-in tolerance, which always
/// takes part, reaches first. Parameters count with the values that they are set to.
pub(super) fn run(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let Some(program) = subject.program() else {
        return;
    };
    let greatest = greatest_risk(program);
    let settings = &program.settings;
    for rule in &subject.module().rules {
        let RuleBody::Tolerance {
            propose_at,
            escalate_at,
        } = &rule.body
        else {
            continue;
        };
        let Some(emitted) = subject.emitted(rule) else {
            continue;
        };
        let bands = [
            ("propose", propose_at, settings.propose_at),
            ("escalate", escalate_at, settings.escalate_at),
        ];
        for (verdict, written, built_in) in bands {
            let Some(written) = written else { continue };
            let Some(threshold) = threshold(program, emitted, verdict) else {
                continue;
            };
            found.extend(judge(rule, verdict, written, threshold, greatest, built_in));
        }
    }
}

fn judge(
    rule: &typed::Rule,
    verdict: &str,
    written: &typed::Expr,
    threshold: Decimal,
    greatest: u8,
    built_in: u8,
) -> Option<Diagnostic> {
    if threshold > Decimal::from(i64::from(greatest)) {
        let message = format!(
            "{} never makes anything {verdict}: all guards together give at most {greatest} points",
            described(rule)
        );
        return Some(
            Diagnostic::warning("unreachable-threshold", written.location, message)
                .hint("lower the threshold, or give the guards that matter more points"),
        );
    }
    if threshold >= Decimal::from(i64::from(built_in)) {
        let message = format!(
            "{} never makes anything {verdict} by itself: the built-in tolerance does so at {built_in}",
            described(rule)
        );
        return Some(
            Diagnostic::warning("threshold-without-effect", written.location, message).hint(
                "the strictest tolerance wins; set the built-in one in `taffrail.toml` to tolerate more",
            ),
        );
    }
    None
}

/// Returns the most points that all guards give together, at most 100. Where something is unknown, all may apply at once.
fn greatest_risk(program: &ProgramData) -> u8 {
    let points = program.rules.iter().map(|rule| match &rule.body {
        program::RuleBody::Guard { risk, .. } => risk.map_or(0, |risk| risk.greatest),
        program::RuleBody::Grant
        | program::RuleBody::Budget { .. }
        | program::RuleBody::Breaker { .. }
        | program::RuleBody::Tolerance { .. }
        | program::RuleBody::Waiver { .. } => 0,
    });
    points.fold(0_u8, |sum, points| sum.saturating_add(points).min(100))
}

/// Returns a threshold of a tolerance that is the same for every action.
fn threshold(program: &ProgramData, emitted: &program::Rule, verdict: &str) -> Option<Decimal> {
    let program::RuleBody::Tolerance {
        propose_at,
        escalate_at,
    } = &emitted.body
    else {
        return None;
    };
    let id = if verdict == "propose" {
        propose_at
    } else {
        escalate_at
    };
    match program.exprs.get((*id)?.0 as usize) {
        Some(Expr::Constant(Value::Number(number))) => Some(*number),
        Some(_) | None => None,
    }
}

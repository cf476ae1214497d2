//! What guards, tolerances, budgets and breakers do.

use taffrail_runtime::decision::{Outcome, Team};
use taffrail_runtime::{Decimal, EnumType, Type, Value};
use taffrail_syntax::{Diagnostic, ast};

use super::checker::{Checker, Reach};
use super::clauses::{Clauses, Slot};
use super::polarity;
use super::scope::{Context, dotted};
use super::shape::Shape;
use crate::typed::{Expr, LocalId, RuleBody};

/// Names that the reason of a rule may read, with the locals that hold them.
pub(super) type State = Vec<(&'static str, LocalId)>;

fn outcome(clauses: &Clauses<'_>) -> Option<Outcome> {
    let teams = |teams: &[ast::Team]| {
        let mut teams: Vec<Team> = teams
            .iter()
            .map(|team| Team {
                team: team.name.text.clone(),
                count: team.count,
            })
            .collect();
        teams.sort();
        teams.dedup();
        teams
    };
    match &clauses.get(Slot::Outcome)?.kind {
        ast::ClauseKind::Propose(to) => Some(Outcome::Propose(teams(to))),
        ast::ClauseKind::Escalate(to) => Some(Outcome::Escalate(teams(to))),
        ast::ClauseKind::Forbid => Some(Outcome::Forbid),
        _ => None,
    }
}

/// Returns a numeric or other value of a rule, in which `known` has no place.
fn value(ctx: &mut Context<'_>, file: usize, expr: &ast::Expr, ty: &Type, role: &str) -> Expr {
    let typed = Checker::new(ctx, file).check(expr, ty, role);
    polarity::check_value(ctx, &typed);
    typed
}

/// Returns what a guard does.
pub(super) fn guard(
    ctx: &mut Context<'_>,
    file: usize,
    written: &ast::Rule,
    clauses: &Clauses<'_>,
) -> RuleBody {
    let risk = match clauses.get(Slot::Risk).map(|clause| &clause.kind) {
        Some(ast::ClauseKind::Risk(expr)) => {
            let risk = value(ctx, file, expr, &Type::Number, "the risk");
            check_points(
                ctx,
                &risk,
                Some("to stop an action outright, write `escalate` or `forbid`"),
            );
            Some(risk)
        }
        _ => None,
    };
    let outcome = outcome(clauses);
    if risk.is_none() && outcome.is_none() {
        let location = ctx.at(file, written.name.span);
        ctx.report(
            Diagnostic::error(
                "guard-without-effect",
                location,
                format!("guard `{}` has no effect", dotted(&written.name)),
            )
            .hint("say what it does: `risk 40`, `propose`, `escalate` or `forbid`"),
        );
    }
    RuleBody::Guard { risk, outcome }
}

/// Reports constant points outside 0 to 100.
fn check_points(ctx: &mut Context<'_>, points: &Expr, hint: Option<&str>) {
    let Some(number) = super::constant_number(ctx, points) else {
        return;
    };
    if number.is_negative() || number > Decimal::from(100_i64) {
        let diagnostic = Diagnostic::error(
            "points-out-of-range",
            points.location,
            format!("points lie between 0 and 100, not at {number}"),
        );
        ctx.report(match hint {
            Some(hint) => diagnostic.hint(hint),
            None => diagnostic,
        });
    }
}

/// Returns what a tolerance does.
pub(super) fn tolerance(
    ctx: &mut Context<'_>,
    file: usize,
    written: &ast::Rule,
    clauses: &Clauses<'_>,
) -> RuleBody {
    let mut threshold = |slot| match clauses.get(slot).map(|clause| &clause.kind) {
        Some(ast::ClauseKind::ProposeAt(expr) | ast::ClauseKind::EscalateAt(expr)) => {
            let threshold = value(ctx, file, expr, &Type::Number, "a threshold");
            check_points(ctx, &threshold, None);
            Some(threshold)
        }
        _ => None,
    };
    let propose_at = threshold(Slot::ProposeAt);
    let escalate_at = threshold(Slot::EscalateAt);
    if propose_at.is_none() && escalate_at.is_none() {
        let location = ctx.at(file, written.name.span);
        ctx.report(
            Diagnostic::error(
                "tolerance-without-threshold",
                location,
                format!("tolerance `{}` has no threshold", dotted(&written.name)),
            )
            .hint("say from which risk on: `propose at 30`, `escalate at 60`"),
        );
    }
    if let (Some(propose), Some(escalate)) = (&propose_at, &escalate_at) {
        let both = (
            super::constant_number(ctx, propose),
            super::constant_number(ctx, escalate),
        );
        if let (Some(low), Some(high)) = both
            && low > high
        {
            ctx.report(
                Diagnostic::error(
                    "thresholds-reversed",
                    propose.location,
                    format!("it would escalate at {high} before it proposes at {low}"),
                )
                .label(escalate.location, "less than the other threshold")
                .hint("`propose at` must not be greater than `escalate at`"),
            );
        }
    }
    RuleBody::Tolerance {
        propose_at,
        escalate_at,
    }
}

fn keys(ctx: &mut Context<'_>, file: usize, by: &[ast::Expr]) -> Vec<Expr> {
    by.iter()
        .map(|key| {
            let key = Checker::new(ctx, file).infer(key, None);
            polarity::check_value(ctx, &key);
            key
        })
        .collect()
}

/// Returns what a budget does.
pub(super) fn budget(
    ctx: &mut Context<'_>,
    file: usize,
    written: &ast::Rule,
    clauses: &Clauses<'_>,
    state: &mut State,
) -> RuleBody {
    let location = ctx.at(file, written.name.span);
    clauses.require(ctx, written, location, &[Slot::Limit, Slot::Outcome]);
    let (limit, per, by) = match clauses.get(Slot::Limit).map(|clause| &clause.kind) {
        Some(ast::ClauseKind::Limit { limit, per, by }) => (
            value(ctx, file, limit, &Type::Number, "the limit"),
            fixed_duration(ctx, file, per, "what follows `per`"),
            keys(ctx, file, by),
        ),
        _ => {
            let nothing = Checker::new(ctx, file).nothing(written.name.span);
            (nothing.clone(), nothing, Vec::new())
        }
    };
    let spend = match clauses.get(Slot::Spend).map(|clause| &clause.kind) {
        Some(ast::ClauseKind::Spend(expr)) => value(ctx, file, expr, &Type::Number, "the spend"),
        _ => Checker::new(ctx, file).constant(
            Value::Number(Decimal::ONE),
            Type::Number,
            written.name.span,
        ),
    };
    let locals = ["used", "limit", "spend"].map(|name| bind(ctx, state, name, Type::Number));
    RuleBody::Budget {
        limit,
        per,
        by,
        spend,
        outcome: outcome(clauses).unwrap_or(Outcome::Forbid),
        locals,
    }
}

/// Returns what a breaker does.
pub(super) fn breaker(
    ctx: &mut Context<'_>,
    file: usize,
    written: &ast::Rule,
    clauses: &Clauses<'_>,
    state: &mut State,
) -> RuleBody {
    let location = ctx.at(file, written.name.span);
    let needed = [Slot::Trip, Slot::Hold, Slot::Outcome];
    clauses.require(ctx, written, location, &needed);
    let nothing = Checker::new(ctx, file).nothing(written.name.span);
    let (failures, within, by) = match clauses.get(Slot::Trip).map(|clause| &clause.kind) {
        Some(ast::ClauseKind::Trip {
            failures,
            within,
            by,
        }) => (
            fixed_count(ctx, file, failures),
            fixed_duration(ctx, file, within, "what follows `within`"),
            keys(ctx, file, by),
        ),
        _ => (nothing.clone(), nothing.clone(), Vec::new()),
    };
    let hold = match clauses.get(Slot::Hold).map(|clause| &clause.kind) {
        Some(ast::ClauseKind::Hold(expr)) => fixed_duration(ctx, file, expr, "what follows `hold`"),
        _ => nothing,
    };
    let locals = [
        ("state", Type::Enum(EnumType::BreakerState)),
        ("until", Type::Time),
    ]
    .map(|(name, ty)| bind(ctx, state, name, ty));
    RuleBody::Breaker {
        failures,
        within,
        hold,
        by,
        outcome: outcome(clauses).unwrap_or(Outcome::Forbid),
        locals,
    }
}

/// Returns a new local for a name that the reason of the rule may read.
fn bind(ctx: &mut Context<'_>, state: &mut State, name: &'static str, ty: Type) -> LocalId {
    let local = ctx.new_local(ty, Shape::Plain);
    state.push((name, local));
    local
}

/// Returns a duration over literals and parameters, greater than zero.
pub(super) fn fixed_duration(
    ctx: &mut Context<'_>,
    file: usize,
    expr: &ast::Expr,
    role: &str,
) -> Expr {
    let typed = Checker::constants(ctx, file, Reach::Params).check(expr, &Type::Duration, role);
    if let Some(Value::Duration(duration)) = super::constant(ctx, &typed)
        && !duration.is_positive()
    {
        let location = typed.location;
        ctx.report(Diagnostic::error(
            "not-positive",
            location,
            format!("{role} must be longer than nothing"),
        ));
    }
    typed
}

fn fixed_count(ctx: &mut Context<'_>, file: usize, expr: &ast::Expr) -> Expr {
    let role = "the number of failures";
    let typed = Checker::constants(ctx, file, Reach::Params).check(expr, &Type::Number, role);
    if let Some(number) = super::constant_number(ctx, &typed) {
        let whole = number.is_integer() && number > Decimal::ZERO;
        let small = number <= Decimal::from(i64::from(u32::MAX));
        if !(whole && small) {
            ctx.report(Diagnostic::error(
                "not-positive",
                typed.location,
                format!("{role} must be a whole number from 1 on, not {number}"),
            ));
        }
    }
    typed
}

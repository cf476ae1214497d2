//! Until when a decision may be relied on, as far as time alone goes.

use jiff::Timestamp;

use crate::decide::{Decision, RuleState};
use crate::eval::Evaluator;
use crate::program::{ArithmeticOp, Expr, ExprId, Root, RuleBody};
use crate::reads::Reads;
use crate::report::earliest;
use crate::value::Value;

/// Returns the first instant after `now` at which a fact that the decision rests on goes stale, a window
/// opens or closes, a waiver, a hold or the intent ends, or an age passes what it is compared with. Where a rule uses `now` in a
/// way whose next change cannot be told, that is `now` itself.
pub(super) fn valid_until<'d>(
    decision: &'d Decision<'_>,
    reads: &Reads,
    evaluator: &mut Evaluator<'d>,
) -> Option<Timestamp> {
    let now = decision.facts.now()?;
    signals(decision, reads)
        .filter(|at| *at > now)
        .fold(next_change(decision, reads, evaluator), |until, at| {
            earliest(until, Some(at))
        })
}

/// Returns what [`valid_until`] does, where readings never go stale.
pub(super) fn next_change<'d>(
    decision: &'d Decision<'_>,
    reads: &Reads,
    evaluator: &mut Evaluator<'d>,
) -> Option<Timestamp> {
    let now = decision.facts.now()?;
    let later = |at: &Timestamp| *at > now;
    let mut until = None;
    for at in states(decision).chain(intent(decision)) {
        until = earliest(until, Some(at).filter(later));
    }
    let now_slot = |id: &ExprId| is_now(decision, *id);
    for (id, expr) in reads
        .exprs
        .iter()
        .filter_map(|id| Some((*id, decision.program.expr(*id)?)))
    {
        let next = match expr {
            Expr::In(needle, window) if now_slot(needle) => match constant(decision, *window) {
                Some(Value::Window(window)) => window.next_boundary(now),
                _ => Some(now),
            },
            Expr::Compare(_, a, b) if now_slot(a) || now_slot(b) => {
                match constant(decision, if now_slot(a) { *b } else { *a }) {
                    Some(Value::Time(at)) => Some(*at).filter(later),
                    _ => Some(now),
                }
            }
            Expr::Arithmetic(ArithmeticOp::Subtract, a, since) if now_slot(a) => {
                ages(decision, reads, id, *since, evaluator)
                    .map_or(Some(now), |ends| ends.into_iter().find(later))
            }
            Expr::IsAbsent(_) | Expr::Known(_) => None,
            other => other.operands().iter().any(now_slot).then_some(now),
        };
        until = earliest(until, next);
    }
    until
}

/// Returns the instants, in order, at which an age `now - since` passes the durations that it is compared with. None if it is used in
/// another way, or if `since` depends on an element of a list.
fn ages<'d>(
    decision: &'d Decision<'_>,
    reads: &Reads,
    age: ExprId,
    since: ExprId,
    evaluator: &mut Evaluator<'d>,
) -> Option<Vec<Timestamp>> {
    let mut limits = Vec::new();
    for user in reads
        .exprs
        .iter()
        .filter_map(|id| decision.program.expr(*id))
    {
        match user {
            Expr::Compare(_, a, b) if *a == age || *b == age => {
                match constant(decision, if *a == age { *b } else { *a }) {
                    Some(Value::Duration(limit)) => limits.push(*limit),
                    _ => return None,
                }
            }
            other if other.operands().contains(&age) => return None,
            _ => {}
        }
    }
    let has_variables = Reads::of_exprs(&decision.program, [since])
        .exprs
        .iter()
        .any(|id| matches!(decision.program.expr(*id), Some(Expr::Local(_))));
    if limits.is_empty() || has_variables {
        return None;
    }
    evaluator.start_rule();
    let Value::Time(since) = evaluator.eval(since).into_owned() else {
        // What is absent or unknown stays so, whatever the time.
        return Some(Vec::new());
    };
    let mut ends: Vec<_> = limits
        .into_iter()
        .map(|limit| since.checked_add(limit).ok())
        .collect::<Option<_>>()?;
    ends.sort_unstable();
    Some(ends)
}

fn is_now(decision: &Decision<'_>, id: ExprId) -> bool {
    match decision.program.expr(id) {
        Some(Expr::Slot(slot)) => decision
            .program
            .slot(*slot)
            .is_some_and(|path| path.root == Root::Now),
        _ => false,
    }
}

fn constant<'d>(decision: &'d Decision<'_>, id: ExprId) -> Option<&'d Value> {
    match decision.program.expr(id) {
        Some(Expr::Constant(value)) => Some(value),
        _ => None,
    }
}

fn signals<'d>(
    decision: &'d Decision<'_>,
    reads: &'d Reads,
) -> impl Iterator<Item = Timestamp> + 'd {
    reads.signals.iter().filter_map(move |id| {
        let signal = decision.program.data.signals.get(*id as usize)?;
        let reading = crate::facts::find(
            &decision.facts.request,
            &signal.name,
            &decision.program.data.signals,
        )?;
        reading.observed?.checked_add(signal.fresh?).ok()
    })
}

fn states<'d>(decision: &'d Decision<'_>) -> impl Iterator<Item = Timestamp> + 'd {
    decision.applied.iter().flat_map(|applied| {
        let hold = match &applied.state {
            RuleState::Breaker(breaker) => breaker.until,
            RuleState::None | RuleState::Budget(_) => None,
        };
        let waiver = applied
            .waiver
            .and_then(|id| decision.program.rule(id))
            .and_then(|rule| match rule.body {
                RuleBody::Waiver { until, .. } => Some(until),
                _ => None,
            });
        [hold, waiver].into_iter().flatten()
    })
}

fn intent(decision: &Decision<'_>) -> Option<Timestamp> {
    match decision.facts.request.intent.field("expires", &String::new) {
        Value::Time(expires) => Some(expires),
        Value::String(text) => crate::text::parse_time(&text),
        _ => None,
    }
}

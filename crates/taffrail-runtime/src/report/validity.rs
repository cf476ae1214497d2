//! Until when a decision may be relied on, as far as time alone goes.

use jiff::Timestamp;

use crate::decide::{Decision, RuleState};
use crate::program::{Expr, ExprId, Root, RuleBody};
use crate::reads::Reads;
use crate::report::earliest;
use crate::value::Value;

/// Returns the first instant after `now` at which a fact that the decision rests on goes stale, a window
/// opens or closes, a waiver, a hold or the intent ends. Where a rule uses `now` in a way whose
/// next change cannot be told, that is `now` itself.
pub(super) fn valid_until(decision: &Decision<'_>, reads: &Reads) -> Option<Timestamp> {
    let now = decision.facts.now()?;
    let later = |at: &Timestamp| *at > now;
    let mut until = None;
    for at in signals(decision, reads)
        .chain(states(decision))
        .chain(intent(decision))
    {
        until = earliest(until, Some(at).filter(later));
    }
    let now_slot = |id: &ExprId| is_now(decision, *id);
    for expr in reads
        .exprs
        .iter()
        .filter_map(|id| decision.program.expr(*id))
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
            Expr::IsAbsent(_) | Expr::Known(_) => None,
            other => other.operands().iter().any(now_slot).then_some(now),
        };
        until = earliest(until, next);
    }
    until
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

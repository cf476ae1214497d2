//! The mildest verdict that an interval of numbers may hold.

use std::borrow::Cow;

use crate::decide::{self, ungranted, verb_match};
use crate::decimal::Decimal;
use crate::decision::{Outcome, Risk, Verdict};
use crate::engine::Loaded;
use crate::facts::Facts;
use crate::intent;
use crate::ledger;
use crate::matching;
use crate::program::{ExprId, Rule, RuleBody, RuleId};
use crate::request::{BreakerState, Request};
use crate::search::abstraction::{Abstract, and, compare, outcome};
use crate::search::evaluate::{Ends, Parts};
use crate::trace::Outcomes;
use crate::truth::Truth;
use crate::value::Value;

/// Returns a verdict that no action between two is milder than: what applies at every number counts, what may apply at some
/// does not, and a grant that may hold holds.
pub(super) fn floor(program: &Loaded, parts: &Parts, low: &Request, high: &Request) -> Verdict {
    let data = &program.data;
    let prepare = |request| Facts::new(Cow::Borrowed(request), &data.slots, &data.signals);
    let (low, high) = (prepare(low), prepare(high));
    let settings = data.settings;
    let mut bound = Bound {
        ends: Ends::new(program, parts, &low, &high),
        risk: Risk::default(),
        verdict: Verdict::Execute,
        is_granted: false,
        propose_at: settings.propose_at,
        escalate_at: settings.escalate_at,
    };
    for id in program.index.about(&low) {
        if let Some(rule) = program.rule(id) {
            bound.consider(id, rule);
        }
    }
    if intent::departure(&low, settings.require_intent).is_some() {
        bound.demand(Verdict::Propose);
    }
    if !bound.is_granted {
        bound.demand(ungranted(program));
    }
    if bound.risk.points() >= bound.escalate_at {
        bound.demand(Verdict::Escalate);
    } else if bound.risk.points() >= bound.propose_at {
        bound.demand(Verdict::Propose);
    }
    bound.verdict
}

/// What surely adds up over the interval.
struct Bound<'a> {
    ends: Ends<'a>,
    risk: Risk,
    verdict: Verdict,
    is_granted: bool,
    propose_at: u8,
    escalate_at: u8,
}

impl Bound<'_> {
    fn demand(&mut self, verdict: Verdict) {
        self.verdict = self.verdict.max(verdict);
    }

    fn consider(&mut self, id: RuleId, rule: &Rule) {
        let truths = self.holds(rule);
        match &rule.body {
            RuleBody::Grant => self.is_granted |= truths.yes,
            RuleBody::Waiver { .. } => {}
            _ if truths.no || !(truths.yes || truths.unknown) => {}
            RuleBody::Tolerance {
                propose_at,
                escalate_at,
            } => {
                let propose = propose_at.map_or(100, |at| self.threshold(at));
                let escalate = escalate_at.map_or(u8::MAX, |at| self.threshold(at));
                if propose_at.is_some() {
                    self.propose_at = self.propose_at.min(propose);
                }
                self.escalate_at = self.escalate_at.min(escalate);
            }
            RuleBody::Guard { risk, outcome } => match self.waived(id) {
                Waived::Wholly => {}
                Waived::Partly => {
                    if outcome.is_some() {
                        self.demand(Verdict::Propose);
                    }
                }
                Waived::Never => {
                    if let Some(points) = risk {
                        let least = self.points(points.expr, points.greatest);
                        self.risk = self.risk.plus(Risk::new(least));
                    }
                    if let Some(outcome) = outcome {
                        self.demand(outcome.verdict());
                    }
                }
            },
            RuleBody::Budget {
                limit,
                spend,
                by,
                outcome,
                ..
            } => {
                if !self.exceeded(rule, *limit, *spend, by).no {
                    self.limit(id, outcome);
                }
            }
            RuleBody::Breaker { by, outcome, .. } => {
                let state = ledger::breaker(&mut self.ends.low, rule, by).state;
                let is_same = by.iter().all(|id| self.ends.eval(*id).is_same());
                match state {
                    _ if !is_same => {}
                    Ok(BreakerState::Closed) => {}
                    Ok(BreakerState::HalfOpen) => self.limit(id, &Outcome::Propose(Vec::new())),
                    Ok(BreakerState::Open) | Err(_) => self.limit(id, outcome),
                }
            }
        }
    }

    /// Counts what a budget or breaker that surely applies demands.
    fn limit(&mut self, id: RuleId, outcome: &Outcome) {
        match self.waived(id) {
            Waived::Wholly => {}
            Waived::Partly => self.demand(Verdict::Propose),
            Waived::Never => self.demand(outcome.verdict()),
        }
    }

    fn holds(&mut self, rule: &Rule) -> Outcomes {
        self.ends.low.start_rule();
        let on = matching::matches(&rule.on, self.ends.low.facts, verb_match(rule));
        let mut truths = outcome(&on);
        for condition in &rule.conditions {
            if !truths.yes && !truths.unknown {
                break;
            }
            truths = and(truths, self.ends.truths(condition.expr));
        }
        truths
    }

    /// Returns the most that waivers may forgive.
    fn waived(&mut self, id: RuleId) -> Waived {
        let program = self.ends.program;
        let now = self.ends.low.facts.now();
        let mut most = Waived::Never;
        for waiver in program
            .waivers_of(id)
            .iter()
            .filter_map(|id| program.rule(*id))
        {
            let RuleBody::Waiver {
                until,
                at_most_propose,
                ..
            } = &waiver.body
            else {
                continue;
            };
            if now.is_some_and(|now| now < *until) && self.holds(waiver).yes {
                if !at_most_propose {
                    return Waived::Wholly;
                }
                most = Waived::Partly;
            }
        }
        most
    }

    fn exceeded(&mut self, rule: &Rule, limit: ExprId, spend: ExprId, by: &[ExprId]) -> Outcomes {
        let parts: Vec<Abstract<'_>> = by
            .iter()
            .chain([&limit])
            .map(|id| self.ends.eval(*id))
            .collect();
        if !parts.iter().all(Abstract::is_same) {
            return super::abstraction::OPEN;
        }
        let at_low = ledger::budget(&mut self.ends.low, rule, limit, spend, by);
        let spend = self.ends.eval(spend);
        match (&at_low.used, spend.numbers()) {
            (Value::Number(used), Some((least, most))) => {
                let total = |spend: Decimal| used.checked_add(spend.max(Decimal::ZERO));
                match (total(least), total(most)) {
                    (Some(least), Some(most)) => compare(
                        crate::program::CompareOp::Greater,
                        &Abstract::Between(least, most),
                        &Abstract::Same(Cow::Borrowed(&at_low.limit)),
                    ),
                    _ => super::abstraction::OPEN,
                }
            }
            // Where it cannot be told how much is used, it cannot be told for any number.
            (Value::Unknown(_), _) => outcome(&Truth::Unknown(
                crate::cause::Cause::UsageNotGiven {
                    budget: rule.name.clone(),
                }
                .into(),
            )),
            _ => super::abstraction::OPEN,
        }
    }

    fn points(&mut self, expr: ExprId, greatest: u8) -> u8 {
        let points = self.ends.eval(expr);
        match (points.numbers(), points) {
            (Some((least, _)), _) => decide::whole(least.ceil().to_i64(), least.is_negative()),
            (None, Abstract::Same(_)) => greatest,
            (None, _) => 0,
        }
    }

    fn threshold(&mut self, expr: ExprId) -> u8 {
        let at = self.ends.eval(expr);
        match (at.numbers(), at) {
            (Some((_, most)), _) => decide::whole(most.ceil().to_i64(), most.is_negative()),
            (None, Abstract::Same(_)) => 0,
            (None, _) => u8::MAX,
        }
    }
}

/// How far a rule may be forgiven.
enum Waived {
    Never,
    Partly,
    Wholly,
}

//! From facts to a verdict: the fifth verb.

use std::ops::Deref;
use std::sync::Arc;

use crate::cause::{Cause, Causes};
use crate::decision::{Gate, Outcome, Risk, Team, Verdict};
use crate::engine::Loaded;
use crate::eval::Evaluator;
use crate::facts::Facts;
use crate::intent::{self, Departure};
use crate::ledger::{self, BreakerNow, BudgetState};
use crate::matching::{self, VerbMatch};
use crate::program::{ExprId, Rule, RuleBody, RuleId, UngrantedVerdict};
use crate::request::BreakerState;
use crate::truth::Truth;
use crate::value::Value;

/// The verdict on one action, with everything needed to explain it.
///
/// Making it renders nothing; [`Decision::report`] gives the full explanation.
#[derive(Debug, Clone)]
pub struct Decision<'a> {
    pub(crate) program: Arc<Loaded>,
    pub(crate) facts: HeldFacts<'a>,
    pub(crate) verdict: Verdict,
    pub(crate) risk: Risk,
    pub(crate) applied: Vec<Applied>,
    pub(crate) grants: Vec<RuleId>,
    pub(crate) intent: Option<Departure>,
    pub(crate) tolerance: Option<DecidingTolerance>,
}

/// Facts that a decision owns, or those that were prepared for several.
///
/// (A `Cow` would do, but it is invariant in its lifetime.)
#[derive(Debug, Clone)]
pub(crate) enum HeldFacts<'a> {
    Owned(Box<Facts<'a>>),
    Prepared(&'a Facts<'a>),
}

impl<'a> Deref for HeldFacts<'a> {
    type Target = Facts<'a>;

    fn deref(&self) -> &Facts<'a> {
        match self {
            Self::Owned(facts) => facts,
            Self::Prepared(facts) => facts,
        }
    }
}

/// A guard, budget or breaker that applied.
#[derive(Debug, Clone)]
pub(crate) struct Applied {
    pub(crate) rule: RuleId,
    /// The causes when it is unknown whether it applies.
    pub(crate) unknown: Option<Causes>,
    /// What it adds, after waivers.
    pub(crate) points: u8,
    /// What it demands, after waivers.
    pub(crate) demand: Demand,
    pub(crate) waiver: Option<RuleId>,
    pub(crate) state: RuleState,
}

/// What a rule that applied demands, without a copy of the rule's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Demand {
    /// Points at most.
    Nothing,
    /// The outcome that the rule names.
    AsWritten,
    /// A proposal to any operator: a half-open breaker, a partly waived escalation.
    Propose,
}

/// What [`Demand::Propose`] stands for.
static ANY_OPERATOR: Outcome = Outcome::Propose(Vec::new());

impl Applied {
    /// Returns what the rule demands after waivers, if anything.
    pub(crate) fn outcome<'p>(&self, program: &'p Loaded) -> Option<&'p Outcome> {
        match self.demand {
            Demand::Nothing => None,
            Demand::Propose => Some(&ANY_OPERATOR),
            Demand::AsWritten => match &program.rule(self.rule)?.body {
                RuleBody::Guard { outcome, .. } => outcome.as_ref(),
                RuleBody::Budget { outcome, .. } | RuleBody::Breaker { outcome, .. } => {
                    Some(outcome)
                }
                RuleBody::Grant | RuleBody::Tolerance { .. } | RuleBody::Waiver { .. } => None,
            },
        }
    }
}

/// What a rule's `because` may read beside facts.
#[derive(Debug, Clone)]
pub(crate) enum RuleState {
    None,
    Budget(Box<BudgetState>),
    Breaker(Box<BreakerNow>),
}

/// The tolerance that decided; without a rule it is the built-in one.
#[derive(Debug, Clone)]
pub(crate) struct DecidingTolerance {
    pub(crate) rule: Option<RuleId>,
    pub(crate) unknown: Option<Causes>,
    pub(crate) verdict: Verdict,
    pub(crate) threshold: u8,
}

impl Decision<'_> {
    /// Returns what may happen.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// Returns the sum of points, from 0 to 100.
    #[must_use]
    pub fn risk(&self) -> Risk {
        self.risk
    }

    /// Returns what releases the action.
    #[must_use]
    pub fn gate(&self) -> Gate {
        gate(
            self.applied
                .iter()
                .filter_map(|applied| applied.outcome(&self.program)),
        )
    }
}

/// Joins the gates of outcomes: every named team, with its greatest count.
pub(crate) fn gate<'o>(outcomes: impl Iterator<Item = &'o Outcome>) -> Gate {
    let mut releasable = true;
    let mut needs: Vec<Team> = Vec::new();
    for outcome in outcomes {
        match outcome {
            Outcome::Forbid => releasable = false,
            Outcome::Propose(teams) | Outcome::Escalate(teams) => {
                needs.extend(teams.iter().cloned());
            }
        }
    }
    join_teams(&mut needs);
    Gate { releasable, needs }
}

/// Sorts teams by name and keeps the greatest count of each.
pub(crate) fn join_teams(needs: &mut Vec<Team>) {
    needs.sort_by(|a, b| a.team.cmp(&b.team).then(b.count.cmp(&a.count)));
    needs.dedup_by(|later, first| later.team == first.team);
}

/// Decides. Never fails: trouble becomes an unknown with a cause, inside the decision.
pub(crate) fn decide<'a>(program: &Arc<Loaded>, facts: HeldFacts<'a>) -> Decision<'a> {
    let (applied, grants, thresholds) = {
        let mut round = Round {
            evaluator: Evaluator::new(program, &facts),
            program,
            applied: Vec::new(),
            grants: Vec::new(),
            thresholds: Thresholds::built_in(program),
        };
        for id in program.index.candidates(&facts) {
            if let Some(rule) = program.rule(id) {
                round.consider(id, rule);
            }
        }
        (round.applied, round.grants, round.thresholds)
    };
    let risk = applied.iter().fold(Risk::default(), |risk, applied| {
        risk.plus(Risk::new(applied.points))
    });
    let tolerance = thresholds.decide(risk);
    let intent = intent::departure(&facts, program.data.settings.require_intent);
    let demanded = applied
        .iter()
        .filter_map(|applied| applied.outcome(program).map(Outcome::verdict))
        .max();
    let verdict = [
        demanded,
        tolerance.as_ref().map(|tolerance| tolerance.verdict),
        intent.as_ref().map(|_| Verdict::Propose),
        grants.is_empty().then(|| ungranted(program)),
    ]
    .into_iter()
    .flatten()
    .max()
    .unwrap_or(Verdict::Execute);
    Decision {
        program: Arc::clone(program),
        facts,
        verdict,
        risk,
        applied,
        grants,
        intent,
        tolerance,
    }
}

/// Returns the verdict of an action without a grant.
pub(crate) fn ungranted(program: &Loaded) -> Verdict {
    match program.data.settings.ungranted {
        UngrantedVerdict::Propose => Verdict::Propose,
        UngrantedVerdict::Escalate => Verdict::Escalate,
    }
}

/// Returns how a rule's verbs must meet the action's.
pub(crate) fn verb_match(rule: &Rule) -> VerbMatch {
    match rule.body {
        // A waiver of a scaling does not forgive what a restart along with it would have met.
        RuleBody::Grant | RuleBody::Waiver { .. } => VerbMatch::All,
        RuleBody::Guard { .. }
        | RuleBody::Budget { .. }
        | RuleBody::Breaker { .. }
        | RuleBody::Tolerance { .. } => VerbMatch::Any,
    }
}

/// Returns whether a rule's `on` and conditions hold.
pub(crate) fn holds(evaluator: &mut Evaluator<'_>, rule: &Rule) -> Truth {
    let mut truth = matching::matches(&rule.on, evaluator.facts, verb_match(rule));
    for condition in &rule.conditions {
        if truth == Truth::False {
            break;
        }
        truth = truth.and(evaluator.truth(condition.expr));
    }
    truth
}

struct Round<'r> {
    evaluator: Evaluator<'r>,
    program: &'r Loaded,
    applied: Vec<Applied>,
    grants: Vec<RuleId>,
    thresholds: Thresholds,
}

impl Round<'_> {
    fn consider(&mut self, id: RuleId, rule: &Rule) {
        self.evaluator.start_rule();
        let truth = holds(&mut self.evaluator, rule);
        if truth == Truth::False {
            return;
        }
        match &rule.body {
            RuleBody::Grant => {
                if truth == Truth::True {
                    self.grants.push(id);
                }
            }
            RuleBody::Waiver { .. } => {}
            RuleBody::Tolerance {
                propose_at,
                escalate_at,
            } => {
                let unknown = causes(truth);
                let propose = propose_at.map(|expr| self.threshold(expr));
                let escalate = escalate_at.map(|expr| self.threshold(expr));
                self.thresholds.tighten(id, unknown, propose, escalate);
            }
            RuleBody::Guard { risk, outcome } => {
                let points = risk.map_or(0, |points| self.points(points.expr, points.greatest));
                let demand = match outcome {
                    Some(_) => Demand::AsWritten,
                    None => Demand::Nothing,
                };
                self.apply(id, truth, points, demand, RuleState::None);
            }
            RuleBody::Budget {
                limit, by, spend, ..
            } => {
                let state = ledger::budget(&mut self.evaluator, rule, *limit, *spend, by);
                let truth = truth.and(state.exceeded());
                let state = RuleState::Budget(Box::new(state));
                self.apply(id, truth, 0, Demand::AsWritten, state);
            }
            RuleBody::Breaker { by, .. } => {
                let now = ledger::breaker(&mut self.evaluator, rule, by);
                let (tripped, demand) = match &now.state {
                    Ok(BreakerState::Closed) => (Truth::False, Demand::Nothing),
                    Ok(BreakerState::Open) => (Truth::True, Demand::AsWritten),
                    Ok(BreakerState::HalfOpen) => (Truth::True, Demand::Propose),
                    Err(causes) => (Truth::Unknown(causes.clone()), Demand::AsWritten),
                };
                let state = RuleState::Breaker(Box::new(now));
                self.apply(id, truth.and(tripped), 0, demand, state);
            }
        }
    }

    fn apply(&mut self, rule: RuleId, truth: Truth, points: u8, demand: Demand, state: RuleState) {
        if truth == Truth::False {
            return;
        }
        let mut applied = Applied {
            rule,
            unknown: causes(truth),
            points,
            demand,
            waiver: None,
            state,
        };
        if let Some((waiver, at_most_propose)) = self.waiver(rule) {
            let verdict = applied.outcome(self.program).map(Outcome::verdict);
            applied.demand = if at_most_propose && verdict == Some(Verdict::Escalate) {
                Demand::Propose
            } else {
                Demand::Nothing
            };
            applied.points = 0;
            applied.waiver = Some(waiver);
        }
        self.applied.push(applied);
    }

    /// Returns the waiver that forgives a rule, the most forgiving one that surely holds.
    fn waiver(&mut self, rule: RuleId) -> Option<(RuleId, bool)> {
        let now = self.evaluator.facts.now()?;
        for id in self.program.waivers_of(rule) {
            let Some(waiver) = self.program.rule(*id) else {
                continue;
            };
            let RuleBody::Waiver {
                until,
                at_most_propose,
                ..
            } = &waiver.body
            else {
                continue;
            };
            self.evaluator.start_rule();
            if now < *until && holds(&mut self.evaluator, waiver) == Truth::True {
                return Some((*id, *at_most_propose));
            }
        }
        None
    }

    /// Points are rounded up and clamped; unknown ones count the greatest the expression can take.
    fn points(&mut self, expr: ExprId, greatest: u8) -> u8 {
        match &*self.evaluator.eval(expr) {
            Value::Number(points) => whole(points.ceil().to_i64(), points.is_negative()),
            _ => greatest,
        }
    }

    /// An unknown threshold is the strictest one.
    fn threshold(&mut self, expr: ExprId) -> (u8, Option<Causes>) {
        match &*self.evaluator.eval(expr) {
            Value::Number(at) => (whole(at.ceil().to_i64(), at.is_negative()), None),
            Value::Unknown(causes) => (0, Some(causes.clone())),
            other => (
                0,
                Some(
                    Cause::WrongType {
                        what: "a threshold".into(),
                        expected: "a number".into(),
                        found: other.type_name().into(),
                    }
                    .into(),
                ),
            ),
        }
    }
}

fn causes(truth: Truth) -> Option<Causes> {
    match truth {
        Truth::Unknown(causes) => Some(causes),
        Truth::True | Truth::False => None,
    }
}

/// Clamps to 0–100; a number beyond `i64` is clamped by its sign.
pub(crate) fn whole(number: Option<i64>, negative: bool) -> u8 {
    match number {
        Some(number) => u8::try_from(number.clamp(0, 100)).unwrap_or(100),
        None if negative => 0,
        None => 100,
    }
}

/// The strictest thresholds so far, each by itself.
struct Thresholds {
    propose: DecidingTolerance,
    escalate: DecidingTolerance,
}

impl Thresholds {
    fn built_in(program: &Loaded) -> Self {
        let settings = program.data.settings;
        let of = |verdict, threshold| DecidingTolerance {
            rule: None,
            unknown: None,
            verdict,
            threshold,
        };
        Self {
            propose: of(Verdict::Propose, settings.propose_at),
            escalate: of(Verdict::Escalate, settings.escalate_at),
        }
    }

    fn tighten(
        &mut self,
        rule: RuleId,
        unknown: Option<Causes>,
        propose: Option<(u8, Option<Causes>)>,
        escalate: Option<(u8, Option<Causes>)>,
    ) {
        for (slot, threshold) in [(&mut self.propose, propose), (&mut self.escalate, escalate)] {
            let Some((threshold, own)) = threshold else {
                continue;
            };
            // Rules come sorted by name, so among equals the first name stands; a declared
            // tolerance goes before the built-in one.
            if threshold < slot.threshold || (threshold == slot.threshold && slot.rule.is_none()) {
                slot.rule = Some(rule);
                slot.threshold = threshold;
                slot.unknown = match (unknown.clone(), own) {
                    (Some(a), Some(b)) => Some(a.union(&b)),
                    (a, b) => a.or(b),
                };
            }
        }
    }

    fn decide(self, risk: Risk) -> Option<DecidingTolerance> {
        let reached = |tolerance: &DecidingTolerance| risk.points() >= tolerance.threshold;
        if reached(&self.escalate) {
            Some(self.escalate)
        } else if reached(&self.propose) {
            Some(self.propose)
        } else {
            None
        }
    }
}

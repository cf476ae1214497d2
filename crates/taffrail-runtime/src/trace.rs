//! What the parts of rules came to in decisions: which conditions were true, false and unknown, which effects took place.
//!
//! A trace is made on demand, from a decision that stands. Unlike a decision it evaluates every condition for its own sake,
//! also where another one decided already: in three-valued logic, order and short cuts never show.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashSet;

use crate::decide::{self, Applied, Decision, Demand};
use crate::eval::Evaluator;
use crate::matching;
use crate::plan::PlanDecision;
use crate::program::{Expr, ExprId, ProgramData, Quantifier, Rule, RuleBody, RuleId, Suggestion};
use crate::truth::Truth;
use crate::value::Value;

mod conditions;

pub use conditions::conditions;
use conditions::{Position, counts_truths, is_condition};

/// How many expressions are looked at for one rule in one decision; what lies beyond is not traced.
const VISIT_LIMIT: u32 = 200_000;

/// Which truths something came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outcomes {
    /// It was true.
    pub yes: bool,
    /// It was false.
    pub no: bool,
    /// It was unknown.
    pub unknown: bool,
}

impl Outcomes {
    /// Adds what something came to.
    pub fn add(&mut self, truth: &Truth) {
        match truth {
            Truth::True => self.yes = true,
            Truth::False => self.no = true,
            Truth::Unknown(_) => self.unknown = true,
        }
    }

    /// Returns what either came to.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        Self {
            yes: self.yes || other.yes,
            no: self.no || other.no,
            unknown: self.unknown || other.unknown,
        }
    }

    /// Returns what the negation came to.
    #[must_use]
    pub fn negated(self) -> Self {
        Self {
            yes: self.no,
            no: self.yes,
            unknown: self.unknown,
        }
    }
}

/// What a rule did in a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// A grant let the principal act alone.
    Held,
    /// A guard added its points.
    Risk,
    /// A guard demanded its verdict, a budget was exceeded, a breaker was open.
    Verdict,
    /// A breaker was half open.
    HalfOpen,
    /// A waiver forgave its rule.
    Waived,
    /// A tolerance made the risk a proposal.
    ProposeAt,
    /// A tolerance made the risk an escalation.
    EscalateAt,
    /// A suggestion was offered: its position among those of the rule.
    Suggestion(usize),
}

/// What a rule and its parts came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RuleTrace {
    /// Whether it is about the action.
    pub on: Outcomes,
    /// Whether its `on` and its conditions hold together, where it is or may be about the action.
    pub holds: Outcomes,
    /// Every condition in it, where it is or may be about the action.
    pub conditions: BTreeMap<ExprId, Outcomes>,
    /// What it did.
    pub effects: BTreeSet<Effect>,
}

/// What the rules of a program came to, in one decision or in several.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trace {
    /// The rules, by [`RuleId`].
    pub rules: Vec<RuleTrace>,
}

impl Trace {
    /// Adds what the rules came to in other decisions of the same program.
    pub fn join(&mut self, other: Self) {
        if self.rules.is_empty() {
            *self = other;
            return;
        }
        for (rule, other) in self.rules.iter_mut().zip(other.rules) {
            rule.on = rule.on.join(other.on);
            rule.holds = rule.holds.join(other.holds);
            for (id, outcomes) in other.conditions {
                let known = rule.conditions.entry(id).or_default();
                *known = known.join(outcomes);
            }
            rule.effects.extend(other.effects);
        }
    }
}

impl Decision<'_> {
    /// Returns what the rules and their conditions came to.
    #[must_use]
    pub fn trace(&self) -> Trace {
        let program = &*self.program;
        let mut evaluator = Evaluator::new(program, &self.facts);
        let mut rules: Vec<RuleTrace> = program
            .data
            .rules
            .iter()
            .map(|rule| conditions_of(&mut evaluator, rule))
            .collect();
        let mut add = |rule: RuleId, effect: Effect| {
            if let Some(rule) = rules.get_mut(rule.0 as usize) {
                rule.effects.insert(effect);
            }
        };
        for grant in &self.grants {
            add(*grant, Effect::Held);
        }
        for applied in &self.applied {
            for effect in effects(&mut evaluator, applied) {
                add(applied.rule, effect);
            }
            if let Some(waiver) = applied.waiver {
                add(waiver, Effect::Waived);
            }
        }
        if let Some((tolerance, rule)) = self.tolerance.as_ref().and_then(|t| Some((t, t.rule?))) {
            add(
                rule,
                match tolerance.verdict {
                    crate::decision::Verdict::Escalate => Effect::EscalateAt,
                    crate::decision::Verdict::Propose | crate::decision::Verdict::Execute => {
                        Effect::ProposeAt
                    }
                },
            );
        }
        Trace { rules }
    }
}

impl PlanDecision {
    /// Returns what the rules and their conditions came to in the steps and net changes.
    #[must_use]
    pub fn trace(&self) -> Trace {
        let mut trace = Trace::default();
        for decision in self.steps().iter().chain(self.net()) {
            trace.join(decision.trace());
        }
        trace
    }
}

/// Returns what a rule that applied did; nothing beyond a waiver that forgave it.
fn effects(evaluator: &mut Evaluator<'_>, applied: &Applied) -> Vec<Effect> {
    let Some(rule) = evaluator.program.rule(applied.rule) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    if applied.waiver.is_none() {
        if matches!(rule.body, RuleBody::Guard { risk: Some(_), .. }) {
            found.push(Effect::Risk);
        }
        match applied.demand {
            Demand::Nothing => {}
            Demand::AsWritten => found.push(Effect::Verdict),
            Demand::Propose => found.push(Effect::HalfOpen),
        }
    }
    let locals = crate::report::locals(rule, &applied.state);
    for (at, suggestion) in rule.suggestions.iter().enumerate() {
        evaluator.start_rule();
        let offered = match suggestion {
            Suggestion::Text(_) => true,
            Suggestion::Assign { value, .. } => evaluator.with_locals(&locals, |evaluator| {
                !matches!(*evaluator.eval(*value), Value::Unknown(_) | Value::Absent)
            }),
        };
        if offered {
            found.push(Effect::Suggestion(at));
        }
    }
    found
}

fn conditions_of(evaluator: &mut Evaluator<'_>, rule: &Rule) -> RuleTrace {
    let mut trace = RuleTrace::default();
    let on = matching::matches(&rule.on, evaluator.facts, decide::verb_match(rule));
    trace.on.add(&on);
    if on == Truth::False {
        return trace;
    }
    evaluator.start_rule();
    trace.holds.add(&decide::holds(evaluator, rule));
    let mut walk = Walk {
        evaluator,
        found: &mut trace.conditions,
        seen: vec![FxHashSet::default()],
        visits: 0,
    };
    for (id, position) in conditions::roots(rule) {
        walk.visit(id, position);
    }
    trace
}

/// Goes over the expressions of one rule in one decision.
struct Walk<'w, 'a> {
    evaluator: &'w mut Evaluator<'a>,
    found: &'w mut BTreeMap<ExprId, Outcomes>,
    /// What was visited, for each binding of variables around the current place.
    seen: Vec<FxHashSet<(ExprId, Position)>>,
    visits: u32,
}

impl<'a> Walk<'_, 'a> {
    fn visit(&mut self, id: ExprId, position: Position) {
        self.visits = self.visits.saturating_add(1);
        let fresh = self
            .seen
            .last_mut()
            .is_some_and(|seen| seen.insert((id, position)));
        let program = self.evaluator.program;
        let (Some(expr), true) = (program.expr(id), fresh && self.visits <= VISIT_LIMIT) else {
            return;
        };
        if is_condition(expr, position) {
            // Limits count per rule; each part is asked for its own sake here.
            self.evaluator.start_rule();
            let truth = self.evaluator.truth(id);
            self.found.entry(id).or_default().add(&truth);
        }
        match expr {
            Expr::Quantifier(quantifier) => self.quantifier(quantifier),
            Expr::If(condition, yes, no) => {
                self.visit(*condition, Position::Condition);
                self.evaluator.start_rule();
                // The branch that is not taken says nothing.
                match self.evaluator.truth(*condition) {
                    Truth::True => self.visit(*yes, position),
                    Truth::False => self.visit(*no, position),
                    Truth::Unknown(_) => {}
                }
            }
            other => {
                let inside = conditions::position_of_operands(other);
                other.for_each_operand(|operand| self.visit(operand, inside));
            }
        }
    }

    fn quantifier(&mut self, quantifier: &'a Quantifier) {
        self.visit(quantifier.over, Position::Value);
        self.evaluator.start_rule();
        let Ok(members) = self.evaluator.members(quantifier) else {
            return;
        };
        for member in members {
            if self.visits > VISIT_LIMIT {
                return;
            }
            let inside = self.evaluator.bind(quantifier, member.key, member.element);
            self.seen.push(FxHashSet::default());
            if let Some(filter) = quantifier.filter {
                self.visit(filter, Position::Condition);
            }
            self.evaluator.start_rule();
            // What a `where` leaves out, the body says nothing of.
            if self.evaluator.filter(quantifier) != Truth::False
                && let Some(body) = quantifier.body
            {
                self.visit(body, counts_truths(quantifier.kind));
            }
            self.seen.pop();
            self.evaluator.unbind(inside);
        }
    }
}

/// Returns for each rule of a program the conditions in it, sorted: what a trace can tell of.
#[must_use]
pub fn conditions_of_program(data: &ProgramData) -> Vec<BTreeSet<ExprId>> {
    data.rules
        .iter()
        .map(|rule| conditions(&data.exprs, rule))
        .collect()
}

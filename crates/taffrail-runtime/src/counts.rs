//! What an action counts for: the budgets that it spends from and the breakers that watch how it ends.

use jiff::SignedDuration;

use crate::cause::Causes;
use crate::decide::{self, Decision};
use crate::eval::{Evaluator, Val};
use crate::ledger;
use crate::program::RuleBody;
use crate::saved::Program;
use crate::truth::Truth;
use crate::value::Value;

/// Everything that counts an action once it is executed, whatever the verdict and whether a waiver forgives it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Counts {
    /// The budgets, sorted by name.
    pub budgets: Vec<BudgetCount>,
    /// The breakers, sorted by name.
    pub breakers: Vec<BreakerCount>,
}

/// A budget that an action spends from.
#[derive(Debug, Clone, PartialEq)]
pub struct BudgetCount {
    /// The budget's full name.
    pub budget: String,
    /// The values of its `by`, or why they are unknown.
    pub key: Result<Vec<Value>, Causes>,
    /// How much: a number, not negative, or unknown.
    pub spend: Value,
    /// The most that may be used in the window with this: a number or unknown.
    pub limit: Value,
    /// The rolling window.
    pub per: SignedDuration,
}

/// A breaker that counts how an action ends.
#[derive(Debug, Clone, PartialEq)]
pub struct BreakerCount {
    /// The breaker's full name.
    pub breaker: String,
    /// The values of its `by`, or why they are unknown.
    pub key: Result<Vec<Value>, Causes>,
    /// How many failures open it.
    pub failures: u32,
    /// In which rolling window.
    pub within: SignedDuration,
    /// How long it stays open before it is half open.
    pub hold: SignedDuration,
}

impl Decision<'_> {
    /// Returns what counts the action when it is executed: every budget and breaker whose `on` and conditions hold, or may hold.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut evaluator = Evaluator::new(&self.program, &self.facts);
        let mut counts = Counts::default();
        for id in self.program.index.candidates(&self.facts) {
            let Some(rule) = self.program.rule(id) else {
                continue;
            };
            evaluator.start_rule();
            match &rule.body {
                RuleBody::Budget {
                    limit,
                    per,
                    by,
                    spend,
                    ..
                } => {
                    if decide::holds(&mut evaluator, rule) == Truth::False {
                        continue;
                    }
                    let state = ledger::budget(&mut evaluator, rule, *limit, *spend, by);
                    counts.budgets.push(BudgetCount {
                        budget: rule.name.clone(),
                        key: ledger::key(&mut evaluator, by).map(owned),
                        spend: state.spend,
                        limit: state.limit,
                        per: *per,
                    });
                }
                RuleBody::Breaker {
                    failures,
                    within,
                    hold,
                    by,
                    ..
                } => {
                    if decide::holds(&mut evaluator, rule) == Truth::False {
                        continue;
                    }
                    counts.breakers.push(BreakerCount {
                        breaker: rule.name.clone(),
                        key: ledger::key(&mut evaluator, by).map(owned),
                        failures: *failures,
                        within: *within,
                        hold: *hold,
                    });
                }
                RuleBody::Grant
                | RuleBody::Guard { .. }
                | RuleBody::Tolerance { .. }
                | RuleBody::Waiver { .. } => {}
            }
        }
        counts
    }
}

impl Program {
    /// Returns the rolling windows of all budgets, by full name: what a ledger must know to say what is used.
    #[must_use]
    pub fn windows(&self) -> Vec<(String, SignedDuration)> {
        let rules = self.data().rules.iter();
        rules
            .filter_map(|rule| match &rule.body {
                RuleBody::Budget { per, .. } => Some((rule.name.clone(), *per)),
                RuleBody::Breaker { .. }
                | RuleBody::Grant
                | RuleBody::Guard { .. }
                | RuleBody::Tolerance { .. }
                | RuleBody::Waiver { .. } => None,
            })
            .collect()
    }
}

fn owned(key: Vec<Val<'_>>) -> Vec<Value> {
    key.into_iter().map(std::borrow::Cow::into_owned).collect()
}

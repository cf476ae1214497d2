//! What the ledger's facts say of a budget or a breaker.

use jiff::Timestamp;

use crate::arithmetic;
use crate::cause::{Cause, Causes};
use crate::compare;
use crate::decimal::Decimal;
use crate::eval::{Evaluator, Val};
use crate::program::{ExprId, LocalId, Rule};
use crate::request::{BreakerState, LedgerKey};
use crate::truth::Truth;
use crate::value::Value;

/// A budget as this action meets it.
#[derive(Debug, Clone)]
pub(crate) struct BudgetState {
    pub(crate) used: Value,
    pub(crate) limit: Value,
    pub(crate) spend: Value,
}

impl BudgetState {
    /// What `because` may read.
    pub(crate) fn locals(&self, ids: [LocalId; 3]) -> [(LocalId, Value); 3] {
        let [used, limit, spend] = ids;
        [
            (used, self.used.clone()),
            (limit, self.limit.clone()),
            (spend, self.spend.clone()),
        ]
    }

    /// Tells whether used + spend > limit.
    pub(crate) fn exceeded(&self) -> Truth {
        let total = arithmetic::add(&self.used, &self.spend);
        match (&total, &self.limit) {
            (Value::Unknown(a), Value::Unknown(b)) => Truth::Unknown(a.clone().union(b)),
            (Value::Unknown(causes), _) | (_, Value::Unknown(causes)) => {
                Truth::Unknown(causes.clone())
            }
            (total, limit) => match compare::order(total, limit, ">") {
                Ok(order) => order.is_gt().into(),
                Err(causes) => Truth::Unknown(causes),
            },
        }
    }
}

/// Evaluates a budget's numbers.
pub(crate) fn budget(
    evaluator: &mut Evaluator<'_>,
    rule: &Rule,
    limit: ExprId,
    spend: ExprId,
    by: &[ExprId],
) -> BudgetState {
    let limit = number(&evaluator.eval(limit), "limit");
    let spend = match number(&evaluator.eval(spend), "spend") {
        Value::Number(spend) if spend.is_negative() => Value::Number(Decimal::ZERO),
        spend => spend,
    };
    let used = match key(evaluator, by) {
        Err(causes) => Value::Unknown(causes),
        Ok(key) => {
            let usage = &evaluator.facts.request.usage;
            let own = usage
                .iter()
                .filter(|entry| entry.budget == rule.name)
                .find(|entry| is_key(&entry.by, &key))
                .or_else(|| {
                    usage
                        .iter()
                        .find(|entry| entry.budget == rule.name && entry.by == LedgerKey::Any)
                });
            match own.and_then(|entry| entry.used) {
                Some(used) => Value::Number(used),
                None => Value::unknown(Cause::UsageNotGiven {
                    budget: named(&rule.name, &key),
                }),
            }
        }
    };
    BudgetState { used, limit, spend }
}

/// A breaker as this action meets it.
#[derive(Debug, Clone)]
pub(crate) struct BreakerNow {
    pub(crate) state: Result<BreakerState, Causes>,
    pub(crate) until: Option<Timestamp>,
}

impl BreakerNow {
    /// What `because` may read.
    pub(crate) fn locals(&self, ids: [LocalId; 2]) -> [(LocalId, Value); 2] {
        let [state, until] = ids;
        let word = match &self.state {
            Ok(BreakerState::Closed) => Value::string("closed"),
            Ok(BreakerState::Open) => Value::string("open"),
            Ok(BreakerState::HalfOpen) => Value::string("half_open"),
            Err(causes) => Value::Unknown(causes.clone()),
        };
        let end = match (&self.state, self.until) {
            (Err(causes), _) => Value::Unknown(causes.clone()),
            (Ok(_), Some(until)) => Value::Time(until),
            (Ok(_), None) => Value::Absent,
        };
        [(state, word), (until, end)]
    }
}

/// Returns a breaker's state at `now`: an open one whose hold has passed is half open.
pub(crate) fn breaker(evaluator: &mut Evaluator<'_>, rule: &Rule, by: &[ExprId]) -> BreakerNow {
    let key = match key(evaluator, by) {
        Ok(key) => key,
        Err(causes) => {
            return BreakerNow {
                state: Err(causes),
                until: None,
            };
        }
    };
    let facts = evaluator.facts;
    let breakers = &facts.request.breakers;
    let entry = breakers
        .iter()
        .filter(|entry| entry.breaker == rule.name)
        .find(|entry| is_key(&entry.by, &key))
        .or_else(|| {
            breakers
                .iter()
                .find(|entry| entry.breaker == rule.name && entry.by == LedgerKey::Any)
        });
    let until = entry.and_then(|entry| entry.until);
    let state = match entry.and_then(|entry| entry.state) {
        Some(BreakerState::Open) => match (until, facts.now()) {
            (Some(until), Some(now)) if until <= now => Ok(BreakerState::HalfOpen),
            _ => Ok(BreakerState::Open),
        },
        Some(state) => Ok(state),
        None => Err(Cause::BreakerNotGiven {
            breaker: named(&rule.name, &key),
        }
        .into()),
    };
    BreakerNow { state, until }
}

/// Evaluates a key; every unknown part makes it unknown.
pub(crate) fn key<'a>(
    evaluator: &mut Evaluator<'a>,
    by: &[ExprId],
) -> Result<Vec<Val<'a>>, Causes> {
    let values: Vec<Val<'a>> = by.iter().map(|id| evaluator.eval(*id)).collect();
    let causes = values.iter().filter_map(|value| match &**value {
        Value::Unknown(causes) => Some(causes.clone()),
        _ => None,
    });
    match causes.reduce(|all, more| all.union(&more)) {
        Some(causes) => Err(causes),
        None => Ok(values),
    }
}

/// Keys are equal when their values are; here two absents are the same key.
fn is_key(given: &LedgerKey, key: &[Val<'_>]) -> bool {
    match given {
        LedgerKey::Any => false,
        LedgerKey::Values(values) => {
            values.len() == key.len() && values.iter().zip(key).all(|(a, b)| *a == **b)
        }
    }
}

fn named(rule: &str, key: &[Val<'_>]) -> String {
    let key: Vec<String> = key.iter().map(|value| value.render()).collect();
    if key.is_empty() {
        format!("`{rule}`")
    } else {
        format!("`{rule}` for {}", key.join(", "))
    }
}

fn number(value: &Value, what: &str) -> Value {
    match value {
        Value::Number(_) | Value::Unknown(_) => value.clone(),
        Value::Absent => Value::unknown(Cause::AbsentOperand {
            what: format!("the {what} of a budget"),
        }),
        other => Value::unknown(Cause::WrongType {
            what: format!("the {what} of a budget"),
            expected: "a number".into(),
            found: other.type_name().into(),
        }),
    }
}

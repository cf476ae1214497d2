//! What the ledger says of budgets and breakers.

use taffrail_runtime::request::{BreakerState, LedgerKey};
use taffrail_syntax::ast::{ClauseKind, Expr, Rule};

use super::clause;
use super::eval::Scope;
use super::number;
use super::operators;
use super::value::{Truth, Value};

/// Tells whether what is used and what the action spends is beyond a budget's limit.
pub(crate) fn is_exceeded(scope: &Scope<'_>, name: &str, rule: &Rule) -> Truth {
    let (limit, by) = clause(rule, |kind| match kind {
        ClauseKind::Limit { limit, by, .. } => Some((limit, by)),
        _ => None,
    })
    .unwrap();
    let spend = clause(rule, |kind| match kind {
        ClauseKind::Spend(spend) => Some(spend),
        _ => None,
    });
    let zero = number::parse("0").unwrap();
    let spend = match spend.map(|spend| scope.number_or_value(spend)) {
        None => Value::Number(number::parse("1").unwrap()),
        Some(Value::Number(spend)) => Value::Number(spend.max(zero)),
        Some(_) => Value::Unknown,
    };
    let entries = scope
        .action
        .request
        .usage
        .iter()
        .filter(|entry| entry.budget == name);
    let entries: Vec<_> = entries.map(|entry| (&entry.by, &entry.used)).collect();
    let used = match entry(scope, by, &entries) {
        Some(Some(used)) => Value::Number(number::parse(&used.to_string()).unwrap()),
        Some(None) | None => Value::Unknown,
    };
    operators::ordered(
        &operators::add(&used, &spend),
        &scope.number_or_value(limit),
        std::cmp::Ordering::is_gt,
    )
}

/// How a breaker stands now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Closed,
    Open,
    HalfOpen,
    Unknown,
}

/// Returns a breaker's state: an open one whose time has passed is half open.
pub(crate) fn state(scope: &Scope<'_>, name: &str, rule: &Rule) -> State {
    let by = clause(rule, |kind| match kind {
        ClauseKind::Trip { by, .. } => Some(by),
        _ => None,
    })
    .unwrap();
    let entries = scope
        .action
        .request
        .breakers
        .iter()
        .filter(|entry| entry.breaker == name);
    let entries: Vec<_> = entries.map(|entry| (&entry.by, entry)).collect();
    let Some(entry) = entry(scope, by, &entries) else {
        return State::Unknown;
    };
    match entry.state {
        None => State::Unknown,
        Some(BreakerState::Closed) => State::Closed,
        Some(BreakerState::HalfOpen) => State::HalfOpen,
        Some(BreakerState::Open) => match (entry.until, scope.action.now()) {
            (Some(until), Some(now)) if until <= now => State::HalfOpen,
            _ => State::Open,
        },
    }
}

/// Returns the entry of the action's key, else the one for any key; none when a part of the key is unknown.
fn entry<T: Copy>(scope: &Scope<'_>, by: &[Expr], entries: &[(&LedgerKey, T)]) -> Option<T> {
    let key: Vec<Value> = by.iter().map(|part| scope.value(part)).collect();
    if key.iter().any(Value::is_unknown) {
        return None;
    }
    let own = entries.iter().find(|(by, _)| match by {
        LedgerKey::Any => false,
        LedgerKey::Values(values) => values.iter().map(Value::of_fact).eq(key.iter().cloned()),
    });
    own.or_else(|| entries.iter().find(|(by, _)| **by == LedgerKey::Any))
        .map(|(_, found)| *found)
}

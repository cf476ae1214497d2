//! Budgets: what was taken in a rolling window.

use jiff::{SignedDuration, Timestamp};
use taffrail_runtime::Decimal;
use taffrail_runtime::request::{LedgerKey, Usage};

use crate::claim::{Outcome, Refusal, Take};
use crate::error::LedgerError;
use crate::key::Key;
use crate::ledger::{Ledger, Session};
use crate::store::Row;

/// A take that is kept for an action that has not begun to run; it ends by itself.
const KEPT: &str = "kept";
/// A take of an action that runs.
const RUNNING: &str = "running";
/// A take of an action that ran.
const SPENT: &str = "spent";
/// A take of an action that never ran.
const RETURNED: &str = "returned";

impl Ledger {
    /// Returns what is used of budgets, as facts for a decision: an entry for every key of which something is used, and one that
    /// says that nothing is used of the others. `windows` names the budgets with their rolling windows.
    ///
    /// # Errors
    ///
    /// The store fails.
    pub fn usage(&self, windows: &[(String, SignedDuration)]) -> Result<Vec<Usage>, LedgerError> {
        self.usage_beside(windows, "")
    }

    /// Returns what is used of budgets by all but one action: what that one has taken already does not count when it is decided again.
    ///
    /// # Errors
    ///
    /// The store fails.
    pub fn usage_beside(
        &self,
        windows: &[(String, SignedDuration)],
        action: &str,
    ) -> Result<Vec<Usage>, LedgerError> {
        self.read(|session| {
            let mut found = Vec::new();
            for (budget, per) in windows {
                found.push(Usage {
                    budget: budget.clone(),
                    by: LedgerKey::Any,
                    used: Some(Decimal::ZERO),
                });
                let since = begin(session.now, *per);
                let sql = "SELECT spend, state, expires, by_key FROM takes \
                           WHERE budget = $1 AND (taken > $2 OR state = 'running') AND action <> $3 ORDER BY by_key";
                let rows = session.query(sql, &[budget.into(), since.into(), action.into()])?;
                for of_key in rows.chunk_by(|a, b| a.text(3).ok() == b.text(3).ok()) {
                    let Some(first) = of_key.first() else {
                        continue;
                    };
                    found.push(Usage {
                        budget: budget.clone(),
                        by: Key::read(&first.text(3)?)?.fact(),
                        used: sum(of_key, session.now)?,
                    });
                }
            }
            Ok(found)
        })
    }
}

/// Returns why a take does not fit, if it does not. What the action has taken already does not count against it.
pub(crate) fn refusal(
    session: &mut Session<'_>,
    action: &str,
    take: &Take,
) -> Result<Option<Refusal>, LedgerError> {
    let sql = "SELECT spend, state, expires FROM takes \
               WHERE budget = $1 AND by_key = $2 AND (taken > $3 OR state = 'running') AND action <> $4";
    let key = take.key.text()?;
    let since = begin(session.now, take.per);
    let cells = [
        (&take.budget).into(),
        (&key).into(),
        since.into(),
        action.into(),
    ];
    let rows = session.query(sql, &cells)?;
    // A sum beyond all numbers is beyond the limit, too.
    let used = sum(&rows, session.now)?;
    let spend = if take.spend.is_negative() {
        Decimal::ZERO
    } else {
        take.spend
    };
    let fits = used
        .and_then(|used| used.checked_add(spend))
        .is_some_and(|total| total <= take.limit);
    if fits {
        return Ok(None);
    }
    Ok(Some(Refusal::Budget {
        budget: take.budget.clone(),
        key: take.key.clone(),
        used: used.unwrap_or(take.limit),
        limit: take.limit,
    }))
}

/// Takes from a budget, and returns until when it is kept. What is already taken for the action is kept as it was, with what it spends
/// now; a take that was handed back is taken anew.
pub(crate) fn take(
    session: &mut Session<'_>,
    action: &str,
    take: &Take,
    until: Timestamp,
) -> Result<Timestamp, LedgerError> {
    let key = take.key.text()?;
    let sql =
        "SELECT spend, state, expires FROM takes WHERE action = $1 AND budget = $2 AND by_key = $3";
    let rows = session.query(sql, &[action.into(), (&take.budget).into(), (&key).into()])?;
    let spend = if take.spend.is_negative() {
        Decimal::ZERO
    } else {
        take.spend
    };
    let spend = spend.to_string();
    if let Some(row) = rows.first()
        && counts(row, session.now)?
    {
        let sql = "UPDATE takes SET spend = $1 WHERE action = $2 AND budget = $3 AND by_key = $4";
        let cells = [
            (&spend).into(),
            action.into(),
            (&take.budget).into(),
            (&key).into(),
        ];
        session.execute(sql, &cells)?;
        return Ok(row.maybe_time(2)?.unwrap_or(Timestamp::MAX));
    }
    let sql = "INSERT INTO takes (action, budget, by_key, spend, taken, state, expires) \
               VALUES ($1, $2, $3, $4, $5, 'kept', $6) \
               ON CONFLICT (action, budget, by_key) DO UPDATE SET spend = excluded.spend, \
               taken = excluded.taken, state = excluded.state, expires = excluded.expires";
    let cells = [
        action.into(),
        (&take.budget).into(),
        (&key).into(),
        (&spend).into(),
        session.now.into(),
        until.into(),
    ];
    session.execute(sql, &cells)?;
    Ok(until)
}

/// Keeps the takes of an action that begins to run, until it is settled.
pub(crate) fn keep(session: &mut Session<'_>, action: &str) -> Result<(), LedgerError> {
    let sql = "SELECT spend, state, expires, budget FROM takes WHERE action = $1";
    for row in session.query(sql, &[action.into()])? {
        if !counts(&row, session.now)? {
            return Err(LedgerError::Conflict {
                what: "take from budget",
                id: row.text(3)?,
                found: "handed back".to_owned(),
                expected: KEPT.to_owned(),
            });
        }
    }
    let sql =
        "UPDATE takes SET state = 'running', expires = NULL WHERE action = $1 AND state = 'kept'";
    session.execute(sql, &[action.into()])?;
    Ok(())
}

/// Spends the takes of an action, or hands them back. What ran is spent even when its takes had run out in the meantime.
pub(crate) fn settle(
    session: &mut Session<'_>,
    action: &str,
    outcome: Outcome,
) -> Result<(), LedgerError> {
    let state = match outcome {
        Outcome::Succeeded | Outcome::Failed => SPENT,
        Outcome::NotRun => RETURNED,
    };
    let sql = "UPDATE takes SET state = $1, expires = NULL WHERE action = $2";
    session.execute(sql, &[state.into(), action.into()])?;
    Ok(())
}

/// Returns the sum of the takes that count; `None` beyond all numbers.
fn sum(rows: &[Row], now: Timestamp) -> Result<Option<Decimal>, LedgerError> {
    let mut spends = Vec::new();
    for row in rows {
        if counts(row, now)? {
            let text = row.text(0)?;
            let spend = Decimal::parse(&text)
                .ok_or_else(|| LedgerError::damaged(format!("`{text}` is no spend")))?;
            spends.push(spend);
        }
    }
    Ok(Decimal::sum(spends))
}

/// Tells whether a row of `spend, state, expires` counts.
fn counts(row: &Row, now: Timestamp) -> Result<bool, LedgerError> {
    match row.text(1)?.as_str() {
        KEPT => Ok(row.maybe_time(2)?.is_none_or(|expires| expires > now)),
        RUNNING | SPENT => Ok(true),
        RETURNED => Ok(false),
        other => Err(LedgerError::damaged(format!("a take is `{other}`"))),
    }
}

/// Returns the begin of a window that ends now.
pub(crate) fn begin(now: Timestamp, per: SignedDuration) -> Timestamp {
    now.checked_sub(per).unwrap_or(Timestamp::MIN)
}

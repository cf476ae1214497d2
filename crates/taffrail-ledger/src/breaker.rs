//! Breakers: they open after repeated failures, and close after the first success that follows.

use jiff::{SignedDuration, Timestamp};
use taffrail_runtime::request::{BreakerFact, BreakerState, LedgerKey};

use crate::audit::{self, Entry};
use crate::budget::begin;
use crate::claim::{Outcome, Pass, Refusal};
use crate::error::LedgerError;
use crate::key::Key;
use crate::ledger::{Ledger, Session};
use crate::store::Row;

impl Ledger {
    /// Returns the states of breakers, as facts for a decision: an entry for every key whose breaker is not closed, and one that says
    /// that the others are.
    ///
    /// # Errors
    ///
    /// The store fails.
    pub fn breakers(&self, names: &[String]) -> Result<Vec<BreakerFact>, LedgerError> {
        self.read(|session| {
            let mut found = Vec::new();
            for breaker in names {
                found.push(BreakerFact {
                    breaker: breaker.clone(),
                    by: LedgerKey::Any,
                    state: Some(BreakerState::Closed),
                    until: None,
                });
                let sql =
                    "SELECT state, until, by_key FROM breakers WHERE breaker = $1 ORDER BY by_key";
                for row in session.query(sql, &[breaker.into()])? {
                    let now = state(Some(&row), session.now)?;
                    if now.state != BreakerState::Closed {
                        found.push(BreakerFact {
                            breaker: breaker.clone(),
                            by: Key::read(&row.text(2)?)?.fact(),
                            state: Some(now.state),
                            until: now.until,
                        });
                    }
                }
            }
            Ok(found)
        })
    }

    /// Returns every breaker that is not closed, by its name and key.
    ///
    /// # Errors
    ///
    /// The store fails.
    pub fn tripped(&self) -> Result<Vec<BreakerFact>, LedgerError> {
        self.read(|session| {
            let sql = "SELECT state, until, by_key, breaker FROM breakers ORDER BY breaker, by_key";
            let mut found = Vec::new();
            for row in session.query(sql, &[])? {
                let now = state(Some(&row), session.now)?;
                if now.state != BreakerState::Closed {
                    found.push(BreakerFact {
                        breaker: row.text(3)?,
                        by: Key::read(&row.text(2)?)?.fact(),
                        state: Some(now.state),
                        until: now.until,
                    });
                }
            }
            Ok(found)
        })
    }

    /// Opens a breaker by hand, or because something worse than a failure has happened.
    ///
    /// # Errors
    ///
    /// The store fails.
    pub fn trip(
        &self,
        breaker: &str,
        key: &Key,
        hold: SignedDuration,
        by: &str,
    ) -> Result<(), LedgerError> {
        self.write(|session| {
            open(session, breaker, &key.text()?, hold)?;
            log(session, "breaker_tripped", breaker, key, by)
        })
    }

    /// Closes a breaker by hand and forgets the failures that it counted.
    ///
    /// # Errors
    ///
    /// The store fails.
    pub fn reset(&self, breaker: &str, key: &Key, by: &str) -> Result<(), LedgerError> {
        self.write(|session| {
            close(session, breaker, &key.text()?)?;
            log(session, "breaker_reset", breaker, key, by)
        })
    }
}

/// A breaker's state at an instant.
struct Now {
    state: BreakerState,
    until: Option<Timestamp>,
}

/// Returns why an action does not pass a breaker, if it does not.
pub(crate) fn refusal(
    session: &mut Session<'_>,
    pass: &Pass,
) -> Result<Option<Refusal>, LedgerError> {
    let now = current(session, &pass.breaker, &pass.key.text()?)?;
    Ok(match now.state {
        BreakerState::Closed => None,
        BreakerState::Open | BreakerState::HalfOpen => Some(Refusal::Breaker {
            breaker: pass.breaker.clone(),
            key: pass.key.clone(),
            state: now.state,
            until: now.until,
        }),
    })
}

/// Writes down that a breaker will count an action's outcome.
pub(crate) fn enter(
    session: &mut Session<'_>,
    action: &str,
    pass: &Pass,
) -> Result<(), LedgerError> {
    let sql = "INSERT INTO passes (action, breaker, by_key, failures, within, hold) \
               VALUES ($1, $2, $3, $4, $5, $6) \
               ON CONFLICT (action, breaker, by_key) DO UPDATE SET failures = excluded.failures, \
               within = excluded.within, hold = excluded.hold";
    let key = pass.key.text()?;
    let cells = [
        action.into(),
        (&pass.breaker).into(),
        (&key).into(),
        i64::from(pass.failures).into(),
        microseconds(pass.within).into(),
        microseconds(pass.hold).into(),
    ];
    session.execute(sql, &cells)?;
    Ok(())
}

/// Lets every breaker that an action passed count its outcome.
pub(crate) fn settle(
    session: &mut Session<'_>,
    action: &str,
    outcome: Outcome,
) -> Result<(), LedgerError> {
    let sql = "SELECT breaker, by_key, failures, within, hold FROM passes WHERE action = $1 ORDER BY breaker, by_key";
    for row in session.query(sql, &[action.into()])? {
        let (breaker, key) = (row.text(0)?, row.text(1)?);
        match outcome {
            Outcome::NotRun => {}
            Outcome::Succeeded => {
                if current(session, &breaker, &key)?.state == BreakerState::HalfOpen {
                    close(session, &breaker, &key)?;
                }
            }
            Outcome::Failed => {
                let within = SignedDuration::from_micros(row.number(3)?);
                let hold = SignedDuration::from_micros(row.number(4)?);
                count_failure(session, &breaker, &key, action)?;
                let opens = match current(session, &breaker, &key)?.state {
                    BreakerState::Open => false,
                    BreakerState::HalfOpen => true,
                    BreakerState::Closed => {
                        failures(session, &breaker, &key, within)? >= row.number(2)?
                    }
                };
                if opens {
                    open(session, &breaker, &key, hold)?;
                }
            }
        }
    }
    Ok(())
}

fn current(session: &mut Session<'_>, breaker: &str, key: &str) -> Result<Now, LedgerError> {
    let sql = "SELECT state, until FROM breakers WHERE breaker = $1 AND by_key = $2";
    let rows = session.query(sql, &[breaker.into(), key.into()])?;
    state(rows.first(), session.now)
}

/// Reads a row of `state, until`: an open breaker whose hold has passed is half open.
fn state(row: Option<&Row>, now: Timestamp) -> Result<Now, LedgerError> {
    let Some(row) = row else {
        return Ok(Now {
            state: BreakerState::Closed,
            until: None,
        });
    };
    let until = row.maybe_time(1)?;
    let state = match row.text(0)?.as_str() {
        "closed" => BreakerState::Closed,
        "open" if until.is_some_and(|until| until <= now) => BreakerState::HalfOpen,
        "open" => BreakerState::Open,
        other => return Err(LedgerError::damaged(format!("a breaker is `{other}`"))),
    };
    Ok(Now { state, until })
}

fn count_failure(
    session: &mut Session<'_>,
    breaker: &str,
    key: &str,
    action: &str,
) -> Result<(), LedgerError> {
    let sql = "INSERT INTO failures (breaker, by_key, action, happened) VALUES ($1, $2, $3, $4)";
    let cells = [
        breaker.into(),
        key.into(),
        action.into(),
        session.now.into(),
    ];
    session.execute(sql, &cells)?;
    Ok(())
}

fn failures(
    session: &mut Session<'_>,
    breaker: &str,
    key: &str,
    within: SignedDuration,
) -> Result<i64, LedgerError> {
    let sql = "SELECT count(*) FROM failures WHERE breaker = $1 AND by_key = $2 AND happened > $3";
    let since = begin(session.now, within);
    let rows = session.query(sql, &[breaker.into(), key.into(), since.into()])?;
    rows.first().map_or(Ok(0), |row| row.number(0))
}

fn open(
    session: &mut Session<'_>,
    breaker: &str,
    key: &str,
    hold: SignedDuration,
) -> Result<(), LedgerError> {
    let until = session.now.checked_add(hold).unwrap_or(Timestamp::MAX);
    write(session, breaker, key, "open", Some(until))
}

fn close(session: &mut Session<'_>, breaker: &str, key: &str) -> Result<(), LedgerError> {
    let sql = "DELETE FROM failures WHERE breaker = $1 AND by_key = $2";
    session.execute(sql, &[breaker.into(), key.into()])?;
    write(session, breaker, key, "closed", None)
}

fn write(
    session: &mut Session<'_>,
    breaker: &str,
    key: &str,
    state: &str,
    until: Option<Timestamp>,
) -> Result<(), LedgerError> {
    let sql = "INSERT INTO breakers (breaker, by_key, state, until, changed) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (breaker, by_key) DO UPDATE SET state = excluded.state, \
               until = excluded.until, changed = excluded.changed";
    let cells = [
        breaker.into(),
        key.into(),
        state.into(),
        until.into(),
        session.now.into(),
    ];
    session.execute(sql, &cells)?;
    Ok(())
}

fn microseconds(span: SignedDuration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

fn log(
    session: &mut Session<'_>,
    event: &str,
    breaker: &str,
    key: &Key,
    by: &str,
) -> Result<(), LedgerError> {
    let entry = Entry {
        event: event.to_owned(),
        action: String::new(),
        actor: by.to_owned(),
        body: serde_json::json!({ "breaker": breaker, "by": key.plain() }),
    };
    audit::append(session, &entry).map(|_| ())
}

//! What an action takes from budgets and passes through: claimed before it runs, settled after.

use jiff::{SignedDuration, Timestamp};
use taffrail_runtime::Decimal;
use taffrail_runtime::request::BreakerState;

use crate::audit::{self, Entry};
use crate::breaker;
use crate::budget;
use crate::error::LedgerError;
use crate::key::Key;
use crate::ledger::{Ledger, Session};
use crate::pause::{self, Pause};

/// What an action needs of the ledger before it may run.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// The action's id.
    pub action: String,
    /// What it takes from budgets, each budget and key once.
    pub takes: Vec<Take>,
    /// The breakers that count its outcome, each breaker and key once.
    pub passes: Vec<Pass>,
    /// How long the takes are kept for it unless it begins to run; then they are handed back.
    pub keep: SignedDuration,
    /// Whether people have released it: it then takes beyond limits and passes open breakers, and everything counts all the same.
    pub released: bool,
}

/// What an action takes from one budget.
#[derive(Debug, Clone, PartialEq)]
pub struct Take {
    /// The budget's full name.
    pub budget: String,
    /// Its key.
    pub key: Key,
    /// How much.
    pub spend: Decimal,
    /// The most that may be used in the window, with this.
    pub limit: Decimal,
    /// The rolling window.
    pub per: SignedDuration,
}

/// A breaker that an action passes.
#[derive(Debug, Clone, PartialEq)]
pub struct Pass {
    /// The breaker's full name.
    pub breaker: String,
    /// Its key.
    pub key: Key,
    /// How many failures open it.
    pub failures: u32,
    /// In which rolling window.
    pub within: SignedDuration,
    /// How long it stays open before it is half open.
    pub hold: SignedDuration,
}

/// The answer to a claim.
#[derive(Debug, Clone, PartialEq)]
pub enum Claimed {
    /// Everything is taken, until then unless the action begins to run.
    Taken {
        /// When the takes are handed back.
        until: Timestamp,
    },
    /// Nothing is taken, for all of these reasons.
    Refused(Vec<Refusal>),
}

/// Why a claim is refused.
#[derive(Debug, Clone, PartialEq)]
pub enum Refusal {
    /// All execution is paused.
    Paused(Pause),
    /// A budget has not enough left.
    Budget {
        /// The budget's full name.
        budget: String,
        /// Its key.
        key: Key,
        /// What is used in the window without this action.
        used: Decimal,
        /// The most that may be used.
        limit: Decimal,
    },
    /// A breaker is not closed.
    Breaker {
        /// The breaker's full name.
        breaker: String,
        /// Its key.
        key: Key,
        /// Its state.
        state: BreakerState,
        /// Until when it is held open.
        until: Option<Timestamp>,
    },
}

/// How an action ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It ran and did what it should.
    Succeeded,
    /// It ran, and did not do what it should.
    Failed,
    /// It surely changed nothing: its takes are handed back, and no breaker counts it.
    NotRun,
}

impl Outcome {
    /// Returns the word under which it is kept.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::NotRun => "not_run",
        }
    }
}

impl Ledger {
    /// Takes everything that a claim names, or nothing. Claiming again for the same action changes nothing and gives the same
    /// answer, as long as its takes have not been handed back.
    ///
    /// # Errors
    ///
    /// The store fails, or the action has been settled.
    pub fn claim(&self, claim: &Claim) -> Result<Claimed, LedgerError> {
        self.write(|session| {
            if let Some(pause) = pause::current(session)? {
                return Ok(Claimed::Refused(vec![Refusal::Paused(pause)]));
            }
            refuse_settled(session, &claim.action)?;
            let until = session
                .now
                .checked_add(claim.keep)
                .unwrap_or(Timestamp::MAX);
            let mut refusals = Vec::new();
            if !claim.released {
                for take in &claim.takes {
                    refusals.extend(budget::refusal(session, &claim.action, take)?);
                }
                for pass in &claim.passes {
                    refusals.extend(breaker::refusal(session, pass)?);
                }
            }
            if !refusals.is_empty() {
                let refusals_told: Vec<String> = refusals.iter().map(ToString::to_string).collect();
                let body = serde_json::json!({ "refusals": refusals_told });
                log(session, "claim_refused", &claim.action, body)?;
                return Ok(Claimed::Refused(refusals));
            }
            let mut kept = until;
            for take in &claim.takes {
                kept = kept.min(budget::take(session, &claim.action, take, until)?);
            }
            for pass in &claim.passes {
                breaker::enter(session, &claim.action, pass)?;
            }
            log(session, "claimed", &claim.action, told(claim))?;
            Ok(Claimed::Taken { until: kept })
        })
    }

    /// Says that an action begins to run: from now on its takes are kept until it is settled, however long that is.
    ///
    /// # Errors
    ///
    /// The store fails, or a take of the action has been handed back in the meantime: it must be claimed again. All execution is
    /// paused.
    pub fn begin_run(&self, action: &str) -> Result<(), LedgerError> {
        self.write(|session| {
            if let Some(pause) = pause::current(session)? {
                return Err(LedgerError::Refused {
                    reason: format!("all execution is paused by {}: {}", pause.by, pause.reason),
                });
            }
            budget::keep(session, action)
        })
    }

    /// Says how an action ended: its takes are spent or handed back, and its breakers count it. Settling again with the same
    /// outcome changes nothing.
    ///
    /// # Errors
    ///
    /// The store fails, or the action was settled otherwise.
    pub fn settle(&self, action: &str, outcome: Outcome) -> Result<(), LedgerError> {
        self.write(|session| {
            match settled(session, action)? {
                Some(found) if found == outcome.word() => return Ok(()),
                Some(found) => {
                    return Err(LedgerError::Conflict {
                        what: "action",
                        id: action.to_owned(),
                        found,
                        expected: outcome.word().to_owned(),
                    });
                }
                None => {}
            }
            budget::settle(session, action, outcome)?;
            breaker::settle(session, action, outcome)?;
            let sql = "INSERT INTO settled (action, outcome, happened) VALUES ($1, $2, $3)";
            session.execute(
                sql,
                &[action.into(), outcome.word().into(), session.now.into()],
            )?;
            let body = serde_json::json!({ "outcome": outcome.word() });
            log(session, "settled", action, body)
        })
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Paused(pause) => {
                write!(
                    f,
                    "all execution is paused by {}: {}",
                    pause.by, pause.reason
                )
            }
            Self::Budget {
                budget,
                key,
                used,
                limit,
            } => write!(f, "budget `{budget}` for {key}: {used} of {limit} are used"),
            Self::Breaker {
                breaker,
                key,
                state,
                until,
            } => {
                let state = match state {
                    BreakerState::Closed => "closed",
                    BreakerState::Open => "open",
                    BreakerState::HalfOpen => "half open",
                };
                write!(f, "breaker `{breaker}` for {key} is {state}")?;
                until.map_or(Ok(()), |until| write!(f, " until {until}"))
            }
        }
    }
}

/// Returns what the audit log tells of a claim.
fn told(claim: &Claim) -> serde_json::Value {
    let takes = claim.takes.iter().map(|take| {
        serde_json::json!({
            "budget": take.budget,
            "by": take.key.plain(),
            "spend": take.spend.to_string(),
            "limit": take.limit.to_string(),
        })
    });
    let passes = claim
        .passes
        .iter()
        .map(|pass| serde_json::json!({ "breaker": pass.breaker, "by": pass.key.plain() }));
    serde_json::json!({
        "takes": takes.collect::<Vec<_>>(),
        "passes": passes.collect::<Vec<_>>(),
        "released": claim.released,
    })
}

fn log(
    session: &mut Session<'_>,
    event: &str,
    action: &str,
    body: serde_json::Value,
) -> Result<(), LedgerError> {
    let entry = Entry {
        event: event.to_owned(),
        action: action.to_owned(),
        actor: String::new(),
        body,
    };
    audit::append(session, &entry).map(|_| ())
}

fn refuse_settled(session: &mut Session<'_>, action: &str) -> Result<(), LedgerError> {
    match settled(session, action)? {
        None => Ok(()),
        Some(found) => Err(LedgerError::Conflict {
            what: "action",
            id: action.to_owned(),
            found,
            expected: "on its way".to_owned(),
        }),
    }
}

/// Returns how an action was settled.
fn settled(session: &mut Session<'_>, action: &str) -> Result<Option<String>, LedgerError> {
    let sql = "SELECT outcome FROM settled WHERE action = $1";
    let rows = session.query(sql, &[action.into()])?;
    rows.first().map(|row| row.text(0)).transpose()
}

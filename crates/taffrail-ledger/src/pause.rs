//! The switch that stops all execution at once, for everybody who shares the ledger.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::audit::{self, Entry};
use crate::error::LedgerError;
use crate::ledger::{Ledger, Session};

/// Who stopped all execution, when and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When.
    pub since: Timestamp,
}

impl Ledger {
    /// Stops all execution: no claim is granted and no action begins to run, in any replica, until [`Ledger::resume`]. Pausing again
    /// leaves the first pause as it is.
    ///
    /// # Errors
    ///
    /// The store fails.
    pub fn pause(&self, by: &str, reason: &str) -> Result<Pause, LedgerError> {
        self.write(|session| {
            if let Some(pause) = current(session)? {
                return Ok(pause);
            }
            let pause = Pause {
                by: by.to_owned(),
                reason: reason.to_owned(),
                since: session.now,
            };
            let words = serde_json::to_string(&pause)?;
            let sql = "INSERT INTO ledger (name, words) VALUES ('paused', $1)";
            session.execute(sql, &[(&words).into()])?;
            log(session, "paused", by, serde_json::to_value(&pause)?)?;
            Ok(pause)
        })
    }

    /// Lets execution go on, and returns the pause that ends.
    ///
    /// # Errors
    ///
    /// The store fails.
    pub fn resume(&self, by: &str) -> Result<Option<Pause>, LedgerError> {
        self.write(|session| {
            let pause = current(session)?;
            if let Some(pause) = &pause {
                session.execute("DELETE FROM ledger WHERE name = 'paused'", &[])?;
                log(session, "resumed", by, serde_json::to_value(pause)?)?;
            }
            Ok(pause)
        })
    }

    /// Returns the pause, when all execution is stopped. Who cannot read it must hold still, too.
    ///
    /// # Errors
    ///
    /// The store fails.
    pub fn paused(&self) -> Result<Option<Pause>, LedgerError> {
        self.read(current)
    }
}

pub(crate) fn current(session: &mut Session<'_>) -> Result<Option<Pause>, LedgerError> {
    let rows = session.query("SELECT words FROM ledger WHERE name = 'paused'", &[])?;
    match rows.first() {
        None => Ok(None),
        Some(row) => Ok(Some(serde_json::from_str(&row.text(0)?)?)),
    }
}

fn log(
    session: &mut Session<'_>,
    event: &str,
    by: &str,
    body: serde_json::Value,
) -> Result<(), LedgerError> {
    let entry = Entry {
        event: event.to_owned(),
        action: String::new(),
        actor: by.to_owned(),
        body,
    };
    audit::append(session, &entry).map(|_| ())
}

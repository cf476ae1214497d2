//! What can go wrong with a ledger.

use std::path::PathBuf;

/// Why a ledger could not do what it was asked. After one, nothing of the call has happened, unless the connection broke while
/// the database was committing: calls may be repeated, since each is idempotent by its id.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The file of an embedded ledger cannot be opened.
    #[error("cannot open the ledger `{}`: {source}", path.display())]
    NotOpened {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// PostgreSQL cannot be reached.
    #[error("cannot connect to the ledger: {source}")]
    NotConnected {
        /// What the client says.
        source: postgres::Error,
    },
    /// The embedded database refused.
    #[error("the ledger's database: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// PostgreSQL refused, or went away.
    #[error("the ledger's database: {0}")]
    Postgres(#[from] postgres::Error),
    /// The database holds what no ledger writes.
    #[error("the ledger is damaged: {what}")]
    Damaged {
        /// What is wrong.
        what: String,
    },
    /// The database was written by a newer version.
    #[error("the ledger has form {found}, and this version reads up to {newest}")]
    TooNew {
        /// The form of the database.
        found: i64,
        /// The newest form that is understood.
        newest: i64,
    },
    /// An action, a proposal or a reservation that is not there.
    #[error("there is no {what} `{id}`")]
    Missing {
        /// `action`, `proposal`, …
        what: &'static str,
        /// Its id.
        id: String,
    },
    /// Something else has happened to it in the meantime.
    #[error("{what} `{id}` is {found}, and not {expected}")]
    Conflict {
        /// `action`, `proposal`, …
        what: &'static str,
        /// Its id.
        id: String,
        /// What it is.
        found: String,
        /// What it would have to be.
        expected: String,
    },
    /// A vote that cannot count.
    #[error("{reason}")]
    Refused {
        /// Why.
        reason: String,
    },
    /// What is to be kept cannot be written as JSON, or what is kept cannot be read.
    #[error("the ledger's JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl LedgerError {
    pub(crate) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged { what: what.into() }
    }
}

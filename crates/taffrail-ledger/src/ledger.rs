//! The ledger itself: a store, and a clock that never goes back.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use crate::error::LedgerError;
use crate::schema;
use crate::store::{Cell, Postgres, Row, Rows, Sqlite, Store};

/// Reads an instant. For tests and for replaying the past; a ledger has a clock of its own.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What agents remember together: budgets, breakers, actions on their way, proposals, approvals, and the audit log.
///
/// Every call is one transaction that no other one overlaps, whichever process or machine it comes from. The time of a call is the
/// store's: the server's with PostgreSQL, the machine's with a file. So a replica whose own clock is wrong counts like the others, and
/// an instant never lies before one that was already written.
///
/// ```
/// use taffrail_ledger::Ledger;
///
/// let folder = std::env::temp_dir().join(format!("taffrail-ledger-{}", std::process::id()));
/// std::fs::create_dir_all(&folder)?;
/// let ledger = Ledger::open(folder.join("ledger.db"))?;
/// assert!(ledger.paused()?.is_none());
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Ledger {
    store: Box<dyn Store>,
    clock: Option<Clock>,
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ledger")
            .field("store", &self.store)
            .finish_non_exhaustive()
    }
}

impl Ledger {
    /// Opens a file, which is made when it is not there. Several processes of one machine may share it.
    ///
    /// # Errors
    ///
    /// The file cannot be opened, is no ledger, or was written by a newer version.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, LedgerError> {
        Self::over(Box::new(Sqlite::open(path.as_ref())?))
    }

    /// Connects to a database of PostgreSQL (12 or newer), whose tables are made when they are not there:
    /// `postgresql://user:password@host/database`. Several machines may share it.
    ///
    /// # Errors
    ///
    /// The server cannot be reached or refuses, or the tables were written by a newer version.
    pub fn connect(url: &str) -> Result<Self, LedgerError> {
        Self::over(Box::new(Postgres::connect(url)?))
    }

    /// Reads the time from a clock of the caller's instead of the store's.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = Some(clock);
        self
    }

    fn over(store: Box<dyn Store>) -> Result<Self, LedgerError> {
        store.transaction(&mut |rows| schema::prepare(rows))?;
        Ok(Self { store, clock: None })
    }

    /// Runs work that changes rows.
    pub(crate) fn write<T>(
        &self,
        mut work: impl FnMut(&mut Session<'_>) -> Result<T, LedgerError>,
    ) -> Result<T, LedgerError> {
        self.session(|session| {
            let sql = "INSERT INTO ledger (name, number) VALUES ('latest', $1) \
                       ON CONFLICT (name) DO UPDATE SET number = excluded.number";
            session.execute(sql, &[session.now.into()])?;
            work(session)
        })
    }

    /// Runs work that changes nothing.
    pub(crate) fn read<T>(
        &self,
        work: impl FnMut(&mut Session<'_>) -> Result<T, LedgerError>,
    ) -> Result<T, LedgerError> {
        self.session(work)
    }

    fn session<T>(
        &self,
        mut work: impl FnMut(&mut Session<'_>) -> Result<T, LedgerError>,
    ) -> Result<T, LedgerError> {
        let mut found = None;
        self.store.transaction(&mut |rows| {
            let read = match &self.clock {
                Some(clock) => clock(),
                None => rows.clock()?,
            };
            let sql = "SELECT number FROM ledger WHERE name = 'latest'";
            let latest = rows.query(sql, &[])?;
            let latest = latest.first().map(|row| row.time(0)).transpose()?;
            let now = latest.map_or(read, |latest| latest.max(read));
            // As exact as rows are, so that an instant is the same before and after it was written.
            let now = Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now);
            found = Some(work(&mut Session { rows, now })?);
            Ok(())
        })?;
        found.ok_or_else(|| LedgerError::damaged("a transaction ended without an answer"))
    }
}

/// A transaction, and the instant at which it takes place.
pub(crate) struct Session<'s> {
    rows: &'s mut dyn Rows,
    pub(crate) now: Timestamp,
}

impl Session<'_> {
    pub(crate) fn execute(&mut self, sql: &str, cells: &[Cell<'_>]) -> Result<u64, LedgerError> {
        self.rows.execute(sql, cells)
    }

    pub(crate) fn query(&mut self, sql: &str, cells: &[Cell<'_>]) -> Result<Vec<Row>, LedgerError> {
        self.rows.query(sql, cells)
    }
}

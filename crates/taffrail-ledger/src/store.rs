//! Where a ledger keeps its rows: one trait, SQLite and PostgreSQL behind it.
//!
//! What the ledger does is written once, in SQL that both read: parameters are `$1`, `$2`, … in the order of their first use,
//! columns are text or whole numbers.

use jiff::Timestamp;

use crate::error::LedgerError;

mod postgres;
mod sqlite;

pub(crate) use postgres::Postgres;
pub(crate) use sqlite::Sqlite;

/// A place for rows.
pub(crate) trait Store: Send + Sync + std::fmt::Debug {
    /// Runs work in a transaction of its own that no other one overlaps, whoever began it, and commits it when the work
    /// succeeds. Nothing of failed work stays.
    fn transaction(&self, work: &mut Work<'_>) -> Result<(), LedgerError>;
}

/// What is done in a transaction.
pub(crate) type Work<'w> = dyn FnMut(&mut dyn Rows) -> Result<(), LedgerError> + 'w;

/// The rows, seen from inside of a transaction.
pub(crate) trait Rows {
    /// Changes rows and returns how many.
    fn execute(&mut self, sql: &str, cells: &[Cell<'_>]) -> Result<u64, LedgerError>;

    /// Returns rows.
    fn query(&mut self, sql: &str, cells: &[Cell<'_>]) -> Result<Vec<Row>, LedgerError>;

    /// Returns the instant on the one clock that all users of this store share.
    fn clock(&mut self) -> Result<Timestamp, LedgerError>;
}

/// A parameter.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cell<'c> {
    Text(&'c str),
    Number(i64),
    Null,
}

impl<'c> From<&'c str> for Cell<'c> {
    fn from(text: &'c str) -> Self {
        Self::Text(text)
    }
}

impl<'c> From<&'c String> for Cell<'c> {
    fn from(text: &'c String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Cell<'_> {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<Timestamp> for Cell<'_> {
    fn from(at: Timestamp) -> Self {
        Self::Number(at.as_microsecond())
    }
}

impl<'c, T: Into<Cell<'c>>> From<Option<T>> for Cell<'c> {
    fn from(cell: Option<T>) -> Self {
        cell.map_or(Self::Null, Into::into)
    }
}

/// A value that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Read {
    Text(String),
    Number(i64),
    Null,
}

/// A row that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row(pub(crate) Vec<Read>);

impl Row {
    /// Returns a text.
    pub(crate) fn text(&self, at: usize) -> Result<String, LedgerError> {
        match self.0.get(at) {
            Some(Read::Text(text)) => Ok(text.clone()),
            Some(Read::Number(_) | Read::Null) | None => Err(self.unexpected(at, "a text")),
        }
    }

    /// Returns a text, or nothing where there is none.
    pub(crate) fn maybe_text(&self, at: usize) -> Result<Option<String>, LedgerError> {
        match self.0.get(at) {
            Some(Read::Null) => Ok(None),
            _ => self.text(at).map(Some),
        }
    }

    /// Returns a whole number.
    pub(crate) fn number(&self, at: usize) -> Result<i64, LedgerError> {
        match self.0.get(at) {
            Some(Read::Number(number)) => Ok(*number),
            Some(Read::Text(_) | Read::Null) | None => Err(self.unexpected(at, "a number")),
        }
    }

    /// Returns an instant.
    pub(crate) fn time(&self, at: usize) -> Result<Timestamp, LedgerError> {
        Timestamp::from_microsecond(self.number(at)?)
            .map_err(|error| LedgerError::damaged(format!("column {at}: {error}")))
    }

    /// Returns an instant, or nothing where there is none.
    pub(crate) fn maybe_time(&self, at: usize) -> Result<Option<Timestamp>, LedgerError> {
        match self.0.get(at) {
            Some(Read::Null) => Ok(None),
            _ => self.time(at).map(Some),
        }
    }

    fn unexpected(&self, at: usize, expected: &str) -> LedgerError {
        LedgerError::damaged(format!("column {at} of {self:?} is not {expected}"))
    }
}

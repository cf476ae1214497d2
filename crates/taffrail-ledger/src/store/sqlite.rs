//! The embedded store: one file that several processes may share.

use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, ToSql, Transaction, TransactionBehavior};

use crate::error::LedgerError;
use crate::store::{Cell, Read, Row, Rows, Store, Work};

/// How long a transaction waits for one of another process.
const PATIENCE: Duration = Duration::from_secs(30);

/// A file of SQLite.
#[derive(Debug)]
pub(crate) struct Sqlite {
    connection: Mutex<Connection>,
}

impl Sqlite {
    /// Opens a file, which is made when it is not there.
    pub(crate) fn open(path: &Path) -> Result<Self, LedgerError> {
        let connect = || {
            let connection = Connection::open(path)?;
            connection.busy_timeout(PATIENCE)?;
            // What is committed is on the disk, even when the machine loses power.
            connection.pragma_update(None, "journal_mode", "WAL")?;
            connection.pragma_update(None, "synchronous", "FULL")?;
            connection.pragma_update(None, "foreign_keys", true)?;
            Ok(connection)
        };
        let connection = connect().map_err(|source| LedgerError::NotOpened {
            path: path.to_owned(),
            source,
        })?;
        Ok(Self {
            connection: Mutex::new(connection),
        })
    }
}

impl Store for Sqlite {
    fn transaction(&self, work: &mut Work<'_>) -> Result<(), LedgerError> {
        // A thread that panicked has left no half transaction: it was rolled back.
        let mut connection = self
            .connection
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        // Taken before the first read, so that nobody else writes in between.
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        work(&mut Inside(&transaction))?;
        transaction.commit()?;
        Ok(())
    }
}

struct Inside<'t>(&'t Transaction<'t>);

impl Rows for Inside<'_> {
    fn execute(&mut self, sql: &str, cells: &[Cell<'_>]) -> Result<u64, LedgerError> {
        let mut statement = self.0.prepare_cached(sql)?;
        let changed = statement.execute(rusqlite::params_from_iter(cells))?;
        Ok(changed as u64)
    }

    fn query(&mut self, sql: &str, cells: &[Cell<'_>]) -> Result<Vec<Row>, LedgerError> {
        let mut statement = self.0.prepare_cached(sql)?;
        let columns = statement.column_count();
        let rows = statement.query_map(rusqlite::params_from_iter(cells), |row| {
            (0..columns)
                .map(|at| row.get_ref(at).map(read))
                .collect::<Result<Vec<_>, _>>()
        })?;
        rows.map(|row| {
            let cells = row?.into_iter().collect::<Result<Vec<_>, _>>()?;
            Ok(Row(cells))
        })
        .collect()
    }

    fn clock(&mut self) -> Result<Timestamp, LedgerError> {
        Ok(Timestamp::now())
    }
}

fn read(value: ValueRef<'_>) -> Result<Read, LedgerError> {
    match value {
        ValueRef::Null => Ok(Read::Null),
        ValueRef::Integer(number) => Ok(Read::Number(number)),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Read::Text(text.to_owned())),
            Err(error) => Err(LedgerError::damaged(error.to_string())),
        },
        ValueRef::Real(_) | ValueRef::Blob(_) => Err(LedgerError::damaged(
            "a column holds neither text nor a number",
        )),
    }
}

impl ToSql for Cell<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Number(number) => ToSqlOutput::Owned(Value::Integer(*number)),
            Self::Null => ToSqlOutput::Owned(Value::Null),
        })
    }
}

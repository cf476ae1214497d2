//! The store that several machines share.

use std::sync::Mutex;

use jiff::Timestamp;
use postgres::types::{ToSql, Type};
use postgres::{Client, NoTls, Transaction};

use crate::error::LedgerError;
use crate::store::{Cell, Read, Row, Rows, Store, Work};

/// The lock that every transaction holds until it ends: the letters `taffrail` as a number.
const LOCK: i64 = 0x7461_6666_7261_696c;

/// A database of PostgreSQL, with one connection that is made again when it breaks.
pub(crate) struct Postgres {
    url: String,
    client: Mutex<Option<Client>>,
}

impl std::fmt::Debug for Postgres {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The URL may hold a password.
        f.debug_struct("Postgres").finish_non_exhaustive()
    }
}

impl Postgres {
    /// Connects to `postgresql://user@host/database`, or what else PostgreSQL takes for a connection.
    pub(crate) fn connect(url: &str) -> Result<Self, LedgerError> {
        let client = Self::client(url)?;
        Ok(Self {
            url: url.to_owned(),
            client: Mutex::new(Some(client)),
        })
    }

    fn client(url: &str) -> Result<Client, LedgerError> {
        Client::connect(url, NoTls).map_err(|source| LedgerError::NotConnected { source })
    }
}

impl Store for Postgres {
    fn transaction(&self, work: &mut Work<'_>) -> Result<(), LedgerError> {
        let mut held = self
            .client
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut client = match held.take() {
            Some(client) if !client.is_closed() => client,
            Some(_) | None => Self::client(&self.url)?,
        };
        let done = in_transaction(&mut client, work);
        *held = Some(client);
        done
    }
}

fn in_transaction(client: &mut Client, work: &mut Work<'_>) -> Result<(), LedgerError> {
    let mut transaction = client.transaction()?;
    // One at a time: what a transaction has read stays true until it ends. It goes with the transaction, also when the
    // connection breaks.
    transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK])?;
    work(&mut Inside(&mut transaction))?;
    transaction.commit()?;
    Ok(())
}

struct Inside<'t, 'c>(&'t mut Transaction<'c>);

impl Rows for Inside<'_, '_> {
    fn execute(&mut self, sql: &str, cells: &[Cell<'_>]) -> Result<u64, LedgerError> {
        Ok(self.0.execute(sql, &parameters(cells))?)
    }

    fn query(&mut self, sql: &str, cells: &[Cell<'_>]) -> Result<Vec<Row>, LedgerError> {
        let rows = self.0.query(sql, &parameters(cells))?;
        rows.iter().map(row).collect()
    }

    fn clock(&mut self) -> Result<Timestamp, LedgerError> {
        let sql = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";
        let row = self.0.query_one(sql, &[])?;
        Timestamp::from_microsecond(row.try_get(0)?)
            .map_err(|error| LedgerError::damaged(format!("the server's clock: {error}")))
    }
}

fn parameters<'c>(cells: &'c [Cell<'c>]) -> Vec<&'c (dyn ToSql + Sync)> {
    cells
        .iter()
        .map(|cell| cell as &(dyn ToSql + Sync))
        .collect()
}

fn row(row: &postgres::Row) -> Result<Row, LedgerError> {
    let cells = row.columns().iter().enumerate().map(|(at, column)| {
        if *column.type_() == Type::TEXT {
            let text: Option<String> = row.try_get(at)?;
            return Ok(text.map_or(Read::Null, Read::Text));
        }
        let number: Option<i64> = row.try_get(at)?;
        Ok(number.map_or(Read::Null, Read::Number))
    });
    Ok(Row(cells.collect::<Result<Vec<_>, LedgerError>>()?))
}

impl ToSql for Cell<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut postgres::types::private::BytesMut,
    ) -> Result<postgres::types::IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Text(text) => text.to_sql(ty, out),
            Self::Number(number) => number.to_sql(ty, out),
            Self::Null => Ok(postgres::types::IsNull::Yes),
        }
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::TEXT || *ty == Type::INT8
    }

    postgres::types::to_sql_checked!();
}

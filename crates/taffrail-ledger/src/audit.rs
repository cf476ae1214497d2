//! The audit log: records that only grow in number, each carrying the hash of the one before.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::error::LedgerError;
use crate::ledger::{Ledger, Session};
use crate::store::Row;

mod checkpoint;
mod verify;

pub use checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint, SigningKey, VerifyingKey};
pub use verify::{Break, Chain, verify_lines};

/// The hash that the first record of a log carries as that of the one before.
pub const NO_RECORD: &str =
    "sha256:0000000000000000000000000000000000000000000000000000000000000000";

/// A record of the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Its number, from 1 on without gaps.
    pub number: i64,
    /// When it was written.
    pub at: Timestamp,
    /// What happened: `received`, `decided`, `claimed`, `executed`, …
    pub event: String,
    /// The action that it happened to; empty for what concerns none.
    pub action: String,
    /// Who or what did it.
    pub actor: String,
    /// Everything else that is to be known of it.
    pub body: serde_json::Value,
    /// The hash of the record before.
    pub previous: String,
}

/// What is to be recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// What happened.
    pub event: String,
    /// The action that it happened to; empty for what concerns none.
    pub action: String,
    /// Who or what did it.
    pub actor: String,
    /// Everything else that is to be known of it.
    pub body: serde_json::Value,
}

/// The last record's number and hash: who keeps it elsewhere notices that records at the end are gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The number; 0 of a log without records.
    pub number: i64,
    /// The hash.
    pub hash: String,
}

/// A line of an exported log: the record as it was hashed, and its hash.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    hash: String,
    record: Box<RawValue>,
}

impl Ledger {
    /// Appends a record.
    ///
    /// # Errors
    ///
    /// The store fails.
    pub fn record(&self, entry: &Entry) -> Result<Head, LedgerError> {
        self.write(|session| append(session, entry))
    }

    /// Returns the last record's number and hash.
    ///
    /// # Errors
    ///
    /// The store fails.
    pub fn head(&self) -> Result<Head, LedgerError> {
        self.read(|session| head(session, "head"))
    }

    /// Returns the number and hash of the last record that was taken out by [`Ledger::forget`]: the log goes on from there.
    ///
    /// # Errors
    ///
    /// The store fails.
    pub fn base(&self) -> Result<Head, LedgerError> {
        self.read(|session| head(session, "base"))
    }

    /// Returns up to `most` records after a number, oldest first.
    ///
    /// # Errors
    ///
    /// The store fails, or holds what is no record.
    pub fn records(&self, after: i64, most: u32) -> Result<Vec<Record>, LedgerError> {
        self.rows_after(after, most)?
            .iter()
            .map(|row| Ok(serde_json::from_str(&row.text(1)?)?))
            .collect()
    }

    /// Returns up to `most` records after a number as lines of JSON, which [`verify_lines`] reads: `{"hash": …, "record": …}`.
    ///
    /// # Errors
    ///
    /// The store fails, or holds what is no record.
    pub fn export(&self, after: i64, most: u32) -> Result<Vec<String>, LedgerError> {
        self.rows_after(after, most)?.iter().map(line).collect()
    }

    /// Takes out all records up to a head that has been exported, without a break: the log goes on with the next number and its hash.
    ///
    /// # Errors
    ///
    /// The store fails, or the record of that number has another hash.
    pub fn forget(&self, upto: &Head) -> Result<(), LedgerError> {
        self.write(|session| {
            let sql = "SELECT hash FROM audit WHERE number = $1";
            let rows = session.query(sql, &[upto.number.into()])?;
            let found = rows.first().map_or(Ok(String::new()), |row| row.text(0))?;
            if found != upto.hash {
                return Err(LedgerError::Conflict {
                    what: "record",
                    id: upto.number.to_string(),
                    found,
                    expected: upto.hash.clone(),
                });
            }
            session.execute(
                "DELETE FROM audit WHERE number <= $1",
                &[upto.number.into()],
            )?;
            set_head(session, "base", upto)
        })
    }

    /// Reads the whole log and finds the first record that was changed, removed, reordered or cut off.
    ///
    /// # Errors
    ///
    /// The store fails.
    pub fn verify(&self) -> Result<Result<Head, Break>, LedgerError> {
        self.read(|session| {
            let mut chain = Chain::after(head(session, "base")?);
            let end = head(session, "head")?;
            let mut after = chain.head().number;
            loop {
                let rows = rows_after(session, after, PAGE)?;
                for row in &rows {
                    after = row.number(0)?;
                    if let Err(broken) = chain.next(&row.text(1)?, &row.text(2)?) {
                        return Ok(Err(broken));
                    }
                }
                if rows.is_empty() {
                    return Ok(chain.ends_at(&end));
                }
            }
        })
    }

    fn rows_after(&self, after: i64, most: u32) -> Result<Vec<Row>, LedgerError> {
        self.read(|session| rows_after(session, after, most))
    }
}

/// How many records are read at once.
const PAGE: u32 = 1_000;

fn rows_after(session: &mut Session<'_>, after: i64, most: u32) -> Result<Vec<Row>, LedgerError> {
    let sql = "SELECT number, record, hash FROM audit WHERE number > $1 ORDER BY number LIMIT $2";
    session.query(sql, &[after.into(), i64::from(most).into()])
}

/// Appends a record within a transaction that does what it tells of.
pub(crate) fn append(session: &mut Session<'_>, entry: &Entry) -> Result<Head, LedgerError> {
    let last = head(session, "head")?;
    let record = Record {
        number: last.number.saturating_add(1),
        at: session.now,
        event: entry.event.clone(),
        action: entry.action.clone(),
        actor: entry.actor.clone(),
        body: entry.body.clone(),
        previous: last.hash,
    };
    let text = serde_json::to_string(&record)?;
    let new = Head {
        number: record.number,
        hash: hash(&text),
    };
    let sql = "INSERT INTO audit (number, record, hash) VALUES ($1, $2, $3)";
    session.execute(
        sql,
        &[new.number.into(), (&text).into(), (&new.hash).into()],
    )?;
    set_head(session, "head", &new)?;
    Ok(new)
}

fn head(session: &mut Session<'_>, name: &str) -> Result<Head, LedgerError> {
    let sql = "SELECT number, words FROM ledger WHERE name = $1";
    let rows = session.query(sql, &[name.into()])?;
    match rows.first() {
        Some(row) => Ok(Head {
            number: row.number(0)?,
            hash: row.text(1)?,
        }),
        None => Ok(Head {
            number: 0,
            hash: NO_RECORD.to_owned(),
        }),
    }
}

fn set_head(session: &mut Session<'_>, name: &str, head: &Head) -> Result<(), LedgerError> {
    let sql = "INSERT INTO ledger (name, number, words) VALUES ($1, $2, $3) \
               ON CONFLICT (name) DO UPDATE SET number = excluded.number, words = excluded.words";
    session.execute(sql, &[name.into(), head.number.into(), (&head.hash).into()])?;
    Ok(())
}

fn line(row: &Row) -> Result<String, LedgerError> {
    let line = Line {
        hash: row.text(2)?,
        record: RawValue::from_string(row.text(1)?)?,
    };
    Ok(serde_json::to_string(&line)?)
}

/// Returns the hash of a record's text.
fn hash(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

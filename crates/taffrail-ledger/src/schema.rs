//! The tables.

use crate::error::LedgerError;
use crate::store::Rows;

/// The newest form that this version reads and writes.
const FORM: i64 = 1;

/// The statements that make form 1. Instants and spans are microseconds; keys, spends and documents are JSON or decimals as text,
/// so that nothing is rounded.
const TABLES: [&str; 11] = [
    "CREATE TABLE IF NOT EXISTS ledger (name TEXT PRIMARY KEY, words TEXT, number BIGINT)",
    "CREATE TABLE IF NOT EXISTS actions (
        id TEXT PRIMARY KEY, stage TEXT NOT NULL, document TEXT NOT NULL,
        holder TEXT, held_until BIGINT, created BIGINT NOT NULL, changed BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS takes (
        action TEXT NOT NULL, budget TEXT NOT NULL, by_key TEXT NOT NULL, spend TEXT NOT NULL,
        taken BIGINT NOT NULL, state TEXT NOT NULL, expires BIGINT,
        PRIMARY KEY (action, budget, by_key))",
    "CREATE INDEX IF NOT EXISTS takes_by_budget ON takes (budget, taken)",
    "CREATE TABLE IF NOT EXISTS settled (
        action TEXT PRIMARY KEY, outcome TEXT NOT NULL, happened BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS passes (
        action TEXT NOT NULL, breaker TEXT NOT NULL, by_key TEXT NOT NULL,
        failures BIGINT NOT NULL, within BIGINT NOT NULL, hold BIGINT NOT NULL,
        PRIMARY KEY (action, breaker, by_key))",
    "CREATE TABLE IF NOT EXISTS failures (
        breaker TEXT NOT NULL, by_key TEXT NOT NULL, action TEXT NOT NULL, happened BIGINT NOT NULL,
        PRIMARY KEY (breaker, by_key, action))",
    "CREATE TABLE IF NOT EXISTS breakers (
        breaker TEXT NOT NULL, by_key TEXT NOT NULL, state TEXT NOT NULL, until BIGINT, changed BIGINT NOT NULL,
        PRIMARY KEY (breaker, by_key))",
    "CREATE TABLE IF NOT EXISTS proposals (
        id TEXT PRIMARY KEY, state TEXT NOT NULL, document TEXT NOT NULL, expires BIGINT NOT NULL,
        created BIGINT NOT NULL, changed BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS votes (
        proposal TEXT NOT NULL, person TEXT NOT NULL, vote TEXT NOT NULL, teams TEXT NOT NULL,
        reason TEXT NOT NULL, cast_at BIGINT NOT NULL,
        PRIMARY KEY (proposal, person))",
    "CREATE TABLE IF NOT EXISTS audit (
        number BIGINT PRIMARY KEY, record TEXT NOT NULL, hash TEXT NOT NULL)",
];

/// Makes the tables that are not there yet.
pub(crate) fn prepare(rows: &mut dyn Rows) -> Result<(), LedgerError> {
    for table in TABLES {
        rows.execute(table, &[])?;
    }
    let found = rows.query("SELECT number FROM ledger WHERE name = 'form'", &[])?;
    match found.first() {
        None => {
            let sql = "INSERT INTO ledger (name, number) VALUES ('form', $1)";
            rows.execute(sql, &[FORM.into()])?;
            Ok(())
        }
        Some(row) => match row.number(0)? {
            FORM => Ok(()),
            found => Err(LedgerError::TooNew {
                found,
                newest: FORM,
            }),
        },
    }
}

//! The ledger that a command is to use: a file, or a database of PostgreSQL.

use std::sync::Arc;

use taffrail_ledger::Ledger;

use crate::failure::Failure;

/// Opens a ledger by its address.
pub(crate) fn open(address: &str) -> Result<Arc<Ledger>, Failure> {
    let is_url = ["postgres://", "postgresql://"]
        .iter()
        .any(|scheme| address.starts_with(scheme));
    let ledger = if is_url {
        Ledger::connect(address)?
    } else {
        Ledger::open(address)?
    };
    Ok(Arc::new(ledger))
}

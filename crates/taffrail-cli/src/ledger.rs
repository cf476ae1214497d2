//! The ledger that a command works on, and who speaks.

use std::path::Path;
use std::sync::Arc;

use taffrail_ledger::Ledger;

use crate::failure::Failure;

/// Opens a ledger: a file, which is made when it is not there, or a database of PostgreSQL.
pub(crate) fn open(address: &str) -> Result<Arc<Ledger>, Failure> {
    let ledger = if is_url(address) {
        Ledger::connect(address)?
    } else {
        Ledger::open(address)?
    };
    Ok(Arc::new(ledger))
}

/// Opens a ledger that must be there: an empty one in the place of a mistyped one would say that all is well.
pub(crate) fn existing(address: &str) -> Result<Ledger, Failure> {
    if is_url(address) {
        return Ok(Ledger::connect(address)?);
    }
    if !Path::new(address).is_file() {
        return Err(Failure::NoLedger {
            path: address.to_owned(),
        });
    }
    Ok(Ledger::open(address)?)
}

/// Returns who speaks: the name that is given, or that of the user.
pub(crate) fn person(given: Option<&str>) -> Result<String, Failure> {
    let from = |name: &str| std::env::var(name).ok();
    let name = given
        .map(str::to_owned)
        .or_else(|| from("USER"))
        .or_else(|| from("LOGNAME"))
        .or_else(|| from("USERNAME"));
    name.map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .ok_or(Failure::Nobody)
}

fn is_url(address: &str) -> bool {
    ["postgresql://", "postgres://"]
        .iter()
        .any(|scheme| address.starts_with(scheme))
}

//! The ledger, from asynchronous code: a call is one short transaction, run aside.

use std::sync::Arc;

use taffrail_ledger::{Ledger, LedgerError};

use crate::error::AgentError;

/// A ledger that asynchronous code may ask.
#[derive(Debug, Clone)]
pub(crate) struct Store(Option<Arc<Ledger>>);

impl Store {
    pub(crate) fn new(ledger: Arc<Ledger>) -> Self {
        Self(Some(ledger))
    }

    /// Runs a call of the ledger.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Ledger) -> Result<T, LedgerError> + Send + 'static,
    ) -> Result<T, AgentError> {
        let Some(ledger) = self.0.clone() else {
            return Err(AgentError::ShuttingDown);
        };
        let done = tokio::task::spawn_blocking(move || call(&ledger)).await;
        done.map_err(|_| AgentError::ShuttingDown)?
            .map_err(AgentError::from)
    }
}

impl Drop for Store {
    /// A connection to PostgreSQL may not end on a thread that runs asynchronous code.
    fn drop(&mut self) {
        if let (Some(ledger), Ok(runtime)) = (self.0.take(), tokio::runtime::Handle::try_current())
        {
            runtime.spawn_blocking(move || drop(ledger));
        }
    }
}

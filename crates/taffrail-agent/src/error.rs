//! What can go wrong around an action. What goes wrong *with* an action is how it ended: see [`Ended`](crate::Ended).

use jiff::Timestamp;
use taffrail_actions::ActionError;
use taffrail_ledger::LedgerError;

/// Why an agent cannot say how an action goes on. The action is where the ledger says it is, and can be taken up from there.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// The document is not one that an agent takes.
    #[error("{reason}")]
    NotTaken {
        /// Why.
        reason: String,
    },
    /// The document cannot be read.
    #[error("{0}")]
    NotRead(#[from] ActionError),
    /// The id stands for another action already.
    #[error("`{id}` is another action that was handed over before")]
    OtherAction {
        /// The id.
        id: String,
    },
    /// Somebody else is at work on the action.
    #[error("`{id}` is with {holder} until {until}")]
    Held {
        /// The action's id.
        id: String,
        /// Who.
        holder: String,
        /// Until when, unless they go on.
        until: Timestamp,
    },
    /// The ledger fails: without it nothing is executed.
    #[error("without the ledger nothing is executed: {0}")]
    Ledger(#[from] LedgerError),
    /// The connection to the cluster cannot be set up.
    #[error("cannot connect to the cluster: {0}")]
    NotConnected(#[from] kube::Error),
    /// The agent's settings cannot be used.
    #[error("{reason}")]
    Settings {
        /// Why.
        reason: String,
    },
    /// Work of the agent's own came to an end before its time.
    #[error("the agent is shutting down")]
    ShuttingDown,
}

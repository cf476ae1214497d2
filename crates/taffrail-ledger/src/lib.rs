//! What agents remember together: budgets, breakers, actions on their way, proposals with their approvals, and the audit log.
//!
//! A [`Ledger`] is a file, shared by the processes of a machine, or a database of PostgreSQL, shared by machines. It knows nothing of
//! clusters and of rules: names, keys and numbers come from a decision, and what it says goes into the facts of the next one.

mod action;
pub mod audit;
mod breaker;
mod budget;
mod claim;
mod error;
mod key;
mod ledger;
mod pause;
mod proposal;
mod schema;
mod store;
mod vote;

pub use action::{ActionRecord, Stage, Step};
pub use claim::{Claim, Claimed, Outcome, Pass, Refusal, Take};
pub use error::LedgerError;
pub use key::Key;
pub use ledger::{Clock, Ledger};
pub use pause::Pause;
pub use proposal::{Bound, Proposal, ProposalState, Redeemed, Standing};
pub use vote::{Vote, Voter};

//! The command, run as people run it.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests fail as tests do"
)]

mod agent;
mod approvals;
mod audit;
mod command_line;
mod coverage;
mod decide;
mod diff;
mod form;
mod hook;
mod init;
mod lint;
mod mcp;
mod mutate;
mod options;
mod packs;
mod policies;
mod replay;
mod schema;
mod support;
mod tests;

//! What every ledger does, whatever it keeps its rows in: each test runs over a file and over a private server of PostgreSQL.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]
#![expect(clippy::print_stderr, reason = "a test says what it skips")]

mod actions;
mod audit;
mod breakers;
mod budgets;
mod proposals;
mod server;
mod stores;
mod switch;
mod worker;

//! An action on its way through a server that keeps objects, and fails on demand.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a helper that cannot go on is a failed test"
)]

mod approvals;
mod crash;
mod happy;
mod http;
mod load;
mod prometheus;
mod replicas;
#[path = "../../../taffrail-ledger/tests/conformance/server.rs"]
mod server;
mod signals;
mod support;
mod trouble;

//! Runs the tests of policy folders under `cargo test` and `cargo nextest run`.
//!
//! A crate whose repository holds policies takes this one as a dev-dependency, names a test target without the built-in harness,
//!
//! ```toml
//! [dev-dependencies]
//! taffrail-testing = "0.1"
//!
//! [[test]]
//! name = "policies"
//! harness = false
//! ```
//!
//! and writes three lines into `tests/policies.rs`:
//!
//! ```no_run
//! fn main() -> std::process::ExitCode {
//!     taffrail_testing::run("policies")
//! }
//! ```
//!
//! Every `test` block of the folder, and every `case` of one, is then a test of its own, under the name that `taffrail test` prints
//! too. Filters, `--list`, `--exact`, `--skip` and the other options of Rust's harness work. Three more tests fail when the folder
//! does not compile (`check`), when the linter finds something (`lint`) and when a file has not its one form (`format`).
//!
//! Explanations that tests `expect` as a `snapshot` are reviewed with the habits of insta: see [`snapshots`]. Tests that draw requests draw
//! `TAFFRAIL_TEST_CASES` of them, beginning with `TAFFRAIL_TEST_SEED`.
//!
//! [`Harness`] takes several folders, values of parameters and more.

mod failure;
mod folder;
mod harness;
pub mod snapshots;
mod trials;

use std::path::Path;
use std::process::ExitCode;

pub use harness::{Harness, Warnings};
pub use jiff::civil::Date;

/// Runs the tests of one folder with everything else as it comes; what a `main` returns.
///
/// The path starts from the folder of the package under test, as cargo names it; an absolute one stands for itself.
/// What was wrong is printed, and makes the exit code a failure.
#[must_use]
pub fn run(folder: impl AsRef<Path>) -> ExitCode {
    Harness::new().folder(folder).run()
}

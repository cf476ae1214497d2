//! What authors of policies work with: the tests in their policies, and the pages about diagnostics.
//!
//! [`run_tests`] turns each `given` into a request, decides it with the compiled program and holds the decision against
//! each `expect`. [`lint`](lint()) finds what is legal and yet likely a mistake, and [`fix`](fix()) applies the certain remedies.
//! [`coverage`](coverage::coverage) says what the tests exercise, [`mutate`] what they would not notice.
//! [`diff`](diff::diff) says which rules of two sets mean something else, [`replay`] decides again what logs hold.
//! Whatever is wrong comes back as a diagnostic at its place; nothing is printed here.

pub mod codes;
pub mod coverage;
pub mod diff;
mod directive;
pub mod explain;
mod judge;
pub mod lint;
pub mod mutate;
pub mod replay;
mod scenario;

pub use lint::{Fixed, Level, LevelError, Levels, LintInput, fix, lint};
pub use scenario::{
    Answer, Comparison, Draws, ReadFile, Reason, Row, Snapshot, Suite, TestCase, TestResult, Tried,
    run_tests, test_cases, wrong_names,
};

//! What the copilot says of decisions.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod facts;
mod hostile;
mod packs;
mod secrets;

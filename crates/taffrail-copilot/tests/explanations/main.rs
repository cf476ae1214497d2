//! What the copilot says of the examples of the shipped packs.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod packs;

//! Hooks of coding agents: what an agent is about to do, asked before it does it.
//!
//! The way of a question: [`read`] takes what the agent writes, in its own [`Dialect`], as a [`ToolUse`]; [`find`] says whether it
//! concerns a cluster at all; [`judge`] decides what it does there; [`reply`] says the [`Answer`] as that agent reads it. Nothing here
//! reads a file or asks a cluster, and nothing but what concerns a cluster is ever stopped.
//!
//! ```
//! use taffrail_copilot::hook::{self, Answer, Dialect, Finding, Servers};
//!
//! let event = hook::read(br#"{"hook_event_name": "PreToolUse", "tool_name": "Bash", "tool_input": {"command": "cargo test"}}"#, None);
//! assert_eq!(event.dialect, Some(Dialect::Claude));
//! let finding = hook::find(&event.tool_use, &Servers::default());
//! assert_eq!(finding, Finding::Nothing);
//! assert_eq!(hook::reply(&event, &Answer::Silent).out, "");
//! ```

mod call;
mod dialect;
mod event;
mod finding;
mod judge;
mod line;
mod mention;
mod programs;
mod reason;
mod reply;
#[cfg(test)]
mod tests;

pub use call::Servers;
pub use dialect::{Dialect, NoSuchDialect};
pub use event::{Event, SIZE_LIMIT, ToolUse, read};
pub use finding::{Finding, Found, Place, find};
pub use judge::{Answer, judge};
pub use reply::{Reply, reply};

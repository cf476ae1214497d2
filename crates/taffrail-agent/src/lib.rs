//! Takes an action through its whole way: collected, decided, reserved, rehearsed, executed once, verified, undone if need be, and all of it on record.
//!
//! `agent` is the door. `pipeline` drives an action from stage to stage, a file a stage; between two stages everything that is needed to
//! go on lies in the ledger (`work`), so anybody can take it up after a crash. `cluster` talks to the API server; `change`, `call` and
//! `undo` say what is sent and how it is taken back.

#![doc = ""]
#![doc = include_str!("../README.md")]

mod agent;
mod call;
mod change;
mod cluster;
mod error;
mod event;
pub mod http;
mod merge;
mod pipeline;
mod settings;
mod signal;
mod store;
mod target;
mod undo;
mod verify;
mod work;

pub use agent::{Agent, Builder, Submission};
pub use call::{ACTION_ANNOTATION, FIELD_MANAGER};
pub use error::AgentError;
pub use event::{Ended, Event, Moment};
pub use settings::{Settings, Verify};
pub use signal::{Bound, Fresh, Patience, Source};
pub use target::Target;

//! Command lines: what a shell would run, and what each command does to the cluster.
//!
//! [`read_line`] takes a line as an agent would hand it to a shell. Every command in it becomes an [`Invocation`] with its
//! [`Effect`](crate::Effect), its targets, and what could not be told. What is not understood is never taken for harmless.
//!
//! ```
//! use taffrail_actions::Effect;
//! use taffrail_actions::command::read_line;
//!
//! let line = read_line("kubectl delete namespace prod --dry-run=none");
//! assert_eq!(line.effect, Effect::Write);
//! assert_eq!(line.commands[0].verb, "delete");
//! assert_eq!(line.commands[0].targets[0].name(), Some("prod"));
//!
//! assert_eq!(read_line("kubectl get pods -nprod").effect, Effect::Read);
//! assert_eq!(read_line("kubectl get $WHAT").effect, Effect::Unknown);
//! ```

mod blanks;
mod change;
mod expand;
mod filters;
mod flags;
mod helm;
mod invocation;
mod kubectl;
mod line;
mod openshift;
mod programs;
mod report;
mod requests;
mod resources;
mod shell;
mod unread;
mod word;

pub(crate) use change::as_stored;
pub use invocation::{Invocation, Part, Program, Selection, Setting, Target, Uncertain};
pub use line::{Line, read_line, read_words};
pub use report::{CommandReport, LineReport, TargetReport, UnknownReport};
pub use requests::Surroundings;
pub(crate) use requests::{finish, found, is_known_to_miss, of_nothing_known, unclear};
pub(crate) use resources::served;
pub use resources::{Resource, resource};
pub use shell::ShellError;
pub use unread::Unread;
pub use word::{Unclear, Why, Word};

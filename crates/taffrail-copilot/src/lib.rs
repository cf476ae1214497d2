//! What a copilot says to people: options that are already decided, and why a decision is what it is. It never executes.

mod advice;
pub mod explain;
mod goal;
pub mod hook;
pub mod mcp;
mod options;
mod why_not;

pub use advice::{Advice, Ask, Choice, ChoiceKind, SCHEMA, Sentence, Step, Unfinished, Way};
pub use goal::{Goal, GoalError, Keep, read_goal};
pub use options::{Limits, propose};
pub use why_not::{
    Condition, FactChange, Holds, Obstacle, WHY_NOT_SCHEMA, WhyNot, why_not, why_not_in,
};

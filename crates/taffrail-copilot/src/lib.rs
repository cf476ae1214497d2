//! What a copilot says to people: options that are already decided, and why a decision is what it is. It never executes.

mod advice;
pub mod explain;
pub mod hook;
mod why_not;

pub use advice::{Advice, Ask, Choice, ChoiceKind, SCHEMA, Sentence, Step, Unfinished, Way};
pub use why_not::{Condition, FactChange, Holds, Obstacle, WHY_NOT_SCHEMA, WhyNot, why_not};

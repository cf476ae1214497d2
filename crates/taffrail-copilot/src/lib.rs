//! What a copilot says to people: options that are already decided, and why a decision is what it is. It never executes.

mod advice;

pub use advice::{Advice, Ask, Choice, ChoiceKind, SCHEMA, Sentence, Step, Unfinished, Way};

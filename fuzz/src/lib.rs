//! What the targets share: a mutator that keeps texts close to the language, and what must hold of a program.
//!
//! Bytes changed at random hardly ever get past the parser. Moving whole words and lines about, within one text,
//! keeps enough of it sound that the analysis and the evaluator are reached too.

mod holds;
mod mutate;

pub use holds::{compiled, decides, read, rendered};
pub use mutate::mutate;

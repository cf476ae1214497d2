//! From syntax trees to a program.

pub mod analyze;
pub mod codes;
pub mod typed;

pub use analyze::{Options, SourceFile, analyze};

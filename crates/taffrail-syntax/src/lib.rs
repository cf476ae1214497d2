//! From source text to a syntax tree, with diagnostics as values.
//!
//! Broken input is normal here: [`parse`] always returns a tree, with the declarations that could be
//! read and a diagnostic for each that could not.

pub mod ast;
pub mod diagnostic;
mod parse;
mod source;
pub mod span;
pub mod suggest;

pub use diagnostic::{Diagnostic, Severity};
pub use parse::{Parsed, parse};
pub use source::{Source, SourceTable};
pub use span::{Location, SourceId, Span};
pub use taffrail_grammar::RESERVED;

//! From source text to a syntax tree, with diagnostics as values.
//!
//! Broken input is normal here: [`parse`] always returns a tree, with the declarations that could be
//! read and a diagnostic for each that could not.

#![warn(missing_docs)]

pub mod ast;
mod codes;
mod decode;
pub mod diagnostic;
mod format;
mod parse;
mod render;
mod source;
pub mod span;
pub mod suggest;

pub use codes::CODES;
pub use decode::{NotUtf8, decode};
pub use diagnostic::{Diagnostic, Severity};
pub use format::format;
pub use parse::{MAX_SOURCE_BYTES, Parsed, parse};
pub use render::{Style, render};
pub use source::{Source, SourceTable};
pub use span::{Location, SourceId, Span};
pub use taffrail_grammar::RESERVED;

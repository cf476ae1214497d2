//! From syntax trees to a program.
//!
//! The straight line of a policy set is `parse`, [`analyze`](analyze()), [`link`](link()), [`emit`](emit()); each returns a value and its
//! diagnostics, and [`compile`](compile()) runs them all:
//!
//! ```
//! use taffrail_compiler::{Options, compile};
//! use taffrail_syntax::SourceTable;
//!
//! let mut sources = SourceTable::default();
//! sources.add("deletes.guard", "policy a  guard keep { on delete forbid because \"kept\" }");
//! let compiled = compile(&sources, &Options::default());
//! assert_eq!(compiled.program.map(|program| program.rules.len()), Some(1));
//! ```

#![deny(missing_docs)]

pub mod analyze;
pub mod codes;
mod compile;
mod conditions;
mod custom;
pub mod draw;
mod emit;
mod graph;
mod link;
mod operands;
mod paths;
pub mod typed;

pub use analyze::{Options, SourceFile, analyze};
pub use compile::{Compiled, compile, compile_parsed};
pub use emit::{MappedCondition, SourceMap, emit, emit_mapped};
pub use graph::{Node, NodeKind, RuleGraph};
pub use link::link;

//! Syntax tree to program.

//! The pest grammar of the guard language, and its reserved words.
//!
//! The grammar is a package of its own so that it can be published with the crate that uses it. It holds no logic;
//! `taffrail-syntax` turns its pairs into the syntax tree.

/// The parser that pest derives from `guard.pest`.
#[derive(Debug, Clone, Copy, pest_derive::Parser)]
#[grammar = "guard.pest"]
pub struct GuardParser;

/// Every word that cannot name a declaration, in alphabetical order. After `.`, as a map key and as the name of an
/// argument any word is allowed.
pub const RESERVED: &[&str] = &[
    "absent",
    "and",
    "because",
    "breaker",
    "budget",
    "by",
    "case",
    "else",
    "escalate",
    "every",
    "expect",
    "false",
    "forbid",
    "given",
    "grant",
    "guard",
    "hold",
    "if",
    "in",
    "is",
    "let",
    "like",
    "limit",
    "matches",
    "no",
    "not",
    "on",
    "or",
    "param",
    "policy",
    "present",
    "propose",
    "prove",
    "risk",
    "signal",
    "some",
    "spend",
    "suggest",
    "test",
    "then",
    "tolerance",
    "trip",
    "true",
    "unless",
    "until",
    "use",
    "waive",
    "when",
    "where",
];

/// The reserved words that an expression may read all the same: a budget's or breaker's reason names them, as in
/// `because "{used} of {limit}"`.
pub const READABLE: &[&str] = &["limit", "spend", "until"];

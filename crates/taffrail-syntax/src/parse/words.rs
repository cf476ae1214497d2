//! The keywords by what they begin.

/// The words that begin a declaration and nothing else.
pub(super) const DECLARATIONS: &[&str] = &[
    "policy",
    "use",
    "param",
    "signal",
    "let",
    "tolerance",
    "grant",
    "guard",
    "budget",
    "breaker",
    "waive",
    "test",
    "prove",
];

/// The words that begin a declaration when a name follows.
pub(super) const DECLARATIONS_BEFORE_A_NAME: &[&str] = &["verb", "kind"];

/// The declarations that end with their closing brace.
pub(super) const BRACED: &[&str] = &[
    "tolerance",
    "grant",
    "guard",
    "budget",
    "breaker",
    "waive",
    "test",
    "prove",
];

/// The words that begin a clause of a rule.
pub(super) const CLAUSES: &[&str] = &[
    "on", "when", "unless", "risk", "propose", "escalate", "forbid", "because", "suggest", "limit",
    "spend", "trip", "hold", "until", "by", "at", "expect",
];

/// The words that begin a clause of a test.
pub(super) const TEST_CLAUSES: &[&str] = &["given", "when", "case", "expect"];

/// The words that continue a declaration or clause, so that a line may begin with one.
pub(super) const CONNECTIVES: &[&str] = &[
    "of", "to", "per", "within", "after", "failures", "fresh", "from", "ago", "observed",
];

/// The reserved words that can end a clause.
pub(super) const ENDINGS: &[&str] = &[
    "propose", "escalate", "forbid", "absent", "present", "true", "false",
];

/// Tells whether a word cannot be a name.
pub(super) fn is_reserved(word: &str) -> bool {
    taffrail_grammar::RESERVED.binary_search(&word).is_ok()
}

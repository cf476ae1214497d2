//! What a test or proof may expect.

use crate::diagnostic::Diagnostic;
use crate::span::Location;
use crate::suggest;

/// The verdicts that a test may expect.
const VERDICTS: &[&str] = &["execute", "propose", "escalate"];

/// The words that may follow `expect`.
const EXPECTATIONS: &[&str] = &[
    "execute",
    "propose",
    "escalate",
    "at",
    "risk",
    "guard",
    "grant",
    "budget",
    "breaker",
    "tolerance",
    "no",
    "unknown",
    "gate",
    "snapshot",
];

/// Every form, for a word that is near none.
const FORMS: &str = "expect a verdict (`execute`, `propose`, `escalate`), `at least propose`, \
    `risk 30..50`, `guard n`, `no guard n`, `unknown signal n`, `gate \"team\"` or `snapshot`";

/// The word for the whole explanation.
pub(super) const SNAPSHOT: &str = "snapshot";

/// Tells whether a word is a verdict.
pub(super) fn is_verdict(word: &str) -> bool {
    VERDICTS.contains(&word)
}

/// Tells whether a word may follow `expect`.
pub(super) fn is_known(word: &str) -> bool {
    EXPECTATIONS.contains(&word)
}

/// Returns the error for a word after `expect`, or after `at least`, that says nothing.
pub(super) fn unknown(place: Location, word: &str, at_least: bool) -> Diagnostic {
    let message = format!("`{word}` is nothing that a decision can show");
    let error = Diagnostic::error("unknown-expectation", place, message);
    let candidates = if at_least { VERDICTS } else { EXPECTATIONS };
    if word == "forbid" {
        return error.hint("a forbidden action is escalated: write `expect escalate`");
    }
    if word == "not" {
        return error.hint("write `expect no guard n`");
    }
    match suggest::nearest(word, candidates.iter().copied()) {
        Some(near) => error
            .hint(format!("did you mean `{near}`"))
            .fix(place, near),
        None if at_least => error.hint("a verdict is `execute`, `propose` or `escalate`"),
        None => error.hint(FORMS),
    }
}

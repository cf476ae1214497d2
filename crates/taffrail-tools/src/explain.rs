//! The page of each diagnostic code: what it says, why it matters, how to mend it.

use crate::lint;

/// Makes the table of pages from their names.
macro_rules! pages {
    ($($code:literal)*) => {
        &[$(($code, include_str!(concat!("../pages/", $code, ".md")))),*]
    };
}

/// Every page with its code, in alphabetical order. A test holds the table against the folder and the codes.
pub const PAGES: &[(&str, &str)] = pages! {
    "always-applies"
    "ambiguous-minutes"
    "any-beside-others"
    "branches-differ"
    "c-style-operator"
    "cannot-order"
    "capitalized-literal"
    "cedar-file"
    "chained-comparison"
    "circular-given"
    "clause-not-allowed"
    "cloudformation-guard-file"
    "condition-is-constant"
    "condition-not-bool"
    "current-on-create"
    "deprecated-field"
    "deprecated-kind"
    "dotted-rule-name"
    "duplicate-annotation"
    "duplicate-argument"
    "duplicate-clause"
    "duplicate-condition"
    "duplicate-given"
    "duplicate-key"
    "duplicate-name"
    "duplicate-policy-line"
    "empty-interpolation"
    "empty-policy-set"
    "empty-range"
    "every-in-grant"
    "expectation-not-met"
    "forbidden-character"
    "foreign-forbid-waived"
    "function-not-called"
    "guard-without-effect"
    "guard-without-reason"
    "import-cycle"
    "incomparable-types"
    "invalid-argument"
    "invalid-duration"
    "invalid-given"
    "invalid-number"
    "invalid-pattern"
    "invalid-time"
    "invalid-utf8"
    "invalid-window"
    "kind-not-served"
    "kind-without-group"
    "known-out-of-place"
    "known-weakens-rule"
    "malformed-form"
    "malformed-suppression"
    "misplaced-doc-comment"
    "misplaced-not"
    "misplaced-policy-line"
    "missing-clause"
    "missing-given"
    "missing-policy-line"
    "missing-quantifier-body"
    "module-as-value"
    "needs-parentheses"
    "nesting-too-deep"
    "never-a-member"
    "never-applies"
    "never-true"
    "no-pod-template"
    "not-a-collection"
    "not-a-constant"
    "not-a-function"
    "not-a-literal-path"
    "not-indexable"
    "not-iterable"
    "not-positive"
    "not-waivable"
    "nothing-expected"
    "null-literal"
    "number-out-of-range"
    "parameter-of-wrong-type"
    "parameter-without-value"
    "pattern-matches-everything"
    "pattern-not-literal"
    "points-out-of-range"
    "possibly-absent"
    "program-too-large"
    "prove-unavailable"
    "recurring-window"
    "recursive-definition"
    "rego-file"
    "reserved-name"
    "reserved-word"
    "self-comparison"
    "shadowed-name"
    "shadowed-rule"
    "signal-not-plain"
    "signal-without-fresh"
    "signal-without-source"
    "single-equals"
    "single-quotes"
    "source-too-large"
    "stray-semicolon"
    "suggestion-not-proposed"
    "suppression-without-reason"
    "threshold-without-effect"
    "thresholds-reversed"
    "tolerance-without-threshold"
    "too-many-errors"
    "type-without-fields"
    "unbounded-grant"
    "unclosed-bracket"
    "unescaped-brace"
    "unexpected-end"
    "unexpected-token"
    "unknown-argument"
    "unknown-clause"
    "unknown-declaration"
    "unknown-escape"
    "unknown-expectation"
    "unknown-field"
    "unknown-function"
    "unknown-given-key"
    "unknown-given-test"
    "unknown-group"
    "unknown-kind"
    "unknown-member"
    "unknown-method"
    "unknown-module"
    "unknown-name"
    "unknown-name-in-test"
    "unknown-parameter"
    "unknown-presence"
    "unknown-rule"
    "unknown-suppression"
    "unknown-type"
    "unknown-verb"
    "unknown-version"
    "unknown-word"
    "unopened-bracket"
    "unreachable-threshold"
    "unreadable-given"
    "unterminated-string"
    "untested-grant"
    "untested-rule"
    "until-not-a-date"
    "untyped-path"
    "unused-name"
    "unused-suppression"
    "view-without-kind"
    "waiver-expired"
    "waiver-expires"
    "waiver-forgives-nothing"
    "wrong-argument-count"
    "wrong-operands"
    "wrong-type"
    "wrong-type-argument"
    "yaml-file"
};

/// Returns the page of a code.
#[must_use]
pub fn page(code: &str) -> Option<&'static str> {
    PAGES
        .iter()
        .find(|(own, _)| *own == code)
        .map(|(_, page)| *page)
}

/// Iterates over every code that any stage reports, with what it says in one line, in alphabetical order.
#[must_use]
pub fn codes() -> Vec<(&'static str, &'static str)> {
    let mut codes: Vec<(&str, &str)> = taffrail_syntax::CODES
        .iter()
        .chain(taffrail_compiler::codes::CODES)
        .chain(crate::codes::CODES)
        .copied()
        .chain(lint::LINTS.iter().map(|lint| (lint.code, lint.says)))
        .filter(|(_, says)| !says.is_empty())
        .collect();
    codes.sort_unstable();
    codes
}

//! The page of each diagnostic code: what it says, why it matters, how to mend it.

/// Makes the table of pages from their names.
macro_rules! pages {
    ($($code:literal)*) => {
        &[$(($code, include_str!(concat!("../pages/", $code, ".md")))),*]
    };
}

/// Every page with its code, in alphabetical order. A test holds the table against the folder and the codes.
pub const PAGES: &[(&str, &str)] = pages! {
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
    "dotted-rule-name"
    "duplicate-annotation"
    "duplicate-argument"
    "duplicate-clause"
    "duplicate-given"
    "duplicate-key"
    "duplicate-name"
    "duplicate-policy-line"
    "empty-interpolation"
    "empty-policy-set"
    "empty-range"
    "expectation-not-met"
    "forbidden-character"
    "foreign-forbid-waived"
    "function-not-called"
    "guard-without-effect"
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
    "kind-without-group"
    "known-out-of-place"
    "known-weakens-rule"
    "malformed-form"
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
    "pattern-not-literal"
    "points-out-of-range"
    "program-too-large"
    "prove-unavailable"
    "recurring-window"
    "recursive-definition"
    "rego-file"
    "reserved-name"
    "reserved-word"
    "shadowed-name"
    "signal-not-plain"
    "single-equals"
    "single-quotes"
    "source-too-large"
    "stray-semicolon"
    "suggestion-not-proposed"
    "thresholds-reversed"
    "tolerance-without-threshold"
    "too-many-errors"
    "type-without-fields"
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
    "unknown-type"
    "unknown-verb"
    "unknown-word"
    "unopened-bracket"
    "unreadable-given"
    "unterminated-string"
    "until-not-a-date"
    "unused-name"
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
        .collect();
    codes.sort_unstable();
    codes
}

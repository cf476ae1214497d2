//! The codes of the compiler's diagnostics.

use taffrail_syntax::{Diagnostic, Severity};

/// A set without a rule.
pub const EMPTY_POLICY_SET: &str = "empty-policy-set";
/// Modules that use each other.
pub const IMPORT_CYCLE: &str = "import-cycle";
/// A value that compilation needs and cannot have.
pub const NOT_A_CONSTANT: &str = "not-a-constant";
/// A duration or count that is zero or less.
pub const NOT_POSITIVE: &str = "not-positive";
/// More expressions than a program may have.
pub const PROGRAM_TOO_LARGE: &str = "program-too-large";
/// Definitions that mention themselves.
pub const RECURSIVE_DEFINITION: &str = "recursive-definition";

/// Every code that this crate reports, with what it says in one line, in alphabetical order.
pub const CODES: &[(&str, &str)] = &[
    (
        "ambiguous-minutes",
        "a `5m` that may be minutes or thousandths",
    ),
    ("any-beside-others", "`any` in a list with other words"),
    (
        "branches-differ",
        "two values of different types where one of them is taken",
    ),
    ("cannot-order", "`<` and its kin on a type without an order"),
    ("clause-not-allowed", "a clause in a rule of another kind"),
    (
        "condition-is-constant",
        "a condition that is always or never true",
    ),
    (
        "condition-not-bool",
        "a condition that is not a truth value",
    ),
    (
        "deprecated-field",
        "a field that the API keeps only for old clients",
    ),
    ("deprecated-kind", "a kind that the API is about to drop"),
    (
        "dotted-rule-name",
        "a rule declared under a name with a dot",
    ),
    (
        "duplicate-annotation",
        "the same annotation twice on one declaration",
    ),
    ("duplicate-argument", "an argument given twice"),
    ("duplicate-clause", "a clause twice in one rule"),
    ("duplicate-key", "a key twice in one map"),
    ("duplicate-name", "a name declared twice in one module"),
    (EMPTY_POLICY_SET, "a policy set without a rule"),
    (
        "foreign-forbid-waived",
        "a waiver of another module's `forbid`",
    ),
    ("function-not-called", "a function used as a value"),
    ("guard-without-effect", "a guard that does nothing"),
    (IMPORT_CYCLE, "modules that use each other"),
    (
        "incomparable-counts",
        "counts of different kinds in one comparison",
    ),
    (
        "incomparable-types",
        "a comparison of values that are never equal",
    ),
    (
        "invalid-argument",
        "a function of a constant that it cannot make sense of",
    ),
    (
        "invalid-crd",
        "a schema file of custom kinds with a mistake",
    ),
    ("invalid-pattern", "a pattern that is no regular expression"),
    (
        "invalid-window",
        "a window whose zone or times do not exist",
    ),
    (
        "kind-not-in-file",
        "a declared kind that its schema file does not define",
    ),
    (
        "kind-not-served",
        "a kind that this version of Kubernetes does not serve",
    ),
    (
        "kind-without-group",
        "a declared kind without its API group",
    ),
    ("known-out-of-place", "`known` outside a condition"),
    (
        "known-weakens-rule",
        "`known` where missing information would make a rule milder",
    ),
    (
        "malformed-form",
        "`known`, `changed` or `objects` with the wrong parts",
    ),
    ("missing-clause", "a rule without a clause that it needs"),
    ("module-as-value", "a module where a value is needed"),
    (
        "never-a-member",
        "a value that is never in the list, map, window or range",
    ),
    (
        "no-pod-template",
        "`pod` or `containers` of a kind that makes no pods",
    ),
    (
        "not-a-collection",
        "`in` with something that has no members",
    ),
    (
        NOT_A_CONSTANT,
        "a value that is not known when the policies are compiled",
    ),
    ("not-a-function", "a call of something that is no function"),
    (
        "not-a-literal-path",
        "a path that is more than names and quoted keys",
    ),
    ("not-indexable", "`[…]` on something without elements"),
    (
        "not-iterable",
        "a quantifier over something without elements",
    ),
    (NOT_POSITIVE, "a duration or count that is zero or less"),
    ("not-waivable", "a waiver of a rule that restrains nothing"),
    (
        "number-out-of-range",
        "a number beyond the range of exact numbers",
    ),
    (
        "parameter-of-wrong-type",
        "a parameter set to a value of another type",
    ),
    (
        "parameter-without-value",
        "a parameter with neither a default nor a value",
    ),
    ("pattern-not-literal", "a pattern that is computed"),
    ("points-out-of-range", "points below 0 or above 100"),
    (PROGRAM_TOO_LARGE, "a policy set beyond the size limits"),
    ("prove-unavailable", "a `prove`, which is not available yet"),
    (
        "recurring-window",
        "the start or end of a window that recurs",
    ),
    (RECURSIVE_DEFINITION, "a let that is defined by itself"),
    (
        "reserved-name",
        "a declared name that already means something",
    ),
    (
        "shadowed-name",
        "a variable with the name of something else",
    ),
    ("signal-not-plain", "a signal of a type that no reading has"),
    (
        "suggestion-not-proposed",
        "a suggestion for something else than `proposed`",
    ),
    (
        "thresholds-reversed",
        "a tolerance that escalates before it proposes",
    ),
    (
        "tolerance-without-threshold",
        "a tolerance that tolerates everything",
    ),
    ("type-without-fields", "a field of something that has none"),
    (
        "unknown-argument",
        "a named argument that the function does not have",
    ),
    ("unknown-field", "a field that does not exist"),
    ("unknown-function", "a function that does not exist"),
    ("unknown-group", "an API group that does not exist"),
    ("unknown-kind", "a kind that does not exist"),
    ("unknown-member", "a name that the module does not declare"),
    ("unknown-method", "a method that does not exist"),
    ("unknown-module", "a module that no file of the set has"),
    ("unknown-name", "a name that nothing has"),
    (
        "unknown-parameter",
        "a value for a parameter that does not exist",
    ),
    ("unknown-rule", "a waiver of a rule that does not exist"),
    ("unknown-type", "a type that does not exist"),
    ("unknown-verb", "a verb that does not exist"),
    ("unknown-version", "a version in which a kind is not served"),
    ("unknown-word", "a word that is not in its closed set"),
    ("unreadable-crd", "a schema file that cannot be read"),
    (
        "until-not-a-date",
        "a waiver that ends on something else than a date",
    ),
    (
        "untyped-path",
        "a path in objects whose kind is not known, or has no schema",
    ),
    ("unused-name", "a declaration that nothing uses"),
    ("wrong-argument-count", "too many or too few arguments"),
    (
        "wrong-operands",
        "an operator on types that it does not join",
    ),
    ("wrong-type", "a value of another type than is needed"),
    (
        "wrong-type-argument",
        "a type with angle brackets that it does not take, or without those it needs",
    ),
];

/// Returns an error that is not about a place in a source.
pub(crate) fn without_place(code: &'static str, message: impl Into<String>) -> Diagnostic {
    Diagnostic {
        code,
        severity: Severity::Error,
        message: message.into(),
        labels: Vec::new(),
        hints: Vec::new(),
        fix: None,
        versions: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::CODES;

    #[expect(
        clippy::disallowed_methods,
        reason = "a test reads the source it checks"
    )]
    /// Returns the first string after each `Diagnostic::error(` and its kin.
    fn reported(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                reported(&path, found);
            }
            if path.is_dir() || path.ends_with("codes.rs") {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for start in [
                "Diagnostic::error(",
                "Diagnostic::warning(",
                "without_place(",
            ] {
                for rest in text.split(start).skip(1) {
                    if let Some(code) = rest.trim_start().strip_prefix('"') {
                        found.insert(code.split('"').next().unwrap().to_owned());
                    }
                }
            }
        }
    }

    #[test]
    fn every_reported_code_is_in_the_table() {
        let mut found = BTreeSet::new();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        reported(&source, &mut found);
        // These two are the parser's; it cannot see that a calendar or the range ends.
        found.retain(|code| code != "invalid-duration" && code != "invalid-time");
        let listed: BTreeSet<String> = CODES.iter().map(|(code, _)| (*code).to_owned()).collect();
        let missing: Vec<_> = found.difference(&listed).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn the_table_is_in_alphabetical_order() {
        let codes: Vec<_> = CODES.iter().map(|(code, _)| *code).collect();
        let mut sorted = codes.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(codes, sorted);
    }
}

//! The codes of the syntax diagnostics.

/// Every code that this crate reports, with what it says in one line, in alphabetical order.
pub const CODES: &[(&str, &str)] = &[
    (
        "c-style-operator",
        "`&&`, `||` or `!` in place of `and`, `or`, `not`",
    ),
    (
        "capitalized-literal",
        "`True` or `False` in place of `true` or `false`",
    ),
    ("cedar-file", "a Cedar policy in a `.guard` file"),
    (
        "chained-comparison",
        "a comparison that follows another, as in `a < b < c`",
    ),
    (
        "cloudformation-guard-file",
        "a rule for AWS CloudFormation Guard",
    ),
    (
        "condition-without-any",
        "a `when` in a test that gives one request",
    ),
    ("duplicate-given", "a test with two requests"),
    ("duplicate-policy-line", "a file with two `policy` lines"),
    (
        "empty-domain",
        "a test that draws from nothing, or from a range that is none",
    ),
    ("empty-interpolation", "`{}` in a reason"),
    (
        "empty-range",
        "a range of risk whose end lies before its start",
    ),
    (
        "forbidden-character",
        "a control, hidden or look-alike character",
    ),
    ("invalid-duration", "a duration that is almost right"),
    ("invalid-number", "a number that is almost right"),
    ("invalid-time", "a date or time that is almost right"),
    ("invalid-utf8", "a file that is not UTF-8"),
    (
        "misplaced-doc-comment",
        "a `///` line that documents no declaration",
    ),
    ("misplaced-not", "`not like` or `not matches`"),
    (
        "misplaced-policy-line",
        "a `policy` line below other declarations",
    ),
    ("missing-given", "a test without a request"),
    ("missing-policy-line", "a file without a `policy` line"),
    (
        "missing-quantifier-body",
        "a quantifier that does not say what it looks for",
    ),
    (
        "needs-parentheses",
        "a quantifier or `if` inside a larger expression",
    ),
    (
        "nesting-too-deep",
        "brackets and operators inside one another beyond the limit",
    ),
    ("null-literal", "`null` or a word like it"),
    (
        "overlapping-domains",
        "a part of a request that a test draws twice",
    ),
    ("rego-file", "a Rego policy in a `.guard` file"),
    ("reserved-word", "a keyword used as a name"),
    ("single-equals", "`=` in place of `==`"),
    ("single-quotes", "a string between single quotes"),
    ("source-too-large", "a file beyond the limit"),
    ("stray-semicolon", "a `;`"),
    (
        "too-many-errors",
        "more errors than are worth reading at once",
    ),
    ("unclosed-bracket", "a bracket that is never closed"),
    ("unescaped-brace", "a `}` in a reason that closes nothing"),
    (
        "unexpected-end",
        "a declaration or clause that stops too early",
    ),
    (
        "unexpected-token",
        "something that cannot stand where it stands",
    ),
    ("unknown-clause", "a word that begins no clause"),
    ("unknown-declaration", "a word that begins no declaration"),
    (
        "unknown-escape",
        "a backslash before something that is not an escape",
    ),
    (
        "unknown-expectation",
        "an `expect` that names nothing a decision shows",
    ),
    (
        "unknown-presence",
        "something other than `absent` or `present` after `is`",
    ),
    ("unopened-bracket", "a closing bracket that closes nothing"),
    (
        "unterminated-string",
        "a string that does not end on its line",
    ),
    ("yaml-file", "a YAML or JSON document in place of a policy"),
];

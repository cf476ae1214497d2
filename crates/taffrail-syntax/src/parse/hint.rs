//! Words and signs that other languages use, and what to write here.

/// Returns what to write for a word that stands where an operator or something else was expected.
pub(super) fn for_word(word: &str) -> Option<&'static str> {
    Some(match word {
        "equals" | "eq" | "equal" => "write `==`",
        "contains" | "has" | "includes" => "write `x in xs`, or call `contains(text, part)`",
        "startsWith" | "startswith" | "starts_with" => "call `starts_with(text, start)`",
        "endsWith" | "endswith" | "ends_with" => "call `ends_with(text, end)`",
        "xor" => "write `(a or b) and not (a and b)`",
        "elif" | "elsif" | "elseif" => "write `else if`",
        "exists" => "write `some x in xs: …`, or `x is present`",
        "empty" => "write `len(xs) == 0`",
        "least" => "a waiver says `at most propose`, a test `expect at least propose`",
        _ => return None,
    })
}

/// Returns what to write for a sign.
pub(super) fn for_sign(sign: &str) -> Option<&'static str> {
    Some(match sign {
        "=>" => "write `>=` to compare",
        "=<" => "write `<=` to compare",
        "<>" => "write `!=`",
        "->" | "?" => "write `if condition then value else other`",
        "::" => "write `.` between names",
        "<<" | ">>" => "a reason is written `because \"…\"`",
        "$" => "names are written without a sign before them",
        "&" => "write `and`",
        "|" => "write `or`",
        "^" | "**" => "there is no power operator",
        "`" => "strings stand between double quotes",
        "#" | "/" => "a comment begins with `//`",
        _ => return None,
    })
}

/// Returns what to write for a word that begins no declaration.
pub(super) fn for_declaration(word: &str) -> Option<&'static str> {
    Some(match word {
        "def" | "func" | "fn" | "function" => "a function is written `let name(x: number) = …`",
        "var" | "const" | "val" | "define" => {
            "a fact is written `let name = …`, a value to set from outside `param`"
        }
        "import" | "include" | "require" => "another module is brought in with `use a.b`",
        "module" | "namespace" | "package" => "the module's path stands in the `policy` line",
        "rule" => {
            "a rule begins with what it is: `guard`, `grant`, `tolerance`, `budget`, `breaker` or `waive`"
        }
        "allow" | "permit" => "what may be done alone is said by a `grant`",
        "deny" | "block" | "forbid" | "reject" => {
            "what must not be done is said by a `guard` with `forbid`"
        }
        "exception" | "exempt" | "ignore" | "except" => "an exception is a `waive`",
        "assert" | "check" | "expect" => {
            "an expectation stands in a `test`, a claim about all actions in a `prove`"
        }
        "#" | "/" => "a comment begins with `//`",
        _ => return None,
    })
}

/// Returns what to write for a word that begins no clause.
pub(super) fn for_clause(word: &str) -> Option<&'static str> {
    Some(match word {
        "if" | "where" | "condition" | "conditions" => "a condition is written `when …`",
        "deny" | "block" | "reject" => {
            "write `forbid`, or `escalate` if an approval may release it"
        }
        "allow" | "permit" => "what may be done alone is said by a `grant`",
        "reason" | "message" | "msg" | "description" => "a reason is written `because \"…\"`",
        "action" | "actions" | "verb" | "verbs" => "verbs are written `on scale, restart`",
        "kind" | "kinds" | "resource" | "resources" => "kinds are written `on any of Deployment`",
        "namespace" | "namespaces" => "namespaces are written `on any in \"kube-*\"`",
        "severity" | "score" | "points" => "points are written `risk 40`",
        "owner" | "runbook" | "ticket" => "annotations stand above the rule: `@owner(\"team\")`",
        "expires" | "expiry" => "a waiver ends with `until 2027-03-31`",
        "#" | "/" => "a comment begins with `//`",
        _ => return None,
    })
}

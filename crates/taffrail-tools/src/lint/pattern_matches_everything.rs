//! `pattern-matches-everything`: a regular expression or glob that every text matches.

use taffrail_compiler::typed::{Expr, ExprKind};
use taffrail_runtime::Value;
use taffrail_syntax::Diagnostic;

use super::subject::Subject;
use super::walk;

/// Finds patterns that tell nothing apart: what stands before them only has to be a text.
pub(super) fn run(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for expr in walk::of_module(subject.module()) {
        walk::each(expr, &mut |expr| {
            let Some(pattern) = vacuous(subject, expr) else {
                return;
            };
            found.push(
                Diagnostic::warning(
                    "pattern-matches-everything",
                    expr.location,
                    format!("every text matches `{pattern}`"),
                )
                .hint("narrow the pattern, or write `is present` when it only has to be there"),
            );
        });
    }
}

/// Returns the pattern of a `like` or `matches` when every text matches it.
fn vacuous(subject: &Subject<'_>, expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Matches(_, pattern) => is_vacuous_regex(pattern).then(|| pattern.clone()),
        ExprKind::Like(_, pattern) => match &subject.resolved(pattern).kind {
            ExprKind::Constant(Value::String(glob)) => {
                let vacuous = !glob.is_empty() && glob.chars().all(|letter| letter == '*');
                vacuous.then(|| glob.to_string())
            }
            _ => None,
        },
        _ => None,
    }
}

/// Tells whether a search with the pattern finds something in every text. Only what is certain counts: `.` matches no line
/// break, so `^.*$` says something about a text of several lines, if hardly what was meant.
fn is_vacuous_regex(pattern: &str) -> bool {
    let pattern = pattern.strip_prefix("(?s)").unwrap_or(pattern);
    let start = pattern.strip_prefix('^').unwrap_or(pattern);
    let inner = unwrapped(start);
    let anything = ["", ".*", ".*?", "[\\s\\S]*", "[\\S\\s]*"];
    if anything.contains(&inner) {
        return true;
    }
    // With both anchors it is every text of one line.
    inner.strip_suffix('$').is_some_and(|inner| {
        [".*", ".*?"].contains(&unwrapped(inner)) || inner.is_empty() && start == pattern
    })
}

/// Returns a pattern without the parentheses around all of it.
fn unwrapped(pattern: &str) -> &str {
    let inner = pattern
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
        .map(|inner| inner.strip_prefix("?:").unwrap_or(inner));
    match inner {
        Some(inner) if !inner.contains(['(', ')', '|']) => inner,
        Some(_) | None => pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::is_vacuous_regex;

    #[test]
    fn only_patterns_that_match_everything_are_found() {
        for pattern in [
            "", ".*", "^.*", "^", "$", ".*$", "^.*$", "(.*)", "^(?:.*)$", "(?s).*",
        ] {
            assert!(is_vacuous_regex(pattern), "{pattern}");
        }
        for pattern in ["^$", ".+", "a*b", "^a.*$", "\\.*x", "(a|.*)b", "^.+$"] {
            assert!(!is_vacuous_regex(pattern), "{pattern}");
        }
    }
}

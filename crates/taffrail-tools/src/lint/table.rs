//! The one table of lints, and what finds them.

use taffrail_syntax::Diagnostic;

use super::level::Level::{self, Warn};
use super::subject::Subject;
use super::{
    always_applies, current_on_create, duplicate_condition, every_in_grant, guard_without_reason,
    never_applies, pattern_matches_everything, possibly_absent, self_comparison, shadowed_rule,
    signal_without_fresh, signal_without_source, unbounded_grant, unreachable_threshold,
    untested_grant, untested_rule, view_without_kind, waiver_date, waiver_forgives_nothing,
};

/// A lint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lint {
    /// Kebab-case words that name the bad pattern.
    pub code: &'static str,
    /// What it finds, in one line; empty where the parser or the compiler warns and has the line.
    pub says: &'static str,
    /// Its level unless the settings say otherwise.
    pub level: Level,
}

/// Every code whose level can be set, in alphabetical order: the lints, and the warnings of parser and compiler.
pub const LINTS: &[Lint] = &[
    lint("always-applies", Warn, "a condition that keeps nothing out"),
    warning("condition-is-constant"),
    lint(
        "current-on-create",
        Warn,
        "a rule on `create` alone that reads `current`",
    ),
    warning("deprecated-field"),
    warning("deprecated-kind"),
    lint("duplicate-condition", Warn, "a condition twice in one rule"),
    lint(
        "every-in-grant",
        Warn,
        "a grant that holds because a list is empty",
    ),
    lint(
        "guard-without-reason",
        Warn,
        "a rule that stops an action and does not say why",
    ),
    lint(
        "malformed-suppression",
        Warn,
        "a `// lint:` comment that says nothing known",
    ),
    warning("misplaced-doc-comment"),
    lint(
        "never-applies",
        Warn,
        "a rule that does nothing, whatever the action",
    ),
    lint(
        "never-true",
        Warn,
        "a guard that applies only where a fact is unknown",
    ),
    lint(
        "pattern-matches-everything",
        Warn,
        "a regular expression or glob that every text matches",
    ),
    lint(
        "possibly-absent",
        Warn,
        "an order or arithmetic on a field that may be absent",
    ),
    lint(
        "self-comparison",
        Warn,
        "a value that is compared with itself",
    ),
    lint(
        "shadowed-rule",
        Warn,
        "a rule that changes nothing beside a stronger one",
    ),
    lint(
        "signal-without-fresh",
        Warn,
        "a signal whose readings never age",
    ),
    lint(
        "signal-without-source",
        Warn,
        "a signal that does not say where it comes from",
    ),
    lint(
        "suppression-without-reason",
        Warn,
        "a `// lint: allow` that does not say why",
    ),
    lint(
        "threshold-without-effect",
        Warn,
        "a threshold that the built-in tolerance reaches first",
    ),
    lint(
        "unbounded-grant",
        Warn,
        "a grant of everything to everybody",
    ),
    lint(
        "unknown-suppression",
        Warn,
        "a `// lint: allow` of a lint that does not exist",
    ),
    lint(
        "unreachable-threshold",
        Warn,
        "a threshold that no sum of points reaches",
    ),
    lint("untested-grant", Warn, "a grant that holds in no test"),
    lint(
        "untested-rule",
        Warn,
        "a rule that no test sees apply, or not apply",
    ),
    warning("unused-name"),
    lint(
        "unused-suppression",
        Warn,
        "a `// lint: allow` where the lint finds nothing",
    ),
    lint(
        "view-without-kind",
        Warn,
        "a guard that reads a pod template of any kind",
    ),
    lint("waiver-expired", Warn, "a waiver whose day is past"),
    lint(
        "waiver-expires",
        Warn,
        "a waiver that ends within fourteen days",
    ),
    lint(
        "waiver-forgives-nothing",
        Warn,
        "a waiver about other actions than its rule",
    ),
];

/// What finds them. Whatever the order, findings are sorted by place.
pub(super) const PASSES: &[fn(&Subject<'_>, &mut Vec<Diagnostic>)] = &[
    always_applies::run,
    current_on_create::run,
    duplicate_condition::run,
    every_in_grant::run,
    guard_without_reason::run,
    never_applies::run,
    pattern_matches_everything::run,
    possibly_absent::run,
    self_comparison::run,
    shadowed_rule::run,
    signal_without_fresh::run,
    signal_without_source::run,
    unbounded_grant::run,
    unreachable_threshold::run,
    untested_grant::run,
    untested_rule::run,
    view_without_kind::run,
    waiver_date::run,
    waiver_forgives_nothing::run,
];

/// Returns the lint of a code.
pub(super) fn find(code: &str) -> Option<&'static Lint> {
    LINTS.iter().find(|lint| lint.code == code)
}

const fn lint(code: &'static str, level: Level, says: &'static str) -> Lint {
    Lint { code, says, level }
}

/// A warning of the parser or the compiler.
const fn warning(code: &'static str) -> Lint {
    lint(code, Warn, "")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn the_table_is_in_alphabetical_order() {
        let codes: Vec<&str> = LINTS.iter().map(|lint| lint.code).collect();
        let mut sorted = codes.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(codes, sorted);
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "a test reads the source it checks"
    )]
    fn warnings(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                warnings(&path, found);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let codes = text.split("Diagnostic::warning(").skip(1);
            let codes = codes.filter_map(|rest| rest.trim_start().strip_prefix('"'));
            found.extend(codes.filter_map(|code| Some(code.split_once('"')?.0.to_owned())));
        }
    }

    #[test]
    fn every_warning_of_parser_and_compiler_has_a_level() {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut found = BTreeSet::new();
        for name in ["taffrail-syntax", "taffrail-compiler"] {
            warnings(&crates.join(name).join("src"), &mut found);
        }
        found.retain(|code| code.contains('-') && !code.contains(','));
        let missing: Vec<_> = found.iter().filter(|code| find(code).is_none()).collect();
        assert!(!found.is_empty() && missing.is_empty(), "{missing:?}");
    }
}

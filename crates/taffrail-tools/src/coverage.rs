//! What the tests of a policy set exercise: which rules, clauses, conditions and effects some test made true, false and unknown.
//!
//! A condition is covered when one test made it true and another false. What nobody can know is told apart and counts for
//! itself: not everything can be made unknown.

use taffrail_actions::Action;
use taffrail_compiler::SourceMap;
use taffrail_runtime::trace::{Outcomes, Trace};
use taffrail_syntax::{Location, SourceId};

use crate::scenario::{Suite, test_cases};

mod count;
mod marks;
mod parts;

pub use count::{Counts, Ratio};
pub use marks::{Marks, marks};

/// What tests exercise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// How many tests ran.
    pub tests: usize,
    /// The names of those that failed; what they exercised counts all the same.
    pub failed: Vec<String>,
    /// The files that have something to exercise, by name.
    pub files: Vec<FileCoverage>,
}

impl Coverage {
    /// Returns the numbers of all files together.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.files
            .iter()
            .map(FileCoverage::counts)
            .fold(Counts::default(), Counts::plus)
    }
}

/// What tests exercise of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileCoverage {
    /// The file.
    pub source: SourceId,
    /// Its name.
    pub name: String,
    /// What can be exercised in it, by place; what contains another comes before it.
    pub parts: Vec<Part>,
}

impl FileCoverage {
    /// Returns the numbers of the file.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts::of(&self.parts)
    }
}

/// Something that tests can exercise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What it is.
    pub kind: PartKind,
    /// The full name of the rule that it belongs to; `None` in a `let`.
    pub rule: Option<String>,
    /// Its place.
    pub location: Location,
    /// What tests made of it. Of an effect, `yes` says that it took place.
    pub outcomes: Outcomes,
    /// Whether its value is known while compiling, so that no test changes it.
    pub constant: bool,
    /// Whether a test is about its rule at all; always true in a `let`.
    pub reached: bool,
}

/// What tests can exercise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PartKind {
    /// A rule: whether its `on` and its conditions hold together.
    Rule,
    /// An `on`.
    On,
    /// A `when` or `unless`, as written.
    Clause,
    /// A condition inside a clause, an effect or a `let`.
    Condition,
    /// An effect.
    Effect,
}

impl PartKind {
    /// Returns the word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::On => "on",
            Self::Clause => "clause",
            Self::Condition => "condition",
            Self::Effect => "effect",
        }
    }
}

/// Truths that a part has not come to, and should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Nothing.
    Nothing,
    /// It was never true; an effect never took place.
    Yes,
    /// It was never false.
    No,
    /// It was neither true nor false.
    Both,
}

impl Part {
    /// Returns which truths are missing.
    #[must_use]
    pub fn missing(&self) -> Missing {
        let no_wanted = self.kind != PartKind::Effect;
        match (
            self.constant || self.outcomes.yes,
            self.constant || self.outcomes.no || !no_wanted,
        ) {
            (true, true) => Missing::Nothing,
            (false, true) => Missing::Yes,
            (true, false) => Missing::No,
            (false, false) => Missing::Both,
        }
    }

    /// Returns what is missing as a phrase; `None` when nothing is, or when the rule's own phrase says enough.
    #[must_use]
    pub fn remark(&self) -> Option<&'static str> {
        if !self.reached {
            return (self.kind == PartKind::Rule).then_some("no test is about this rule");
        }
        match (self.kind, self.missing()) {
            (_, Missing::Nothing) => None,
            (PartKind::Effect, _) => Some("no test has this effect"),
            (PartKind::Rule, Missing::Yes) => Some("no test makes it apply"),
            (PartKind::Rule, Missing::No) => Some("no test has it not apply"),
            (PartKind::Rule, Missing::Both) => Some("no test tells whether it applies"),
            (PartKind::On, Missing::Yes | Missing::Both) => Some("no test surely matches"),
            (PartKind::On, Missing::No) => Some("every test matches"),
            (_, Missing::Yes) => Some("never true"),
            (_, Missing::No) => Some("never false"),
            (_, Missing::Both) => Some("neither true nor false"),
        }
    }
}

/// Runs every test whose name contains the filter, and returns what they exercise. The map is that of the suite's program.
#[must_use]
pub fn coverage(suite: &Suite<'_>, map: &SourceMap, filter: Option<&str>) -> Coverage {
    let mut trace = Trace::default();
    let mut tests = 0_usize;
    let mut failed = Vec::new();
    for case in test_cases(suite.sources, suite.module) {
        let name = case.name();
        if filter.is_some_and(|filter| !name.contains(filter)) {
            continue;
        }
        tests = tests.saturating_add(1);
        if !case.run(suite).passed() {
            failed.push(name);
        }
        for action in case.actions(suite, DRAWN).unwrap_or_default() {
            trace.join(traced(suite, &action));
        }
    }
    Coverage {
        tests,
        failed,
        files: parts::files(suite, map, &trace),
    }
}

/// How many of the requests that a test draws are followed: more would only slowly exercise more.
const DRAWN: usize = 256;

/// Returns what the rules come to in the decision of an action.
pub(crate) fn traced(suite: &Suite<'_>, action: &Action) -> Trace {
    match action {
        Action::Single(request) => suite.program.decide(request).trace(),
        Action::Plan(plan) => suite.program.decide_plan(plan).trace(),
    }
}

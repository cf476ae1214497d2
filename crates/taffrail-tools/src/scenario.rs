//! Runs the tests that stand in policies.

use taffrail_actions::Action;
use taffrail_compiler::typed;
use taffrail_runtime::Program;
use taffrail_syntax::{Diagnostic, Location, SourceTable, Span, ast};

use crate::codes;

mod expect;
mod given;
mod literal;
mod names;
mod start;

pub use expect::Answer;

/// Gets the name of a test's source and a path as written there, and returns the file's bytes or why there are none.
pub type ReadFile<'s> = dyn Fn(&str, &str) -> Result<Vec<u8>, String> + 's;

/// A compiled policy set with what its tests need.
#[derive(Clone, Copy)]
pub struct Suite<'s> {
    /// The texts that the tests stand in.
    pub sources: &'s SourceTable,
    /// What they mean.
    pub module: &'s typed::Module,
    /// The program to decide with.
    pub program: &'s Program,
    /// Reads the file of `given from "file.yaml"`.
    pub read: &'s ReadFile<'s>,
}

impl std::fmt::Debug for Suite<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Suite")
            .field("module", self.module)
            .finish_non_exhaustive()
    }
}

/// What came of one test, or of one of its cases.
#[derive(Debug, Clone)]
pub struct TestResult {
    /// The module that the test stands in.
    pub module: String,
    /// The test's title.
    pub title: String,
    /// The case's label, or its number when it has none; `None` for the test's own expectations.
    pub case: Option<String>,
    /// Where the test or case stands.
    pub location: Location,
    /// What is wrong; empty when it passed.
    pub failures: Vec<Diagnostic>,
    /// The decision, unless the request could not be made.
    pub answer: Option<Answer>,
}

impl TestResult {
    /// Tells whether everything was as expected.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }

    /// Returns title and case as one name.
    #[must_use]
    pub fn name(&self) -> String {
        match &self.case {
            Some(case) => format!("{}: {} / {case}", self.module, self.title),
            None => format!("{}: {}", self.module, self.title),
        }
    }
}

/// Runs every test whose name contains the filter, in the order of the sources.
#[must_use]
pub fn run_tests(suite: &Suite<'_>, filter: Option<&str>) -> Vec<TestResult> {
    let mut results: Vec<TestResult> = suite
        .module
        .tests
        .iter()
        .flat_map(|test| run_test(suite, test))
        .filter(|result| filter.is_none_or(|filter| result.name().contains(filter)))
        .collect();
    let name = |location: Location| {
        suite
            .sources
            .get(location.source)
            .map_or_else(String::new, |source| source.name.clone())
    };
    results.sort_by_cached_key(|result| (name(result.location), result.location.span));
    results
}

fn run_test(suite: &Suite<'_>, test: &typed::Test) -> Vec<TestResult> {
    let mut results = Vec::new();
    let has_own = !test.ast.expects.is_empty();
    if has_own || test.ast.cases.is_empty() {
        let result = TestResult {
            module: test.module.clone(),
            title: test.ast.name.text.clone(),
            case: None,
            location: at(test, test.ast.name.span),
            failures: Vec::new(),
            answer: None,
        };
        results.push(run(suite, test, &[], &test.ast.expects, result));
    }
    for (number, case) in test.ast.cases.iter().enumerate() {
        let label = case.label.as_ref().map_or_else(
            || format!("case {}", number.saturating_add(1)),
            |label| label.text.clone(),
        );
        let span = case.label.as_ref().map_or(case.span, |label| label.span);
        let result = TestResult {
            module: test.module.clone(),
            title: test.ast.name.text.clone(),
            case: Some(label),
            location: at(test, span),
            failures: Vec::new(),
            answer: None,
        };
        results.push(run(suite, test, &case.entries, &case.expects, result));
    }
    results
}

fn run(
    suite: &Suite<'_>,
    test: &typed::Test,
    variation: &[ast::GivenEntry],
    expects: &[ast::Expect],
    mut result: TestResult,
) -> TestResult {
    if expects.is_empty() {
        let nothing = Diagnostic::error(
            codes::NOTHING_EXPECTED,
            result.location,
            "nothing is expected here",
        );
        result
            .failures
            .push(nothing.hint("say what should come of it: `expect propose`"));
    }
    let action = match start::action(suite, test, variation) {
        Ok(action) => action,
        Err(diagnostics) => {
            result.failures.extend(diagnostics);
            return result;
        }
    };
    let answer = match &action {
        Action::Single(request) => {
            Answer::Decision(Box::new(suite.program.decide(request).report()))
        }
        Action::Plan(plan) => Answer::Plan(Box::new(suite.program.decide_plan(plan).report())),
    };
    for expected in expects {
        let place = at(test, expected.span);
        result.failures.extend(expect::failure(
            suite, test, expected, place, &answer, &action,
        ));
    }
    // Why the decision is what it is, once for all that is not as expected.
    let unmet = |failure: &&mut Diagnostic| failure.code == codes::EXPECTATION_NOT_MET;
    if let Some(last) = result.failures.iter_mut().rfind(unmet) {
        last.hints.extend(expect::reasons(&answer));
    }
    result.answer = Some(answer);
    result
}

/// Returns the place of a span in a test's source.
fn at(test: &typed::Test, span: Span) -> Location {
    Location {
        source: test.location.source,
        span,
    }
}

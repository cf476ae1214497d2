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

/// A test, or one case of a test that has cases.
#[derive(Debug, Clone, Copy)]
pub struct TestCase<'s> {
    test: &'s typed::Test,
    /// Position and text of the case; `None` for the test's own expectations.
    case: Option<(usize, &'s ast::Case)>,
}

impl<'s> TestCase<'s> {
    /// Returns module, title and case as one name.
    #[must_use]
    pub fn name(&self) -> String {
        joined_name(&self.test.module, self.title(), self.label().as_deref())
    }

    /// Returns the test's title.
    #[must_use]
    pub fn title(&self) -> &'s str {
        &self.test.ast.name.text
    }

    /// Returns the case's label, or its number when it has none; `None` for the test's own expectations.
    #[must_use]
    pub fn label(&self) -> Option<String> {
        let (number, case) = self.case?;
        Some(case.label.as_ref().map_or_else(
            || format!("case {}", number.saturating_add(1)),
            |label| label.text.clone(),
        ))
    }

    /// Returns the place of the title or label.
    #[must_use]
    pub fn location(&self) -> Location {
        let span = match self.case {
            None => self.test.ast.name.span,
            Some((_, case)) => case.label.as_ref().map_or(case.span, |label| label.span),
        };
        at(self.test, span)
    }

    /// Returns the action that is given.
    ///
    /// # Errors
    ///
    /// What is wrong with the `given`, or with the file or test that it starts from.
    pub fn action(&self, suite: &Suite<'_>) -> Result<Action, Vec<Diagnostic>> {
        let variation = self.case.map_or(&[][..], |(_, case)| &case.entries);
        start::action(suite, self.test, variation)
    }

    /// Decides what is given and holds the decision against what is expected.
    #[must_use]
    pub fn run(&self, suite: &Suite<'_>) -> TestResult {
        let mut result = TestResult {
            module: self.test.module.clone(),
            title: self.title().to_owned(),
            case: self.label(),
            location: self.location(),
            failures: Vec::new(),
            answer: None,
        };
        let expects = self.expects();
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
        let action = match self.action(suite) {
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
            let place = at(self.test, expected.span);
            result.failures.extend(expect::failure(
                suite, self.test, expected, place, &answer, &action,
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

    fn expects(&self) -> &'s [ast::Expect] {
        match self.case {
            None => &self.test.ast.expects,
            Some((_, case)) => &case.expects,
        }
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

    /// Returns module, title and case as one name.
    #[must_use]
    pub fn name(&self) -> String {
        joined_name(&self.module, &self.title, self.case.as_deref())
    }
}

fn joined_name(module: &str, title: &str, case: Option<&str>) -> String {
    match case {
        Some(case) => format!("{module}: {title} / {case}"),
        None => format!("{module}: {title}"),
    }
}

/// Returns every test, and every case of those that have cases, in the order of the sources. They need not compile.
#[must_use]
pub fn test_cases<'s>(sources: &SourceTable, module: &'s typed::Module) -> Vec<TestCase<'s>> {
    let mut found: Vec<TestCase<'s>> = module.tests.iter().flat_map(cases_of).collect();
    let name = |location: Location| {
        sources
            .get(location.source)
            .map_or_else(String::new, |source| source.name.clone())
    };
    found.sort_by_cached_key(|case| (name(case.location()), case.location().span));
    found
}

fn cases_of(test: &typed::Test) -> impl Iterator<Item = TestCase<'_>> {
    let stands_alone = !test.ast.expects.is_empty() || test.ast.cases.is_empty();
    let itself = stands_alone.then_some(TestCase { test, case: None });
    let cases = test.ast.cases.iter().enumerate();
    itself.into_iter().chain(cases.map(move |case| TestCase {
        test,
        case: Some(case),
    }))
}

/// Runs every test whose name contains the filter, in the order of the sources.
#[must_use]
pub fn run_tests(suite: &Suite<'_>, filter: Option<&str>) -> Vec<TestResult> {
    test_cases(suite.sources, suite.module)
        .into_iter()
        .filter(|case| filter.is_none_or(|filter| case.name().contains(filter)))
        .map(|case| case.run(suite))
        .collect()
}

/// Returns the place of a span in a test's source.
fn at(test: &typed::Test, span: Span) -> Location {
    Location {
        source: test.location.source,
        span,
    }
}

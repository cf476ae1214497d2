//! Runs the tests that stand in policies.

use std::collections::BTreeMap;

use taffrail_actions::Action;
use taffrail_compiler::typed;
use taffrail_runtime::Program;
use taffrail_runtime::decision::FailedClause;
use taffrail_syntax::ast::GivenEntry;
use taffrail_syntax::{Diagnostic, Location, SourceTable, Span, Style, ast, render};

use crate::codes;

mod compare;
mod draw;
mod expect;
mod given;
mod literal;
mod names;
mod snapshot;
mod start;

use compare::Checked;
use draw::Drawing;

pub use compare::{Comparison, Reason, Row};
pub use draw::{Draws, Tried};
pub use expect::Answer;
pub use snapshot::Snapshot;

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
    draws: Draws,
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

    /// Changes how requests are drawn, for a test that draws any.
    #[must_use]
    pub fn with_draws(mut self, draws: Draws) -> Self {
        self.draws = draws;
        self
    }

    /// Returns the action that is given; of a test that draws requests, what stands beside them.
    ///
    /// # Errors
    ///
    /// What is wrong with the `given`, or with the file or test that it starts from.
    pub fn action(&self, suite: &Suite<'_>) -> Result<Action, Vec<Diagnostic>> {
        start::action(suite, self.test, [self.variation(), &[]])
    }

    /// Returns the actions that are tried: the one that is given, or up to `most` of those that are drawn.
    ///
    /// # Errors
    ///
    /// What is wrong with the `given`, or with the file or test that it starts from.
    pub fn actions(&self, suite: &Suite<'_>, most: usize) -> Result<Vec<Action>, Vec<Diagnostic>> {
        let Some(drawing) = Drawing::of(suite, self.test) else {
            return Ok(vec![self.action(suite)?]);
        };
        let make =
            |drawn: &[GivenEntry]| start::action(suite, self.test, [self.variation(), drawn]);
        let try_make = |drawn: &[GivenEntry]| make(drawn).ok();
        let picks = drawing.picks(self.draws, &self.name(), &try_make, most);
        picks.iter().map(|drawn| make(drawn)).collect()
    }

    /// Decides what is given and holds the decision against what is expected. Of a test that draws requests, all are tried, or as many
    /// as are asked for, until one fails; the result is that of the simplest one that does.
    #[must_use]
    pub fn run(&self, suite: &Suite<'_>) -> TestResult {
        let Some(drawing) = Drawing::of(suite, self.test) else {
            return self.run_one(suite, &[]);
        };
        let outcome = drawing.run(
            self.draws,
            &self.name(),
            &|drawn| start::action(suite, self.test, [self.variation(), drawn]).ok(),
            &|drawn| !self.run_one(suite, drawn).passed(),
        );
        let mut result = match &outcome.entries {
            Some(drawn) => self.run_one(suite, drawn),
            None => self.empty_result(),
        };
        result.failures.extend(outcome.trouble);
        result.tried = Some(outcome.tried);
        result
    }

    /// Decides one request, and says everything that is not as expected of it.
    fn run_one(&self, suite: &Suite<'_>, drawn: &[GivenEntry]) -> TestResult {
        let mut result = self.empty_result();
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
        let action = match start::action(suite, self.test, [self.variation(), drawn]) {
            Ok(action) => action,
            Err(diagnostics) => {
                result.failures.extend(diagnostics);
                return result;
            }
        };
        let decided = Decided::of(suite, &action);
        let answer = decided.answer();
        let mut checked = Vec::new();
        for expected in expects {
            let place = at(self.test, expected.span);
            let failure = expect::failure(suite, self.test, expected, place, &answer, &action);
            let missing = failure
                .as_ref()
                .and_then(|_| expect::missing_rule(suite, self.test, expected));
            checked.push(Checked {
                expect: expected,
                met: failure.is_none(),
                missing: missing.and_then(|rule| decided.failed_clause(rule)),
            });
            result.failures.extend(failure);
        }
        if result
            .failures
            .iter()
            .any(|failure| failure.code == codes::EXPECTATION_NOT_MET)
        {
            result.comparison = Some(compare::compare(&answer, &checked, &decided));
        }
        if let Some(expected) = expects
            .iter()
            .find(|expect| expect.kind == ast::ExpectKind::Snapshot)
        {
            let place = at(self.test, expected.span);
            if self.test.ast.any.is_some() {
                result.failures.push(snapshot::of_many(place));
            } else {
                let taken = snapshot::take(suite, self, &answer);
                result.failures.extend(taken.failure(place));
                result.snapshot = Some(taken);
            }
        }
        result.answer = Some(answer);
        result
    }

    fn empty_result(&self) -> TestResult {
        TestResult {
            module: self.test.module.clone(),
            title: self.title().to_owned(),
            case: self.label(),
            location: self.location(),
            failures: Vec::new(),
            comparison: None,
            snapshot: None,
            tried: None,
            answer: None,
        }
    }

    /// Returns the entries of the case, which lie over those of the test.
    fn variation(&self) -> &'s [GivenEntry] {
        self.case.map_or(&[][..], |(_, case)| &case.entries)
    }

    fn expects(&self) -> &'s [ast::Expect] {
        match self.case {
            None => &self.test.ast.expects,
            Some((_, case)) => &case.expects,
        }
    }
}

/// A decision before it is reported.
struct Decided<'r> {
    module: &'r typed::Module,
    made: Made<'r>,
}

enum Made<'r> {
    Action(Box<taffrail_runtime::Decision<'r>>),
    Plan(Box<taffrail_runtime::PlanDecision>),
}

impl<'r> Decided<'r> {
    fn of(suite: &Suite<'r>, action: &'r Action) -> Self {
        let made = match action {
            Action::Single(request) => Made::Action(Box::new(suite.program.decide(request))),
            Action::Plan(plan) => Made::Plan(Box::new(suite.program.decide_plan(plan))),
        };
        Self {
            module: suite.module,
            made,
        }
    }

    fn answer(&self) -> Answer {
        match &self.made {
            Made::Action(decision) => Answer::Decision(Box::new(decision.report())),
            Made::Plan(decision) => Answer::Plan(Box::new(decision.report())),
        }
    }

    /// Returns the clause that keeps a rule from applying, in the first part of a plan.
    fn failed_clause(&self, rule: &str) -> Option<FailedClause> {
        match &self.made {
            Made::Action(decision) => decision.failed_clause(rule),
            Made::Plan(decision) => decision
                .steps()
                .iter()
                .find_map(|step| step.failed_clause(rule)),
        }
    }
}

impl compare::Rules for Decided<'_> {
    fn silent_guards(&self) -> Vec<(String, FailedClause)> {
        let guards = self.module.rules.iter();
        guards
            .filter(|rule| rule.kind == ast::RuleKind::Guard)
            .filter_map(|rule| Some((rule.name.clone(), self.failed_clause(&rule.name)?)))
            .filter(|(_, clause)| clause.clause != "on")
            .collect()
    }

    fn values_read(&self, rule: &str) -> BTreeMap<String, serde_json::Value> {
        match &self.made {
            Made::Action(decision) => decision.values_read(rule),
            Made::Plan(decision) => decision
                .steps()
                .first()
                .map_or_else(BTreeMap::new, |step| step.values_read(rule)),
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
    /// What was expected beside what was decided, when they differ.
    pub comparison: Option<Comparison>,
    /// What `expect snapshot` compares.
    pub snapshot: Option<Snapshot>,
    /// What was tried of the requests that the test draws.
    pub tried: Option<Tried>,
    /// The decision, unless the request could not be made.
    pub answer: Option<Answer>,
}

impl TestResult {
    /// Returns everything that is to be said of it when it has failed, as text of several lines: what is wrong and where, what was drawn,
    /// what was expected beside what was decided.
    #[must_use]
    pub fn explanation(&self, sources: &SourceTable, style: Style) -> String {
        let mut text = String::new();
        for failure in &self.failures {
            text.push_str(&render(failure, sources, style));
            text.push('\n');
        }
        if let Some(tried) = self
            .tried
            .as_ref()
            .filter(|tried| !tried.failing.is_empty())
        {
            text.push_str(&tried.text());
            text.push('\n');
        }
        if let Some(comparison) = &self.comparison {
            text.push_str(&comparison.text());
            text.push('\n');
        }
        if let Some(snapshot) = self.snapshot.as_ref().filter(|_| !self.passed()) {
            text.push_str(&snapshot.difference());
        }
        text
    }

    /// Takes the explanation for what was reviewed: it no longer fails the test.
    pub fn accept_snapshot(&mut self) {
        self.failures
            .retain(|failure| failure.code != codes::SNAPSHOT_DIFFERS);
    }

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
    let itself = stands_alone.then_some(TestCase {
        test,
        case: None,
        draws: Draws::default(),
    });
    let cases = test.ast.cases.iter().enumerate();
    itself.into_iter().chain(cases.map(move |case| TestCase {
        test,
        case: Some(case),
        draws: Draws::default(),
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

/// Returns an error for every rule and signal that a test names and nothing declares.
#[must_use]
pub fn wrong_names(module: &typed::Module) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for test in &module.tests {
        let of_cases = test.ast.cases.iter().flat_map(|case| &case.expects);
        for expect in test.ast.expects.iter().chain(of_cases) {
            found.extend(expect::wrong_name(module, test, expect));
        }
    }
    found
}

/// Returns the place of a span in a test's source.
fn at(test: &typed::Test, span: Span) -> Location {
    Location {
        source: test.location.source,
        span,
    }
}

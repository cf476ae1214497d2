//! Tries a change: compiles the policies with it and runs the tests until one notices.

use std::collections::{BTreeMap, BTreeSet};

use taffrail_actions::Action;
use taffrail_compiler::{Options, SourceFile, SourceMap, compile_parsed, typed};
use taffrail_runtime::Program;
use taffrail_runtime::program::{ProgramData, Rule, RuleBody};
use taffrail_syntax::{Location, SourceTable, ast, parse};

use super::Mutant;
use crate::coverage::traced;
use crate::scenario::{Answer, Suite, TestCase, TestResult, test_cases};

/// Reads the file of `given from "file.yaml"`, as for a [`Suite`], from several threads.
type Read<'s> = dyn Fn(&str, &str) -> Result<Vec<u8>, String> + Sync + 's;

/// What came of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// A test noticed: its name.
    Noticed(String),
    /// No test noticed.
    Survived,
    /// No decision can differ: the rules are the same, or only what the ledger keeps count by is another.
    Equivalent,
    /// The policies do not compile with it.
    Invalid,
}

/// A policy set, ready to be changed.
pub struct Trial<'s> {
    sources: &'s SourceTable,
    module: &'s typed::Module,
    program: &'s Program,
    read: &'s Read<'s>,
    options: Options,
    /// The files without their tests.
    files: Vec<SourceFile>,
    tests: Vec<Tested<'s>>,
}

/// A test, and what it came to without a change.
struct Tested<'s> {
    case: TestCase<'s>,
    action: Action,
    answer: Answer,
    /// The places of the rules that are or may be about its action.
    rules: BTreeSet<Location>,
}

impl std::fmt::Debug for Trial<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Trial")
            .field("tests", &self.tests.len())
            .finish_non_exhaustive()
    }
}

impl<'s> Trial<'s> {
    /// Runs every test once without a change.
    ///
    /// # Errors
    ///
    /// The tests that fail: they would fail with every change, too.
    pub fn new(
        suite: Suite<'s>,
        map: &SourceMap,
        read: &'s Read<'s>,
        options: &Options,
    ) -> Result<Self, Vec<TestResult>> {
        let mut tests = Vec::new();
        let mut failing = Vec::new();
        for case in test_cases(suite.sources, suite.module) {
            let result = case.run(&suite);
            match (case.action(&suite), result.answer.clone()) {
                (Ok(action), Some(answer)) if result.passed() => {
                    let rules = reached(&suite, map, &action);
                    tests.push(Tested {
                        case,
                        action,
                        answer,
                        rules,
                    });
                }
                _ => failing.push(result),
            }
        }
        if !failing.is_empty() {
            return Err(failing);
        }
        let files = suite
            .sources
            .iter()
            .map(|(source, text)| SourceFile {
                source,
                ast: without_tests(parse(source, &text.text).file),
            })
            .collect();
        let mut options = options.clone();
        // The module is that of the newest version; the others only check.
        options.versions = options.versions.iter().copied().max().into_iter().collect();
        Ok(Self {
            sources: suite.sources,
            module: suite.module,
            program: suite.program,
            read,
            options,
            files,
            tests,
        })
    }

    /// Returns how many tests there are.
    #[must_use]
    pub fn tests(&self) -> usize {
        self.tests.len()
    }

    /// Tells whether a test notices a change.
    #[must_use]
    pub fn judge(&self, mutant: &Mutant) -> Judgement {
        let Some(mut data) = self.compile(mutant) else {
            return Judgement::Invalid;
        };
        let original = self.program.data();
        if decides_alike(original, &data) {
            return Judgement::Equivalent;
        }
        // Every change has another digest, which is nothing that a test is about.
        data.digest.clone_from(&original.digest);
        let Ok(program) = Program::new(data) else {
            return Judgement::Invalid;
        };
        match self.noticed_by(mutant, &program) {
            Some(test) => Judgement::Noticed(test.case.name()),
            None => Judgement::Survived,
        }
    }

    fn compile(&self, mutant: &Mutant) -> Option<ProgramData> {
        let mut sources = SourceTable::default();
        let mut files = Vec::with_capacity(self.files.len());
        for ((source, text), file) in self.sources.iter().zip(&self.files) {
            if source == mutant.location.source {
                let changed = mutant.apply(&text.text)?;
                let parsed = parse(source, &changed);
                if parsed
                    .diagnostics
                    .iter()
                    .any(taffrail_syntax::Diagnostic::is_error)
                {
                    return None;
                }
                files.push(SourceFile {
                    source,
                    ast: without_tests(parsed.file),
                });
                sources.add(text.name.as_str(), changed);
            } else {
                files.push(file.clone());
                sources.add(text.name.as_str(), text.text.as_str());
            }
        }
        compile_parsed(&sources, &self.options, &files).program
    }

    /// Returns the first test that notices; those that its rule is about go first, for they are the likeliest.
    fn noticed_by(&self, mutant: &Mutant, program: &Program) -> Option<&Tested<'s>> {
        let about = |test: &&Tested<'_>| match &mutant.rule {
            Some(rule) => test.rules.contains(rule),
            None => true,
        };
        let first = self.tests.iter().filter(about);
        // A rule that is not about an action has no part in its decision, whatever else it says.
        let others = self
            .tests
            .iter()
            .filter(|test| mutant.widens && !about(test));
        first.chain(others).find(|test| self.notices(test, program))
    }

    fn notices(&self, test: &Tested<'_>, program: &Program) -> bool {
        if is_same(&answer(program, &test.action), &test.answer) {
            return false;
        }
        let suite = Suite {
            sources: self.sources,
            module: self.module,
            program,
            read: &|source, path| (self.read)(source, path),
        };
        !test.case.run(&suite).passed()
    }
}

fn is_same(a: &Answer, b: &Answer) -> bool {
    match (a, b) {
        (Answer::Decision(a), Answer::Decision(b)) => a == b,
        (Answer::Plan(a), Answer::Plan(b)) => a == b,
        (Answer::Decision(_), Answer::Plan(_)) | (Answer::Plan(_), Answer::Decision(_)) => false,
    }
}

fn answer(program: &Program, action: &Action) -> Answer {
    match action {
        Action::Single(request) => Answer::Decision(Box::new(program.decide(request).report())),
        Action::Plan(plan) => Answer::Plan(Box::new(program.decide_plan(plan).report())),
    }
}

/// Returns the places of the rules that are or may be about an action.
fn reached(suite: &Suite<'_>, map: &SourceMap, action: &Action) -> BTreeSet<Location> {
    let trace = traced(suite, action);
    trace
        .rules
        .iter()
        .zip(&map.rules)
        .filter(|(rule, _)| rule.on.yes || rule.on.unknown)
        .map(|(_, location)| *location)
        .collect()
}

fn without_tests(mut file: ast::File) -> ast::File {
    file.items
        .retain(|item| !matches!(item.kind, ast::ItemKind::Test(_)));
    file
}

/// Tells whether two programs come to the same in every decision: all is equal but texts, and what only the ledger reads.
fn decides_alike(a: &ProgramData, b: &ProgramData) -> bool {
    let signals = |data: &ProgramData| -> BTreeMap<String, Option<jiff::SignedDuration>> {
        data.signals
            .iter()
            .map(|signal| (signal.name.clone(), signal.fresh))
            .collect()
    };
    a.settings == b.settings
        && a.slots == b.slots
        && a.patterns == b.patterns
        && a.exprs == b.exprs
        && a.layouts == b.layouts
        && signals(a) == signals(b)
        && a.rules.len() == b.rules.len()
        && a.rules
            .iter()
            .zip(&b.rules)
            .all(|(a, b)| decide_alike(a, b))
}

fn decide_alike(a: &Rule, b: &Rule) -> bool {
    let conditions = |rule: &Rule| -> Vec<_> { rule.conditions.iter().map(|c| c.expr).collect() };
    a.name == b.name
        && a.on == b.on
        && conditions(a) == conditions(b)
        && without_ledger(&a.body) == without_ledger(&b.body)
}

/// Returns what a rule does, without the windows and counts by which the ledger keeps its facts.
fn without_ledger(body: &RuleBody) -> RuleBody {
    let mut body = body.clone();
    match &mut body {
        RuleBody::Budget { per, .. } => *per = jiff::SignedDuration::ZERO,
        RuleBody::Breaker {
            failures,
            within,
            hold,
            ..
        } => {
            *failures = 0;
            *within = jiff::SignedDuration::ZERO;
            *hold = jiff::SignedDuration::ZERO;
        }
        RuleBody::Grant
        | RuleBody::Guard { .. }
        | RuleBody::Tolerance { .. }
        | RuleBody::Waiver { .. } => {}
    }
    body
}

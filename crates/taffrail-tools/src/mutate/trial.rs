//! Tries a change: compiles the policies with it and runs the tests until one notices.

use std::collections::{BTreeMap, BTreeSet};

use taffrail_actions::Action;
use taffrail_compiler::{Options, SourceFile, SourceMap, compile_parsed, typed};
use taffrail_runtime::Program;
use taffrail_runtime::program::{ProgramData, Rule, RuleBody};
use taffrail_syntax::{Diagnostic, Location, SourceId, SourceTable, Span, ast, parse};

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
    /// The texts and files without their tests: most of the text, and nothing that a change of it would touch.
    texts: Vec<String>,
    files: Vec<SourceFile>,
    tests: Vec<Tested<'s>>,
}

/// A test, and what it came to without a change.
struct Tested<'s> {
    case: TestCase<'s>,
    /// `None` for a test of more than one action: it is run anew each time.
    single: Option<Single>,
}

/// A test of one action, without a change.
struct Single {
    action: Action,
    answer: Answer,
    /// The places of the rules that are or may be about the action.
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
            if !result.passed() {
                failing.push(result);
                continue;
            }
            // Of a test that draws requests there is no single answer.
            let answer = result.answer.filter(|_| result.tried.is_none());
            let single = answer.and_then(|answer| {
                let action = case.action(&suite).ok()?;
                let rules = reached(&suite, map, &action);
                Some(Single {
                    action,
                    answer,
                    rules,
                })
            });
            tests.push(Tested { case, single });
        }
        if !failing.is_empty() {
            return Err(failing);
        }
        let (texts, files) = suite
            .sources
            .iter()
            .map(|(source, text)| without_tests(source, &text.text))
            .unzip();
        let mut options = options.clone();
        // The module is that of the newest version; the others only check.
        options.versions = options.versions.iter().copied().max().into_iter().collect();
        Ok(Self {
            sources: suite.sources,
            module: suite.module,
            program: suite.program,
            read,
            options,
            texts,
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
        let names = self.sources.iter().map(|(_, source)| source.name.as_str());
        for ((name, text), file) in names.zip(&self.texts).zip(&self.files) {
            if file.source != mutant.location.source {
                files.push(file.clone());
                sources.add(name, text.as_str());
                continue;
            }
            let changed = with_the_same_lines(mutant, text).apply(text)?;
            let parsed = parse(file.source, &changed);
            if parsed.diagnostics.iter().any(Diagnostic::is_error) {
                return None;
            }
            files.push(SourceFile {
                source: file.source,
                ast: parsed.file,
            });
            sources.add(name, changed);
        }
        compile_parsed(&sources, &self.options, &files).program
    }

    /// Returns the first test that notices; those that its rule is about go first, for they are the likeliest.
    fn noticed_by(&self, mutant: &Mutant, program: &Program) -> Option<&Tested<'s>> {
        let about = |test: &&Tested<'_>| match (&mutant.rule, &test.single) {
            (Some(rule), Some(single)) => single.rules.contains(rule),
            (None, _) | (_, None) => true,
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
        if let Some(single) = &test.single
            && is_same(&answer(program, &single.action), &single.answer)
        {
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

/// Returns the change with as many lines as what it replaces: that rules further down stand elsewhere is nothing to notice.
fn with_the_same_lines(mutant: &Mutant, text: &str) -> Mutant {
    let Span { start, end } = mutant.location.span;
    let old = text.get(start as usize..end as usize).unwrap_or_default();
    let count = |text: &str| text.matches('\n').count();
    let missing = count(old).saturating_sub(count(&mutant.replacement));
    let mut same = mutant.clone();
    same.replacement.push_str(&"\n".repeat(missing));
    same
}

/// Returns a text with blanks where its tests stand, so that every place stays where it is, and its tree.
fn without_tests(source: SourceId, text: &str) -> (String, SourceFile) {
    let mut ast = parse(source, text).file;
    let mut rest = 0_usize;
    let mut without = String::with_capacity(text.len());
    for item in &ast.items {
        if matches!(item.kind, ast::ItemKind::Test(_)) {
            let (start, end) = (item.span.start as usize, item.span.end as usize);
            without.push_str(text.get(rest..start).unwrap_or_default());
            let test = text.get(start..end).unwrap_or_default();
            without.extend(test.bytes().map(|byte| match byte {
                b'\n' => '\n',
                _ => ' ',
            }));
            rest = end;
        }
    }
    without.push_str(text.get(rest..).unwrap_or_default());
    ast.items
        .retain(|item| !matches!(item.kind, ast::ItemKind::Test(_)));
    (without, SourceFile { source, ast })
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

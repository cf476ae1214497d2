//! Running a law: how many cases, from which seed, and what is shown when one fails.

use std::collections::BTreeSet;
use std::fmt::Debug;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use taffrail_compiler::{Options, compile};
use taffrail_runtime::Program;
use taffrail_runtime::decision::Report;
use taffrail_runtime::program::Settings;
use taffrail_syntax::{SourceTable, ast, parse};

use crate::generate::PolicySet;

/// How many requests meet each policy set.
pub(crate) const REQUESTS: usize = 20;

/// Decisions that each law is tried on, unless `TAFFRAIL_LAWS_CASES` says otherwise.
const CASES: usize = 10_000;

/// The seed, unless `TAFFRAIL_LAWS_SEED` says otherwise: the same cases every time.
const SEED: u64 = 2026;

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("`{variable}` is not a number: `{text}`")),
    )
}

fn runner(cases: usize, seed: u64, shrink: u32) -> TestRunner {
    let config = Config {
        cases: u32::try_from(cases).unwrap(),
        failure_persistence: None,
        max_shrink_iters: shrink,
        ..Config::default()
    };
    let bytes: Vec<u8> = seed.to_le_bytes().into_iter().cycle().take(32).collect();
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

/// Returns some values of a strategy, the same ones every time.
pub(crate) fn sample<S: Strategy>(strategy: S, count: usize) -> Vec<S::Value> {
    let mut runner = runner(count, SEED, 0);
    (0..count)
        .map(|_| strategy.new_tree(&mut runner).unwrap().current())
        .collect()
}

/// Tries a law on policy sets with requests, and shows the smallest case that breaks it.
pub(crate) fn law<S: Strategy>(
    name: &str,
    cases: S,
    holds: impl Fn(&S::Value) -> Result<(), String>,
) where
    S::Value: Debug,
{
    try_law(name, wanted(), 600, cases, holds);
}

/// As [`law`], for one that takes ten times longer: with a tenth of the decisions.
pub(crate) fn slow_law<S: Strategy>(
    name: &str,
    cases: S,
    holds: impl Fn(&S::Value) -> Result<(), String>,
) where
    S::Value: Debug,
{
    try_law(name, wanted().div_ceil(10), 20, cases, holds);
}

fn wanted() -> usize {
    number("TAFFRAIL_LAWS_CASES").map_or(CASES, |cases| usize::try_from(cases).unwrap())
}

fn try_law<S: Strategy>(
    name: &str,
    wanted: usize,
    shrink: u32,
    cases: S,
    holds: impl Fn(&S::Value) -> Result<(), String>,
) where
    S::Value: Debug,
{
    let seed = number("TAFFRAIL_LAWS_SEED").unwrap_or(SEED);
    let sets = wanted.div_ceil(REQUESTS);
    println!("{name}: {wanted} decisions, TAFFRAIL_LAWS_SEED={seed}");
    let mut runner = runner(sets, seed, shrink);
    match runner.run(&cases, |case| holds(&case).map_err(TestCaseError::fail)) {
        Ok(()) => {}
        Err(TestError::Fail(reason, case)) => {
            panic!("{name}: {reason}\n{case:?}\nTAFFRAIL_LAWS_SEED={seed}")
        }
        Err(TestError::Abort(reason)) => panic!("{name} was given up: {reason}"),
    }
}

/// A compiled policy set beside its trees.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) program: Program,
    pub(crate) files: Vec<ast::File>,
}

/// Compiles a generated set.
pub(crate) fn compiled(set: &PolicySet, settings: &Settings) -> Result<Compiled, String> {
    let mut sources = SourceTable::default();
    let mut files = Vec::new();
    for file in &set.files {
        let text = file.text();
        let id = sources.add(file.name, text.clone());
        files.push(parse(id, &text).file);
    }
    let options = Options {
        settings: *settings,
        ..Options::default()
    };
    let compiled = compile(&sources, &options);
    let errors: Vec<String> = compiled
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.is_error())
        .map(|diagnostic| {
            let written = diagnostic.labels.first().and_then(|label| {
                let source = sources.get(label.location.source)?;
                Some(source.slice(label.location.span).to_owned())
            });
            format!(
                "{}: {} ({:?}) {written:?}",
                diagnostic.code, diagnostic.message, diagnostic.hints
            )
        })
        .collect();
    if !errors.is_empty() {
        return Err(format!("the set does not compile:\n{}", errors.join("\n")));
    }
    let data = compiled.program.ok_or("no program and no error")?;
    let program = Program::new(data).map_err(|error| error.to_string())?;
    Ok(Compiled { program, files })
}

/// Returns the lines in which two reports differ.
pub(crate) fn difference(one: &Report, other: &Report) -> String {
    let (one, other) = (format!("{one:#?}"), format!("{other:#?}"));
    let lines = |from: &str, not_in: &str, sign: &str| {
        let other: BTreeSet<&str> = not_in.lines().collect();
        let only = from.lines().filter(|line| !other.contains(line));
        only.map(|line| format!("{sign} {line}\n"))
            .collect::<String>()
    };
    lines(&one, &other, "-") + &lines(&other, &one, "+")
}

//! Property tests: the requests of `for any { … }`, tried one after the other, and the simplest one that fails.

use proptest::prelude::*;
use proptest::strategy::Union;
use proptest::test_runner::{
    Config, RngAlgorithm, RngSeed, TestCaseError, TestError, TestRng, TestRunner,
};
use taffrail_actions::Action;
use taffrail_compiler::typed;
use taffrail_runtime::Program;
use taffrail_runtime::decision::TruthReport;
use taffrail_syntax::ast::{
    Domain, DomainValues, Expr, ExprKind, GivenEntry, GivenValue, GivenValueKind, Text, UnaryOp,
};
use taffrail_syntax::{Diagnostic, Location};

use crate::codes;
use crate::scenario::{Suite, at};

/// How requests are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draws {
    /// How many requests are tried of a test that has more than [`Draws::EXHAUSTIVE`].
    pub cases: u32,
    /// Where the drawing begins: the same number draws the same requests.
    pub seed: u64,
}

impl Draws {
    /// Up to so many requests, all are tried and none is drawn.
    pub const EXHAUSTIVE: u64 = 1_000;
}

impl Default for Draws {
    fn default() -> Self {
        Self {
            cases: 256,
            seed: 0,
        }
    }
}

/// What a property test has tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// How many requests were tried.
    pub cases: u64,
    /// Whether these are all that there are.
    pub all: bool,
    /// What was drawn in the simplest request that failed: paths and values as written; empty when none did.
    pub failing: Vec<(String, String)>,
}

impl Tried {
    /// Returns the simplest request that fails, and how many were tried on the way, as text of several lines.
    #[must_use]
    pub fn text(&self) -> String {
        let noun = if self.cases == 1 {
            "request"
        } else {
            "requests"
        };
        let mut text = format!(
            "    after {} {noun}, the simplest that fails:\n",
            self.cases
        );
        for (path, value) in &self.failing {
            text.push_str(&format!("      {path}: {value}\n"));
        }
        text
    }
}

/// How often a request may be drawn that the conditions do not want, for each that they do.
const REJECTS_PER_CASE: u32 = 50;

/// How many simpler requests are tried once one has failed.
const SHRINKS: u32 = 4_096;

/// A request that was picked: for each domain, the position of its value.
type Pick = Vec<u64>;

/// What is drawn, and what of it is tried.
pub(super) struct Drawing<'d> {
    test: &'d typed::Test,
    domains: &'d [Domain],
    condition: Option<(Program, &'d str)>,
}

/// How the trying of requests ended.
pub(super) struct Outcome {
    pub(super) tried: Tried,
    /// The entries of the simplest request that fails, or of the last one that was tried.
    pub(super) entries: Option<Vec<GivenEntry>>,
    /// What is wrong with the drawing itself.
    pub(super) trouble: Option<Diagnostic>,
}

impl<'d> Drawing<'d> {
    /// Returns what a test draws; `None` when it gives a single request.
    pub(super) fn of(suite: &Suite<'d>, test: &'d typed::Test) -> Option<Self> {
        let any = test.ast.any.as_ref()?;
        let condition = test.condition.as_deref().and_then(|name| {
            let data = suite.module.conditions.clone()?;
            Some((Program::new(data).ok()?, name))
        });
        Some(Self {
            test,
            domains: &any.domains,
            condition,
        })
    }

    /// Tries requests until one fails, and then simpler ones. `fails` tells what comes of the entries that are drawn.
    pub(super) fn run(
        &self,
        draws: Draws,
        name: &str,
        action: &dyn Fn(&[GivenEntry]) -> Option<Action>,
        fails: &dyn Fn(&[GivenEntry]) -> bool,
    ) -> Outcome {
        let sizes: Vec<u64> = self.domains.iter().map(size).collect();
        let all = sizes
            .iter()
            .try_fold(1_u64, |all, size| all.checked_mul(*size));
        let is_tried = |pick: &Pick| {
            let entries = self.entries(pick);
            (self.wants(action(&entries).as_ref())).then_some(entries)
        };
        match all.filter(|all| *all <= Draws::EXHAUSTIVE) {
            Some(all) => self.try_all(all, &sizes, &is_tried, fails),
            None => self.try_some(draws, name, &sizes, &is_tried, fails),
        }
    }

    /// Returns up to `most` requests that are tried, for those who ask what tests exercise.
    pub(super) fn picks(
        &self,
        draws: Draws,
        name: &str,
        action: &dyn Fn(&[GivenEntry]) -> Option<Action>,
        most: usize,
    ) -> Vec<Vec<GivenEntry>> {
        let found = std::cell::RefCell::new(Vec::new());
        let keep = |entries: &[GivenEntry]| {
            let mut found = found.borrow_mut();
            found.push(entries.to_vec());
            found.len() >= most
        };
        self.run(draws, name, action, &keep);
        let mut found = found.into_inner();
        found.truncate(most);
        found
    }

    fn try_all(
        &self,
        all: u64,
        sizes: &[u64],
        is_tried: &dyn Fn(&Pick) -> Option<Vec<GivenEntry>>,
        fails: &dyn Fn(&[GivenEntry]) -> bool,
    ) -> Outcome {
        let mut tried = 0;
        let mut last = None;
        for number in 0..all {
            let pick = nth(number, sizes);
            let Some(entries) = is_tried(&pick) else {
                continue;
            };
            tried += 1;
            if fails(&entries) {
                return self.outcome(tried, false, &pick, Some(entries), true);
            }
            last = Some((pick, entries));
        }
        match last {
            Some((pick, entries)) => self.outcome(tried, true, &pick, Some(entries), false),
            None => self.nothing_tried(),
        }
    }

    fn try_some(
        &self,
        draws: Draws,
        name: &str,
        sizes: &[u64],
        is_tried: &dyn Fn(&Pick) -> Option<Vec<GivenEntry>>,
        fails: &dyn Fn(&[GivenEntry]) -> bool,
    ) -> Outcome {
        let config = Config {
            cases: draws.cases.max(1),
            max_global_rejects: draws.cases.max(1).saturating_mul(REJECTS_PER_CASE),
            // Simplified below, again and again over all that is drawn.
            max_shrink_iters: 0,
            failure_persistence: None,
            rng_seed: RngSeed::Fixed(draws.seed),
            ..Config::default()
        };
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed(draws.seed, name));
        let mut runner = TestRunner::new_with_rng(config, rng);
        let strategy: Vec<_> = sizes.iter().map(|size| position(*size)).collect();
        let count = std::cell::Cell::new(0_u64);
        let last = std::cell::RefCell::new(None);
        let result = runner.run(&strategy, |pick| {
            let Some(entries) = is_tried(&pick) else {
                return Err(TestCaseError::reject("the conditions do not want it"));
            };
            if fails(&entries) {
                return Err(TestCaseError::fail("it fails"));
            }
            count.set(count.get() + 1);
            *last.borrow_mut() = Some((pick, entries));
            Ok(())
        });
        match (result, last.into_inner()) {
            (Err(TestError::Fail(_, pick)), _) => {
                let still_fails =
                    |pick: &Pick| is_tried(pick).is_some_and(|entries| fails(&entries));
                let pick = simplest(pick, &still_fails);
                let entries = self.entries(&pick);
                self.outcome(count.get() + 1, false, &pick, Some(entries), true)
            }
            (Ok(()), Some((pick, entries))) => {
                self.outcome(count.get(), false, &pick, Some(entries), false)
            }
            (Err(TestError::Abort(_)), Some(_)) => self.too_few(count.get()),
            (Ok(()) | Err(TestError::Abort(_)), _) => self.nothing_tried(),
        }
    }

    fn outcome(
        &self,
        cases: u64,
        all: bool,
        pick: &Pick,
        entries: Option<Vec<GivenEntry>>,
        failed: bool,
    ) -> Outcome {
        let drawn = self.domains.iter().zip(pick);
        let shown = drawn.map(|(domain, at)| (path(domain), show(&value(domain, *at))));
        Outcome {
            tried: Tried {
                cases,
                all,
                failing: if failed { shown.collect() } else { Vec::new() },
            },
            entries,
            trouble: None,
        }
    }

    fn nothing_tried(&self) -> Outcome {
        self.trouble(0, "no request that is drawn satisfies the conditions")
    }

    fn too_few(&self, cases: u64) -> Outcome {
        let message = format!(
            "only {cases} of the requests that were drawn satisfy the conditions, too few to go on"
        );
        self.trouble(cases, &message)
    }

    fn trouble(&self, cases: u64, message: &str) -> Outcome {
        let place = self.test.ast.conditions.first().map_or_else(
            || self.location(self.test.ast.name.span),
            |condition| self.location(condition.span),
        );
        let trouble = Diagnostic::error(codes::TOO_FEW_CASES, place, message)
            .hint("narrow the ranges to what the conditions want");
        Outcome {
            tried: Tried {
                cases,
                all: false,
                failing: Vec::new(),
            },
            entries: None,
            trouble: Some(trouble),
        }
    }

    fn location(&self, span: taffrail_syntax::Span) -> Location {
        at(self.test, span)
    }

    /// Tells whether the conditions surely hold for an action. One that cannot be made is tried, so that it is reported.
    fn wants(&self, action: Option<&Action>) -> bool {
        let (Some((program, name)), Some(action)) = (&self.condition, action) else {
            return true;
        };
        action.requests().iter().all(|request| {
            let report = program.decide(request).report();
            report
                .contributions
                .iter()
                .any(|found| found.rule == *name && found.truth == TruthReport::True)
        })
    }

    /// Returns what is drawn as entries of a `given`.
    fn entries(&self, pick: &Pick) -> Vec<GivenEntry> {
        let mut entries: Vec<GivenEntry> = Vec::new();
        for (domain, at) in self.domains.iter().zip(pick) {
            put(&mut entries, &domain.path, value(domain, *at));
        }
        entries
    }
}

/// Brings every position as near to the first as it goes while the request still fails, over and over until none moves.
fn simplest(mut pick: Pick, still_fails: &dyn Fn(&Pick) -> bool) -> Pick {
    let mut left = SHRINKS;
    let mut moved = true;
    while moved {
        moved = false;
        for at in 0..pick.len() {
            // The first position, then ever smaller steps back from where it is.
            let mut step = pick.get(at).copied().unwrap_or(0);
            while step > 0 && left > 0 {
                left -= 1;
                let mut simpler = pick.clone();
                if let Some(position) = simpler.get_mut(at) {
                    *position = position.saturating_sub(step);
                }
                if still_fails(&simpler) {
                    pick = simpler;
                    moved = true;
                    step = step.min(pick.get(at).copied().unwrap_or(0));
                } else {
                    step /= 2;
                }
            }
        }
    }
    pick
}

/// Puts a value where a path leads, below what other domains have put there.
fn put(entries: &mut Vec<GivenEntry>, path: &[Text], value: GivenValue) {
    let Some((first, rest)) = path.split_first() else {
        return;
    };
    let at = entries
        .iter()
        .position(|entry| entry.key.text == first.text);
    if rest.is_empty() {
        entries.push(GivenEntry {
            key: first.clone(),
            value,
        });
        return;
    }
    let entry = match at.and_then(|at| entries.get_mut(at)) {
        Some(entry) => entry,
        None => {
            entries.push(GivenEntry {
                key: first.clone(),
                value: GivenValue {
                    kind: GivenValueKind::Map(Vec::new()),
                    span: value.span,
                },
            });
            match entries.last_mut() {
                Some(entry) => entry,
                None => return,
            }
        }
    };
    if let GivenValueKind::Map(below) = &mut entry.value.kind {
        put(below, rest, value);
    }
}

fn size(domain: &Domain) -> u64 {
    match &domain.values {
        DomainValues::Range { from, to, .. } => to.abs_diff(*from).saturating_add(1),
        DomainValues::List(values) => values.len() as u64,
    }
}

/// Returns the value at a position: the lowest number and the first item come first.
fn value(domain: &Domain, at: u64) -> GivenValue {
    match &domain.values {
        DomainValues::List(values) => values
            .get(usize::try_from(at).unwrap_or(usize::MAX))
            .cloned()
            .unwrap_or(GivenValue {
                kind: GivenValueKind::Word("unknown".to_owned()),
                span: domain.span,
            }),
        DomainValues::Range { from, span, .. } => {
            let number = from.saturating_add_unsigned(at);
            let digits = Expr {
                kind: ExprKind::Number {
                    digits: number.unsigned_abs().to_string(),
                    suffix: String::new(),
                },
                span: *span,
            };
            let literal = if number < 0 {
                Expr {
                    kind: ExprKind::Unary(UnaryOp::Neg, Box::new(digits)),
                    span: *span,
                }
            } else {
                digits
            };
            GivenValue {
                kind: GivenValueKind::Literal(literal),
                span: *span,
            }
        }
    }
}

/// Draws a position, the first and the last one more often: that is where mistakes are.
fn position(size: u64) -> BoxedStrategy<u64> {
    let last = size.saturating_sub(1);
    Union::new_weighted(vec![
        (6, (0..=last).boxed()),
        (1, Just(0).boxed()),
        (1, Just(last).boxed()),
    ])
    .boxed()
}

/// Returns the number-th pick of all, the last domain turning fastest.
fn nth(number: u64, sizes: &[u64]) -> Pick {
    let mut rest = number;
    let mut pick: Pick = sizes
        .iter()
        .rev()
        .map(|size| {
            let size = (*size).max(1);
            let at = rest % size;
            rest /= size;
            at
        })
        .collect();
    pick.reverse();
    pick
}

/// Returns 32 bytes that differ from test to test.
fn seed(seed: u64, name: &str) -> [u8; 32] {
    // FNV-1a, four times over with another beginning: spread is wanted here, not secrecy.
    let mut bytes = [0; 32];
    for (part, chunk) in bytes.chunks_mut(8).enumerate() {
        let start = 0xcbf2_9ce4_8422_2325_u64 ^ seed ^ (part as u64);
        let hash = name.bytes().fold(start, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        chunk.copy_from_slice(&hash.to_le_bytes());
    }
    bytes
}

fn path(domain: &Domain) -> String {
    let mut shown = String::new();
    for key in &domain.path {
        let plain = |character: char| character.is_ascii_alphanumeric() || character == '_';
        if key.text.chars().all(plain) {
            if !shown.is_empty() {
                shown.push('.');
            }
            shown.push_str(&key.text);
        } else {
            shown.push_str(&format!("[{:?}]", key.text));
        }
    }
    shown
}

/// Returns a value as it is written.
fn show(value: &GivenValue) -> String {
    match &value.kind {
        GivenValueKind::Literal(expr) => show_literal(expr),
        GivenValueKind::Word(word) => word.clone(),
        GivenValueKind::Named { kind, name } => {
            let group = kind.group.as_ref().map(|group| format!("{group}/"));
            let version = kind.version.as_ref().map(|version| format!("{version}/"));
            format!(
                "{}{}{} {:?}",
                group.unwrap_or_default(),
                version.unwrap_or_default(),
                kind.kind.text,
                name.text
            )
        }
        GivenValueKind::List(items) => {
            let items: Vec<String> = items.iter().map(show).collect();
            format!("[{}]", items.join(", "))
        }
        GivenValueKind::Map(entries) => {
            let entries = entries.iter();
            let entries: Vec<String> = entries
                .map(|entry| format!("{}: {}", entry.key.text, show(&entry.value)))
                .collect();
            format!("{{ {} }}", entries.join(", "))
        }
        GivenValueKind::Observed { value, ago } => {
            format!("{} observed {} ago", show(value), show_literal(ago))
        }
    }
}

fn show_literal(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Bool(value) => value.to_string(),
        ExprKind::String(text) => format!("{text:?}"),
        ExprKind::Number { digits, suffix } => format!("{digits}{suffix}"),
        ExprKind::Duration(text) | ExprKind::Time(text) => text.clone(),
        ExprKind::Unary(UnaryOp::Neg, inner) => format!("-{}", show_literal(inner)),
        _ => "…".to_owned(),
    }
}

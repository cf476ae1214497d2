//! What the tests of both sets say: every request that one of them gives is decided by both sets.

use std::collections::BTreeSet;

use taffrail_actions::Action;
use taffrail_runtime::decision::Verdict;
use taffrail_runtime::program::RuleBody;
use taffrail_runtime::request::{BreakerFact, BreakerState, LedgerKey, Request, Usage};
use taffrail_runtime::{Decimal, Program};

use crate::judge::{Judged, above, because, missing, objections, released};
use crate::scenario::test_cases;

use super::Set;

/// A request of a test on which the sets do not agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The test's name.
    pub test: String,
    /// Whose test it is.
    pub of: TestsOf,
    /// Its file.
    pub file: String,
    /// Its line there, from 1.
    pub line: u32,
    /// The verdict of the old set.
    pub before: Verdict,
    /// The verdict of the new set.
    pub now: Verdict,
    /// The risk under the old set.
    pub risk_before: u8,
    /// The risk under the new set.
    pub risk_now: u8,
    /// The rules that make the difference to the verdict, each with its reason.
    pub reasons: Vec<String>,
}

/// Which set a test stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TestsOf {
    /// The old one.
    Old,
    /// The new one.
    New,
    /// Both, with the same request.
    Both,
}

impl TestsOf {
    /// Returns its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Old => "old",
            Self::New => "new",
            Self::Both => "both",
        }
    }
}

/// A request that a test gives.
struct Given {
    test: String,
    of: TestsOf,
    file: String,
    line: u32,
    action: Action,
}

/// Returns where the sets differ in the verdict or the risk, in the order of the tests, and how many requests were decided.
pub(super) fn evidence(old: &Set<'_>, new: &Set<'_>) -> (Vec<Evidence>, usize) {
    let mut given = given(new, TestsOf::New);
    for before in self::given(old, TestsOf::Old) {
        let same = |found: &&mut Given| found.test == before.test && found.action == before.action;
        match given.iter_mut().find(same) {
            Some(found) => found.of = TestsOf::Both,
            None => given.push(before),
        }
    }
    let n_decided = given.len();
    let differing = given
        .into_iter()
        .filter_map(|given| differs(old, new, given));
    (differing.collect(), n_decided)
}

/// How many of the requests that a test draws are decided.
const DRAWN: usize = 64;

fn given(set: &Set<'_>, of: TestsOf) -> Vec<Given> {
    let suite = &set.suite;
    let cases = test_cases(suite.sources, suite.module);
    let mut given = Vec::new();
    for case in &cases {
        let location = case.location();
        let Some(source) = set.shown.get(location.source) else {
            continue;
        };
        // A test whose request cannot be made is for `taffrail test` to report.
        let actions = case.actions(suite, DRAWN).unwrap_or_default();
        given.extend(actions.into_iter().map(|action| Given {
            test: case.name(),
            of,
            file: source.name.clone(),
            line: source.line_column(location.span.start).0,
            action,
        }));
    }
    given
}

fn differs(old: &Set<'_>, new: &Set<'_>, given: Given) -> Option<Evidence> {
    let mut action = given.action;
    // A test says of the budgets of its own set that they are unused where it says nothing else; so it is with those of the other.
    match given.of {
        TestsOf::Both => {}
        TestsOf::Old => assume_unused(&mut action, new.suite.program, old.suite.program),
        TestsOf::New => assume_unused(&mut action, old.suite.program, new.suite.program),
    }
    let before = Judged::of(old.suite.program, &action);
    let now = Judged::of(new.suite.program, &action);
    if before.verdict() == now.verdict() && before.risk() == now.risk() {
        return None;
    }
    let rules: BTreeSet<String> = if now.verdict() > before.verdict() {
        missing(above(&now.reasons(), before.verdict()), Some(&before))
    } else if now.verdict() < before.verdict() {
        released(&before.reasons(), &now)
    } else {
        BTreeSet::new()
    };
    let mut reasons = because(&now.reports(), &rules);
    if now.verdict() < before.verdict() {
        reasons.extend(objections(&before.reports(), &rules));
        reasons.sort();
        reasons.dedup();
    }
    Some(Evidence {
        test: given.test,
        of: given.of,
        file: given.file,
        line: given.line,
        before: before.verdict(),
        now: now.verdict(),
        risk_before: before.risk(),
        risk_now: now.risk(),
        reasons,
    })
}

/// Adds budgets as unused and breakers as closed that one program has and the other does not.
fn assume_unused(action: &mut Action, program: &Program, own: &Program) {
    let is_own = |name: &str| own.data().rules.iter().any(|rule| rule.name == name);
    let others = program.data().rules.iter();
    let others: Vec<_> = others.filter(|rule| !is_own(&rule.name)).collect();
    let add = |request: &mut Request| {
        for rule in &others {
            match rule.body {
                RuleBody::Budget { .. } => request.usage.push(Usage {
                    budget: rule.name.clone(),
                    by: LedgerKey::Any,
                    used: Some(Decimal::ZERO),
                }),
                RuleBody::Breaker { .. } => request.breakers.push(BreakerFact {
                    breaker: rule.name.clone(),
                    by: LedgerKey::Any,
                    state: Some(BreakerState::Closed),
                    until: None,
                }),
                RuleBody::Grant
                | RuleBody::Guard { .. }
                | RuleBody::Tolerance { .. }
                | RuleBody::Waiver { .. } => {}
            }
        }
    };
    match action {
        Action::Single(request) => add(request),
        Action::Plan(plan) => plan.steps.iter_mut().for_each(add),
    }
}

//! Which rules of a policy set changed in meaning, and not only in text.
//!
//! Both sets are compared as they are compiled: names are replaced by what they stand for, and every condition has one form (`canon`).
//! Where it is certain, a change is said to be stricter or milder. Beside that claim stands evidence: every request that the tests
//! of either set give is decided by both.

use taffrail_compiler::typed;
use taffrail_runtime::program::{ProgramData, Rule, RuleBody};
use taffrail_syntax::SourceTable;

use crate::scenario::Suite;

mod canon;
mod compare;
mod direction;
mod evidence;
mod forms;
mod meaning;
mod names;
mod pairs;
mod settings;
mod written;

pub use direction::Direction;
pub use evidence::{Evidence, TestsOf};
pub use names::NameChange;
pub use settings::SettingChange;

use canon::Canon;
use compare::parts;
use meaning::{Meaning, Meanings, Part};
use pairs::Pair;
use written::Source;

/// A policy set on one side of a comparison.
#[derive(Debug, Clone, Copy)]
pub struct Set<'s> {
    /// Its sources, their meaning, and the program.
    pub suite: Suite<'s>,
    /// The same sources by the names that places are told by.
    pub shown: &'s SourceTable,
}

/// How two policy sets differ.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diff {
    /// The rules that changed, by name; those that changed in their words only stand last.
    pub rules: Vec<RuleChange>,
    /// What changed for the whole set.
    pub settings: Vec<SettingChange>,
    /// The names that stand for something else than before.
    pub names: Vec<NameChange>,
    /// The requests of tests whose verdict or risk changed.
    pub evidence: Vec<Evidence>,
    /// How many requests of tests were decided by both sets.
    pub n_decided: usize,
}

impl Diff {
    /// Returns the direction of all changes together.
    #[must_use]
    pub fn direction(&self) -> Direction {
        let rules = self.rules.iter().map(|change| change.direction);
        let settings = self.settings.iter().map(|change| change.direction);
        rules.chain(settings).fold(Direction::Same, Direction::and)
    }

    /// Returns whether anything changed in meaning.
    #[must_use]
    pub fn is_change(&self) -> bool {
        !self.settings.is_empty() || self.rules.iter().any(|change| change.what != What::Words)
    }

    /// Returns whether anything may have become milder: some change certainly did, or nobody can say of it.
    #[must_use]
    pub fn may_be_milder(&self) -> bool {
        let rules = self.rules.iter().map(|change| change.direction);
        let settings = self.settings.iter().map(|change| change.direction);
        rules.chain(settings).any(Direction::may_be_milder)
            || self.evidence.iter().any(|found| found.now < found.before)
    }
}

/// A rule that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleChange {
    /// Its keyword.
    pub kind: &'static str,
    /// Its full name, the new one if it has another.
    pub name: String,
    /// What happened to it.
    pub what: What,
    /// In which direction.
    pub direction: Direction,
    /// Where it was.
    pub old: Option<Written>,
    /// Where it is.
    pub new: Option<Written>,
    /// The clauses that changed.
    pub clauses: Vec<ClauseChange>,
}

/// What happened to a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It does the same under another name.
    Renamed {
        /// The name before.
        from: String,
    },
    /// It does something else.
    Changed,
    /// It does the same, and says something else.
    Words,
}

/// Clauses that stand for each other, as they are written; several where one was split.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClauseChange {
    /// Before.
    pub old: Vec<Written>,
    /// Now.
    pub new: Vec<Written>,
    /// In which direction it changed.
    pub direction: Direction,
}

/// A piece of a policy with its place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// As it is written, on one line.
    pub text: String,
    /// The file.
    pub file: String,
    /// Its line, from 1.
    pub line: u32,
}

/// Compares two policy sets.
#[must_use]
pub fn diff(old: &Set<'_>, new: &Set<'_>) -> Diff {
    let (old_data, new_data) = (old.suite.program.data(), new.suite.program.data());
    let mut canon = Canon::default();
    let mut meanings = [Meanings::new(old_data), Meanings::new(new_data)];
    let [old_meanings, new_meanings] = &mut meanings;
    let of = |meanings: &mut Meanings<'_>, canon: &mut Canon, data: &ProgramData| {
        let rules = data.rules.iter();
        rules.map(|rule| meanings.of(canon, rule)).collect()
    };
    let old_rules: Vec<Meaning> = of(old_meanings, &mut canon, old_data);
    let mut new_rules: Vec<Meaning> = of(new_meanings, &mut canon, new_data);
    let pairs = pairs::pairs((old_data, &old_rules), (new_data, &mut new_rules));
    let mut rules: Vec<RuleChange> = pairs
        .iter()
        .filter_map(|pair| change(&canon, (old, &old_rules), (new, &new_rules), *pair))
        .collect();
    rules.sort_by(|a, b| {
        let key = |change: &RuleChange| (change.what == What::Words, change.name.clone());
        key(a).cmp(&key(b))
    });
    let (evidence, n_decided) = evidence::evidence(old, new);
    Diff {
        rules,
        settings: settings::changes(old_data, new_data),
        names: names::changes(&mut canon, old, new),
        evidence,
        n_decided,
    }
}

/// Returns the keyword of a rule.
fn keyword(rule: &Rule) -> &'static str {
    match rule.body {
        RuleBody::Grant => "grant",
        RuleBody::Guard { .. } => "guard",
        RuleBody::Budget { .. } => "budget",
        RuleBody::Breaker { .. } => "breaker",
        RuleBody::Tolerance { .. } => "tolerance",
        RuleBody::Waiver { .. } => "waive",
    }
}

fn change(
    canon: &Canon,
    (old, old_rules): (&Set<'_>, &[Meaning]),
    (new, new_rules): (&Set<'_>, &[Meaning]),
    pair: Pair,
) -> Option<RuleChange> {
    let source = |set, at: Option<usize>| at.and_then(|at| source(set, at));
    let sources = (source(old, pair.old), source(new, pair.new));
    let meanings = (
        pair.old.and_then(|at| old_rules.get(at)),
        pair.new.and_then(|at| new_rules.get(at)),
    );
    let rule = sources.1.or(sources.0)?.rule;
    let is_permissive = matches!(rule.body, RuleBody::Grant | RuleBody::Waiver { .. });
    let of_more = match is_permissive {
        true => Direction::Milder,
        false => Direction::Stricter,
    };
    let (what, direction, clauses) = match (meanings, sources) {
        ((Some(then), Some(now)), (Some(old), Some(new))) => {
            same_rule(canon, (then, &old), (now, &new), pair.is_renamed)?
        }
        ((None, _), _) => (What::Added, of_more, Vec::new()),
        (_, _) => (What::Removed, of_more.reversed(), Vec::new()),
    };
    Some(RuleChange {
        kind: keyword(rule),
        name: rule.name.clone(),
        what,
        direction,
        old: sources.0.map(|source| source.place()),
        new: sources.1.map(|source| source.place()),
        clauses,
    })
}

/// Returns what happened to a rule that both sets have.
fn same_rule(
    canon: &Canon,
    (then, old): (&Meaning, &Source<'_>),
    (now, new): (&Meaning, &Source<'_>),
    is_renamed: bool,
) -> Option<(What, Direction, Vec<ClauseChange>)> {
    if is_renamed {
        let from = old.rule.name.clone();
        // The ledger counts by the name, and begins anew.
        let direction = match new.rule.body {
            RuleBody::Budget { .. } | RuleBody::Breaker { .. } => Direction::Different,
            RuleBody::Grant
            | RuleBody::Guard { .. }
            | RuleBody::Tolerance { .. }
            | RuleBody::Waiver { .. } => Direction::Same,
        };
        return Some((What::Renamed { from }, direction, Vec::new()));
    }
    let parts = parts(canon, then, now);
    if parts.is_empty() {
        let is_said_otherwise = then.words != now.words;
        return is_said_otherwise.then_some((What::Words, Direction::Same, Vec::new()));
    }
    let direction = parts
        .iter()
        .fold(Direction::Same, |all, (_, direction)| all.and(*direction));
    let clauses = parts.into_iter().map(|(part, direction)| match part {
        Part::Conditions => ClauseChange {
            old: conditions(old, then, now),
            new: conditions(new, now, then),
            direction,
        },
        _ => ClauseChange {
            old: old.part(part),
            new: new.part(part),
            direction,
        },
    });
    Some((What::Changed, direction, clauses.collect()))
}

/// Returns the clauses of a rule that ask for something that the other rule does not.
fn conditions(source: &Source<'_>, own: &Meaning, other: &Meaning) -> Vec<Written> {
    let clauses = source.rule.conditions.iter().zip(&own.clauses);
    clauses
        .filter(|(_, asked)| asked.iter().any(|form| !other.conditions.contains(form)))
        .map(|(condition, _)| source.condition(condition))
        .collect()
}

fn source<'s>(set: &'s Set<'s>, at: usize) -> Option<Source<'s>> {
    let rule = set.suite.program.data().rules.get(at)?;
    let typed = set.suite.module.rules.iter();
    let is_it =
        |typed: &&typed::Rule| typed.name == rule.name && typed.kind.keyword() == keyword(rule);
    Some(Source {
        set,
        rule,
        typed: typed.clone().find(is_it),
    })
}

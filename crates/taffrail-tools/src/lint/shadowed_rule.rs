//! `shadowed-rule`: a rule that changes nothing, for a stronger one applies wherever it does.

use std::collections::{BTreeMap, BTreeSet};

use taffrail_compiler::typed::{ExprKind, Rule, RuleBody, RuleId};
use taffrail_runtime::decision::{Outcome, Team};
use taffrail_runtime::program::{KindPattern, On};
use taffrail_syntax::Diagnostic;

use super::subject::{Subject, described, last_word};
use super::term;

/// A rule with more conditions than this, those in lets included, is not compared.
const CONDITIONS: u32 = 256;

/// Finds grants and guards without points that another one of their kind makes superfluous: it is about the same or more
/// actions, asks for the same or fewer conditions, and its effect is at least as strong.
pub(super) fn run(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let rules = &subject.module().rules;
    let waived = waived(subject);
    let sketches: Vec<Option<Sketch<'_>>> = (0..)
        .zip(rules)
        .map(|(at, rule)| Sketch::of(subject, &waived, RuleId(at), rule))
        .collect();
    let by_condition = by_condition(&sketches);
    for (at, sketch) in sketches.iter().enumerate() {
        let Some(weak) = sketch else { continue };
        // What covers a rule has no condition that the rule lacks, and so is found under one of the rule's own.
        let keys = [None].into_iter().chain(weak.conditions.iter().map(Some));
        let candidates = keys.filter_map(|key| by_condition.get(&key)).flatten();
        let stronger = candidates
            .filter(|(other, strong)| {
                // Of two that shadow each other, the later one is superfluous.
                *other != at && strong.covers(weak) && (*other < at || !weak.covers(strong))
            })
            .min_by_key(|(other, _)| *other)
            .map(|(_, strong)| strong.rule);
        let Some(strong) = stronger else { continue };
        found.push(
            Diagnostic::warning(
                "shadowed-rule",
                weak.rule.location,
                format!(
                    "{} changes nothing beside `{}`",
                    described(weak.rule),
                    name_from(weak.rule, strong)
                ),
            )
            .label(
                strong.location,
                "this applies wherever it does, and is as strong",
            )
            .hint("remove the weaker one, or say where the stronger one does not apply"),
        );
    }
}

/// Returns a rule's name as it is written in the module of another.
fn name_from<'r>(from: &Rule, rule: &'r Rule) -> &'r str {
    if from.module == rule.module {
        last_word(&rule.name)
    } else {
        &rule.name
    }
}

/// Sketches with their positions, each under the first of its conditions.
type ByCondition<'a, 'r> = BTreeMap<Option<&'a String>, Vec<(usize, &'a Sketch<'r>)>>;

fn by_condition<'a, 'r>(sketches: &'a [Option<Sketch<'r>>]) -> ByCondition<'a, 'r> {
    let mut map: ByCondition<'a, 'r> = BTreeMap::new();
    for (at, sketch) in sketches.iter().enumerate() {
        if let Some(sketch) = sketch {
            map.entry(sketch.conditions.first())
                .or_default()
                .push((at, sketch));
        }
    }
    map
}

/// Returns the rules that waivers forgive.
fn waived(subject: &Subject<'_>) -> BTreeSet<RuleId> {
    let rules = subject.module().rules.iter();
    rules
        .filter_map(|rule| match &rule.body {
            RuleBody::Waiver { rule, .. } => Some(*rule),
            RuleBody::Grant
            | RuleBody::Guard { .. }
            | RuleBody::Budget { .. }
            | RuleBody::Breaker { .. }
            | RuleBody::Tolerance { .. } => None,
        })
        .collect()
}

/// What decides whether one rule covers another.
struct Sketch<'r> {
    rule: &'r Rule,
    /// The names of its conditions, split at `and`.
    conditions: BTreeSet<String>,
    /// Its effect; `None` for a grant.
    outcome: Option<&'r Outcome>,
    /// Whether a waiver may forgive it.
    waivable: bool,
}

impl<'r> Sketch<'r> {
    /// Returns a sketch of a rule that can be compared: what adds points, or offers something of its own, is never
    /// superfluous.
    fn of(
        subject: &Subject<'_>,
        waived: &BTreeSet<RuleId>,
        id: RuleId,
        rule: &'r Rule,
    ) -> Option<Self> {
        let outcome = match &rule.body {
            RuleBody::Grant => None,
            RuleBody::Guard {
                risk: None,
                outcome: Some(outcome),
            } => Some(outcome),
            RuleBody::Guard { .. }
            | RuleBody::Budget { .. }
            | RuleBody::Breaker { .. }
            | RuleBody::Tolerance { .. }
            | RuleBody::Waiver { .. } => return None,
        };
        Some(Self {
            rule,
            conditions: conditions(subject, rule)?,
            outcome,
            waivable: waived.contains(&id),
        })
    }

    fn covers(&self, weak: &Self) -> bool {
        let is_as_strong = match (self.outcome, weak.outcome) {
            (None, None) => true,
            (Some(strong), Some(weak)) => is_as_strong(strong, weak),
            (None, Some(_)) | (Some(_), None) => false,
        };
        // A waiver lifts one rule and not the other; suggestions are worth something by themselves.
        is_as_strong
            && !self.waivable
            && weak.rule.suggestions.is_empty()
            && self.conditions.is_subset(&weak.conditions)
            && is_wider(&self.rule.on, &weak.rule.on)
    }
}

/// Returns the names of what must hold; `None` when something is too large to have a name.
fn conditions(subject: &Subject<'_>, rule: &Rule) -> Option<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    let mut open: Vec<_> = rule.conditions.iter().map(|c| &c.expr).collect();
    let mut left = CONDITIONS;
    while let Some(expr) = open.pop() {
        left = left.checked_sub(1)?;
        let expr = subject.resolved(expr);
        match &expr.kind {
            ExprKind::And(parts) => open.extend(parts),
            _ => {
                names.insert(term::key(subject, expr)?);
            }
        }
    }
    Some(names)
}

fn is_as_strong(strong: &Outcome, weak: &Outcome) -> bool {
    let teams = |outcome: &Outcome| match outcome {
        Outcome::Propose(teams) | Outcome::Escalate(teams) => teams.clone(),
        Outcome::Forbid => Vec::new(),
    };
    if *strong == Outcome::Forbid {
        return true;
    }
    let agrees = |needed: &Team| {
        teams(strong)
            .iter()
            .any(|team| team.team == needed.team && team.count >= needed.count)
    };
    *weak != Outcome::Forbid && strong.verdict() >= weak.verdict() && teams(weak).iter().all(agrees)
}

/// Tells whether one `on` is about every action that the other is about.
fn is_wider(wide: &On, narrow: &On) -> bool {
    is_superset(wide.verbs.as_deref(), narrow.verbs.as_deref(), |a, b| {
        a == b
    }) && is_superset(
        wide.kinds.as_deref(),
        narrow.kinds.as_deref(),
        is_kind_wider,
    ) && is_superset(
        wide.namespaces.as_deref(),
        narrow.namespaces.as_deref(),
        |wide, narrow| wide == narrow || wide == "*",
    )
}

fn is_superset<T>(
    wide: Option<&[T]>,
    narrow: Option<&[T]>,
    covers: impl Fn(&T, &T) -> bool,
) -> bool {
    match (wide, narrow) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(wide), Some(narrow)) => narrow
            .iter()
            .all(|one| wide.iter().any(|other| covers(other, one))),
    }
}

fn is_kind_wider(wide: &KindPattern, narrow: &KindPattern) -> bool {
    // What an object of another version means, nobody can say; so a version is wider than no other.
    wide.kind == narrow.kind
        && (wide.version.is_none() || wide.version == narrow.version)
        && is_superset(wide.groups.as_deref(), narrow.groups.as_deref(), |a, b| {
            a == b
        })
}

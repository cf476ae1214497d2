//! The search for the smallest set of changes: breadth first, so that the first that is found is a smallest one.
//!
//! In each set that is not enough yet, one blocker is picked, and every change of a fact that it reads is tried. That misses
//! nothing: a set that is enough must change something that this blocker reads.

use std::collections::{BTreeMap, BTreeSet};

use taffrail::{Decision, Request, Verdict};
use taffrail_runtime::inspect::Blocker;
use taffrail_runtime::program::ExprId;
use taffrail_runtime::{Program, Truth};

use super::reach::{Reach, Scope};
use super::universe::{Entry, Universe};

/// The most facts that an answer changes.
pub(super) const MOST_FACTS: usize = 4;
/// How many decisions a search makes, where there are few other objects.
const MOST_DECISIONS: usize = 1_500;
/// How many other objects make a decision about twice as long.
const MANY_OBJECTS: usize = 200;

/// Changes of facts: each an entry of the universe and one of its choices. Sorted.
pub(super) type Changes = Vec<(usize, usize)>;

/// What a search came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A smallest set.
    Changes(Changes),
    /// No set of that many facts.
    Nothing,
    /// Nobody knows: there were more to try than may be tried.
    GaveUp,
}

/// Decides requests with changed facts, and counts.
#[derive(Debug)]
pub(super) struct Search<'s> {
    pub(super) program: &'s Program,
    pub(super) request: &'s Request,
    pub(super) universe: &'s Universe<'s>,
    pub(super) scope: &'s Scope<'s>,
    pub(super) decisions: u32,
    /// The facts that a blocker reads.
    pub(super) movers: BTreeMap<Blocker, Vec<usize>>,
    /// The facts that a condition reads.
    pub(super) movers_of_conditions: BTreeMap<ExprId, Vec<usize>>,
}

struct Node {
    changes: Changes,
    /// For each blocker the facts that can move it.
    movers: Vec<Vec<usize>>,
}

impl Search<'_> {
    /// Returns a smallest set of changes with which the verdict is the target or milder.
    pub(super) fn find(&mut self, target: Verdict) -> Found {
        self.decisions = 0;
        let mut level = vec![Node {
            changes: Vec::new(),
            movers: self.blockers(&Vec::new(), target),
        }];
        let mut tried: BTreeSet<Changes> = BTreeSet::new();
        for size in 1..=MOST_FACTS {
            let more = MOST_FACTS.saturating_sub(size);
            let mut next = Vec::new();
            for node in &level {
                for change in self.branches(node, more.saturating_add(1)) {
                    let mut changes = node.changes.clone();
                    changes.push(change);
                    changes.sort_unstable();
                    if !tried.insert(changes.clone()) {
                        continue;
                    }
                    if self.decisions >= self.most_decisions() {
                        return Found::GaveUp;
                    }
                    let movers = self.blockers(&changes, target);
                    if movers.is_empty() {
                        return Found::Changes(changes);
                    }
                    if more > 0 {
                        next.push(Node { changes, movers });
                    }
                }
            }
            level = next;
        }
        Found::Nothing
    }

    /// Returns how many decisions may be made, so that large snapshots take no longer than small ones.
    pub(super) fn most_decisions(&self) -> u32 {
        let times = (self.request.objects.len() / MANY_OBJECTS).saturating_add(1);
        u32::try_from(MOST_DECISIONS / times)
            .unwrap_or(u32::MAX)
            .max(50)
    }

    /// Returns for everything that keeps the verdict above the target with these changes the facts that can move it.
    fn blockers(&mut self, changes: &Changes, target: Verdict) -> Vec<Vec<usize>> {
        self.decisions = self.decisions.saturating_add(1);
        let request = self.universe.request(self.request, changes);
        let decision = self.program.decide(&request);
        let blockers = decision.blockers(target);
        blockers
            .iter()
            .map(|blocker| self.movers(blocker, &decision))
            .collect()
    }

    /// Tells whether the verdict is the target or milder when facts have these values.
    pub(super) fn reaches(&mut self, target: Verdict, request: &Request) -> bool {
        self.decisions = self.decisions.saturating_add(1);
        self.program.decide(request).verdict() <= target
    }

    /// Returns the changes to try beyond those of a node: all that can move the blocker with the fewest of them; none when some blocker
    /// cannot be moved, or when they need more facts than are left.
    fn branches(&self, node: &Node, facts_left: usize) -> Vec<(usize, usize)> {
        let movers: Vec<Vec<usize>> = node
            .movers
            .iter()
            .map(|movers| self.not_changed(movers, &node.changes))
            .collect();
        if least_needed(&movers) > facts_left {
            return Vec::new();
        }
        let choices = |entry: &usize| {
            let entry = self.universe.entries.get(*entry);
            entry.map_or(0, |entry| entry.choices.len())
        };
        let fewest = movers
            .iter()
            .min_by_key(|entries| entries.iter().map(choices).sum::<usize>());
        fewest
            .into_iter()
            .flatten()
            .flat_map(|entry| (0..choices(entry)).map(|choice| (*entry, choice)))
            .collect()
    }

    /// Returns the facts that can move a blocker of a decision.
    pub(super) fn movers(&mut self, blocker: &Blocker, decision: &Decision<'_>) -> Vec<usize> {
        if *blocker == Blocker::NoGrant {
            return self.movers_of_grants(decision);
        }
        if let Some(movers) = self.movers.get(blocker) {
            return movers.clone();
        }
        let reach = Reach::of(blocker, self.scope);
        let movers = self.entries(|entry| reach.touches(entry));
        self.movers.insert(blocker.clone(), movers.clone());
        movers
    }

    /// Returns the facts that can make a grant hold: what its clauses read that do not hold. A grant with such a clause that reads no
    /// fact never holds.
    fn movers_of_grants(&mut self, decision: &Decision<'_>) -> Vec<usize> {
        let scope = self.scope;
        let mut inspector = decision.inspect();
        let mut all = BTreeSet::new();
        for rule in scope.grants() {
            let mut own: BTreeSet<usize> = BTreeSet::new();
            if inspector.on(rule) != Truth::True {
                if !scope.verbs_may_change {
                    continue;
                }
                own.extend(self.entries(|entry| entry.fact.is_of_live_object()));
            }
            let failing: Vec<Vec<usize>> = rule
                .conditions
                .iter()
                .filter(|condition| inspector.truth(condition.expr) != Truth::True)
                .map(|condition| self.movers_of_condition(condition.expr))
                .collect();
            if failing.iter().all(|movers| !movers.is_empty()) {
                own.extend(failing.into_iter().flatten());
                all.extend(own);
            }
        }
        all.into_iter().collect()
    }

    fn movers_of_condition(&mut self, condition: ExprId) -> Vec<usize> {
        if let Some(movers) = self.movers_of_conditions.get(&condition) {
            return movers.clone();
        }
        let reach = Reach::of_condition(condition, self.scope);
        let movers = self.entries(|entry| reach.is_moved_by(entry));
        self.movers_of_conditions.insert(condition, movers.clone());
        movers
    }

    fn entries(&self, is_meant: impl Fn(&Entry) -> bool) -> Vec<usize> {
        let entries = self.universe.entries.iter().enumerate();
        entries
            .filter(|(_, entry)| is_meant(entry))
            .map(|(at, _)| at)
            .collect()
    }

    /// Returns the facts that are not changed yet, as wholes or in parts.
    fn not_changed(&self, movers: &[usize], changes: &Changes) -> Vec<usize> {
        let entries = &self.universe.entries;
        let changed: Vec<&Entry> = changes
            .iter()
            .filter_map(|(entry, _)| entries.get(*entry))
            .collect();
        let is_free = |at: &usize| {
            let entry = entries.get(*at);
            entry.is_some_and(|entry| {
                let mut changed = changed.iter();
                !changed.any(|changed| changed.fact.overlaps(&entry.fact))
            })
        };
        movers.iter().copied().filter(is_free).collect()
    }
}

/// Returns how many facts must change at least: as many as there are blockers that share no fact.
fn least_needed(movers: &[Vec<usize>]) -> usize {
    let mut by_size: Vec<&Vec<usize>> = movers.iter().collect();
    by_size.sort_by_key(|entries| entries.len());
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    let mut needed = 0_usize;
    for entries in by_size {
        if entries.is_empty() {
            return usize::MAX;
        }
        if entries.iter().all(|entry| !taken.contains(entry)) {
            taken.extend(entries);
            needed = needed.saturating_add(1);
        }
    }
    needed
}

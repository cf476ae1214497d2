//! What a verdict's blockers read: as long as none of it changes, they stay.

use std::collections::{BTreeMap, BTreeSet};

use taffrail::{Decision, Request, Value};
use taffrail_runtime::Truth;
use taffrail_runtime::inspect::Blocker;
use taffrail_runtime::program::{
    Condition, Expr, ExprId, ProgramData, Root, Rule, RuleBody, RuleId, SlotPath, View,
};

use super::fact::{Fact, are_related};
use super::universe::Entry;

/// What some rules read, or more.
#[derive(Debug, Default)]
pub(super) struct Reach<'a> {
    paths: BTreeSet<SlotPath>,
    signals: BTreeSet<u32>,
    rules: BTreeSet<RuleId>,
    /// Groups and kinds of other objects.
    objects: BTreeSet<(Option<&'a str>, &'a str)>,
    /// Whether everything that the live object holds may matter.
    whole_object: bool,
    /// Whether it matters which paths of the live object the action changes.
    changes: bool,
    intent: bool,
    /// Whether a waiver may end, or a hold.
    ends: bool,
    seen: BTreeSet<ExprId>,
}

/// What is the same for every blocker of one search.
#[derive(Debug)]
pub(super) struct Scope<'a> {
    data: &'a ProgramData,
    /// The waivers of rules.
    waivers: BTreeMap<RuleId, Vec<&'a Rule>>,
    /// The grants that are or may be about the action.
    grants: Vec<RuleId>,
    /// Whether the verbs that follow from the action may be others when the live object is: then everything that asks for verbs reads it.
    pub(super) verbs_may_change: bool,
}

impl<'a> Scope<'a> {
    pub(super) fn new(data: &'a ProgramData, request: &Request, decision: &Decision<'_>) -> Self {
        let verb = |verb: &str| request.verb == Value::string(verb);
        // Facts of a live object that was looked at are what the action leaves alone, so no verb follows from them; but deleting a pod
        // with a controller is a restart.
        let verbs_may_change = !matches!(request.current, Value::Map(_) | Value::Absent)
            || (verb("delete") || verb("evict"));
        let inspector = decision.inspect();
        let is_about = |rule: &Rule| verbs_may_change || inspector.on(rule) != Truth::False;
        let grants = data.rules.iter().enumerate().filter_map(|(at, rule)| {
            let is_grant = matches!(rule.body, RuleBody::Grant) && is_about(rule);
            is_grant.then(|| u32::try_from(at).ok().map(RuleId))?
        });
        let mut waivers: BTreeMap<RuleId, Vec<&Rule>> = BTreeMap::new();
        for waiver in &data.rules {
            if let RuleBody::Waiver { rule, .. } = waiver.body {
                waivers.entry(rule).or_default().push(waiver);
            }
        }
        Self {
            data,
            waivers,
            grants: grants.collect(),
            verbs_may_change,
        }
    }

    /// Returns the grants that are or may be about the action.
    pub(super) fn grants(&self) -> impl Iterator<Item = &'a Rule> {
        let rules = &self.data.rules;
        self.grants.iter().filter_map(|id| rules.get(id.0 as usize))
    }
}

impl<'a> Reach<'a> {
    /// Returns what a condition reads.
    pub(super) fn of_condition(condition: ExprId, scope: &Scope<'a>) -> Self {
        let mut reach = Self::default();
        reach.add(condition, scope.data);
        reach
    }

    /// Tells whether a condition may come out differently when a fact does.
    pub(super) fn is_moved_by(&self, entry: &Entry) -> bool {
        match entry.fact {
            // Without a time no reading counts.
            Fact::Now => self.reads(&entry.fact) || !self.signals.is_empty(),
            Fact::Signal(_)
            | Fact::Usage(_)
            | Fact::Breaker(_)
            | Fact::Objects(..)
            | Fact::Path(_) => self.touches(entry),
        }
    }

    /// Returns what a blocker reads.
    pub(super) fn of(blocker: &Blocker, scope: &Scope<'a>) -> Self {
        let mut reach = Self::default();
        match blocker {
            Blocker::Rule(id) => reach.add_rule(*id, scope),
            Blocker::Risk {
                tolerance, guards, ..
            } => {
                for id in tolerance.iter().chain(guards) {
                    reach.add_rule(*id, scope);
                }
            }
            Blocker::Intent => {
                reach.intent = true;
                reach.whole_object = scope.verbs_may_change;
            }
            Blocker::NoGrant => {
                for id in &scope.grants {
                    reach.add_rule(*id, scope);
                }
            }
        }
        reach
    }

    /// Tells whether a change of a fact can matter.
    pub(super) fn touches(&self, entry: &Entry) -> bool {
        let fact = &entry.fact;
        match fact {
            _ if self.changes && entry.adds_changes => true,
            // Waivers and holds end, intents expire, and without a time no reading counts.
            Fact::Now => true,
            Fact::Path(path) if path.root == Root::Current && self.whole_object => true,
            Fact::Signal(_)
            | Fact::Usage(_)
            | Fact::Breaker(_)
            | Fact::Objects(..)
            | Fact::Path(_) => self.reads(fact),
        }
    }

    /// Tells whether a fact is read by name: what [`Reach::touches`] tells, without what may matter on the way.
    pub(super) fn reads(&self, fact: &Fact) -> bool {
        match fact {
            Fact::Now => {
                self.intent || self.ends || self.paths.iter().any(|path| path.root == Root::Now)
            }
            Fact::Signal(id) => self.signals.contains(id),
            Fact::Usage(id) | Fact::Breaker(id) => self.rules.contains(id),
            Fact::Objects(group, kind) => self.objects.contains(&(group.as_deref(), kind)),
            Fact::Path(path) => {
                path.root == Root::Intent && self.intent
                    || self.paths.iter().any(|read| are_related(read, path))
                    || path.root == Root::Current && self.reads_outcome(path)
            }
        }
    }

    /// What the action leaves alone is in the object as it would be, too.
    fn reads_outcome(&self, path: &SlotPath) -> bool {
        let after = SlotPath {
            root: Root::Proposed,
            keys: path.keys.clone(),
        };
        self.paths.iter().any(|read| are_related(read, &after))
    }

    fn add_rule(&mut self, id: RuleId, scope: &Scope<'a>) {
        let data = scope.data;
        self.rules.insert(id);
        let own = data.rules.get(id.0 as usize);
        let waivers = scope.waivers.get(&id).into_iter().flatten().copied();
        for rule in own.into_iter().chain(waivers) {
            self.ends |= matches!(
                rule.body,
                RuleBody::Waiver { .. } | RuleBody::Breaker { .. }
            );
            self.whole_object |= scope.verbs_may_change && rule.on.verbs.is_some();
            for expr in expressions(rule) {
                self.add(expr, data);
            }
        }
    }

    /// A view of a whole object looks at few parts of it.
    fn view(&mut self, view: View, object: ExprId, data: &'a ProgramData) {
        let slot = match data.exprs.get(object.0 as usize) {
            Some(Expr::Slot(slot)) => data.slots.get(slot.0 as usize),
            _ => None,
        };
        let Some(whole) = slot.filter(|path| path.keys.is_empty()) else {
            self.add(object, data);
            return;
        };
        let looked_at = match view {
            View::Pod => VIEWED.as_slice(),
            View::Containers => VIEWED.get(..2).unwrap_or_default(),
        };
        self.paths.extend(looked_at.iter().map(|key| SlotPath {
            root: whole.root,
            keys: vec![(*key).to_owned()],
        }));
    }

    fn add(&mut self, id: ExprId, data: &'a ProgramData) {
        if !self.seen.insert(id) {
            return;
        }
        let Some(expr) = data.exprs.get(id.0 as usize) else {
            return;
        };
        match expr {
            Expr::Slot(slot) => self.paths.extend(data.slots.get(slot.0 as usize).cloned()),
            Expr::View { view, object, kind } => {
                self.view(*view, *object, data);
                self.add(*kind, data);
                return;
            }
            Expr::Signal(signal) => {
                self.signals.insert(*signal);
            }
            Expr::Objects { group, kind, .. } => {
                self.objects.insert((group.as_deref(), kind));
            }
            Expr::Changed(_) | Expr::Changes => self.changes = true,
            _ => {}
        }
        expr.for_each_operand(|operand| self.add(operand, data));
    }
}

/// Where the views of a workload look.
const VIEWED: [&str; 3] = ["spec", "template", "metadata"];

/// Returns the conditions of a rule that read a fact.
pub(super) fn conditions_that_read<'r>(
    fact: &'r Fact,
    rule: &'r Rule,
    data: &'r ProgramData,
) -> impl Iterator<Item = &'r Condition> {
    rule.conditions.iter().filter(move |condition| {
        let mut reach = Reach::default();
        reach.add(condition.expr, data);
        reach.reads(fact)
    })
}

/// Returns the expressions that decide what a rule does.
fn expressions(rule: &Rule) -> Vec<ExprId> {
    let mut all: Vec<ExprId> = rule.conditions.iter().map(|one| one.expr).collect();
    match &rule.body {
        RuleBody::Grant | RuleBody::Waiver { .. } => {}
        RuleBody::Guard { risk, .. } => all.extend(risk.map(|risk| risk.expr)),
        RuleBody::Budget {
            limit, by, spend, ..
        } => {
            all.extend([*limit, *spend]);
            all.extend(by);
        }
        RuleBody::Breaker { by, .. } => all.extend(by),
        RuleBody::Tolerance {
            propose_at,
            escalate_at,
        } => all.extend([*propose_at, *escalate_at].into_iter().flatten()),
    }
    all
}

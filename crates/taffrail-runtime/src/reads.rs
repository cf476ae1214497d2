//! What rules read, found by walking their expressions.

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;

use crate::decide::verb_match;
use crate::effects;
use crate::engine::{Loaded, explanation_roots, roots};
use crate::facts::Facts;
use crate::matching;
use crate::program::{Expr, ExprId, RuleBody, RuleId, SlotId};
use crate::truth::Truth;

/// What some expressions read, directly or through what they are made of.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reads {
    pub(crate) slots: BTreeSet<SlotId>,
    pub(crate) signals: BTreeSet<u32>,
    /// Lets, by their expression.
    pub(crate) lets: BTreeSet<ExprId>,
    /// Paths of `changed(…)`.
    pub(crate) changed: BTreeSet<Vec<String>>,
    /// Group and kind of `objects(…)`.
    pub(crate) objects: BTreeSet<(Option<String>, String)>,
    pub(crate) budgets: BTreeSet<RuleId>,
    pub(crate) breakers: BTreeSet<RuleId>,
    /// Whether `current` and `proposed` are read as wholes.
    pub(crate) whole_objects: bool,
    /// Every expression reached.
    pub(crate) exprs: FxHashSet<ExprId>,
}

impl Reads {
    /// Returns what the rules that could match an action read, their waivers and explanations included.
    pub(crate) fn of_action(program: &Loaded, facts: &Facts<'_>) -> Self {
        let mut reads = Self {
            whole_objects: effects_read_objects(facts),
            ..Self::default()
        };
        for id in program.index.about(facts) {
            let Some(rule) = program.rule(id) else {
                continue;
            };
            if matching::matches(&rule.on, facts, verb_match(rule)) == Truth::False {
                continue;
            }
            match &rule.body {
                RuleBody::Budget { .. } => {
                    reads.budgets.insert(id);
                }
                RuleBody::Breaker { .. } => {
                    reads.breakers.insert(id);
                }
                RuleBody::Grant
                | RuleBody::Guard { .. }
                | RuleBody::Tolerance { .. }
                | RuleBody::Waiver { .. } => {}
            }
            let waivers = program.waivers_of(id).iter();
            for rule in waivers.filter_map(|id| program.rule(*id)).chain([rule]) {
                for expr in roots(rule).into_iter().chain(explanation_roots(rule)) {
                    reads.add(program, expr);
                }
            }
        }
        reads
    }

    /// Returns what some expressions read.
    pub(crate) fn of_exprs(program: &Loaded, exprs: impl IntoIterator<Item = ExprId>) -> Self {
        let mut reads = Self::default();
        for expr in exprs {
            reads.add(program, expr);
        }
        reads
    }

    fn add(&mut self, program: &Loaded, id: ExprId) {
        if !self.exprs.insert(id) {
            return;
        }
        let Some(expr) = program.expr(id) else { return };
        if program.is_let(id) {
            self.lets.insert(id);
        }
        match expr {
            Expr::Slot(slot) => {
                self.slots.insert(*slot);
            }
            Expr::Signal(signal) => {
                self.signals.insert(*signal);
            }
            Expr::Objects { group, kind, .. } => {
                self.objects.insert((group.clone(), kind.clone()));
            }
            Expr::Changed(path) => {
                self.changed.insert(path.clone());
            }
            Expr::Changes => self.whole_objects = true,
            _ => {}
        }
        for operand in expr.operands() {
            self.add(program, operand);
        }
    }
}

/// Whether the implied verbs depend on the objects; they do for most writes.
fn effects_read_objects(facts: &Facts<'_>) -> bool {
    match &facts.verbs.requested {
        Ok(verb) => {
            !matches!(
                &**verb,
                "create"
                    | "exec"
                    | "portforward"
                    | "get"
                    | "list"
                    | "watch"
                    | "logs"
                    | "read_secret"
            ) || effects::looks_everywhere(&facts.request)
        }
        Err(_) => true,
    }
}

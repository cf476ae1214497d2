//! Leaves out of a program what nothing reads: operands of what was computed while compiling, paths that became longer
//! ones.

use taffrail_runtime::program::{
    Expr, ExprId, Rule, RuleBody, SlotId, SlotPath, Suggestion, TemplatePart,
};

use super::arena::Arena;
use super::map::Resolved;

/// Expressions, fact paths and patterns that the rules read, in their old order.
#[derive(Debug)]
pub(super) struct Compacted {
    pub(super) exprs: Vec<Expr>,
    pub(super) slots: Vec<SlotPath>,
    pub(super) patterns: Vec<String>,
    /// What became of each expression of the arena.
    pub(super) resolved: Vec<Resolved>,
}

/// Returns what the rules read of an arena, and points the rules and lets into it. Lets that no rule reads are dropped.
pub(super) fn compact(
    arena: Arena,
    rules: &mut [Rule],
    lets: &mut Vec<(String, ExprId)>,
) -> Compacted {
    let (exprs, slots, patterns) = arena.into_parts();
    let used = used(&exprs, rules);
    let mut slots = Renumbering::new(slots);
    let mut patterns = Renumbering::new(patterns);
    let mut ids: Vec<Option<ExprId>> = Vec::with_capacity(exprs.len());
    let mut kept: Vec<Expr> = Vec::with_capacity(exprs.len());
    let mut resolved: Vec<Resolved> = Vec::with_capacity(exprs.len());
    for (mut expr, used) in exprs.into_iter().zip(used) {
        if !used {
            resolved.push(match &expr {
                Expr::Not(inner) => match ids.get(inner.0 as usize).copied().flatten() {
                    Some(kept) => Resolved::Negation(kept),
                    None => Resolved::Dropped,
                },
                _ => Resolved::Dropped,
            });
            ids.push(None);
            continue;
        }
        // Operands come first, so their new ids are known.
        expr.for_each_operand_mut(|operand| *operand = renumbered(&ids, *operand));
        match &mut expr {
            Expr::Slot(slot) => *slot = SlotId(slots.keep(slot.0)),
            Expr::Matches(_, pattern) => *pattern = patterns.keep(*pattern),
            _ => {}
        }
        let id = ExprId(u32::try_from(kept.len()).unwrap_or(u32::MAX));
        ids.push(Some(id));
        resolved.push(Resolved::Kept(id));
        kept.push(expr);
    }
    for rule in rules {
        for_each_expr_of_rule(rule, |expr| *expr = renumbered(&ids, *expr));
    }
    lets.retain(|(_, expr)| ids.get(expr.0 as usize).is_some_and(Option::is_some));
    for (_, expr) in lets {
        *expr = renumbered(&ids, *expr);
    }
    Compacted {
        exprs: kept,
        slots: slots.kept,
        patterns: patterns.kept,
        resolved,
    }
}

fn renumbered(ids: &[Option<ExprId>], old: ExprId) -> ExprId {
    ids.get(old.0 as usize).copied().flatten().unwrap_or(old)
}

/// A table that keeps what is asked for, in the order of asking.
struct Renumbering<T> {
    old: Vec<Option<T>>,
    new_ids: Vec<Option<u32>>,
    kept: Vec<T>,
}

impl<T> Renumbering<T> {
    fn new(old: Vec<T>) -> Self {
        Self {
            new_ids: vec![None; old.len()],
            old: old.into_iter().map(Some).collect(),
            kept: Vec::new(),
        }
    }

    fn keep(&mut self, id: u32) -> u32 {
        let at = id as usize;
        if let Some(Some(new)) = self.new_ids.get(at) {
            return *new;
        }
        let new = u32::try_from(self.kept.len()).unwrap_or(u32::MAX);
        self.kept
            .extend(self.old.get_mut(at).and_then(Option::take));
        if let Some(slot) = self.new_ids.get_mut(at) {
            *slot = Some(new);
        }
        new
    }
}

/// Tells for each expression whether a rule reads it, directly or through others.
fn used(exprs: &[Expr], rules: &mut [Rule]) -> Vec<bool> {
    let mut used = vec![false; exprs.len()];
    let mark = |used: &mut Vec<bool>, id: ExprId| {
        if let Some(used) = used.get_mut(id.0 as usize) {
            *used = true;
        }
    };
    for rule in rules {
        for_each_expr_of_rule(rule, |expr| mark(&mut used, *expr));
    }
    // Users come after their operands, so one pass from the end sees every user first.
    for (at, expr) in exprs.iter().enumerate().rev() {
        if used.get(at) == Some(&true) {
            expr.for_each_operand(|operand| mark(&mut used, operand));
        }
    }
    used
}

fn for_each_expr_of_rule(rule: &mut Rule, mut found: impl FnMut(&mut ExprId)) {
    for condition in &mut rule.conditions {
        found(&mut condition.expr);
    }
    match &mut rule.body {
        RuleBody::Grant | RuleBody::Waiver { .. } => {}
        RuleBody::Guard { risk, .. } => {
            if let Some(points) = risk {
                found(&mut points.expr);
            }
        }
        RuleBody::Budget {
            limit, by, spend, ..
        } => {
            found(limit);
            found(spend);
            by.iter_mut().for_each(&mut found);
        }
        RuleBody::Breaker { by, .. } => by.iter_mut().for_each(&mut found),
        RuleBody::Tolerance {
            propose_at,
            escalate_at,
        } => [propose_at, escalate_at]
            .into_iter()
            .flatten()
            .for_each(&mut found),
    }
    for_each_expr_of_template(&mut rule.because, &mut found);
    for suggestion in &mut rule.suggestions {
        match suggestion {
            Suggestion::Assign { value, .. } => found(value),
            Suggestion::Text(parts) => for_each_expr_of_template(parts, &mut found),
        }
    }
}

fn for_each_expr_of_template(parts: &mut [TemplatePart], found: &mut impl FnMut(&mut ExprId)) {
    for part in parts {
        match part {
            TemplatePart::Text(_) => {}
            TemplatePart::Expr(expr) => found(expr),
        }
    }
}

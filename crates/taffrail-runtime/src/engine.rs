//! A program as it is loaded: the data together with what is derived from it once.

use std::sync::Arc;

use regex::Regex;

use crate::index::Index;
use crate::program::{
    DEPTH_LIMIT, Expr, ExprId, LocalId, ProgramData, Rule, RuleBody, RuleId, SlotId, SlotPath,
};
use crate::prune::Needed;
use crate::value::Value;

/// Why data is not a program.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// The bytes are no saved program.
    #[error("not a saved program: {source}")]
    Format {
        /// What the reader says.
        source: serde_json::Error,
    },
    /// The program was saved by another version of the format.
    #[error(
        "saved by format version {found}, this engine reads {expected}; compile the policies again"
    )]
    Version {
        /// The version found.
        found: u32,
        /// The version this engine reads.
        expected: u32,
    },
    /// An id points to nothing, or to something that comes later.
    #[error("damaged program: {what} points outside of its table")]
    Dangling {
        /// What points there.
        what: &'static str,
    },
    /// A pattern does not compile.
    #[error("damaged program: pattern `{pattern}` does not compile")]
    Pattern {
        /// The pattern.
        pattern: String,
    },
    /// An expression nests too deeply.
    #[error("an expression nests more than {DEPTH_LIMIT} levels deep, its lets counted")]
    TooDeep {
        /// The first such expression.
        expr: ExprId,
    },
}

/// A program with everything derived from it.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) data: ProgramData,
    pub(crate) index: Index,
    pub(crate) needed: Needed,
    /// Waivers by the rule they forgive: fully forgiving ones first, then by name.
    waivers: Vec<Vec<RuleId>>,
    patterns: Vec<Regex>,
    flags: Vec<Flags>,
}

/// What is known of an expression before it runs.
#[derive(Debug, Clone, Copy, Default)]
struct Flags {
    shared: bool,
    is_let: bool,
}

impl Loaded {
    pub(crate) fn new(data: ProgramData) -> Result<Arc<Self>, ProgramError> {
        check_ids(&data)?;
        let patterns = data
            .patterns
            .iter()
            .map(|pattern| {
                Regex::new(pattern).map_err(|_| ProgramError::Pattern {
                    pattern: pattern.clone(),
                })
            })
            .collect::<Result<_, _>>()?;
        let flags = flags(&data);
        let mut waivers = vec![Vec::new(); data.rules.len()];
        for partial in [false, true] {
            for (at, rule) in rules(&data) {
                if let RuleBody::Waiver {
                    rule: forgiven,
                    at_most_propose,
                    ..
                } = &rule.body
                    && *at_most_propose == partial
                    && let Some(waivers) = waivers.get_mut(forgiven.0 as usize)
                {
                    waivers.push(at);
                }
            }
        }
        Ok(Arc::new(Self {
            index: Index::new(&data),
            needed: Needed::of_document(&data),
            data,
            waivers,
            patterns,
            flags,
        }))
    }

    pub(crate) fn expr(&self, id: ExprId) -> Option<&Expr> {
        self.data.exprs.get(id.0 as usize)
    }

    pub(crate) fn slot(&self, id: SlotId) -> Option<&SlotPath> {
        self.data.slots.get(id.0 as usize)
    }

    pub(crate) fn rule(&self, id: RuleId) -> Option<&Rule> {
        self.data.rules.get(id.0 as usize)
    }

    pub(crate) fn pattern(&self, id: u32) -> Option<&Regex> {
        self.patterns.get(id as usize)
    }

    pub(crate) fn waivers_of(&self, id: RuleId) -> &[RuleId] {
        self.waivers.get(id.0 as usize).map_or(&[], Vec::as_slice)
    }

    /// Tells whether several expressions use this one, and it means the same to all of them.
    pub(crate) fn is_shared(&self, id: ExprId) -> bool {
        self.flags
            .get(id.0 as usize)
            .is_some_and(|flags| flags.shared)
    }

    /// Tells whether this is the whole body of a let.
    pub(crate) fn is_let(&self, id: ExprId) -> bool {
        self.flags
            .get(id.0 as usize)
            .is_some_and(|flags| flags.is_let)
    }
}

/// Returns the rules with their ids.
pub(crate) fn rules(data: &ProgramData) -> impl Iterator<Item = (RuleId, &Rule)> {
    data.rules
        .iter()
        .enumerate()
        .map(|(at, rule)| (RuleId(u32::try_from(at).unwrap_or(u32::MAX)), rule))
}

/// Returns the expressions that a rule itself names, conditions first.
pub(crate) fn roots(rule: &Rule) -> Vec<ExprId> {
    let mut all: Vec<ExprId> = rule
        .conditions
        .iter()
        .map(|condition| condition.expr)
        .collect();
    match &rule.body {
        RuleBody::Grant | RuleBody::Waiver { .. } => {}
        RuleBody::Guard { risk, .. } => all.extend(risk.map(|points| points.expr)),
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

/// Returns the expressions that only explanations evaluate.
pub(crate) fn explanation_roots(rule: &Rule) -> Vec<ExprId> {
    use crate::program::{Suggestion, TemplatePart};
    let of_template = |parts: &[TemplatePart]| -> Vec<ExprId> {
        parts
            .iter()
            .filter_map(|part| match part {
                TemplatePart::Text(_) => None,
                TemplatePart::Expr(expr) => Some(*expr),
            })
            .collect()
    };
    let mut all = of_template(&rule.because);
    for suggestion in &rule.suggestions {
        match suggestion {
            Suggestion::Assign { value, .. } => all.push(*value),
            Suggestion::Text(parts) => all.extend(of_template(parts)),
        }
    }
    all
}

fn check_ids(data: &ProgramData) -> Result<(), ProgramError> {
    let dangling = |what| ProgramError::Dangling { what };
    let mut depths: Vec<u32> = Vec::with_capacity(data.exprs.len());
    for (at, expr) in data.exprs.iter().enumerate() {
        let mut depth = 0;
        for operand in expr.operands() {
            let below = depths
                .get(operand.0 as usize)
                .ok_or_else(|| dangling("an expression"))?;
            depth = depth.max(below.saturating_add(1));
        }
        if depth > DEPTH_LIMIT {
            return Err(ProgramError::TooDeep {
                expr: ExprId(u32::try_from(at).unwrap_or(u32::MAX)),
            });
        }
        let known = match expr {
            Expr::Slot(slot) => data.slots.get(slot.0 as usize).is_some(),
            Expr::Signal(signal) => data.signals.get(*signal as usize).is_some(),
            Expr::Matches(_, pattern) => data.patterns.get(*pattern as usize).is_some(),
            _ => true,
        };
        if !known {
            return Err(dangling("an expression"));
        }
        depths.push(depth);
    }
    for rule in &data.rules {
        let mut exprs = roots(rule).into_iter().chain(explanation_roots(rule));
        if !exprs.all(|id| data.exprs.get(id.0 as usize).is_some()) {
            return Err(dangling("a rule"));
        }
        if data.files.get(rule.origin.file as usize).is_none() {
            return Err(dangling("an origin"));
        }
        if let RuleBody::Waiver { rule, .. } = rule.body
            && data.rules.get(rule.0 as usize).is_none()
        {
            return Err(dangling("a waiver"));
        }
    }
    Ok(())
}

fn flags(data: &ProgramData) -> Vec<Flags> {
    let mut users = vec![0_u32; data.exprs.len()];
    let mut count = |id: ExprId| {
        if let Some(users) = users.get_mut(id.0 as usize) {
            *users = users.saturating_add(1);
        }
    };
    data.exprs
        .iter()
        .flat_map(Expr::operands)
        .for_each(&mut count);
    data.rules.iter().flat_map(roots).for_each(&mut count);
    let mut free: Vec<u64> = Vec::with_capacity(data.exprs.len());
    let mut flags: Vec<Flags> = Vec::with_capacity(data.exprs.len());
    for (expr, users) in data.exprs.iter().zip(&users) {
        let locals = free_locals(expr, &free);
        let trivial = matches!(
            expr,
            Expr::Constant(Value::Bool(_) | Value::Number(_) | Value::String(_))
        );
        free.push(locals);
        flags.push(Flags {
            shared: *users > 1 && locals == 0 && !trivial,
            is_let: false,
        });
    }
    for (_, id) in &data.lets {
        if let (Some(flags), Some(0)) = (flags.get_mut(id.0 as usize), free.get(id.0 as usize)) {
            flags.is_let = true;
            // A let keeps its own budget of steps, also where only one rule uses it.
            flags.shared = true;
        }
    }
    flags
}

/// Returns the locals that an expression reads and does not bind itself, a bit for each. An expression without any means the
/// same wherever it stands. Locals from the 64th on share a bit that no quantifier clears.
pub(crate) fn free_locals(expr: &Expr, free: &[u64]) -> u64 {
    let of = |id: ExprId| free.get(id.0 as usize).copied().unwrap_or(u64::MAX);
    let bit = |local: LocalId| 1_u64 << local.0.min(63);
    match expr {
        Expr::Local(local) => bit(*local),
        Expr::Quantifier(quantifier) => {
            let bound = [Some(quantifier.element), quantifier.key]
                .into_iter()
                .flatten()
                .filter(|local| local.0 < 63)
                .fold(0, |bound, local| bound | bit(local));
            let inside = [quantifier.filter, quantifier.body]
                .into_iter()
                .flatten()
                .fold(0, |inside, part| inside | of(part));
            of(quantifier.over) | (inside & !bound)
        }
        other => {
            let mut locals = 0;
            other.for_each_operand(|operand| locals |= of(operand));
            locals
        }
    }
}

#[cfg(test)]
mod tests {
    use super::free_locals;
    use crate::program::{Expr, ExprId, LocalId, Quantifier, QuantifierKind};

    fn loop_over(over: u32, element: u32, body: u32) -> Expr {
        Expr::Quantifier(Box::new(Quantifier {
            kind: QuantifierKind::Some,
            key: None,
            element: LocalId(element),
            over: ExprId(over),
            filter: None,
            body: Some(ExprId(body)),
        }))
    }

    #[test]
    fn a_quantifier_binds_its_variable_in_its_body_only() {
        let exprs = [
            Expr::Changes,
            Expr::Local(LocalId(0)),
            Expr::Local(LocalId(1)),
            Expr::Or(vec![ExprId(1), ExprId(2)]),
            loop_over(0, 0, 3),
            loop_over(0, 1, 4),
            loop_over(1, 0, 1),
            Expr::Local(LocalId(70)),
            loop_over(0, 70, 7),
        ];
        let mut free = Vec::new();
        for expr in &exprs {
            free.push(free_locals(expr, &free));
        }
        let high = 1 << 63;
        assert_eq!(free, [0, 0b01, 0b10, 0b11, 0b10, 0, 0b01, high, high]);
    }
}

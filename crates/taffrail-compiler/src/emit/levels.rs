//! Numbers for local variables that depend on the expression alone.
//!
//! A quantifier's variable gets the number of variables that are bound below it. Equal quantifiers thus get equal
//! numbers wherever they stand, and share one place in the arena; and what a variable's scope binds
//! further inside always has smaller numbers than the variable.

use crate::graph::{NodeKind, RuleGraph};
use crate::operands::push_operands;
use crate::typed::{Expr, ExprKind, Module};

/// How many variables the body of each function binds below each other.
#[derive(Debug)]
pub(super) struct Levels {
    functions: Vec<u32>,
}

impl Levels {
    pub(super) fn new(module: &Module, graph: &RuleGraph) -> Self {
        let mut levels = Self {
            functions: vec![0; module.lets.len()],
        };
        // Functions come after those they call.
        for node in graph.evaluation_order() {
            let NodeKind::Let(id) = node.kind else {
                continue;
            };
            let function = module
                .lets
                .get(id.0 as usize)
                .filter(|binding| binding.is_function);
            if let Some(function) = function {
                let level = levels.of(&function.body);
                if let Some(slot) = levels.functions.get_mut(id.0 as usize) {
                    *slot = level;
                }
            }
        }
        levels
    }

    /// Returns how many variables the expression binds below each other; 0 without a quantifier.
    pub(super) fn of(&self, expr: &Expr) -> u32 {
        let mut deepest = 0;
        let mut open = vec![(expr, 0_u32)];
        let mut operands = Vec::new();
        while let Some((expr, above)) = open.pop() {
            let here = match &expr.kind {
                ExprKind::Quantifier(quantifier) => {
                    above.saturating_add(if quantifier.key.is_some() { 2 } else { 1 })
                }
                ExprKind::CallLet(id, _) => {
                    let inside = self.functions.get(id.0 as usize).copied().unwrap_or(0);
                    deepest = deepest.max(above.saturating_add(inside));
                    above
                }
                _ => above,
            };
            deepest = deepest.max(here);
            push_operands(expr, &mut operands);
            open.extend(operands.drain(..).map(|operand| (operand, here)));
        }
        deepest
    }
}

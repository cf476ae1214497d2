//! Values that must be known while compiling: parameters, windows of time, counts.

use jiff::SignedDuration;
use taffrail_runtime::Value;
use taffrail_syntax::Diagnostic;

use super::levels::Levels;
use super::lower::Lowering;
use crate::codes;
use crate::graph::{NodeKind, RuleGraph};
use crate::typed::{Expr, Module};

/// Returns the value of each parameter; absent, with an error, where it is not known.
pub(super) fn params(
    module: &Module,
    graph: &RuleGraph,
    levels: &Levels,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Value> {
    let mut values = vec![Value::Absent; module.params.len()];
    // A parameter comes after those that its default reads.
    for node in graph.evaluation_order() {
        let NodeKind::Param(id) = node.kind else {
            continue;
        };
        let Some(param) = module.params.get(id.0 as usize) else {
            continue;
        };
        let value = Lowering::new(module, graph, levels, &values, &[]).value(&param.value);
        match value {
            Some(value) => {
                if let Some(slot) = values.get_mut(id.0 as usize) {
                    *slot = value;
                }
            }
            None => diagnostics.push(not_a_constant(
                &param.value,
                format!("the default of `{}`", param.name),
            )),
        }
    }
    values
}

/// Computes values apart from the program.
#[derive(Debug)]
pub(super) struct Constants<'m> {
    lowering: Lowering<'m>,
}

impl<'m> Constants<'m> {
    pub(super) fn new(lowering: Lowering<'m>) -> Self {
        Self { lowering }
    }

    /// Returns a span of time longer than zero, or an error that names it with `what`.
    pub(super) fn duration(
        &mut self,
        expr: &'m Expr,
        what: &str,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> SignedDuration {
        match self.lowering.value(expr) {
            Some(Value::Duration(duration)) if duration.is_positive() => return duration,
            Some(Value::Duration(_)) => diagnostics.push(
                Diagnostic::error(
                    codes::NOT_POSITIVE,
                    expr.location,
                    format!("{what} must be longer than zero"),
                )
                .at("this is not"),
            ),
            Some(_) => diagnostics.push(
                Diagnostic::error(
                    codes::NOT_A_CONSTANT,
                    expr.location,
                    format!("{what} must be a duration"),
                )
                .hint("write a duration such as `90s`, `5m` or `7d`"),
            ),
            None => diagnostics.push(not_a_constant(expr, what.to_owned())),
        }
        SignedDuration::ZERO
    }

    /// Returns a whole number from 1 on, or an error that names it with `what`.
    pub(super) fn count(
        &mut self,
        expr: &'m Expr,
        what: &str,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> u32 {
        let Some(value) = self.lowering.value(expr) else {
            diagnostics.push(not_a_constant(expr, what.to_owned()));
            return 1;
        };
        let count = match value {
            Value::Number(number) if number.is_integer() => {
                number.to_i64().and_then(|count| u32::try_from(count).ok())
            }
            _ => None,
        };
        match count {
            Some(count) if count > 0 => count,
            _ => {
                diagnostics.push(
                    Diagnostic::error(
                        codes::NOT_POSITIVE,
                        expr.location,
                        format!("{what} must be a whole number of at least 1"),
                    )
                    .at("this is not"),
                );
                1
            }
        }
    }
}

fn not_a_constant(expr: &Expr, what: String) -> Diagnostic {
    Diagnostic::error(
        codes::NOT_A_CONSTANT,
        expr.location,
        format!("{what} must be known when the policy is compiled"),
    )
    .at("this depends on the request, or cannot be computed")
    .hint("use literals and parameters only")
}

//! Where `known(e)` may stand. It turns an unknown into a false, so it may only make a decision more
//! careful: un-negated where truth grants, negated where truth restrains.

use std::collections::BTreeMap;

use taffrail_runtime::program::QuantifierKind;
use taffrail_syntax::{Diagnostic, Location, ast};

use super::clauses::noun;
use super::scope::Context;
use crate::operands::push_operands;
use crate::typed::{Expr, ExprKind, LocalId, Quantifier, Rule};

/// The sign under which an expression stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Positive,
    Negative,
    /// Under something else than `and`, `or`, `not` and quantifiers, where signs mean nothing.
    Neither,
}

impl Sign {
    const ALL: [Self; 3] = [Self::Positive, Self::Negative, Self::Neither];

    fn flipped(self) -> Self {
        match self {
            Self::Positive => Self::Negative,
            Self::Negative => Self::Positive,
            Self::Neither => Self::Neither,
        }
    }

    /// Returns the sign of something that stands under `inner` in an expression that stands under `self`.
    fn then(self, inner: Self) -> Self {
        match inner {
            Self::Positive => self,
            Self::Negative => self.flipped(),
            Self::Neither => Self::Neither,
        }
    }
}

/// Something for each sign.
#[derive(Debug, Clone, Copy, Default)]
struct BySign<T> {
    positive: T,
    negative: T,
    neither: T,
}

impl<T> BySign<T> {
    fn get(&self, sign: Sign) -> &T {
        match sign {
            Sign::Positive => &self.positive,
            Sign::Negative => &self.negative,
            Sign::Neither => &self.neither,
        }
    }

    fn get_mut(&mut self, sign: Sign) -> &mut T {
        match sign {
            Sign::Positive => &mut self.positive,
            Sign::Negative => &mut self.negative,
            Sign::Neither => &mut self.neither,
        }
    }
}

/// A `known` that an expression has or brings in.
#[derive(Debug, Clone, Copy)]
struct Site {
    /// What is at fault in the expression: the `known`, or the name of the let that brings it in.
    place: Location,
    /// The `known` itself.
    origin: Location,
}

impl Site {
    /// Labels the `known` that a let brings in from elsewhere.
    fn explain(self, diagnostic: Diagnostic) -> Diagnostic {
        if self.place == self.origin {
            diagnostic
        } else {
            diagnostic.label(self.origin, "`known` stands here")
        }
    }

    fn out_of_place(self) -> Diagnostic {
        self.explain(
            Diagnostic::error(
                "known-out-of-place",
                self.place,
                "`known` may only be a condition, or part of one under `and`, `or`, `not` and quantifiers",
            )
            .at("not a condition here")
            .hint("move it to a `when` or `unless` of its own"),
        )
    }
}

/// Where `known` and the parameters of a function stand in an expression.
#[derive(Debug, Clone, Default)]
pub(super) struct Occurrences {
    /// A `known` under each sign.
    known: BySign<Option<Site>>,
    /// The signs under which a local stands; parameters of the function are of interest.
    locals: BTreeMap<LocalId, BySign<bool>>,
}

impl Occurrences {
    /// Returns where `known` and locals stand in an expression.
    pub(super) fn of(ctx: &Context<'_>, expr: &Expr) -> Self {
        let mut found = Self::default();
        found.walk(ctx, expr, Sign::Positive);
        found
    }

    fn walk(&mut self, ctx: &Context<'_>, expr: &Expr, sign: Sign) {
        match &expr.kind {
            ExprKind::Known(inner) => {
                let site = Site {
                    place: expr.location,
                    origin: expr.location,
                };
                self.known.get_mut(sign).get_or_insert(site);
                self.walk(ctx, inner, Sign::Neither);
            }
            ExprKind::Local(id) => {
                *self.locals.entry(*id).or_default().get_mut(sign) = true;
            }
            ExprKind::Not(inner) => self.walk(ctx, inner, sign.flipped()),
            ExprKind::And(operands) | ExprKind::Or(operands) => {
                for operand in operands {
                    self.walk(ctx, operand, sign);
                }
            }
            ExprKind::Let(id) => {
                if let Some(body) = ctx.typed_let(*id) {
                    self.merge(&body.occurrences.known, expr.location, sign);
                }
            }
            ExprKind::CallLet(id, arguments) => {
                let Some(body) = ctx.typed_let(*id) else {
                    return;
                };
                self.merge(&body.occurrences.known, expr.location, sign);
                let params = ctx.let_state(*id).map_or(&[][..], |state| &state.params);
                for ((local, _), argument) in params.iter().zip(arguments) {
                    let places = body.occurrences.locals.get(local);
                    for inner in Sign::ALL {
                        if places.is_some_and(|places| *places.get(inner)) {
                            self.walk(ctx, argument, sign.then(inner));
                        }
                    }
                }
            }
            ExprKind::Quantifier(quantifier) => self.walk_quantifier(ctx, quantifier, sign),
            ExprKind::Constant(_)
            | ExprKind::Root(_)
            | ExprKind::Signal(_)
            | ExprKind::Param(_)
            | ExprKind::Field(..)
            | ExprKind::Index(..)
            | ExprKind::View(..)
            | ExprKind::Quantity(_)
            | ExprKind::Compare(..)
            | ExprKind::In(..)
            | ExprKind::Like(..)
            | ExprKind::Matches(..)
            | ExprKind::IsAbsent(_)
            | ExprKind::Coalesce(..)
            | ExprKind::Arithmetic(..)
            | ExprKind::Negate(_)
            | ExprKind::If(..)
            | ExprKind::List(_)
            | ExprKind::Map(_)
            | ExprKind::Call(..)
            | ExprKind::Changed(_)
            | ExprKind::Changes
            | ExprKind::Objects { .. } => {
                let mut operands = Vec::new();
                push_operands(expr, &mut operands);
                for operand in operands {
                    self.walk(ctx, operand, Sign::Neither);
                }
            }
        }
    }

    fn walk_quantifier(&mut self, ctx: &Context<'_>, quantifier: &Quantifier, sign: Sign) {
        let (filter, body) = match quantifier.kind {
            QuantifierKind::Every => (sign.flipped(), sign),
            QuantifierKind::Some => (sign, sign),
            QuantifierKind::No => (sign.flipped(), sign.flipped()),
            QuantifierKind::Count
            | QuantifierKind::Sum
            | QuantifierKind::Min
            | QuantifierKind::Max => (Sign::Neither, Sign::Neither),
        };
        self.walk(ctx, &quantifier.over, Sign::Neither);
        if let Some(condition) = &quantifier.filter {
            self.walk(ctx, condition, filter);
        }
        if let Some(expr) = &quantifier.body {
            self.walk(ctx, expr, body);
        }
    }

    /// Adds those of a let that is used under a sign. What stands out of place in the let itself is
    /// reported there.
    fn merge(&mut self, known: &BySign<Option<Site>>, place: Location, sign: Sign) {
        for inner in [Sign::Positive, Sign::Negative] {
            if let Some(Site { origin, .. }) = *known.get(inner) {
                self.known
                    .get_mut(sign.then(inner))
                    .get_or_insert(Site { place, origin });
            }
        }
    }

    /// Reports a `known` that stands where signs mean nothing.
    pub(super) fn report_misplaced(&self, ctx: &mut Context<'_>) {
        if let Some(site) = self.known.neither {
            ctx.report(site.out_of_place());
        }
    }
}

/// Reports each `known` of a rule's conditions that could make a decision less careful.
pub(super) fn check_rule(ctx: &mut Context<'_>, rule: &Rule) {
    let wrong = match rule.kind {
        ast::RuleKind::Grant | ast::RuleKind::Waive => Sign::Negative,
        ast::RuleKind::Guard
        | ast::RuleKind::Budget
        | ast::RuleKind::Breaker
        | ast::RuleKind::Tolerance => Sign::Positive,
        ast::RuleKind::Prove => return,
    };
    for condition in &rule.conditions {
        let found = Occurrences::of(ctx, &condition.expr);
        found.report_misplaced(ctx);
        let Some(site) = *found.known.get(wrong) else {
            continue;
        };
        let keyword = noun(rule.kind);
        let (how, hint) = if wrong == Sign::Negative {
            ("negated", "use `when known(…)` here, without `not`")
        } else {
            (
                "without `not`",
                "use `unless known(…)` or `when not known(…)` here",
            )
        };
        let diagnostic = Diagnostic::error(
            "known-weakens-rule",
            site.place,
            format!("`known` {how} would let missing information make this {keyword} milder"),
        )
        .hint(hint);
        ctx.report(site.explain(diagnostic));
    }
}

/// Reports a `known` in an expression that is no condition, such as `risk` or `limit`.
pub(super) fn check_value(ctx: &mut Context<'_>, expr: &Expr) {
    let found = Occurrences::of(ctx, expr);
    for sign in Sign::ALL {
        if let Some(site) = found.known.get(sign) {
            ctx.report(site.out_of_place());
            return;
        }
    }
}

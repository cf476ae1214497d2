//! Between which numbers an expression lies, whatever the facts are.
//!
//! Only known numbers count: where an expression is unknown, absent or no number, an interval says nothing.

use rustc_hash::FxHashMap;
use taffrail_runtime::builtins::Builtin;
use taffrail_runtime::program::{ArithmeticOp, Expr, ExprId, Quantifier, QuantifierKind};
use taffrail_runtime::{Decimal, Value};

use super::arena::Arena;

/// The least and the greatest number that an expression can be; `None` where nothing bounds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Interval {
    least: Option<Decimal>,
    greatest: Option<Decimal>,
}

/// Intervals of expressions, each computed once.
#[derive(Debug, Default)]
pub(super) struct Intervals {
    known: FxHashMap<ExprId, Interval>,
}

impl Intervals {
    /// Returns the greatest number of points that the expression can give: rounded up, 0 to 100.
    pub(super) fn greatest_points(&mut self, arena: &Arena, expr: ExprId) -> u8 {
        let Some(greatest) = self.of(arena, expr).greatest else {
            return 100;
        };
        if greatest.is_negative() {
            return 0;
        }
        // A number that does not fit is far above 100.
        greatest
            .ceil()
            .to_i64()
            .and_then(|points| u8::try_from(points).ok())
            .map_or(100, |points| points.min(100))
    }

    fn of(&mut self, arena: &Arena, id: ExprId) -> Interval {
        if let Some(known) = self.known.get(&id) {
            return *known;
        }
        let interval = arena
            .get(id)
            .map_or(Interval::UNBOUNDED, |expr| self.compute(arena, expr));
        self.known.insert(id, interval);
        interval
    }

    fn compute(&mut self, arena: &Arena, expr: &Expr) -> Interval {
        match expr {
            Expr::Constant(value) => of_value(value),
            Expr::If(_, a, b) | Expr::Coalesce(a, b) => self.of(arena, *a).hull(self.of(arena, *b)),
            Expr::Negate(a) => self.of(arena, *a).negate(),
            Expr::Arithmetic(op, a, b) => {
                let (a, b) = (self.of(arena, *a), self.of(arena, *b));
                match op {
                    ArithmeticOp::Add => a.plus(b),
                    ArithmeticOp::Subtract => a.plus(b.negate()),
                    ArithmeticOp::Multiply => a.times(b),
                    ArithmeticOp::Divide => a.divided_by(b),
                    ArithmeticOp::Remainder => a.remainder(b),
                }
            }
            Expr::Index(base, _) | Expr::Field(base, _) => self.of_member(arena, *base),
            Expr::Call(builtin, arguments) => self.of_call(arena, *builtin, arguments),
            Expr::Quantifier(quantifier) => self.of_quantifier(arena, quantifier),
            Expr::Quantity(a) => match arena.value(*a) {
                Some(Value::Number(_)) => self.of(arena, *a),
                _ => Interval::UNBOUNDED,
            },
            Expr::Slot(_)
            | Expr::Local(_)
            | Expr::Signal(_)
            | Expr::View { .. }
            | Expr::Not(_)
            | Expr::And(_)
            | Expr::Or(_)
            | Expr::Compare(..)
            | Expr::In(..)
            | Expr::Like(..)
            | Expr::Matches(..)
            | Expr::IsAbsent(_)
            | Expr::List(_)
            | Expr::Map(_)
            | Expr::Known(_)
            | Expr::Changed(_)
            | Expr::Changes
            | Expr::Objects { .. } => Interval::UNBOUNDED,
        }
    }

    /// One element of a literal list or map, whichever.
    fn of_member(&mut self, arena: &Arena, base: ExprId) -> Interval {
        match arena.get(base) {
            Some(Expr::Constant(Value::List(items))) => hull_of(items.iter().map(of_value)),
            Some(Expr::Constant(Value::Map(map))) => hull_of(map.iter().map(|(_, v)| of_value(v))),
            Some(Expr::List(items)) => hull_of(items.iter().map(|item| self.of(arena, *item))),
            Some(Expr::Map(entries)) => {
                hull_of(entries.iter().map(|(_, item)| self.of(arena, *item)))
            }
            _ => Interval::UNBOUNDED,
        }
    }

    fn of_call(&mut self, arena: &Arena, builtin: Builtin, arguments: &[ExprId]) -> Interval {
        match (builtin, arguments) {
            // The extremes of a list lie among its elements.
            (Builtin::Min | Builtin::Max, [list]) => self.of_member(arena, *list),
            (Builtin::Min, several) => several
                .iter()
                .map(|argument| self.of(arena, *argument))
                .reduce(Interval::least_of)
                .unwrap_or(Interval::UNBOUNDED),
            (Builtin::Max, several) => several
                .iter()
                .map(|argument| self.of(arena, *argument))
                .reduce(Interval::greatest_of)
                .unwrap_or(Interval::UNBOUNDED),
            (Builtin::Abs, [a]) => self.of(arena, *a).abs(),
            (Builtin::Ceil, [a]) => self.of(arena, *a).map(Decimal::ceil),
            (Builtin::Floor, [a]) => self.of(arena, *a).map(Decimal::floor),
            (Builtin::Len | Builtin::Count, _) => Interval::NOT_NEGATIVE,
            _ => Interval::UNBOUNDED,
        }
    }

    fn of_quantifier(&mut self, arena: &Arena, quantifier: &Quantifier) -> Interval {
        let body = |intervals: &mut Self| {
            quantifier
                .body
                .map_or(Interval::UNBOUNDED, |body| intervals.of(arena, body))
        };
        match quantifier.kind {
            QuantifierKind::Count => Interval::NOT_NEGATIVE,
            QuantifierKind::Min | QuantifierKind::Max => body(self),
            QuantifierKind::Sum => match body(self).least {
                Some(least) if !least.is_negative() => Interval::NOT_NEGATIVE,
                _ => Interval::UNBOUNDED,
            },
            QuantifierKind::Every | QuantifierKind::Some | QuantifierKind::No => {
                Interval::UNBOUNDED
            }
        }
    }
}

fn of_value(value: &Value) -> Interval {
    match value {
        Value::Number(number) => Interval::exactly(*number),
        _ => Interval::UNBOUNDED,
    }
}

fn hull_of(intervals: impl Iterator<Item = Interval>) -> Interval {
    intervals
        .reduce(Interval::hull)
        .unwrap_or(Interval::UNBOUNDED)
}

impl Interval {
    const UNBOUNDED: Self = Self {
        least: None,
        greatest: None,
    };

    const NOT_NEGATIVE: Self = Self {
        least: Some(Decimal::ZERO),
        greatest: None,
    };

    fn exactly(number: Decimal) -> Self {
        Self {
            least: Some(number),
            greatest: Some(number),
        }
    }

    /// Either of both.
    fn hull(self, other: Self) -> Self {
        Self {
            least: both(self.least, other.least, Decimal::min),
            greatest: both(self.greatest, other.greatest, Decimal::max),
        }
    }

    /// The smaller of both: one bound from above is enough.
    fn least_of(self, other: Self) -> Self {
        Self {
            least: both(self.least, other.least, Decimal::min),
            greatest: either(self.greatest, other.greatest, Decimal::min),
        }
    }

    /// The larger of both: one bound from below is enough.
    fn greatest_of(self, other: Self) -> Self {
        Self {
            least: either(self.least, other.least, Decimal::max),
            greatest: both(self.greatest, other.greatest, Decimal::max),
        }
    }

    fn negate(self) -> Self {
        Self {
            least: self.greatest.map(Decimal::neg),
            greatest: self.least.map(Decimal::neg),
        }
    }

    fn abs(self) -> Self {
        let greatest = both(self.least, self.greatest, |a, b| a.abs().max(b.abs()));
        Self {
            least: Some(Decimal::ZERO),
            greatest,
        }
    }

    fn map(self, monotone: fn(Decimal) -> Decimal) -> Self {
        Self {
            least: self.least.map(monotone),
            greatest: self.greatest.map(monotone),
        }
    }

    fn plus(self, other: Self) -> Self {
        let add = |a: Option<Decimal>, b: Option<Decimal>| a?.checked_add(b?);
        Self {
            least: add(self.least, other.least),
            greatest: add(self.greatest, other.greatest),
        }
    }

    fn times(self, other: Self) -> Self {
        let corners = || {
            let mut least: Option<Decimal> = None;
            let mut greatest: Option<Decimal> = None;
            for a in [self.least?, self.greatest?] {
                for b in [other.least?, other.greatest?] {
                    let product = a.checked_mul(b)?;
                    least = Some(least.map_or(product, |least| least.min(product)));
                    greatest = Some(greatest.map_or(product, |greatest| greatest.max(product)));
                }
            }
            Some(Self { least, greatest })
        };
        corners().unwrap_or_else(|| match (self.least, other.least) {
            (Some(a), Some(b)) if !a.is_negative() && !b.is_negative() => Self::NOT_NEGATIVE,
            _ => Self::UNBOUNDED,
        })
    }

    /// Rounding keeps order, so the bounds of the quotient are the quotients of the bounds.
    fn divided_by(self, other: Self) -> Self {
        let (Some(divisor), true) = (other.least, other.least == other.greatest) else {
            return Self::UNBOUNDED;
        };
        let divide = |bound: Option<Decimal>| bound?.checked_div(divisor);
        let (a, b) = (divide(self.least), divide(self.greatest));
        if divisor == Decimal::ZERO {
            Self::UNBOUNDED
        } else if divisor.is_negative() {
            Self {
                least: b,
                greatest: a,
            }
        } else {
            Self {
                least: a,
                greatest: b,
            }
        }
    }

    /// A remainder is smaller than the divisor, whatever its sign.
    fn remainder(self, other: Self) -> Self {
        let bound = other.abs().greatest;
        Self {
            least: bound.map(Decimal::neg),
            greatest: bound,
        }
    }
}

fn both(
    a: Option<Decimal>,
    b: Option<Decimal>,
    join: impl Fn(Decimal, Decimal) -> Decimal,
) -> Option<Decimal> {
    Some(join(a?, b?))
}

fn either(
    a: Option<Decimal>,
    b: Option<Decimal>,
    join: impl Fn(Decimal, Decimal) -> Decimal,
) -> Option<Decimal> {
    match (a, b) {
        (Some(a), Some(b)) => Some(join(a, b)),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::Interval;
    use taffrail_runtime::Decimal;

    fn between(least: i64, greatest: i64) -> Interval {
        Interval {
            least: Some(Decimal::from(least)),
            greatest: Some(Decimal::from(greatest)),
        }
    }

    /// Every operation on bounds must hold what the operation gives on any two numbers within them.
    #[test]
    fn bounds_hold_every_result() {
        let ends = [-7, -2, 0, 1, 3, 10];
        for a in ends {
            for b in ends.iter().copied().filter(|b| *b >= a) {
                for c in ends {
                    for d in ends.iter().copied().filter(|d| *d >= c) {
                        check((a, b), (c, d));
                    }
                }
            }
        }
    }

    fn check(x: (i64, i64), y: (i64, i64)) {
        let (i, j) = (between(x.0, x.1), between(y.0, y.1));
        for a in x.0..=x.1 {
            for b in y.0..=y.1 {
                let (a, b) = (Decimal::from(a), Decimal::from(b));
                assert_in(a.checked_add(b), i.plus(j));
                assert_in(a.checked_sub(b), i.plus(j.negate()));
                assert_in(a.checked_mul(b), i.times(j));
                assert_in(a.checked_div(b), i.divided_by(j));
                assert_in(a.checked_rem(b), i.remainder(j));
                assert_in(Some(a.min(b)), i.least_of(j));
                assert_in(Some(a.max(b)), i.greatest_of(j));
                assert_in(Some(a), i.hull(j));
                assert_in(Some(a.abs()), i.abs());
            }
        }
    }

    fn assert_in(number: Option<Decimal>, interval: Interval) {
        if let Some(number) = number {
            assert!(
                interval.least.is_none_or(|least| least <= number),
                "{number:?} in {interval:?}"
            );
            assert!(
                interval.greatest.is_none_or(|greatest| number <= greatest),
                "{number:?} in {interval:?}"
            );
        }
    }

    #[test]
    fn half_open_bounds_stay_open_where_they_must() {
        let open = Interval {
            least: Some(Decimal::from(2)),
            greatest: None,
        };
        assert_eq!(
            open.least_of(between(0, 5)).greatest,
            Some(Decimal::from(5))
        );
        assert_eq!(open.greatest_of(between(0, 5)).greatest, None);
        assert_eq!(open.times(between(0, 5)), Interval::NOT_NEGATIVE);
        assert_eq!(open.times(between(-1, 5)), Interval::UNBOUNDED);
        assert_eq!(open.negate().greatest, Some(Decimal::from(-2)));
    }
}

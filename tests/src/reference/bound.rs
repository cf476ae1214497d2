//! The greatest number that an expression can be, whatever the facts are: what unknown points count.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, Zero};
use taffrail_syntax::ast::{BinaryOp, Expr, ExprKind, QuantifierKind, UnaryOp};

use super::eval::Scope;
use super::names::{Declared, module_of};
use super::number;

/// The least and greatest number; `None` where there is no bound.
#[derive(Debug, Clone, Default)]
struct Bounds {
    least: Option<BigRational>,
    greatest: Option<BigRational>,
}

/// Returns the greatest points that an expression can give; 100 when nothing bounds it.
pub(crate) fn greatest_points(scope: &Scope<'_>, expr: &Expr) -> u8 {
    bounds(scope, expr, &[])
        .greatest
        .map_or(100, |greatest| number::points(&greatest))
}

fn bounds(scope: &Scope<'_>, expr: &Expr, locals: &[(String, Bounds)]) -> Bounds {
    let of = |expr: &Expr| bounds(scope, expr, locals);
    match &expr.kind {
        ExprKind::Number { digits, suffix } => {
            let number = number::with_suffix(digits, suffix);
            Bounds {
                least: number.clone(),
                greatest: number,
            }
        }
        ExprKind::If(_, a, b) | ExprKind::Binary(BinaryOp::Coalesce, _, a, b) => {
            either(of(a), of(b))
        }
        ExprKind::Unary(UnaryOp::Neg, inner) => negated(of(inner)),
        ExprKind::Binary(BinaryOp::Add, _, a, b) => sum(of(a), of(b)),
        ExprKind::Binary(BinaryOp::Sub, _, a, b) => sum(of(a), negated(of(b))),
        ExprKind::Binary(BinaryOp::Mul, _, a, b) => product(of(a), of(b)),
        ExprKind::Binary(BinaryOp::Div, _, a, b) => quotient(of(a), &of(b)),
        ExprKind::Name(name) => {
            if let Some((_, bounds)) = locals.iter().rev().find(|(local, _)| local == name) {
                return bounds.clone();
            }
            match scope.files.find(&module_of(scope.file), name) {
                Some(Declared::Let(file, found)) => bounds(
                    &Scope {
                        file,
                        ..scope.clone()
                    },
                    &found.body,
                    &[],
                ),
                Some(Declared::Param(file, found)) => match &found.default {
                    Some(default) => bounds(
                        &Scope {
                            file,
                            ..scope.clone()
                        },
                        default,
                        &[],
                    ),
                    None => Bounds::default(),
                },
                Some(Declared::Signal(..)) | None => Bounds::default(),
            }
        }
        ExprKind::Call(callee, arguments) => {
            let ExprKind::Name(name) = &callee.kind else {
                return Bounds::default();
            };
            let arguments: Vec<Bounds> = arguments
                .iter()
                .map(|argument| of(&argument.value))
                .collect();
            if let Some(Declared::Let(file, function)) =
                scope.files.find(&module_of(scope.file), name)
            {
                let params = function.params.as_deref().unwrap_or_default();
                let names = params.iter().map(|param| param.name.text.clone());
                let locals: Vec<_> = names.zip(arguments).collect();
                return bounds(
                    &Scope {
                        file,
                        ..scope.clone()
                    },
                    &function.body,
                    &locals,
                );
            }
            of_built_in(name, arguments)
        }
        ExprKind::Quantifier(quantifier) => match quantifier.kind {
            QuantifierKind::Count => not_negative(),
            QuantifierKind::Sum => {
                let least = quantifier.body.as_ref().and_then(|body| of(body).least);
                if least.is_some_and(|least| !least.is_negative()) {
                    not_negative()
                } else {
                    Bounds::default()
                }
            }
            QuantifierKind::Min | QuantifierKind::Max => {
                quantifier.body.as_ref().map(of).unwrap_or_default()
            }
            QuantifierKind::Every | QuantifierKind::Some | QuantifierKind::No => Bounds::default(),
        },
        _ => Bounds::default(),
    }
}

fn of_built_in(name: &str, arguments: Vec<Bounds>) -> Bounds {
    let mapped = |bounds: &Bounds, map: fn(&BigRational) -> BigRational| Bounds {
        least: bounds.least.as_ref().map(map),
        greatest: bounds.greatest.as_ref().map(map),
    };
    match (name, arguments.as_slice()) {
        ("ceil", [of]) => mapped(of, BigRational::ceil),
        ("floor", [of]) => mapped(of, BigRational::floor),
        ("len" | "count", [_]) => not_negative(),
        ("min", [_, _, ..]) => Bounds {
            least: all_of(
                arguments.iter().map(|bounds| bounds.least.clone()),
                std::cmp::min,
            ),
            greatest: arguments
                .iter()
                .filter_map(|bounds| bounds.greatest.clone())
                .min(),
        },
        ("max", [_, _, ..]) => Bounds {
            least: arguments
                .iter()
                .filter_map(|bounds| bounds.least.clone())
                .max(),
            greatest: all_of(
                arguments.iter().map(|bounds| bounds.greatest.clone()),
                std::cmp::max,
            ),
        },
        _ => Bounds::default(),
    }
}

fn all_of(
    mut all: impl Iterator<Item = Option<BigRational>>,
    join: fn(BigRational, BigRational) -> BigRational,
) -> Option<BigRational> {
    let first = all.next()??;
    all.try_fold(first, |joined, next| Some(join(joined, next?)))
}

fn not_negative() -> Bounds {
    Bounds {
        least: Some(BigRational::from(BigInt::from(0))),
        greatest: None,
    }
}

fn either(a: Bounds, b: Bounds) -> Bounds {
    Bounds {
        least: a.least.zip(b.least).map(|(a, b)| a.min(b)),
        greatest: a.greatest.zip(b.greatest).map(|(a, b)| a.max(b)),
    }
}

fn negated(bounds: Bounds) -> Bounds {
    Bounds {
        least: bounds.greatest.map(|bound| -bound),
        greatest: bounds.least.map(|bound| -bound),
    }
}

fn sum(a: Bounds, b: Bounds) -> Bounds {
    Bounds {
        least: a.least.zip(b.least).map(|(a, b)| a + b),
        greatest: a.greatest.zip(b.greatest).map(|(a, b)| a + b),
    }
}

fn product(a: Bounds, b: Bounds) -> Bounds {
    let is_positive = |bounds: &Bounds| {
        bounds
            .least
            .as_ref()
            .is_some_and(|least| !least.is_negative())
    };
    let positive = is_positive(&a) && is_positive(&b);
    let (Some(a), Some(b)) = (a.least.zip(a.greatest), b.least.zip(b.greatest)) else {
        return if positive {
            not_negative()
        } else {
            Bounds::default()
        };
    };
    let corners = [&a.0 * &b.0, &a.0 * &b.1, &a.1 * &b.0, &a.1 * &b.1];
    Bounds {
        least: corners.iter().min().cloned(),
        greatest: corners.iter().max().cloned(),
    }
}

/// Only a fixed divisor bounds a quotient.
fn quotient(a: Bounds, b: &Bounds) -> Bounds {
    let Some(divisor) = b
        .least
        .clone()
        .filter(|least| Some(least) == b.greatest.as_ref() && !least.is_zero())
    else {
        return Bounds::default();
    };
    let (least, greatest) = if divisor.is_negative() {
        (a.greatest, a.least)
    } else {
        (a.least, a.greatest)
    };
    let divide =
        |bound: Option<BigRational>| bound.and_then(|bound| number::divide(&bound, &divisor));
    Bounds {
        least: divide(least),
        greatest: divide(greatest),
    }
}

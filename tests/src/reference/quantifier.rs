//! Quantifiers, each by its definition.

use taffrail_syntax::ast::{Expr, ExprKind, Quantifier, QuantifierKind};

use super::eval::{Local, Scope, members};
use super::number;
use super::operators;
use super::value::{Truth, Value, order};

impl Scope<'_> {
    pub(crate) fn quantifier(&self, quantifier: &Quantifier) -> Value {
        let Some(members) = members(self.value(&quantifier.over)) else {
            return Value::Unknown;
        };
        let scopes: Vec<(Truth, Self)> = members
            .into_iter()
            .map(|member| {
                (
                    member.exists,
                    self.bound(quantifier, member.key, member.value),
                )
            })
            .collect();
        let filter = |(exists, scope): &(Truth, Self)| {
            exists.and(
                quantifier
                    .filter
                    .as_ref()
                    .map_or(Truth::True, |filter| scope.truth(filter)),
            )
        };
        let body = |(_, scope): &(Truth, Self)| {
            quantifier
                .body
                .as_ref()
                .map_or(Truth::True, |body| scope.truth(body))
        };
        let both = |member: &(Truth, Self)| filter(member).and(body(member));
        match quantifier.kind {
            QuantifierKind::Every => Truth::all(
                scopes
                    .iter()
                    .map(|member| filter(member).not().or(body(member))),
            )
            .value(),
            QuantifierKind::Some => Truth::any(scopes.iter().map(both)).value(),
            QuantifierKind::No => Truth::any(scopes.iter().map(both)).not().value(),
            QuantifierKind::Count => {
                let truths: Vec<Truth> = scopes.iter().map(both).collect();
                if truths.contains(&Truth::Unknown) {
                    return Value::Unknown;
                }
                let count = truths.iter().filter(|truth| **truth == Truth::True).count();
                Value::Number(number::parse(&count.to_string()).unwrap())
            }
            QuantifierKind::Sum | QuantifierKind::Min | QuantifierKind::Max => {
                let truths: Vec<Truth> = scopes.iter().map(filter).collect();
                if truths.contains(&Truth::Unknown) {
                    return Value::Unknown;
                }
                let values = scopes
                    .iter()
                    .zip(truths)
                    .filter(|(_, truth)| *truth == Truth::True);
                let body = quantifier.body.as_ref().unwrap();
                let values: Vec<Value> = values
                    .map(|((_, scope), _)| scope.number_or_value(body))
                    .collect();
                if values
                    .iter()
                    .any(|value| matches!(value, Value::Unknown | Value::Absent))
                {
                    return Value::Unknown;
                }
                if quantifier.kind == QuantifierKind::Sum {
                    let numbers = values.iter().all(|value| matches!(value, Value::Number(_)));
                    let spans = values
                        .iter()
                        .all(|value| matches!(value, Value::Duration(_)));
                    let zero = Value::Number(number::parse("0").unwrap());
                    return match values.split_first() {
                        None => zero,
                        Some((first, rest)) if numbers || spans => rest
                            .iter()
                            .fold(first.clone(), |total, value| operators::add(&total, value)),
                        Some(_) => Value::Unknown,
                    };
                }
                extreme(&values, quantifier.kind == QuantifierKind::Min)
            }
        }
    }

    fn bound(&self, quantifier: &Quantifier, key: Value, element: Value) -> Self {
        let mut scope = self.clone();
        let is_object = is_objects(&quantifier.over);
        let mut bind = |name: &str, value, is_object| {
            scope.locals.push(Local {
                name: name.to_owned(),
                value,
                is_object,
            });
        };
        match quantifier.variables.as_slice() {
            [one] => bind(&one.text, element, is_object),
            [first, second] => {
                bind(&first.text, key, false);
                bind(&second.text, element, is_object);
            }
            other => panic!("{} variables", other.len()),
        }
        scope
    }
}

fn is_objects(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Call(callee, _) => {
            matches!(&callee.kind, ExprKind::Name(name) if name == "objects")
        }
        _ => false,
    }
}

/// Returns the least or greatest of values; absent for none, unknown where two cannot be ordered.
pub(crate) fn extreme(values: &[Value], least: bool) -> Value {
    let mut best = Value::Absent;
    for value in values {
        if best == Value::Absent {
            // What has no order has no extreme, not even alone.
            if order(value, value).is_none() {
                return Value::Unknown;
            }
            best = value.clone();
            continue;
        }
        match order(value, &best) {
            Some(order) if order.is_lt() == least && order.is_ne() => best = value.clone(),
            Some(_) => {}
            None => return Value::Unknown,
        }
    }
    best
}

//! Computes what is constant while compiling, with the functions that the evaluator uses.
//!
//! Only a plain value replaces an expression. What would be unknown or absent stays as written, so that
//! the decision can name its cause.

use std::borrow::Cow;

use rustc_hash::FxHashSet;
use taffrail_runtime::program::{ArithmeticOp, CompareOp, Expr, ExprId};
use taffrail_runtime::{Map, Truth, Value, arithmetic, builtins, compare, glob, membership};

use super::arena::Arena;

/// Values larger than this are not computed while compiling: `x + x`, often enough, fills any memory.
const SIZE_LIMIT: usize = 1024;

/// Lists and maps larger than this stay expressions.
const LITERAL_LIMIT: usize = 65_536;

/// Returns the expression, or a simpler one of the same value.
pub(super) fn simplify(arena: &mut Arena, expr: Expr) -> ExprId {
    match expr {
        Expr::And(operands) => connective(arena, &operands, Junction::And),
        Expr::Or(operands) => connective(arena, &operands, Junction::Or),
        Expr::Not(inner) => negation(arena, inner),
        Expr::If(condition, yes, no) => match arena.value(condition) {
            Some(Value::Bool(true)) => yes,
            Some(Value::Bool(false)) => no,
            _ => arena.intern(Expr::If(condition, yes, no)),
        },
        Expr::Coalesce(a, b) => match arena.value(a) {
            Some(Value::Absent) => b,
            Some(value) if is_plain(value) => a,
            _ => arena.intern(Expr::Coalesce(a, b)),
        },
        other => match constant(arena, &other) {
            Some(value) => arena.constant(value),
            None => arena.intern(other),
        },
    }
}

/// The two connectives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Junction {
    And,
    Or,
}

/// Drops operands that say nothing, and repeated ones; one that decides stands for the whole.
fn connective(arena: &mut Arena, operands: &[ExprId], junction: Junction) -> ExprId {
    let neutral = junction == Junction::And;
    let mut kept: Vec<ExprId> = Vec::with_capacity(operands.len());
    let mut seen = FxHashSet::default();
    for operand in operands {
        match arena.value(*operand) {
            Some(Value::Bool(value)) if *value == neutral => {}
            Some(Value::Bool(_)) => return *operand,
            _ if seen.insert(*operand) => kept.push(*operand),
            _ => {}
        }
    }
    match kept.as_slice() {
        [] => arena.constant(Value::Bool(neutral)),
        [alone] if is_truth(arena, *alone) => *alone,
        _ => arena.intern(match junction {
            Junction::And => Expr::And(kept),
            Junction::Or => Expr::Or(kept),
        }),
    }
}

fn negation(arena: &mut Arena, inner: ExprId) -> ExprId {
    match arena.get(inner) {
        Some(Expr::Constant(Value::Bool(value))) => {
            let value = !*value;
            arena.constant(Value::Bool(value))
        }
        // `not not e` is `e` only where `e` is a truth value: an absent `e` would become unknown.
        Some(Expr::Not(twice)) if is_truth(arena, *twice) => *twice,
        _ => arena.intern(Expr::Not(inner)),
    }
}

/// Tells whether an expression is true, false or unknown, and nothing else.
fn is_truth(arena: &Arena, id: ExprId) -> bool {
    matches!(
        arena.get(id),
        Some(
            Expr::Not(_)
                | Expr::And(_)
                | Expr::Or(_)
                | Expr::Compare(..)
                | Expr::In(..)
                | Expr::Like(..)
                | Expr::Matches(..)
                | Expr::IsAbsent(_)
                | Expr::Known(_)
                | Expr::Constant(Value::Bool(_))
        )
    )
}

/// Returns the value of an expression over literals.
fn constant(arena: &Arena, expr: &Expr) -> Option<Value> {
    let value = |id: &ExprId| arena.value(*id).filter(|value| size(value) <= SIZE_LIMIT);
    let result = match expr {
        Expr::Compare(op, a, b) => comparison(*op, value(a)?, value(b)?)?,
        Expr::In(needle, haystack) => {
            truth(membership::contains(value(haystack)?, value(needle)?))?
        }
        Expr::Like(text, pattern) => match (value(text)?, value(pattern)?) {
            (Value::String(text), Value::String(pattern)) => Value::Bool(glob::like(pattern, text)),
            _ => return None,
        },
        Expr::IsAbsent(a) => Value::Bool(matches!(value(a)?, Value::Absent)),
        Expr::Known(a) => Value::Bool(is_plain(value(a)?)),
        Expr::Arithmetic(op, a, b) => calculate(*op, value(a)?, value(b)?),
        Expr::Negate(a) => arithmetic::neg(value(a)?),
        Expr::Quantity(a) => match value(a)? {
            Value::Number(number) => Value::Number(*number),
            _ => return None,
        },
        Expr::List(items) => list(arena, items)?,
        Expr::Map(entries) => map(arena, entries)?,
        Expr::Field(base, key) => member(value(base)?, key)?,
        Expr::Index(base, index) => match (value(base)?, value(index)?) {
            (base, Value::String(key)) => member(base, key)?,
            (Value::List(items), Value::Number(at)) => {
                items.get(usize::try_from(at.to_i64()?).ok()?)?.clone()
            }
            _ => return None,
        },
        Expr::Call(builtin, arguments) => {
            let arguments: Vec<Cow<'_, Value>> = arguments
                .iter()
                .map(|argument| value(argument).map(Cow::Borrowed))
                .collect::<Option<_>>()?;
            builtins::call(*builtin, &arguments)
        }
        Expr::Constant(_)
        | Expr::Slot(_)
        | Expr::Local(_)
        | Expr::Signal(_)
        | Expr::View { .. }
        | Expr::Not(_)
        | Expr::And(_)
        | Expr::Or(_)
        | Expr::Matches(..)
        | Expr::Coalesce(..)
        | Expr::If(..)
        | Expr::Quantifier(_)
        | Expr::Changed(_)
        | Expr::Changes
        | Expr::Objects { .. } => return None,
    };
    is_plain(&result).then_some(result)
}

/// A literal list may be long, but not many times as long as its text.
fn list(arena: &Arena, items: &[ExprId]) -> Option<Value> {
    let mut whole = 0;
    let mut values = Vec::with_capacity(items.len());
    for item in items {
        let value = arena.value(*item)?;
        whole = size(value).saturating_add(whole);
        if whole > LITERAL_LIMIT {
            return None;
        }
        values.push(value.clone());
    }
    Some(Value::List(values))
}

fn map(arena: &Arena, entries: &[(Box<str>, ExprId)]) -> Option<Value> {
    let mut whole = 0;
    let mut values = Vec::with_capacity(entries.len());
    for (key, item) in entries {
        let value = arena.value(*item)?;
        whole = size(value).saturating_add(whole);
        if whole > LITERAL_LIMIT {
            return None;
        }
        values.push((key.clone(), value.clone()));
    }
    Map::from_entries(values).ok().map(Value::Map)
}

fn comparison(op: CompareOp, a: &Value, b: &Value) -> Option<Value> {
    if op == CompareOp::Equal {
        return truth(compare::equal(a, b));
    }
    if !is_plain(a) || !is_plain(b) {
        return None;
    }
    let order = compare::order(a, b, "a comparison").ok()?;
    Some(Value::Bool(match op {
        CompareOp::Equal => order.is_eq(),
        CompareOp::Less => order.is_lt(),
        CompareOp::LessOrEqual => order.is_le(),
        CompareOp::Greater => order.is_gt(),
        CompareOp::GreaterOrEqual => order.is_ge(),
    }))
}

fn calculate(op: ArithmeticOp, a: &Value, b: &Value) -> Value {
    match op {
        ArithmeticOp::Add => arithmetic::add(a, b),
        ArithmeticOp::Subtract => arithmetic::sub(a, b),
        ArithmeticOp::Multiply => arithmetic::mul(a, b),
        ArithmeticOp::Divide => arithmetic::div(a, b),
        ArithmeticOp::Remainder => arithmetic::rem(a, b),
    }
}

/// Returns what a literal map has under a key.
fn member(base: &Value, key: &str) -> Option<Value> {
    match base {
        Value::Map(map) => map.get(key).cloned(),
        _ => None,
    }
}

fn truth(truth: Truth) -> Option<Value> {
    match truth {
        Truth::True => Some(Value::Bool(true)),
        Truth::False => Some(Value::Bool(false)),
        Truth::Unknown(_) => None,
    }
}

/// Tells whether a value is neither absent nor unknown, nor holds an unknown.
fn is_plain(value: &Value) -> bool {
    match value {
        Value::Absent | Value::Unknown(_) => false,
        Value::List(items) => items.iter().all(is_plain),
        Value::Map(map) => map.iter().all(|(_, item)| is_plain(item)),
        Value::Bool(_)
        | Value::Number(_)
        | Value::Duration(_)
        | Value::Time(_)
        | Value::String(_)
        | Value::Image(_)
        | Value::Cidr(_)
        | Value::Semver(_)
        | Value::Window(_) => true,
    }
}

/// Returns about how large a value is.
fn size(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::List(items) => items.iter().map(size).fold(1, usize::saturating_add),
        Value::Map(map) => map
            .iter()
            .map(|(key, item)| key.len().saturating_add(size(item)))
            .fold(1, usize::saturating_add),
        Value::Absent
        | Value::Unknown(_)
        | Value::Bool(_)
        | Value::Number(_)
        | Value::Duration(_)
        | Value::Time(_)
        | Value::Image(_)
        | Value::Cidr(_)
        | Value::Semver(_)
        | Value::Window(_) => 1,
    }
}

//! What must hold for terms when several conditions are to be true at once, and whether that is possible.
//!
//! Only what is certain is noted, in the evaluator's own terms: a comparison that is definitely true or false has two known
//! sides that are there, equality with an absent value is false, and constants are compared by the runtime itself.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use taffrail_compiler::typed::{Expr, ExprKind};
use taffrail_runtime::builtins::Builtin;
use taffrail_runtime::program::{CompareOp, QuantifierKind};
use taffrail_runtime::{Decimal, Truth, Type, Value, compare, glob};

use super::subject::Subject;
use super::term;

/// What one term must be.
#[derive(Debug, Clone, Default)]
struct Known {
    present: Option<bool>,
    /// It equals one of these.
    among: Option<Vec<Value>>,
    /// It equals none of these.
    not: Vec<Value>,
    /// It is ordered after this; whether it may be equal.
    least: Option<(Value, bool)>,
    /// It is ordered before this; whether it may be equal.
    greatest: Option<(Value, bool)>,
    /// Globs that it does or does not match.
    globs: Vec<(String, bool)>,
}

/// How two terms may be ordered: a set of the bits below.
#[derive(Debug, Clone, Copy)]
struct Relation(u8);

const LESS: u8 = 1;
const EQUAL: u8 = 2;
const GREATER: u8 = 4;
/// Without an order, such as an absent value beside another.
const NEITHER: u8 = 8;

/// Everything noted so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    terms: BTreeMap<String, Known>,
    relations: BTreeMap<(String, String), Relation>,
}

impl Facts {
    /// Notes that a term is one of some texts.
    pub(super) fn note_among(&mut self, key: String, texts: impl Iterator<Item = String>) {
        let values = texts.map(Value::string).collect();
        self.term(key).restrict(values);
    }

    /// Notes that an expression is definitely true, or definitely false; tells whether that is still possible.
    pub(super) fn note(&mut self, subject: &Subject<'_>, expr: &Expr, truth: bool) -> bool {
        self.note_term(subject, expr, |known| {
            known.restrict(vec![Value::Bool(truth)])
        });
        match &expr.kind {
            ExprKind::Compare(op, a, b) => {
                return self.note_comparison(subject, *op, [a, b], truth);
            }
            ExprKind::In(a, list) => {
                if let (Some(values), false) = (constants(subject, list), reads_text(a)) {
                    self.note_term(subject, a, |known| match truth {
                        true => known.restrict(values),
                        false => known.not.extend(values),
                    });
                }
            }
            ExprKind::IsAbsent(inner) => {
                self.note_term(subject, inner, |known| known.note_present(!truth));
            }
            ExprKind::Like(inner, pattern) => {
                let glob = match &subject.resolved(pattern).kind {
                    ExprKind::Constant(Value::String(glob)) => Some(glob.to_string()),
                    _ => None,
                };
                self.note_term(subject, inner, |known| {
                    if truth {
                        known.note_present(true);
                    }
                    known.globs.extend(glob.map(|glob| (glob, truth)));
                });
            }
            ExprKind::Matches(inner, _) if truth => {
                self.note_term(subject, inner, |known| known.note_present(true));
            }
            _ => {}
        }
        self.is_possible()
    }

    fn note_comparison(
        &mut self,
        subject: &Subject<'_>,
        op: CompareOp,
        sides: [&Expr; 2],
        truth: bool,
    ) -> bool {
        let [a, b] = sides.map(|side| subject.resolved(side));
        match (&a.kind, &b.kind) {
            (ExprKind::Constant(x), ExprKind::Constant(y)) => {
                return compared(op, x, y) == Some(truth) && self.is_possible();
            }
            (_, ExprKind::Constant(value)) => self.note_bound(subject, a, op, value, truth),
            (ExprKind::Constant(value), _) => {
                self.note_bound(subject, b, flipped(op), value, truth)
            }
            _ => self.note_relation(subject, op, [a, b], truth),
        }
        self.is_possible()
    }

    fn note_bound(
        &mut self,
        subject: &Subject<'_>,
        term: &Expr,
        op: CompareOp,
        value: &Value,
        truth: bool,
    ) {
        let is_text = matches!(value, Value::String(_));
        if matches!(value, Value::Absent) || (is_text && reads_text(term)) {
            return;
        }
        let (value, op) = (value.clone(), if truth { op } else { opposite(op) });
        self.note_term(subject, term, |known| match (op, truth) {
            (CompareOp::Equal, true) => known.restrict(vec![value]),
            (CompareOp::Equal, false) => known.not.push(value),
            (CompareOp::Less, _) => known.note_greatest(value, false),
            (CompareOp::LessOrEqual, _) => known.note_greatest(value, true),
            (CompareOp::Greater, _) => known.note_least(value, false),
            (CompareOp::GreaterOrEqual, _) => known.note_least(value, true),
        });
    }

    fn note_relation(
        &mut self,
        subject: &Subject<'_>,
        op: CompareOp,
        [a, b]: [&Expr; 2],
        truth: bool,
    ) {
        let (Some(mut a), Some(mut b)) = (term::key(subject, a), term::key(subject, b)) else {
            return;
        };
        let mut op = op;
        if a > b {
            std::mem::swap(&mut a, &mut b);
            op = flipped(op);
        }
        let allowed = match (op, truth) {
            (CompareOp::Equal, true) => EQUAL,
            (CompareOp::Equal, false) => LESS | GREATER | NEITHER,
            (CompareOp::Less, true) | (CompareOp::GreaterOrEqual, false) => LESS,
            (CompareOp::LessOrEqual, true) | (CompareOp::Greater, false) => LESS | EQUAL,
            (CompareOp::Greater, true) | (CompareOp::LessOrEqual, false) => GREATER,
            (CompareOp::GreaterOrEqual, true) | (CompareOp::Less, false) => GREATER | EQUAL,
        };
        let needs_values = truth || op != CompareOp::Equal;
        for key in [&a, &b] {
            if needs_values {
                self.term(key.clone()).note_present(true);
            }
        }
        let whole = if a == b { EQUAL | NEITHER } else { u8::MAX };
        let relation = self.relations.entry((a, b)).or_insert(Relation(whole));
        relation.0 &= allowed;
    }

    fn term(&mut self, key: String) -> &mut Known {
        self.terms.entry(key).or_default()
    }

    fn note_term(&mut self, subject: &Subject<'_>, expr: &Expr, note: impl FnOnce(&mut Known)) {
        let expr = subject.resolved(expr);
        let Some(key) = term::key(subject, expr) else {
            return;
        };
        let known = self.term(key);
        if is_count(expr) {
            known.note_least(Value::Number(Decimal::ZERO), true);
        }
        note(known);
    }

    fn is_possible(&self) -> bool {
        self.relations.values().all(|relation| relation.0 != 0)
            && self.terms.values().all(Known::is_possible)
    }
}

impl Known {
    fn note_present(&mut self, present: bool) {
        // Both ways at once is impossible; an empty list of values says so.
        if self.present == Some(!present) {
            self.among = Some(Vec::new());
        }
        self.present = Some(present);
    }

    /// Notes that the term equals one of the values.
    fn restrict(&mut self, values: Vec<Value>) {
        self.note_present(true);
        self.among = Some(match self.among.take() {
            None => values,
            Some(before) => before
                .into_iter()
                .filter(|one| {
                    values
                        .iter()
                        .any(|other| compare::equal(one, other) != Truth::False)
                })
                .collect(),
        });
    }

    fn note_least(&mut self, value: Value, inclusive: bool) {
        let tighter = self.least.as_ref().is_none_or(|(bound, _)| {
            compare::order(&value, bound, "<").is_ok_and(Ordering::is_gt)
                || (!inclusive && compare::order(&value, bound, "<").is_ok_and(Ordering::is_eq))
        });
        if tighter {
            self.least = Some((value, inclusive));
        }
    }

    fn note_greatest(&mut self, value: Value, inclusive: bool) {
        let tighter = self.greatest.as_ref().is_none_or(|(bound, _)| {
            compare::order(&value, bound, "<").is_ok_and(Ordering::is_lt)
                || (!inclusive && compare::order(&value, bound, "<").is_ok_and(Ordering::is_eq))
        });
        if tighter {
            self.greatest = Some((value, inclusive));
        }
    }

    fn is_possible(&self) -> bool {
        let ordered = self.least.is_some() || self.greatest.is_some();
        if self.present == Some(false) && (ordered || self.among.is_some()) {
            return false;
        }
        if let (Some((least, from)), Some((greatest, to))) = (&self.least, &self.greatest) {
            match compare::order(least, greatest, "<") {
                Ok(Ordering::Greater) => return false,
                Ok(Ordering::Equal) if !from || !to => return false,
                Ok(_) | Err(_) => {}
            }
        }
        match &self.among {
            Some(values) => values.iter().any(|value| self.may_be(value)),
            None => true,
        }
    }

    fn may_be(&self, value: &Value) -> bool {
        let order = |bound: &Value| compare::order(value, bound, "<").ok();
        let above = self
            .least
            .as_ref()
            .and_then(|(bound, may)| Some((order(bound)?, *may)));
        let below = self
            .greatest
            .as_ref()
            .and_then(|(bound, may)| Some((order(bound)?, *may)));
        let is_above = above.is_none_or(|(order, may)| order.is_gt() || (may && order.is_eq()));
        let is_below = below.is_none_or(|(order, may)| order.is_lt() || (may && order.is_eq()));
        let excluded = |not: &Value| compare::equal(value, not) == Truth::True;
        let globs = self.globs.iter().all(|(pattern, truth)| match value {
            Value::String(text) => glob::like(pattern, text) == *truth,
            _ => true,
        });
        is_above && is_below && globs && !self.not.iter().any(excluded)
    }
}

/// Tells whether a text beside an expression is read as another type. Two different texts may read the same.
fn reads_text(expr: &Expr) -> bool {
    matches!(
        expr.ty,
        Type::Duration | Type::Time | Type::Semver | Type::Written(_)
    )
}

/// Returns the values of a list of constants.
fn constants(subject: &Subject<'_>, list: &Expr) -> Option<Vec<Value>> {
    let is_plain =
        |value: &Value| matches!(value, Value::Bool(_) | Value::Number(_) | Value::String(_));
    let values: Vec<Value> = match &subject.resolved(list).kind {
        ExprKind::Constant(Value::List(values)) => values.clone(),
        ExprKind::List(items) => items
            .iter()
            .map(|item| match &subject.resolved(item).kind {
                ExprKind::Constant(value) => Some(value.clone()),
                _ => None,
            })
            .collect::<Option<_>>()?,
        _ => return None,
    };
    values.iter().all(is_plain).then_some(values)
}

/// Tells what a comparison of constants gives; `None` when that is unknown.
fn compared(op: CompareOp, a: &Value, b: &Value) -> Option<bool> {
    if op == CompareOp::Equal {
        return match compare::equal(a, b) {
            Truth::True => Some(true),
            Truth::False => Some(false),
            Truth::Unknown(_) => None,
        };
    }
    let order = compare::order(a, b, "<").ok()?;
    Some(match op {
        CompareOp::Equal => order.is_eq(),
        CompareOp::Less => order.is_lt(),
        CompareOp::LessOrEqual => order.is_le(),
        CompareOp::Greater => order.is_gt(),
        CompareOp::GreaterOrEqual => order.is_ge(),
    })
}

/// Returns the comparison of the same sides the other way round.
fn flipped(op: CompareOp) -> CompareOp {
    match op {
        CompareOp::Equal => CompareOp::Equal,
        CompareOp::Less => CompareOp::Greater,
        CompareOp::LessOrEqual => CompareOp::GreaterOrEqual,
        CompareOp::Greater => CompareOp::Less,
        CompareOp::GreaterOrEqual => CompareOp::LessOrEqual,
    }
}

/// Returns the order that holds where this one definitely does not; equality has no such order.
fn opposite(op: CompareOp) -> CompareOp {
    match op {
        CompareOp::Equal => CompareOp::Equal,
        CompareOp::Less => CompareOp::GreaterOrEqual,
        CompareOp::LessOrEqual => CompareOp::Greater,
        CompareOp::Greater => CompareOp::LessOrEqual,
        CompareOp::GreaterOrEqual => CompareOp::Less,
    }
}

/// Tells whether an expression counts something, so that it is not negative.
fn is_count(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Call(builtin, _) => matches!(builtin, Builtin::Len | Builtin::Count),
        ExprKind::Quantifier(quantifier) => quantifier.kind == QuantifierKind::Count,
        _ => false,
    }
}

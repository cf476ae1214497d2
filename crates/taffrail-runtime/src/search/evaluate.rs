//! Evaluates expressions over an interval of numbers: the action at both of its ends stands for all between.
//!
//! What does not depend on the number is evaluated as ever. What does is evaluated by its parts; where a part is not understood, it
//! comes to anything, which is never wrong and only makes the search look closer.

use std::borrow::Cow;

use crate::arithmetic;
use crate::builtins::{self, Builtin};
use crate::decimal::Decimal;
use crate::engine::{self, Loaded};
use crate::eval::{Evaluator, Val};
use crate::facts::Facts;
use crate::membership;
use crate::program::{ArithmeticOp, Expr, ExprId, LocalId, Root, SlotId};
use crate::search::abstraction::{Abstract, OPEN, and, compare, or};
use crate::trace::Outcomes;
use crate::value::Value;

mod quantifier;

/// Evaluates over one interval.
pub(super) struct Ends<'a> {
    pub(super) program: &'a Loaded,
    /// Evaluates at the low end.
    pub(super) low: Evaluator<'a>,
    high: &'a Facts<'a>,
    parts: &'a Parts,
    locals: Vec<(LocalId, Abstract<'a>)>,
}

/// What is known of the expressions of a program, however the search goes.
pub(super) struct Parts {
    /// The locals that each reads and does not bind, a bit for each.
    free: Vec<u64>,
    /// Whether each reads what may depend on the number.
    depends: Vec<bool>,
}

impl Parts {
    pub(super) fn new(program: &Loaded) -> Self {
        let mut free = Vec::with_capacity(program.data.exprs.len());
        let mut depends: Vec<bool> = Vec::with_capacity(program.data.exprs.len());
        for expr in &program.data.exprs {
            free.push(engine::free_locals(expr, &free));
            let mut some = match expr {
                Expr::Slot(slot) => program.slot(*slot).is_none_or(|path| {
                    matches!(path.root, Root::Proposed | Root::Impact | Root::Rollback)
                }),
                _ => false,
            };
            expr.for_each_operand(|operand| {
                some |= depends.get(operand.0 as usize).copied().unwrap_or(true);
            });
            depends.push(some);
        }
        Self { free, depends }
    }
}

impl<'a> Ends<'a> {
    pub(super) fn new(
        program: &'a Loaded,
        parts: &'a Parts,
        low: &'a Facts<'a>,
        high: &'a Facts<'a>,
    ) -> Self {
        Self {
            program,
            low: Evaluator::new(program, low),
            high,
            parts,
            locals: Vec::new(),
        }
    }

    /// Returns the truths that an expression in boolean position can come to.
    pub(super) fn truths(&mut self, id: ExprId) -> Outcomes {
        self.eval(id).truths()
    }

    /// Returns what an expression comes to.
    pub(super) fn eval(&mut self, id: ExprId) -> Abstract<'a> {
        if self.is_fixed(id) {
            return Abstract::Same(self.low.eval(id));
        }
        let program = self.program;
        let Some(expr) = program.expr(id) else {
            return Abstract::Any;
        };
        match expr {
            Expr::Slot(slot) => self.slot(*slot),
            Expr::Local(local) => self.local(*local),
            Expr::Not(inner) => Abstract::Truths(self.truths(*inner).negated()),
            Expr::And(operands) => Abstract::Truths(self.all(operands)),
            Expr::Or(operands) => Abstract::Truths(self.any(operands)),
            Expr::If(condition, yes, no) => self.choice(*condition, *yes, *no),
            Expr::Coalesce(first, second) => match self.eval(*first) {
                Abstract::Same(value) if matches!(*value, Value::Absent) => self.eval(*second),
                Abstract::Any => Abstract::Any,
                known => known,
            },
            Expr::Quantifier(quantifier) => self.quantifier(quantifier),
            other => self.of_operands(id, other),
        }
    }

    /// Tells whether an expression is the same whichever the number.
    fn is_fixed(&self, id: ExprId) -> bool {
        let at = id.0 as usize;
        let free = self.parts.free.get(at).copied().unwrap_or(u64::MAX);
        let is_free = |local: LocalId| free & (1_u64 << local.0.min(63)) != 0;
        !self.parts.depends.get(at).copied().unwrap_or(true)
            && self
                .locals
                .iter()
                .all(|(local, value)| !is_free(*local) || value.is_same())
    }

    fn slot(&self, slot: SlotId) -> Abstract<'a> {
        match (self.low.facts.slot(slot), self.high.slot(slot)) {
            (Some(low), Some(high)) => Abstract::of_ends(Cow::Borrowed(low), Cow::Borrowed(high)),
            _ => Abstract::Any,
        }
    }

    fn local(&self, id: LocalId) -> Abstract<'a> {
        self.locals
            .iter()
            .rev()
            .find(|(local, _)| *local == id)
            .map_or(Abstract::Any, |(_, value)| value.clone())
    }

    fn all(&mut self, operands: &[ExprId]) -> Outcomes {
        let yes = Outcomes {
            yes: true,
            ..Outcomes::default()
        };
        operands
            .iter()
            .fold(yes, |truths, operand| and(truths, self.truths(*operand)))
    }

    fn any(&mut self, operands: &[ExprId]) -> Outcomes {
        let no = Outcomes {
            no: true,
            ..Outcomes::default()
        };
        operands
            .iter()
            .fold(no, |truths, operand| or(truths, self.truths(*operand)))
    }

    fn choice(&mut self, condition: ExprId, yes: ExprId, no: ExprId) -> Abstract<'a> {
        let truths = self.truths(condition);
        match (truths.yes, truths.no, truths.unknown) {
            (true, false, false) => self.eval(yes),
            (false, true, false) => self.eval(no),
            (true, true, false) => {
                let yes = self.eval(yes);
                yes.either(self.eval(no))
            }
            _ => Abstract::Any,
        }
    }

    /// What a value is made of decides: where all of it is the same, so is the value.
    fn of_operands(&mut self, id: ExprId, expr: &'a Expr) -> Abstract<'a> {
        let operands: Vec<Abstract<'a>> = expr
            .operands()
            .into_iter()
            .map(|operand| self.eval(operand))
            .collect();
        if operands.iter().all(Abstract::is_same) {
            return Abstract::Same(self.low.eval(id));
        }
        match (expr, operands.as_slice()) {
            (Expr::Compare(op, ..), [a, b]) => Abstract::Truths(compare(*op, a, b)),
            (Expr::In(..), [needle, haystack]) => Abstract::Truths(self.is_in(needle, haystack)),
            (Expr::Like(..) | Expr::Matches(..), _) => Abstract::Truths(OPEN),
            (Expr::IsAbsent(_), [one]) => match one {
                Abstract::Any => Abstract::Truths(OPEN),
                _ => Abstract::Same(Cow::Owned(Value::Bool(false))),
            },
            (Expr::Known(_), [Abstract::Between(..) | Abstract::Ends(..)]) => {
                Abstract::Same(Cow::Owned(Value::Bool(true)))
            }
            (Expr::Arithmetic(op, ..), [a, b]) => arithmetic_of(*op, a, b),
            (Expr::Negate(_), [one]) => match one.numbers() {
                Some((low, high)) => Abstract::Between(high.neg(), low.neg()),
                None => Abstract::Any,
            },
            (Expr::Field(_, key), [base]) => base
                .clone()
                .map_ends(|value| value.field(key, &String::new)),
            (Expr::Index(..), [base, Abstract::Same(key)]) => {
                base.clone().map_ends(|value| element(value, key))
            }
            (Expr::View { view, .. }, [object, Abstract::Same(kind)]) => {
                let layouts = &self.program.data.layouts;
                object.clone().map_ends(|value| {
                    let group = match &self.low.facts.request.target.group {
                        Value::Unknown(causes) => Value::Unknown(causes.clone()),
                        group => group.clone(),
                    };
                    crate::workload::view(*view, value, (&group, kind), layouts)
                })
            }
            (Expr::Quantity(_), [one]) => match one {
                Abstract::Between(..) => one.clone(),
                _ => one.clone().map_ends(quantity),
            },
            (Expr::Call(builtin, _), arguments) => call(*builtin, arguments),
            _ => Abstract::Any,
        }
    }

    /// A number is in a list for sure only where no element of the list lies in its interval.
    fn is_in(&self, needle: &Abstract<'a>, haystack: &Abstract<'a>) -> Outcomes {
        match (needle, haystack) {
            (Abstract::Between(low, high), Abstract::Same(list)) => match &**list {
                Value::List(items)
                    if items.iter().all(|item| match item {
                        Value::Number(number) => number < low || number > high,
                        _ => true,
                    }) =>
                {
                    super::abstraction::outcome(&membership::contains(list, &Value::Number(*low)))
                }
                _ => OPEN,
            },
            _ => OPEN,
        }
    }
}

/// Returns an element of a list or map, as `e[i]` does.
fn element(value: &Value, key: &Value) -> Value {
    match (value, key) {
        (Value::List(items), Value::Number(at)) => at
            .to_i64()
            .and_then(|at| usize::try_from(at).ok())
            .and_then(|at| items.get(at))
            .cloned()
            .unwrap_or(Value::Absent),
        (_, Value::String(key)) => value.field(key, &String::new),
        _ => Value::Absent,
    }
}

fn quantity(value: &Value) -> Value {
    match value {
        Value::String(text) => crate::quantity::parse(text).map_or(Value::Absent, Value::Number),
        other => other.clone(),
    }
}

/// Interval arithmetic: the extremes of what comes of the ends.
fn arithmetic_of<'a>(op: ArithmeticOp, a: &Abstract<'_>, b: &Abstract<'_>) -> Abstract<'a> {
    let (Some(left), Some(right)) = (a.numbers(), b.numbers()) else {
        return Abstract::Any;
    };
    let apply = match op {
        ArithmeticOp::Add => arithmetic::add,
        ArithmeticOp::Subtract => arithmetic::sub,
        ArithmeticOp::Multiply => arithmetic::mul,
        ArithmeticOp::Divide if right.0 > Decimal::ZERO || right.1 < Decimal::ZERO => {
            arithmetic::div
        }
        ArithmeticOp::Divide | ArithmeticOp::Remainder => return Abstract::Any,
    };
    let corners = [
        (left.0, right.0),
        (left.0, right.1),
        (left.1, right.0),
        (left.1, right.1),
    ]
    .map(|(a, b)| match apply(&Value::Number(a), &Value::Number(b)) {
        Value::Number(number) => Some(number),
        _ => None,
    });
    hull(corners)
}

/// Returns the interval of some numbers; anything where one of them is none.
fn hull<'a>(numbers: impl IntoIterator<Item = Option<Decimal>>) -> Abstract<'a> {
    let Some(numbers) = numbers.into_iter().collect::<Option<Vec<_>>>() else {
        return Abstract::Any;
    };
    match (numbers.iter().min(), numbers.iter().max()) {
        (Some(low), Some(high)) => Abstract::Between(*low, *high),
        _ => Abstract::Any,
    }
}

fn call<'a>(builtin: Builtin, arguments: &[Abstract<'a>]) -> Abstract<'a> {
    let apply = |values: &[Value]| {
        let values: Vec<Val<'_>> = values.iter().map(Cow::Borrowed).collect();
        builtins::call(builtin, &values)
    };
    let number = |value: Value| match value {
        Value::Number(number) => Some(number),
        _ => None,
    };
    match (builtin, arguments) {
        (Builtin::Ceil | Builtin::Floor, [one]) => match one.numbers() {
            Some((low, high)) => hull([low, high].map(|end| number(apply(&[Value::Number(end)])))),
            None => Abstract::Any,
        },
        (Builtin::Abs, [one]) => match one.numbers() {
            Some((low, high)) if low.is_negative() && !high.is_negative() => {
                Abstract::Between(Decimal::ZERO, low.abs().max(high))
            }
            Some((low, high)) => hull([Some(low.abs()), Some(high.abs())]),
            None => Abstract::Any,
        },
        (Builtin::Min | Builtin::Max, [_, _, ..]) => {
            let numbers: Option<Vec<_>> = arguments.iter().map(Abstract::numbers).collect();
            let Some(numbers) = numbers else {
                return Abstract::Any;
            };
            let ends = |end: fn(&(Decimal, Decimal)) -> Decimal| {
                let all = numbers.iter().map(end);
                if builtin == Builtin::Min {
                    all.min()
                } else {
                    all.max()
                }
            };
            hull([ends(|(low, _)| *low), ends(|(_, high)| *high)])
        }
        (Builtin::ToNumber, [one @ Abstract::Between(..)]) => one.clone(),
        (Builtin::ToNumber, [one @ Abstract::Ends(..)]) => one
            .clone()
            .map_ends(|value| apply(std::slice::from_ref(value))),
        // How many there are does not depend on the number in one of them.
        (Builtin::Count, [Abstract::Ends(low, high)])
            if builtins::call(builtin, std::slice::from_ref(low))
                == builtins::call(builtin, std::slice::from_ref(high)) =>
        {
            Abstract::Same(Cow::Owned(builtins::call(
                builtin,
                std::slice::from_ref(low),
            )))
        }
        _ => Abstract::Any,
    }
}

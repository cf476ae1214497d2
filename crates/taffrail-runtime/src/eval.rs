//! Evaluates the expressions of a program over facts.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use crate::arithmetic;
use crate::builtins;
use crate::cause::{Cause, Causes};
use crate::compare;
use crate::diff;
use crate::engine::Loaded;
use crate::facts::{self, Facts};
use crate::glob;
use crate::layout::Layout;
use crate::membership;
use crate::program::{ArithmeticOp, CompareOp, Expr, ExprId, LocalId};
use crate::truth::Truth;
use crate::value::{Map, Value};
use crate::workload;

mod objects;
mod quantifier;

/// Work that one rule, and one let, may do: evaluated expressions.
pub(crate) const STEP_LIMIT: u32 = 200_000;

/// A value that is read from the program or the facts where possible.
pub(crate) type Val<'a> = Cow<'a, Value>;

/// Evaluates expressions of one decision; equal sub-expressions once.
pub(crate) struct Evaluator<'a> {
    pub(crate) program: &'a Loaded,
    pub(crate) facts: &'a Facts<'a>,
    /// Values of shared expressions with the steps they took.
    memo: FxHashMap<ExprId, (Val<'a>, u32)>,
    locals: Vec<(LocalId, Val<'a>)>,
    steps: u32,
}

impl<'a> Evaluator<'a> {
    pub(crate) fn new(program: &'a Loaded, facts: &'a Facts<'a>) -> Self {
        Self {
            program,
            facts,
            memo: FxHashMap::default(),
            locals: Vec::new(),
            steps: 0,
        }
    }

    /// Starts the work of another rule: limits never count across rules.
    pub(crate) fn start_rule(&mut self) {
        self.steps = 0;
    }

    /// Evaluates with some locals bound.
    pub(crate) fn with_locals<T>(
        &mut self,
        locals: &[(LocalId, Value)],
        work: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let depth = self.locals.len();
        self.locals.extend(
            locals
                .iter()
                .map(|(id, value)| (*id, Cow::Owned(value.clone()))),
        );
        let result = work(self);
        self.locals.truncate(depth);
        result
    }

    /// Tells whether an expression in boolean position holds.
    pub(crate) fn truth(&mut self, id: ExprId) -> Truth {
        match self.program.expr(id) {
            Some(Expr::Not(inner)) if !self.program.is_shared(id) && self.step() => {
                self.truth(*inner).not()
            }
            Some(Expr::And(operands)) if !self.program.is_shared(id) && self.step() => {
                self.all(operands)
            }
            Some(Expr::Or(operands)) if !self.program.is_shared(id) && self.step() => {
                self.any(operands)
            }
            Some(Expr::Compare(op, a, b)) if !self.program.is_shared(id) && self.step() => {
                self.compare(*op, *a, *b)
            }
            _ => {
                let value = self.eval(id);
                self.as_truth(&value, id)
            }
        }
    }

    fn as_truth(&self, value: &Value, id: ExprId) -> Truth {
        match value {
            Value::Bool(holds) => (*holds).into(),
            Value::Unknown(causes) => Truth::Unknown(causes.clone()),
            Value::Absent => Truth::Unknown(
                Cause::AbsentOperand {
                    what: self.describe(id),
                }
                .into(),
            ),
            other => Truth::Unknown(self.wrong_type(id, "a bool", other)),
        }
    }

    /// Evaluates an expression.
    pub(crate) fn eval(&mut self, id: ExprId) -> Val<'a> {
        let Some(expr) = self.program.expr(id) else {
            return Cow::Owned(limit("a program's size"));
        };
        match expr {
            Expr::Constant(value) => return Cow::Borrowed(value),
            Expr::Slot(slot) => {
                return self
                    .facts
                    .slot(*slot)
                    .map_or_else(|| Cow::Owned(limit("a program's size")), Cow::Borrowed);
            }
            Expr::Signal(signal) => {
                return self
                    .facts
                    .signals
                    .get(*signal as usize)
                    .map_or_else(|| Cow::Owned(limit("a program's size")), Cow::Borrowed);
            }
            _ => {}
        }
        if !self.program.is_shared(id) {
            if !self.step() {
                return Cow::Owned(self.exhausted_value());
            }
            return self.compute(expr);
        }
        if let Some((value, steps)) = self.memo.get(&id) {
            self.steps = self.steps.saturating_add(*steps);
            return if self.steps > STEP_LIMIT {
                Cow::Owned(self.exhausted_value())
            } else {
                value.clone()
            };
        }
        self.eval_shared(id, expr)
    }

    /// A shared expression counts the same steps each time it is used, so that neither sharing nor order shows. A
    /// let has a budget of its own and costs its user one step.
    fn eval_shared(&mut self, id: ExprId, expr: &'a Expr) -> Val<'a> {
        let before = std::mem::replace(&mut self.steps, 0);
        let value = if self.step() {
            self.compute(expr)
        } else {
            Cow::Owned(self.exhausted_value())
        };
        let own = if self.program.is_let(id) {
            1
        } else {
            self.steps
        };
        self.memo.insert(id, (value.clone(), own));
        self.steps = before.saturating_add(own);
        if self.steps > STEP_LIMIT {
            return Cow::Owned(self.exhausted_value());
        }
        value
    }

    /// Counts a step; false when there is none left.
    fn step(&mut self) -> bool {
        self.steps = self.steps.saturating_add(1);
        self.steps <= STEP_LIMIT
    }

    pub(crate) fn exhausted(&self) -> bool {
        self.steps > STEP_LIMIT
    }

    pub(crate) fn exhausted_value(&self) -> Value {
        limit(&format!("{STEP_LIMIT} evaluation steps per rule"))
    }

    fn compute(&mut self, expr: &'a Expr) -> Val<'a> {
        Cow::Owned(match expr {
            Expr::Constant(value) => return Cow::Borrowed(value),
            // Read before any step is counted.
            Expr::Slot(_) | Expr::Signal(_) => limit("a program's size"),
            Expr::Local(local) => return self.local(*local),
            Expr::Field(base, key) => return self.field(*base, key),
            Expr::Index(base, index) => self.index(*base, *index),
            Expr::View { view, object, kind } => {
                let (object, kind_value) = (self.eval(*object), self.eval(*kind));
                let group = self.group_of(&object, *kind);
                let layouts = &self.program.data.layouts;
                workload::view(*view, &object, (&group, &kind_value), layouts)
            }
            Expr::Quantity(inner) => self.quantity(*inner),
            Expr::Not(inner) => value_of(self.truth(*inner).not()),
            Expr::And(operands) => value_of(self.all(operands)),
            Expr::Or(operands) => value_of(self.any(operands)),
            Expr::Compare(op, a, b) => value_of(self.compare(*op, *a, *b)),
            Expr::In(needle, haystack) => {
                let (needle, haystack) = (self.eval(*needle), self.eval(*haystack));
                value_of(membership::contains(&haystack, &needle))
            }
            Expr::Like(text, pattern) => value_of(self.like(*text, *pattern)),
            Expr::Matches(text, pattern) => value_of(self.matches(*text, *pattern)),
            Expr::IsAbsent(inner) => match &*self.eval(*inner) {
                Value::Unknown(causes) => Value::Unknown(causes.clone()),
                value => Value::Bool(matches!(value, Value::Absent)),
            },
            Expr::Coalesce(a, b) => match self.eval(*a) {
                value if matches!(*value, Value::Absent) => return self.eval(*b),
                value => return value,
            },
            Expr::Arithmetic(op, a, b) => self.arithmetic(*op, *a, *b),
            Expr::Negate(inner) => {
                let value = self.eval(*inner);
                self.named(&[*inner], arithmetic::neg(&value))
            }
            Expr::If(condition, yes, no) => match self.truth(*condition) {
                Truth::True => return self.eval(*yes),
                Truth::False => return self.eval(*no),
                Truth::Unknown(causes) => Value::Unknown(causes),
            },
            Expr::List(items) => Value::List(
                items
                    .iter()
                    .map(|item| self.eval(*item).into_owned())
                    .collect(),
            ),
            Expr::Map(entries) => self.map(entries),
            Expr::Quantifier(quantifier) => self.quantifier(quantifier),
            Expr::Call(builtin, arguments) => {
                let values: Vec<Val<'a>> = arguments.iter().map(|id| self.eval(*id)).collect();
                builtins::call(*builtin, &values)
            }
            Expr::Known(inner) => Value::Bool(!matches!(*self.eval(*inner), Value::Unknown(_))),
            Expr::Changed(path) => self.changed(path),
            Expr::Changes => {
                let current = &self.facts.request.current;
                diff::changed_paths(current, self.facts.proposed(), self.layout())
            }
            Expr::Objects {
                group,
                kind,
                namespace,
                labels,
            } => self.objects(group.as_deref(), kind, *namespace, *labels),
        })
    }

    fn local(&self, id: LocalId) -> Val<'a> {
        self.locals
            .iter()
            .rev()
            .find(|(local, _)| *local == id)
            .map_or_else(
                || Cow::Owned(limit("a program's size")),
                |(_, value)| value.clone(),
            )
    }

    fn field(&mut self, base: ExprId, key: &str) -> Val<'a> {
        match self.eval(base) {
            // Borrowed values stay borrowed: quantifiers over facts copy nothing.
            Cow::Borrowed(Value::Map(map)) => map
                .get(key)
                .map_or(Cow::Owned(Value::Absent), Cow::Borrowed),
            value => Cow::Owned(value.field(key, &|| self.describe(base))),
        }
    }

    fn index(&mut self, base: ExprId, index: ExprId) -> Value {
        let (value, key) = (self.eval(base), self.eval(index));
        match (&*value, &*key) {
            (Value::Unknown(a), Value::Unknown(b)) => Value::Unknown(a.clone().union(b)),
            (Value::Unknown(causes), _) | (_, Value::Unknown(causes)) => {
                Value::Unknown(causes.clone())
            }
            (Value::Absent, _) | (_, Value::Absent) => Value::Absent,
            (Value::List(items), Value::Number(at)) => at
                .to_i64()
                .and_then(|at| usize::try_from(at).ok())
                .and_then(|at| items.get(at))
                .cloned()
                .unwrap_or(Value::Absent),
            (_, Value::String(key)) => value.field(key, &|| self.describe(base)),
            (_, other) => Value::Unknown(self.wrong_type(index, "a string or a number", other)),
        }
    }

    fn quantity(&mut self, inner: ExprId) -> Value {
        let value = self.eval(inner);
        match &*value {
            Value::String(text) => crate::quantity::parse(text).map_or_else(
                || {
                    Value::unknown(Cause::WrongType {
                        what: self.describe(inner),
                        expected: "a quantity".into(),
                        found: format!("`{text}`"),
                    })
                },
                Value::Number,
            ),
            other => other.clone(),
        }
    }

    /// Conjunction: a false operand decides, whatever stands before it.
    pub(crate) fn all(&mut self, operands: &[ExprId]) -> Truth {
        let mut truth = Truth::True;
        for operand in operands {
            truth = truth.and(self.truth(*operand));
            if truth == Truth::False {
                break;
            }
        }
        truth
    }

    fn any(&mut self, operands: &[ExprId]) -> Truth {
        let mut truth = Truth::False;
        for operand in operands {
            truth = truth.or(self.truth(*operand));
            if truth == Truth::True {
                break;
            }
        }
        truth
    }

    fn compare(&mut self, op: CompareOp, a: ExprId, b: ExprId) -> Truth {
        let (left, right) = (self.eval(a), self.eval(b));
        if op == CompareOp::Equal {
            return self.named_truth(&[a, b], compare::equal(&left, &right));
        }
        for (value, id) in [(&left, a), (&right, b)] {
            if matches!(**value, Value::Absent) {
                let other = if id == a { &right } else { &left };
                let cause = Cause::AbsentOperand {
                    what: self.describe(id),
                };
                return Truth::Unknown(match &**other {
                    Value::Unknown(causes) => Causes::from(cause).union(causes),
                    _ => cause.into(),
                });
            }
        }
        match compare::order(&left, &right, symbol(op)) {
            Ok(order) => match op {
                CompareOp::Less => order.is_lt(),
                CompareOp::LessOrEqual => order.is_le(),
                CompareOp::Greater => order.is_gt(),
                CompareOp::GreaterOrEqual => order.is_ge(),
                CompareOp::Equal => order.is_eq(),
            }
            .into(),
            Err(causes) => self.named_truth(&[a, b], Truth::Unknown(causes)),
        }
    }

    fn arithmetic(&mut self, op: ArithmeticOp, a: ExprId, b: ExprId) -> Value {
        let (left, right) = (self.eval(a), self.eval(b));
        let value = match op {
            ArithmeticOp::Add => arithmetic::add(&left, &right),
            ArithmeticOp::Subtract => arithmetic::sub(&left, &right),
            ArithmeticOp::Multiply => arithmetic::mul(&left, &right),
            ArithmeticOp::Divide => arithmetic::div(&left, &right),
            ArithmeticOp::Remainder => arithmetic::rem(&left, &right),
        };
        self.named(&[a, b], value)
    }

    fn like(&mut self, text: ExprId, pattern: ExprId) -> Truth {
        let (value, glob) = (self.eval(text), self.eval(pattern));
        match (&*value, &*glob) {
            (Value::String(text), Value::String(glob)) => glob::like(glob, text).into(),
            (Value::Unknown(a), Value::Unknown(b)) => Truth::Unknown(a.clone().union(b)),
            (Value::Unknown(causes), _) | (_, Value::Unknown(causes)) => {
                Truth::Unknown(causes.clone())
            }
            (Value::Absent, _) | (_, Value::Absent) => Truth::False,
            (Value::String(_), other) => {
                Truth::Unknown(self.wrong_type(pattern, "a string", other))
            }
            (other, _) => Truth::Unknown(self.wrong_type(text, "a string", other)),
        }
    }

    fn matches(&mut self, text: ExprId, pattern: u32) -> Truth {
        match &*self.eval(text) {
            Value::String(text) => match self.program.pattern(pattern) {
                Some(regex) => regex.is_match(text).into(),
                None => Truth::Unknown(
                    Cause::LimitReached {
                        limit: "a program's size".into(),
                    }
                    .into(),
                ),
            },
            Value::Unknown(causes) => Truth::Unknown(causes.clone()),
            Value::Absent => Truth::False,
            other => Truth::Unknown(self.wrong_type(text, "a string", other)),
        }
    }

    fn map(&mut self, entries: &[(Box<str>, ExprId)]) -> Value {
        let mut map = Map::default();
        for (key, value) in entries {
            let value = self.eval(*value).into_owned();
            map.insert(key.clone(), value);
        }
        Value::Map(map)
    }

    fn changed(&self, path: &[String]) -> Value {
        let layout = path
            .iter()
            .fold(self.layout(), |layout, key| layout.field(key));
        value_of(diff::differs(
            &below(&self.facts.request.current, path),
            &below(self.facts.proposed(), path),
            layout,
        ))
    }

    /// Returns the group of an object, by what says its kind: the target for objects under review, else the object itself.
    fn group_of(&self, object: &Value, kind: ExprId) -> Value {
        match self.program.expr(kind) {
            Some(Expr::Slot(_)) => self.facts.request.target.group.clone(),
            _ => workload::own_group(object),
        }
    }

    /// Returns the layout of the objects under review.
    fn layout(&self) -> Layout<'a> {
        let target = &self.facts.request.target;
        let layouts = &self.program.data.layouts;
        layouts.of_target(&target.group, &target.version, &target.kind)
    }

    fn wrong_type(&self, id: ExprId, expected: &str, found: &Value) -> Causes {
        Cause::WrongType {
            what: self.describe(id),
            expected: expected.into(),
            found: found.type_name().into(),
        }
        .into()
    }

    fn named_truth(&self, operands: &[ExprId], truth: Truth) -> Truth {
        match truth {
            Truth::Unknown(causes) => Truth::Unknown(self.with_paths(operands, causes)),
            Truth::True | Truth::False => truth,
        }
    }

    fn named(&self, operands: &[ExprId], value: Value) -> Value {
        match value {
            Value::Unknown(causes) => Value::Unknown(self.with_paths(operands, causes)),
            value => value,
        }
    }

    /// Value functions do not know which paths their operands came from; a cause about a whole
    /// operation says so here.
    fn with_paths(&self, operands: &[ExprId], causes: Causes) -> Causes {
        causes.map(|cause| match cause {
            Cause::WrongType {
                what,
                expected,
                found,
            } if !what.starts_with('`') => Cause::WrongType {
                what: self.describe_all(operands),
                expected,
                found,
            },
            Cause::AbsentOperand { what } if !what.starts_with('`') => Cause::AbsentOperand {
                what: self.describe_all(operands),
            },
            cause => cause,
        })
    }

    fn describe_all(&self, operands: &[ExprId]) -> String {
        let names: Vec<String> = operands
            .iter()
            .filter(|id| !matches!(self.program.expr(**id), Some(Expr::Constant(_))))
            .map(|id| self.describe(*id))
            .collect();
        names.join(" or ")
    }

    /// Names an expression for a cause: its path where it is one.
    fn describe(&self, id: ExprId) -> String {
        match self.program.expr(id) {
            Some(Expr::Slot(slot)) => self.program.slot(*slot).map_or_else(
                || "a value".into(),
                |path| facts::display(path.root, path.keys.iter()),
            ),
            Some(Expr::Signal(signal)) => {
                self.program.data.signals.get(*signal as usize).map_or_else(
                    || "a signal".into(),
                    |signal| format!("signal `{}`", signal.name),
                )
            }
            Some(Expr::Field(_, key)) => format!("field `{key}`"),
            Some(Expr::Quantity(inner) | Expr::Negate(inner)) => self.describe(*inner),
            Some(Expr::Coalesce(a, _)) => self.describe(*a),
            _ => "a value".into(),
        }
    }
}

/// Returns what stands at a path, copying nothing of the object around it.
fn below<'v>(object: &'v Value, path: &[String]) -> Cow<'v, Value> {
    path.iter()
        .fold(Cow::Borrowed(object), |value, key| match value {
            Cow::Borrowed(Value::Map(map)) => map
                .get(key)
                .map_or(Cow::Owned(Value::Absent), Cow::Borrowed),
            other => Cow::Owned(other.field(key, &|| format!("the parent of `{key}`"))),
        })
}

fn symbol(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Equal => "==",
        CompareOp::Less => "<",
        CompareOp::LessOrEqual => "<=",
        CompareOp::Greater => ">",
        CompareOp::GreaterOrEqual => ">=",
    }
}

/// Returns a truth as a value.
pub(crate) fn value_of(truth: Truth) -> Value {
    match truth {
        Truth::True => Value::Bool(true),
        Truth::False => Value::Bool(false),
        Truth::Unknown(causes) => Value::Unknown(causes),
    }
}

fn limit(limit: &str) -> Value {
    Value::unknown(Cause::LimitReached {
        limit: limit.into(),
    })
}

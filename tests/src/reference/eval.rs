//! The meaning of an expression, read off its syntax tree. Nothing is shared, cached or skipped.

mod calls;
mod members;

use taffrail_syntax::ast::{self, BinaryOp, Expr, ExprKind, Presence, UnaryOp};

use super::action::Action;
use super::names::{Declared, Files, full_name, module_of};
use super::number;
use super::operators;
use super::text;
use super::value::{Truth, Value, equal, holds};
use super::workload;

use members::changed_paths;
pub(crate) use members::members;

/// A variable in scope.
#[derive(Debug, Clone)]
pub(crate) struct Local {
    pub(crate) name: String,
    pub(crate) value: Value,
    /// Whether it is an object of the snapshot, on which `pod` and `containers` are views.
    pub(crate) is_object: bool,
}

/// Where an expression stands: the file whose names it sees, and its variables.
#[derive(Clone)]
pub(crate) struct Scope<'a> {
    pub(crate) files: Files<'a>,
    pub(crate) action: &'a Action<'a>,
    pub(crate) file: &'a ast::File,
    pub(crate) locals: Vec<Local>,
}

impl<'a> Scope<'a> {
    pub(crate) fn truth(&self, expr: &Expr) -> Truth {
        self.value(expr).truth()
    }

    pub(crate) fn value(&self, expr: &Expr) -> Value {
        match &expr.kind {
            ExprKind::Bool(value) => Value::Bool(*value),
            ExprKind::Number { digits, suffix } => {
                number::with_suffix(digits, suffix).map_or(Value::Unknown, Value::Number)
            }
            ExprKind::Duration(written) => {
                text::duration(written).map_or(Value::Unknown, Value::Duration)
            }
            ExprKind::Time(written) => text::time(written).map_or(Value::Unknown, Value::Time),
            ExprKind::String(written) => Value::text(written),
            ExprKind::Name(name) => self.name(name),
            ExprKind::Field(base, field) => self.field(base, &field.text),
            ExprKind::Index(base, index) => self.index(base, index),
            ExprKind::Call(callee, arguments) => self.call(callee, arguments),
            ExprKind::List(items) => {
                Value::List(items.iter().map(|item| self.value(item)).collect())
            }
            ExprKind::Map(entries) => Value::Map(
                entries
                    .iter()
                    .map(|(key, value)| (key.text.clone(), self.value(value)))
                    .collect(),
            ),
            ExprKind::Unary(UnaryOp::Not, inner) => self.truth(inner).not().value(),
            ExprKind::Unary(UnaryOp::Neg, inner) => operators::negate(&self.value(inner)),
            ExprKind::Binary(op, _, left, right) => self.binary(*op, left, right),
            ExprKind::Is(inner, presence) => match (self.value(inner), presence) {
                (Value::Unknown, _) => Value::Unknown,
                (value, Presence::Absent) => Value::Bool(value == Value::Absent),
                (value, Presence::Present) => Value::Bool(value != Value::Absent),
            },
            ExprKind::If(condition, yes, no) => match self.truth(condition) {
                Truth::True => self.value(yes),
                Truth::False => self.value(no),
                Truth::Unknown => Value::Unknown,
            },
            ExprKind::Quantifier(quantifier) => self.quantifier(quantifier),
            ExprKind::Error => Value::Unknown,
        }
    }

    fn local(&self, name: &str) -> Option<&Local> {
        self.locals.iter().rev().find(|local| local.name == name)
    }

    fn name(&self, name: &str) -> Value {
        if let Some(local) = self.local(name) {
            return local.value.clone();
        }
        if let Some(declared) = self.files.find(&module_of(self.file), name) {
            return self.declared(declared);
        }
        if name == "changes" {
            return changed_paths(self.action);
        }
        self.action.fact(name).unwrap_or_else(|| Value::text(name))
    }

    fn declared(&self, declared: Declared<'a>) -> Value {
        match declared {
            Declared::Let(file, found) => self.elsewhere(file, Vec::new()).value(&found.body),
            Declared::Param(file, found) => {
                found.default.as_ref().map_or(Value::Unknown, |default| {
                    self.elsewhere(file, Vec::new()).value(default)
                })
            }
            Declared::Signal(file, signal) => self.signal(file, signal),
        }
    }

    /// The definition of a name sees its own file and its own variables only.
    fn elsewhere(&self, file: &'a ast::File, locals: Vec<Local>) -> Self {
        Self {
            files: self.files,
            action: self.action,
            file,
            locals,
        }
    }

    /// Returns a reading that is there, of its type, and fresh.
    fn signal(&self, file: &'a ast::File, signal: &ast::Signal) -> Value {
        const SKEW: i128 = 5_000_000_000;
        let full = full_name(file, &signal.name.text);
        let last = &signal.name.text;
        let is_last = |name: &String| name.rsplit('.').next() == Some(last.as_str());
        let is_unique = self
            .files
            .signal_names()
            .iter()
            .filter(|name| is_last(name))
            .count()
            == 1;
        let given = |name: &str| {
            self.action
                .request
                .signals
                .iter()
                .find(|(given, _)| given == name)
        };
        let reading = given(&full).or_else(|| if is_unique { given(last) } else { None });
        let Some((_, reading)) = reading else {
            return Value::Unknown;
        };
        let fresh = signal
            .fresh
            .as_ref()
            .map(|fresh| self.elsewhere(file, Vec::new()).span(fresh));
        match (reading.observed, self.action.now()) {
            (None, _) => {
                if fresh.is_some() {
                    return Value::Unknown;
                }
            }
            (Some(_), None) => return Value::Unknown,
            (Some(observed), Some(now)) => {
                let age = now.as_nanosecond() - observed.as_nanosecond();
                if age < -SKEW || fresh.is_some_and(|fresh| age > fresh) {
                    return Value::Unknown;
                }
            }
        }
        of_type(&signal.ty.name.text, Value::of_fact(&reading.value))
    }

    /// Returns a constant span of time in nanoseconds; here `5m` is minutes.
    fn span(&self, expr: &Expr) -> i128 {
        match &expr.kind {
            ExprKind::Number { digits, suffix } if suffix == "m" => {
                text::duration(&format!("{digits}m")).unwrap()
            }
            _ => match self.value(expr) {
                Value::Duration(span) => span,
                other => panic!("a span of time is {other:?}"),
            },
        }
    }

    fn field(&self, base: &Expr, field: &str) -> Value {
        if let ExprKind::Name(alias) = &base.kind {
            let is_value = self.local(alias).is_some()
                || self.files.find(&module_of(self.file), alias).is_some()
                || self.action.fact(alias).is_some();
            if let (false, Some(module)) = (is_value, self.files.used_module(self.file, alias)) {
                let declared = self.files.find(&module, field).unwrap();
                return self.declared(declared);
            }
            if alias == "intent" && field == "expires" {
                return match self.value(base).field(field) {
                    Value::Text(written) => {
                        text::time(&written).map_or(Value::Text(written), Value::Time)
                    }
                    other => other,
                };
            }
        }
        if (field == "pod" || field == "containers")
            && let Some((object, group, kind)) = self.object(base)
        {
            return workload::view(field, &object, &group, &kind);
        }
        self.value(base).field(field)
    }

    /// Returns an object on which the workload views stand, with its group and kind.
    fn object(&self, base: &Expr) -> Option<(Value, Value, Value)> {
        let name = match &base.kind {
            ExprKind::Name(name) => name,
            // `dynamic(current)` is `current`, whatever it is known to have.
            ExprKind::Call(_, arguments) => return self.object(&arguments.first()?.value),
            _ => return None,
        };
        match self.local(name) {
            Some(local) if local.is_object => {
                let group = match local.value.field("apiVersion") {
                    Value::Text(version) => match version.split_once('/') {
                        Some((group, _)) => Value::text(group),
                        None => Value::text(""),
                    },
                    Value::Unknown => Value::Unknown,
                    _ => Value::Absent,
                };
                Some((local.value.clone(), group, local.value.field("kind")))
            }
            Some(_) => None,
            None if name == "current" || name == "proposed" => {
                let target = &self.action.request.target;
                let (group, kind) = (Value::of_fact(&target.group), Value::of_fact(&target.kind));
                Some((self.value(base), group, kind))
            }
            None => None,
        }
    }

    fn index(&self, base: &Expr, index: &Expr) -> Value {
        match (self.value(base), self.value(index)) {
            (Value::Unknown, _) | (_, Value::Unknown) => Value::Unknown,
            (Value::Absent, _) | (_, Value::Absent) => Value::Absent,
            (Value::List(items), Value::Number(at)) => number::whole(&at)
                .and_then(|at| usize::try_from(at).ok())
                .and_then(|at| items.get(at).cloned())
                .unwrap_or(Value::Absent),
            (value, Value::Text(key)) => value.field(&key),
            _ => Value::Unknown,
        }
    }

    fn binary(&self, op: BinaryOp, left: &Expr, right: &Expr) -> Value {
        let (a, b) = match op {
            // A quantity is a number where it is ordered or reckoned with, or meets a number.
            BinaryOp::Lt
            | BinaryOp::Le
            | BinaryOp::Gt
            | BinaryOp::Ge
            | BinaryOp::Add
            | BinaryOp::Sub
            | BinaryOp::Mul
            | BinaryOp::Div
            | BinaryOp::Rem => (self.number_or_value(left), self.number_or_value(right)),
            BinaryOp::Eq | BinaryOp::Ne | BinaryOp::In | BinaryOp::NotIn => {
                (self.beside(left, right), self.beside(right, left))
            }
            BinaryOp::Or
            | BinaryOp::And
            | BinaryOp::Like
            | BinaryOp::Matches
            | BinaryOp::Coalesce => (self.value(left), self.value(right)),
        };
        let (a, b) = (minutes(left, &a, &b), minutes(right, &b, &a));
        match op {
            BinaryOp::Or => a.truth().or(b.truth()).value(),
            BinaryOp::And => a.truth().and(b.truth()).value(),
            BinaryOp::Eq => equal(&a, &b).value(),
            BinaryOp::Ne => equal(&a, &b).not().value(),
            BinaryOp::Lt => operators::ordered(&a, &b, std::cmp::Ordering::is_lt).value(),
            BinaryOp::Le => operators::ordered(&a, &b, std::cmp::Ordering::is_le).value(),
            BinaryOp::Gt => operators::ordered(&a, &b, std::cmp::Ordering::is_gt).value(),
            BinaryOp::Ge => operators::ordered(&a, &b, std::cmp::Ordering::is_ge).value(),
            BinaryOp::In => holds(&b, &a).value(),
            BinaryOp::NotIn => holds(&b, &a).not().value(),
            BinaryOp::Like => match (a, b) {
                (Value::Unknown, _) | (_, Value::Unknown) => Value::Unknown,
                (Value::Absent, _) | (_, Value::Absent) => Value::Bool(false),
                (Value::Text(text), Value::Text(glob)) => Value::Bool(text::like(&text, &glob)),
                _ => Value::Unknown,
            },
            BinaryOp::Matches => match (a, b) {
                (Value::Absent, _) => Value::Bool(false),
                (Value::Text(text), Value::Text(pattern)) => {
                    Value::Bool(regex::Regex::new(&pattern).unwrap().is_match(&text))
                }
                _ => Value::Unknown,
            },
            BinaryOp::Coalesce if a == Value::Absent => b,
            BinaryOp::Coalesce => a,
            BinaryOp::Add => operators::add(&a, &b),
            BinaryOp::Sub => operators::subtract(&a, &b),
            BinaryOp::Mul => operators::multiply(&a, &b),
            BinaryOp::Div => operators::divide(&a, &b),
            BinaryOp::Rem => operators::remainder(&a, &b),
        }
    }

    /// Returns the value of an operand of an equality: a bare word beside a verb or a kind is a member.
    fn beside(&self, expr: &Expr, other: &Expr) -> Value {
        match &expr.kind {
            ExprKind::Name(name) if is_of_words(other) && self.files.is_word(name) => {
                Value::text(name)
            }
            ExprKind::List(items) if is_of_words(other) => {
                Value::List(items.iter().map(|item| self.beside(item, other)).collect())
            }
            _ => self.value(expr),
        }
    }

    pub(crate) fn number_or_value(&self, expr: &Expr) -> Value {
        let value = match &expr.kind {
            ExprKind::Binary(BinaryOp::Coalesce, _, left, right) => {
                match self.number_or_value(left) {
                    Value::Absent => self.number_or_value(right),
                    value => value,
                }
            }
            _ => self.value(expr),
        };
        match value {
            Value::Text(written) if is_quantity(expr) => {
                number::quantity(&written).map_or(Value::Unknown, Value::Number)
            }
            value => value,
        }
    }
}

/// Beside a time or a span of time `5m` is minutes.
fn minutes(expr: &Expr, value: &Value, beside: &Value) -> Value {
    match (&expr.kind, beside) {
        (ExprKind::Number { digits, suffix }, Value::Time(_) | Value::Duration(_))
            if suffix == "m" =>
        {
            text::duration(&format!("{digits}m")).map_or(Value::Unknown, Value::Duration)
        }
        _ => value.clone(),
    }
}

/// Tells whether an expression is one of the facts whose values are words of a closed set.
fn is_of_words(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Name(name) => name == "verb",
        ExprKind::Field(base, field) => {
            matches!(
                (&base.kind, field.text.as_str()),
                (ExprKind::Name(root), "kind") if root == "principal"
            ) || matches!(
                (&base.kind, field.text.as_str()),
                (ExprKind::Name(root), "class") if root == "rollback"
            )
        }
        _ => false,
    }
}

/// Tells whether an expression is a path such as `c.resources.limits.cpu`.
fn is_quantity(expr: &Expr) -> bool {
    let ExprKind::Field(base, _) = &expr.kind else {
        return false;
    };
    let ExprKind::Field(holder, list) = &base.kind else {
        return false;
    };
    let in_resources =
        matches!(&holder.kind, ExprKind::Field(_, field) if field.text == "resources");
    in_resources && (list.text == "limits" || list.text == "requests")
}

fn path_keys(expr: &Expr) -> Vec<String> {
    match &expr.kind {
        ExprKind::Name(name) => vec![name.clone()],
        ExprKind::Field(base, field) => {
            let mut keys = path_keys(base);
            keys.push(field.text.clone());
            keys
        }
        ExprKind::Index(base, index) => {
            let ExprKind::String(key) = &index.kind else {
                panic!("a path with {index:?}");
            };
            let mut keys = path_keys(base);
            keys.push(key.clone());
            keys
        }
        ExprKind::Call(_, arguments) => path_keys(&arguments[0].value),
        other => panic!("a path with {other:?}"),
    }
}

/// Reads a signal's value as its declared type.
fn of_type(name: &str, value: Value) -> Value {
    match (name, value) {
        (_, Value::Absent) => Value::Absent,
        ("bool", value @ Value::Bool(_))
        | ("number", value @ Value::Number(_))
        | ("string", value @ Value::Text(_))
        | ("duration", value @ Value::Duration(_))
        | ("time", value @ Value::Time(_)) => value,
        ("duration", Value::Text(written)) => {
            text::duration(&written).map_or(Value::Unknown, Value::Duration)
        }
        ("time", Value::Text(written)) => text::time(&written).map_or(Value::Unknown, Value::Time),
        ("list" | "map", value) => value,
        _ => Value::Unknown,
    }
}

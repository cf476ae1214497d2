//! The meaning of an expression, read off its syntax tree. Nothing is shared, cached or skipped.

use std::collections::BTreeMap;

use taffrail_syntax::ast::{self, BinaryOp, Expr, ExprKind, Presence, UnaryOp};

use super::action::Action;
use super::functions;
use super::names::{Declared, Files, full_name, module_of};
use super::number;
use super::operators;
use super::text;
use super::value::{Truth, Value, differ, equal, holds};
use super::workload;

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
            return changed_paths(&self.action.current, &self.action.proposed);
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
            && let Some((object, kind)) = self.object(base)
        {
            return workload::view(field, &object, &kind);
        }
        self.value(base).field(field)
    }

    /// Returns an object on which the workload views stand, with its kind.
    fn object(&self, base: &Expr) -> Option<(Value, Value)> {
        let ExprKind::Name(name) = &base.kind else {
            return None;
        };
        match self.local(name) {
            Some(local) if local.is_object => {
                Some((local.value.clone(), local.value.field("kind")))
            }
            Some(_) => None,
            None if name == "current" || name == "proposed" => {
                let kind = Value::of_fact(&self.action.request.target.kind);
                Some((self.value(base), kind))
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

    fn call(&self, callee: &Expr, arguments: &[ast::Argument]) -> Value {
        let values = || {
            arguments
                .iter()
                .map(|argument| self.value(&argument.value))
                .collect::<Vec<_>>()
        };
        match &callee.kind {
            ExprKind::Name(name) => {
                if let Some(Declared::Let(file, function)) =
                    self.files.find(&module_of(self.file), name)
                {
                    return self.apply(file, function, values());
                }
                self.built_in(name, arguments)
            }
            ExprKind::Field(base, method) => {
                if let ExprKind::Name(alias) = &base.kind {
                    let module = self.files.used_module(self.file, alias);
                    let found = module.and_then(|module| self.files.find(&module, &method.text));
                    if let Some(Declared::Let(file, function)) = found {
                        return self.apply(file, function, values());
                    }
                }
                let mut all = vec![self.value(base)];
                all.extend(values());
                functions::call(&method.text, &all)
            }
            other => panic!("a call of {other:?}"),
        }
    }

    fn apply(&self, file: &'a ast::File, function: &ast::Let, values: Vec<Value>) -> Value {
        let params = function.params.as_deref().unwrap_or_default();
        let locals = params
            .iter()
            .zip(values)
            .map(|(param, value)| Local {
                name: param.name.text.clone(),
                value,
                is_object: false,
            })
            .collect();
        self.elsewhere(file, locals).value(&function.body)
    }

    fn built_in(&self, name: &str, arguments: &[ast::Argument]) -> Value {
        match (name, arguments) {
            ("known", [inner]) => Value::Bool(!self.value(&inner.value).is_unknown()),
            ("changed", [path]) => {
                let keys = path_keys(&path.value);
                let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
                differ(
                    &self.action.current.path(&keys),
                    &self.action.proposed.path(&keys),
                )
                .value()
            }
            ("objects", [kind, rest @ ..]) => self.objects(&kind.value, rest),
            ("window" | "daily" | "weekly", [from, to, zone]) => {
                let written = |argument: &ast::Argument| match &argument.value.kind {
                    ExprKind::Time(written) | ExprKind::String(written) => written.clone(),
                    other => panic!("a window from {other:?}"),
                };
                functions::window(name, &written(from), &written(to), &written(zone))
            }
            _ => {
                let values: Vec<Value> = arguments
                    .iter()
                    .map(|argument| self.number_or_value(&argument.value))
                    .collect();
                functions::call(name, &values)
            }
        }
    }

    fn objects(&self, kind: &Expr, rest: &[ast::Argument]) -> Value {
        let ExprKind::Name(kind) = &kind.kind else {
            panic!("the kind of objects is {kind:?}");
        };
        let argument = |name: &str| {
            let found = rest.iter().find(|argument| {
                argument
                    .name
                    .as_ref()
                    .is_some_and(|given| given.text == name)
            });
            found.map(|argument| self.value(&argument.value))
        };
        let namespace = match argument("in") {
            None => None,
            Some(Value::Text(name)) => Some(name),
            Some(_) => return Value::Unknown,
        };
        let labels = argument("where");
        let is_complete = self.action.request.complete.iter().any(|complete| {
            complete.kind == *kind
                && (complete.namespace.is_none() || complete.namespace == namespace)
        });
        if !is_complete {
            return Value::Unknown;
        }
        let text_is = |value: Value, wanted: &str| match value {
            Value::Unknown => Truth::Unknown,
            value => Truth::of(value == Value::text(wanted)),
        };
        let mut found = Vec::new();
        for object in &self.action.request.objects {
            let object = Value::of_fact(object);
            let in_namespace = namespace.as_ref().map_or(Truth::True, |name| {
                text_is(object.path(&["metadata", "namespace"]), name)
            });
            let selected = labels.as_ref().map_or(Truth::True, |labels| {
                functions::selects(labels, &object.path(&["metadata", "labels"]))
            });
            match Truth::all([text_is(object.field("kind"), kind), in_namespace, selected]) {
                Truth::True => found.push(object),
                Truth::False => {}
                Truth::Unknown => return Value::Unknown,
            }
        }
        Value::List(found)
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

/// A member of what a quantifier runs over.
pub(crate) struct Member {
    pub(crate) key: Value,
    pub(crate) value: Value,
    /// A member of a map that is unknown may be absent, and then it is none.
    pub(crate) exists: Truth,
}

/// Returns what a quantifier runs over; `None` when it is no collection.
pub(crate) fn members(over: Value) -> Option<Vec<Member>> {
    match over {
        Value::Absent => Some(Vec::new()),
        Value::List(items) => {
            let members = items.into_iter().enumerate();
            Some(
                members
                    .map(|(at, value)| Member {
                        key: position(at),
                        value,
                        exists: Truth::True,
                    })
                    .collect(),
            )
        }
        Value::Map(map) => {
            let present = map.into_iter().filter(|(_, value)| *value != Value::Absent);
            Some(
                present
                    .map(|(key, value)| {
                        let exists = if value.is_unknown() {
                            Truth::Unknown
                        } else {
                            Truth::True
                        };
                        Member {
                            key: Value::Text(key),
                            value,
                            exists,
                        }
                    })
                    .collect(),
            )
        }
        _ => None,
    }
}

fn position(at: usize) -> Value {
    Value::Number(number::parse(&at.to_string()).unwrap())
}

/// Returns the sorted dotted paths of the leaves that differ, unknown as soon as one leaf is.
fn changed_paths(before: &Value, after: &Value) -> Value {
    fn collect(before: &Value, after: &Value, path: &str, found: &mut Vec<String>) -> bool {
        let none = BTreeMap::new();
        let (a, b) = match (before, after) {
            (Value::Map(a), Value::Map(b)) => (a, b),
            (Value::Absent, Value::Map(b)) if !b.is_empty() => (&none, b),
            (Value::Map(a), Value::Absent) if !a.is_empty() => (a, &none),
            _ => {
                return match differ(before, after) {
                    Truth::Unknown => false,
                    Truth::True => {
                        found.push(path.to_owned());
                        true
                    }
                    Truth::False => true,
                };
            }
        };
        let keys: std::collections::BTreeSet<&String> = a.keys().chain(b.keys()).collect();
        keys.into_iter().all(|key| {
            let inner = if path.is_empty() {
                key.clone()
            } else {
                format!("{path}.{key}")
            };
            let (a, b) = (
                a.get(key).unwrap_or(&Value::Absent),
                b.get(key).unwrap_or(&Value::Absent),
            );
            collect(a, b, &inner, found)
        })
    }
    let mut found = Vec::new();
    if !collect(before, after, "", &mut found) {
        return Value::Unknown;
    }
    found.sort();
    Value::List(found.into_iter().map(Value::Text).collect())
}

//! Calls: of built-in functions, of functions that policies define, and of `objects(…)`.

use taffrail_syntax::ast::{self, Expr, ExprKind};

use super::{Local, Scope, path_keys};
use crate::reference::functions;
use crate::reference::names::{Declared, module_of};
use crate::reference::value::{Truth, Value, differ};

impl<'a> Scope<'a> {
    pub(super) fn call(&self, callee: &Expr, arguments: &[ast::Argument]) -> Value {
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
            ("dynamic", [inner]) => self.value(&inner.value),
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
}

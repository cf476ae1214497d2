//! `objects(Kind, in: ns, where: labels)`: other objects of the snapshot.

use crate::builtins::{self, Builtin};
use crate::cause::{Cause, Causes};
use crate::eval::{Evaluator, Val};
use crate::program::ExprId;
use crate::truth::Truth;
use crate::value::Value;
use std::borrow::Cow;

impl<'a> Evaluator<'a> {
    /// Returns the matching objects; unknown unless the snapshot holds all of that kind.
    pub(super) fn objects(
        &mut self,
        group: Option<&str>,
        kind: &str,
        namespace: Option<ExprId>,
        labels: Option<ExprId>,
    ) -> Value {
        let namespace = match namespace.map(|id| (id, self.eval(id))) {
            None => None,
            Some((id, value)) => match &*value {
                Value::String(name) => Some(name.clone()),
                Value::Unknown(causes) => return Value::Unknown(causes.clone()),
                Value::Absent => {
                    return Value::unknown(Cause::AbsentOperand {
                        what: self.describe(id),
                    });
                }
                other => return Value::Unknown(self.wrong_type(id, "a string", other)),
            },
        };
        if !self.is_complete(group, kind, namespace.as_deref()) {
            return Value::unknown(Cause::IncompleteSnapshot {
                kind: kind.into(),
                namespace: namespace.as_deref().unwrap_or("any").into(),
            });
        }
        let labels = labels.map(|id| self.eval(id));
        let mut found = Vec::new();
        let mut unknown: Option<Causes> = None;
        for object in &self.facts.request.objects {
            match matches(object, group, kind, namespace.as_deref(), labels.as_ref()) {
                Truth::True => found.push(object.clone()),
                Truth::False => {}
                Truth::Unknown(causes) => {
                    unknown = Some(match unknown.take() {
                        Some(all) => all.union(&causes),
                        None => causes,
                    });
                }
            }
        }
        unknown.map_or(Value::List(found), Value::Unknown)
    }

    fn is_complete(&self, group: Option<&str>, kind: &str, namespace: Option<&str>) -> bool {
        self.facts.request.complete.iter().any(|complete| {
            let (given_group, given_kind) = match complete.kind.rsplit_once('/') {
                Some(("core", kind)) => (Some(""), kind),
                Some((group, kind)) => (Some(group), kind),
                None => (None, &*complete.kind),
            };
            // A bare kind in the request speaks of every group of that name.
            let same_group = match (given_group, group) {
                (None, _) => true,
                (Some(given), Some(group)) => given == group,
                (Some(_), None) => false,
            };
            let covers = match (&complete.namespace, namespace) {
                (None, _) => true,
                (Some(given), Some(namespace)) => given == namespace,
                (Some(_), None) => false,
            };
            given_kind == kind && same_group && covers
        })
    }
}

fn matches(
    object: &Value,
    group: Option<&str>,
    kind: &str,
    namespace: Option<&str>,
    labels: Option<&Val<'_>>,
) -> Truth {
    let what = || "an object of the snapshot".to_owned();
    let is_kind = text(&object.field("kind", &what), |given| given == kind);
    let is_group = match group {
        None => Truth::True,
        Some(group) => text(&object.field("apiVersion", &what), |version| {
            version.rsplit_once('/').map_or("", |(group, _)| group) == group
        }),
    };
    let metadata = object.field("metadata", &what);
    let in_namespace = match namespace {
        None => Truth::True,
        Some(namespace) => text(&metadata.field("namespace", &what), |given| {
            given == namespace
        }),
    };
    let selected = match labels {
        None => Truth::True,
        Some(selector) => {
            let own = metadata.field("labels", &what);
            match builtins::call(Builtin::Selects, &[selector.clone(), Cow::Owned(own)]) {
                Value::Bool(holds) => holds.into(),
                Value::Unknown(causes) => Truth::Unknown(causes),
                _ => Truth::False,
            }
        }
    };
    is_kind.and(is_group).and(in_namespace).and(selected)
}

fn text(value: &Value, test: impl Fn(&str) -> bool) -> Truth {
    match value {
        Value::String(text) => test(text).into(),
        Value::Unknown(causes) => Truth::Unknown(causes.clone()),
        _ => Truth::False,
    }
}

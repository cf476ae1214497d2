//! Quantifiers: one loop, seven ways to fold it.

use std::borrow::Cow;

use crate::builtins::{self, Builtin};
use crate::cause::{Cause, Causes};
use crate::decimal::Decimal;
use crate::eval::{Evaluator, Val, value_of};
use crate::program::{Quantifier, QuantifierKind};
use crate::truth::Truth;
use crate::value::Value;

/// A member of what a quantifier runs over.
pub(crate) struct Member<'a> {
    /// The key of a map, or the position in a list.
    pub(crate) key: Val<'a>,
    pub(crate) element: Val<'a>,
    /// Whether it is there: a member of a map that is unknown may be absent.
    exists: Truth,
}

impl<'a> Evaluator<'a> {
    /// Evaluates a quantifier; absent is an empty list.
    pub(super) fn quantifier(&mut self, quantifier: &'a Quantifier) -> Value {
        let members = match self.members(quantifier) {
            Ok(members) => members,
            Err(unknown) => return unknown,
        };
        match quantifier.kind {
            QuantifierKind::Every => self.truth_over(quantifier, members, Truth::True),
            QuantifierKind::Some => self.truth_over(quantifier, members, Truth::False),
            QuantifierKind::No => {
                let some = self.truth_over(quantifier, members, Truth::False);
                match some {
                    Value::Bool(some) => Value::Bool(!some),
                    other => other,
                }
            }
            QuantifierKind::Count
            | QuantifierKind::Sum
            | QuantifierKind::Min
            | QuantifierKind::Max => self.fold_over(quantifier, members),
        }
    }

    /// Returns what a quantifier runs over, or the unknown that it is then.
    pub(crate) fn members(&mut self, quantifier: &Quantifier) -> Result<Vec<Member<'a>>, Value> {
        let over = self.eval(quantifier.over);
        Ok(match over {
            Cow::Borrowed(Value::List(items)) => {
                positions(items.iter().map(Cow::Borrowed)).collect()
            }
            Cow::Owned(Value::List(items)) => {
                positions(items.into_iter().map(Cow::Owned)).collect()
            }
            Cow::Borrowed(Value::Map(map)) => map
                .present()
                .map(|(key, value)| keyed(key, Cow::Borrowed(value)))
                .collect(),
            Cow::Owned(Value::Map(map)) => map
                .present()
                .map(|(key, value)| keyed(key, Cow::Owned(value.clone())))
                .collect(),
            other => match &*other {
                Value::Absent => Vec::new(),
                Value::Unknown(causes) => return Err(Value::Unknown(causes.clone())),
                found => {
                    return Err(Value::Unknown(self.wrong_type(
                        quantifier.over,
                        "a list or a map",
                        found,
                    )));
                }
            },
        })
    }

    /// `every` starts at true and joins by *and* with "A implies B", the others at false by *or* with
    /// "A and B".
    fn truth_over(
        &mut self,
        quantifier: &'a Quantifier,
        members: Vec<Member<'a>>,
        start: Truth,
    ) -> Value {
        let every = start == Truth::True;
        let mut truth = start;
        for member in members {
            if self.exhausted() {
                return self.exhausted_value();
            }
            let holds = self.bound(quantifier, member, |evaluator, exists| {
                let filter = exists.and(evaluator.filter(quantifier));
                if filter == Truth::False {
                    return Truth::from(every);
                }
                let body = match quantifier.body {
                    Some(body) => evaluator.truth(body),
                    None => Truth::True,
                };
                if every {
                    filter.not().or(body)
                } else {
                    filter.and(body)
                }
            });
            truth = if every {
                truth.and(holds)
            } else {
                truth.or(holds)
            };
            if truth == Truth::from(!every) {
                break;
            }
        }
        value_of(truth)
    }

    /// Collects what counts, and folds it as the function of the same name does: the order of elements never shows.
    fn fold_over(&mut self, quantifier: &'a Quantifier, members: Vec<Member<'a>>) -> Value {
        let mut items = Vec::new();
        let mut unknown: Option<Causes> = None;
        for member in members {
            if self.exhausted() {
                return self.exhausted_value();
            }
            let item = self.bound(quantifier, member, |evaluator, exists| {
                evaluator.item(quantifier, exists)
            });
            match item {
                None => {}
                Some(Value::Unknown(causes)) => {
                    unknown = Some(match unknown.take() {
                        Some(all) => all.union(&causes),
                        None => causes,
                    });
                }
                Some(item) => items.push(item),
            }
        }
        if let Some(causes) = unknown {
            return Value::Unknown(causes);
        }
        let function = match quantifier.kind {
            QuantifierKind::Sum => Builtin::Sum,
            QuantifierKind::Min => Builtin::Min,
            QuantifierKind::Max => Builtin::Max,
            QuantifierKind::Count
            | QuantifierKind::Every
            | QuantifierKind::Some
            | QuantifierKind::No => Builtin::Count,
        };
        builtins::call(function, &[Cow::Owned(Value::List(items))])
    }

    /// Returns what the bound element contributes: nothing when its `where` or its counted condition is false.
    fn item(&mut self, quantifier: &Quantifier, exists: Truth) -> Option<Value> {
        match exists.and(self.filter(quantifier)) {
            Truth::False => return None,
            Truth::Unknown(causes) => return Some(Value::Unknown(causes)),
            Truth::True => {}
        }
        match (quantifier.kind, quantifier.body) {
            (QuantifierKind::Count, Some(body)) => match value_of(self.truth(body)) {
                Value::Bool(false) => None,
                counted => Some(counted),
            },
            (_, Some(body)) => Some(self.element_value(body)),
            (_, None) => Some(Value::Bool(true)),
        }
    }

    /// An absent element cannot be summed or ordered.
    fn element_value(&mut self, body: crate::program::ExprId) -> Value {
        match self.eval(body).into_owned() {
            Value::Absent => Value::unknown(Cause::AbsentOperand {
                what: self.describe(body),
            }),
            value => value,
        }
    }

    pub(crate) fn filter(&mut self, quantifier: &Quantifier) -> Truth {
        match quantifier.filter {
            Some(filter) => self.truth(filter),
            None => Truth::True,
        }
    }

    fn bound<T>(
        &mut self,
        quantifier: &Quantifier,
        member: Member<'a>,
        work: impl FnOnce(&mut Self, Truth) -> T,
    ) -> T {
        let Member {
            key,
            element,
            exists,
        } = member;
        let depth = self.bind(quantifier, key, element);
        let result = work(self, exists);
        self.unbind(depth);
        result
    }

    /// Binds the variables of a quantifier to a member, and returns what [`Self::unbind`] takes.
    pub(crate) fn bind(
        &mut self,
        quantifier: &Quantifier,
        key: Val<'a>,
        element: Val<'a>,
    ) -> usize {
        let depth = self.locals.len();
        if let Some(local) = quantifier.key {
            self.locals.push((local, key));
        }
        self.locals.push((quantifier.element, element));
        depth
    }

    /// Takes bindings back.
    pub(crate) fn unbind(&mut self, depth: usize) {
        self.locals.truncate(depth);
    }
}

/// Pairs elements with their 0-based position.
fn positions<'a>(items: impl Iterator<Item = Val<'a>>) -> impl Iterator<Item = Member<'a>> {
    items.enumerate().map(|(at, element)| {
        let at = Decimal::from(u64::try_from(at).unwrap_or(u64::MAX));
        Member {
            key: Cow::Owned(Value::Number(at)),
            element,
            exists: Truth::True,
        }
    })
}

fn keyed<'a>(key: &str, element: Val<'a>) -> Member<'a> {
    let exists = match &*element {
        Value::Unknown(causes) => Truth::Unknown(causes.clone()),
        _ => Truth::True,
    };
    Member {
        key: Cow::Owned(Value::string(key)),
        element,
        exists,
    }
}

//! What a rule demands of single facts: predicates that must not be false for the rule to apply.

use crate::decimal::Decimal;
use crate::facts::Facts;
use crate::glob;
use crate::program::{CompareOp, Expr, ExprId, On, ProgramData, Rule, SlotId};
use crate::value::Value;

/// A fact that rules are found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fact {
    /// The target's namespace, as `on` understands it.
    Namespace,
    /// The target's kind.
    Kind,
    /// The requested verb and the implied ones.
    Verb,
    /// A path.
    Slot(SlotId),
    /// A signal's reading.
    Signal(u32),
}

impl Fact {
    /// Tells whether `on` asks about it.
    pub(super) fn is_of_target(self) -> bool {
        match self {
            Self::Verb | Self::Kind | Self::Namespace => true,
            Self::Slot(_) | Self::Signal(_) => false,
        }
    }

    /// Returns the fact's value; `None` where nothing can be told from it alone.
    pub(super) fn read<'f>(self, facts: &'f Facts<'_>) -> Option<&'f Value> {
        match self {
            Self::Verb => None,
            Self::Kind => Some(&facts.request.target.kind),
            Self::Namespace => namespace(facts),
            Self::Slot(slot) => facts.slot(slot),
            Self::Signal(signal) => facts.signals.get(signal as usize),
        }
    }
}

/// A Namespace object's own name is its namespace; another group's kind of that name is rare enough to leave to
/// the evaluator.
fn namespace<'f>(facts: &'f Facts<'_>) -> Option<&'f Value> {
    let target = &facts.request.target;
    match &target.kind {
        Value::String(kind) if **kind == *"Namespace" => match &target.group {
            Value::String(group) if group.is_empty() => Some(&target.name),
            _ => None,
        },
        Value::String(_) | Value::Absent => Some(&target.namespace),
        // Without a kind nobody can say which of the two counts.
        _ => None,
    }
}

/// What must not be false of a fact.
#[derive(Debug)]
pub(super) struct Access {
    pub(super) fact: Fact,
    pub(super) demand: Demand,
}

/// A demand. An absent fact fails all but the last three, which it makes unknown; so does a fact of another type
/// with each.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Demand {
    /// It is one of these texts.
    Texts(Vec<Box<str>>),
    /// It is a text that starts with one of these.
    Prefixes(Vec<Box<str>>),
    /// It is one of these numbers.
    Numbers(Vec<Decimal>),
    /// It equals this truth value.
    Bool(bool),
    /// It is this truth value, in boolean position.
    Holds(bool),
    /// It is a number from here on. Whether the end is included does not matter here: the condition decides.
    AtLeast(Decimal),
    /// It is a number up to here.
    AtMost(Decimal),
}

/// The kinds of demands; those of one class on one fact make up a dimension.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    Texts,
    Prefixes,
    Numbers,
    Bool,
    Holds,
    AtLeast,
    AtMost,
}

impl Access {
    /// Returns the dimension it belongs to.
    pub(super) fn key(&self) -> (Fact, Class) {
        let class = match self.demand {
            Demand::Texts(_) => Class::Texts,
            Demand::Prefixes(_) => Class::Prefixes,
            Demand::Numbers(_) => Class::Numbers,
            Demand::Bool(_) => Class::Bool,
            Demand::Holds(_) => Class::Holds,
            Demand::AtLeast(_) => Class::AtLeast,
            Demand::AtMost(_) => Class::AtMost,
        };
        (self.fact, class)
    }
}

/// Returns what is demanded of verb, kind and namespace.
pub(super) fn targets(demands: &[Access]) -> impl Iterator<Item = (Fact, &Demand)> {
    let demands = demands.iter().filter(|access| access.fact.is_of_target());
    demands.map(|access| (access.fact, &access.demand))
}

impl Demand {
    /// Joins a demand of the same class on the same fact: both must not be false. What cannot be joined is left
    /// to the evaluator.
    fn join(&mut self, other: Self) {
        match (self, other) {
            (Self::Texts(texts), Self::Texts(others)) => texts.retain(|text| others.contains(text)),
            (Self::Numbers(numbers), Self::Numbers(others)) => {
                numbers.retain(|number| others.contains(number));
            }
            (Self::AtLeast(number), Self::AtLeast(other)) => *number = other.max(*number),
            (Self::AtMost(number), Self::AtMost(other)) => *number = other.min(*number),
            _ => {}
        }
    }
}

/// Returns what a rule's `on` and conditions demand of single facts, each class of demands on a fact once.
pub(super) fn of_rule(data: &ProgramData, rule: &Rule) -> Vec<Access> {
    let mut all = of_target(&rule.on);
    for condition in &rule.conditions {
        of_condition(data, condition.expr, &mut all);
    }
    let mut joined: Vec<Access> = Vec::with_capacity(all.len());
    for access in all {
        let key = access.key();
        match joined.iter_mut().find(|known| known.key() == key) {
            Some(known) => known.demand.join(access.demand),
            None => joined.push(access),
        }
    }
    joined
}

fn of_target(on: &On) -> Vec<Access> {
    let mut demands = Vec::new();
    if let Some(globs) = &on.namespaces {
        demands.extend(of_globs(Fact::Namespace, globs.iter().map(String::as_str)));
    }
    if let Some(kinds) = &on.kinds {
        let demand = Demand::Texts(boxed(kinds.iter().map(|kind| &kind.kind)));
        let fact = Fact::Kind;
        demands.push(Access { fact, demand });
    }
    if let Some(verbs) = &on.verbs {
        // A grant needs all verbs of the action, so one of them too.
        let demand = Demand::Texts(boxed(verbs.iter()));
        let fact = Fact::Verb;
        demands.push(Access { fact, demand });
    }
    demands
}

fn boxed<'t>(texts: impl Iterator<Item = &'t String>) -> Vec<Box<str>> {
    texts.map(|text| text.as_str().into()).collect()
}

/// Adds what a condition demands; operands of `and` count each.
fn of_condition(data: &ProgramData, id: ExprId, demands: &mut Vec<Access>) {
    match data.exprs.get(id.0 as usize) {
        Some(Expr::And(operands)) => {
            for operand in operands {
                of_condition(data, *operand, demands);
            }
        }
        Some(Expr::Compare(op, a, b)) => demands.extend(of_comparison(data, *op, *a, *b)),
        Some(Expr::In(needle, list)) => demands.extend(of_membership(data, *needle, *list)),
        Some(Expr::Like(text, pattern)) => demands.extend(of_pattern(data, *text, *pattern)),
        Some(Expr::Not(inner)) => demands.extend(holds(data, *inner, false)),
        Some(_) => demands.extend(holds(data, id, true)),
        None => {}
    }
}

fn holds(data: &ProgramData, id: ExprId, wanted: bool) -> Option<Access> {
    Some(Access {
        fact: fact(data, id)?,
        demand: Demand::Holds(wanted),
    })
}

fn of_comparison(data: &ProgramData, op: CompareOp, a: ExprId, b: ExprId) -> Option<Access> {
    let (fact, constant, flipped) = match (fact(data, a), constant(data, b)) {
        (Some(fact), Some(value)) => (fact, value, false),
        _ => (fact(data, b)?, constant(data, a)?, true),
    };
    let demand = match (op, flipped, constant) {
        (CompareOp::Equal, _, Value::String(text)) => Demand::Texts(vec![text.clone()]),
        (CompareOp::Equal, _, Value::Number(number)) => Demand::Numbers(vec![*number]),
        (CompareOp::Equal, _, Value::Bool(wanted)) => Demand::Bool(*wanted),
        (CompareOp::Greater | CompareOp::GreaterOrEqual, false, Value::Number(number))
        | (CompareOp::Less | CompareOp::LessOrEqual, true, Value::Number(number)) => {
            Demand::AtLeast(*number)
        }
        (CompareOp::Less | CompareOp::LessOrEqual, false, Value::Number(number))
        | (CompareOp::Greater | CompareOp::GreaterOrEqual, true, Value::Number(number)) => {
            Demand::AtMost(*number)
        }
        _ => return None,
    };
    Some(Access { fact, demand })
}

/// Only lists of one type: a fact of another type makes the membership unknown.
fn of_membership(data: &ProgramData, needle: ExprId, list: ExprId) -> Option<Access> {
    let fact = fact(data, needle)?;
    let items: Vec<&Value> = match data.exprs.get(list.0 as usize)? {
        Expr::Constant(Value::List(items)) => items.iter().collect(),
        Expr::List(items) => items
            .iter()
            .map(|item| constant(data, *item))
            .collect::<Option<_>>()?,
        _ => return None,
    };
    let texts = items.iter().map(|item| match item {
        Value::String(text) => Some(text.clone()),
        _ => None,
    });
    let numbers = items.iter().map(|item| match item {
        Value::Number(number) => Some(*number),
        _ => None,
    });
    let demand = match texts.collect::<Option<Vec<_>>>() {
        Some(texts) => Demand::Texts(texts),
        None => Demand::Numbers(numbers.collect::<Option<Vec<_>>>()?),
    };
    (!items.is_empty()).then_some(Access { fact, demand })
}

fn of_pattern(data: &ProgramData, text: ExprId, pattern: ExprId) -> Option<Access> {
    let fact = fact(data, text)?;
    let Value::String(pattern) = constant(data, pattern)? else {
        return None;
    };
    of_globs(fact, std::iter::once(&**pattern))
}

/// A pattern without a wildcard is a text; of others the letters before it count.
fn of_globs<'g>(fact: Fact, globs: impl Iterator<Item = &'g str>) -> Option<Access> {
    let (prefixes, whole): (Vec<String>, Vec<bool>) = globs.map(glob::literal_prefix).unzip();
    let texts = boxed(prefixes.iter());
    let demand = if whole.iter().all(|whole| *whole) {
        Demand::Texts(texts)
    } else if prefixes.iter().all(|prefix| !prefix.is_empty()) {
        Demand::Prefixes(texts)
    } else {
        return None;
    };
    Some(Access { fact, demand })
}

fn fact(data: &ProgramData, id: ExprId) -> Option<Fact> {
    match data.exprs.get(id.0 as usize)? {
        Expr::Slot(slot) => Some(Fact::Slot(*slot)),
        Expr::Signal(signal) => Some(Fact::Signal(*signal)),
        _ => None,
    }
}

fn constant(data: &ProgramData, id: ExprId) -> Option<&Value> {
    match data.exprs.get(id.0 as usize)? {
        Expr::Constant(value) => Some(value),
        _ => None,
    }
}

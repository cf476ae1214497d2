//! The values at which conditions come out differently, found by going from what is compared back to the fact.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use taffrail::{Decimal, Request, Value};
use taffrail_runtime::arithmetic;
use taffrail_runtime::builtins::Builtin;
use taffrail_runtime::inspect::Inspector;
use taffrail_runtime::program::{
    ArithmeticOp, Expr, ExprId, ProgramData, Rule, RuleBody, RuleId, SlotPath,
};
use taffrail_runtime::text;

use super::fact::{Fact, Standing};
use super::universe::fact_of_path;

/// How many expressions are looked at.
const VISITS: usize = 50_000;
/// How deep a value is followed from a comparison to the fact.
const DEPTH: u32 = 16;
/// How many elements of a list are tried.
const ELEMENTS: usize = 12;
/// How many beginnings and ends of a window are tried.
const BOUNDARIES: usize = 4;

type Numbers = BTreeSet<Decimal>;
type Instants = BTreeSet<Timestamp>;
type Spans = BTreeSet<SignedDuration>;

/// Values to try of one fact.
#[derive(Debug, Clone, Default)]
pub(super) struct Points {
    pub(super) numbers: Numbers,
    pub(super) times: Instants,
    pub(super) spans: Spans,
    /// Values as they are, some with words for what they stand for.
    pub(super) values: Vec<(Value, Option<String>)>,
    /// Texts and patterns of texts that it is compared with.
    pub(super) texts: Vec<String>,
    /// What it is, where no path leads to it.
    pub(super) is: Option<Value>,
    /// The same in words, where the value says too much.
    pub(super) is_words: Option<String>,
}

impl Points {
    /// Tells whether another text than this one would make a difference.
    pub(super) fn texts_count(&self, text: &str) -> bool {
        self.texts
            .iter()
            .any(|pattern| taffrail_runtime::glob::like(pattern, text))
    }

    fn add(&mut self, value: &Value) {
        match value {
            Value::Number(number) => {
                self.numbers.insert(*number);
            }
            Value::Time(time) => {
                self.times.insert(*time);
            }
            Value::String(text) => {
                self.texts.push(text.to_string());
                self.values.push((value.clone(), None));
            }
            Value::Duration(span) => {
                self.spans.insert(*span);
            }
            Value::Absent | Value::Bool(_) | Value::List(_) | Value::Map(_) => {
                self.values.push((value.clone(), None))
            }
            Value::Semver(version) => {
                for (text, words) in [
                    (version.to_string(), None),
                    ("0.0.0".to_owned(), Some(format!("below {version}"))),
                    ("9999.0.0".to_owned(), Some(format!("above {version}"))),
                ] {
                    self.values.push((Value::string(text), words));
                }
            }
            Value::Unknown(_) | Value::Image(_) | Value::Cidr(_) | Value::Window(_) => {}
        }
    }
}

/// Returns for every fact that the rules read and that could be different the values at which something changes, and the facts that are out of
/// reach.
pub(super) fn points(
    data: &ProgramData,
    request: &Request,
    inspector: &mut Inspector<'_>,
    rules: &[RuleId],
) -> (BTreeMap<Fact, Points>, BTreeSet<Fact>) {
    let mut search = Search {
        data,
        request,
        inspector,
        found: BTreeMap::new(),
        out_of_reach: BTreeSet::new(),
        seen: BTreeSet::new(),
    };
    for id in rules {
        if let Some(rule) = data.rules.get(id.0 as usize) {
            search.rule(rule);
        }
    }
    (search.found, search.out_of_reach)
}

/// Returns the paths of facts that an expression leads to: a slot, a field of one, a default for one, the branches of a choice.
fn paths(data: &ProgramData, id: ExprId, depth: u32) -> Vec<SlotPath> {
    let (Some(expr), Some(depth)) = (data.exprs.get(id.0 as usize), depth.checked_sub(1)) else {
        return Vec::new();
    };
    let below = |inner: ExprId, key: &str| {
        let mut all = paths(data, inner, depth);
        for path in &mut all {
            path.keys.push(key.to_owned());
        }
        all
    };
    match expr {
        Expr::Slot(slot) => data
            .slots
            .get(slot.0 as usize)
            .cloned()
            .into_iter()
            .collect(),
        Expr::Quantity(inner) => paths(data, *inner, depth),
        Expr::Field(inner, key) => below(*inner, key),
        Expr::Index(inner, key) => match data.exprs.get(key.0 as usize) {
            Some(Expr::Constant(Value::String(key))) => below(*inner, key),
            _ => Vec::new(),
        },
        Expr::Coalesce(a, b) | Expr::If(_, a, b) => {
            let mut all = paths(data, *a, depth);
            all.extend(paths(data, *b, depth));
            all
        }
        _ => Vec::new(),
    }
}

struct Search<'s, 'd> {
    data: &'s ProgramData,
    request: &'s Request,
    inspector: &'s mut Inspector<'d>,
    found: BTreeMap<Fact, Points>,
    out_of_reach: BTreeSet<Fact>,
    seen: BTreeSet<(ExprId, bool)>,
}

impl Search<'_, '_> {
    fn rule(&mut self, rule: &Rule) {
        for condition in &rule.conditions {
            self.visit(condition.expr, true);
        }
        match &rule.body {
            RuleBody::Grant | RuleBody::Breaker { .. } => {}
            RuleBody::Guard { risk, .. } => {
                if let Some(risk) = risk {
                    self.visit(risk.expr, false);
                }
            }
            RuleBody::Budget { limit, spend, .. } => {
                self.visit(*limit, false);
                self.visit(*spend, false);
                self.budget(rule, *limit, *spend);
            }
            RuleBody::Tolerance {
                propose_at,
                escalate_at,
            } => {
                for threshold in [propose_at, escalate_at].into_iter().flatten() {
                    self.visit(*threshold, false);
                }
            }
            RuleBody::Waiver { until, .. } => {
                // Before its end it forgives.
                if let Some(points) = self.now() {
                    points.times.insert(*until);
                }
            }
        }
    }

    fn budget(&mut self, rule: &Rule, limit: ExprId, spend: ExprId) {
        if let Some(budget) = self.inspector.budget(rule) {
            let needed = arithmetic::add(&budget.used, &budget.spend);
            let left = arithmetic::sub(&budget.limit, &budget.used);
            self.want(limit, &needed, DEPTH);
            self.want(spend, &left, DEPTH);
        }
    }

    fn now(&mut self) -> Option<&mut Points> {
        matches!(self.request.now, Value::Time(_)).then(|| self.found.entry(Fact::Now).or_default())
    }

    fn expr(&self, id: ExprId) -> Option<&Expr> {
        self.data.exprs.get(id.0 as usize)
    }

    /// Looks for comparisons in an expression; `holds` tells whether it stands where a truth is asked for.
    fn visit(&mut self, id: ExprId, holds: bool) {
        if self.seen.len() >= VISITS || !self.seen.insert((id, holds)) {
            return;
        }
        let data = self.data;
        let Some(expr) = data.exprs.get(id.0 as usize) else {
            return;
        };
        match expr {
            Expr::Not(_) | Expr::And(_) | Expr::Or(_) => {
                expr.for_each_operand(|operand| self.visit(operand, true));
                return;
            }
            Expr::If(condition, yes, no) => {
                self.visit(*condition, true);
                self.visit(*yes, holds);
                self.visit(*no, holds);
                return;
            }
            Expr::Compare(_, a, b) => self.both(*a, *b),
            Expr::In(a, b) => self.member(*a, *b),
            Expr::Like(a, pattern) => self.like(*a, *pattern),
            Expr::IsAbsent(a) => {
                self.want(*a, &Value::Absent, DEPTH);
                self.want(*a, &Value::string("something"), DEPTH);
            }
            Expr::Known(a) => self.want(*a, &Value::string("something"), DEPTH),
            Expr::Matches(a, _) => self.want(*a, &Value::string("something"), DEPTH),
            Expr::Quantifier(quantifier) => {
                self.want(quantifier.over, &Value::List(Vec::new()), DEPTH);
                quantifier
                    .filter
                    .into_iter()
                    .for_each(|filter| self.visit(filter, true));
                quantifier
                    .body
                    .into_iter()
                    .for_each(|body| self.visit(body, true));
                self.visit(quantifier.over, false);
                return;
            }
            Expr::Objects { group, kind, .. } => {
                let fact = Fact::Objects(group.clone(), kind.clone());
                self.found.entry(fact).or_default();
            }
            Expr::Call(builtin, arguments) if holds => self.call(*builtin, arguments),
            Expr::Slot(_) | Expr::Signal(_) | Expr::Coalesce(..) | Expr::Field(..) if holds => {
                self.want(id, &Value::Bool(true), DEPTH);
                self.want(id, &Value::Bool(false), DEPTH);
            }
            _ => {}
        }
        if let Expr::Slot(_) | Expr::Signal(_) = expr {
            // Whether there is a value to try or not, the fact is read.
            for fact in self.facts(id) {
                self.found.entry(fact).or_default();
            }
            if let Expr::Slot(slot) = expr
                && let Some(path) = data.slots.get(slot.0 as usize)
                && let Some((fact, Standing::OutOfReach)) =
                    fact_of_path(data, path, self.request, self.inspector)
            {
                self.out_of_reach.insert(fact);
            }
        }
        expr.for_each_operand(|operand| self.visit(operand, false));
    }

    /// Either side could be what the other is.
    fn both(&mut self, a: ExprId, b: ExprId) {
        for (this, other) in [(a, b), (b, a)] {
            if let Some(value) = self.shown(other) {
                self.want(this, &value, DEPTH);
            }
        }
    }

    fn member(&mut self, element: ExprId, of: ExprId) {
        match self.shown(of) {
            Some(Value::List(items)) => {
                for item in items.iter().take(ELEMENTS) {
                    self.want(element, item, DEPTH);
                }
                if let Some(wanted @ (Value::String(_) | Value::Number(_))) = self.shown(element) {
                    let mut with = items.clone();
                    let without: Vec<Value> =
                        items.into_iter().filter(|item| *item != wanted).collect();
                    self.want(of, &Value::List(without), DEPTH);
                    with.push(wanted);
                    self.want(of, &Value::List(with), DEPTH);
                }
            }
            Some(Value::Absent | Value::Unknown(_)) => {
                if let Some(wanted @ (Value::String(_) | Value::Number(_))) = self.shown(element) {
                    self.want(of, &Value::List(vec![wanted]), DEPTH);
                    self.want(of, &Value::List(Vec::new()), DEPTH);
                }
            }
            Some(Value::Window(window)) => {
                let Value::Time(now) = self.request.now else {
                    return;
                };
                let mut at = now;
                for _ in 0..BOUNDARIES {
                    let Some(next) = window.next_boundary(at) else {
                        return;
                    };
                    self.want(element, &Value::Time(next), DEPTH);
                    at = next;
                }
            }
            Some(_) | None => {}
        }
    }

    fn like(&mut self, text: ExprId, pattern: ExprId) {
        let Some(Value::String(pattern)) = self.shown(pattern) else {
            return;
        };
        let instance = pattern.replace(['*', '?'], "x");
        let words = (*instance != *pattern).then(|| format!("like `{pattern}`"));
        for fact in self.facts(text) {
            let points = self.found.entry(fact).or_default();
            points.texts.push(pattern.to_string());
            points
                .values
                .push((Value::string(instance.as_str()), words.clone()));
        }
    }

    /// Functions that answer with a truth.
    fn call(&mut self, builtin: Builtin, arguments: &[ExprId]) {
        if let (Builtin::StartsWith | Builtin::EndsWith | Builtin::Contains, [text, part]) =
            (builtin, arguments)
        {
            if let Some(list @ Value::List(_)) = self.shown(*text) {
                drop(list);
                self.member(*part, *text);
            } else if let Some(part @ Value::String(_)) = self.shown(*part) {
                self.want(*text, &part, DEPTH);
            }
        }
    }

    /// Returns the facts that an expression is, one of them or none at a time.
    fn facts(&self, id: ExprId) -> Vec<Fact> {
        if let Some(Expr::Signal(signal)) = self.expr(id) {
            return vec![Fact::Signal(*signal)];
        }
        let paths = paths(self.data, id, DEPTH);
        let changeable = paths.into_iter().filter_map(|path| {
            match fact_of_path(self.data, &path, self.request, self.inspector)? {
                (fact, Standing::Changeable) => Some(fact),
                (_, Standing::OutOfReach | Standing::Action) => None,
            }
        });
        changeable.collect()
    }

    /// Returns what an expression comes to, if that may be shown.
    fn shown(&mut self, id: ExprId) -> Option<Value> {
        if let Some(Expr::Constant(value)) = self.expr(id) {
            return Some(value.clone());
        }
        self.inspector
            .may_show(id)
            .then(|| self.inspector.value(id))
    }

    fn number(&mut self, id: ExprId) -> Value {
        self.shown(id).unwrap_or(Value::Absent)
    }

    /// Goes from a value that an expression should have to the values of facts that give it.
    fn want(&mut self, id: ExprId, value: &Value, depth: u32) {
        if matches!(value, Value::Unknown(_)) {
            return;
        }
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        let data = self.data;
        let Some(expr) = data.exprs.get(id.0 as usize) else {
            return;
        };
        match expr {
            Expr::Slot(_) | Expr::Signal(_) | Expr::Field(..) | Expr::Index(..) => {
                for fact in self.facts(id) {
                    self.found.entry(fact).or_default().add(value);
                }
            }
            Expr::Quantity(inner) => self.want(*inner, value, depth),
            Expr::Coalesce(a, b) => {
                self.want(*a, value, depth);
                self.want(*b, value, depth);
            }
            Expr::If(_, yes, no) => {
                self.want(*yes, value, depth);
                self.want(*no, value, depth);
            }
            Expr::Negate(inner) => self.want(*inner, &arithmetic::neg(value), depth),
            Expr::Not(inner) => {
                if let Value::Bool(holds) = value {
                    self.want(*inner, &Value::Bool(!holds), depth);
                }
            }
            Expr::Arithmetic(op, a, b) => self.operands(*op, *a, *b, value, depth),
            Expr::Call(builtin, arguments) => self.argument(*builtin, arguments, value, depth),
            _ => {}
        }
    }

    /// A text that is read as an instant: this one, and those right before and after it.
    fn instants(&mut self, id: ExprId, at: Timestamp, depth: u32) {
        self.want(id, &Value::string(text::time(at)), depth);
        let second = SignedDuration::from_secs(1);
        let near = [
            (at.checked_sub(second), "before"),
            (at.checked_add(second), "after"),
        ];
        for fact in self.facts(id) {
            let points = self.found.entry(fact).or_default();
            for (instant, word) in &near {
                if let Ok(instant) = instant {
                    let words = format!("{word} {}", text::time(at));
                    let value = Value::string(text::time(*instant));
                    points.values.push((value, Some(words)));
                }
            }
        }
    }

    fn operands(&mut self, op: ArithmeticOp, a: ExprId, b: ExprId, value: &Value, depth: u32) {
        let (left, right) = (self.number(a), self.number(b));
        let (for_left, for_right) = match op {
            ArithmeticOp::Add => (
                arithmetic::sub(value, &right),
                arithmetic::sub(value, &left),
            ),
            ArithmeticOp::Subtract => (
                arithmetic::add(value, &right),
                arithmetic::sub(&left, value),
            ),
            ArithmeticOp::Multiply => (
                arithmetic::div(value, &right),
                arithmetic::div(value, &left),
            ),
            ArithmeticOp::Divide => (
                arithmetic::mul(value, &right),
                arithmetic::div(&left, value),
            ),
            ArithmeticOp::Remainder => return,
        };
        self.want(a, &for_left, depth);
        self.want(b, &for_right, depth);
    }

    fn argument(&mut self, builtin: Builtin, arguments: &[ExprId], value: &Value, depth: u32) {
        match (builtin, arguments) {
            (
                Builtin::Ceil
                | Builtin::Floor
                | Builtin::Abs
                | Builtin::Lower
                | Builtin::Upper
                | Builtin::Trim
                | Builtin::Semver,
                [inner],
            ) => self.want(*inner, value, depth),
            (Builtin::Min | Builtin::Max, all) => {
                for inner in all {
                    self.want(*inner, value, depth);
                }
            }
            (Builtin::ToTime, [inner]) => {
                if let Value::Time(at) = value {
                    self.instants(*inner, *at, depth);
                }
            }
            (Builtin::ToNumber, [inner]) => {
                let text = Value::string(value.render());
                self.want(*inner, &text, depth);
            }
            (Builtin::Portion, [part, total, ..]) => {
                let whole = self.number(*total);
                self.want(*part, &arithmetic::mul(value, &whole), depth);
                self.want(*part, &value.clone(), depth);
            }
            (Builtin::Len | Builtin::Count, [inner]) if *value == Value::Number(Decimal::ZERO) => {
                self.want(*inner, &Value::List(Vec::new()), depth);
            }
            _ => {}
        }
    }
}

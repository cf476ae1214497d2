//! From typed expressions to the arena: lets and functions are replaced by what they mean.

use rustc_hash::FxHashMap;
use taffrail_runtime::Value;
use taffrail_runtime::program::{self, DEPTH_LIMIT, ExprId, Quantifier};

use super::arena::Arena;
use super::fold::simplify;
use super::levels::Levels;
use super::map::Recorder;
use crate::graph::RuleGraph;
use crate::paths::fact_path;
use crate::typed::{self, Expr, ExprKind, LetId, LocalId, Module};

/// How deep functions and their arguments may nest while they are replaced. Their results are usually much flatter.
const NESTING_LIMIT: u32 = 320;

/// How many expressions the bodies of all calls in a set may have together. What stands outside of functions is bounded by
/// the length of its text.
const INLINING_LIMIT: u32 = 1_000_000;

/// What a set has too much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Excess {
    /// An expression nests too deeply.
    Depth,
    /// The whole set has too many expressions.
    Size,
}

/// Fills an arena from typed expressions.
#[derive(Debug)]
pub(super) struct Lowering<'m> {
    module: &'m Module,
    graph: &'m RuleGraph,
    levels: &'m Levels,
    /// The value of each parameter.
    params: &'m [Value],
    /// The place of each signal in the program.
    signals: &'m [u32],
    pub(super) arena: Arena,
    /// Where the conditions were written.
    pub(super) recorder: Recorder,
    /// Lets that are facts, once reached.
    facts: Vec<Option<ExprId>>,
    /// Lets whose needs are emitted or about to be.
    visited: Vec<bool>,
    /// Whether a let and its needs are being emitted: then every need is there, unless definitions go in a circle.
    resolving: bool,
    locals: FxHashMap<LocalId, ExprId>,
    /// Function calls by their arguments: what they were replaced with.
    calls: FxHashMap<(LetId, Vec<ExprId>), ExprId>,
    nesting: u32,
    /// How many calls are being replaced, each in the body of the one before.
    calls_open: u32,
    /// How many expressions were emitted for the bodies of calls.
    inlined: u32,
    excess: Option<Excess>,
}

impl<'m> Lowering<'m> {
    pub(super) fn new(
        module: &'m Module,
        graph: &'m RuleGraph,
        levels: &'m Levels,
        params: &'m [Value],
        signals: &'m [u32],
    ) -> Self {
        Self {
            module,
            graph,
            levels,
            params,
            signals,
            arena: Arena::default(),
            recorder: Recorder::default(),
            facts: vec![None; module.lets.len()],
            visited: vec![false; module.lets.len()],
            resolving: false,
            locals: FxHashMap::default(),
            calls: FxHashMap::default(),
            nesting: 0,
            calls_open: 0,
            inlined: 0,
            excess: None,
        }
    }

    /// Returns what was too much since the last time that this was asked.
    pub(super) fn take_excess(&mut self) -> Option<Excess> {
        self.excess.take()
    }

    /// Lets a variable stand for a numbered local.
    pub(super) fn bind(&mut self, variable: LocalId, local: u32) -> program::LocalId {
        let local = program::LocalId(local);
        let expr = self.arena.intern(program::Expr::Local(local));
        self.locals.insert(variable, expr);
        local
    }

    /// Returns the lets that were reached, with what they mean, sorted by name.
    pub(super) fn reached_lets(&self) -> Vec<(String, ExprId)> {
        let mut lets: Vec<(String, ExprId)> = self
            .module
            .lets
            .iter()
            .zip(&self.facts)
            .filter_map(|(binding, expr)| Some((binding.name.clone(), (*expr)?)))
            .collect();
        lets.sort();
        lets
    }

    /// Emits an expression. What is too deep or too much becomes absent, and [`Self::take_excess`] tells.
    pub(super) fn lower(&mut self, expr: &'m Expr) -> ExprId {
        if self.calls_open > 0 {
            self.inlined = self.inlined.saturating_add(1);
        }
        if self.inlined > INLINING_LIMIT {
            return self.exceed(Excess::Size);
        }
        if self.nesting >= NESTING_LIMIT {
            return self.exceed(Excess::Depth);
        }
        self.nesting = self.nesting.saturating_add(1);
        let id = self.lower_kind(expr);
        self.nesting = self.nesting.saturating_sub(1);
        if self.arena.depth(id) > DEPTH_LIMIT {
            return self.exceed(Excess::Depth);
        }
        let inside = self.calls_open > 0 || self.resolving;
        self.recorder.note(expr, id, inside);
        id
    }

    /// Returns the value of an expression that no request changes.
    pub(super) fn value(&mut self, expr: &'m Expr) -> Option<Value> {
        let id = self.lower(expr);
        match self.take_excess() {
            Some(_) => None,
            None => self.arena.value(id).cloned(),
        }
    }

    fn exceed(&mut self, excess: Excess) -> ExprId {
        self.excess.get_or_insert(excess);
        self.arena.constant(Value::Absent)
    }

    fn lower_kind(&mut self, expr: &'m Expr) -> ExprId {
        use program::Expr as Out;
        let out = match &expr.kind {
            ExprKind::Constant(value) => return self.arena.constant(value.clone()),
            ExprKind::Root(root) => return self.arena.slot(*root, Vec::new()),
            ExprKind::Param(id) => return self.param(*id),
            ExprKind::Let(id) => return self.fact(*id),
            ExprKind::CallLet(id, arguments) => return self.call(*id, arguments),
            ExprKind::Local(id) => return self.local(*id),
            ExprKind::Field(base, key) => return self.field(expr, base, key),
            ExprKind::Index(base, index) => return self.index(expr, base, index),
            ExprKind::Signal(id) => {
                Out::Signal(self.signals.get(id.0 as usize).copied().unwrap_or(u32::MAX))
            }
            ExprKind::View(view, object, kind) => Out::View {
                view: *view,
                object: self.lower(object),
                kind: self.lower(kind),
            },
            ExprKind::Quantity(a) => Out::Quantity(self.lower(a)),
            ExprKind::Not(a) => Out::Not(self.lower(a)),
            ExprKind::And(_) => Out::And(self.junction(expr, operands_of_and)),
            ExprKind::Or(_) => Out::Or(self.junction(expr, operands_of_or)),
            ExprKind::Compare(op, a, b) => Out::Compare(*op, self.lower(a), self.lower(b)),
            ExprKind::In(a, b) => Out::In(self.lower(a), self.lower(b)),
            ExprKind::Like(a, b) => Out::Like(self.lower(a), self.lower(b)),
            ExprKind::Matches(a, pattern) => {
                Out::Matches(self.lower(a), self.arena.pattern(pattern))
            }
            ExprKind::IsAbsent(a) => Out::IsAbsent(self.lower(a)),
            ExprKind::Coalesce(a, b) => Out::Coalesce(self.lower(a), self.lower(b)),
            ExprKind::Arithmetic(op, a, b) => Out::Arithmetic(*op, self.lower(a), self.lower(b)),
            ExprKind::Negate(a) => Out::Negate(self.lower(a)),
            ExprKind::If(a, b, c) => Out::If(self.lower(a), self.lower(b), self.lower(c)),
            ExprKind::List(items) => Out::List(self.lower_all(items)),
            ExprKind::Map(entries) => self.map(entries),
            ExprKind::Quantifier(quantifier) => self.quantifier(quantifier),
            ExprKind::Call(builtin, arguments) => Out::Call(*builtin, self.lower_all(arguments)),
            ExprKind::Known(a) => Out::Known(self.lower(a)),
            ExprKind::Changed(path) => Out::Changed(path.clone()),
            ExprKind::Changes => Out::Changes,
            ExprKind::Objects {
                group,
                kind,
                namespace,
                labels,
            } => Out::Objects {
                group: group.clone(),
                kind: kind.clone(),
                namespace: namespace.as_deref().map(|namespace| self.lower(namespace)),
                labels: labels.as_deref().map(|labels| self.lower(labels)),
            },
        };
        simplify(&mut self.arena, out)
    }

    fn lower_all(&mut self, exprs: &'m [Expr]) -> Vec<ExprId> {
        exprs.iter().map(|expr| self.lower(expr)).collect()
    }

    /// Returns the operands of a chain of the same connective as one list.
    fn junction(&mut self, expr: &'m Expr, operands: fn(&Expr) -> Option<&[Expr]>) -> Vec<ExprId> {
        let mut lowered = Vec::new();
        let mut open = vec![expr];
        while let Some(expr) = open.pop() {
            match operands(expr) {
                Some(inner) => open.extend(inner.iter().rev()),
                None => lowered.push(self.lower(expr)),
            }
        }
        lowered
    }

    fn map(&mut self, entries: &'m [(String, Expr)]) -> program::Expr {
        program::Expr::Map(
            entries
                .iter()
                .map(|(key, value)| (key.as_str().into(), self.lower(value)))
                .collect(),
        )
    }

    fn param(&mut self, id: typed::ParamId) -> ExprId {
        let value = self.params.get(id.0 as usize).cloned();
        self.arena.constant(value.unwrap_or(Value::Absent))
    }

    fn local(&mut self, id: LocalId) -> ExprId {
        match self.locals.get(&id) {
            Some(expr) => *expr,
            None => self.arena.constant(Value::Absent),
        }
    }

    fn field(&mut self, whole: &'m Expr, base: &'m Expr, key: &str) -> ExprId {
        if let Some(fact) = self.fact_slot(whole) {
            return fact;
        }
        let base = self.lower(base);
        self.member(base, key)
    }

    fn index(&mut self, whole: &'m Expr, base: &'m Expr, index: &'m Expr) -> ExprId {
        if let Some(fact) = self.fact_slot(whole) {
            return fact;
        }
        let (base, index) = (self.lower(base), self.lower(index));
        match self.arena.value(index) {
            Some(Value::String(key)) if self.arena.slot_path(base).is_some() => {
                let key = key.clone();
                self.member(base, &key)
            }
            _ => simplify(&mut self.arena, program::Expr::Index(base, index)),
        }
    }

    fn fact_slot(&mut self, expr: &Expr) -> Option<ExprId> {
        let (root, keys) = fact_path(expr)?;
        let keys = keys.into_iter().map(str::to_owned).collect();
        Some(self.arena.slot(root, keys))
    }

    /// A field of a fact is a fact too, though the fact came through a let or an argument.
    fn member(&mut self, base: ExprId, key: &str) -> ExprId {
        match self.arena.slot_path(base) {
            Some(path) => {
                let root = path.root;
                let keys = path.keys.iter().cloned().chain([key.to_owned()]).collect();
                self.arena.slot(root, keys)
            }
            None => simplify(&mut self.arena, program::Expr::Field(base, key.into())),
        }
    }

    fn quantifier(&mut self, quantifier: &'m typed::Quantifier) -> program::Expr {
        let over = self.lower(&quantifier.over);
        let below = [&quantifier.filter, &quantifier.body]
            .into_iter()
            .flatten()
            .map(|part| self.levels.of(part))
            .max()
            .unwrap_or(0);
        let element = self.bind(quantifier.element, below);
        let key = quantifier
            .key
            .map(|key| self.bind(key, below.saturating_add(1)));
        program::Expr::Quantifier(Box::new(Quantifier {
            kind: quantifier.kind,
            key,
            element,
            over,
            filter: quantifier.filter.as_ref().map(|filter| self.lower(filter)),
            body: quantifier.body.as_ref().map(|body| self.lower(body)),
        }))
    }

    /// A function's body, its parameters replaced by the arguments. The same call is replaced once.
    fn call(&mut self, id: LetId, arguments: &'m [Expr]) -> ExprId {
        let arguments = self.lower_all(arguments);
        let key = (id, arguments);
        if let Some(known) = self.calls.get(&key) {
            return *known;
        }
        let module = self.module;
        let Some(function) = module.lets.get(id.0 as usize) else {
            return self.arena.constant(Value::Absent);
        };
        for ((parameter, _), argument) in function.params.iter().zip(&key.1) {
            self.locals.insert(*parameter, *argument);
        }
        self.calls_open = self.calls_open.saturating_add(1);
        let result = self.lower(&function.body);
        self.calls_open = self.calls_open.saturating_sub(1);
        self.calls.insert(key, result);
        result
    }

    /// A let that is a fact. What it needs is emitted first, in a loop, for chains of lets may be long.
    fn fact(&mut self, id: LetId) -> ExprId {
        if let Some(known) = self.facts.get(id.0 as usize).copied().flatten() {
            return known;
        }
        if std::mem::replace(&mut self.resolving, true) {
            return self.exceed(Excess::Depth);
        }
        let nesting = std::mem::replace(&mut self.nesting, 0);
        let (module, graph) = (self.module, self.graph);
        let mut open = vec![(id, 0)];
        while let Some((at, next)) = open.last_mut() {
            let needs = graph
                .let_reads
                .get(at.0 as usize)
                .map_or(&[][..], Vec::as_slice);
            if let Some(need) = needs.get(*next) {
                *next = next.saturating_add(1);
                if self.visit(*need) {
                    open.push((*need, 0));
                }
                continue;
            }
            let at = *at;
            open.pop();
            let fact = module
                .lets
                .get(at.0 as usize)
                .filter(|binding| !binding.is_function);
            if let Some(fact) = fact {
                let expr = self.lower(&fact.body);
                if let Some(slot) = self.facts.get_mut(at.0 as usize) {
                    *slot = Some(expr);
                }
            }
        }
        self.nesting = nesting;
        self.resolving = false;
        match self.facts.get(id.0 as usize).copied().flatten() {
            Some(expr) => expr,
            None => self.arena.constant(Value::Absent),
        }
    }

    /// Marks a let; false when it was marked before.
    fn visit(&mut self, id: LetId) -> bool {
        self.visited
            .get_mut(id.0 as usize)
            .is_some_and(|visited| !std::mem::replace(visited, true))
    }
}

fn operands_of_and(expr: &Expr) -> Option<&[Expr]> {
    match &expr.kind {
        ExprKind::And(operands) => Some(operands),
        _ => None,
    }
}

fn operands_of_or(expr: &Expr) -> Option<&[Expr]> {
    match &expr.kind {
        ExprKind::Or(operands) => Some(operands),
        _ => None,
    }
}

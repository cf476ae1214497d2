//! The arena of emitted expressions: equal expressions stand in it once, operands before their users.

use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashMap, FxHasher};
use taffrail_runtime::Value;
use taffrail_runtime::program::{Expr, ExprId, Root, SlotId, SlotPath};

/// Expressions, fact paths and patterns of a program in the making.
#[derive(Debug, Default)]
pub(super) struct Arena {
    exprs: Vec<Expr>,
    /// How deep each expression nests.
    depths: Vec<u32>,
    /// The youngest expression of each hash.
    by_hash: FxHashMap<u64, ExprId>,
    /// For each expression the next older one of the same hash.
    older: Vec<Option<ExprId>>,
    slots: Vec<SlotPath>,
    slot_ids: FxHashMap<SlotPath, SlotId>,
    patterns: Vec<String>,
    pattern_ids: FxHashMap<String, u32>,
}

impl Arena {
    /// Returns the id of an expression, adding it unless an equal one is there.
    pub(super) fn intern(&mut self, expr: Expr) -> ExprId {
        let hash = hash(&expr);
        let youngest = self.by_hash.get(&hash).copied();
        let mut same_hash = youngest;
        while let Some(id) = same_hash {
            if self.get(id) == Some(&expr) {
                return id;
            }
            same_hash = self.older.get(id.0 as usize).copied().flatten();
        }
        let id = ExprId(u32::try_from(self.exprs.len()).unwrap_or(u32::MAX));
        let below = self.deepest_operand(&expr);
        self.depths
            .push(below.map_or(0, |depth| depth.saturating_add(1)));
        self.exprs.push(expr);
        self.older.push(youngest);
        self.by_hash.insert(hash, id);
        id
    }

    pub(super) fn constant(&mut self, value: Value) -> ExprId {
        self.intern(Expr::Constant(value))
    }

    pub(super) fn slot(&mut self, root: Root, keys: Vec<String>) -> ExprId {
        let path = SlotPath { root, keys };
        let id = match self.slot_ids.get(&path) {
            Some(id) => *id,
            None => {
                let id = SlotId(u32::try_from(self.slots.len()).unwrap_or(u32::MAX));
                self.slots.push(path.clone());
                self.slot_ids.insert(path, id);
                id
            }
        };
        self.intern(Expr::Slot(id))
    }

    pub(super) fn pattern(&mut self, pattern: &str) -> u32 {
        if let Some(id) = self.pattern_ids.get(pattern) {
            return *id;
        }
        let id = u32::try_from(self.patterns.len()).unwrap_or(u32::MAX);
        self.patterns.push(pattern.to_owned());
        self.pattern_ids.insert(pattern.to_owned(), id);
        id
    }

    pub(super) fn get(&self, id: ExprId) -> Option<&Expr> {
        self.exprs.get(id.0 as usize)
    }

    /// Returns the value of an expression that is a literal.
    pub(super) fn value(&self, id: ExprId) -> Option<&Value> {
        match self.get(id) {
            Some(Expr::Constant(value)) => Some(value),
            _ => None,
        }
    }

    /// Returns the path of an expression that is a fact.
    pub(super) fn slot_path(&self, id: ExprId) -> Option<&SlotPath> {
        match self.get(id) {
            Some(Expr::Slot(slot)) => self.slots.get(slot.0 as usize),
            _ => None,
        }
    }

    /// Returns how many operands stand below each other in an expression; 0 for a literal.
    pub(super) fn depth(&self, id: ExprId) -> u32 {
        self.depths.get(id.0 as usize).copied().unwrap_or(0)
    }

    /// Returns the expressions, fact paths and patterns.
    pub(super) fn into_parts(self) -> (Vec<Expr>, Vec<SlotPath>, Vec<String>) {
        (self.exprs, self.slots, self.patterns)
    }

    fn deepest_operand(&self, expr: &Expr) -> Option<u32> {
        let mut deepest = None;
        expr.for_each_operand(|operand| {
            deepest = deepest.max(Some(self.depth(operand)));
        });
        deepest
    }
}

/// Returns a hash that is equal for equal expressions.
fn hash(expr: &Expr) -> u64 {
    let mut state = FxHasher::default();
    std::mem::discriminant(expr).hash(&mut state);
    match expr {
        Expr::Constant(value) => hash_value(value, &mut state),
        Expr::Slot(id) => id.hash(&mut state),
        Expr::Local(id) => id.hash(&mut state),
        Expr::Signal(id) => id.hash(&mut state),
        Expr::Field(_, key) => key.hash(&mut state),
        Expr::View { view, .. } => view.hash(&mut state),
        Expr::Compare(op, _, _) => op.hash(&mut state),
        Expr::Matches(_, pattern) => pattern.hash(&mut state),
        Expr::Arithmetic(op, _, _) => op.hash(&mut state),
        Expr::Map(entries) => entries.iter().for_each(|(key, _)| key.hash(&mut state)),
        Expr::Quantifier(quantifier) => {
            quantifier.kind.hash(&mut state);
            quantifier.key.hash(&mut state);
            quantifier.element.hash(&mut state);
            quantifier.filter.is_some().hash(&mut state);
        }
        Expr::Call(builtin, _) => std::mem::discriminant(builtin).hash(&mut state),
        Expr::Changed(path) => path.hash(&mut state),
        Expr::Objects { group, kind, .. } => (group, kind).hash(&mut state),
        Expr::Index(_, _)
        | Expr::Quantity(_)
        | Expr::Not(_)
        | Expr::And(_)
        | Expr::Or(_)
        | Expr::In(_, _)
        | Expr::Like(_, _)
        | Expr::IsAbsent(_)
        | Expr::Coalesce(_, _)
        | Expr::Negate(_)
        | Expr::If(_, _, _)
        | Expr::List(_)
        | Expr::Known(_)
        | Expr::Changes => {}
    }
    expr.for_each_operand(|operand| operand.hash(&mut state));
    state.finish()
}

/// Hashes what tells most values apart; rare kinds of values share a hash and are told apart by comparing them.
fn hash_value(value: &Value, state: &mut FxHasher) {
    std::mem::discriminant(value).hash(state);
    match value {
        Value::Bool(value) => value.hash(state),
        Value::Number(value) => value.hash(state),
        Value::Duration(value) => value.hash(state),
        Value::Time(value) => value.hash(state),
        Value::String(value) => value.hash(state),
        Value::List(items) => items.iter().for_each(|item| hash_value(item, state)),
        Value::Map(map) => map.iter().for_each(|(key, item)| {
            key.hash(state);
            hash_value(item, state);
        }),
        Value::Absent
        | Value::Unknown(_)
        | Value::Image(_)
        | Value::Cidr(_)
        | Value::Semver(_)
        | Value::Window(_) => {}
    }
}

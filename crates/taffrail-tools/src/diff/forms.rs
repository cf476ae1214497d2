//! From the expressions of a program to their one form.

use std::collections::{BTreeSet, HashMap};

use taffrail_runtime::Value;
use taffrail_runtime::program::{
    ArithmeticOp, CompareOp, Expr, ExprId, LocalId, ProgramData, Quantifier,
};

use super::canon::{AND, Canon, EQUAL, Form, IN, LESS, LESS_OR_EQUAL, OR};

/// What variables are bound to: how many others are bound around each.
type Scope = Vec<(LocalId, u32)>;

/// The forms of one program's expressions.
#[derive(Debug)]
pub(super) struct Forms<'p> {
    data: &'p ProgramData,
    /// The variables that each expression reads and does not bind.
    free: Vec<BTreeSet<LocalId>>,
    known: HashMap<(ExprId, Scope), Form>,
}

impl<'p> Forms<'p> {
    pub(super) fn new(data: &'p ProgramData) -> Self {
        let mut free: Vec<BTreeSet<LocalId>> = Vec::with_capacity(data.exprs.len());
        for expr in &data.exprs {
            let mut own = BTreeSet::new();
            if let Expr::Local(local) = expr {
                own.insert(*local);
            }
            expr.for_each_operand(|operand| {
                own.extend(free.get(operand.0 as usize).into_iter().flatten());
            });
            if let Expr::Quantifier(quantifier) = expr {
                // What a loop runs over cannot read the loop's variable: nothing else has its name.
                own.remove(&quantifier.element);
                if let Some(key) = quantifier.key {
                    own.remove(&key);
                }
            }
            free.push(own);
        }
        Self {
            data,
            free,
            known: HashMap::new(),
        }
    }

    /// Returns the form of an expression; `around` are the variables that its rule binds.
    pub(super) fn of(&mut self, canon: &mut Canon, id: ExprId, around: &[LocalId]) -> Form {
        let scope = around.iter().copied().zip(0..).collect();
        self.form(canon, id, &scope)
    }

    fn form(&mut self, canon: &mut Canon, id: ExprId, scope: &Scope) -> Form {
        let own = self.free.get(id.0 as usize);
        let scope: Scope = scope
            .iter()
            .filter(|(local, _)| own.is_some_and(|own| own.contains(local)))
            .copied()
            .collect();
        let key = (id, scope);
        if let Some(form) = self.known.get(&key) {
            return *form;
        }
        let form = match self.data.exprs.get(id.0 as usize) {
            Some(expr) => self.lowered(canon, expr, &key.1),
            None => canon.node("nothing", Vec::new()),
        };
        self.known.insert(key, form);
        form
    }

    fn all(&mut self, canon: &mut Canon, ids: &[ExprId], scope: &Scope) -> Vec<Form> {
        ids.iter().map(|id| self.form(canon, *id, scope)).collect()
    }

    fn lowered(&mut self, canon: &mut Canon, expr: &'p Expr, scope: &Scope) -> Form {
        match expr {
            Expr::Constant(value) => return canon.constant(value),
            Expr::Not(inner) => {
                let inner = self.form(canon, *inner, scope);
                return canon.negated(inner);
            }
            Expr::And(all) => {
                let all = self.all(canon, all, scope);
                return canon.joined(AND, all);
            }
            Expr::Or(all) => {
                let all = self.all(canon, all, scope);
                return canon.joined(OR, all);
            }
            Expr::Compare(op, a, b) => {
                let sides = [*a, *b].map(|side| self.form(canon, side, scope));
                return compared(canon, *op, sides);
            }
            Expr::In(item, list) => {
                let item = self.form(canon, *item, scope);
                let list = self.form(canon, *list, scope);
                let list = in_any_order(canon, list);
                return canon.node(IN, vec![item, list]);
            }
            Expr::Quantifier(quantifier) => return self.quantifier(canon, quantifier, scope),
            _ => {}
        }
        let mut operands = Vec::new();
        expr.for_each_operand(|operand| operands.push(operand));
        let mut operands = self.all(canon, &operands, scope);
        if let Expr::Arithmetic(ArithmeticOp::Multiply, ..) = expr {
            operands.sort();
        }
        canon.node(self.op(expr, scope), operands)
    }

    /// Returns everything about an expression that is no operand.
    fn op(&self, expr: &Expr, scope: &Scope) -> String {
        match expr {
            Expr::Slot(slot) => match self.data.slots.get(slot.0 as usize) {
                Some(path) => format!("fact {:?} {:?}", path.root, path.keys),
                None => "fact".into(),
            },
            Expr::Local(local) => {
                let bound = scope.iter().find(|(bound, _)| bound == local);
                format!("variable {:?}", bound.map(|(_, level)| level))
            }
            Expr::Signal(at) => match self.data.signals.get(*at as usize) {
                Some(signal) => format!("signal {}", signal.name),
                None => "signal".into(),
            },
            Expr::Field(_, key) => format!("field {key:?}"),
            Expr::Index(..) => "index".into(),
            Expr::View { view, .. } => format!("view {view:?}"),
            Expr::Quantity(_) => "quantity".into(),
            Expr::Like(..) => "like".into(),
            Expr::Matches(_, at) => {
                format!("matches {:?}", self.data.patterns.get(*at as usize))
            }
            Expr::IsAbsent(_) => "is absent".into(),
            Expr::Coalesce(..) => "??".into(),
            Expr::Arithmetic(op, ..) => format!("arithmetic {op:?}"),
            Expr::Negate(_) => "negate".into(),
            Expr::If(..) => "if".into(),
            Expr::List(_) => "list".into(),
            Expr::Map(entries) => {
                let keys: Vec<&str> = entries.iter().map(|(key, _)| &**key).collect();
                format!("map {keys:?}")
            }
            Expr::Call(builtin, _) => format!("call {builtin:?}"),
            Expr::Known(_) => "known".into(),
            Expr::Changed(path) => format!("changed {path:?}"),
            Expr::Changes => "changes".into(),
            Expr::Objects {
                group,
                kind,
                namespace,
                labels,
            } => format!(
                "objects {group:?} {kind:?} {} {}",
                namespace.is_some(),
                labels.is_some()
            ),
            Expr::Constant(_)
            | Expr::Not(_)
            | Expr::And(_)
            | Expr::Or(_)
            | Expr::Compare(..)
            | Expr::In(..)
            | Expr::Quantifier(_) => String::new(),
        }
    }

    /// Variables go by how many are bound around them, whatever they are called.
    fn quantifier(&mut self, canon: &mut Canon, quantifier: &Quantifier, scope: &Scope) -> Form {
        let level = scope.iter().map(|(_, level)| level + 1).max().unwrap_or(0);
        let mut inner = scope.clone();
        inner.push((quantifier.element, level));
        inner.extend(quantifier.key.map(|key| (key, level + 1)));
        let over = self.form(canon, quantifier.over, scope);
        let mut operands = vec![over];
        for part in [quantifier.filter, quantifier.body].into_iter().flatten() {
            operands.push(self.form(canon, part, &inner));
        }
        let op = format!(
            "{:?} {} {} {}",
            quantifier.kind,
            quantifier.key.is_some(),
            quantifier.filter.is_some(),
            quantifier.body.is_some()
        );
        canon.node(op, operands)
    }
}

fn compared(canon: &mut Canon, op: CompareOp, [a, b]: [Form; 2]) -> Form {
    match op {
        CompareOp::Equal => canon.node(EQUAL, vec![a.min(b), a.max(b)]),
        CompareOp::Less => canon.node(LESS, vec![a, b]),
        CompareOp::LessOrEqual => canon.node(LESS_OR_EQUAL, vec![a, b]),
        CompareOp::Greater => canon.node(LESS, vec![b, a]),
        CompareOp::GreaterOrEqual => canon.node(LESS_OR_EQUAL, vec![b, a]),
    }
}

/// Whether something is in a list does not depend on its order.
fn in_any_order(canon: &mut Canon, list: Form) -> Form {
    let Some(Value::List(items)) = canon.value(list).cloned() else {
        return list;
    };
    let mut keyed: Vec<(String, Value)> = items
        .into_iter()
        .map(|item| (serde_json::to_string(&item).unwrap_or_default(), item))
        .collect();
    keyed.sort_by(|a, b| a.0.cmp(&b.0));
    keyed.dedup_by(|a, b| a.0 == b.0);
    let items = keyed.into_iter().map(|(_, item)| item).collect();
    canon.constant(&Value::List(items))
}

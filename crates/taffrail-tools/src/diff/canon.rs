//! One form for all ways to write the same condition.
//!
//! Expressions of both sets share one table, so that two of them mean the same if they have the same number. Only what holds in
//! three-valued logic and for absent values is made equal: operands of `and` and `or` in any order and as often as they like, `not` moved
//! inwards, comparisons turned round.

use std::collections::HashMap;

use taffrail_runtime::Value;

/// The number of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Form(u32);

/// A form: what is done, and with what.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Node {
    pub(super) op: String,
    pub(super) operands: Vec<Form>,
}

pub(super) const AND: &str = "and";
pub(super) const OR: &str = "or";
pub(super) const NOT: &str = "not";
pub(super) const LESS: &str = "<";
pub(super) const LESS_OR_EQUAL: &str = "<=";
pub(super) const EQUAL: &str = "==";
pub(super) const IN: &str = "in";

/// The table of all forms.
#[derive(Debug, Default)]
pub(super) struct Canon {
    numbers: HashMap<Node, Form>,
    nodes: Vec<Node>,
    constants: HashMap<Form, Value>,
    negations: HashMap<Form, Form>,
}

impl Canon {
    /// Returns the form of an operation.
    pub(super) fn node(&mut self, op: impl Into<String>, operands: Vec<Form>) -> Form {
        let node = Node {
            op: op.into(),
            operands,
        };
        if let Some(form) = self.numbers.get(&node) {
            return *form;
        }
        let form = Form(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(node.clone());
        self.numbers.insert(node, form);
        form
    }

    /// Returns the form of a literal.
    pub(super) fn constant(&mut self, value: &Value) -> Form {
        // The saved form of a value tells all its types apart.
        let text = serde_json::to_string(value).unwrap_or_default();
        let form = self.node(format!("constant {text}"), Vec::new());
        self.constants.insert(form, value.clone());
        form
    }

    /// Returns the form of all of some conditions, or of any of them. One condition stays inside: in the place of a value, an absent one
    /// is made unknown by it.
    pub(super) fn joined(&mut self, op: &'static str, operands: Vec<Form>) -> Form {
        let mut flat = Vec::new();
        for operand in operands {
            match self.get(operand) {
                Some(node) if node.op == op => flat.extend(node.operands.iter().copied()),
                _ => flat.push(operand),
            }
        }
        flat.sort();
        flat.dedup();
        let deciding = op == OR;
        let decides = |form: &Form| self.value(*form) == Some(&Value::Bool(deciding));
        if let Some(form) = flat.iter().copied().find(decides) {
            return self.node(op, vec![form]);
        }
        let adds_nothing = |form: &Form| self.value(*form) == Some(&Value::Bool(!deciding));
        flat.retain(|form| !adds_nothing(form));
        self.node(op, flat)
    }

    /// Returns the form of what does not hold, with `not` as far inside as it goes.
    pub(super) fn negated(&mut self, form: Form) -> Form {
        if let Some(known) = self.negations.get(&form) {
            return *known;
        }
        let Some(Node { op, operands }) = self.get(form).cloned() else {
            return form;
        };
        let negated = match (op.as_str(), operands.as_slice()) {
            (AND, all) => {
                let all = all.iter().map(|operand| self.negated(*operand)).collect();
                self.joined(OR, all)
            }
            (OR, all) => {
                let all = all.iter().map(|operand| self.negated(*operand)).collect();
                self.joined(AND, all)
            }
            (NOT, [inner]) => self.joined(AND, vec![*inner]),
            (LESS, [a, b]) => self.node(LESS_OR_EQUAL, vec![*b, *a]),
            (LESS_OR_EQUAL, [a, b]) => self.node(LESS, vec![*b, *a]),
            _ => match self.constants.get(&form) {
                Some(Value::Bool(truth)) => self.constant(&Value::Bool(!truth)),
                _ => self.node(NOT, vec![form]),
            },
        };
        self.negations.insert(form, negated);
        negated
    }

    pub(super) fn get(&self, form: Form) -> Option<&Node> {
        self.nodes.get(form.0 as usize)
    }

    /// Returns the value of a literal.
    pub(super) fn value(&self, form: Form) -> Option<&Value> {
        self.constants.get(&form)
    }

    /// Returns the conditions that hold together where this one does.
    pub(super) fn conjuncts(&self, form: Form) -> Vec<Form> {
        match self.get(form) {
            Some(node) if node.op == AND => node.operands.clone(),
            _ => vec![form],
        }
    }
}

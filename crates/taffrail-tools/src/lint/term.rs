//! A name for what an expression computes: two expressions of the same name have the same value in every decision.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use taffrail_compiler::typed::{Expr, ExprKind, LocalId, Quantifier};
use taffrail_runtime::program::Root;

use super::subject::Subject;

/// Longer names are not worth having: a let that doubles itself often enough fills any memory.
const LENGTH_LIMIT: usize = 4096;

/// Returns the name of an expression; `None` for one that is too large. Lets that are facts are replaced by what they stand
/// for, and places do not matter. Parameters keep their names, for another value of them must not change what is said.
pub(super) fn key(subject: &Subject<'_>, expr: &Expr) -> Option<String> {
    let mut writer = Writer {
        subject,
        text: String::new(),
        bound: BTreeMap::new(),
    };
    writer.expr(expr)?;
    Some(writer.text)
}

/// Returns the name of a fact of the request.
pub(super) fn fact(root: Root, keys: &[&str]) -> String {
    keys.iter().fold(root.name().to_owned(), |base, key| {
        format!("field {key:?}({base},)")
    })
}

struct Writer<'s> {
    subject: &'s Subject<'s>,
    text: String,
    /// Variables of quantifiers, numbered from the outside in, so that their own numbers do not matter.
    bound: BTreeMap<LocalId, usize>,
}

impl Writer<'_> {
    fn expr(&mut self, expr: &Expr) -> Option<()> {
        if self.text.len() > LENGTH_LIMIT {
            return None;
        }
        let expr = self.subject.resolved(expr);
        if let ExprKind::Quantifier(quantifier) = &expr.kind {
            return self.quantifier(quantifier);
        }
        self.head(expr);
        let operands = expr.operands();
        if operands.is_empty() {
            return Some(());
        }
        self.text.push('(');
        for operand in operands {
            self.expr(operand)?;
            self.text.push(',');
        }
        self.text.push(')');
        Some(())
    }

    /// Writes what tells an expression from others with the same operands.
    fn head(&mut self, expr: &Expr) {
        // Writing to a string does not fail.
        let _ = match &expr.kind {
            ExprKind::Local(id) => match self.bound.get(id) {
                Some(depth) => write!(self.text, "bound{depth}"),
                None => write!(self.text, "{id:?}"),
            },
            ExprKind::Constant(value) => write!(self.text, "{value:?}"),
            ExprKind::Root(root) => write!(self.text, "{}", root.name()),
            ExprKind::Signal(id) => write!(self.text, "{id:?}"),
            ExprKind::Param(id) => write!(self.text, "{id:?}"),
            ExprKind::Let(id) => write!(self.text, "{id:?}"),
            ExprKind::CallLet(id, _) => write!(self.text, "call {id:?}"),
            ExprKind::Field(_, name) => write!(self.text, "field {name:?}"),
            ExprKind::Index(..) => write!(self.text, "index"),
            ExprKind::View(view, ..) => write!(self.text, "view {view:?}"),
            ExprKind::Quantity(_) => write!(self.text, "quantity"),
            ExprKind::Not(_) => write!(self.text, "not"),
            ExprKind::And(_) => write!(self.text, "and"),
            ExprKind::Or(_) => write!(self.text, "or"),
            ExprKind::Compare(op, ..) => write!(self.text, "compare {op:?}"),
            ExprKind::In(..) => write!(self.text, "in"),
            ExprKind::Like(..) => write!(self.text, "like"),
            ExprKind::Matches(_, pattern) => write!(self.text, "matches {pattern:?}"),
            ExprKind::IsAbsent(_) => write!(self.text, "absent"),
            ExprKind::Coalesce(..) => write!(self.text, "coalesce"),
            ExprKind::Arithmetic(op, ..) => write!(self.text, "arithmetic {op:?}"),
            ExprKind::Negate(_) => write!(self.text, "negate"),
            ExprKind::If(..) => write!(self.text, "if"),
            ExprKind::List(_) => write!(self.text, "list"),
            ExprKind::Map(entries) => {
                let keys: Vec<&str> = entries.iter().map(|(key, _)| key.as_str()).collect();
                write!(self.text, "map {keys:?}")
            }
            ExprKind::Quantifier(_) => write!(self.text, "quantifier"),
            ExprKind::Call(builtin, _) => write!(self.text, "builtin {builtin:?}"),
            ExprKind::Known(_) => write!(self.text, "known"),
            ExprKind::Changed(path) => write!(self.text, "changed {path:?}"),
            ExprKind::Changes => write!(self.text, "changes"),
            ExprKind::Objects {
                group,
                kind,
                namespace,
                labels,
            } => write!(
                self.text,
                "objects {group:?} {kind:?} {} {}",
                namespace.is_some(),
                labels.is_some()
            ),
        };
    }

    fn quantifier(&mut self, quantifier: &Quantifier) -> Option<()> {
        let _ = write!(self.text, "quantifier {:?}(", quantifier.kind);
        self.expr(&quantifier.over)?;
        for local in quantifier.key.iter().chain([&quantifier.element]) {
            self.bound.insert(*local, self.bound.len());
        }
        for (word, part) in [("where", &quantifier.filter), ("body", &quantifier.body)] {
            if let Some(part) = part {
                let _ = write!(self.text, ",{word} ");
                self.expr(part)?;
            }
        }
        self.text.push(')');
        for local in quantifier.key.iter().chain([&quantifier.element]) {
            self.bound.remove(local);
        }
        Some(())
    }
}

//! The facts that an expression names: a root and literal keys below it.

use taffrail_runtime::Value;
use taffrail_runtime::program::Root;

use crate::typed::{Expr, ExprKind};

/// Returns the root and the keys of a chain such as `current.metadata.labels["app"]`, or `None` for
/// anything else.
pub(crate) fn fact_path(expr: &Expr) -> Option<(Root, Vec<&str>)> {
    let mut keys = Vec::new();
    let mut at = expr;
    loop {
        match &at.kind {
            ExprKind::Root(root) => {
                keys.reverse();
                return Some((*root, keys));
            }
            ExprKind::Field(base, key) => {
                keys.push(key.as_str());
                at = base;
            }
            ExprKind::Index(base, index) => {
                let ExprKind::Constant(Value::String(key)) = &index.kind else {
                    return None;
                };
                keys.push(key);
                at = base;
            }
            _ => return None,
        }
    }
}

/// Returns a path as policies write it: `current.metadata.labels["app.kubernetes.io/name"]`.
pub(crate) fn display_path<'k>(root: Root, keys: impl IntoIterator<Item = &'k str>) -> String {
    let mut text = root.name().to_owned();
    for key in keys {
        let plain = key
            .chars()
            .all(|letter| letter.is_alphanumeric() || letter == '_')
            && !key.is_empty();
        if plain {
            text.push('.');
            text.push_str(key);
        } else {
            text.push_str("[\"");
            text.push_str(&key.replace('\\', "\\\\").replace('"', "\\\""));
            text.push_str("\"]");
        }
    }
    text
}

//! Whether a field may be left out of an object: what the type checker read in the schemas, and a guess where it read none.

use taffrail_compiler::typed::{Expr, ExprKind};
use taffrail_runtime::program::Root;
use taffrail_runtime::{Type, Value};

use super::subject::Subject;

/// The parts of an object below which fields may be left out, where no schema says more.
const PARTS: [&str; 4] = ["data", "metadata", "spec", "status"];

/// Tells whether an expression is a field of an object that may be absent, or a field below such a one. The parts of an
/// object, such as `spec`, count as there.
pub(super) fn is_optional_field(subject: &Subject<'_>, expr: &Expr) -> bool {
    let mut at = expr;
    loop {
        let base = match &at.kind {
            ExprKind::Field(base, _) => base,
            ExprKind::Index(base, key) if is_text(key) => base,
            _ => return false,
        };
        let base = subject.resolved(base);
        // The parts themselves, and facts whose fields the language describes.
        if matches!(base.kind, ExprKind::Root(_)) {
            return false;
        }
        let is_optional = match &base.ty {
            Type::Object(_) => subject.module().optional_reads.contains(&at.location),
            Type::Map(_) => true,
            Type::Dynamic => is_below_a_part(subject, base),
            _ => false,
        };
        if is_optional {
            return true;
        }
        at = base;
    }
}

fn is_text(key: &Expr) -> bool {
    matches!(key.kind, ExprKind::Constant(Value::String(_)))
}

/// Tells whether an untyped object is a part of `current` or `proposed`, or lies in one.
fn is_below_a_part(subject: &Subject<'_>, object: &Expr) -> bool {
    let mut at = object;
    loop {
        let (base, key) = match &at.kind {
            ExprKind::Field(base, key) => (base, key.as_str()),
            ExprKind::Index(base, _) => (base, ""),
            // The elements of a list, and the pod in a workload.
            ExprKind::Local(_) | ExprKind::View(..) => return true,
            _ => return false,
        };
        let base = subject.resolved(base);
        if let ExprKind::Root(root) = &base.kind {
            let is_object = matches!(root, Root::Current | Root::Proposed);
            return is_object && PARTS.contains(&key);
        }
        at = base;
    }
}

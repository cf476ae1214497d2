//! Counts of objects: how many of one kind says nothing about how many of another.

use taffrail_runtime::Type;
use taffrail_runtime::builtins::Builtin;
use taffrail_runtime::program::QuantifierKind;
use taffrail_syntax::Diagnostic;

use super::checker::Checker;
use super::operators::Operator;
use crate::typed::{Expr, ExprKind};

/// Fields of workloads that count pods.
///
/// Source: the Kubernetes API reference, `spec` and `status` of the workload kinds.
const POD_COUNTS: &[&str] = &[
    "availableReplicas",
    "currentReplicas",
    "desiredReplicas",
    "maxReplicas",
    "minReplicas",
    "readyReplicas",
    "replicas",
    "unavailableReplicas",
    "updatedReplicas",
];

impl Checker<'_, '_> {
    /// Reports a count of one kind that is compared with a count of another.
    pub(super) fn check_counts(&mut self, at: Operator, left: &Expr, right: &Expr) {
        let (Some(a), Some(b)) = (self.counted(left), self.counted(right)) else {
            return;
        };
        if a == b {
            return;
        }
        let diagnostic = Diagnostic::error(
            "incomparable-counts",
            self.at(at.place),
            format!("a count of {a}s is not comparable with a count of {b}s"),
        )
        .label(left.location, format!("this counts {a}s"))
        .label(right.location, format!("this counts {b}s"))
        .hint("where it is meant, read one of them unchecked: `dynamic(…)`");
        self.ctx.report(diagnostic);
    }

    /// Returns the kind that a number counts, when it is known.
    fn counted(&self, expr: &Expr) -> Option<String> {
        if expr.ty != Type::Number {
            return None;
        }
        match &expr.kind {
            ExprKind::Quantifier(quantifier) if quantifier.kind == QuantifierKind::Count => {
                self.objects_of(&quantifier.over)
            }
            ExprKind::Call(Builtin::Count | Builtin::Len, arguments) => {
                self.objects_of(arguments.first()?)
            }
            ExprKind::Coalesce(counted, _) => self.counted(counted),
            // Only a schema makes a field a number.
            ExprKind::Field(base, name)
                if matches!(base.ty, Type::Object(_)) && POD_COUNTS.contains(&name.as_str()) =>
            {
                Some("Pod".to_owned())
            }
            ExprKind::Let(id) => self.counted(&self.ctx.typed_let(*id)?.body),
            _ => None,
        }
    }

    fn objects_of(&self, list: &Expr) -> Option<String> {
        match &list.kind {
            ExprKind::Objects { kind, .. } => Some(kind.clone()),
            ExprKind::Let(id) => self.objects_of(&self.ctx.typed_let(*id)?.body),
            _ => None,
        }
    }
}

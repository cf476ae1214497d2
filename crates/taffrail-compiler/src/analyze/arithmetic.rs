//! `+ - * / %` and unary `-`.

use taffrail_runtime::program::ArithmeticOp;
use taffrail_runtime::{Type, Value};
use taffrail_syntax::{Diagnostic, Span, ast};

use super::checker::Checker;
use super::operators::Operator;
use super::types;
use crate::typed::{Expr, ExprKind};

impl Checker<'_, '_> {
    /// Returns `left op right` for an arithmetic operator.
    pub(super) fn arithmetic(
        &mut self,
        at: Operator,
        op: ArithmeticOp,
        left: &ast::Expr,
        right: &ast::Expr,
        expected: Option<&Type>,
    ) -> Expr {
        let (left, right) = self.operands(op, left, right, expected);
        let left = self.read_in_sum(left, &right.ty);
        let right = self.read_in_sum(right, &left.ty);
        let ty = result(op, &left.ty, &right.ty).unwrap_or_else(|| {
            self.report_operands(at, &left, &right);
            Type::Dynamic
        });
        let kind = ExprKind::Arithmetic(op, Box::new(left), Box::new(right));
        self.expr(kind, ty, at.span)
    }

    /// Types both operands, the one first that says what the other is.
    fn operands(
        &mut self,
        op: ArithmeticOp,
        left: &ast::Expr,
        right: &ast::Expr,
        expected: Option<&Type>,
    ) -> (Expr, Expr) {
        let outer = expected.filter(|ty| matches!(ty, Type::Number | Type::Duration));
        if self.needs_hint(left) && !self.needs_hint(right) {
            let right = self.infer(right, None);
            let hint = beside(op, &self.as_number(right.clone()).ty, outer);
            (self.infer(left, hint.as_ref()), right)
        } else {
            let left = self.infer(left, outer);
            let hint = beside(op, &self.as_number(left.clone()).ty, outer);
            let right = self.infer(right, hint.as_ref());
            (left, right)
        }
    }

    /// Reads a quantity as its number, except where texts are joined.
    fn read_in_sum(&self, expr: Expr, other: &Type) -> Expr {
        match other {
            Type::String | Type::List(_) => expr,
            _ => self.as_number(expr),
        }
    }

    fn report_operands(&mut self, at: Operator, left: &Expr, right: &Expr) {
        let (a, b) = (
            types::with_article(&left.ty),
            types::with_article(&right.ty),
        );
        let symbol = symbol(at.op);
        self.ctx.report(
            Diagnostic::error(
                "wrong-operands",
                self.at(at.place),
                format!("`{symbol}` does not work on {a} and {b}"),
            )
            .label(left.location, format!("this is {a}"))
            .label(right.location, format!("this is {b}")),
        );
    }

    /// Returns `-operand`; of a literal, the negative constant.
    pub(super) fn negate(
        &mut self,
        operand: &ast::Expr,
        span: Span,
        expected: Option<&Type>,
    ) -> Expr {
        let operand = self.infer(operand, expected);
        let operand = self.as_number(operand);
        match (&operand.kind, &operand.ty) {
            (ExprKind::Constant(Value::Number(number)), _) => {
                self.constant(Value::Number(number.neg()), Type::Number, span)
            }
            (_, Type::Number | Type::Duration | Type::Dynamic) => {
                let ty = operand.ty.clone();
                self.expr(ExprKind::Negate(Box::new(operand)), ty, span)
            }
            (_, ty) => {
                let found = types::with_article(ty);
                self.invalid(Diagnostic::error(
                    "wrong-operands",
                    operand.location,
                    format!("`-` does not work on {found}"),
                ))
            }
        }
    }
}

/// Returns what an operand beside one of the type must be for the result to be as expected.
fn beside(op: ArithmeticOp, ty: &Type, expected: Option<&Type>) -> Option<Type> {
    match (op, ty) {
        (ArithmeticOp::Add | ArithmeticOp::Subtract, Type::Time | Type::Duration) => {
            Some(Type::Duration)
        }
        (ArithmeticOp::Add | ArithmeticOp::Subtract | ArithmeticOp::Remainder, Type::Number) => {
            Some(Type::Number)
        }
        (ArithmeticOp::Multiply, Type::Duration) => Some(Type::Number),
        (ArithmeticOp::Divide | ArithmeticOp::Remainder, Type::Duration) => match expected {
            Some(Type::Duration) => Some(Type::Number),
            _ => Some(Type::Duration),
        },
        (ArithmeticOp::Divide, Type::Number) => Some(Type::Number),
        (ArithmeticOp::Multiply, Type::Number) => expected.cloned(),
        _ => expected.cloned(),
    }
}

/// Returns the type of an operation; `None` when the operands have none in common.
fn result(op: ArithmeticOp, left: &Type, right: &Type) -> Option<Type> {
    use ArithmeticOp::{Add, Divide, Multiply, Remainder, Subtract};
    Some(match (op, left, right) {
        (_, Type::Number, Type::Number) => Type::Number,
        (Add | Subtract | Remainder, Type::Duration, Type::Duration)
        | (Multiply, Type::Duration, Type::Number)
        | (Multiply, Type::Number, Type::Duration)
        | (Divide, Type::Duration, Type::Number)
        | (Subtract, Type::Time, Type::Time) => Type::Duration,
        (Divide, Type::Duration, Type::Duration) => Type::Number,
        (Add | Subtract, Type::Time, Type::Duration) | (Add, Type::Duration, Type::Time) => {
            Type::Time
        }
        (Add, Type::String | Type::Enum(_), Type::String | Type::Enum(_)) => Type::String,
        (Add, Type::List(_), Type::List(_)) => types::join(left, right)?,
        (_, Type::Dynamic, Type::Dynamic) => Type::Dynamic,
        (Add | Subtract | Remainder, Type::Dynamic, Type::Number)
        | (Add | Subtract | Remainder, Type::Number, Type::Dynamic) => Type::Number,
        (Add, Type::Dynamic, Type::String) | (Add, Type::String, Type::Dynamic) => Type::String,
        (Add, Type::Dynamic, Type::List(_)) | (Add, Type::List(_), Type::Dynamic) => {
            Type::List(Box::new(Type::Dynamic))
        }
        (_, Type::Dynamic, Type::Number | Type::Duration)
        | (_, Type::Number | Type::Duration, Type::Dynamic)
        | (Add | Subtract, Type::Time, Type::Dynamic)
        | (Add, Type::Dynamic, Type::Time) => Type::Dynamic,
        (Subtract, Type::Dynamic, Type::Time) => Type::Duration,
        _ => return None,
    })
}

fn symbol(op: ast::BinaryOp) -> &'static str {
    match op {
        ast::BinaryOp::Or => "or",
        ast::BinaryOp::And => "and",
        ast::BinaryOp::Eq => "==",
        ast::BinaryOp::Ne => "!=",
        ast::BinaryOp::Lt => "<",
        ast::BinaryOp::Le => "<=",
        ast::BinaryOp::Gt => ">",
        ast::BinaryOp::Ge => ">=",
        ast::BinaryOp::In => "in",
        ast::BinaryOp::NotIn => "not in",
        ast::BinaryOp::Like => "like",
        ast::BinaryOp::Matches => "matches",
        ast::BinaryOp::Coalesce => "??",
        ast::BinaryOp::Add => "+",
        ast::BinaryOp::Sub => "-",
        ast::BinaryOp::Mul => "*",
        ast::BinaryOp::Div => "/",
        ast::BinaryOp::Rem => "%",
    }
}

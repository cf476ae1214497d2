//! Infix and prefix operators, and the types they join.

use taffrail_runtime::Type;
use taffrail_runtime::program::{ArithmeticOp, CompareOp};
use taffrail_syntax::ast::{self, BinaryOp};
use taffrail_syntax::{Diagnostic, Span};

use super::checker::Checker;
use super::{types, words};
use crate::typed::{Expr, ExprKind};

impl Checker<'_, '_> {
    /// Returns `left op right`.
    pub(super) fn binary(
        &mut self,
        op: BinaryOp,
        place: Span,
        left: &ast::Expr,
        right: &ast::Expr,
        span: Span,
        expected: Option<&Type>,
    ) -> Expr {
        let at = Operator { op, place, span };
        match op {
            BinaryOp::And | BinaryOp::Or => self.logic(at, left, right),
            BinaryOp::Eq | BinaryOp::Ne => self.equality(at, left, right),
            BinaryOp::Lt => self.order(at, CompareOp::Less, left, right),
            BinaryOp::Le => self.order(at, CompareOp::LessOrEqual, left, right),
            BinaryOp::Gt => self.order(at, CompareOp::Greater, left, right),
            BinaryOp::Ge => self.order(at, CompareOp::GreaterOrEqual, left, right),
            BinaryOp::In | BinaryOp::NotIn => self.membership(at, left, right),
            BinaryOp::Like => self.like(at, left, right),
            BinaryOp::Matches => self.matches(at, left, right),
            BinaryOp::Coalesce => self.coalesce(at, left, right, expected),
            BinaryOp::Add => self.arithmetic(at, ArithmeticOp::Add, left, right, expected),
            BinaryOp::Sub => self.arithmetic(at, ArithmeticOp::Subtract, left, right, expected),
            BinaryOp::Mul => self.arithmetic(at, ArithmeticOp::Multiply, left, right, expected),
            BinaryOp::Div => self.arithmetic(at, ArithmeticOp::Divide, left, right, expected),
            BinaryOp::Rem => self.arithmetic(at, ArithmeticOp::Remainder, left, right, expected),
        }
    }

    /// Joins a chain of one operator into one node. The chain leans to the left, and is walked without
    /// recursion since generated policies have long ones.
    fn logic(&mut self, at: Operator, left: &ast::Expr, right: &ast::Expr) -> Expr {
        let mut chain = vec![right];
        let mut rest = left;
        while let ast::ExprKind::Binary(op, _, left, right) = &rest.kind {
            if *op != at.op {
                break;
            }
            chain.push(right);
            rest = left;
        }
        chain.push(rest);
        let operands = chain
            .into_iter()
            .rev()
            .map(|operand| self.condition(operand))
            .collect();
        let kind = if at.op == BinaryOp::And {
            ExprKind::And(operands)
        } else {
            ExprKind::Or(operands)
        };
        self.expr(kind, Type::Bool, at.span)
    }

    fn equality(&mut self, at: Operator, left: &ast::Expr, right: &ast::Expr) -> Expr {
        let (left, right) = self.pair(left, right, None);
        let (left, right) = if self.is_quantity(&left) && self.is_quantity(&right) {
            (self.as_number(left), self.as_number(right))
        } else {
            self.read_beside(left, right)
        };
        if !types::comparable(&left.ty, &right.ty) {
            self.report_incomparable(at, &left, &right);
        }
        self.check_words(&left.ty, &right);
        self.check_words(&right.ty, &left);
        self.check_counts(at, &left, &right);
        let equal = ExprKind::Compare(CompareOp::Equal, Box::new(left), Box::new(right));
        let equal = self.expr(equal, Type::Bool, at.span);
        self.negated_if(at.op == BinaryOp::Ne, equal, at.span)
    }

    fn order(&mut self, at: Operator, op: CompareOp, left: &ast::Expr, right: &ast::Expr) -> Expr {
        let (left, right) = self.pair(left, right, None);
        let (left, right) = (self.as_number(left), self.as_number(right));
        if !types::comparable(&left.ty, &right.ty) {
            self.report_incomparable(at, &left, &right);
        } else if let Some(operand) = [&left, &right]
            .into_iter()
            .find(|operand| !types::is_ordered(&operand.ty))
        {
            let mut diagnostic = Diagnostic::error(
                "cannot-order",
                self.at(at.place),
                format!("{} has no order", types::with_article(&operand.ty)),
            )
            .label(
                operand.location,
                format!("this is {}", types::with_article(&operand.ty)),
            );
            if operand.ty == Type::String {
                diagnostic = diagnostic.hint(
                    "compare versions with `semver(…)` on both sides, numbers with `to_number(…)`",
                );
            }
            self.ctx.report(diagnostic);
        }
        self.check_counts(at, &left, &right);
        let kind = ExprKind::Compare(op, Box::new(left), Box::new(right));
        self.expr(kind, Type::Bool, at.span)
    }

    fn report_incomparable(&mut self, at: Operator, left: &Expr, right: &Expr) {
        let (a, b) = (
            types::with_article(&left.ty),
            types::with_article(&right.ty),
        );
        let mut diagnostic = Diagnostic::error(
            "incomparable-types",
            self.at(at.place),
            format!("{a} is never comparable with {b}"),
        )
        .label(left.location, format!("this is {a}"))
        .label(right.location, format!("this is {b}"));
        let hint = match (&left.ty, &right.ty) {
            (Type::Number, Type::String) | (Type::String, Type::Number)
                if [left, right]
                    .iter()
                    .any(|side| matches!(side.kind, ExprKind::Quantity(_))) =>
            {
                Some("a quantity reads as its number: write `500m` or `2Gi` without quotes")
            }
            (Type::Semver, Type::String) | (Type::String, Type::Semver) => {
                Some("wrap the string: `semver(\"1.30\")`")
            }
            (Type::Number, Type::String) | (Type::String, Type::Number) => {
                Some("read the string as a number with `to_number(…)`")
            }
            (Type::Time | Type::Duration, Type::String)
            | (Type::String, Type::Time | Type::Duration) => {
                Some("write days, instants and durations without quotes: `2026-12-20`, `90s`")
            }
            (Type::Duration, Type::Number) | (Type::Number, Type::Duration) => {
                Some("give the number a unit: `90s`, `5m`, `1h`")
            }
            (Type::Window, _) | (_, Type::Window) => {
                Some("ask whether an instant lies in a window with `in`: `now in freeze`")
            }
            (Type::List(_), _) | (_, Type::List(_)) => Some("ask for an element with `in`"),
            _ => None,
        };
        if let Some(hint) = hint {
            diagnostic = diagnostic.hint(hint);
        }
        self.ctx.report(diagnostic);
    }

    /// Types both operands, the one first whose type does not depend on the other's.
    fn pair(
        &mut self,
        left: &ast::Expr,
        right: &ast::Expr,
        expected: Option<&Type>,
    ) -> (Expr, Expr) {
        if self.needs_hint(left) && !self.needs_hint(right) {
            let right = self.infer(right, expected);
            let hint = self.hint_of(&right).or_else(|| expected.cloned());
            (self.infer(left, hint.as_ref()), right)
        } else {
            let undecided = expected.is_none() && self.needs_hint(left);
            let left = self.infer(left, expected);
            let hint = match self.hint_of(&left) {
                // The left side is reported already, and one question is enough.
                None if undecided => Some(Type::Number),
                None => expected.cloned(),
                hint => hint,
            };
            let right = self.infer(right, hint.as_ref());
            (left, right)
        }
    }

    /// Tells whether the meaning of an expression depends on what is expected: a lone `5m`, a bare word.
    pub(super) fn needs_hint(&self, expr: &ast::Expr) -> bool {
        match &expr.kind {
            ast::ExprKind::Number { suffix, .. } => suffix == "m",
            ast::ExprKind::Name(name) => {
                words::set_of(name).is_some()
                    || self.ctx.verbs.contains_key(name)
                    || !self.is_value(name)
            }
            ast::ExprKind::Unary(ast::UnaryOp::Neg, inner) => self.needs_hint(inner),
            ast::ExprKind::List(items) => items.iter().any(|item| self.needs_hint(item)),
            ast::ExprKind::If(_, yes, no) => self.needs_hint(yes) && self.needs_hint(no),
            ast::ExprKind::Binary(op, _, left, right) => match op {
                BinaryOp::Add | BinaryOp::Sub | BinaryOp::Coalesce => {
                    self.needs_hint(left) && self.needs_hint(right)
                }
                BinaryOp::Mul => self.needs_hint(left) || self.needs_hint(right),
                BinaryOp::Div | BinaryOp::Rem => self.needs_hint(left),
                BinaryOp::Or
                | BinaryOp::And
                | BinaryOp::Eq
                | BinaryOp::Ne
                | BinaryOp::Lt
                | BinaryOp::Le
                | BinaryOp::Gt
                | BinaryOp::Ge
                | BinaryOp::In
                | BinaryOp::NotIn
                | BinaryOp::Like
                | BinaryOp::Matches => false,
            },
            ast::ExprKind::Bool(_)
            | ast::ExprKind::Duration(_)
            | ast::ExprKind::Time(_)
            | ast::ExprKind::String(_)
            | ast::ExprKind::Field(..)
            | ast::ExprKind::Index(..)
            | ast::ExprKind::Call(..)
            | ast::ExprKind::Map(_)
            | ast::ExprKind::Unary(ast::UnaryOp::Not, _)
            | ast::ExprKind::Is(..)
            | ast::ExprKind::Quantifier(_)
            | ast::ExprKind::Error => false,
        }
    }

    fn coalesce(
        &mut self,
        at: Operator,
        left: &ast::Expr,
        right: &ast::Expr,
        expected: Option<&Type>,
    ) -> Expr {
        let (left, right) = self.pair(left, right, expected);
        let (left, right) = self.read_beside(left, right);
        let ty = self.joined(&left, &right, "both sides of `??`");
        let kind = ExprKind::Coalesce(Box::new(left), Box::new(right));
        self.expr(kind, ty, at.span)
    }

    /// Returns `if condition then yes else no`.
    pub(super) fn if_then_else(
        &mut self,
        condition: &ast::Expr,
        yes: &ast::Expr,
        no: &ast::Expr,
        span: Span,
        expected: Option<&Type>,
    ) -> Expr {
        let condition = self.condition(condition);
        let (yes, no) = self.pair(yes, no, expected);
        let (yes, no) = self.read_beside(yes, no);
        let ty = self.joined(&yes, &no, "both branches of an `if`");
        let kind = ExprKind::If(Box::new(condition), Box::new(yes), Box::new(no));
        self.expr(kind, ty, span)
    }

    fn joined(&mut self, a: &Expr, b: &Expr, what: &str) -> Type {
        if let Some(ty) = types::join(&a.ty, &b.ty) {
            return ty;
        }
        let (first, second) = (types::with_article(&a.ty), types::with_article(&b.ty));
        self.ctx.report(
            Diagnostic::error(
                "branches-differ",
                b.location,
                format!("{what} must be of one type, not {first} and {second}"),
            )
            .at(format!("this is {second}"))
            .label(a.location, format!("this is {first}")),
        );
        Type::Dynamic
    }

    /// Returns what an operand tells about the type of the other.
    fn hint_of(&self, expr: &Expr) -> Option<Type> {
        match &expr.ty {
            Type::Dynamic if self.is_quantity(expr) => Some(Type::Number),
            Type::Dynamic => None,
            ty => Some(ty.clone()),
        }
    }

    /// Reads a quantity as its number where the other operand is a number.
    fn read_beside(&self, left: Expr, right: Expr) -> (Expr, Expr) {
        if right.ty == Type::Number {
            (self.as_number(left), right)
        } else if left.ty == Type::Number {
            let right = self.as_number(right);
            (left, right)
        } else {
            (left, right)
        }
    }

    /// Returns the condition, or its negation.
    pub(super) fn negated_if(&self, negated: bool, expr: Expr, span: Span) -> Expr {
        if negated {
            self.expr(ExprKind::Not(Box::new(expr)), Type::Bool, span)
        } else {
            expr
        }
    }
}

/// An infix operator with its place, and the place of the whole operation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Operator {
    pub(super) op: BinaryOp,
    pub(super) place: Span,
    pub(super) span: Span,
}

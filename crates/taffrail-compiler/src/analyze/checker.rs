//! Gives expressions their types.

use taffrail_runtime::builtins::Builtin;
use taffrail_runtime::{EnumType, Type, Value, Written};
use taffrail_syntax::ast::{self, UnaryOp};
use taffrail_syntax::suggest::nearest;
use taffrail_syntax::{Diagnostic, Location, Span};

use super::scope::Context;
use super::shape::{Shape, shape_of};
use super::{types, words};
use crate::typed::{Expr, ExprKind, LocalId};

/// Types the expressions of one declaration.
#[derive(Debug)]
pub(super) struct Checker<'c, 'a> {
    /// What is known of the set.
    pub(super) ctx: &'c mut Context<'a>,
    /// The file that the declaration stands in.
    pub(super) file: usize,
    /// Variables in scope, the innermost last.
    pub(super) locals: Vec<(String, LocalId)>,
    /// What the reason of a budget or breaker may read beside that.
    pub(super) state: Vec<(&'static str, LocalId)>,
    /// The names that the declaration may refer to.
    pub(super) reach: Reach,
}

/// Which names an expression may refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Everything in scope.
    Facts,
    /// Only parameters: the value is fixed when the set is compiled.
    Params,
    /// Only parameters of the same file with a smaller id.
    EarlierParams(u32),
}

impl<'c, 'a> Checker<'c, 'a> {
    /// Returns a checker for a declaration of a file.
    pub(super) fn new(ctx: &'c mut Context<'a>, file: usize) -> Self {
        Self {
            ctx,
            file,
            locals: Vec::new(),
            state: Vec::new(),
            reach: Reach::Facts,
        }
    }

    /// Returns a checker for a value that is fixed when the set is compiled.
    pub(super) fn constants(ctx: &'c mut Context<'a>, file: usize, reach: Reach) -> Self {
        Self {
            reach,
            ..Self::new(ctx, file)
        }
    }

    pub(super) fn at(&self, span: Span) -> Location {
        self.ctx.at(self.file, span)
    }

    pub(super) fn expr(&self, kind: ExprKind, ty: Type, span: Span) -> Expr {
        Expr {
            kind,
            ty,
            location: self.at(span),
        }
    }

    pub(super) fn constant(&self, value: Value, ty: Type, span: Span) -> Expr {
        self.expr(ExprKind::Constant(value), ty, span)
    }

    /// Reports a mistake and returns what stands in for the expression that it spoilt.
    pub(super) fn invalid(&mut self, diagnostic: Diagnostic) -> Expr {
        let location = diagnostic
            .labels
            .first()
            .map_or_else(|| self.at(Span::default()), |label| label.location);
        self.ctx.report(diagnostic);
        Expr {
            kind: ExprKind::Constant(Value::Absent),
            ty: Type::Dynamic,
            location,
        }
    }

    /// Returns the expression with its type. What is expected decides what a lone `5m` or a bare word
    /// means; whether the type fits is for the caller to check.
    pub(super) fn infer(&mut self, expr: &ast::Expr, expected: Option<&Type>) -> Expr {
        let span = expr.span;
        match &expr.kind {
            ast::ExprKind::Bool(value) => self.constant(Value::Bool(*value), Type::Bool, span),
            ast::ExprKind::Number { digits, suffix } => self.number(digits, suffix, span, expected),
            ast::ExprKind::Duration(written) => self.duration(written, span),
            ast::ExprKind::Time(written) => self.time(written, span),
            ast::ExprKind::String(text) => self.text(text, span, expected),
            ast::ExprKind::Name(name) => self.name(name, span, expected),
            ast::ExprKind::Field(base, field) => self.field(base, field, span),
            ast::ExprKind::Index(base, index) => self.index(base, index, span),
            ast::ExprKind::Call(callee, arguments) => self.call(callee, arguments, span, expected),
            ast::ExprKind::List(items) => self.list(items, span, expected),
            ast::ExprKind::Map(entries) => self.map(entries, span, expected),
            ast::ExprKind::Unary(UnaryOp::Not, operand) => {
                let operand = self.condition(operand);
                self.expr(ExprKind::Not(Box::new(operand)), Type::Bool, span)
            }
            ast::ExprKind::Unary(UnaryOp::Neg, operand) => self.negate(operand, span, expected),
            ast::ExprKind::Binary(op, place, left, right) => {
                self.binary(*op, *place, left, right, span, expected)
            }
            ast::ExprKind::Is(operand, presence) => self.presence(operand, *presence, span),
            ast::ExprKind::If(condition, yes, no) => {
                self.if_then_else(condition, yes, no, span, expected)
            }
            ast::ExprKind::Quantifier(quantifier) => self.quantifier(quantifier, span),
            // The parser has reported it.
            ast::ExprKind::Error => self.constant(Value::Absent, Type::Dynamic, span),
        }
    }

    /// Returns the expression, of a type that fits; `role` says what it is: "the limit".
    pub(super) fn check(&mut self, expr: &ast::Expr, expected: &Type, role: &str) -> Expr {
        let found = self.infer(expr, Some(expected));
        let found = match expected {
            Type::Number => self.as_number(found),
            _ => found,
        };
        if !types::fits(&found.ty, expected) {
            self.ctx.report(
                Diagnostic::error(
                    "wrong-type",
                    found.location,
                    format!(
                        "{role} must be {}, not {}",
                        types::with_article(expected),
                        types::with_article(&found.ty)
                    ),
                )
                .at(format!("this is {}", types::with_article(&found.ty))),
            );
        }
        found
    }

    /// Returns the expression as a condition.
    pub(super) fn condition(&mut self, expr: &ast::Expr) -> Expr {
        let found = self.infer(expr, Some(&Type::Bool));
        if !types::fits(&found.ty, &Type::Bool) {
            let mut diagnostic = Diagnostic::error(
                "condition-not-bool",
                found.location,
                format!(
                    "a condition must be a `bool`, not {}",
                    types::with_article(&found.ty)
                ),
            )
            .at(format!("this is {}", types::with_article(&found.ty)));
            diagnostic = match &found.ty {
                Type::List(_) | Type::Map(_) => {
                    diagnostic.hint("ask whether it is empty: `len(…) > 0`")
                }
                Type::Window => diagnostic.hint("ask whether it is open: `now in …`"),
                _ => diagnostic.hint("compare it with something, or ask `is present`"),
            };
            self.ctx.report(diagnostic);
        }
        found
    }

    fn text(&mut self, text: &str, span: Span, expected: Option<&Type>) -> Expr {
        let value = Value::string(text);
        let Some(Type::Enum(set)) = expected else {
            return self.constant(value, Type::String, span);
        };
        if self.is_member(*set, text) {
            return self.constant(value, Type::Enum(*set), span);
        }
        self.unknown_word(*set, text, span)
    }

    /// Reports a text that a field is compared with and that the API does not allow there.
    pub(super) fn check_words(&mut self, field: &Type, compared: &Expr) {
        let field = match field {
            Type::List(of) => of,
            ty => ty,
        };
        let Type::Words(words) = *field else { return };
        match &compared.kind {
            ExprKind::Constant(Value::String(text)) => {
                self.check_word(words, &text.clone(), compared.location);
            }
            ExprKind::List(items) => {
                for item in items {
                    self.check_words(&Type::Words(words), item);
                }
            }
            _ => {}
        }
    }

    fn check_word(&mut self, words: u32, text: &str, location: Location) {
        let words = self.ctx.api.words(words);
        if words.iter().any(|word| word == text) {
            return;
        }
        let diagnostic = Diagnostic::error(
            "unknown-word",
            location,
            format!("the field never is `{text}`"),
        );
        let diagnostic = match nearest(text, words.iter().map(String::as_str)) {
            Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
            None => diagnostic.hint(format!("it is one of {}", quoted(words))),
        };
        self.ctx.report(diagnostic);
    }

    /// Reports a word that is not in the set.
    pub(super) fn unknown_word(&mut self, set: EnumType, word: &str, span: Span) -> Expr {
        let members = self.members(set);
        let mut diagnostic = Diagnostic::error(
            "unknown-word",
            self.at(span),
            format!("`{word}` is not {}", words::describe(set)),
        );
        if set == EnumType::Verb {
            diagnostic.code = "unknown-verb";
        }
        diagnostic = match nearest(word, members.iter().map(String::as_str)) {
            Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
            None => diagnostic.hint(format!("one of {}", quoted(&members))),
        };
        self.invalid(diagnostic)
    }

    /// Returns the members of a set, declared verbs included, sorted.
    pub(super) fn members(&self, set: EnumType) -> Vec<String> {
        let mut all: Vec<String> = words::members(set).iter().map(|&w| w.to_owned()).collect();
        if set == EnumType::Verb {
            all.extend(self.ctx.verbs.keys().cloned());
            all.sort();
        }
        all
    }

    /// Tells whether a word is in a set, and notes the use of a declared verb.
    pub(super) fn is_member(&mut self, set: EnumType, word: &str) -> bool {
        if words::members(set).contains(&word) {
            return true;
        }
        if set != EnumType::Verb {
            return false;
        }
        let Some(declared) = self.ctx.verbs.get(word).cloned() else {
            return false;
        };
        for declared in declared {
            self.ctx.mark_used(declared);
        }
        true
    }

    /// Tells whether an expression is a field that Kubernetes writes as a quantity.
    pub(super) fn is_quantity(&self, expr: &Expr) -> bool {
        expr.ty == Type::Dynamic && matches!(shape_of(self.ctx, expr), Shape::Quantity)
    }

    /// Returns the expression, read as a number where it is a quantity.
    pub(super) fn as_number(&self, expr: Expr) -> Expr {
        if !self.is_quantity(&expr) {
            return expr;
        }
        Expr {
            ty: Type::Number,
            location: expr.location,
            kind: ExprKind::Quantity(Box::new(expr)),
        }
    }

    /// Returns the expression, read as what Kubernetes means by the text it writes.
    pub(super) fn read(&self, expr: Expr) -> Expr {
        let Type::Written(written) = expr.ty else {
            return expr;
        };
        let location = expr.location;
        let (kind, ty) = match written {
            Written::Quantity => (ExprKind::Quantity(Box::new(expr)), Type::Number),
            Written::Time => (ExprKind::Call(Builtin::ToTime, vec![expr]), Type::Time),
            Written::Duration => (
                ExprKind::Call(Builtin::ToDuration, vec![expr]),
                Type::Duration,
            ),
        };
        Expr { kind, ty, location }
    }

    fn presence(&mut self, operand: &ast::Expr, presence: ast::Presence, span: Span) -> Expr {
        let operand = self.infer(operand, None);
        let absent = self.expr(ExprKind::IsAbsent(Box::new(operand)), Type::Bool, span);
        match presence {
            ast::Presence::Absent => absent,
            ast::Presence::Present => self.expr(ExprKind::Not(Box::new(absent)), Type::Bool, span),
        }
    }
}

/// Returns words in backticks, joined by commas.
pub(super) fn quoted<S: AsRef<str>>(words: &[S]) -> String {
    let words: Vec<String> = words
        .iter()
        .map(|word| format!("`{}`", word.as_ref()))
        .collect();
    words.join(", ")
}

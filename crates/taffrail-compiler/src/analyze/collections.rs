//! List and map literals, and the quantifiers.

use std::collections::BTreeMap;

use taffrail_runtime::Type;
use taffrail_runtime::program::QuantifierKind;
use taffrail_syntax::{Diagnostic, Span, ast};

use super::checker::Checker;
use super::scope::Symbol;
use super::shape::{Shape, shape_of};
use super::types;
use crate::typed::{Expr, ExprKind, LocalId, Quantifier};

impl Checker<'_, '_> {
    /// Returns `[a, b]`.
    pub(super) fn list(
        &mut self,
        items: &[ast::Expr],
        span: Span,
        expected: Option<&Type>,
    ) -> Expr {
        let hint = match expected {
            Some(Type::List(of)) if **of != Type::Dynamic => Some((**of).clone()),
            _ => None,
        };
        let items: Vec<Expr> = items
            .iter()
            .map(|item| self.infer(item, hint.as_ref()))
            .collect();
        let ty = Type::List(Box::new(common(items.iter())));
        self.expr(ExprKind::List(items), ty, span)
    }

    /// Returns `{ k: a }`.
    pub(super) fn map(
        &mut self,
        entries: &[(ast::Text, ast::Expr)],
        span: Span,
        expected: Option<&Type>,
    ) -> Expr {
        let hint = match expected {
            Some(Type::Map(of)) if **of != Type::Dynamic => Some((**of).clone()),
            _ => None,
        };
        let mut sorted: BTreeMap<String, (Span, Expr)> = BTreeMap::new();
        for (key, value) in entries {
            let value = self.infer(value, hint.as_ref());
            if let Some((first, _)) = sorted.get(&key.text) {
                let diagnostic = Diagnostic::error(
                    "duplicate-key",
                    self.at(key.span),
                    format!("the key `{}` stands twice", key.text),
                )
                .at("again here")
                .label(self.at(*first), "first here");
                self.ctx.report(diagnostic);
            }
            sorted.insert(key.text.clone(), (key.span, value));
        }
        let ty = Type::Map(Box::new(common(sorted.values().map(|(_, value)| value))));
        let entries = sorted
            .into_iter()
            .map(|(key, (_, value))| (key, value))
            .collect();
        self.expr(ExprKind::Map(entries), ty, span)
    }

    /// Returns `every c in xs where A: B` or one of its kin.
    pub(super) fn quantifier(&mut self, written: &ast::Quantifier, span: Span) -> Expr {
        let over = self.infer(&written.over, None);
        let (key_ty, element_ty) = self.elements(&over);
        let element_shape = shape_of(self.ctx, &over).element();
        let outer = self.locals.len();
        let (key, element) = match written.variables.as_slice() {
            [key, element, ..] => (
                Some(self.bind(key, key_ty, Shape::Plain)),
                self.bind(element, element_ty, element_shape),
            ),
            [element] => (None, self.bind(element, element_ty, element_shape)),
            [] => (None, self.ctx.new_local(element_ty, element_shape)),
        };
        let filter = written.filter.as_ref().map(|filter| self.condition(filter));
        let body = written
            .body
            .as_ref()
            .map(|body| self.quantifier_body(written.kind, body));
        self.locals.truncate(outer);
        let ty = match written.kind {
            ast::QuantifierKind::Every | ast::QuantifierKind::Some | ast::QuantifierKind::No => {
                Type::Bool
            }
            ast::QuantifierKind::Count => Type::Number,
            ast::QuantifierKind::Sum | ast::QuantifierKind::Min | ast::QuantifierKind::Max => {
                body.as_ref().map_or(Type::Number, |body| body.ty.clone())
            }
        };
        let quantifier = Quantifier {
            kind: kind(written.kind),
            key,
            element,
            over,
            filter,
            body,
        };
        self.expr(ExprKind::Quantifier(Box::new(quantifier)), ty, span)
    }

    fn quantifier_body(&mut self, kind: ast::QuantifierKind, body: &ast::Expr) -> Expr {
        let (word, allowed): (_, fn(&Type) -> bool) = match kind {
            ast::QuantifierKind::Every
            | ast::QuantifierKind::Some
            | ast::QuantifierKind::No
            | ast::QuantifierKind::Count => return self.condition(body),
            ast::QuantifierKind::Sum => ("sum", |ty| {
                matches!(ty, Type::Number | Type::Duration | Type::Dynamic)
            }),
            ast::QuantifierKind::Min => ("min", types::is_ordered),
            ast::QuantifierKind::Max => ("max", types::is_ordered),
        };
        let body = self.infer(body, None);
        let body = self.as_number(body);
        if !allowed(&body.ty) {
            let found = types::with_article(&body.ty);
            self.ctx.report(
                Diagnostic::error(
                    "wrong-type",
                    body.location,
                    format!("what `{word}` takes must be a number or a duration, not {found}"),
                )
                .at(format!("this is {found}")),
            );
            return Expr {
                ty: Type::Dynamic,
                ..body
            };
        }
        body
    }

    /// Returns the types of the two variables of a quantifier over the value.
    fn elements(&mut self, over: &Expr) -> (Type, Type) {
        over.ty.members().unwrap_or_else(|| {
            let found = types::with_article(&over.ty);
            self.ctx.report(
                Diagnostic::error(
                    "not-iterable",
                    over.location,
                    format!("a quantifier runs over a list or a map, not {found}"),
                )
                .at(format!("this is {found}")),
            );
            (Type::Dynamic, Type::Dynamic)
        })
    }

    /// Brings a variable into scope.
    pub(super) fn bind(&mut self, name: &ast::Ident, ty: Type, shape: Shape) -> LocalId {
        self.check_shadowing(name);
        let id = self.ctx.new_local(ty, shape);
        self.locals.push((name.text.clone(), id));
        id
    }

    /// Brings a parameter of a function into scope.
    pub(super) fn bind_existing(&mut self, name: &ast::Ident, local: LocalId) {
        self.check_shadowing(name);
        self.locals.push((name.text.clone(), local));
    }

    /// Reports a variable that has the name of something else in scope.
    fn check_shadowing(&mut self, name: &ast::Ident) {
        if name.text == "_" {
            return;
        }
        let module = self.ctx.module_of(self.file).to_owned();
        let mut what = super::declare::reserved_meaning(&name.text);
        let mut place = None;
        if self.locals.iter().any(|(local, _)| *local == name.text) {
            what = Some("another variable".to_owned());
        } else if let Some(entry) = self.ctx.entry(&module, &name.text) {
            place = Some(entry.location);
            what = Some(
                match entry.symbol {
                    Symbol::Let(_) => "a let",
                    Symbol::Param(_) => "a parameter",
                    Symbol::Signal(_) => "a signal",
                }
                .to_owned(),
            );
        } else if let Some(used) = self.ctx.used_module(self.file, &name.text) {
            place = Some(used.location);
            what = Some(format!("the module `{}`", used.module));
        }
        if what.is_none() && self.ctx.verbs.contains_key(&name.text) {
            what = Some("a verb".to_owned());
        }
        let Some(what) = what else { return };
        let mut diagnostic = Diagnostic::error(
            "shadowed-name",
            self.at(name.span),
            format!("`{}` is already the name of {what}", name.text),
        )
        .hint("choose another name for the variable");
        if let Some(place) = place {
            diagnostic = diagnostic.label(place, "declared here");
        }
        self.ctx.report(diagnostic);
    }
}

/// Returns the type that all have; dynamic when they differ, as in a port that is a number or a name.
fn common<'e>(mut items: impl Iterator<Item = &'e Expr>) -> Type {
    let Some(first) = items.next() else {
        return Type::Dynamic;
    };
    items.fold(first.ty.clone(), |ty, item| {
        types::join(&ty, &item.ty).unwrap_or(Type::Dynamic)
    })
}

fn kind(kind: ast::QuantifierKind) -> QuantifierKind {
    match kind {
        ast::QuantifierKind::Every => QuantifierKind::Every,
        ast::QuantifierKind::Some => QuantifierKind::Some,
        ast::QuantifierKind::No => QuantifierKind::No,
        ast::QuantifierKind::Count => QuantifierKind::Count,
        ast::QuantifierKind::Sum => QuantifierKind::Sum,
        ast::QuantifierKind::Min => QuantifierKind::Min,
        ast::QuantifierKind::Max => QuantifierKind::Max,
    }
}

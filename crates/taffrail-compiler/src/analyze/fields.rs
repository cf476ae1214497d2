//! `e.field`, `e["key"]` and `e[0]`.

use taffrail_runtime::program::{Root, View};
use taffrail_runtime::{Type, Value};
use taffrail_syntax::suggest::nearest;
use taffrail_syntax::{Diagnostic, Span, ast};

use super::api::Part;
use super::checker::{Checker, quoted};
use super::roots::Fact;
use super::shape::{Shape, kind_operand, shape_of};
use super::{elsewhere, types};
use crate::typed::{Expr, ExprKind};

const IMAGE_FIELDS: &[&str] = &["digest", "registry", "repository", "tag"];
const WINDOW_FIELDS: &[&str] = &["end", "start"];

impl Checker<'_, '_> {
    /// Returns `base.field`.
    pub(super) fn field(&mut self, base: &ast::Expr, field: &ast::Ident, span: Span) -> Expr {
        if let Some(module) = self.module_member(base) {
            return match self.entry_of(&module, field) {
                Some(entry) => self.symbol(entry, &field.text, span),
                None => self.constant(Value::Absent, Type::Dynamic, span),
            };
        }
        if let Some(unimported) = self.unimported_module(base) {
            return unimported;
        }
        let object = self.infer(base, None);
        if let Some(view) = view(&field.text)
            && let Some(kind) = kind_operand(self.ctx, &object)
        {
            let kind = self.expr(kind, Type::String, base.span);
            let ty = self.view_type(view, &object, field.span);
            let view = ExprKind::View(view, Box::new(object), Box::new(kind));
            return self.expr(view, ty, span);
        }
        self.member(object, &field.text, field.span, span)
    }

    /// Returns a field of a typed value; `place` is the field's own.
    pub(super) fn member(&mut self, base: Expr, field: &str, place: Span, span: Span) -> Expr {
        let ty = if let Shape::Record(fields) = shape_of(self.ctx, &base) {
            match fields.iter().find(|(name, _)| *name == field) {
                Some((_, fact)) => fact.ty(),
                None => return self.unknown_field(&base, fields, field, place),
            }
        } else {
            match &base.ty {
                Type::Dynamic => Type::Dynamic,
                Type::Object(parts) => {
                    let parts = *parts;
                    return self.api_field(base, parts, field, place, span);
                }
                Type::Map(of) => (**of).clone(),
                Type::Image if IMAGE_FIELDS.contains(&field) => Type::String,
                Type::Window if WINDOW_FIELDS.contains(&field) => {
                    self.check_dated(&base, field, place);
                    Type::Time
                }
                Type::Image => return self.no_such_field(&base, IMAGE_FIELDS, field, place),
                Type::Window => return self.no_such_field(&base, WINDOW_FIELDS, field, place),
                Type::Bool
                | Type::String
                | Type::Number
                | Type::Duration
                | Type::Time
                | Type::List(_)
                | Type::Enum(_)
                | Type::Cidr
                | Type::Semver
                | Type::Words(_)
                | Type::Written(_) => return self.no_fields(&base, field, place),
            }
        };
        let kind = ExprKind::Field(Box::new(base), field.to_owned());
        let field = self.expr(kind, ty, span);
        self.read(field)
    }

    /// Returns the type of a view of an object.
    fn view_type(&mut self, view: View, object: &Expr, place: Span) -> Type {
        let Type::Object(parts) = object.ty else {
            return match view {
                View::Pod => Type::Dynamic,
                View::Containers => Type::List(Box::new(Type::Dynamic)),
            };
        };
        let kinds = self.kinds_with_pods(parts, view, place);
        let parts = match view {
            View::Pod => kinds.into_iter().map(|kind| Part::Pod { kind }).collect(),
            View::Containers => {
                let ty = self.ctx.schemas.container();
                kinds
                    .into_iter()
                    .map(|kind| Part::Typed { kind, ty })
                    .collect()
            }
        };
        let of = self.ctx.api.object(parts);
        match view {
            View::Pod => of,
            View::Containers => Type::List(Box::new(of)),
        }
    }

    /// Returns a field of an object that the schemas describe.
    fn api_field(&mut self, base: Expr, parts: u32, field: &str, place: Span, span: Span) -> Expr {
        let found = self.ctx.api.field(&self.ctx.schemas, parts, field);
        if !found.lacks.is_empty() {
            return self.lacking(&base, &found, field, place);
        }
        if let Some(deprecated) = &found.deprecated {
            self.warn_of_deprecated(&base, field, deprecated, place);
        }
        let ty = self.ctx.api.type_of(&self.ctx.schemas, &found);
        let kind = ExprKind::Field(Box::new(base), field.to_owned());
        let expr = self.expr(kind, ty, span);
        if found.optional {
            self.ctx.module.optional_reads.insert(expr.location);
        }
        self.read(expr)
    }

    fn unknown_field(
        &mut self,
        base: &Expr,
        fields: &[(&'static str, Fact)],
        field: &str,
        place: Span,
    ) -> Expr {
        let names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
        self.no_such_field(base, &names, field, place)
    }

    fn no_such_field(&mut self, base: &Expr, names: &[&str], field: &str, place: Span) -> Expr {
        let what = match &base.kind {
            ExprKind::Root(root) => format!("`{}`", root.name()),
            ExprKind::Field(_, name) => format!("`{name}`"),
            _ => match &base.ty {
                Type::Map(_) => "this record".to_owned(),
                ty => types::with_article(ty),
            },
        };
        let diagnostic = Diagnostic::error(
            "unknown-field",
            self.at(place),
            format!("{what} has no field `{field}`"),
        );
        let is_request = matches!(base.kind, ExprKind::Root(Root::Request));
        let elsewhere = elsewhere::field_of_request(field).filter(|_| is_request);
        let diagnostic = match (elsewhere, nearest(field, names.iter().copied())) {
            (Some(here), _) => diagnostic.hint(format!("here that is {here}")),
            (None, Some(near)) => diagnostic.hint(format!("did you mean `{near}`?")),
            (None, None) => diagnostic.hint(format!("it has {}", quoted(names))),
        };
        self.invalid(diagnostic)
    }

    fn no_fields(&mut self, base: &Expr, field: &str, place: Span) -> Expr {
        let found = types::with_article(&base.ty);
        let mut diagnostic = Diagnostic::error(
            "type-without-fields",
            self.at(place),
            format!("{found} has no fields, so there is no `{field}`"),
        )
        .label(base.location, format!("this is {found}"));
        if matches!(base.ty, Type::List(_)) {
            diagnostic = diagnostic.hint(format!(
                "ask about its elements: `some x in …: x.{field} …`, or take one with `[0]`"
            ));
        }
        if base.ty == Type::String && IMAGE_FIELDS.contains(&field) {
            diagnostic = diagnostic.hint(format!("read it as an image first: `image(…).{field}`"));
        }
        if matches!(&base.kind, ExprKind::Field(map, _) if is_map_of_texts(map)) {
            diagnostic =
                diagnostic.hint("a key with a point stands in brackets: `…[\"example.com/name\"]`");
        }
        self.invalid(diagnostic)
    }

    fn check_dated(&mut self, base: &Expr, field: &str, place: Span) {
        let constant = match &base.kind {
            ExprKind::Let(id) => self.ctx.typed_let(*id).map(|done| &done.body.kind),
            kind => Some(kind),
        };
        let recurring = matches!(constant, Some(ExprKind::Constant(value)) if super::windows::is_recurring(value));
        if !recurring {
            return;
        }
        self.ctx.report(
            Diagnostic::error(
                "recurring-window",
                self.at(place),
                format!("a window that recurs has no one `{field}`"),
            )
            .hint("only `window(first, last, zone)` has a `start` and an `end`"),
        );
    }

    /// Returns `base[index]`.
    pub(super) fn index(&mut self, base: &ast::Expr, index: &ast::Expr, span: Span) -> Expr {
        let base = self.infer(base, None);
        if let ast::ExprKind::String(key) = &index.kind
            && matches!(base.ty, Type::Dynamic | Type::Map(_) | Type::Object(_))
        {
            return self.member(base, key, index.span, span);
        }
        let Some((expected, ty)) = base.ty.members() else {
            let found = types::with_article(&base.ty);
            return self.invalid(
                Diagnostic::error(
                    "not-indexable",
                    base.location,
                    format!("{found} has no elements"),
                )
                .at(format!("this is {found}"))
                .hint("only lists and maps have elements"),
            );
        };
        let role = if matches!(base.ty, Type::List(_)) {
            "a position in a list"
        } else {
            "a key"
        };
        let index = self.check(index, &expected, role);
        if !matches!(
            index.ty,
            Type::Dynamic | Type::Number | Type::String | Type::Enum(_)
        ) {
            let found = types::with_article(&index.ty);
            self.ctx.report(Diagnostic::error(
                "wrong-type",
                index.location,
                format!("a key must be a `string` or a `number`, not {found}"),
            ));
        }
        let element = self.expr(ExprKind::Index(Box::new(base), Box::new(index)), ty, span);
        self.read(element)
    }
}

fn view(field: &str) -> Option<View> {
    match field {
        "pod" => Some(View::Pod),
        "containers" => Some(View::Containers),
        _ => None,
    }
}

/// Tells whether something is a map such as labels, and no record of known members.
fn is_map_of_texts(expr: &Expr) -> bool {
    matches!(expr.ty, Type::Map(_)) && !matches!(expr.kind, ExprKind::Root(_))
}

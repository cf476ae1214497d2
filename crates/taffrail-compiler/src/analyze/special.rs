//! The forms that look like calls and are not: `known`, `changed`, `objects`.

use taffrail_runtime::program::Root;
use taffrail_runtime::{Type, Value};
use taffrail_syntax::{Diagnostic, Span, ast};

use super::checker::Checker;
use super::reviewed::{Meant, Reviewed, of_kind};
use crate::typed::{Expr, ExprKind};

/// The names of these forms, and how each is written.
pub(super) const FORMS: &[(&str, &str)] = &[
    ("changed", "changed(spec.replicas)"),
    ("dynamic", "dynamic(current)"),
    ("known", "known(e)"),
    (
        "objects",
        "objects(Kind, in: namespace.name, where: { app: \"api\" })",
    ),
];

/// Tells whether a name is that of such a form.
pub(super) fn is_form(name: &str) -> bool {
    FORMS.iter().any(|(form, _)| *form == name)
}

impl Checker<'_, '_> {
    /// Returns the form of that name; `None` when there is none.
    pub(super) fn special(
        &mut self,
        name: &str,
        arguments: &[ast::Argument],
        span: Span,
    ) -> Option<Expr> {
        match name {
            "known" => Some(self.known(arguments, span)),
            "changed" => Some(self.changed(arguments, span)),
            "dynamic" => Some(self.dynamic(arguments, span)),
            "objects" => Some(self.objects(arguments, span)),
            _ => None,
        }
    }

    fn known(&mut self, arguments: &[ast::Argument], span: Span) -> Expr {
        let [ast::Argument { name: None, value }] = arguments else {
            return self.malformed("known", "takes one expression", span);
        };
        let inner = self.infer(value, None);
        self.expr(ExprKind::Known(Box::new(inner)), Type::Bool, span)
    }

    /// Returns the value itself, of a type that nothing is known about.
    fn dynamic(&mut self, arguments: &[ast::Argument], span: Span) -> Expr {
        let [ast::Argument { name: None, value }] = arguments else {
            return self.malformed("dynamic", "takes one expression", span);
        };
        let reviewed = std::mem::replace(&mut self.ctx.reviewed, Reviewed::unchecked());
        let inner = self.infer(value, None);
        self.ctx.reviewed = reviewed;
        Expr {
            ty: Type::Dynamic,
            location: self.at(span),
            ..inner
        }
    }

    fn changed(&mut self, arguments: &[ast::Argument], span: Span) -> Expr {
        let [ast::Argument { name: None, value }] = arguments else {
            return self.malformed("changed", "takes one path", span);
        };
        let keys = match literal_path(value) {
            Ok(keys) => keys,
            Err(place) => {
                let diagnostic = Diagnostic::error(
                    "not-a-literal-path",
                    self.at(place),
                    "`changed` takes a path of names and quoted keys",
                )
                .hint("for example `changed(spec.replicas)` or `changed(metadata.labels[\"app.kubernetes.io/name\"])`");
                return self.invalid(diagnostic);
            }
        };
        if let Some(root) = keys
            .first()
            .filter(|first| *first == "current" || *first == "proposed")
        {
            let diagnostic = Diagnostic::error(
                "not-a-literal-path",
                self.at(value.span),
                format!(
                    "`changed` compares `current` with `proposed`, so its path starts below `{root}`"
                ),
            );
            let rest = keys.iter().skip(1).cloned().collect::<Vec<_>>().join(".");
            return self.invalid(if rest.is_empty() {
                diagnostic.hint("`changes` lists everything that changed")
            } else {
                diagnostic.hint(format!("write `changed({rest})`"))
            });
        }
        self.check_changed(value);
        self.expr(ExprKind::Changed(keys), Type::Bool, span)
    }

    /// Returns the value at a path below the object under review; reports what is no field of it.
    fn check_changed(&mut self, path: &ast::Expr) -> Expr {
        let (base, key, place) = match &path.kind {
            ast::ExprKind::Field(base, field) => {
                (self.check_changed(base), field.text.as_str(), field.span)
            }
            ast::ExprKind::Index(base, index) => match &index.kind {
                ast::ExprKind::String(key) => (self.check_changed(base), key.as_str(), index.span),
                _ => return self.nothing(path.span),
            },
            ast::ExprKind::Name(name) => {
                let ty = self.ctx.reviewed.current.clone();
                let root = self.expr(ExprKind::Root(Root::Current), ty, path.span);
                (root, name.as_str(), path.span)
            }
            _ => return self.nothing(path.span),
        };
        self.member(base, key, place, path.span)
    }

    fn objects(&mut self, arguments: &[ast::Argument], span: Span) -> Expr {
        let Some((first, rest)) = arguments.split_first() else {
            return self.malformed("objects", "takes a kind", span);
        };
        if first.name.is_some() {
            return self.malformed("objects", "takes a kind first", span);
        }
        let (group, kind) = self.object_kind(&first.value);
        let (mut namespace, mut labels) = (None, None);
        for argument in rest {
            let name = argument.name.as_ref().map(|name| name.text.as_str());
            let taken = match name {
                Some("in") => {
                    let value = self.check(&argument.value, &Type::String, "what follows `in:`");
                    namespace.replace(Box::new(value)).is_some()
                }
                Some("where") => {
                    let map = Type::Map(Box::new(Type::Dynamic));
                    let value = self.check(&argument.value, &map, "what follows `where:`");
                    labels.replace(Box::new(value)).is_some()
                }
                _ => true,
            };
            if taken {
                let place = argument
                    .name
                    .as_ref()
                    .map_or(argument.value.span, |name| name.span);
                self.malformed(
                    "objects",
                    "takes a kind, `in:` and `where:`, each once",
                    place,
                );
            }
        }
        let parts = of_kind(
            self.ctx,
            Meant {
                group: group.as_deref(),
                version: None,
                kind: &kind,
            },
            false,
        );
        let of = self.ctx.api.object(parts);
        let kind = ExprKind::Objects {
            group,
            kind,
            namespace,
            labels,
        };
        self.expr(kind, Type::List(Box::new(of)), span)
    }

    fn object_kind(&mut self, written: &ast::Expr) -> (Option<String>, String) {
        let text = match &written.kind {
            ast::ExprKind::String(text) => Some(text.clone()),
            _ => kind_text(written),
        };
        let Some(text) = text else {
            self.malformed(
                "objects",
                "takes a kind first, such as `Pod` or `apps/Deployment`",
                written.span,
            );
            return (None, String::new());
        };
        let (group, kind) = match text.rsplit_once('/') {
            Some((group, kind)) => (Some(group.to_owned()), kind),
            None => (None, text.as_str()),
        };
        let kind = ast::Ident {
            text: kind.to_owned(),
            span: written.span,
        };
        self.check_kind(group.as_deref(), &kind, written.span);
        let group = group.map(|group| {
            if group == "core" {
                String::new()
            } else {
                group
            }
        });
        (group, kind.text)
    }

    fn malformed(&mut self, form: &str, takes: &str, span: Span) -> Expr {
        let example = FORMS
            .iter()
            .find(|(name, _)| *name == form)
            .map_or(form, |(_, example)| example);
        self.invalid(
            Diagnostic::error("malformed-form", self.at(span), format!("`{form}` {takes}"))
                .hint(format!("write it as `{example}`")),
        )
    }
}

/// Returns the keys of a path of names, fields and quoted keys, or the place of what is none. A part may stand in `dynamic(…)`.
pub(super) fn literal_path(expr: &ast::Expr) -> Result<Vec<String>, Span> {
    match &expr.kind {
        ast::ExprKind::Name(name) => Ok(vec![name.clone()]),
        ast::ExprKind::Field(base, field) => {
            let mut keys = literal_path(base)?;
            keys.push(field.text.clone());
            Ok(keys)
        }
        ast::ExprKind::Index(base, index) => match &index.kind {
            ast::ExprKind::String(key) => {
                let mut keys = literal_path(base)?;
                keys.push(key.clone());
                Ok(keys)
            }
            _ => Err(index.span),
        },
        ast::ExprKind::Call(callee, arguments) => match (&callee.kind, arguments.as_slice()) {
            (ast::ExprKind::Name(name), [ast::Argument { name: None, value }])
                if name == "dynamic" =>
            {
                literal_path(value)
            }
            _ => Err(expr.span),
        },
        _ => Err(expr.span),
    }
}

/// Returns `cert-manager.io/Certificate` as it was written, though it was read as `-`, `.` and `/`.
fn kind_text(expr: &ast::Expr) -> Option<String> {
    match &expr.kind {
        ast::ExprKind::Name(name) => Some(name.clone()),
        ast::ExprKind::Field(base, field) => Some(format!("{}.{}", kind_text(base)?, field.text)),
        ast::ExprKind::Binary(op @ (ast::BinaryOp::Div | ast::BinaryOp::Sub), _, a, b) => {
            let sign = if *op == ast::BinaryOp::Div { '/' } else { '-' };
            Some(format!("{}{sign}{}", kind_text(a)?, kind_text(b)?))
        }
        _ => None,
    }
}

impl Checker<'_, '_> {
    /// Returns the keys below `proposed` that a suggestion sets.
    pub(super) fn suggested_path(&mut self, path: &ast::Expr) -> Option<Vec<String>> {
        let keys = literal_path(path)
            .ok()
            .filter(|keys| keys.len() > 1 && keys.first().is_some_and(|root| root == "proposed"));
        let Some(keys) = keys else {
            self.ctx.report(
                Diagnostic::error(
                    "suggestion-not-proposed",
                    self.ctx.at(self.file, path.span),
                    "a suggestion sets a field of `proposed`",
                )
                .hint("for example `suggest proposed.spec.replicas = 3`"),
            );
            return None;
        };
        Some(keys.into_iter().skip(1).collect())
    }

    /// Returns what stands in for an expression whose mistake is reported already.
    pub(super) fn nothing(&self, span: Span) -> Expr {
        self.constant(Value::Absent, Type::Dynamic, span)
    }
}

//! Calls of built-in functions and of lets with parameters.

use taffrail_runtime::Type;
use taffrail_runtime::builtins::Builtin;
use taffrail_syntax::suggest::nearest;
use taffrail_syntax::{Diagnostic, Span, ast};

use super::checker::{Checker, Reach, quoted};
use super::functions;
use super::scope::{Entry, Symbol};
use super::{special, types};
use crate::typed::{Expr, ExprKind, LetId};

/// What a call's arguments are held against.
#[derive(Debug, Clone)]
struct Expected {
    name: String,
    ty: Type,
    optional: bool,
    /// Further arguments may follow for it.
    repeated: bool,
}

/// What is called, with its name for messages.
#[derive(Debug, Clone, Copy)]
struct Callee<'n> {
    name: &'n str,
    place: Span,
    builtin: Option<Builtin>,
}

impl Checker<'_, '_> {
    /// Returns `callee(arguments)`.
    pub(super) fn call(
        &mut self,
        callee: &ast::Expr,
        arguments: &[ast::Argument],
        span: Span,
        expected: Option<&Type>,
    ) -> Expr {
        match &callee.kind {
            ast::ExprKind::Name(name) => {
                self.call_name(name, callee.span, arguments, span, expected)
            }
            ast::ExprKind::Field(base, field) => self.call_field(base, field, arguments, span),
            _ => {
                let diagnostic = Diagnostic::error(
                    "not-a-function",
                    self.at(callee.span),
                    "only a function can be called",
                );
                self.invalid(diagnostic)
            }
        }
    }

    fn call_name(
        &mut self,
        name: &str,
        place: Span,
        arguments: &[ast::Argument],
        span: Span,
        expected: Option<&Type>,
    ) -> Expr {
        if self.reach != Reach::Facts && special::is_form(name) {
            return self.not_fixed(name, place);
        }
        if let Some(form) = self.special(name, arguments, span) {
            return form;
        }
        if let Some(builtin) = Builtin::by_name(name).filter(|builtin| *builtin != Builtin::Changes)
        {
            return self.call_builtin(builtin, place, arguments, span, expected);
        }
        let module = self.ctx.module_of(self.file).to_owned();
        if let Some(entry) = self.ctx.entry(&module, name) {
            return self.call_entry(entry, name, place, arguments, span);
        }
        self.check_all(arguments);
        let diagnostic = self.unknown_function(name, place);
        self.invalid(diagnostic)
    }

    fn unknown_function(&self, name: &str, place: Span) -> Diagnostic {
        let diagnostic = Diagnostic::error(
            "unknown-function",
            self.at(place),
            format!("there is no function `{name}`"),
        );
        if self.is_value(name) {
            return diagnostic.hint(format!("`{name}` is a fact; write it without parentheses"));
        }
        let own = self.ctx.modules.get(self.ctx.module_of(self.file));
        let mut candidates: Vec<&str> = functions::names().collect();
        for (name, entry) in own.into_iter().flat_map(|scope| &scope.names) {
            if let Symbol::Let(id) = entry.symbol
                && self.is_function_let(id)
            {
                candidates.push(name);
            }
        }
        match nearest(name, candidates) {
            Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
            None => diagnostic.hint(format!("declare it: `let {name}(…) = …`")),
        }
    }

    fn is_function_let(&self, id: LetId) -> bool {
        self.ctx
            .let_state(id)
            .is_some_and(|state| state.ast.params.is_some())
    }

    /// `tenancy.tier(x)`, or a method such as `cidr(a).contains(b)`.
    fn call_field(
        &mut self,
        base: &ast::Expr,
        field: &ast::Ident,
        arguments: &[ast::Argument],
        span: Span,
    ) -> Expr {
        if let Some(module) = self.module_member(base) {
            let Some(entry) = self.entry_of(&module, field) else {
                self.check_all(arguments);
                return self.nothing(span);
            };
            return self.call_entry(entry, &field.text, field.span, arguments, span);
        }
        let receiver = self.infer(base, None);
        if receiver.ty == Type::Cidr
            && field.text == "contains"
            && let [ast::Argument { name: None, value }] = arguments
        {
            let inner = self.infer(value, None);
            self.check_membership(&inner, &receiver);
            let kind = ExprKind::In(Box::new(inner), Box::new(receiver));
            return self.expr(kind, Type::Bool, span);
        }
        self.check_all(arguments);
        let found = types::with_article(&receiver.ty);
        let diagnostic = Diagnostic::error(
            "unknown-method",
            self.at(field.span),
            format!("{found} has no method `{}`", field.text),
        );
        let diagnostic = if let Some(builtin) = Builtin::by_name(&field.text) {
            let parameters = &builtin.signature().parameters;
            let names: Vec<&str> = parameters.iter().map(|p| p.name).collect();
            diagnostic.hint(format!("call it as `{}({})`", field.text, names.join(", ")))
        } else if receiver.ty == Type::Cidr {
            diagnostic.hint("it has `contains(address)`")
        } else {
            diagnostic.hint("functions stand before their arguments: `lower(name)`")
        };
        self.invalid(diagnostic)
    }

    fn call_entry(
        &mut self,
        entry: Entry,
        name: &str,
        place: Span,
        arguments: &[ast::Argument],
        span: Span,
    ) -> Expr {
        self.ctx.mark_used(entry.declared);
        let id = match entry.symbol {
            Symbol::Let(id) if self.is_function_let(id) => id,
            Symbol::Let(_) | Symbol::Param(_) | Symbol::Signal(_) => {
                self.check_all(arguments);
                let diagnostic = Diagnostic::error(
                    "not-a-function",
                    self.at(place),
                    format!("`{name}` is no function, so it takes no arguments"),
                )
                .label(entry.location, "declared here")
                .hint(format!("write `{name}` without parentheses"));
                return self.invalid(diagnostic);
            }
        };
        if self.reach != Reach::Facts {
            return self.not_fixed(name, place);
        }
        let expected: Vec<Expected> = self.let_parameters(id);
        let callee = Callee {
            name,
            place,
            builtin: None,
        };
        let arguments = self.arguments(callee, &expected, arguments, None);
        let ty = self
            .ctx
            .typed_let(id)
            .map_or(Type::Dynamic, |done| done.body.ty.clone());
        self.expr(ExprKind::CallLet(id, arguments), ty, span)
    }

    fn let_parameters(&self, id: LetId) -> Vec<Expected> {
        let Some(state) = self.ctx.let_state(id) else {
            return Vec::new();
        };
        let names = state.ast.params.iter().flatten();
        names
            .zip(&state.params)
            .map(|(param, (_, ty))| Expected {
                name: param.name.text.clone(),
                ty: ty.clone(),
                optional: false,
                repeated: false,
            })
            .collect()
    }

    fn call_builtin(
        &mut self,
        builtin: Builtin,
        place: Span,
        arguments: &[ast::Argument],
        span: Span,
        hint: Option<&Type>,
    ) -> Expr {
        let expected: Vec<Expected> = builtin
            .signature()
            .parameters
            .iter()
            .map(|parameter| Expected {
                name: parameter.name.to_owned(),
                ty: parameter.ty.clone(),
                optional: parameter.optional,
                repeated: parameter.repeated,
            })
            .collect();
        let callee = Callee {
            name: builtin.name(),
            place,
            builtin: Some(builtin),
        };
        let hint = hint.filter(|_| functions::keeps_type(builtin));
        let typed = self.arguments(callee, &expected, arguments, hint);
        let ty = functions::result(builtin, &typed);
        self.call_or_window(builtin, typed, arguments, span, ty)
    }

    /// Returns the arguments in the order of the parameters, and reports what does not fit.
    fn arguments(
        &mut self,
        callee: Callee<'_>,
        expected: &[Expected],
        given: &[ast::Argument],
        hint: Option<&Type>,
    ) -> Vec<Expr> {
        let function = callee.name;
        let mut taken: Vec<Option<Expr>> = vec![None; expected.len()];
        let mut further = Vec::new();
        let mut hint = hint.cloned();
        let mut next = 0;
        let mut surplus = 0;
        let mut misnamed = false;
        for argument in given {
            let at = match &argument.name {
                Some(name) => match expected.iter().position(|e| e.name == name.text) {
                    Some(at) => at,
                    None => {
                        self.unknown_argument(function, expected, name);
                        misnamed = true;
                        self.infer(&argument.value, None);
                        continue;
                    }
                },
                None => {
                    next += 1;
                    next - 1
                }
            };
            let repeated = expected.last().filter(|last| last.repeated);
            let Some(parameter) = expected.get(at).or(repeated) else {
                self.infer(&argument.value, None);
                surplus += 1;
                continue;
            };
            let value = self.argument(callee, parameter, at, &argument.value, hint.as_ref());
            if hint.is_none() && callee.builtin.is_some_and(functions::keeps_type) {
                hint = Some(value.ty.clone()).filter(|ty| *ty != Type::Dynamic);
            }
            match taken.get_mut(at) {
                Some(slot) if slot.is_none() => *slot = Some(value),
                None => further.push(value),
                Some(_) => {
                    misnamed = true;
                    let location = self.at(argument.value.span);
                    let name = &parameter.name;
                    self.ctx.report(Diagnostic::error(
                        "duplicate-argument",
                        location,
                        format!("`{name}` of `{function}` is given twice"),
                    ));
                }
            }
        }
        let missing: Vec<&str> = expected
            .iter()
            .zip(&taken)
            .filter(|(parameter, slot)| !parameter.optional && slot.is_none())
            .map(|(parameter, _)| parameter.name.as_str())
            .collect();
        if surplus > 0 || !(missing.is_empty() || misnamed) {
            self.wrong_count(callee, expected, given.len(), &missing);
        }
        taken.into_iter().flatten().chain(further).collect()
    }

    fn argument(
        &mut self,
        callee: Callee<'_>,
        parameter: &Expected,
        at: usize,
        written: &ast::Expr,
        hint: Option<&Type>,
    ) -> Expr {
        let role = format!("`{}` of `{}`", parameter.name, callee.name);
        let Some(builtin) = callee.builtin.filter(|_| parameter.ty == Type::Dynamic) else {
            return self.check(written, &parameter.ty, &role);
        };
        let value = self.infer(written, hint);
        let value = if functions::keeps_type(builtin) {
            self.as_number(value)
        } else {
            value
        };
        if let Some(needed) = functions::unacceptable(builtin, at, &value.ty) {
            let found = types::with_article(&value.ty);
            self.ctx.report(
                Diagnostic::error(
                    "wrong-type",
                    value.location,
                    format!("{role} must be {needed}, not {found}"),
                )
                .at(format!("this is {found}")),
            );
        }
        value
    }

    fn wrong_count(
        &mut self,
        callee: Callee<'_>,
        expected: &[Expected],
        given: usize,
        missing: &[&str],
    ) {
        let function = callee.name;
        let names: Vec<&str> = expected.iter().map(|e| e.name.as_str()).collect();
        let message = if missing.is_empty() {
            format!("`{function}` takes {}, not {given}", counted(names.len()))
        } else {
            format!("`{function}` lacks {}", quoted(missing))
        };
        let location = self.at(callee.place);
        self.ctx.report(
            Diagnostic::error("wrong-argument-count", location, message)
                .hint(format!("write `{function}({})`", names.join(", "))),
        );
    }

    fn unknown_argument(&mut self, function: &str, expected: &[Expected], name: &ast::Ident) {
        let names: Vec<&str> = expected.iter().map(|e| e.name.as_str()).collect();
        let diagnostic = Diagnostic::error(
            "unknown-argument",
            self.at(name.span),
            format!("`{function}` has no argument `{}`", name.text),
        );
        let diagnostic = match nearest(&name.text, names.iter().copied()) {
            Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
            None => diagnostic.hint(format!("write `{function}({})`", names.join(", "))),
        };
        self.ctx.report(diagnostic);
    }

    /// Types arguments for the mistakes in them alone.
    fn check_all(&mut self, arguments: &[ast::Argument]) {
        for argument in arguments {
            self.infer(&argument.value, None);
        }
    }
}

fn counted(count: usize) -> String {
    match count {
        0 => "no argument".to_owned(),
        1 => "one argument".to_owned(),
        n => format!("{n} arguments"),
    }
}

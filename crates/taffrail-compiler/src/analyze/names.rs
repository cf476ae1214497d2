//! What names in expressions stand for.

use taffrail_runtime::program::Root;
use taffrail_runtime::{EnumType, Type, Value};
use taffrail_syntax::suggest::nearest;
use taffrail_syntax::{Diagnostic, Span, ast};

use super::checker::{Checker, Reach, quoted};
use super::scope::{Entry, Symbol};
use super::special::literal_path;
use super::{elsewhere, functions, roots, words};
use crate::typed::{Expr, ExprKind, LetId, LocalId};

impl Checker<'_, '_> {
    /// Returns what a name stands for. Beside an enum-typed operand a bare word is a member first.
    pub(super) fn name(&mut self, name: &str, span: Span, expected: Option<&Type>) -> Expr {
        let set = match expected {
            Some(Type::Enum(set)) => Some(*set),
            _ => None,
        };
        if let Some(set) = set.filter(|set| self.is_member(*set, name)) {
            return self.constant(Value::string(name), Type::Enum(set), span);
        }
        if let Some(expr) = self.local(name, span) {
            return expr;
        }
        let module = self.ctx.module_of(self.file).to_owned();
        if let Some(entry) = self.ctx.entry(&module, name) {
            return self.symbol(entry, name, span);
        }
        if self.reach == Reach::Facts {
            if let Some(root) = roots::root(name) {
                let ty = match root {
                    Root::Current => self.ctx.reviewed.current.clone(),
                    Root::Proposed => self.ctx.reviewed.proposed.clone(),
                    root => roots::fact(root).ty(),
                };
                return self.expr(ExprKind::Root(root), ty, span);
            }
            if name == "changes" {
                let ty = Type::List(Box::new(Type::String));
                return self.expr(ExprKind::Changes, ty, span);
            }
        }
        match set {
            Some(set) => self.unknown_word(set, name, span),
            None => self.unknown_name(name, span),
        }
    }

    fn local(&mut self, name: &str, span: Span) -> Option<Expr> {
        let in_scope = self.locals.iter().rev().find(|(local, _)| local == name);
        let id = match in_scope {
            Some((_, id)) => *id,
            None => self.state_of_rule(name, span)?,
        };
        let ty = self.ctx.local(id)?.ty.clone();
        let local = self.expr(ExprKind::Local(id), ty, span);
        Some(self.read(local))
    }

    /// Returns what a budget or breaker offers its reason, unless the module has a name like it.
    fn state_of_rule(&mut self, name: &str, span: Span) -> Option<LocalId> {
        let id = self.state.iter().find(|(local, _)| *local == name)?.1;
        let module = self.ctx.module_of(self.file);
        if let Some(entry) = self.ctx.entry(module, name) {
            let location = self.at(span);
            self.ctx.report(
                Diagnostic::error(
                    "shadowed-name",
                    location,
                    format!("`{name}` is what the rule says of itself, and a declaration too"),
                )
                .label(entry.location, "declared here")
                .hint("give the declaration another name"),
            );
        }
        Some(id)
    }

    /// Tells whether a name has a meaning of its own, whatever stands beside it.
    pub(super) fn is_value(&self, name: &str) -> bool {
        let module = self.ctx.module_of(self.file);
        self.locals.iter().any(|(local, _)| local == name)
            || self.state.iter().any(|(local, _)| *local == name)
            || self.ctx.entry(module, name).is_some()
            || roots::root(name).is_some()
            || name == "changes"
    }

    /// Returns what a declared name stands for.
    pub(super) fn symbol(&mut self, entry: Entry, name: &str, span: Span) -> Expr {
        self.ctx.mark_used(entry.declared);
        if self.reach != Reach::Facts {
            return self.fixed_symbol(entry, name, span);
        }
        match entry.symbol {
            Symbol::Let(id) => self.fact_let(id, entry, name, span),
            Symbol::Param(id) => {
                let ty = self.param_type(id.0);
                self.expr(ExprKind::Param(id), ty, span)
            }
            Symbol::Signal(id) => {
                let signal = self.ctx.module.signals.get(id.0 as usize);
                let ty = signal.map_or(Type::Dynamic, |signal| signal.ty.clone());
                self.expr(ExprKind::Signal(id), ty, span)
            }
        }
    }

    fn fact_let(&mut self, id: LetId, entry: Entry, name: &str, span: Span) -> Expr {
        let is_function = self
            .ctx
            .let_state(id)
            .is_some_and(|state| state.ast.params.is_some());
        if is_function {
            return self.invalid(
                Diagnostic::error(
                    "function-not-called",
                    self.at(span),
                    format!("`{name}` is a function, and a function is not a value"),
                )
                .label(entry.location, "declared here")
                .hint(format!("call it: `{name}(…)`")),
            );
        }
        // Not typed yet means that the definition goes in a circle, which linking reports with the path.
        let ty = self
            .ctx
            .typed_let(id)
            .map_or(Type::Dynamic, |done| done.body.ty.clone());
        self.expr(ExprKind::Let(id), ty, span)
    }

    fn fixed_symbol(&mut self, entry: Entry, name: &str, span: Span) -> Expr {
        let Symbol::Param(id) = entry.symbol else {
            return self.not_fixed(name, span);
        };
        if let Reach::EarlierParams(own) = self.reach {
            let earlier = id.0 < own && entry.location.source == self.at(span).source;
            if !earlier {
                return self.invalid(
                    Diagnostic::error(
                        "not-a-constant",
                        self.at(span),
                        format!("a default may only use parameters declared above it, and `{name}` is not"),
                    )
                    .label(entry.location, "declared here"),
                );
            }
        }
        let ty = self.param_type(id.0);
        self.expr(ExprKind::Param(id), ty, span)
    }

    /// Reports a name whose value only a request brings.
    pub(super) fn not_fixed(&mut self, name: &str, span: Span) -> Expr {
        self.invalid(
            Diagnostic::error(
                "not-a-constant",
                self.at(span),
                format!("`{name}` is not known when the policies are compiled"),
            )
            .at("only literals and parameters here"),
        )
    }

    fn param_type(&self, at: u32) -> Type {
        let param = self.ctx.module.params.get(at as usize);
        param.map_or(Type::Dynamic, |param| param.ty.clone())
    }

    fn unknown_name(&mut self, name: &str, span: Span) -> Expr {
        if self.reach != Reach::Facts && (roots::root(name).is_some() || name == "changes") {
            return self.not_fixed(name, span);
        }
        if let Some(used) = self.ctx.used_module(self.file, name) {
            let (path, declared) = (used.module.clone(), used.declared);
            self.ctx.mark_used(declared);
            return self.invalid(
                Diagnostic::error(
                    "module-as-value",
                    self.at(span),
                    format!("`{name}` is the module `{path}`, not a value"),
                )
                .hint(format!("name something of it: `{name}.…`")),
            );
        }
        let mut diagnostic = Diagnostic::error(
            "unknown-name",
            self.at(span),
            format!("nothing is called `{name}` here"),
        )
        .at("not declared");
        for hint in self.hints_for(name) {
            diagnostic = diagnostic.hint(hint);
        }
        self.invalid(diagnostic)
    }

    fn hints_for(&self, name: &str) -> Vec<String> {
        if functions::is_function(name) {
            return vec![format!("`{name}` is a function; call it: `{name}(…)`")];
        }
        if let Some(set) = words::set_of(name) {
            let beside = match set {
                EnumType::Verb => "verb",
                EnumType::PrincipalKind => "principal.kind",
                EnumType::RollbackClass => "rollback.class",
                EnumType::BreakerState => "state",
            };
            return vec![format!(
                "`{name}` is {} and stands beside one: `{beside} == {name}`",
                words::describe(set)
            )];
        }
        if let Some(module) = self.module_that_declares(name) {
            let alias = module.rsplit('.').next().unwrap_or(module);
            return vec![format!(
                "module `{module}` declares it: write `use {module}` and `{alias}.{name}`"
            )];
        }
        if ["used", "limit", "spend"].contains(&name) {
            return vec![format!("only the `because` of a budget may read `{name}`")];
        }
        if ["state", "until"].contains(&name) {
            return vec![format!("only the `because` of a breaker may read `{name}`")];
        }
        if let Some(here) = elsewhere::name(name) {
            return vec![format!("here that is {here}")];
        }
        let paths = roots::paths_to(name);
        if !paths.is_empty() {
            let paths: Vec<String> = paths.iter().map(|path| format!("`{path}`")).collect();
            return vec![format!("did you mean {}?", paths.join(" or "))];
        }
        let candidates = self.names_in_scope();
        match nearest(name, candidates.iter().map(String::as_str)) {
            Some(near) => vec![format!("did you mean `{near}`?")],
            None => vec![format!("a text is written in quotes: `\"{name}\"`")],
        }
    }

    fn module_that_declares(&self, name: &str) -> Option<&str> {
        self.ctx
            .modules
            .iter()
            .find(|(_, scope)| scope.names.contains_key(name))
            .map(|(path, _)| path.as_str())
    }

    /// Reports a module that is named by its whole path where a value is read of it.
    pub(super) fn unimported_module(&mut self, base: &ast::Expr) -> Option<Expr> {
        let mut root = base;
        while let ast::ExprKind::Field(below, _) = &root.kind {
            root = below;
        }
        // Nearly every path starts at a fact, and needs no copy of its words to be told apart.
        if matches!(&root.kind, ast::ExprKind::Name(name) if self.is_value(name)) {
            return None;
        }
        let words = literal_path(base).ok()?;
        let [_, .., alias] = words.as_slice() else {
            return None;
        };
        let module = words.join(".");
        if !self.ctx.modules.contains_key(&module) {
            return None;
        }
        let diagnostic = Diagnostic::error(
            "unknown-name",
            self.at(base.span),
            format!("module `{module}` is not brought in here"),
        )
        .hint(format!(
            "write `use {module}` at the top and `{alias}.…` here"
        ));
        Some(self.invalid(diagnostic))
    }

    /// Returns all names that an expression may use here.
    fn names_in_scope(&self) -> Vec<String> {
        let own = self.ctx.module_of(self.file);
        let declared = self.ctx.modules.get(own);
        let uses = self.ctx.file_scopes.get(self.file);
        let locals = self.locals.iter().map(|(name, _)| name.clone());
        let state = self.state.iter().map(|(name, _)| (*name).to_owned());
        let facts = roots::names().map(str::to_owned);
        locals
            .chain(state)
            .chain(
                declared
                    .into_iter()
                    .flat_map(|scope| scope.names.keys().cloned()),
            )
            .chain(
                uses.into_iter()
                    .flat_map(|scope| scope.uses.keys().cloned()),
            )
            .chain(facts)
            .chain(std::iter::once("changes".to_owned()))
            .collect()
    }

    /// Returns the module and its name when a path starts with the short name of a used module.
    pub(super) fn module_member(&mut self, base: &ast::Expr) -> Option<String> {
        let ast::ExprKind::Name(alias) = &base.kind else {
            return None;
        };
        if self.is_value(alias) {
            return None;
        }
        let used = self.ctx.used_module(self.file, alias)?;
        let (module, declared) = (used.module.clone(), used.declared);
        self.ctx.mark_used(declared);
        Some(module)
    }

    /// Returns what a name of another module stands for, or reports that there is none.
    pub(super) fn entry_of(&mut self, module: &str, name: &ast::Ident) -> Option<Entry> {
        if let Some(entry) = self.ctx.entry(module, &name.text) {
            return Some(entry);
        }
        let scope = self.ctx.modules.get(module)?;
        let names: Vec<String> = scope.names.keys().cloned().collect();
        let mut diagnostic = Diagnostic::error(
            "unknown-member",
            self.at(name.span),
            format!("module `{module}` declares no `{}`", name.text),
        );
        diagnostic = match nearest(&name.text, names.iter().map(String::as_str)) {
            Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
            None if names.is_empty() => diagnostic.hint("it declares no values"),
            None => diagnostic.hint(format!("it declares {}", quoted(&names))),
        };
        self.ctx.report(diagnostic);
        None
    }
}

//! Collects what a set declares: modules, names, verbs, kinds, rules. Nothing is resolved yet.

use taffrail_runtime::{EnumType, Type, Value};
use taffrail_syntax::suggest::nearest;
use taffrail_syntax::{Diagnostic, Location, ast};

use super::reviewed::Reviewed;
use super::scope::{
    Context, Entry, FileScope, LetState, RuleEntry, Symbol, Use, dotted, full_name, index,
};
use super::shape::Shape;
use super::types::{self, TypeError};
use super::{functions, roots, words};
use crate::typed::{self, Expr, ExprKind, LetId, ParamId, SignalId};

/// Fills the tables of names from every file.
pub(super) fn declare(ctx: &mut Context<'_>) {
    let files = ctx.files;
    for file in files {
        let module = file.ast.policy.as_ref().map(dotted).unwrap_or_default();
        ctx.modules.entry(module.clone()).or_default();
        ctx.file_scopes.push(FileScope {
            module,
            ..FileScope::default()
        });
    }
    // Verbs come first: a name may not be one, wherever either is declared.
    for (at, file) in files.iter().enumerate() {
        for item in &file.ast.items {
            match &item.kind {
                ast::ItemKind::Verb(name) => declare_verb(ctx, at, name),
                ast::ItemKind::Kind(kind) => declare_kind(ctx, at, kind),
                _ => {}
            }
        }
    }
    for (at, file) in files.iter().enumerate() {
        for item in &file.ast.items {
            declare_item(ctx, at, item);
        }
    }
    report_ambiguous_uses(ctx);
}

/// Reports modules whose short name is also a name of the module that uses them.
fn report_ambiguous_uses(ctx: &mut Context<'_>) {
    let mut found = Vec::new();
    for scope in &ctx.file_scopes {
        for (alias, used) in &scope.uses {
            if let Some(entry) = ctx.entry(&scope.module, alias) {
                let diagnostic = duplicate("module", alias, used.location, entry.location);
                found.push((diagnostic, used.declared));
            }
        }
    }
    for (diagnostic, declared) in found {
        ctx.report(diagnostic);
        ctx.mark_used(declared);
    }
}

fn declare_item<'a>(ctx: &mut Context<'a>, file: usize, item: &'a ast::Item) {
    match &item.kind {
        ast::ItemKind::Use(path) => declare_use(ctx, file, path),
        ast::ItemKind::Param(param) => declare_param(ctx, file, param),
        ast::ItemKind::Signal(signal) => declare_signal(ctx, file, signal),
        ast::ItemKind::Let(written) => declare_let(ctx, file, written),
        ast::ItemKind::Rule(rule) => declare_rule(ctx, file, rule),
        ast::ItemKind::Test(test) => {
            let test = typed::Test {
                module: ctx.module_of(file).to_owned(),
                ast: test.clone(),
                location: ctx.at(file, item.span),
                condition: None,
            };
            ctx.module.tests.push(test);
        }
        ast::ItemKind::Verb(_) | ast::ItemKind::Kind(_) => {}
    }
}

fn declare_verb(ctx: &mut Context<'_>, file: usize, name: &ast::Ident) {
    let location = ctx.at(file, name.span);
    if words::members(EnumType::Verb).contains(&name.text.as_str()) || name.text == "any" {
        ctx.report(
            Diagnostic::error(
                "duplicate-name",
                location,
                format!("`{}` is a verb already", name.text),
            )
            .at("needs no declaration"),
        );
        return;
    }
    let module = ctx.module_of(file).to_owned();
    let declared = ctx.declare("verb", full_name(&module, &name.text), location);
    // A word of another set may be a verb as well: what stands beside it tells them apart.
    if roots::root(&name.text).is_some() || functions::is_function(&name.text) {
        let meaning = reserved_meaning(&name.text).unwrap_or_default();
        ctx.report(taken(&name.text, &meaning, location));
        ctx.mark_used(declared);
    }
    ctx.verbs
        .entry(name.text.clone())
        .or_default()
        .push(declared);
    let scope = ctx.modules.entry(module).or_default();
    if let Some(first) = scope.verbs.insert(name.text.clone(), location) {
        ctx.report(duplicate("verb", &name.text, location, first));
    }
}

fn declare_kind(ctx: &mut Context<'_>, file: usize, written: &ast::KindDecl) {
    let location = ctx.at(file, written.kind.span);
    let kind = written.kind.kind.text.clone();
    let Some(group) = written.kind.group.clone() else {
        ctx.report(
            Diagnostic::error(
                "kind-without-group",
                location,
                format!("the declaration of `{kind}` lacks its API group"),
            )
            .hint(format!(
                "for example `kind example.com/{kind} from \"crd.yaml\"`"
            )),
        );
        return;
    };
    let declared = ctx.declare("kind", format!("{group}/{kind}"), location);
    ctx.kinds.entry(kind).or_default().push((group, declared));
}

fn declare_use(ctx: &mut Context<'_>, file: usize, path: &ast::Path) {
    let location = ctx.at(file, path.span);
    let module = dotted(path);
    let Some(alias) = path.segments.last() else {
        return;
    };
    if !ctx.modules.contains_key(&module) {
        report_unknown_module(ctx, &module, location);
        return;
    }
    let own = ctx.module_of(file).to_owned();
    let declared = ctx.declare("use", module.clone(), location);
    if let Some(meaning) = reserved_meaning(&alias.text) {
        ctx.report(taken(&alias.text, &meaning, ctx.at(file, alias.span)));
        ctx.mark_used(declared);
    }
    ctx.module.imports.push(typed::Import {
        from: own,
        to: module.clone(),
        location,
    });
    let used = Use {
        module,
        location,
        declared,
    };
    let Some(scope) = ctx.file_scopes.get_mut(file) else {
        return;
    };
    if let Some(first) = scope.uses.insert(alias.text.clone(), used) {
        let diagnostic = duplicate("module", &alias.text, location, first.location);
        ctx.report(diagnostic);
    }
}

fn report_unknown_module(ctx: &mut Context<'_>, module: &str, location: Location) {
    let known: Vec<&str> = ctx.modules.keys().map(String::as_str).collect();
    let diagnostic = Diagnostic::error(
        "unknown-module",
        location,
        format!("no file of this set has the path `{module}`"),
    );
    let diagnostic = match nearest(module, known.iter().copied()) {
        Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
        None => diagnostic.hint(format!(
            "a module is what a file's `policy` line says: `policy {module}`"
        )),
    };
    ctx.report(diagnostic);
}

fn declare_param(ctx: &mut Context<'_>, file: usize, param: &ast::Param) {
    let id = ParamId(index(ctx.module.params.len()));
    let ty = resolve_type(ctx, file, &param.ty);
    let (location, name) = declare_name(ctx, file, "param", &param.name, Symbol::Param(id));
    ctx.module.params.push(typed::Param {
        name,
        value: Expr {
            kind: ExprKind::Constant(Value::Absent),
            ty: ty.clone(),
            location,
        },
        ty,
        location,
    });
}

fn declare_signal(ctx: &mut Context<'_>, file: usize, signal: &ast::Signal) {
    let id = SignalId(index(ctx.module.signals.len()));
    let ty = resolve_type(ctx, file, &signal.ty);
    if matches!(ty, Type::Image | Type::Cidr | Type::Semver | Type::Window) {
        let location = ctx.at(file, signal.ty.span);
        ctx.report(
            Diagnostic::error(
                "signal-not-plain",
                location,
                format!("a signal cannot be {}", types::with_article(&ty)),
            )
            .hint("declare it as a `string` and read it where it is used"),
        );
    }
    let (location, name) = declare_name(ctx, file, "signal", &signal.name, Symbol::Signal(id));
    ctx.module.signals.push(typed::Signal {
        name,
        ty,
        source: signal
            .source
            .as_ref()
            .map(|source| source.text.clone())
            .unwrap_or_default(),
        fresh: None,
        location,
    });
}

fn declare_let<'a>(ctx: &mut Context<'a>, file: usize, written: &'a ast::Let) {
    let id = LetId(index(ctx.lets.len()));
    let params = written
        .params
        .iter()
        .flatten()
        .map(|param| {
            let ty = resolve_type(ctx, file, &param.ty);
            (ctx.new_local(ty.clone(), Shape::Plain), ty)
        })
        .collect();
    ctx.lets.push(LetState {
        ast: written,
        file,
        params,
        reviewed: Reviewed::unchecked(),
        done: None,
    });
    declare_name(ctx, file, "let", &written.name, Symbol::Let(id));
}

/// Declares a name of its module; returns its place and its full name.
fn declare_name(
    ctx: &mut Context<'_>,
    file: usize,
    keyword: &'static str,
    name: &ast::Ident,
    symbol: Symbol,
) -> (Location, String) {
    let location = ctx.at(file, name.span);
    let module = ctx.module_of(file).to_owned();
    let full = full_name(&module, &name.text);
    let declared = ctx.declare(keyword, full.clone(), location);
    let meaning = match reserved_meaning(&name.text) {
        None if ctx.verbs.contains_key(&name.text) => Some("a verb that is declared".to_owned()),
        meaning => meaning,
    };
    if let Some(meaning) = meaning {
        ctx.report(taken(&name.text, &meaning, location));
        // What nothing can refer to is not unused as well.
        ctx.mark_used(declared);
    }
    let first = ctx.entry(&module, &name.text);
    match first.map(|entry| (entry.location, entry.declared)) {
        Some((first, first_declared)) => {
            ctx.report(duplicate(keyword, &name.text, location, first));
            // What a mistake keeps from being referred to is not unused as well.
            ctx.mark_used(declared);
            ctx.mark_used(first_declared);
        }
        None => {
            let entry = Entry {
                symbol,
                location,
                declared,
            };
            let scope = ctx.modules.entry(module).or_default();
            scope.names.insert(name.text.clone(), entry);
        }
    }
    (location, full)
}

fn declare_rule(ctx: &mut Context<'_>, file: usize, rule: &ast::Rule) {
    if matches!(rule.kind, ast::RuleKind::Waive | ast::RuleKind::Prove) {
        return;
    }
    let location = ctx.at(file, rule.name.span);
    let module = ctx.module_of(file).to_owned();
    let name = dotted(&rule.name);
    if rule.name.segments.len() > 1 {
        ctx.report(
            Diagnostic::error(
                "dotted-rule-name",
                location,
                format!("the name of a {} is one word", rule.kind.keyword()),
            )
            .hint("its module's path is put before it"),
        );
    }
    let entry = RuleEntry {
        id: None,
        kind: rule.kind,
        location,
        forbids: rule
            .clauses
            .iter()
            .any(|clause| clause.kind == ast::ClauseKind::Forbid),
    };
    let scope = ctx.modules.entry(module).or_default();
    match scope.rules.get(&name).map(|first| first.location) {
        Some(first) => ctx.report(duplicate("rule", &name, location, first)),
        None => {
            scope.rules.insert(name, entry);
        }
    }
}

/// Returns the type that is written, dynamic where it means nothing.
pub(super) fn resolve_type(ctx: &mut Context<'_>, file: usize, written: &ast::TypeExpr) -> Type {
    let diagnostic = match types::named(written) {
        Ok(ty) => return ty,
        Err(TypeError::Unknown(name)) => {
            let diagnostic = Diagnostic::error(
                "unknown-type",
                ctx.at(file, name.span),
                format!("there is no type `{}`", name.text),
            );
            match nearest(&name.text, types::NAMES.iter().copied()) {
                Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
                None => diagnostic.hint(format!("one of {}", super::checker::quoted(types::NAMES))),
            }
        }
        Err(TypeError::NeedsArgument(written)) => {
            let name = &written.name.text;
            Diagnostic::error(
                "wrong-type-argument",
                ctx.at(file, written.span),
                format!("`{name}` does not say what it holds"),
            )
            .hint(format!("for example `{name}<string>`"))
        }
        Err(TypeError::TakesNoArgument(written)) => {
            let name = &written.name.text;
            Diagnostic::error(
                "wrong-type-argument",
                ctx.at(file, written.span),
                format!("`{name}` takes no type in angle brackets"),
            )
            .hint("only `list<T>` and `map<T>` do")
        }
    };
    ctx.report(diagnostic);
    Type::Dynamic
}

/// Returns what a name means in the language itself; `None` when it is free to be declared.
pub(super) fn reserved_meaning(name: &str) -> Option<String> {
    if roots::root(name).is_some() || name == "changes" {
        return Some("a fact of the request".to_owned());
    }
    if functions::is_function(name) {
        return Some("a built-in function".to_owned());
    }
    let set = words::set_of(name)?;
    Some(format!(
        "{} that conditions compare with",
        words::describe(set)
    ))
}

fn taken(name: &str, meaning: &str, location: Location) -> Diagnostic {
    Diagnostic::error(
        "reserved-name",
        location,
        format!("`{name}` already means something: {meaning}"),
    )
    .hint("choose another name")
}

fn duplicate(what: &str, name: &str, location: Location, first: Location) -> Diagnostic {
    Diagnostic::error(
        "duplicate-name",
        location,
        format!("{what} `{name}` takes a name that is declared already"),
    )
    .at("again here")
    .label(first, "first here")
}

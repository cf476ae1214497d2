//! Names that nothing uses.

use std::collections::BTreeSet;

use taffrail_syntax::{Diagnostic, ast};

use super::scope::Context;

/// Notes what tests use: verbs of their requests, and modules whose rules they expect.
pub(super) fn mark_used_by_tests(ctx: &mut Context<'_>) {
    let files = ctx.files;
    for (at, file) in files.iter().enumerate() {
        for item in &file.ast.items {
            let ast::ItemKind::Test(test) = &item.kind else {
                continue;
            };
            let cases = test.cases.iter();
            let entries = test
                .given
                .entries
                .iter()
                .chain(cases.clone().flat_map(|case| &case.entries));
            for entry in entries.filter(|entry| entry.key.text == "verb") {
                mark_verb(ctx, &entry.value);
            }
            for value in drawn_verbs(test) {
                mark_verb(ctx, value);
            }
            let expects = test
                .expects
                .iter()
                .chain(cases.flat_map(|case| &case.expects));
            for expect in expects {
                mark_module(ctx, at, expect);
            }
        }
    }
}

/// Returns the values of `verb` that a test draws.
fn drawn_verbs(test: &ast::Test) -> impl Iterator<Item = &ast::GivenValue> {
    let domains = test.any.iter().flat_map(|any| &any.domains);
    domains
        .filter(|domain| matches!(domain.path.as_slice(), [key] if key.text == "verb"))
        .flat_map(|domain| match &domain.values {
            ast::DomainValues::List(values) => values.as_slice(),
            ast::DomainValues::Range { .. } => &[],
        })
}

fn mark_verb(ctx: &mut Context<'_>, value: &ast::GivenValue) {
    let ast::GivenValueKind::Word(verb) = &value.kind else {
        return;
    };
    for declared in ctx.verbs.get(verb).cloned().unwrap_or_default() {
        ctx.mark_used(declared);
    }
}

fn mark_module(ctx: &mut Context<'_>, file: usize, expect: &ast::Expect) {
    let name = match &expect.kind {
        ast::ExpectKind::Rule { name, .. } | ast::ExpectKind::UnknownSignal(name) => name,
        ast::ExpectKind::Verdict { .. }
        | ast::ExpectKind::Risk { .. }
        | ast::ExpectKind::Gate(_)
        | ast::ExpectKind::Snapshot => return,
    };
    if let [alias, _, ..] = name.segments.as_slice()
        && let Some(used) = ctx.used_module(file, &alias.text)
    {
        let declared = used.declared;
        ctx.mark_used(declared);
    }
}

/// Warns of each declaration that nothing refers to. A module without rules is a library: what it
/// declares is there for others, maybe of another set.
pub(super) fn warn(ctx: &mut Context<'_>) {
    let mut with_rules: BTreeSet<taffrail_syntax::SourceId> = BTreeSet::new();
    let mut modules: BTreeSet<&str> = BTreeSet::new();
    let has_rules = |file: &super::SourceFile| {
        file.ast
            .items
            .iter()
            .any(|item| matches!(item.kind, ast::ItemKind::Rule(_)))
    };
    for (at, file) in ctx.files.iter().enumerate() {
        if has_rules(file) {
            modules.insert(ctx.module_of(at));
        }
    }
    for (at, file) in ctx.files.iter().enumerate() {
        if modules.contains(ctx.module_of(at)) {
            with_rules.insert(file.source);
        }
    }
    let mut warnings = Vec::new();
    for name in &ctx.module.names {
        let word = name.name.rsplit(['.', '/']).next().unwrap_or(&name.name);
        // Tests name kinds and custom verbs too, and a `use` of a library is never there for others.
        let library = !with_rules.contains(&name.location.source) && name.keyword != "use";
        if name.used || library || name.keyword == "kind" || word.starts_with('_') {
            continue;
        }
        let warning = Diagnostic::warning(
            "unused-name",
            name.location,
            format!("nothing uses {} `{word}`", described(name.keyword)),
        );
        warnings.push(match name.keyword {
            "use" => warning.hint("remove the line"),
            _ => warning.hint(format!("remove it, or call it `_{word}` to keep it")),
        });
    }
    ctx.diagnostics.extend(warnings);
}

fn described(keyword: &str) -> &str {
    match keyword {
        "param" => "parameter",
        "use" => "module",
        other => other,
    }
}

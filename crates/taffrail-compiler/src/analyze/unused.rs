//! Names that nothing uses.

use std::collections::BTreeSet;

use taffrail_syntax::{Diagnostic, ast};

use super::scope::Context;

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

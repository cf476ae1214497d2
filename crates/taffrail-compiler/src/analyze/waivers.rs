//! Waivers: the rule each one forgives, until when, and what it is called.

use std::collections::BTreeMap;

use jiff::Timestamp;
use taffrail_runtime::text;
use taffrail_syntax::suggest::nearest;
use taffrail_syntax::{Diagnostic, Location, ast};

use super::bodies::State;
use super::clauses::{Clauses, Slot};
use super::scope::{Context, RuleEntry, full_name, join_words};
use super::{polarity, reviewed, rules};
use crate::typed::{RuleBody, RuleId};

/// A waiver as written, with its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Written<'a> {
    file: usize,
    item: &'a ast::Item,
    rule: &'a ast::Rule,
}

/// Adds all waivers to the module. The other rules must have been added.
pub(super) fn add_all(ctx: &mut Context<'_>) {
    let files = ctx.files;
    let mut by_name: BTreeMap<String, Vec<(RuleEntry, RuleId, Written<'_>)>> = BTreeMap::new();
    for (file, source) in files.iter().enumerate() {
        for item in &source.ast.items {
            let ast::ItemKind::Rule(rule) = &item.kind else {
                continue;
            };
            if rule.kind != ast::RuleKind::Waive {
                continue;
            }
            let written = Written { file, item, rule };
            if let Some((name, entry)) = target(ctx, written)
                && let Some(id) = entry.id
            {
                by_name.entry(name).or_default().push((entry, id, written));
            }
        }
    }
    for (name, mut waivers) in by_name {
        // Numbers must not depend on the order of files and rules: what is written decides.
        if waivers.len() > 1 {
            waivers.sort_by_cached_key(|(_, _, written)| without_places(written.rule));
        }
        for (at, (_, id, written)) in waivers.into_iter().enumerate() {
            let name = match at {
                0 => name.clone(),
                _ => format!("{name}#{}", at + 1),
            };
            add(ctx, written, id, name);
        }
    }
}

fn add(ctx: &mut Context<'_>, waiver: Written<'_>, rule: RuleId, name: String) {
    let Written {
        file,
        item,
        rule: written,
    } = waiver;
    ctx.reviewed = reviewed::in_rule(ctx, written);
    let clauses = Clauses::of(ctx, file, written);
    let location = ctx.at(file, written.name.span);
    let needed = [Slot::Until, Slot::By, Slot::Because];
    clauses.require(ctx, written, location, &needed);
    let body = RuleBody::Waiver {
        rule,
        until: until(ctx, file, &clauses),
        by: by(&clauses),
        at_most_propose: clauses.get(Slot::AtMost).is_some(),
    };
    let rule = rules::frame(ctx, file, item, written, &clauses, name, body, State::new());
    polarity::check_rule(ctx, &rule);
    ctx.module.rules.push(rule);
}

/// Returns what a waiver says, as text without the places at which it is said.
fn without_places(rule: &ast::Rule) -> String {
    let text = format!("{:?}", rule.clauses);
    let mut pieces = text.split("Span { ");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| {
        text + piece.split_once('}').map_or(piece, |(_, rest)| rest)
    })
}

/// Returns the name of the waiver without its number, and the rule it forgives.
fn target(ctx: &mut Context<'_>, waiver: Written<'_>) -> Option<(String, RuleEntry)> {
    let Written { file, rule, .. } = waiver;
    let own = ctx.module_of(file).to_owned();
    let (last, path) = rule.name.segments.split_last()?;
    let module = if path.is_empty() {
        own.clone()
    } else {
        named_module(ctx, file, path)?
    };
    let entry = entry(ctx, file, &module, last)?;
    let written = if module == own {
        last.text.clone()
    } else {
        full_name(&module, &last.text)
    };
    let location = ctx.at(file, rule.name.span);
    match entry.kind {
        ast::RuleKind::Guard | ast::RuleKind::Budget | ast::RuleKind::Breaker => {}
        ast::RuleKind::Grant
        | ast::RuleKind::Tolerance
        | ast::RuleKind::Waive
        | ast::RuleKind::Prove => {
            let keyword = entry.kind.keyword();
            ctx.report(
                Diagnostic::error(
                    "not-waivable",
                    location,
                    format!(
                        "`{written}` is a {keyword}, and there is nothing to waive in a {keyword}"
                    ),
                )
                .label(entry.location, "declared here")
                .hint("only guards, budgets and breakers can be waived"),
            );
            return None;
        }
    }
    if entry.forbids && module != own {
        ctx.report(
            Diagnostic::error(
                "foreign-forbid-waived",
                location,
                format!("`{written}` forbids, and only its own module may waive that"),
            )
            .label(entry.location, "declared here")
            .hint(format!("move the waiver into a file of `policy {module}`")),
        );
    }
    let name = full_name(&full_name(&own, "waive"), &written);
    Some((name, entry))
}

/// Returns the module that a path names: a used one by its last word, or any by its full path.
fn named_module(ctx: &mut Context<'_>, file: usize, path: &[ast::Ident]) -> Option<String> {
    if let [alias] = path
        && let Some(used) = ctx.used_module(file, &alias.text)
    {
        let (module, declared) = (used.module.clone(), used.declared);
        ctx.mark_used(declared);
        return Some(module);
    }
    let module = join_words(path);
    if ctx.modules.contains_key(&module) {
        return Some(module);
    }
    let span = path
        .iter()
        .map(|word| word.span)
        .reduce(taffrail_syntax::Span::join)?;
    let diagnostic = Diagnostic::error(
        "unknown-module",
        ctx.at(file, span),
        format!("no file of this set has the path `{module}`"),
    );
    let diagnostic = match nearest(&module, ctx.modules.keys().map(String::as_str)) {
        Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
        None => diagnostic.hint("another module's rule is named by the module's path"),
    };
    ctx.report(diagnostic);
    None
}

fn entry(ctx: &mut Context<'_>, file: usize, module: &str, name: &ast::Ident) -> Option<RuleEntry> {
    let scope = ctx.modules.get(module)?;
    if let Some(entry) = scope.rules.get(&name.text) {
        return Some(*entry);
    }
    let diagnostic = Diagnostic::error(
        "unknown-rule",
        ctx.at(file, name.span),
        format!("module `{module}` has no rule `{}`", name.text),
    );
    let elsewhere = ctx
        .modules
        .iter()
        .find(|(_, scope)| scope.rules.contains_key(&name.text))
        .map(|(path, _)| full_name(path, &name.text));
    let diagnostic = match (
        nearest(&name.text, scope.rules.keys().map(String::as_str)),
        elsewhere,
    ) {
        (_, Some(path)) => diagnostic.hint(format!("another module has it: `waive {path}`")),
        (Some(near), None) => diagnostic.hint(format!("did you mean `{near}`?")),
        (None, None) => diagnostic,
    };
    ctx.report(diagnostic);
    None
}

/// Returns the instant at which a waiver ends: of a day, the midnight in UTC after it.
fn until(ctx: &mut Context<'_>, file: usize, clauses: &Clauses<'_>) -> Timestamp {
    let Some(ast::Clause {
        kind: ast::ClauseKind::Until(expr),
        ..
    }) = clauses.get(Slot::Until)
    else {
        return Timestamp::MIN;
    };
    let location = ctx.at(file, expr.span);
    let ast::ExprKind::Time(written) = &expr.kind else {
        ctx.report(until_not_a_date(location));
        return Timestamp::MIN;
    };
    match end_of(written) {
        Some(end) => end,
        None => {
            ctx.report(super::literals::invalid_time(written, location));
            Timestamp::MIN
        }
    }
}

fn end_of(written: &str) -> Option<Timestamp> {
    match text::parse_date(written) {
        Some(day) => {
            let next = day.tomorrow().ok()?;
            text::parse_time(&next.to_string())
        }
        None => text::parse_time(written),
    }
}

fn until_not_a_date(location: Location) -> Diagnostic {
    Diagnostic::error(
        "until-not-a-date",
        location,
        "a waiver ends on a day or at an instant that stands in it",
    )
    .hint("for example `until 2027-03-31`")
}

fn by(clauses: &Clauses<'_>) -> String {
    match clauses.get(Slot::By).map(|clause| &clause.kind) {
        Some(ast::ClauseKind::By(person)) => person.text.clone(),
        _ => String::new(),
    }
}

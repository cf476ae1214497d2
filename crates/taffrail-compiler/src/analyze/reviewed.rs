//! What `current` and `proposed` are: objects of the kinds that a rule names.

use std::collections::BTreeSet;

use taffrail_runtime::Type;
use taffrail_syntax::ast;

use super::api::Part;
use super::kinds::is_stable;
use super::on::without_core;
use super::order::mentions;
use super::scope::Context;
use crate::typed::LetId;

/// The word after `of` for every kind that makes pods.
pub(super) const WORKLOAD: &str = "workload";

/// The verbs whose `proposed` is no object of the kind, but the options of the call.
const CALLS: &[&str] = &["exec", "portforward"];

/// The types of the two objects under review.
#[derive(Debug, Clone)]
pub(super) struct Reviewed {
    /// The live object.
    pub(super) current: Type,
    /// The object as it would be, or the options of a call.
    pub(super) proposed: Type,
}

impl Reviewed {
    /// Returns objects of which nothing is known, so that nothing is checked.
    pub(super) fn unchecked() -> Self {
        Self {
            current: Type::Dynamic,
            proposed: Type::Dynamic,
        }
    }

    fn of(ctx: &mut Context<'_>, parts: Vec<Part>, is_call: bool) -> Self {
        let current = ctx.api.object(parts);
        let proposed = if is_call {
            Type::Dynamic
        } else {
            current.clone()
        };
        Self { current, proposed }
    }
}

/// Returns the types of the objects under review in a rule.
pub(super) fn in_rule(ctx: &mut Context<'_>, rule: &ast::Rule) -> Reviewed {
    let parts = parts_of_rule(ctx, rule);
    Reviewed::of(ctx, parts, is_about_calls(rule))
}

/// Tells whether a rule names verbs, and all of them are calls.
fn is_about_calls(rule: &ast::Rule) -> bool {
    let verbs = rule.clauses.iter().find_map(|clause| match &clause.kind {
        ast::ClauseKind::On(on) => on.verbs.as_deref(),
        _ => None,
    });
    verbs.is_some_and(|verbs| {
        let mut names = verbs.iter().map(|verb| verb.text.as_str());
        !verbs.is_empty() && names.all(|name| CALLS.contains(&name))
    })
}

/// Notes for each let what the objects under review are in the rules that use it. In a let that no rule uses nobody
/// can say, and nothing is checked.
pub(super) fn note_for_lets(ctx: &mut Context<'_>) {
    let mut parts: Vec<BTreeSet<Part>> = vec![BTreeSet::new(); ctx.lets.len()];
    // A let that serves a call as well reads options there, so nobody can say.
    let mut serves_calls = vec![false; ctx.lets.len()];
    let mentioned: Vec<Vec<LetId>> = super::order::mentioned(ctx);
    let files = ctx.files;
    for (file, source) in files.iter().enumerate() {
        for item in &source.ast.items {
            let ast::ItemKind::Rule(rule) = &item.kind else {
                continue;
            };
            let mut open = Vec::new();
            for expr in rule.clauses.iter().flat_map(|clause| clause.kind.exprs()) {
                mentions(ctx, file, expr, &mut open);
            }
            if open.is_empty() {
                continue;
            }
            let of_rule = parts_of_rule(ctx, rule);
            let is_call = is_about_calls(rule);
            let mut seen = BTreeSet::new();
            while let Some(id) = open.pop() {
                if !seen.insert(id) {
                    continue;
                }
                let at = id.0 as usize;
                open.extend(mentioned.get(at).into_iter().flatten());
                if let Some(parts) = parts.get_mut(at) {
                    parts.extend(of_rule.iter().cloned());
                }
                if let Some(serves) = serves_calls.get_mut(at) {
                    *serves |= is_call;
                }
            }
        }
    }
    for (at, (parts, is_call)) in parts.into_iter().zip(serves_calls).enumerate() {
        let reviewed = if parts.is_empty() {
            Reviewed::unchecked()
        } else {
            Reviewed::of(ctx, parts.into_iter().collect(), is_call)
        };
        if let Some(state) = ctx.lets.get_mut(at) {
            state.reviewed = reviewed;
        }
    }
}

fn parts_of_rule(ctx: &Context<'_>, rule: &ast::Rule) -> Vec<Part> {
    match kinds_of(rule) {
        Some(kinds) => parts_of_kinds(ctx, kinds, rule.kind),
        None if rule.kind == ast::RuleKind::Waive => parts_of_waived(ctx, rule),
        None => vec![Part::AnyKind],
    }
}

fn kinds_of(rule: &ast::Rule) -> Option<&[ast::KindRef]> {
    let kinds = rule.clauses.iter().find_map(|clause| match &clause.kind {
        ast::ClauseKind::On(on) => Some(on.kinds.as_deref()),
        _ => None,
    })??;
    let is_any = kinds
        .iter()
        .any(|kind| kind.group.is_none() && kind.kind.text == "any");
    (!is_any).then_some(kinds)
}

/// Returns what the rules are about that a waiver without kinds of its own may mean.
fn parts_of_waived(ctx: &Context<'_>, waiver: &ast::Rule) -> Vec<Part> {
    let name = waiver.name.segments.last().map(|word| word.text.as_str());
    let mut parts = Vec::new();
    for item in ctx.files.iter().flat_map(|file| &file.ast.items) {
        let ast::ItemKind::Rule(rule) = &item.kind else {
            continue;
        };
        let own = rule.name.segments.last().map(|word| word.text.as_str());
        if rule.kind != ast::RuleKind::Waive && own == name {
            parts.extend(parts_of_rule(ctx, rule));
        }
    }
    if parts.is_empty() {
        parts.push(Part::AnyKind);
    }
    parts
}

fn parts_of_kinds(ctx: &Context<'_>, kinds: &[ast::KindRef], rule: ast::RuleKind) -> Vec<Part> {
    let mut parts = Vec::new();
    for written in kinds {
        if written.group.is_none() && written.kind.text == WORKLOAD {
            parts.extend(workload_parts(ctx));
            continue;
        }
        let meant = Meant {
            group: written.group.as_deref().map(without_core),
            version: written.version.as_deref(),
            kind: &written.kind.text,
        };
        let only_builtin = matches!(rule, ast::RuleKind::Grant | ast::RuleKind::Waive);
        parts.extend(of_kind(ctx, meant, only_builtin));
    }
    parts
}

fn workload_parts(ctx: &Context<'_>) -> Vec<Part> {
    workloads(ctx)
        .into_iter()
        .flat_map(|(group, kind)| {
            let meant = Meant {
                group: Some(&group),
                version: None,
                kind: &kind,
            };
            of_kind(ctx, meant, false)
        })
        .collect()
}

/// Returns group and kind of everything that makes pods: the built-in kinds, and custom kinds whose schema embeds a pod template.
pub(super) fn workloads(ctx: &Context<'_>) -> BTreeSet<(String, String)> {
    let schemas = &ctx.schemas;
    schemas
        .kinds()
        .map(|id| schemas.kind(id))
        .filter(|kind| kind.pod_template.is_some())
        .map(|kind| (kind.group.to_owned(), kind.kind.to_owned()))
        .collect()
}

/// Which objects are meant: a kind, and its group and version as far as they are named.
#[derive(Debug, Clone, Copy)]
pub(super) struct Meant<'n> {
    /// The group; the core group's name is empty.
    pub(super) group: Option<&'n str>,
    /// The version.
    pub(super) version: Option<&'n str>,
    /// The kind.
    pub(super) kind: &'n str,
}

/// Returns what an object is by the schemas of its kind: one part for each group that may be meant and, as an object may be
/// given in any of them, for each of its stable versions.
pub(super) fn of_kind(ctx: &Context<'_>, meant: Meant<'_>, only_builtin: bool) -> Vec<Part> {
    let schemas = &ctx.schemas;
    let mut found: Vec<_> = schemas
        .find(meant.group, meant.kind)
        .into_iter()
        .map(|id| (id, schemas.kind(id)))
        .collect();
    // A version that is not served is reported elsewhere.
    if let Some(version) = meant.version
        && found.iter().any(|(_, kind)| kind.version == version)
    {
        found.retain(|(_, kind)| kind.version == version);
    }
    let any_builtin = found.iter().any(|(_, kind)| kind.builtin);
    let only_builtin = only_builtin && meant.group.is_none() && any_builtin;
    let mut parts = Vec::new();
    let mut groups = BTreeSet::new();
    for (id, kind) in found {
        // The preferred version stands first; where it is stable, so must the others be.
        let is_first = groups.insert(kind.group.to_owned());
        if (kind.builtin || !only_builtin) && (is_first || is_stable(kind.version)) {
            parts.push(Part::Typed {
                kind: Some(id),
                ty: kind.root,
            });
        }
    }
    let declared = ctx.kinds.get(meant.kind).into_iter().flatten();
    let without_schema = declared
        .map(|(group, _)| group)
        .filter(|of| meant.group.is_none_or(|group| group == of.as_str()) && !groups.contains(*of));
    if !only_builtin {
        parts.extend(without_schema.map(|group| Part::WithoutSchema {
            group: Some(group.clone()),
            kind: meant.kind.to_owned(),
        }));
    }
    if parts.is_empty() {
        parts.push(Part::WithoutSchema {
            group: meant.group.map(str::to_owned),
            kind: meant.kind.to_owned(),
        });
    }
    parts
}

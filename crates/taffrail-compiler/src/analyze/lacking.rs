//! What is said of paths that the API's schemas do not have.

use std::collections::BTreeSet;

use taffrail_runtime::program::{Root, View};
use taffrail_schema::{Kind, KindId, Schemas, Type as ApiType, TypeId};
use taffrail_syntax::suggest::nearest;
use taffrail_syntax::{Diagnostic, Span};

use super::api::{Found, Lack, LackReason, Part};
use super::checker::{Checker, quoted};
use crate::typed::{Expr, ExprKind};

/// How far below an object a field of the same name is looked for.
const SEARCH_DEPTH: usize = 4;

/// The most fields that a hint lists.
const LISTED: usize = 8;

impl Checker<'_, '_> {
    /// Reports a field that some of the kinds lack.
    pub(super) fn lacking(&mut self, base: &Expr, found: &Found, field: &str, place: Span) -> Expr {
        let untyped = found
            .lacks
            .iter()
            .find(|lack| lack.reason == LackReason::Untyped);
        let diagnostic = match untyped {
            Some(lack) => self.untyped(base, &lack.part, field, place),
            None => self.missing(base, found, field, place),
        };
        self.invalid(diagnostic)
    }

    fn untyped(&self, base: &Expr, part: &Part, field: &str, place: Span) -> Diagnostic {
        let unchecked = match root_of(base) {
            Some(root) => format!("or read it unchecked: `dynamic({}).{field}`", root.name()),
            None => "or read it unchecked: `dynamic(…)` around the list or object".to_owned(),
        };
        match part {
            Part::WithoutSchema { group, kind } => {
                let name = match group {
                    Some(group) => format!("{group}/{kind}"),
                    None => kind.clone(),
                };
                let declared = match group {
                    Some(_) => format!("`kind {name} from \"crd.yaml\"`"),
                    None => format!("`kind example.com/{kind} from \"crd.yaml\"`"),
                };
                Diagnostic::error(
                    "untyped-path",
                    self.at(place),
                    format!("there is no schema of {name}, so nobody can say whether it has `{field}`"),
                )
                .hint(format!("give its schema: {declared}"))
                .hint(unchecked)
            }
            Part::Typed { .. } | Part::Pod { .. } | Part::AnyKind | Part::Open { .. } => {
                Diagnostic::error(
                    "untyped-path",
                    self.at(place),
                    format!("the rule is about objects of any kind, so nobody can say whether they have `{field}`"),
                )
                .hint("name the kinds: `on patch of Deployment, StatefulSet`")
                .hint(unchecked)
            }
        }
    }

    fn missing(&self, base: &Expr, found: &Found, field: &str, place: Span) -> Diagnostic {
        let schemas = &self.ctx.schemas;
        let path = path_of(base);
        let full = join(&path, field);
        let owners: BTreeSet<String> = found
            .lacks
            .iter()
            .map(|l| owner(schemas, l, base))
            .collect();
        let owners: Vec<String> = owners.into_iter().collect();
        let mut diagnostic = Diagnostic::error(
            "unknown-field",
            self.at(place),
            format!("`{full}` is not a field of {}", either(&owners)),
        );
        let parts: Vec<&Part> = found.lacks.iter().map(|lack| &lack.part).collect();
        if let Some(hint) = self.likely(&parts, &path, field) {
            diagnostic = diagnostic.hint(hint);
        }
        if let Some(hint) = other_versions(schemas, &parts, field) {
            diagnostic = diagnostic.hint(hint);
        }
        let others = self.others_with(base, field);
        if let Some(version) = self.other_version(base, found, field) {
            diagnostic = diagnostic.hint(format!("name the version that has it: `of {version}`"));
        } else if !others.is_empty() {
            diagnostic = diagnostic.hint(format!(
                "only {} has it: write a rule of its own for it, or read it unchecked with `dynamic(…)`",
                listed(&others)
            ));
        }
        diagnostic
    }

    /// Returns what the author may have meant.
    fn likely(&self, lacking: &[&Part], path: &str, field: &str) -> Option<String> {
        let schemas = &self.ctx.schemas;
        let names: BTreeSet<&str> = lacking
            .iter()
            .filter_map(|part| object_type(schemas, part))
            .flat_map(|ty| schemas.fields(ty).map(|field| field.name))
            .collect();
        if let Some(near) = nearest(field, names.iter().copied()) {
            return Some(format!("did you mean `{}`?", join(path, near)));
        }
        let below = lacking
            .iter()
            .filter_map(|part| object_type(schemas, part))
            .find_map(|ty| deeper(schemas, ty, field));
        if let Some(below) = below {
            return Some(format!("did you mean `{}`?", join(path, &below)));
        }
        let names: Vec<&str> = names.into_iter().take(LISTED + 1).collect();
        match names.len() {
            0 => None,
            all if all <= LISTED => Some(format!("it has {}", quoted(&names))),
            _ => None,
        }
    }

    /// Returns the kinds of the rule that do have the field, when others lack it.
    fn others_with(&self, base: &Expr, field: &str) -> Vec<String> {
        let taffrail_runtime::Type::Object(parts) = base.ty else {
            return Vec::new();
        };
        let schemas = &self.ctx.schemas;
        let having: BTreeSet<String> = self
            .ctx
            .api
            .parts(parts)
            .iter()
            .filter(|part| {
                object_type(schemas, part).is_some_and(|ty| schemas.field(ty, field).is_some())
            })
            .filter_map(|part| kind_of(part).map(|kind| kind_name(&schemas.kind(kind))))
            .collect();
        having.into_iter().collect()
    }

    /// Returns another version of a lacking kind that has the field, as `of` names it.
    fn other_version(&self, base: &Expr, found: &Found, field: &str) -> Option<String> {
        let taffrail_runtime::Type::Object(parts) = base.ty else {
            return None;
        };
        let schemas = &self.ctx.schemas;
        let lacking = found
            .lacks
            .iter()
            .filter_map(|lack| kind_of(&lack.part))
            .map(|kind| schemas.kind(kind))
            .next()?;
        self.ctx
            .api
            .parts(parts)
            .iter()
            .filter(|part| {
                object_type(schemas, part).is_some_and(|ty| schemas.field(ty, field).is_some())
            })
            .filter_map(|part| kind_of(part).map(|kind| schemas.kind(kind)))
            .find(|kind| kind.group == lacking.group && kind.kind == lacking.kind)
            .map(|kind| {
                let group = if kind.group.is_empty() {
                    "core"
                } else {
                    kind.group
                };
                format!("{group}/{}/{}", kind.version, kind.kind)
            })
    }

    /// Returns the kinds of objects that make pods; reports those that do not.
    pub(super) fn kinds_with_pods(
        &mut self,
        parts: u32,
        view: View,
        place: Span,
    ) -> Vec<Option<KindId>> {
        let schemas = &self.ctx.schemas;
        let (mut with, mut without) = (Vec::new(), Vec::new());
        for part in self.ctx.api.parts(parts) {
            match kind_of(part) {
                Some(kind) if schemas.kind(kind).pod_template.is_none() => {
                    without.push(kind_name(&schemas.kind(kind)));
                }
                kind => with.push(kind),
            }
        }
        if !without.is_empty() {
            let word = match view {
                View::Pod => "pod",
                View::Containers => "containers",
            };
            let location = self.at(place);
            self.ctx.report(
                Diagnostic::error(
                    "no-pod-template",
                    location,
                    format!(
                        "{} has no pod template, so there is no `{word}`",
                        either(&without)
                    ),
                )
                .hint("name only kinds that make pods after `of`; `of workload` means all of them"),
            );
        }
        with
    }

    /// Warns of a field that the API keeps only for old clients.
    pub(super) fn warn_of_deprecated(
        &mut self,
        base: &Expr,
        field: &str,
        deprecated: &str,
        place: Span,
    ) {
        let full = join(&path_of(base), field);
        let location = self.at(place);
        let mut diagnostic = Diagnostic::warning(
            "deprecated-field",
            location,
            format!("`{full}` is deprecated"),
        );
        if !deprecated.is_empty() {
            diagnostic = diagnostic.hint(format!("the API says: {deprecated}"));
        }
        self.ctx.report(diagnostic);
    }
}

/// Returns how a kind is written with its version: `apps/v1 Deployment`, `v1 Pod`.
pub(super) fn kind_name(kind: &Kind<'_>) -> String {
    if kind.group.is_empty() {
        format!("{} {}", kind.version, kind.kind)
    } else {
        format!("{}/{} {}", kind.group, kind.version, kind.kind)
    }
}

fn kind_of(part: &Part) -> Option<KindId> {
    match part {
        Part::Typed { kind, .. } | Part::Pod { kind } | Part::Open { kind } => *kind,
        Part::AnyKind | Part::WithoutSchema { .. } => None,
    }
}

/// Returns the object type whose fields a part has.
fn object_type(schemas: &Schemas, part: &Part) -> Option<TypeId> {
    let ty = match part {
        Part::Typed { ty, .. } => *ty,
        Part::Pod { .. } => schemas.pod_spec(),
        Part::AnyKind | Part::WithoutSchema { .. } | Part::Open { .. } => return None,
    };
    matches!(schemas.ty(ty), ApiType::Object { .. }).then_some(ty)
}

/// Returns what lacks a field: the kind where the path starts at an object, else the type of the value.
fn owner(schemas: &Schemas, lack: &Lack, base: &Expr) -> String {
    match (kind_of(&lack.part), root_of(base), &lack.part) {
        (Some(kind), Some(_), Part::Typed { .. }) => kind_name(&schemas.kind(kind)),
        (_, _, Part::Pod { .. }) => "a pod".to_owned(),
        _ => match object_type(schemas, &lack.part).map(|ty| schemas.ty(ty)) {
            Some(ApiType::Object { name, .. }) => format!("`{name}`"),
            _ => "this value".to_owned(),
        },
    }
}

fn other_versions(schemas: &Schemas, parts: &[&Part], field: &str) -> Option<String> {
    let versions = parts
        .iter()
        .filter_map(|part| object_type(schemas, part))
        .map(|ty| schemas.field_versions(ty, field))
        .find(|versions| !versions.is_empty())?;
    let versions: Vec<String> = versions.iter().map(ToString::to_string).collect();
    Some(format!(
        "it is a field in Kubernetes {} only",
        listed(&versions)
    ))
}

/// Returns the path from an object to a field of the name below it, when there is one.
fn deeper(schemas: &Schemas, from: TypeId, name: &str) -> Option<String> {
    let mut level = vec![(from, String::new())];
    let mut seen = BTreeSet::from([from]);
    for _ in 0..SEARCH_DEPTH {
        let mut next = Vec::new();
        for (ty, path) in &level {
            for field in schemas.fields(*ty) {
                let below = join(path, field.name);
                if !path.is_empty() && field.name == name {
                    return Some(below);
                }
                let is_object = matches!(schemas.ty(field.ty), ApiType::Object { .. });
                if is_object && seen.insert(field.ty) {
                    next.push((field.ty, below));
                }
            }
        }
        level = next;
    }
    None
}

/// Returns `current` or `proposed` when the value is one of them or a path in it.
fn root_of(expr: &Expr) -> Option<Root> {
    let mut expr = expr;
    loop {
        match &expr.kind {
            ExprKind::Root(root @ (Root::Current | Root::Proposed)) => return Some(*root),
            ExprKind::Field(base, _) => expr = base,
            _ => return None,
        }
    }
}

/// Returns the path of a value below the object, variable or view that it starts at.
fn path_of(expr: &Expr) -> String {
    let mut words = Vec::new();
    let mut expr = expr;
    while let ExprKind::Field(base, name) = &expr.kind {
        words.push(name.as_str());
        expr = base;
    }
    if let ExprKind::View(View::Pod, ..) = &expr.kind {
        words.push("pod");
    }
    words.reverse();
    words.join(".")
}

fn join(path: &str, field: &str) -> String {
    if path.is_empty() {
        field.to_owned()
    } else {
        format!("{path}.{field}")
    }
}

/// Returns words as a sentence lists them: `a, b and c`.
pub(super) fn listed(words: &[String]) -> String {
    joined(words, "and")
}

/// Returns words of which one is meant: `a, b or c`.
fn either(words: &[String]) -> String {
    joined(words, "or")
}

fn joined(words: &[String], last_word: &str) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [all @ .., last] => format!("{} {last_word} {last}", all.join(", ")),
    }
}

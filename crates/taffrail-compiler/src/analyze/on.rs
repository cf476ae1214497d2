//! The `on` clause: verbs, kinds and namespaces.

use std::collections::BTreeSet;

use taffrail_runtime::EnumType;
use taffrail_runtime::program::{KindPattern, On};
use taffrail_schema::Kind;
use taffrail_syntax::suggest::nearest;
use taffrail_syntax::{Diagnostic, Span, ast};

use super::checker::{Checker, quoted};
use super::lacking::{kind_name, listed};
use super::reviewed::WORKLOAD;
use super::{elsewhere, kinds, reviewed};

impl Checker<'_, '_> {
    /// Returns what a rule is about. In rules that let something pass, a bare kind is only the built-in one.
    pub(super) fn on(&mut self, written: &ast::On, rule: ast::RuleKind) -> On {
        let verbs = written.verbs.as_deref().and_then(|verbs| self.verbs(verbs));
        let kinds = written
            .kinds
            .as_deref()
            .and_then(|kinds| self.kinds(kinds, rule));
        let namespaces = written.namespaces.as_ref().map(|namespaces| {
            let mut texts: Vec<String> = namespaces.iter().map(|text| text.text.clone()).collect();
            texts.sort();
            texts.dedup();
            texts
        });
        On {
            verbs,
            kinds,
            namespaces,
        }
    }

    fn verbs(&mut self, words: &[ast::Ident]) -> Option<Vec<String>> {
        if self.is_any(words.iter()) {
            return None;
        }
        let mut verbs = Vec::new();
        for word in words {
            if !self.is_member(EnumType::Verb, &word.text) {
                self.unknown_verb(word);
            }
            verbs.push(word.text.clone());
        }
        verbs.sort();
        verbs.dedup();
        Some(verbs)
    }

    fn unknown_verb(&mut self, word: &ast::Ident) {
        let members = self.members(EnumType::Verb);
        let diagnostic = Diagnostic::error(
            "unknown-verb",
            self.at(word.span),
            format!("`{}` is not a verb", word.text),
        );
        let near = nearest(&word.text, members.iter().map(String::as_str));
        let diagnostic = match (elsewhere::verbs(&word.text), near) {
            (Some(here), _) => diagnostic.hint(format!("here that is {here}")),
            (None, Some(near)) => diagnostic.hint(format!("did you mean `{near}`?")),
            (None, None) if !self.builtin_groups(&word.text).is_empty() => diagnostic.hint(
                format!("a kind stands after `of`: `on any of {}`", word.text),
            ),
            (None, None) => diagnostic.hint(format!(
                "a verb of your own is declared: `verb {}`",
                word.text
            )),
        };
        self.ctx.report(diagnostic);
    }

    /// Tells whether a list is `any`, and reports `any` beside something else.
    fn is_any<'w>(&mut self, words: impl Iterator<Item = &'w ast::Ident>) -> bool {
        let words: Vec<&ast::Ident> = words.collect();
        let Some(any) = words.iter().find(|word| word.text == "any") else {
            return false;
        };
        if words.len() > 1 {
            let diagnostic = Diagnostic::error(
                "any-beside-others",
                self.at(any.span),
                "`any` already covers the others in this list",
            )
            .hint("keep `any` alone, or name only what is meant");
            self.ctx.report(diagnostic);
        }
        true
    }

    fn kinds(&mut self, written: &[ast::KindRef], rule: ast::RuleKind) -> Option<Vec<KindPattern>> {
        let bare = written
            .iter()
            .filter(|kind| kind.group.is_none())
            .map(|kind| &kind.kind);
        if self.is_any(bare) {
            return None;
        }
        let mut patterns = Vec::new();
        for kind in written {
            if kind.group.is_none() && kind.kind.text == WORKLOAD {
                // Each as if it were written bare, so that a guard meets it in every group.
                let workloads = reviewed::workloads(self.ctx).into_iter();
                patterns.extend(workloads.map(|(_, kind)| KindPattern {
                    groups: self.groups_of_bare(&kind, rule),
                    version: None,
                    kind,
                }));
            } else {
                patterns.push(self.kind_pattern(kind, rule));
            }
        }
        patterns.sort();
        patterns.dedup();
        Some(patterns)
    }

    fn kind_pattern(&mut self, written: &ast::KindRef, rule: ast::RuleKind) -> KindPattern {
        self.check_kind(written.group.as_deref(), &written.kind, written.span);
        self.check_version(written);
        let kind = written.kind.text.clone();
        let groups = match &written.group {
            Some(group) if group == "core" => Some(vec![String::new()]),
            Some(group) => Some(vec![group.clone()]),
            None => self.groups_of_bare(&kind, rule),
        };
        KindPattern {
            groups,
            version: written.version.clone(),
            kind,
        }
    }

    fn groups_of_bare(&self, kind: &str, rule: ast::RuleKind) -> Option<Vec<String>> {
        match rule {
            ast::RuleKind::Grant | ast::RuleKind::Waive => {}
            ast::RuleKind::Guard
            | ast::RuleKind::Budget
            | ast::RuleKind::Breaker
            | ast::RuleKind::Tolerance
            | ast::RuleKind::Prove => return None,
        }
        let mut groups: Vec<String> = self.builtin_groups(kind).into_iter().collect();
        if groups.is_empty() {
            let declared = self.ctx.kinds.get(kind).into_iter().flatten();
            groups.extend(declared.map(|(group, _)| group.clone()));
        }
        groups.sort();
        groups.dedup();
        Some(groups)
    }

    fn builtin_groups(&self, kind: &str) -> BTreeSet<String> {
        kinds::groups_of(&self.ctx.schemas, kind)
    }

    /// Reports a version in which the kind is not served, and one that is on its way out.
    fn check_version(&mut self, written: &ast::KindRef) {
        let schemas = &self.ctx.schemas;
        let group = written.group.as_deref().map(without_core);
        let served: Vec<Kind<'_>> = schemas
            .find(group, &written.kind.text)
            .into_iter()
            .map(|id| schemas.kind(id))
            .collect();
        let kind = &written.kind.text;
        let meant = match &written.version {
            None => served.first(),
            Some(version) => served.iter().find(|kind| kind.version == version),
        };
        let diagnostic = match (meant, &written.version) {
            (Some(meant), _) => meant.deprecated.map(|deprecated| {
                let name = kind_name(meant);
                let warning = Diagnostic::warning(
                    "deprecated-kind",
                    self.at(written.span),
                    format!("{name} is deprecated"),
                );
                if deprecated.is_empty() {
                    warning
                } else {
                    warning.hint(format!("the API says: {deprecated}"))
                }
            }),
            (None, Some(version)) if !served.is_empty() => {
                let versions: Vec<&str> = served.iter().map(|kind| kind.version).collect();
                let error = Diagnostic::error(
                    "unknown-version",
                    self.at(written.span),
                    format!("no {kind} is served as version `{version}`"),
                );
                Some(error.hint(format!(
                    "Kubernetes {} serves it as {}",
                    schemas.version(),
                    quoted(&versions)
                )))
            }
            (None, _) => None,
        };
        if let Some(diagnostic) = diagnostic {
            self.ctx.report(diagnostic);
        }
    }

    /// Reports a kind that nobody serves, and notes the use of a declared one.
    pub(super) fn check_kind(&mut self, group: Option<&str>, kind: &ast::Ident, whole: Span) {
        let declared: Vec<(String, usize)> =
            self.ctx.kinds.get(&kind.text).cloned().unwrap_or_default();
        for (of, entry) in &declared {
            if group.is_none_or(|group| group == of) {
                self.ctx.mark_used(*entry);
            }
        }
        match group {
            None if declared.is_empty() && self.builtin_groups(&kind.text).is_empty() => {
                self.unknown_kind(kind, None);
            }
            None => {}
            Some(group) if declared.iter().any(|(of, _)| of == group) => {}
            Some(group) => self.check_group(group, kind, whole),
        }
    }

    fn check_group(&mut self, group: &str, kind: &ast::Ident, whole: Span) {
        let served = without_core(group);
        if kinds::is_builtin_group(&self.ctx.schemas, served) {
            if !kinds::names(&self.ctx.schemas, Some(served)).contains(kind.text.as_str()) {
                self.unknown_kind(kind, Some(served));
            }
            return;
        }
        // A group of its own has a domain; a single word is a built-in group written short, or a version.
        if group.contains('.') {
            return;
        }
        let diagnostic = Diagnostic::error(
            "unknown-group",
            self.at(whole),
            format!("there is no API group `{group}`"),
        );
        let of_kind = self.builtin_groups(&kind.text);
        let diagnostic = match (kinds::full_group(&self.ctx.schemas, group), of_kind.first()) {
            (Some(full), _) => {
                diagnostic.hint(format!("write its full name: `{full}/{}`", kind.text))
            }
            (None, Some(served)) => {
                let served = if served.is_empty() { "core" } else { served };
                let version = if kinds::is_version(group) {
                    format!("{group}/")
                } else {
                    String::new()
                };
                diagnostic.hint(format!(
                    "`{}` is `{served}/{version}{}`",
                    kind.text, kind.text
                ))
            }
            (None, _) => {
                diagnostic.hint("the group of a custom kind has a domain: `argoproj.io/Rollout`")
            }
        };
        self.ctx.report(diagnostic);
    }

    fn unknown_kind(&mut self, kind: &ast::Ident, group: Option<&str>) {
        let served = self.ctx.schemas.served_in(group, &kind.text);
        let diagnostic = if served.is_empty() {
            self.kind_of_no_version(kind, group)
        } else {
            let served: Vec<String> = served.iter().map(ToString::to_string).collect();
            Diagnostic::error(
                "kind-not-served",
                self.at(kind.span),
                format!("`{}` is not served", kind.text),
            )
            .hint(format!("only Kubernetes {} serves it", listed(&served)))
        };
        self.ctx.report(diagnostic);
    }

    fn kind_of_no_version(&self, kind: &ast::Ident, group: Option<&str>) -> Diagnostic {
        let mut candidates = kinds::names(&self.ctx.schemas, group);
        candidates.extend(self.ctx.kinds.keys().map(String::as_str));
        if group.is_none() {
            candidates.insert(WORKLOAD);
        }
        let message = match group {
            None => format!("no built-in or declared kind is called `{}`", kind.text),
            Some("") => format!("the core group serves no `{}`", kind.text),
            Some(group) => format!("group `{group}` serves no `{}`", kind.text),
        };
        let mut diagnostic = Diagnostic::error("unknown-kind", self.at(kind.span), message);
        if let Some(near) = nearest(&kind.text, candidates) {
            diagnostic = diagnostic.hint(format!("did you mean `{near}`?"));
        }
        diagnostic.hint(format!(
            "a custom kind is written with its group, `example.com/{}`, or declared: `kind example.com/{} from \"crd.yaml\"`",
            kind.text, kind.text
        ))
    }
}

/// Returns the name of a group as objects have it: the core group's is empty.
pub(super) fn without_core(group: &str) -> &str {
    if group == "core" { "" } else { group }
}

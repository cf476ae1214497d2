//! The `on` clause: verbs, kinds and namespaces.

use taffrail_runtime::EnumType;
use taffrail_runtime::program::{KindPattern, On};
use taffrail_syntax::suggest::nearest;
use taffrail_syntax::{Diagnostic, Span, ast};

use super::checker::Checker;
use super::kinds;

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
        let diagnostic = match nearest(&word.text, members.iter().map(String::as_str)) {
            Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
            None if kinds::groups_of(&word.text).is_some() => diagnostic.hint(format!(
                "a kind stands after `of`: `on any of {}`",
                word.text
            )),
            None => diagnostic.hint(format!(
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
        let mut patterns: Vec<KindPattern> = written
            .iter()
            .map(|kind| self.kind_pattern(kind, rule))
            .collect();
        patterns.sort();
        patterns.dedup();
        Some(patterns)
    }

    fn kind_pattern(&mut self, written: &ast::KindRef, rule: ast::RuleKind) -> KindPattern {
        self.check_kind(written.group.as_deref(), &written.kind, written.span);
        let kind = written.kind.text.clone();
        let groups = match &written.group {
            Some(group) if group == "core" => Some(vec![String::new()]),
            Some(group) => Some(vec![group.clone()]),
            None => self.groups_of_bare(&kind, rule),
        };
        KindPattern { groups, kind }
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
        let mut groups: Vec<String> = match kinds::groups_of(kind) {
            Some(groups) => groups.iter().map(|&group| group.to_owned()).collect(),
            None => self
                .ctx
                .kinds
                .get(kind)
                .into_iter()
                .flatten()
                .map(|(group, _)| group.clone())
                .collect(),
        };
        groups.sort();
        groups.dedup();
        Some(groups)
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
            None if declared.is_empty() && kinds::groups_of(&kind.text).is_none() => {
                self.unknown_kind(kind, None);
            }
            None => {}
            Some(group) if declared.iter().any(|(of, _)| of == group) => {}
            Some(group) => self.check_group(group, kind, whole),
        }
    }

    fn check_group(&mut self, group: &str, kind: &ast::Ident, whole: Span) {
        let served = if group == "core" { "" } else { group };
        if kinds::is_builtin_group(served) {
            if !kinds::names_in(served).any(|name| name == kind.text) {
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
        let diagnostic = match (kinds::full_group(group), kinds::groups_of(&kind.text)) {
            (Some(full), _) => {
                diagnostic.hint(format!("write its full name: `{full}/{}`", kind.text))
            }
            (None, Some([served, ..])) => {
                let served = if served.is_empty() { "core" } else { served };
                diagnostic.hint(format!("`{}` is in `{served}/{}`", kind.text, kind.text))
            }
            (None, _) => {
                diagnostic.hint("the group of a custom kind has a domain: `argoproj.io/Rollout`")
            }
        };
        self.ctx.report(diagnostic);
    }

    fn unknown_kind(&mut self, kind: &ast::Ident, group: Option<&str>) {
        let declared: Vec<String> = self.ctx.kinds.keys().cloned().collect();
        let mut candidates: Vec<&str> = declared.iter().map(String::as_str).collect();
        match group {
            Some(group) => kinds::names_in(group).for_each(|name| candidates.push(name)),
            None => kinds::names().for_each(|name| candidates.push(name)),
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
        diagnostic = diagnostic.hint(format!(
            "a custom kind is written with its group, `example.com/{}`, or declared: `kind example.com/{} from \"crd.yaml\"`",
            kind.text, kind.text
        ));
        self.ctx.report(diagnostic);
    }
}

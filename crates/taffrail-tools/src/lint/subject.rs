//! What lints look at: the trees as written beside what they mean, and what the tests of the set came to.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use taffrail_compiler::typed::{Expr, ExprKind, Module, Rule};
use taffrail_runtime::program::{self, ProgramData};
use taffrail_syntax::ast::RuleKind;
use taffrail_syntax::{Location, SourceId, Span, ast, parse};

use super::LintInput;
use super::coverage::Coverage;

/// A policy set under the eyes of the lints.
pub(super) struct Subject<'s> {
    pub(super) input: &'s LintInput<'s>,
    /// The trees, in the order of the sources.
    pub(super) files: Vec<(SourceId, ast::File)>,
    coverage: OnceCell<Coverage>,
    /// The rules of the program, by name.
    emitted: BTreeMap<&'s str, Vec<&'s program::Rule>>,
}

impl<'s> Subject<'s> {
    pub(super) fn new(input: &'s LintInput<'s>) -> Self {
        let files = input
            .sources
            .iter()
            .map(|(id, source)| (id, parse(id, &source.text).file))
            .collect();
        let mut emitted: BTreeMap<&str, Vec<&program::Rule>> = BTreeMap::new();
        let program = input.compiled.program.as_ref();
        for rule in program.map_or(&[][..], |program| &program.rules) {
            emitted.entry(&rule.name).or_default().push(rule);
        }
        Self {
            input,
            files,
            coverage: OnceCell::new(),
            emitted,
        }
    }

    /// Returns what the sources mean.
    pub(super) fn module(&self) -> &'s Module {
        &self.input.compiled.module
    }

    /// Returns the program as data, with parameters put in and constants computed.
    pub(super) fn program(&self) -> Option<&'s ProgramData> {
        self.input.compiled.program.as_ref()
    }

    /// Returns what a rule became in the program.
    pub(super) fn emitted(&self, rule: &Rule) -> Option<&'s program::Rule> {
        let named = self.emitted.get(rule.name.as_str())?;
        named
            .iter()
            .copied()
            .find(|emitted| kind_of(&emitted.body) == rule.kind)
    }

    /// Returns what the tests of the set came to; they run when first asked for.
    pub(super) fn coverage(&self) -> &Coverage {
        self.coverage.get_or_init(|| Coverage::of(self.input))
    }

    /// Returns every item with its source.
    pub(super) fn items(&self) -> impl Iterator<Item = (SourceId, &ast::Item)> {
        self.files
            .iter()
            .flat_map(|(id, file)| file.items.iter().map(|item| (*id, item)))
    }

    /// Returns the item that a place lies in.
    pub(super) fn item_at(&self, place: Location) -> Option<&ast::Item> {
        let inside = |item: &ast::Item| {
            item.span.start <= place.span.start && place.span.end <= item.span.end
        };
        self.items()
            .find(|(source, item)| *source == place.source && inside(item))
            .map(|(_, item)| item)
    }

    /// Returns the text at a place.
    pub(super) fn text(&self, place: Location) -> &'s str {
        self.input
            .sources
            .get(place.source)
            .map_or("", |source| source.slice(place.span))
    }

    /// Returns the place of the whole lines that something takes up, the line break after it included, when nothing else
    /// stands on them; otherwise the place itself.
    pub(super) fn whole_lines(&self, place: Location) -> Location {
        let Some(source) = self.input.sources.get(place.source) else {
            return place;
        };
        let before = source.text.get(..place.span.start as usize).unwrap_or("");
        let after = source.text.get(place.span.end as usize..).unwrap_or("");
        let line_start = before.rfind('\n').map_or(0, |at| at.saturating_add(1));
        let line_end = after
            .find('\n')
            .map_or(after.len(), |at| at.saturating_add(1));
        let is_blank = |text: Option<&str>| text.is_some_and(|text| text.trim().is_empty());
        if !is_blank(before.get(line_start..)) || !is_blank(after.get(..line_end)) {
            return place;
        }
        let end = (place.span.end as usize).saturating_add(line_end);
        Location {
            source: place.source,
            span: Span::new(line_start, end),
        }
    }

    /// Follows a name to what it stands for: the body of a let that is a fact, as often as it takes.
    pub(super) fn resolved<'e>(&self, expr: &'e Expr) -> &'e Expr
    where
        's: 'e,
    {
        let mut expr = expr;
        // A let cannot mention itself, so there are no more steps than lets.
        for _ in 0..=self.module().lets.len() {
            let ExprKind::Let(id) = &expr.kind else { break };
            match self.module().lets.get(id.0 as usize) {
                Some(found) => expr = &found.body,
                None => break,
            }
        }
        expr
    }
}

fn kind_of(body: &program::RuleBody) -> RuleKind {
    match body {
        program::RuleBody::Grant => RuleKind::Grant,
        program::RuleBody::Guard { .. } => RuleKind::Guard,
        program::RuleBody::Budget { .. } => RuleKind::Budget,
        program::RuleBody::Breaker { .. } => RuleKind::Breaker,
        program::RuleBody::Tolerance { .. } => RuleKind::Tolerance,
        program::RuleBody::Waiver { .. } => RuleKind::Waive,
    }
}

/// Returns the last word of a dotted name.
pub(super) fn last_word(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// Returns a rule as messages name it: `guard`, and the last word of its name.
pub(super) fn described(rule: &Rule) -> String {
    format!("{} `{}`", rule.kind.keyword(), last_word(&rule.name))
}

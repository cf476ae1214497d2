//! Small changes of policies, one at a time, to see whether a test notices.
//!
//! A change that no test notices is a sentence of the policy that nobody holds it to: a threshold without a test at its boundary,
//! a clause that could be left out. [`mutants`] lists the changes, [`Trial`] tries them.

use taffrail_syntax::{Location, SourceId, SourceTable, Span, ast, parse};

mod allowed;
mod clauses;
mod conditions;
mod numbers;
mod on;
mod quantifiers;
mod sites;
mod trial;

pub use allowed::{Allowances, allowances};
use sites::Sites;
pub use trial::{Judgement, Trial};

/// A change of the text of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mutant {
    /// The text that is replaced.
    pub location: Location,
    /// What it is replaced with.
    pub replacement: String,
    /// What is changed.
    pub family: Family,
    /// The change as a phrase: `` `<` became `<=` ``.
    pub phrase: String,
    /// The name of the rule, `let`, `param` or `signal` that the change is in, as written.
    pub name: String,
    /// The name's place of the rule that the change is in; `None` in a `let`, `param` or `signal`.
    pub rule: Option<Location>,
    /// Whether the rule may be about more actions than before.
    pub widens: bool,
}

impl Mutant {
    /// Returns a text with the change made, `None` when the place lies outside of it.
    #[must_use]
    pub fn apply(&self, text: &str) -> Option<String> {
        let Span { start, end } = self.location.span;
        let before = text.get(..start as usize)?;
        let behind = text.get(end as usize..)?;
        Some([before, &self.replacement, behind].concat())
    }

    /// Returns which test would notice the change.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self.family {
            Family::Threshold => "a test just at the boundary would notice",
            Family::Operator => {
                "a test in which both sides are equal, or in which only this comparison differs, would notice"
            }
            Family::Default => "a test in which the value before it is absent would notice",
            Family::Connective => {
                "a test in which this part alone makes the difference would notice"
            }
            Family::Clause => "a test in which everything holds but this clause would notice",
            Family::On if self.widens => {
                "a test of an action that is none of these, and meets all else, would notice"
            }
            Family::On => "a test of just this verb, kind or namespace would notice",
            Family::Effect => {
                "a test that expects the verdict, the risk or the gate where no other rule gives the same would notice"
            }
            Family::Quantifier => {
                "a test with two elements of which one holds, and one with none, would notice"
            }
            Family::Rule => {
                "a test that expects this rule, or what it alone brings about, would notice"
            }
        }
    }
}

/// The families of changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// A number, quantity, span of time or date moved by one unit.
    Threshold,
    /// A comparison or another operator.
    Operator,
    /// What stands for an absent value.
    Default,
    /// `and`, `or`, `not`, and their operands.
    Connective,
    /// A whole `when` or `unless`.
    Clause,
    /// `on`.
    On,
    /// An effect.
    Effect,
    /// A quantifier.
    Quantifier,
    /// A whole rule.
    Rule,
}

impl Family {
    /// Returns the word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Threshold => "threshold",
            Self::Operator => "operator",
            Self::Default => "default",
            Self::Connective => "connective",
            Self::Clause => "clause",
            Self::On => "on",
            Self::Effect => "effect",
            Self::Quantifier => "quantifier",
            Self::Rule => "rule",
        }
    }
}

/// Returns every change that is tried of the policies, in the order of the sources. Tests are left as they are.
#[must_use]
pub fn mutants(sources: &SourceTable) -> Vec<Mutant> {
    let mut found: Vec<(String, Mutant)> = Vec::new();
    for (source, text) in sources.iter() {
        let file = parse(source, &text.text).file;
        let own = of_file(source, &text.text, &file);
        found.extend(own.into_iter().map(|mutant| (text.name.clone(), mutant)));
    }
    let order = |(name, mutant): &(String, Mutant)| {
        let place = mutant.location.span;
        (name.clone(), place, mutant.replacement.clone())
    };
    found.sort_by_cached_key(order);
    found.dedup_by_key(|found| order(found));
    found.into_iter().map(|(_, mutant)| mutant).collect()
}

fn of_file(source: SourceId, text: &str, file: &ast::File) -> Vec<Mutant> {
    let mut sites = Sites::new(source, text);
    for item in &file.items {
        sites.rule = None;
        sites.name = name(&item.kind, &sites);
        match &item.kind {
            ast::ItemKind::Rule(rule) if rule.kind != ast::RuleKind::Prove => {
                sites.rule = Some(rule.name.span);
                sites.note(
                    item.span,
                    "",
                    Family::Rule,
                    format!(
                        "`{} {}` was removed",
                        rule.kind.keyword(),
                        sites.slice(rule.name.span)
                    ),
                );
                for clause in &rule.clauses {
                    clauses::change(&mut sites, rule, clause);
                }
            }
            ast::ItemKind::Let(binding) => conditions::change(&mut sites, &binding.body),
            ast::ItemKind::Param(param) => {
                if let Some(default) = &param.default {
                    conditions::change(&mut sites, default);
                }
            }
            ast::ItemKind::Signal(signal) => {
                if let Some(fresh) = &signal.fresh {
                    conditions::change(&mut sites, fresh);
                }
            }
            ast::ItemKind::Rule(_)
            | ast::ItemKind::Use(_)
            | ast::ItemKind::Verb(_)
            | ast::ItemKind::Kind(_)
            | ast::ItemKind::Test(_) => {}
        }
    }
    sites.found
}

/// Returns the name of what is declared, empty when it has none that matters here.
fn name(item: &ast::ItemKind, sites: &Sites<'_>) -> String {
    match item {
        ast::ItemKind::Rule(rule) => sites.slice(rule.name.span).to_owned(),
        ast::ItemKind::Let(binding) => binding.name.text.clone(),
        ast::ItemKind::Param(param) => param.name.text.clone(),
        ast::ItemKind::Signal(signal) => signal.name.text.clone(),
        ast::ItemKind::Use(_)
        | ast::ItemKind::Verb(_)
        | ast::ItemKind::Kind(_)
        | ast::ItemKind::Test(_) => String::new(),
    }
}

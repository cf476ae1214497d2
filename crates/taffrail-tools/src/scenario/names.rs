//! Finds what a test names: in its own module, or in one that its module uses.

use taffrail_compiler::typed;
use taffrail_syntax::ast::RuleKind;
use taffrail_syntax::suggest::nearest;
use taffrail_syntax::{Diagnostic, Location};

use crate::codes;

type Found<T> = Result<T, Box<Diagnostic>>;

/// The names that a test may use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Names<'m> {
    pub(crate) module: &'m typed::Module,
    /// The path of the test's module.
    pub(crate) path: &'m str,
}

impl<'m> Names<'m> {
    /// Returns the group of a kind that the policies declare.
    pub(crate) fn declared_group(self, kind: &str, at: Location) -> Found<&'m str> {
        let declared = self.module.names.iter();
        let mut groups: Vec<&str> = declared
            .filter(|declared| declared.keyword == "kind")
            .filter_map(|declared| declared.name.rsplit_once('/'))
            .filter_map(|(group, name)| (name == kind).then_some(group))
            .collect();
        groups.sort_unstable();
        groups.dedup();
        match groups.as_slice() {
            [group] => Ok(group),
            [] => Err(Box::new(
                unknown(
                    at,
                    format!("no built-in or declared kind is called `{kind}`"),
                )
                .hint(format!(
                    "a custom kind is written with its group: `example.com/{kind}`"
                )),
            )),
            [first, ..] => Err(Box::new(
                unknown(at, format!("several groups declare a kind `{kind}`"))
                    .hint(format!("write which one: `{first}/{kind}`")),
            )),
        }
    }

    /// Returns the full name of a rule.
    pub(crate) fn rule(self, kind: RuleKind, name: &str, at: Location) -> Found<&'m str> {
        let rules = || {
            self.module
                .rules
                .iter()
                .filter(|rule| rule.kind != RuleKind::Waive)
        };
        let of_kind = rules().filter(|rule| rule.kind == kind);
        if let Some(found) = self.find(name, of_kind.map(|rule| rule.name.as_str())) {
            return Ok(found);
        }
        let keyword = kind.keyword();
        let error = unknown(at, format!("there is no {keyword} `{name}`"));
        if let Some(other) = rules().find(|rule| self.candidates(name).contains(&rule.name)) {
            return Err(Box::new(
                error.hint(format!("`{name}` is a {}", other.kind.keyword())),
            ));
        }
        let names = rules()
            .filter(|rule| rule.kind == kind)
            .map(|rule| rule.name.as_str());
        Err(Box::new(self.with_nearest(error, name, names)))
    }

    /// Returns a signal.
    pub(crate) fn signal(self, name: &str, at: Location) -> Found<&'m typed::Signal> {
        let signals = || self.module.signals.iter();
        let full = self.find(name, signals().map(|signal| signal.name.as_str()));
        if let Some(signal) = full.and_then(|full| signals().find(|signal| signal.name == full)) {
            return Ok(signal);
        }
        let error = unknown(at, format!("there is no signal `{name}`"));
        let names = signals().map(|signal| signal.name.as_str());
        Err(Box::new(self.with_nearest(error, name, names)))
    }

    /// Checks a verb.
    pub(crate) fn verb(self, name: &str, at: Location) -> Found<()> {
        let declared = self.module.verbs.iter().map(String::as_str);
        let verbs: Vec<&str> = taffrail_compiler::analyze::VERBS
            .iter()
            .copied()
            .chain(declared)
            .collect();
        if verbs.contains(&name) {
            return Ok(());
        }
        let error = unknown(at, format!("there is no verb `{name}`"));
        Err(Box::new(match nearest(name, verbs) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error.hint(format!("a verb of your own is declared with `verb {name}`")),
        }))
    }

    fn find<'n>(self, name: &str, all: impl Iterator<Item = &'n str>) -> Option<&'n str> {
        let candidates = self.candidates(name);
        let all: Vec<&str> = all.collect();
        candidates
            .iter()
            .find_map(|candidate| all.iter().find(|full| *full == candidate).copied())
    }

    /// Returns the full names that a name may stand for, the nearest module first.
    fn candidates(self, name: &str) -> Vec<String> {
        let mut candidates = vec![format!("{}.{name}", self.path)];
        if let Some((first, rest)) = name.split_once('.') {
            let imports = self
                .module
                .imports
                .iter()
                .filter(|import| import.from == self.path);
            let alias = |to: &str| to.rsplit('.').next() == Some(first);
            candidates.extend(
                imports
                    .filter(|import| alias(&import.to))
                    .map(|import| format!("{}.{rest}", import.to)),
            );
            candidates.push(name.to_owned());
        }
        candidates
    }

    fn with_nearest<'n>(
        self,
        error: Diagnostic,
        name: &str,
        all: impl Iterator<Item = &'n str>,
    ) -> Diagnostic {
        let own = format!("{}.", self.path);
        let shown: Vec<&str> = all
            .map(|full| full.strip_prefix(&own).unwrap_or(full))
            .collect();
        match nearest(name, shown.iter().copied()) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error,
        }
    }
}

fn unknown(at: Location, message: String) -> Diagnostic {
    Diagnostic::error(codes::UNKNOWN_NAME_IN_TEST, at, message)
}

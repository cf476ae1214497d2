//! The forms of what came of changes.

use taffrail_syntax::Diagnostic;
use taffrail_tools::mutate::{Judgement, Mutant};

pub(crate) mod json;
pub(crate) mod text;

/// What came of every change.
#[derive(Debug)]
pub(crate) struct Mutated {
    /// The changes, in the order of the sources.
    pub(crate) all: Vec<Judged>,
    /// What is wrong with the comments that explain changes.
    pub(crate) comments: Vec<Diagnostic>,
}

/// A change, and what came of it.
#[derive(Debug)]
pub(crate) struct Judged {
    pub(crate) mutant: Mutant,
    pub(crate) judgement: Judgement,
    /// Why it needs no test, when a comment says so.
    pub(crate) reason: Option<String>,
}

impl Judged {
    /// Tells whether no test notices it and no comment explains it.
    pub(crate) fn survives(&self) -> bool {
        self.judgement == Judgement::Survived && self.reason.is_none()
    }

    /// Tells whether no test notices it and a comment says why.
    pub(crate) fn is_explained(&self) -> bool {
        self.judgement == Judgement::Survived && self.reason.is_some()
    }
}

impl Mutated {
    /// Returns how many changes are so.
    pub(crate) fn count(&self, is_so: impl Fn(&Judged) -> bool) -> usize {
        self.all.iter().filter(|judged| is_so(judged)).count()
    }

    /// Returns how many changes a test noticed.
    pub(crate) fn noticed(&self) -> usize {
        self.count(|judged| matches!(judged.judgement, Judgement::Noticed(_)))
    }

    /// Returns the tenths of a percent of the changes that are noticed or explained, among those that could be.
    pub(crate) fn permille(&self) -> usize {
        let good = self
            .noticed()
            .saturating_add(self.count(Judged::is_explained));
        let of = good.saturating_add(self.count(Judged::survives));
        good.saturating_mul(1000).checked_div(of).unwrap_or(1000)
    }

    /// Returns the percentage with one decimal, rounded down.
    pub(crate) fn percent(&self) -> String {
        let permille = self.permille();
        format!("{}.{}", permille / 10, permille % 10)
    }
}

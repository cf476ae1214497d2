//! The list of findings of one file, which stops growing before it hurts.

use crate::diagnostic::Diagnostic;

/// The greatest number of diagnostics for one file; a last one says that there are more.
const MAX_DIAGNOSTICS: usize = 100;

/// What is wrong with a file, so far.
#[derive(Debug, Default)]
pub(super) struct Findings {
    list: Vec<Diagnostic>,
}

impl Findings {
    /// Adds a finding unless there are too many already.
    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        if !self.is_full() {
            self.list.push(diagnostic);
        }
    }

    /// Adds several.
    pub(super) fn extend(&mut self, diagnostics: Vec<Diagnostic>) {
        for diagnostic in diagnostics {
            self.push(diagnostic);
        }
    }

    /// Tells whether there are more findings than will be shown.
    pub(super) fn is_full(&self) -> bool {
        self.list.len() > MAX_DIAGNOSTICS
    }

    /// Returns where the findings begin, in order.
    pub(super) fn places(&self) -> Vec<u32> {
        let mut places: Vec<u32> = self.list.iter().filter_map(start).collect();
        places.sort_unstable();
        places
    }

    /// Returns the findings in the order of the text, the last saying so if there are more.
    pub(super) fn into_sorted(mut self) -> Vec<Diagnostic> {
        let full = self.is_full();
        self.list.sort_by_key(start);
        self.list.truncate(MAX_DIAGNOSTICS);
        let last = self.list.last().and_then(|last| last.labels.first());
        if let (true, Some(last)) = (full, last) {
            let more = Diagnostic::error(
                "too-many-errors",
                last.location,
                "there are more errors than these",
            )
            .hint("mend the first ones; they may be the cause of the others");
            self.list.push(more);
        }
        self.list
    }
}

fn start(diagnostic: &Diagnostic) -> Option<u32> {
    diagnostic
        .labels
        .first()
        .map(|label| label.location.span.start)
}

//! Colours of the text form.

use crate::decision::Verdict;

/// The escape sequences around parts of the text; all empty for plain text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Style {
    execute: &'static str,
    propose: &'static str,
    escalate: &'static str,
    strong: &'static str,
    faint: &'static str,
    reset: &'static str,
}

impl Style {
    /// No colours.
    #[must_use]
    pub fn plain() -> Self {
        Self::default()
    }

    /// The colours that every terminal knows.
    #[must_use]
    pub fn ansi() -> Self {
        Self {
            execute: "\x1b[1;32m",
            propose: "\x1b[1;33m",
            escalate: "\x1b[1;31m",
            strong: "\x1b[1m",
            faint: "\x1b[2m",
            reset: "\x1b[0m",
        }
    }

    /// Returns a verdict in its colour.
    pub(crate) fn verdict(self, verdict: Verdict) -> String {
        let colour = match verdict {
            Verdict::Execute => self.execute,
            Verdict::Propose => self.propose,
            Verdict::Escalate => self.escalate,
        };
        format!("{colour}{}{}", verdict.word().to_uppercase(), self.reset)
    }

    /// Returns text that stands out.
    pub(crate) fn strong(self, text: &str) -> String {
        format!("{}{text}{}", self.strong, self.reset)
    }

    /// Returns text that stands back.
    pub(crate) fn faint(self, text: &str) -> String {
        format!("{}{text}{}", self.faint, self.reset)
    }
}

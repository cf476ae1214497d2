//! Diagnostics as values: what is wrong, where, and what to do about it.

use crate::span::Location;

/// How much a diagnostic matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; the policy compiles.
    Warning,
    /// No program is made.
    Error,
}

/// A place with a short phrase about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub location: Location,
    /// A phrase for this place; may be empty on the primary label.
    pub text: String,
}

/// A replacement of source text that is certain to be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What to replace.
    pub location: Location,
    /// The new text.
    pub replacement: String,
}

/// One finding about source text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Kebab-case words that name the mistake; `taffrail explain CODE` prints its page.
    pub code: &'static str,
    /// Error or warning.
    pub severity: Severity,
    /// One phrase that stands alone: lower case, no full stop, user text in backticks.
    pub message: String,
    /// The primary place first, then others that explain it. Empty only when nothing in a source is at fault.
    pub labels: Vec<Label>,
    /// What to do, each a sentence without a full stop.
    pub hints: Vec<String>,
    /// A certain remedy.
    pub fix: Option<Fix>,
    /// The Kubernetes versions in which it holds, oldest first; empty when it holds in all that the policies are checked
    /// against.
    pub versions: Vec<String>,
}

impl Diagnostic {
    /// Returns an error at a place.
    #[must_use]
    pub fn error(code: &'static str, location: Location, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, location, message)
    }

    /// Returns a warning at a place.
    #[must_use]
    pub fn warning(code: &'static str, location: Location, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, location, message)
    }

    fn new(
        code: &'static str,
        severity: Severity,
        location: Location,
        message: impl Into<String>,
    ) -> Self {
        Self {
            code,
            severity,
            message: message.into(),
            labels: vec![Label {
                location,
                text: String::new(),
            }],
            hints: Vec::new(),
            fix: None,
            versions: Vec::new(),
        }
    }

    /// Sets the phrase of the primary label.
    #[must_use]
    pub fn at(mut self, text: impl Into<String>) -> Self {
        if let Some(primary) = self.labels.first_mut() {
            primary.text = text.into();
        }
        self
    }

    /// Adds a secondary label.
    #[must_use]
    pub fn label(mut self, location: Location, text: impl Into<String>) -> Self {
        self.labels.push(Label {
            location,
            text: text.into(),
        });
        self
    }

    /// Adds a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Sets the fix.
    #[must_use]
    pub fn fix(mut self, location: Location, replacement: impl Into<String>) -> Self {
        self.fix = Some(Fix {
            location,
            replacement: replacement.into(),
        });
        self
    }

    /// Tells whether this keeps a program from being made.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

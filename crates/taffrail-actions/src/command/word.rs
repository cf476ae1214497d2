//! A word of a command line after the shell, as far as it can be told.

use std::fmt;

/// A word that a program is given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Word {
    pieces: Vec<Piece>,
    /// Whether the shell would look for files that match it.
    is_pattern: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Unclear(Unclear),
}

/// A part of a command line that only the machine it runs on could tell.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unclear {
    /// The part, as it is written.
    pub text: String,
    /// Why it cannot be told.
    pub why: Why,
    /// Whether it may become no word, or several.
    pub splits: bool,
}

/// Why a part of a command line cannot be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// A variable of the shell.
    Variable,
    /// The output of another command.
    Substitution,
    /// The result of a calculation.
    Arithmetic,
    /// A pattern of file names.
    Pattern,
    /// A blank to be filled in, such as `<pod-name>`.
    Placeholder,
    /// What a program reads from its input.
    Input,
    /// What a file holds.
    File,
    /// A flag without the value it needs.
    Missing,
    /// Not a form that is understood.
    Form,
}

impl Why {
    /// Returns the reason in words that follow the part: `$NS` *is a variable of the shell*.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Variable => "is a variable of the shell",
            Self::Substitution => "is the output of another command",
            Self::Arithmetic => "is the result of a calculation",
            Self::Pattern => "is a pattern of file names",
            Self::Placeholder => "is a blank to be filled in",
            Self::Input => "is read from the input",
            Self::File => "is what a file holds",
            Self::Missing => "lacks its value",
            Self::Form => "is not understood",
        }
    }
}

impl fmt::Display for Unclear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {}", self.text, self.why.as_str())
    }
}

impl Word {
    /// Returns the word of a text that is known.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        let mut word = Self::default();
        word.push_text(&text.into());
        word
    }

    /// Returns the word of which nothing is known.
    #[must_use]
    pub fn unclear(text: &str, why: Why) -> Self {
        let mut word = Self::default();
        word.push_unclear(Unclear {
            text: text.to_owned(),
            why,
            splits: false,
        });
        word
    }

    /// Returns its text; `None` when a part of it is not known.
    #[must_use]
    pub fn known(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Text(text)] if !self.is_pattern => Some(text),
            _ => None,
        }
    }

    /// Returns its text; `None` when a part of it is not known. A pattern of file names counts as its own text, which it is where no
    /// file matches.
    #[must_use]
    pub fn literal(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// Returns the known text that it begins with.
    #[must_use]
    pub fn beginning(&self) -> &str {
        match self.pieces.first() {
            Some(Piece::Text(text)) => text,
            _ => "",
        }
    }

    /// Returns the first part that is not known.
    #[must_use]
    pub fn first_unclear(&self) -> Option<Unclear> {
        let unclear = self.pieces.iter().find_map(|piece| match piece {
            Piece::Unclear(unclear) => Some(unclear.clone()),
            Piece::Text(_) => None,
        });
        unclear.or_else(|| {
            self.is_pattern.then(|| Unclear {
                text: self.to_string(),
                why: Why::Pattern,
                splits: true,
            })
        })
    }

    /// Tells whether it may become no word, or several.
    #[must_use]
    pub fn may_split(&self) -> bool {
        self.pieces
            .iter()
            .any(|piece| matches!(piece, Piece::Unclear(unclear) if unclear.splits))
    }

    /// Returns what is left of the word where every variable outside quotes is empty: `None` where nothing is, and so the word is gone.
    /// A word without such variables stays as it is.
    pub(super) fn without_variables(&self) -> Option<Self> {
        if !self.may_split() {
            return Some(self.clone());
        }
        let mut left = self.clone();
        left.pieces
            .retain(|piece| !matches!(piece, Piece::Unclear(unclear) if unclear.splits));
        (!left.pieces.is_empty()).then_some(left)
    }

    /// Returns what follows a known beginning of `length` bytes.
    #[must_use]
    pub fn after(&self, length: usize) -> Self {
        let mut rest = self.clone();
        if let Some(Piece::Text(text)) = rest.pieces.first_mut() {
            *text = text.get(length..).unwrap_or_default().to_owned();
            if text.is_empty() {
                rest.pieces.remove(0);
            }
        }
        rest
    }

    pub(super) fn push_text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        match self.pieces.last_mut() {
            Some(Piece::Text(before)) => before.push_str(text),
            _ => self.pieces.push(Piece::Text(text.to_owned())),
        }
    }

    pub(super) fn push_unclear(&mut self, unclear: Unclear) {
        self.pieces.push(Piece::Unclear(unclear));
    }

    pub(super) fn mark_pattern(&mut self) {
        self.is_pattern = true;
    }
}

/// As it is written, without the quotes.
impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pieces.iter().try_for_each(|piece| match piece {
            Piece::Text(text) => f.write_str(text),
            Piece::Unclear(unclear) => f.write_str(&unclear.text),
        })
    }
}

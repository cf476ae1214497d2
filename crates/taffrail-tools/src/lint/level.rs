//! How much a finding matters to the owner of the policies: the `[lints]` table of `taffrail.toml`.

use std::collections::BTreeMap;

use taffrail_syntax::suggest::nearest;

use super::table::{self, LINTS};

/// What becomes of the findings of a lint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// They are not shown.
    Allow,
    /// They are shown.
    Warn,
    /// They are shown, and the command fails.
    Deny,
}

impl Level {
    /// All levels, from mild to strict.
    pub const ALL: [Self; 3] = [Self::Allow, Self::Warn, Self::Deny];

    /// Returns the word that settings use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Warn => "warn",
            Self::Deny => "deny",
        }
    }
}

/// The level of each lint.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Levels {
    set: BTreeMap<&'static str, Level>,
}

/// What is wrong with a table of levels.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LevelError {
    /// No lint has the code.
    #[error("`lints.{code}`: there is no lint `{code}`{}", .nearest.map(|near| format!(", did you mean `{near}`?")).unwrap_or_default())]
    UnknownLint {
        /// The code as written.
        code: String,
        /// The lint that was most likely meant.
        nearest: Option<&'static str>,
    },
    /// The code belongs to an error, which nothing can allow.
    #[error("`lints.{code}`: `{code}` is an error, and its level cannot be set")]
    NotALint {
        /// The code as written.
        code: String,
    },
    /// The level is no level.
    #[error("`lints.{code}` must be \"allow\", \"warn\" or \"deny\", and is \"{word}\"")]
    UnknownLevel {
        /// The code as written.
        code: String,
        /// The level as written.
        word: String,
    },
}

impl Levels {
    /// Returns the levels that words such as `warn` by code set; the other lints keep their own.
    ///
    /// # Errors
    ///
    /// A code that no lint has, and a word that is no level.
    pub fn from_words(words: &BTreeMap<String, String>) -> Result<Self, LevelError> {
        let mut levels = Self::default();
        for (code, word) in words {
            let known = lint_named(code)?;
            let level = Level::ALL.into_iter().find(|level| level.word() == word);
            let Some(level) = level else {
                return Err(LevelError::UnknownLevel {
                    code: code.clone(),
                    word: word.clone(),
                });
            };
            levels.set.insert(known, level);
        }
        Ok(levels)
    }

    /// Returns levels that give every lint the same one.
    #[must_use]
    pub fn all(level: Level) -> Self {
        let set = LINTS.iter().map(|lint| (lint.code, level)).collect();
        Self { set }
    }

    /// Returns the level of a code; a code that is not in the table of lints is warned of.
    #[must_use]
    pub fn of(&self, code: &str) -> Level {
        let own = || table::find(code).map_or(Level::Warn, |lint| lint.level);
        self.set.get(code).copied().unwrap_or_else(own)
    }
}

/// Returns the code of a lint.
pub(super) fn lint_named(code: &str) -> Result<&'static str, LevelError> {
    if let Some(lint) = table::find(code) {
        return Ok(lint.code);
    }
    if crate::explain::page(code).is_some() {
        return Err(LevelError::NotALint { code: code.into() });
    }
    Err(LevelError::UnknownLint {
        code: code.into(),
        nearest: nearest(code, LINTS.iter().map(|lint| lint.code)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(code: &str, word: &str) -> Result<Levels, String> {
        let words = BTreeMap::from([(code.to_owned(), word.to_owned())]);
        Levels::from_words(&words).map_err(|error| error.to_string())
    }

    #[test]
    fn a_level_that_is_set_wins_over_the_own_one() {
        let set = levels("unused-name", "deny").unwrap();
        assert_eq!(set.of("unused-name"), Level::Deny);
        assert_eq!(set.of("waiver-expires"), Level::Warn);
        assert_eq!(Levels::default().of("unused-name"), Level::Warn);
    }

    #[test]
    fn codes_and_words_that_do_not_exist_are_refused() {
        let refused = [
            ("waiver-expire", "deny"),
            ("waiver-expires", "forbid"),
            ("unknown-field", "allow"),
        ];
        let messages = refused.map(|(code, word)| levels(code, word).unwrap_err());
        assert_eq!(
            messages.join("\n"),
            "`lints.waiver-expire`: there is no lint `waiver-expire`, did you mean `waiver-expired`?\n\
             `lints.waiver-expires` must be \"allow\", \"warn\" or \"deny\", and is \"forbid\"\n\
             `lints.unknown-field`: `unknown-field` is an error, and its level cannot be set"
        );
    }
}

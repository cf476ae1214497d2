//! Why policies could not be loaded.

use std::fmt;
use std::io;
use std::path::PathBuf;

use taffrail_runtime::ProgramError;
use taffrail_syntax::{Diagnostic, SourceTable, Style, render};

/// Why policies could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A folder or file could not be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Unreadable {
        /// The folder or file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A folder contains itself through a symbolic link.
    #[error("`{}` is a symbolic link to a folder that it lies in", path.display())]
    SymlinkLoop {
        /// The link.
        path: PathBuf,
    },
    /// A file's name is not UTF-8, so that no message could show it.
    #[error("the name of `{}` is not valid UTF-8", path.display())]
    NameNotUtf8 {
        /// The file.
        path: PathBuf,
    },
    /// A file's text is not UTF-8.
    #[error("`{}` is not valid UTF-8 from byte {offset} on", path.display())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// The first byte that is not.
        offset: usize,
    },
    /// A file is larger than any policy file.
    #[error("`{}` is larger than {limit} bytes, the most that such a file may have", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The greatest size allowed, in bytes.
        limit: u64,
    },
    /// Two sources have one name.
    #[error("two sources are named `{name}`")]
    DuplicateName {
        /// The name.
        name: String,
    },
    /// `taffrail.toml` does not say what it should.
    #[error("`{}`: {message}", path.display())]
    Settings {
        /// The file.
        path: PathBuf,
        /// What is wrong in it.
        message: String,
    },
    /// The policies do not compile.
    #[error("{0}")]
    Invalid(Box<InvalidPolicies>),
    /// Saved policies could not be loaded.
    #[error(transparent)]
    Program(#[from] ProgramError),
}

/// Policies that do not compile: what is wrong with them, and their text.
#[derive(Debug)]
pub struct InvalidPolicies {
    /// What is wrong, warnings included, sorted by file and place.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts that the diagnostics point into.
    pub sources: SourceTable,
}

impl fmt::Display for InvalidPolicies {
    /// Shows each diagnostic with its piece of text, without colours.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let errors = self.diagnostics.iter().filter(|d| d.is_error()).count();
        writeln!(
            f,
            "the policies do not compile: {errors} {}",
            if errors == 1 { "error" } else { "errors" }
        )?;
        for diagnostic in &self.diagnostics {
            write!(
                f,
                "\n{}",
                render(diagnostic, &self.sources, Style::default())
            )?;
        }
        Ok(())
    }
}

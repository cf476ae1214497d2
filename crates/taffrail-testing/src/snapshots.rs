//! What becomes of explanations that differ from what was reviewed: the habits of the crate insta.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use taffrail_tools::Snapshot;

/// What is written when an explanation differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Update {
    /// The new explanation, beside the reviewed one, as `NAME.snap.new`: somebody looks at it.
    Beside,
    /// The new explanation in the place of the reviewed one, and the test passes.
    Accept,
    /// Nothing.
    Nothing,
}

impl Update {
    /// Reads `INSTA_UPDATE` and `CI` as insta does: `always` accepts, `new` and `unseen` write beside, `no` writes nothing; `auto`, or nothing said,
    /// writes beside but not in CI.
    #[must_use]
    pub fn from_environment() -> Self {
        let word = std::env::var("INSTA_UPDATE").unwrap_or_default();
        let is_ci = std::env::var_os("CI")
            .is_some_and(|value| !value.is_empty() && value != "0" && value != "false");
        Self::of(&word, is_ci)
    }

    fn of(word: &str, is_ci: bool) -> Self {
        match word {
            "always" | "force" => Self::Accept,
            "no" => Self::Nothing,
            "new" | "unseen" => Self::Beside,
            _ if is_ci => Self::Nothing,
            _ => Self::Beside,
        }
    }
}

/// Writes what an update says of an explanation, and returns whether it is accepted. `folder` is that of the policies.
///
/// # Errors
///
/// A file that cannot be written or removed, with its path.
pub fn settle(
    snapshot: &Snapshot,
    folder: &Path,
    update: Update,
) -> Result<bool, (PathBuf, io::Error)> {
    let beside_source = Path::new(&snapshot.source)
        .parent()
        .unwrap_or(Path::new(""));
    let reviewed = folder.join(beside_source).join(&snapshot.path);
    let pending = PathBuf::from(format!("{}.new", reviewed.display()));
    if snapshot.is_same() {
        // A difference that is gone need not be reviewed.
        remove(&pending)?;
        return Ok(true);
    }
    match update {
        Update::Nothing => Ok(false),
        Update::Beside => {
            write(&pending, &snapshot.file())?;
            Ok(false)
        }
        Update::Accept => {
            write(&reviewed, &snapshot.file())?;
            remove(&pending)?;
            Ok(true)
        }
    }
}

fn write(path: &Path, text: &str) -> Result<(), (PathBuf, io::Error)> {
    let failed = |error| (path.to_owned(), error);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(path, text).map_err(failed)
}

fn remove(path: &Path) -> Result<(), (PathBuf, io::Error)> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err((path.to_owned(), error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_insta_mean_what_they_mean_there() {
        assert_eq!(Update::of("always", true), Update::Accept);
        assert_eq!(Update::of("no", false), Update::Nothing);
        assert_eq!(Update::of("new", true), Update::Beside);
        assert_eq!(Update::of("", false), Update::Beside);
        assert_eq!(Update::of("auto", true), Update::Nothing);
    }
}

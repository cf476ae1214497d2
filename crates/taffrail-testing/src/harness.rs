//! What is run, and how: folders, parameters, strictness.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use libtest_mimic::Arguments;
use taffrail::Value;

use crate::folder::Folder;
use crate::trials;

/// What becomes of findings of the linter that `taffrail.toml` does not deny.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Warnings {
    /// The test `lint` fails, as `taffrail lint --deny-warnings` does.
    #[default]
    Deny,
    /// They are not shown; `taffrail lint` shows them.
    Allow,
}

/// What a folder must hold to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Strictness {
    pub(crate) warnings: Warnings,
    pub(crate) today: Date,
    pub(crate) least_coverage: Option<u8>,
}

/// A run over policy folders.
///
/// ```no_run
/// use taffrail_testing::{Harness, Warnings};
///
/// fn main() -> std::process::ExitCode {
///     Harness::new()
///         .folder("policies/baseline")
///         .folder("policies/payments")
///         .warnings(Warnings::Allow)
///         .run()
/// }
/// ```
#[derive(Debug, Clone, Default)]
pub struct Harness {
    folders: Vec<PathBuf>,
    params: Vec<(String, Value)>,
    warnings: Warnings,
    today: Option<Date>,
    least_coverage: Option<u8>,
}

impl Harness {
    /// Returns a run over nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a folder of policies, or a single file. With several, each test is named after its folder first.
    #[must_use]
    pub fn folder(mut self, folder: impl AsRef<Path>) -> Self {
        self.folders.push(folder.as_ref().to_owned());
        self
    }

    /// Sets a parameter in every folder, over what `taffrail.toml` says of it; by its full name or the last word of it.
    #[must_use]
    pub fn param(mut self, name: impl Into<String>, value: Value) -> Self {
        self.params.push((name.into(), value));
        self
    }

    /// Says what becomes of the linter's warnings; they fail the run unless told otherwise.
    #[must_use]
    pub fn warnings(mut self, warnings: Warnings) -> Self {
        self.warnings = warnings;
        self
    }

    /// Sets the day that waivers are held against, so that a run does not depend on the clock; today in UTC unless set.
    #[must_use]
    pub fn today(mut self, today: Date) -> Self {
        self.today = Some(today);
        self
    }

    /// Adds a test `coverage` to every folder, which fails when its tests exercise less of it than this percentage, counted as `taffrail coverage`
    /// does.
    #[must_use]
    pub fn least_coverage(mut self, percent: u8) -> Self {
        self.least_coverage = Some(percent);
        self
    }

    /// Runs with the options on the command line, and returns what a `main` returns.
    #[must_use]
    pub fn run(&self) -> ExitCode {
        self.run_with(std::env::args_os())
    }

    /// Runs with options as they would stand on the command line; the first one is the name of the program.
    #[must_use]
    pub fn run_with<A: Into<OsString> + Clone>(
        &self,
        arguments: impl IntoIterator<Item = A>,
    ) -> ExitCode {
        let arguments = Arguments::from_iter(arguments);
        let strictness = Strictness {
            warnings: self.warnings,
            today: self.today.unwrap_or_else(today),
            least_coverage: self.least_coverage,
        };
        let many = self.folders.len() > 1;
        let mut found = Vec::new();
        for path in &self.folders {
            let prefix = if many {
                format!("{}: ", path.display())
            } else {
                String::new()
            };
            let folder = Folder::read(&from_package(path), &self.params);
            found.extend(trials::of(folder, &prefix, strictness, &arguments));
        }
        libtest_mimic::run(&arguments, found).exit_code()
    }
}

/// Cargo says where the package lies when it runs a test; run by hand, paths start from the working folder.
fn from_package(path: &Path) -> PathBuf {
    match std::env::var_os("CARGO_MANIFEST_DIR") {
        Some(package) => Path::new(&package).join(path),
        None => path.to_owned(),
    }
}

fn today() -> Date {
    Timestamp::now().to_zoned(TimeZone::UTC).date()
}

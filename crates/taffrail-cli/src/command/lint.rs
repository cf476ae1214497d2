//! `taffrail lint`: what compiles and is likely a mistake.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use taffrail_syntax::Diagnostic;
use taffrail_tools::{Fixed, LintInput, fix, lint};

use crate::arguments::{Lint, LintForm};
use crate::failure::Failure;
use crate::format::{github, json, sarif, text};
use crate::output::Output;
use crate::policies::Policies;

/// Shows every finding; fails when one is denied, or when the policies do not compile.
pub(crate) fn run(arguments: &Lint, output: &mut Output) -> Result<ExitCode, Failure> {
    let mut policies = Policies::read(&arguments.policies, &arguments.set)?;
    let today = arguments
        .today
        .unwrap_or_else(|| Timestamp::now().to_zoned(TimeZone::UTC).date());
    let mut found = findings(&policies, today)?;
    let mut mended = None;
    if arguments.fix {
        mended = Some(mend(&mut policies, &found)?);
        found = findings(&policies, today)?;
    }
    match arguments.output {
        LintForm::Text => output.coloured(&text::lint(&found, mended, &policies))?,
        LintForm::Json => output.plain(&json::lint(&found, mended, &policies)?)?,
        LintForm::Sarif => output.plain(&sarif::lint(&found, &policies)?)?,
        LintForm::Github => output.plain(&github::lint(&found, &policies))?,
    }
    let fails = |finding: &Diagnostic| finding.is_error() || arguments.deny_warnings;
    Ok(ExitCode::from(u8::from(found.iter().any(fails))))
}

/// Returns what is wrong with policies: their errors when they do not compile, else what the linter finds.
fn findings(policies: &Policies, today: Date) -> Result<Vec<Diagnostic>, Failure> {
    if policies.compiled.program.is_none() {
        return Ok(policies.compiled.diagnostics.clone());
    }
    let program = policies.program()?;
    Ok(lint(&LintInput {
        sources: &policies.sources.table,
        compiled: &policies.compiled,
        program: &program,
        read: &|source, path| policies.sources.read_beside(source, path),
        today,
        levels: &policies.levels,
    }))
}

/// Writes the certain remedies into the files and returns how many there were. Nothing is written when the policies would
/// not compile with them.
fn mend(policies: &mut Policies, found: &[Diagnostic]) -> Result<usize, Failure> {
    let Some(folder) = policies.sources.folder.clone() else {
        return Err(Failure::NothingToWriteTo);
    };
    if policies.compiled.program.is_none() {
        return Ok(0);
    }
    let Fixed {
        sources,
        changed,
        applied,
    } = fix(&policies.sources.table, found);
    let before = std::mem::replace(&mut policies.sources.table, sources);
    policies.compiled = policies.sources.compile();
    if policies.compiled.program.is_none() {
        return Err(Failure::FixBreaks {
            diagnostics: policies.compiled.diagnostics.clone(),
            sources: Box::new(std::mem::take(&mut policies.sources.table)),
        });
    }
    for id in changed {
        if let (Some(old), Some(new)) = (before.get(id), policies.sources.table.get(id)) {
            write(&folder, &old.name, &new.text)?;
        }
    }
    Ok(applied)
}

fn write(folder: &Path, name: &str, text: &str) -> Result<(), Failure> {
    let path = folder.join(name);
    fs::write(&path, text).map_err(|source| Failure::Unwritable {
        path: path.to_string_lossy().into_owned(),
        source,
    })
}

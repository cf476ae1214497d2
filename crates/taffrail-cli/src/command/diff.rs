//! `taffrail diff`: which rules changed in meaning.

use std::process::ExitCode;

use taffrail_runtime::Program;
use taffrail_syntax::SourceTable;
use taffrail_tools::diff::{Diff, Set, diff};
use taffrail_tools::{ReadFile, Suite};

use crate::arguments::{Diff as Arguments, FailOn, Form};
use crate::failure::Failure;
use crate::format::diff as format;
use crate::output::Output;
use crate::policies::Policies;

use super::replay::{MILDER, earlier};

/// Compares two policy sets; the exit code says whether anything changed in meaning, and whether it may have become milder.
pub(crate) fn run(arguments: &Arguments, output: &mut Output) -> Result<ExitCode, Failure> {
    let old = earlier(&arguments.old, &arguments.set)?;
    let new = Policies::read(&arguments.new, &arguments.set)?;
    let (old_program, new_program) = (old.program()?, new.program()?);
    let read_old = |source: &str, path: &str| old.sources.read_beside(source, path);
    let read_new = |source: &str, path: &str| new.sources.read_beside(source, path);
    let shown = [&old, &new].map(|policies| policies.sources.table_for_messages());
    let [shown_old, shown_new] = &shown;
    let found = diff(
        &set(&old, &old_program, &read_old, shown_old),
        &set(&new, &new_program, &read_new, shown_new),
    );
    match arguments.output {
        Form::Text => output.coloured(&format::text(&found))?,
        Form::Json => output.plain(&format::json(&found)?)?,
        Form::Markdown => output.plain(&format::markdown(&found))?,
    }
    Ok(ExitCode::from(exit_code(&found, arguments.fail_on)))
}

fn set<'s>(
    policies: &'s Policies,
    program: &'s Program,
    read: &'s ReadFile<'s>,
    shown: &'s SourceTable,
) -> Set<'s> {
    Set {
        shown,
        suite: Suite {
            sources: &policies.sources.table,
            module: &policies.compiled.module,
            program,
            read,
        },
    }
}

fn exit_code(found: &Diff, fail_on: FailOn) -> u8 {
    match fail_on {
        FailOn::Changed | FailOn::Milder if found.may_be_milder() => MILDER,
        FailOn::Changed => u8::from(found.is_change()),
        FailOn::Milder | FailOn::Never => 0,
    }
}

//! `taffrail schema`: the JSON Schema of decisions.

use std::process::ExitCode;

use crate::failure::Failure;
use crate::output::Output;

/// Prints the schema.
pub(crate) fn run(output: &mut Output) -> Result<ExitCode, Failure> {
    output.plain(taffrail_runtime::decision::JSON_SCHEMA)?;
    Ok(ExitCode::SUCCESS)
}

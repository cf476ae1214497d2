//! `taffrail completions`: what a shell needs to complete the command line.

use std::process::ExitCode;

use clap::CommandFactory;

use crate::arguments::{Arguments, Completions};
use crate::failure::Failure;
use crate::output::Output;

/// Prints the script of a shell.
pub(crate) fn run(arguments: &Completions, output: &mut Output) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    let mut command = Arguments::command();
    clap_complete::generate(arguments.shell, &mut command, "taffrail", &mut script);
    output.plain(&String::from_utf8_lossy(&script))?;
    Ok(ExitCode::SUCCESS)
}

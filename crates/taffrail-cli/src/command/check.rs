//! `taffrail check`: whether policies compile.

use std::process::ExitCode;

use taffrail_syntax::Diagnostic;

use crate::arguments::{Check, Form};
use crate::failure::Failure;
use crate::format::{json, markdown, text};
use crate::output::Output;
use crate::policies::Policies;

/// Shows every diagnostic; fails when one is an error.
pub(crate) fn run(arguments: &Check, output: &mut Output) -> Result<ExitCode, Failure> {
    let policies = Policies::read(&arguments.policies, &arguments.set)?;
    match arguments.output {
        Form::Text => output.coloured(&text::check(&policies))?,
        Form::Json => output.plain(&json::check(&policies)?)?,
        Form::Markdown => output.plain(&markdown::check(&policies))?,
    }
    let is_wrong = policies
        .compiled
        .diagnostics
        .iter()
        .any(Diagnostic::is_error);
    let code = u8::from(is_wrong);
    Ok(ExitCode::from(code))
}

//! `taffrail requirements`: what deciding actions will read.

use std::process::ExitCode;

use crate::actions;
use crate::arguments::{Form, Requirements};
use crate::failure::Failure;
use crate::format::{json, markdown, text};
use crate::output::Output;
use crate::policies::Policies;

/// Lists what has to be collected for each action, and for each step of a plan.
pub(crate) fn run(arguments: &Requirements, output: &mut Output) -> Result<ExitCode, Failure> {
    let policies = Policies::read(&arguments.actions.policies, &arguments.actions.set)?;
    let program = policies.program()?;
    let all = actions::read(&arguments.actions)?;
    for asked in &all {
        actions::check(asked, &program, output)?;
    }
    let mut is_first = true;
    for request in all.iter().flat_map(|asked| asked.action.requests()) {
        let found = program.requirements(request);
        match arguments.output {
            Form::Text => output.coloured(&text::requirements(&found, is_first))?,
            Form::Json => output.plain(&json::requirements(&found)?)?,
            Form::Markdown => output.plain(&markdown::requirements(&found, is_first))?,
        }
        is_first = false;
    }
    Ok(ExitCode::SUCCESS)
}

//! `taffrail graph`: draws which rule reads what.

use std::process::ExitCode;

use taffrail_compiler::draw;

use crate::arguments::{Drawing, Graph};
use crate::failure::Failure;
use crate::output::Output;
use crate::policies::Policies;

/// Draws the rule graph of policies that compile.
pub(crate) fn run(arguments: &Graph, output: &mut Output) -> Result<ExitCode, Failure> {
    let policies = Policies::read(&arguments.policies, &arguments.set)?;
    policies.program()?;
    let graph = &policies.compiled.graph;
    let drawing = match arguments.format {
        Drawing::Dot => draw::dot(graph),
        Drawing::Mermaid => draw::mermaid(graph),
    };
    output.plain(&drawing)?;
    Ok(ExitCode::SUCCESS)
}

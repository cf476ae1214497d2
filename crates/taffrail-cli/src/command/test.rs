//! `taffrail test`: runs the tests that stand in policies.

use std::process::ExitCode;

use taffrail_tools::{Suite, run_tests};

use crate::arguments::{Form, Test};
use crate::failure::Failure;
use crate::format::{json, markdown, text};
use crate::output::Output;
use crate::policies::Policies;

/// Runs the tests; fails when one does.
pub(crate) fn run(arguments: &Test, output: &mut Output) -> Result<ExitCode, Failure> {
    let policies = Policies::read(&arguments.policies, &arguments.set)?;
    let program = policies.program()?;
    let suite = Suite {
        sources: &policies.sources.table,
        module: &policies.compiled.module,
        program: &program,
        read: &|source, path| policies.sources.read_beside(source, path),
    };
    let results = run_tests(&suite, arguments.filter.as_deref());
    if let (true, Some(filter)) = (results.is_empty(), &arguments.filter) {
        let filter = filter.clone();
        return Err(Failure::NoSuchTest { filter });
    }
    match arguments.output {
        Form::Text => output.coloured(&text::tests(&results, &policies))?,
        Form::Json => output.plain(&json::tests(&results, &policies)?)?,
        Form::Markdown => output.plain(&markdown::tests(&results, &policies))?,
    }
    let failed = results.iter().any(|result| !result.passed());
    Ok(ExitCode::from(u8::from(failed)))
}

//! `taffrail test`: runs the tests that stand in policies.

use std::fs;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use taffrail_tools::{Suite, TestResult, test_cases};

use crate::arguments::{Test, TestForm};
use crate::failure::Failure;
use crate::format::{json, junit, markdown, text};
use crate::output::Output;
use crate::policies::Policies;
use crate::watch::Watch;

/// Runs the tests; fails when one does. With `--watch`, runs them after every change until interrupted.
pub(crate) fn run(arguments: &Test, output: &mut Output) -> Result<ExitCode, Failure> {
    if !arguments.watch {
        return once(arguments, output);
    }
    let mut watch = Watch::new(&arguments.policies)?;
    loop {
        // What is wrong now is mended with the next change.
        if let Err(failure) = once(arguments, output) {
            output.failure(&failure);
        }
        if output.is_closed() {
            return Ok(ExitCode::SUCCESS);
        }
        output.aside("\nwaiting for a change, Ctrl-C ends\n");
        watch.wait()?;
        output.aside("\n");
    }
}

fn once(arguments: &Test, output: &mut Output) -> Result<ExitCode, Failure> {
    let policies = Policies::read(&arguments.policies, &arguments.set)?;
    let timed = run_tests(&policies, arguments.filter.as_deref())?;
    if timed.is_empty() {
        if let Some(filter) = &arguments.filter {
            let filter = filter.clone();
            return Err(Failure::NoSuchTest { filter });
        }
        say_untested(&policies, output);
    }
    // A report is read where the folder of the policies is not known.
    let table = policies.sources.table_for_messages();
    if let Some(file) = &arguments.junit {
        fs::write(file, junit::tests(&timed, &table)?).map_err(|source| Failure::Unwritable {
            path: file.display().to_string(),
            source,
        })?;
    }
    if arguments.output == TestForm::Junit {
        output.plain(&junit::tests(&timed, &table)?)?;
    }
    let results: Vec<TestResult> = timed.into_iter().map(|(result, _)| result).collect();
    match arguments.output {
        TestForm::Text => output.coloured(&text::tests(&results, &policies))?,
        TestForm::Json => output.plain(&json::tests(&results, &policies)?)?,
        TestForm::Markdown => output.plain(&markdown::tests(&results, &policies))?,
        TestForm::Junit => {}
    }
    let failed = results.iter().any(|result| !result.passed());
    Ok(ExitCode::from(u8::from(failed)))
}

/// Runs every test whose name contains the filter, and takes the time of each.
fn run_tests(
    policies: &Policies,
    filter: Option<&str>,
) -> Result<Vec<(TestResult, Duration)>, Failure> {
    let program = policies.program()?;
    let sources = &policies.sources;
    let module = &policies.compiled.module;
    let suite = Suite {
        sources: &sources.table,
        module,
        program: &program,
        read: &|source, path| sources.read_beside(source, path),
    };
    let cases = test_cases(&sources.table, module);
    let wanted = cases
        .iter()
        .filter(|case| filter.is_none_or(|filter| case.name().contains(filter)));
    Ok(wanted
        .map(|case| {
            let start = Instant::now();
            let result = case.run(&suite);
            (result, start.elapsed())
        })
        .collect())
}

fn say_untested(policies: &Policies, output: &mut Output) {
    let files = policies.sources.table.iter().count();
    if files == 0 {
        output.warning("there is no `.guard` file here", None);
        return;
    }
    output.warning(
        "these policies have no tests, so nobody knows what they do",
        Some("write what you expect beside a rule: `test \"…\" { given { … } expect propose }`"),
    );
}

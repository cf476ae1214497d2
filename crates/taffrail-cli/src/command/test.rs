//! `taffrail test`: runs the tests that stand in policies.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use taffrail_testing::snapshots::{self, Update};
use taffrail_tools::{Draws, Suite, TestResult, test_cases};

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
    let mut timed = run_tests(&policies, arguments)?;
    settle_snapshots(&mut timed, &policies, arguments.accept)?;
    if timed.is_empty() {
        if let Some(filter) = &arguments.filter {
            let filter = filter.clone();
            return Err(Failure::NoSuchTest { filter });
        }
        say_untested(&policies, output);
    }
    if arguments.filter.is_none() {
        for path in unexpected_snapshots(&timed, &policies) {
            let message = format!("no test expects the snapshot `{path}`");
            output.warning(
                &message,
                Some("delete it, or write `expect snapshot` again"),
            );
        }
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

/// Writes what differs from reviewed explanations, and lets pass what is accepted.
fn settle_snapshots(
    timed: &mut [(TestResult, Duration)],
    policies: &Policies,
    accept: bool,
) -> Result<(), Failure> {
    let update = if accept {
        Update::Accept
    } else {
        Update::from_environment()
    };
    let Some(folder) = &policies.sources.folder else {
        return Ok(());
    };
    for (result, _) in timed {
        let Some(snapshot) = &result.snapshot else {
            continue;
        };
        let settled = snapshots::settle(snapshot, folder, update);
        let accepted = settled.map_err(|(path, source)| Failure::Unwritable {
            path: path.display().to_string(),
            source,
        })?;
        if accepted {
            result.accept_snapshot();
        }
    }
    Ok(())
}

/// Returns the files of snapshots beside the policies that no test expects.
fn unexpected_snapshots(timed: &[(TestResult, Duration)], policies: &Policies) -> Vec<String> {
    let Some(root) = &policies.sources.folder else {
        return Vec::new();
    };
    let beside = |source: &str, path: &str| {
        let folder = Path::new(source).parent().unwrap_or(Path::new(""));
        root.join(folder).join(path)
    };
    let expected: BTreeSet<PathBuf> = timed
        .iter()
        .filter_map(|(result, _)| result.snapshot.as_ref())
        .map(|snapshot| beside(&snapshot.source, &snapshot.path))
        .collect();
    let sources = policies.sources.table.iter();
    let folders: BTreeSet<PathBuf> = sources
        .map(|(_, source)| beside(&source.name, "snapshots"))
        .collect();
    let files = folders
        .iter()
        .filter_map(|folder| fs::read_dir(folder).ok());
    let mut found: Vec<String> = files
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "snap")
        })
        .filter(|path| !expected.contains(path))
        .map(|path| path.display().to_string())
        .collect();
    found.sort();
    found
}

/// Runs every test whose name contains the filter, and takes the time of each.
fn run_tests(
    policies: &Policies,
    arguments: &Test,
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
    let draws = Draws {
        cases: arguments.cases,
        seed: arguments.seed,
    };
    let filter = arguments.filter.as_deref();
    let wanted = test_cases(&sources.table, module)
        .into_iter()
        .filter(|case| filter.is_none_or(|filter| case.name().contains(filter)))
        .map(|case| case.with_draws(draws));
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

//! `taffrail coverage`: what the tests exercise of the policies.

use std::fs;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use taffrail_tools::Suite;
use taffrail_tools::coverage::{Coverage, Ratio, coverage};

use crate::arguments::{self, BenchForm};
use crate::failure::Failure;
use crate::format::coverage::{html, json, lcov, text};
use crate::output::Output;
use crate::policies::Policies;

/// Runs the tests and shows what they exercise; fails under the percentage that is asked for.
pub(crate) fn run(
    arguments: &arguments::Coverage,
    output: &mut Output,
) -> Result<ExitCode, Failure> {
    let policies = Policies::read(&arguments.policies, &arguments.set)?;
    let found = measure(&policies, arguments.filter.as_deref())?;
    match arguments.output {
        BenchForm::Text => output.coloured(&text::coverage(&found, &policies))?,
        BenchForm::Json => output.plain(&json::coverage(&found, &policies)?)?,
    }
    write_reports(arguments, &found, &policies)?;
    warn(&found, output);
    let covered = found.counts().total();
    Ok(ExitCode::from(u8::from(falls_short(
        covered,
        arguments.fail_under,
        output,
    ))))
}

fn write_reports(
    arguments: &arguments::Coverage,
    found: &Coverage,
    policies: &Policies,
) -> Result<(), Failure> {
    // The reports are read where the folder of the policies is not known.
    let table = policies.sources.table_for_messages();
    if let Some(file) = &arguments.lcov {
        write(file, &lcov::coverage(found, &table))?;
    }
    if let Some(folder) = &arguments.html {
        fs::create_dir_all(folder).map_err(|source| unwritable(folder, source))?;
        for (name, page) in html::coverage(found, &table) {
            write(&folder.join(name), &page)?;
        }
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text).map_err(|source| unwritable(path, source))
}

fn unwritable(path: &Path, source: io::Error) -> Failure {
    Failure::Unwritable {
        path: path.display().to_string(),
        source,
    }
}

fn measure(policies: &Policies, filter: Option<&str>) -> Result<Coverage, Failure> {
    let program = policies.program()?;
    let sources = &policies.sources;
    let suite = Suite {
        sources: &sources.table,
        module: &policies.compiled.module,
        program: &program,
        read: &|source, path| sources.read_beside(source, path),
    };
    let found = coverage(&suite, &policies.compiled.source_map, filter);
    match filter {
        Some(filter) if found.tests == 0 => Err(Failure::NoSuchTest {
            filter: filter.to_owned(),
        }),
        Some(_) | None => Ok(found),
    }
}

fn warn(found: &Coverage, output: &mut Output) {
    if found.tests == 0 {
        output.warning(
            "there is no test here, so nothing is covered",
            Some("`test \"…\" { given { … } expect propose }` is one"),
        );
    }
    match found.failed.as_slice() {
        [] => {}
        [one] => output.warning(&format!("the test `{one}` fails"), None),
        [first, rest @ ..] => output.warning(
            &format!("the test `{first}` and {} others fail", rest.len()),
            Some("`taffrail test` says why"),
        ),
    }
}

/// Says so when less is covered than is asked for.
fn falls_short(covered: Ratio, wanted: Option<usize>, output: &mut Output) -> bool {
    let Some(wanted) = wanted.filter(|wanted| covered.permille() < *wanted) else {
        return false;
    };
    let message = format!(
        "{} % is covered, and at least {}.{} % is asked for",
        covered.percent(),
        wanted / 10,
        wanted % 10
    );
    output.error(&message);
    true
}

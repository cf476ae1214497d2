//! `taffrail test`: runs the tests that stand in policies.

use std::fs;
use std::path::{Component, Path, PathBuf};
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
    let folder = folder(&arguments.policies);
    let suite = Suite {
        sources: &policies.sources.table,
        module: &policies.compiled.module,
        program: &program,
        read: &|source, path| read(&folder, source, path),
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

/// Returns the folder that the names of sources start from.
fn folder(policies: &Path) -> PathBuf {
    if policies.is_dir() {
        return policies.to_owned();
    }
    policies.parent().unwrap_or(Path::new("")).to_owned()
}

/// Reads a file that a test starts from; its path starts from the test's own file and stays among the policies.
fn read(folder: &Path, source: &str, path: &str) -> Result<Vec<u8>, String> {
    let mut inside = PathBuf::new();
    let own_folder = Path::new(source).parent().unwrap_or(Path::new(""));
    for part in own_folder.join(path).components() {
        match part {
            Component::Normal(name) => inside.push(name),
            Component::CurDir => {}
            Component::ParentDir if inside.pop() => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => {
                return Err("it lies outside of the policies".into());
            }
        }
    }
    fs::read(folder.join(inside)).map_err(|error| error.to_string())
}

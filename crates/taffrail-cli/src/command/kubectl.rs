//! `taffrail kubectl`: decides a command of kubectl, and runs it only if it may be executed.

use std::io::Write;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use serde_json::Value as Json;
use taffrail_actions::Effect;
use taffrail_actions::command::{Line, Selection, Target, read_words};
use taffrail_runtime::decision::Verdict;

use super::decide::{Decided, exit_code};
use crate::actions::{self, Asked};
use crate::arguments::Kubectl;
use crate::command_line::{self, KeptInput};
use crate::failure::Failure;
use crate::format::text;
use crate::output::Output;
use crate::policies::Policies;

/// Decides, and runs what may be executed with exactly the arguments that were given.
pub(crate) fn run(arguments: &Kubectl, output: &mut Output) -> Result<ExitCode, Failure> {
    let policies = Policies::read(&arguments.policies, &arguments.set)?;
    let program = policies.program()?;
    let words = std::iter::once("kubectl").chain(arguments.arguments.iter().map(String::as_str));
    let line = read_words(words);
    let cluster = Cluster {
        program: &arguments.program,
        access: access(&line),
    };
    let namespace = cluster.namespace();
    let live = match line.effect {
        Effect::Write | Effect::Exec => cluster.live(&line),
        Effect::Read | Effect::DryRun | Effect::Local | Effect::SecretRead | Effect::Unknown => {
            Vec::new()
        }
    };
    let input = KeptInput::default();
    let asked = Asked {
        document: "the command line".to_owned(),
        action: command_line::action(
            &line,
            command_line::base(arguments.facts.as_deref())?,
            &live,
            namespace.as_deref(),
            &|name| input.read(name),
        ),
    };
    actions::check(&asked, &program, output)?;
    let decided = Decided::of(&asked.action, &program);
    match decided.verdict() {
        Verdict::Execute => execute(arguments, input.into_bytes()),
        verdict @ (Verdict::Propose | Verdict::Escalate) => {
            output.aside(&text::decided(&decided, None, true));
            Ok(exit_code(verdict))
        }
    }
}

fn execute(arguments: &Kubectl, input: Option<Vec<u8>>) -> Result<ExitCode, Failure> {
    let failed = |source| Failure::NotRun {
        program: arguments.program.display().to_string(),
        source,
    };
    let mut command = Command::new(&arguments.program);
    command.args(&arguments.arguments);
    let Some(input) = input else {
        let status = command.status().map_err(failed)?;
        return Ok(code(status.code()));
    };
    let mut child = command.stdin(Stdio::piped()).spawn().map_err(failed)?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that stops reading early says so by its exit code.
        let _ = stdin.write_all(&input);
    }
    Ok(code(child.wait().map_err(failed)?.code()))
}

fn code(code: Option<i32>) -> ExitCode {
    ExitCode::from(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}

/// The flags that say which cluster, as they are to be given again.
fn access(line: &Line) -> Vec<String> {
    let settings = line.commands.iter().flat_map(|command| &command.settings);
    settings
        .filter_map(|setting| {
            let value = setting.value.known()?;
            Some(format!("--{}={value}", setting.name))
        })
        .collect()
}

/// What can be asked of the cluster before the command runs.
struct Cluster<'a> {
    program: &'a Path,
    access: Vec<String>,
}

impl Cluster<'_> {
    /// Returns the namespace of commands that name none.
    fn namespace(&self) -> Option<String> {
        let read = self.ask(&["config", "view", "--minify", "-o", "jsonpath={..namespace}"])?;
        let name = read.trim();
        Some(if name.is_empty() { "default" } else { name }.to_owned())
    }

    /// Returns the live objects that a line names.
    fn live(&self, line: &Line) -> Vec<Json> {
        let targets = line.commands.iter().flat_map(|command| &command.targets);
        targets.filter_map(|target| self.get(target)).collect()
    }

    fn get(&self, target: &Target) -> Option<Json> {
        let name = match &target.selection {
            Selection::Named(name) => name.known()?,
            Selection::Labels(_) | Selection::Fields(_) | Selection::All | Selection::File(_) => {
                return None;
            }
        };
        // The words come from the command itself; none may be taken for a flag.
        if target.resource.is_empty() || target.resource.starts_with('-') || name.starts_with('-') {
            return None;
        }
        let mut arguments = vec!["get", target.resource.as_str(), name, "-o", "json"];
        if let Some(namespace) = &target.namespace {
            arguments.extend(["--namespace", namespace.known()?]);
        }
        serde_json::from_str(&self.ask(&arguments)?).ok()
    }

    fn ask(&self, arguments: &[&str]) -> Option<String> {
        let answer = Command::new(self.program)
            .args(arguments)
            .args(&self.access)
            .stdin(Stdio::null())
            .output()
            .ok()?;
        answer
            .status
            .success()
            .then(|| String::from_utf8(answer.stdout).ok())
            .flatten()
    }
}

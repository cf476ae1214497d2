//! The commands.

use std::process::ExitCode;

use crate::arguments::Command;
use crate::failure::Failure;
use crate::output::Output;

mod agent;
mod approvals;
mod audit;
mod check;
mod completions;
mod coverage;
mod decide;
mod diff;
mod explain;
mod fmt;
mod graph;
mod hook;
mod init;
mod kubectl;
mod lint;
mod mcp;
mod mutate;
mod options;
mod parse;
mod pause;
mod replay;
mod requirements;
mod schema;
mod status;
mod test;

pub(crate) use decide::Decided;

/// Does what is asked and returns the exit code.
pub(crate) fn run(command: &Command, output: &mut Output) -> Result<ExitCode, Failure> {
    match command {
        Command::Check(arguments) => check::run(arguments, output),
        Command::Lint(arguments) => lint::run(arguments, output),
        Command::Fmt(arguments) => fmt::run(arguments, output),
        Command::Decide(arguments) => decide::run(arguments, output),
        Command::Parse(arguments) => parse::run(arguments, output),
        Command::Kubectl(arguments) => kubectl::run(arguments, output),
        Command::Hook(arguments) => hook::run(arguments, output),
        Command::Mcp(arguments) => mcp::run(arguments, output),
        Command::Options(arguments) => options::run(arguments, output),
        Command::Test(arguments) => test::run(arguments, output),
        Command::Coverage(arguments) => coverage::run(arguments, output),
        Command::Diff(arguments) => diff::run(arguments, output),
        Command::Replay(arguments) => replay::run(arguments, output),
        Command::Mutate(arguments) => mutate::run(arguments, output),
        Command::Graph(arguments) => graph::run(arguments, output),
        Command::Explain(arguments) => explain::run(arguments, output),
        Command::Agent(arguments) => agent::run(arguments, output),
        Command::Requirements(arguments) => requirements::run(arguments, output),
        Command::Approvals(arguments) => approvals::run(arguments, output),
        Command::Audit(arguments) => audit::run(arguments, output),
        Command::Pause(arguments) => pause::pause(arguments, output),
        Command::Resume(arguments) => pause::resume(arguments, output),
        Command::Status(arguments) => status::run(arguments, output),
        Command::Schema => schema::run(output),
        Command::Init(arguments) => init::run(arguments, output),
        Command::Completions(arguments) => completions::run(arguments, output),
    }
}

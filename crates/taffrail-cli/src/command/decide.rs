//! `taffrail decide`: what may happen with actions, and why.

use std::process::ExitCode;

use taffrail_actions::Action;
use taffrail_runtime::Program;
use taffrail_runtime::decision::{PlanReport, Report, Verdict};

use crate::actions;
use crate::arguments::{Decide, Form};
use crate::failure::Failure;
use crate::format::{json, markdown, text};
use crate::output::Output;
use crate::policies::Policies;

/// What was decided on one document.
#[derive(Debug)]
pub(crate) enum Decided {
    Action(Box<Report>),
    Plan(Box<PlanReport>),
}

impl Decided {
    pub(super) fn of(action: &Action, program: &Program) -> Self {
        match action {
            Action::Single(request) => Self::Action(Box::new(program.decide(request).report())),
            Action::Plan(plan) => Self::Plan(Box::new(program.decide_plan(plan).report())),
        }
    }

    pub(super) fn verdict(&self) -> Verdict {
        match self {
            Self::Action(report) => report.verdict,
            Self::Plan(report) => report.verdict,
        }
    }
}

/// Decides every action; the exit code says the most careful verdict.
pub(crate) fn run(arguments: &Decide, output: &mut Output) -> Result<ExitCode, Failure> {
    let policies = Policies::read(&arguments.actions.policies, &arguments.actions.set)?;
    let program = policies.program()?;
    let all = actions::read(&arguments.actions)?;
    for asked in &all {
        actions::check(asked, &program, output)?;
    }
    let mut most_careful = Verdict::Execute;
    for (at, asked) in all.iter().enumerate() {
        let decided = Decided::of(&asked.action, &program);
        most_careful = most_careful.max(decided.verdict());
        let title = (all.len() > 1).then_some(asked.document.as_str());
        let is_first = at == 0;
        match arguments.output {
            Form::Text => output.coloured(&text::decided(&decided, title, is_first))?,
            Form::Json => output.plain(&json::decided(&decided, arguments.pretty)?)?,
            Form::Markdown => output.plain(&markdown::decided(&decided, is_first))?,
        }
    }
    Ok(exit_code(most_careful))
}

/// Returns the exit code that says a verdict.
pub(super) fn exit_code(verdict: Verdict) -> ExitCode {
    ExitCode::from(match verdict {
        Verdict::Execute => 0,
        Verdict::Propose => 3,
        Verdict::Escalate => 4,
    })
}

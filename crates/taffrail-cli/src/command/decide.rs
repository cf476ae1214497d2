//! `taffrail decide`: what may happen with actions, and why.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use taffrail_actions::{Action, document_of, without_secrets};
use taffrail_copilot::why_not_in;
use taffrail_runtime::Program;
use taffrail_runtime::decision::{PlanReport, Report, Verdict};

use crate::actions;
use crate::arguments::{Decide, DecisionForm};
use crate::failure::Failure;
use crate::format::{explained, json, text, why_not};
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
    let mut record = match &arguments.record {
        Some(path) => Some(Record::open(path)?),
        None => None,
    };
    let mut most_careful = Verdict::Execute;
    for (at, asked) in all.iter().enumerate() {
        let decided = Decided::of(&asked.action, &program);
        most_careful = most_careful.max(decided.verdict());
        if let Some(record) = &mut record {
            record.append(&asked.action, &decided)?;
        }
        let why = match &asked.action {
            Action::Single(request) if arguments.why_not => Some(why_not_in(&program, request)),
            Action::Single(_) | Action::Plan(_) => None,
        };
        if arguments.why_not && why.is_none() {
            let message = format!("{}: `--why-not` is not answered for plans", asked.document);
            output.warning(&message, Some("ask for the step that stands out"));
        }
        let title = (all.len() > 1).then_some(asked.document.as_str());
        let why = why.as_ref();
        let is_first = at == 0;
        match arguments.output {
            DecisionForm::Text => {
                output.coloured(&text::decided(&decided, title, is_first))?;
                output.coloured(&why.map_or_else(String::new, why_not::text))?;
            }
            DecisionForm::Json => output.plain(&json::decided(&decided, why, arguments.pretty)?)?,
            DecisionForm::Line => output.plain(&explained::line(&decided, why))?,
            DecisionForm::Card => output.plain(&explained::card(&decided, why, is_first))?,
            DecisionForm::Page => output.plain(&explained::page(&decided, why, is_first))?,
        }
    }
    Ok(exit_code(most_careful))
}

/// A file of decisions, each with its action.
struct Record<'p> {
    path: &'p Path,
    file: File,
}

impl<'p> Record<'p> {
    /// Opens a file to write at its end; a new one if there is none.
    fn open(path: &'p Path) -> Result<Self, Failure> {
        match File::options().create(true).append(true).open(path) {
            Ok(file) => Ok(Self { path, file }),
            Err(source) => Err(unwritable(path, source)),
        }
    }

    fn append(&mut self, action: &Action, decided: &Decided) -> Result<(), Failure> {
        let decision = match decided {
            Decided::Action(report) => serde_json::to_value(report)?,
            Decided::Plan(report) => serde_json::to_value(report)?,
        };
        let action = without_secrets(document_of(action));
        let line = serde_json::json!({ "action": action, "decision": decision });
        // One call, so that lines of several processes do not mix.
        let written = self.file.write_all(format!("{line}\n").as_bytes());
        written.map_err(|source| unwritable(self.path, source))
    }
}

fn unwritable(path: &Path, source: io::Error) -> Failure {
    Failure::Unwritable {
        path: path.display().to_string(),
        source,
    }
}

/// Returns the exit code that says a verdict.
pub(super) fn exit_code(verdict: Verdict) -> ExitCode {
    ExitCode::from(match verdict {
        Verdict::Execute => 0,
        Verdict::Propose => 3,
        Verdict::Escalate => 4,
    })
}

//! `taffrail options`: what else could be done, each already decided.

use std::process::ExitCode;

use taffrail::Verdict;
use taffrail_copilot::{Advice, Goal, Limits, explain, propose, read_goal};
use taffrail_runtime::Program;

use crate::actions;
use crate::arguments::{Form, Options};
use crate::failure::Failure;
use crate::format;
use crate::output::Output;
use crate::policies::Policies;

/// Finds options for every action or goal; the exit code says the verdict on the best one of the worst off.
pub(crate) fn run(arguments: &Options, output: &mut Output) -> Result<ExitCode, Failure> {
    let policies = Policies::read(&arguments.actions.policies, &arguments.actions.set)?;
    let program = policies.program()?;
    let goals = goals(arguments, &program, output)?;
    let limits = Limits {
        looks: arguments.looks,
        ..Limits::default()
    };
    let mut worst_off = Verdict::Execute;
    for (at, (document, goal)) in goals.iter().enumerate() {
        let advice = propose(&program, goal, &limits);
        let best = advice.options.first();
        worst_off = worst_off.max(best.map_or(Verdict::Escalate, |best| best.verdict));
        let title = (goals.len() > 1).then_some(document.as_str());
        print(&advice, title, at == 0, arguments, output)?;
    }
    Ok(super::decide::exit_code(worst_off))
}

/// Reads documents as goals, and everything else as actions.
fn goals(
    arguments: &Options,
    program: &Program,
    output: &mut Output,
) -> Result<Vec<(String, Goal)>, Failure> {
    let asked = &arguments.actions;
    let mut goals = Vec::new();
    if asked.kubectl.is_some() || asked.tool_call.is_some() {
        for one in actions::read(asked)? {
            actions::check(&one, program, output)?;
            goals.push((one.document, Goal::of(one.action)));
        }
        return Ok(goals);
    }
    for path in &asked.actions {
        for file in actions::files(path)? {
            let name = file.display().to_string();
            let goal = read_goal(&name, &actions::bytes(&file)?, &actions::defaults())?;
            for action in &goal.candidates {
                let asked = actions::Asked {
                    document: name.clone(),
                    action: action.clone(),
                };
                actions::check(&asked, program, output)?;
            }
            goals.push((name, goal));
        }
    }
    Ok(goals)
}

fn print(
    advice: &Advice,
    title: Option<&str>,
    is_first: bool,
    arguments: &Options,
    output: &mut Output,
) -> Result<(), Failure> {
    match arguments.output {
        Form::Text => output.coloured(&format::options::text(advice, title, is_first))?,
        Form::Json => output.plain(&format::json::options(advice)?)?,
        Form::Markdown => output.plain(&explain::options(advice))?,
    }
    Ok(())
}

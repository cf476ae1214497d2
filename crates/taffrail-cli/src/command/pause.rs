//! `taffrail pause` and `taffrail resume`: the switch that stops all execution.

use std::process::ExitCode;

use taffrail_runtime::text::time;

use crate::arguments::{Pause, Resume};
use crate::failure::Failure;
use crate::format::story::shown;
use crate::ledger;
use crate::output::Output;

/// Stops all execution.
pub(crate) fn pause(arguments: &Pause, output: &mut Output) -> Result<ExitCode, Failure> {
    let ledger = ledger::existing(&arguments.at.ledger)?;
    let by = ledger::person(arguments.who.name.as_deref())?;
    let before = ledger.paused()?;
    let pause = ledger.pause(&by, &arguments.reason)?;
    let word = if before.is_some() {
        "all execution was paused already"
    } else {
        "all execution is paused"
    };
    output.coloured(&format!(
        "{word}: by {} since {}: {}\n`taffrail resume` lets it go on\n",
        shown(&pause.by),
        time(pause.since),
        shown(&pause.reason)
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// Lets execution go on.
pub(crate) fn resume(arguments: &Resume, output: &mut Output) -> Result<ExitCode, Failure> {
    let ledger = ledger::existing(&arguments.at.ledger)?;
    let by = ledger::person(arguments.who.name.as_deref())?;
    let text = match ledger.resume(&by)? {
        Some(pause) => format!(
            "execution goes on; it was paused by {} since {}: {}\n",
            shown(&pause.by),
            time(pause.since),
            shown(&pause.reason)
        ),
        None => "execution was not paused\n".to_owned(),
    };
    output.coloured(&text)?;
    Ok(ExitCode::SUCCESS)
}

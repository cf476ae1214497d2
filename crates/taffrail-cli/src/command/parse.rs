//! `taffrail parse`: what is understood of a command line.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::process::ExitCode;

use taffrail_actions::command::read_line;
use taffrail_actions::tool_call::read_written;

use crate::arguments::{Form, Parse};
use crate::failure::Failure;
use crate::format::command_line;
use crate::output::Output;

/// Shows what one line says, or each line of a file.
pub(crate) fn run(arguments: &Parse, output: &mut Output) -> Result<ExitCode, Failure> {
    if let Some(file) = &arguments.batch {
        return batch(file, output);
    }
    let written = arguments.kubectl.as_deref().unwrap_or_default();
    let line = read_line(written);
    match arguments.output {
        Form::Text => output.coloured(&command_line::text(&line))?,
        Form::Json => output.plain(&format!("{}\n", serde_json::to_string(&line.report())?))?,
        Form::Markdown => output.plain(&command_line::markdown(&line))?,
    }
    Ok(ExitCode::SUCCESS)
}

fn batch(file: &Path, output: &mut Output) -> Result<ExitCode, Failure> {
    let unreadable = |source| Failure::Unreadable {
        path: file.display().to_string(),
        source,
    };
    let mut reader: Box<dyn BufRead> = match file.as_os_str() == "-" {
        true => Box::new(io::stdin().lock()),
        false => Box::new(BufReader::new(File::open(file).map_err(unreadable)?)),
    };
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        if reader.read_until(b'\n', &mut bytes).map_err(unreadable)? == 0 {
            return Ok(ExitCode::SUCCESS);
        }
        let text = String::from_utf8_lossy(&bytes);
        let text = text.strip_suffix('\n').unwrap_or(&text);
        let text = text.strip_suffix('\r').unwrap_or(text);
        let report = match read_written(text, None) {
            Some(call) => serde_json::to_string(&call.report())?,
            None => serde_json::to_string(&read_line(text).report())?,
        };
        output.plain(&format!("{report}\n"))?;
    }
}

//! `taffrail explain`: the page of a diagnostic code.

use std::process::ExitCode;

use taffrail_syntax::suggest::nearest;
use taffrail_tools::explain;

use crate::arguments::Explain;
use crate::failure::Failure;
use crate::output::Output;

/// Prints the page of a code, or every code with a line about it.
pub(crate) fn run(arguments: &Explain, output: &mut Output) -> Result<ExitCode, Failure> {
    let Some(code) = &arguments.code else {
        let codes = explain::codes();
        let width = codes.iter().map(|(code, _)| code.len()).max().unwrap_or(0);
        let lines: Vec<String> = codes
            .iter()
            .map(|(code, says)| format!("{code:width$}  {says}\n"))
            .collect();
        output.plain(&lines.concat())?;
        return Ok(ExitCode::SUCCESS);
    };
    match explain::page(code) {
        Some(page) => output.plain(page)?,
        None => {
            let codes = explain::PAGES.iter().map(|(code, _)| *code);
            return Err(Failure::UnknownCode {
                code: code.clone(),
                nearest: nearest(code, codes).map(str::to_owned),
            });
        }
    }
    Ok(ExitCode::SUCCESS)
}

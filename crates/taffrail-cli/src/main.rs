//! The command `taffrail`: checks policies, runs their tests, decides actions, and shows why.
//!
//! `arguments` says what can be asked, `command` has a file for each answer, `format` a file for each form of it.

mod actions;
mod arguments;
mod command;
mod command_line;
mod failure;
mod format;
mod ledger;
mod output;
mod policies;
mod watch;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::Arguments;
use crate::output::Output;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut output = Output::default();
    match command::run(&arguments.command, &mut output) {
        Ok(code) => code,
        Err(failure) => {
            output.failure(&failure);
            ExitCode::from(1)
        }
    }
}

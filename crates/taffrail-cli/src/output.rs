//! Where output goes: standard output, and standard error for what is not the answer.

use std::io::{self, Write};

use taffrail_syntax::{Diagnostic, SourceTable, Style, render};

use crate::failure::Failure;

/// Both streams. A reader that closes early is no trouble: what follows is dropped.
#[derive(Debug, Default)]
pub(crate) struct Output {
    closed: bool,
}

const RED: &str = "\x1b[1;31m";
const YELLOW: &str = "\x1b[1;33m";
const RESET: &str = "\x1b[0m";

impl Output {
    /// Writes text with colours, which stay only on a terminal that wants them.
    pub(crate) fn coloured(&mut self, text: &str) -> Result<(), Failure> {
        self.write(text, &mut anstream::stdout().lock())
    }

    /// Writes text as it is.
    pub(crate) fn plain(&mut self, text: &str) -> Result<(), Failure> {
        self.write(text, &mut io::stdout().lock())
    }

    fn write(&mut self, text: &str, stream: &mut impl Write) -> Result<(), Failure> {
        if self.closed {
            return Ok(());
        }
        match stream
            .write_all(text.as_bytes())
            .and_then(|()| stream.flush())
        {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(())
            }
            written => Ok(written?),
        }
    }

    /// Tells whether the reader of the answer has gone.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed
    }

    /// Writes text beside the answer.
    pub(crate) fn aside(&mut self, text: &str) {
        note(text);
    }

    /// Writes a warning beside the answer.
    pub(crate) fn warning(&mut self, message: &str, hint: Option<&str>) {
        note(&format!("{YELLOW}warning{RESET}: {message}\n"));
        hint_line(hint);
    }

    /// Writes what is wrong beside the answer.
    pub(crate) fn error(&mut self, message: &str) {
        note(&format!("{RED}error{RESET}: {message}\n"));
    }

    /// Writes why a command could not do what it was asked.
    pub(crate) fn failure(&mut self, failure: &Failure) {
        if let Failure::Policies {
            diagnostics,
            sources,
        }
        | Failure::FixBreaks {
            diagnostics,
            sources,
        } = failure
        {
            self.diagnostics(diagnostics, sources);
        }
        if let Failure::FailingTests { tests, sources } = failure {
            for test in tests {
                note(&format!("{RED}FAILED{RESET}  {}\n", test.name()));
                self.diagnostics(&test.failures, sources);
            }
        }
        note(&format!("{RED}error{RESET}: {failure}\n"));
        hint_line(failure.hint().as_deref());
    }

    /// Writes diagnostics beside the answer.
    pub(crate) fn diagnostics(&mut self, diagnostics: &[Diagnostic], sources: &SourceTable) {
        for diagnostic in diagnostics {
            note(&render(diagnostic, sources, Style { color: true }));
            note("\n");
        }
    }
}

fn hint_line(hint: Option<&str>) {
    if let Some(hint) = hint {
        note(&format!("  help: {hint}\n"));
    }
}

fn note(text: &str) {
    // Where standard error cannot be written to, there is nowhere to say so.
    let _ = anstream::stderr().lock().write_all(text.as_bytes());
}

//! What is printed of a test that failed.

use std::io::IsTerminal;

use libtest_mimic::{Arguments, ColorSetting, Failed};
use taffrail_syntax::{Diagnostic, SourceTable, Style, render};

/// Whether failures are printed with colours.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Looks {
    colour: bool,
}

impl Looks {
    /// Reads `--color`, and otherwise asks the terminal and `NO_COLOR`.
    pub(crate) fn of(arguments: &Arguments) -> Self {
        let colour = match arguments.color {
            Some(ColorSetting::Always) => true,
            Some(ColorSetting::Never) => false,
            Some(ColorSetting::Auto) | None => {
                std::io::stdout().is_terminal()
                    && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            }
        };
        Self { colour }
    }

    /// Returns the style of findings.
    pub(crate) fn style(self) -> Style {
        Style { color: self.colour }
    }

    /// Returns a unified difference, its lines coloured as every tool does.
    pub(crate) fn difference(self, text: &str) -> String {
        if !self.colour {
            return text.to_owned();
        }
        let coloured = |line: &str| match line.chars().next() {
            Some('+') => format!("\x1b[32m{line}\x1b[0m\n"),
            Some('-') => format!("\x1b[31m{line}\x1b[0m\n"),
            _ => format!("{line}\n"),
        };
        text.lines().map(coloured).collect()
    }
}

/// Fails with what was found, if anything was.
pub(crate) fn diagnostics<'d>(
    found: impl Iterator<Item = &'d Diagnostic>,
    sources: &SourceTable,
    looks: Looks,
) -> Result<(), Failed> {
    let shown: Vec<String> = found
        .map(|diagnostic| render(diagnostic, sources, looks.style()))
        .collect();
    if shown.is_empty() {
        return Ok(());
    }
    Err(shown.join("\n").into())
}

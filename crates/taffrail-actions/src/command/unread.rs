//! What in a line is not looked into: programs that are not of the cluster, with the words that they are given.

use super::invocation::{Invocation, Part, Program};
use super::programs;
use super::shell::{Commands, Input, Simple};
use super::word::Why;

/// A part of a line that is not looked into, and so may do anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// The programs in it that are not known, by the names they are started by; empty for a part that is no command.
    pub programs: Vec<String>,
    /// All its words, and the texts that it is given, with blanks between them.
    pub text: String,
    /// How many commands of `kubectl`, `oc` and `helm` were found in it all the same.
    pub read: usize,
    /// Whether it may change what the other commands of the line do: it runs a text in the same shell, gives names to programs, or does
    /// not say which program it is.
    pub reaches_others: bool,
}

/// Words of the shell that change what later words mean.
const REACHING: &[&str] = &[
    ".", "alias", "declare", "enable", "eval", "exec", "export", "hash", "local", "readonly",
    "source", "trap", "typeset", "unalias",
];

/// Words of the shell that change the folder.
const MOVING: &[&str] = &["cd", "popd", "pushd"];

impl Unread {
    /// Returns what is not looked into of a command, of which these commands were made; `None` when there is nothing.
    pub(super) fn of(command: &Simple, found: &[Invocation], line: &Commands) -> Option<Self> {
        let mut programs = Vec::new();
        let mut reaches_others = false;
        for invocation in found {
            if let Program::Other(name) = &invocation.program {
                reaches_others |= REACHING.contains(&name.as_str())
                    || programs::is_dangerous(name)
                    || line.functions.contains(name)
                    || is_open(invocation);
                programs.push(name.clone());
            }
        }
        let read = found.len().saturating_sub(programs.len());
        (!programs.is_empty()).then(|| Self {
            text: text(command),
            programs,
            read,
            reaches_others,
        })
    }
}

/// Returns the parts of a line that are no commands and may become some.
pub(super) fn of_parts(line: &Commands) -> Option<Unread> {
    let is_unread = !line.unclear.is_empty() || line.evaluates_text();
    is_unread.then(|| Unread {
        programs: Vec::new(),
        text: line.unclear.join(" "),
        read: 0,
        reaches_others: true,
    })
}

/// Tells whether the files that a command names may stand elsewhere than they seem to: it changes the folder, or is started by something
/// that may.
pub(super) fn moves_files(command: &Simple) -> bool {
    let Some(program) = command.words.first() else {
        return false;
    };
    match program.known() {
        Some(name) if MOVING.contains(&name) => true,
        // What is started by another program, or inside a text, may have been moved by it.
        Some(name) => {
            !matches!(name, "kubectl" | "oc" | "helm")
                && text(command)
                    .split(|c: char| !c.is_alphanumeric())
                    .any(|word| matches!(word, "kubectl" | "oc" | "helm"))
        }
        None => true,
    }
}

/// Tells whether a command does not say which program it is.
fn is_open(invocation: &Invocation) -> bool {
    invocation
        .unknowns
        .iter()
        .any(|unknown| unknown.part == Part::Program && unknown.unclear.why != Why::Form)
}

fn text(command: &Simple) -> String {
    let mut text: Vec<String> = Vec::new();
    for (name, value) in &command.assigned {
        text.push(format!("{name}={value}"));
    }
    text.extend(command.words.iter().map(ToString::to_string));
    if let Input::Text(given) = &command.input {
        text.push(given.to_string());
    }
    text.join(" ")
}

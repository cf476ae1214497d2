//! What of a tool use concerns a cluster.

use taffrail_actions::Action;
use taffrail_actions::command::{Invocation, Line, Surroundings};
use taffrail_actions::tool_call::ToolCall;

use super::call::{self, Servers};
use super::event::ToolUse;
use super::line;

/// What of a tool use concerns a cluster.
#[derive(Debug, Clone, PartialEq)]
pub enum Finding {
    /// Nothing: the hook has no opinion.
    Nothing,
    /// It may, and cannot be told: somebody has to look at it. Why.
    Unclear(String),
    /// This does, and can be decided.
    Cluster(Box<Found>),
}

/// Commands or a call that concern a cluster.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    what: What,
    /// Whether there is nothing else in the tool use that does anything.
    pub is_whole: bool,
    /// Whether files that it names may be read for it: they stand as they will when it runs.
    pub keeps_files: bool,
    /// What is not understood. Where there is any, the answer is not to allow.
    pub doubts: Vec<String>,
}

/// Where commands go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place<'f> {
    /// To the cluster that this machine's settings point at.
    Current,
    /// To the one of this context of them.
    Context(&'f str),
    /// Somewhere else, or it cannot be told.
    Elsewhere,
}

#[derive(Debug, Clone, PartialEq)]
enum What {
    Line(Line),
    Call(ToolCall),
}

impl Found {
    pub(super) fn line(line: Line, is_whole: bool, keeps_files: bool, doubts: Vec<String>) -> Self {
        Self {
            what: What::Line(line),
            is_whole,
            keeps_files,
            doubts,
        }
    }

    pub(super) fn call(call: ToolCall, doubts: Vec<String>) -> Self {
        Self {
            what: What::Call(call),
            is_whole: true,
            keeps_files: false,
            doubts,
        }
    }

    /// Returns where it goes. The server of a tool may have settings of its own, so its calls are elsewhere.
    #[must_use]
    pub fn place(&self) -> Place<'_> {
        let What::Line(line) = &self.what else {
            return Place::Elsewhere;
        };
        let mut places = line.commands.iter().map(place);
        let Some(first) = places.next() else {
            return Place::Elsewhere;
        };
        match places.all(|other| other == first) {
            true => first,
            false => Place::Elsewhere,
        }
    }

    /// Returns the action that it is.
    #[must_use]
    pub fn action(&self, known: &Surroundings<'_>) -> Action {
        match &self.what {
            What::Line(line) => line.action(known),
            What::Call(call) => call.action(known),
        }
    }
}

fn place(command: &Invocation) -> Place<'_> {
    match command.settings.as_slice() {
        [] => Place::Current,
        [setting] if matches!(setting.name.as_str(), "context" | "kube-context") => setting
            .value
            .known()
            .map_or(Place::Elsewhere, Place::Context),
        _ => Place::Elsewhere,
    }
}

/// Finds what of a tool use concerns a cluster.
///
/// Programs that are not of the cluster are not looked at, unless they are given something that looks like a command for one.
#[must_use]
pub fn find(tool_use: &ToolUse, servers: &Servers) -> Finding {
    match tool_use {
        ToolUse::Line(text) => line::find(text),
        ToolUse::Call {
            name,
            server,
            arguments,
        } => call::find(name, server, arguments, servers),
        ToolUse::Other => Finding::Nothing,
        ToolUse::Unreadable(why) => {
            Finding::Unclear(format!("the question of the agent cannot be read: {why}"))
        }
    }
}

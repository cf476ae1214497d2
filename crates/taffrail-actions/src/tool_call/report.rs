//! What was understood of a call, as JSON.

use serde::Serialize;
use taffrail_runtime::Value;

use crate::command::CommandReport;

use super::{ToolCall, ToolStep};

/// What was understood of a call.
#[derive(Debug, Clone, Serialize)]
pub struct ToolReport {
    /// The tool, without the name of its server.
    pub tool: String,
    /// What it does.
    pub effect: &'static str,
    /// The verb that it is decided as; empty when it cannot be told, or a command line tells it.
    pub verb: &'static str,
    /// Whether the tool and each of its arguments was given a meaning.
    pub understood: bool,
    /// What it acts on.
    pub targets: Vec<ToolTarget>,
    /// What cannot be told, in words.
    pub unknowns: Vec<String>,
    /// The commands of the command line that it runs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<CommandReport>,
    /// The arguments that choose another cluster or user: name and value.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub access: Vec<(String, String)>,
}

/// An object that a call acts on. What is not known, or not there, is `null`.
#[derive(Debug, Clone, Serialize)]
pub struct ToolTarget {
    /// The group; empty for the core group.
    pub group: Option<String>,
    /// The kind.
    pub kind: Option<String>,
    /// The namespace.
    pub namespace: Option<String>,
    /// The name.
    pub name: Option<String>,
}

impl ToolCall {
    /// Returns what was understood, ready to be serialised.
    #[must_use]
    pub fn report(&self) -> ToolReport {
        let line = self.line.as_ref().map(crate::command::Line::report);
        ToolReport {
            tool: self.tool.clone(),
            effect: self.effect.as_str(),
            verb: self.verb,
            understood: self.is_understood(),
            targets: self.steps.iter().map(target).collect(),
            unknowns: self.unknowns.iter().map(ToString::to_string).collect(),
            commands: line.map(|line| line.commands).unwrap_or_default(),
            access: self.access.clone(),
        }
    }
}

fn target(step: &ToolStep) -> ToolTarget {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.to_string()),
        _ => None,
    };
    ToolTarget {
        group: text(&step.target.group),
        kind: text(&step.target.kind),
        namespace: text(&step.target.namespace),
        name: text(&step.target.name),
    }
}

//! What was understood of a call, as JSON.

use serde::Serialize;
use taffrail_runtime::Value;

use crate::command::{CommandReport, LineReport};

use super::{ToolCall, ToolStep};

/// What was understood of a call. The keys are those of a [`LineReport`], so that both can stand in one list.
#[derive(Debug, Clone, Serialize)]
pub struct ToolReport {
    /// What it does.
    pub effect: &'static str,
    /// The verb that it is decided as, or the command that it runs; empty when it cannot be told.
    pub verb: String,
    /// Whether the tool and each of its arguments was given a meaning.
    pub understood: bool,
    /// The tool, without the name of its server.
    pub tool: String,
    /// What it acts on.
    pub targets: Vec<ToolTarget>,
    /// What cannot be told.
    pub unknowns: Vec<ToolUnknown>,
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

/// Something about a call that cannot be told.
#[derive(Debug, Clone, Serialize)]
pub struct ToolUnknown {
    /// What it is about: always `argument`, or a part of the command line that the call runs.
    pub part: &'static str,
    /// The argument, the tool, or the text at fault.
    pub text: String,
    /// Why, in a sentence.
    pub why: String,
}

impl ToolCall {
    /// Returns what was understood, ready to be serialised.
    #[must_use]
    pub fn report(&self) -> ToolReport {
        let doubts = self.unknowns.iter().map(|doubt| ToolUnknown {
            part: "argument",
            text: doubt.argument.clone(),
            why: doubt.to_string(),
        });
        let mut report = ToolReport {
            effect: self.effect.as_str(),
            verb: self.verb.to_owned(),
            understood: self.is_understood(),
            tool: self.tool.clone(),
            targets: self.steps.iter().map(target).collect(),
            unknowns: doubts.collect(),
            commands: Vec::new(),
            access: self.access.clone(),
        };
        if let Some(line) = &self.line {
            report.add(line.report());
        }
        report
    }
}

impl ToolReport {
    /// Takes in what was understood of the command line.
    fn add(&mut self, line: LineReport) {
        self.verb = line.verb;
        self.targets = line
            .targets
            .into_iter()
            .map(|target| ToolTarget {
                group: target.group.map(str::to_owned),
                kind: target.kind.map(str::to_owned),
                namespace: target.namespace,
                name: target.name,
            })
            .collect();
        let unknowns = line.unknowns.into_iter().map(|unknown| ToolUnknown {
            part: unknown.part,
            why: format!("`{}` {}", unknown.text, unknown.why),
            text: unknown.text,
        });
        self.unknowns.extend(unknowns);
        self.commands = line.commands;
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

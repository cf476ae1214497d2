//! What was understood of a line, as JSON.

use serde::Serialize;

use super::invocation::{Invocation, Selection, Target, Uncertain};
use super::line::Line;

/// What was understood of a line; its serialised form is what `taffrail parse --batch` prints.
#[derive(Debug, Clone, Serialize)]
pub struct LineReport {
    /// The greatest effect in the line.
    pub effect: &'static str,
    /// The command of that effect, the first of several; empty when it cannot be told.
    pub verb: String,
    /// Whether every word of every command was given a meaning.
    pub understood: bool,
    /// What the commands act on.
    pub targets: Vec<TargetReport>,
    /// What cannot be told.
    pub unknowns: Vec<UnknownReport>,
    /// Every command, in order.
    pub commands: Vec<CommandReport>,
    /// Files that the shell would write.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub writes: Vec<String>,
    /// Why the line is no command of the shell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// One command of a line.
#[derive(Debug, Clone, Serialize)]
pub struct CommandReport {
    /// The program.
    pub program: String,
    /// The command of the program.
    pub verb: String,
    /// Its effect.
    pub effect: &'static str,
    /// Why, where the command alone does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// What it acts on.
    pub targets: Vec<TargetReport>,
    /// Flags that change where it goes or as whom: name and value.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub access: Vec<(String, String)>,
    /// What cannot be told.
    pub unknowns: Vec<UnknownReport>,
}

/// Something that a command acts on. What is not known is `null`.
#[derive(Debug, Clone, Serialize)]
pub struct TargetReport {
    /// The kind as it is written.
    pub resource: Option<String>,
    /// The group of a built-in kind.
    pub group: Option<&'static str>,
    /// The built-in kind.
    pub kind: Option<&'static str>,
    /// The namespace; `*` is all of them.
    pub namespace: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// `named`, `labels`, `fields`, `all` or `file`.
    pub selected_by: &'static str,
    /// The selector or the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selection: Option<String>,
}

/// Something that cannot be told.
#[derive(Debug, Clone, Serialize)]
pub struct UnknownReport {
    /// What it is about: `program`, `verb`, `flag`, `kind`, `name`, `namespace`, `access`, `content`, `change`.
    pub part: &'static str,
    /// The text at fault.
    pub text: String,
    /// Why it cannot be told.
    pub why: &'static str,
}

impl Line {
    /// Returns what was understood, ready to be serialised.
    #[must_use]
    pub fn report(&self) -> LineReport {
        let greatest = self
            .commands
            .iter()
            .find(|command| command.effect == self.effect);
        let commands: Vec<CommandReport> = self.commands.iter().map(command).collect();
        LineReport {
            effect: self.effect.as_str(),
            verb: greatest.map_or_else(String::new, |command| command.verb.clone()),
            understood: self.is_understood(),
            targets: commands
                .iter()
                .flat_map(|command| command.targets.clone())
                .collect(),
            unknowns: commands
                .iter()
                .flat_map(|command| command.unknowns.clone())
                .collect(),
            commands,
            writes: self.writes.iter().map(ToString::to_string).collect(),
            error: self.trouble.as_ref().map(ToString::to_string),
        }
    }
}

fn command(invocation: &Invocation) -> CommandReport {
    CommandReport {
        program: invocation.program.to_string(),
        verb: invocation.verb.clone(),
        effect: invocation.effect.as_str(),
        reason: invocation.reason,
        targets: invocation.targets.iter().map(target).collect(),
        access: invocation
            .settings
            .iter()
            .map(|setting| (setting.name.clone(), shown(&setting.name, &setting.value)))
            .collect(),
        unknowns: invocation.unknowns.iter().map(unknown).collect(),
    }
}

/// Credentials are not repeated.
fn shown(name: &str, value: &super::Word) -> String {
    match name {
        "token" | "password" | "kube-token" => "…".to_owned(),
        _ => value.to_string(),
    }
}

fn target(target: &Target) -> TargetReport {
    let (selected_by, selection) = match &target.selection {
        Selection::Named(_) => ("named", None),
        Selection::Labels(labels) => ("labels", Some(labels.to_string())),
        Selection::Fields(fields) => ("fields", Some(fields.to_string())),
        Selection::All => ("all", None),
        Selection::File(file) => ("file", Some(file.to_string())),
    };
    let namespace = match &target.namespace {
        _ if target.all_namespaces => Some("*".to_owned()),
        Some(namespace) => namespace.known().map(str::to_owned),
        None => None,
    };
    TargetReport {
        resource: (!target.resource.is_empty()).then(|| target.resource.clone()),
        group: target.kind.map(|kind| kind.group),
        kind: target.kind.map(|kind| kind.kind),
        namespace,
        name: target.name().map(str::to_owned),
        selected_by,
        selection,
    }
}

fn unknown(uncertain: &Uncertain) -> UnknownReport {
    UnknownReport {
        part: uncertain.part.as_str(),
        text: uncertain.unclear.text.clone(),
        why: uncertain.unclear.why.as_str(),
    }
}

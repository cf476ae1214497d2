//! What was understood of a command line, for people.

use std::fmt::Write as _;

use taffrail_actions::Effect;
use taffrail_actions::command::{Invocation, Line, Selection, Target};

const RED: &str = "\x1b[1;31m";
const YELLOW: &str = "\x1b[1;33m";
const GREEN: &str = "\x1b[1;32m";
const RESET: &str = "\x1b[0m";

/// For people at a terminal.
pub(crate) fn text(line: &Line) -> String {
    let colour = match line.effect {
        Effect::Read => GREEN,
        Effect::DryRun | Effect::Local | Effect::SecretRead => YELLOW,
        Effect::Unknown | Effect::Write | Effect::Exec => RED,
    };
    let mut out = format!("{colour}{}{RESET}  {}\n", line.effect, meaning(line.effect));
    write_details(&mut out, line, "  ");
    out
}

/// For pull requests and chats.
pub(crate) fn markdown(line: &Line) -> String {
    let mut out = format!("**{}**: {}\n\n", line.effect, meaning(line.effect));
    let mut details = String::new();
    write_details(&mut details, line, "");
    let _ = writeln!(out, "```text\n{}```", details.trim_start_matches('\n'));
    out
}

fn meaning(effect: Effect) -> &'static str {
    match effect {
        Effect::Read => "reads from the cluster, and no Secret",
        Effect::DryRun => "tries, and stores nothing",
        Effect::Local => "changes files of this machine, and nothing in the cluster",
        Effect::SecretRead => "reads Secrets or other credentials",
        Effect::Unknown => "cannot be told",
        Effect::Write => "changes the cluster",
        Effect::Exec => "runs something in a container, or opens a way into the cluster",
    }
}

fn write_details(out: &mut String, line: &Line, indent: &str) {
    // Writing to a string does not fail.
    if let Some(trouble) = &line.trouble {
        let _ = writeln!(out, "\n{indent}{trouble}");
    } else if line.commands.is_empty() {
        let _ = writeln!(out, "\n{indent}no command of the line concerns a cluster");
    }
    for command in &line.commands {
        let _ = writeln!(out);
        write_command(out, command, indent);
    }
    if !line.writes.is_empty() {
        let files: Vec<String> = line.writes.iter().map(ToString::to_string).collect();
        let _ = writeln!(out, "\n{indent}the shell writes {}", files.join(", "));
    }
}

fn write_command(out: &mut String, command: &Invocation, indent: &str) {
    let _ = write!(out, "{indent}{}", command.program);
    if !command.verb.is_empty() {
        let _ = write!(out, " {}", command.verb);
    }
    let _ = write!(out, "  {}", command.effect);
    if let Some(reason) = command.reason {
        let _ = write!(out, ": {reason}");
    }
    let _ = writeln!(out);
    for target in &command.targets {
        let _ = writeln!(out, "{indent}  {}", described(target));
    }
    for setting in &command.settings {
        let value = match setting.name.as_str() {
            "token" | "password" | "kube-token" => "…".to_owned(),
            _ => setting.value.to_string(),
        };
        let _ = writeln!(out, "{indent}  with {} = {value}", setting.name);
    }
    for unknown in &command.unknowns {
        let _ = writeln!(out, "{indent}  unknown {unknown}");
    }
}

fn described(target: &Target) -> String {
    let kind = match target.kind {
        Some(kind) if kind.group.is_empty() => kind.kind.to_owned(),
        Some(kind) => format!("{}/{}", kind.group, kind.kind),
        None => target.resource.clone(),
    };
    let which = match &target.selection {
        Selection::Named(name) => format!("{kind} {name}"),
        Selection::Labels(labels) => format!("every {kind} with {labels}"),
        Selection::Fields(fields) => format!("every {kind} where {fields}"),
        Selection::All => format!("every {kind}"),
        Selection::File(file) => format!("what {file} describes"),
    };
    match &target.namespace {
        _ if target.all_namespaces => format!("{which} in every namespace"),
        Some(namespace) => format!("{which} in {namespace}"),
        None => which,
    }
}

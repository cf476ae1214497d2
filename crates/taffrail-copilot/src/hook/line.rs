//! Whether a command line concerns a cluster, and whether all of it that does is understood.

use taffrail_actions::Effect;
use taffrail_actions::command::{Invocation, Program, Unread, read_line};

use super::finding::{Finding, Found};
use super::mention::mentions;
use super::programs::{is_cluster_program, only_tells};

/// Programs that run what a text or a file holds.
const RUNNERS: &[&str] = &["ash", "bash", "dash", "fish", "ksh", "pwsh", "sh", "zsh"];

/// Finds what a line does to a cluster.
pub(super) fn find(text: &str) -> Finding {
    let line = read_line(text);
    let mentioned = mentions(text);
    if let Some(trouble) = &line.trouble {
        return match mentioned {
            0 => Finding::Nothing,
            _ => Finding::Unclear(format!(
                "the line names a program of the cluster, and {trouble}"
            )),
        };
    }
    let own = line.only(is_of_cluster);
    let commands = own.commands.len();
    let concerned = mentioned.max(commands);
    let mut doubts: Vec<String> = Vec::new();
    for unread in &line.unread {
        doubts.extend(doubt(unread, concerned, mentioned > commands));
    }
    doubts.extend(own.commands.iter().filter_map(not_understood));
    doubts.dedup();
    let is_whole =
        line.unread.is_empty() && line.writes.is_empty() && own.commands.iter().all(stays_at_home);
    let decided = own.only(is_decided);
    match (decided.commands.len(), doubts.as_slice()) {
        (0, []) => Finding::Nothing,
        (0, doubts) => Finding::Unclear(doubts.join("; ")),
        (some, _) => Finding::Cluster(Box::new(Found::line(
            decided,
            is_whole && some == commands,
            line.keeps_files(),
            doubts,
        ))),
    }
}

fn is_of_cluster(command: &Invocation) -> bool {
    match command.program {
        Program::Kubectl | Program::Openshift | Program::Helm => true,
        Program::Other(_) => false,
    }
}

/// Tells whether a command does something to a cluster that policies can decide.
fn is_decided(command: &Invocation) -> bool {
    match command.effect {
        Effect::Read | Effect::DryRun | Effect::SecretRead | Effect::Write | Effect::Exec => true,
        Effect::Local | Effect::Unknown => false,
    }
}

/// Tells whether a command goes where the settings of this machine say. A configuration of its own may name a program to be run, and a
/// server of its own is handed the credentials.
fn stays_at_home(command: &Invocation) -> bool {
    let mut settings = command.settings.iter();
    settings.all(|setting| matches!(setting.name.as_str(), "context" | "kube-context"))
}

/// Says what of a command is not understood, or why no policy can decide it; `None` when there is nothing to say.
fn not_understood(command: &Invocation) -> Option<String> {
    let program = &command.program;
    let verb = &command.verb;
    if command.effect == Effect::Local {
        // What helm fetches and packs stays in files that somebody has to apply.
        return (*program != Program::Helm)
            .then(|| format!("`{program} {verb}` changes where later commands go"));
    }
    if command.effect != Effect::Unknown && command.is_understood() {
        return None;
    }
    let unknown = command.unknowns.first().map(ToString::to_string);
    let unknown = unknown.or_else(|| command.reason.map(|reason| format!("it {reason}")));
    let unknown = unknown.unwrap_or_else(|| "nobody can say what it does".into());
    Some(format!(
        "a command of `{program}` is not understood: {unknown}"
    ))
}

/// Says why a part that is not looked into may act on a cluster; `None` when nothing speaks for it.
fn doubt(unread: &Unread, concerned: usize, is_elsewhere: bool) -> Option<String> {
    let programs = unread.programs.iter();
    if let Some(program) = programs.clone().find(|program| is_cluster_program(program)) {
        return Some(format!("`{program}` is not understood"));
    }
    if unread.reaches_others && concerned > 0 {
        return Some(match unread.programs.first() {
            Some(program) => format!("`{program}` may change what the rest of the line does"),
            None => "a part of the line may become a command".into(),
        });
    }
    let runs = |program: &&String| !only_tells(program, &unread.text);
    let program = programs.clone().find(runs)?;
    if mentions(&unread.text) > unread.read {
        return Some(format!(
            "`{program}` may run a command of the cluster that it is given"
        ));
    }
    let is_runner = RUNNERS.contains(&program.as_str()) || program.contains('/');
    (is_runner && is_elsewhere)
        .then(|| format!("`{program}` may run a command of the cluster that the line writes down"))
}

//! `taffrail hook`: answers coding agents, and shells, before they use a tool.
//!
//! Whatever goes wrong here is said in the answer and never by the exit code alone: most agents take a hook that fails for one that agrees.

mod live;

use std::fs;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::{Value as Json, json};
use taffrail_actions::command::Surroundings;
use taffrail_copilot::hook::{
    self, Answer, Event, Finding, Found, Reply, SIZE_LIMIT, Servers, ToolUse,
};
use taffrail_runtime::Value;
use taffrail_schema::Schemas;

use crate::actions::files;
use crate::arguments::Hook;
use crate::command_line;
use crate::failure::Failure;
use crate::output::Output;
use crate::policies::Policies;

use live::Cluster;

/// The most that is read of the files that a command names, in bytes.
const FILES_LIMIT: u64 = 8 << 20;

/// How much more than that is taken from an agent and thrown away, in bytes.
const DRAIN_LIMIT: u64 = 1 << 30;

/// Reads one question, and answers it.
pub(crate) fn run(arguments: &Hook, output: &mut Output) -> Result<ExitCode, Failure> {
    // What a part that stops says of it would stand between the words of the answer.
    std::panic::set_hook(Box::new(|_| {}));
    let event = question(arguments);
    // A defect must not let a command through.
    let answer =
        catch_unwind(AssertUnwindSafe(|| answer(arguments, &event))).unwrap_or_else(|_| {
            Answer::Ask("taffrail: this cannot be decided, by a defect of the program".into())
        });
    let Reply { out, err, code } = hook::reply(&event, &answer);
    output.plain(&out)?;
    output.aside(&err);
    Ok(ExitCode::from(code))
}

fn question(arguments: &Hook) -> Event {
    let mut bytes = Vec::new();
    let most = u64::try_from(SIZE_LIMIT)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    let mut input = std::io::stdin().lock();
    let read = input.by_ref().take(most).read_to_end(&mut bytes);
    // An agent that cannot write all of it may take that for a failure of the hook, and go on.
    let _ = std::io::copy(&mut input.take(DRAIN_LIMIT), &mut std::io::sink());
    let event = || hook::read(&bytes, arguments.format);
    match read {
        Ok(_) => {
            catch_unwind(event).unwrap_or_else(|_| unreadable(arguments, "the reader stopped"))
        }
        Err(error) => unreadable(arguments, &error.to_string()),
    }
}

fn unreadable(arguments: &Hook, why: &str) -> Event {
    Event {
        dialect: arguments.format,
        name: String::new(),
        folder: None,
        tool_use: ToolUse::Unreadable(why.to_owned()),
    }
}

fn answer(arguments: &Hook, event: &Event) -> Answer {
    let servers = Servers {
        names: arguments.servers.clone(),
    };
    let answer = match hook::find(&event.tool_use, &servers) {
        Finding::Nothing => Answer::Silent,
        Finding::Unclear(why) => Answer::Ask(format!("taffrail: {why}")),
        // Policies are read only now: most of what agents do does not concern a cluster.
        Finding::Cluster(found) => decided(arguments, event, &found).unwrap_or_else(|failure| {
            Answer::Ask(format!("taffrail: this cannot be decided: {failure}"))
        }),
    };
    match answer {
        Answer::Allow(_) if arguments.never_allow => Answer::Silent,
        Answer::Ask(_) if arguments.never_ask => answer.without_asking(),
        answer => answer,
    }
}

fn decided(arguments: &Hook, event: &Event, found: &Found) -> Result<Answer, Failure> {
    let program = Policies::read(&arguments.policies, &arguments.set)?.program()?;
    let mut base = command_line::base(arguments.facts.as_deref())?;
    if matches!(base.principal, Value::Unknown(_))
        && let Some(principal) = principal(event)
    {
        base.principal = principal;
    }
    let files = |name: &str| match found.keeps_files {
        true => read_file(name, event.folder.as_deref()),
        false => None,
    };
    let mut live = command_line::live(&arguments.current)?;
    let mut namespace = arguments.namespace.clone();
    let schemas = Schemas::default();
    let cluster = arguments.live.as_deref();
    if let Some(cluster) = cluster.and_then(|program| Cluster::of(program, found.place())) {
        namespace = namespace.or_else(|| cluster.default_namespace());
        let action = found.action(&Surroundings {
            base: base.clone(),
            live: &live,
            namespace: namespace.as_deref(),
            schemas: &schemas,
            file: &files,
        });
        live.extend(cluster.objects(&action));
        if matches!(base.namespace, Value::Unknown(_)) {
            base.namespace = cluster.namespace(&action).unwrap_or(base.namespace);
        }
    }
    let known = Surroundings {
        base,
        live: &live,
        namespace: namespace.as_deref(),
        schemas: &schemas,
        file: &files,
    };
    Ok(hook::judge(found, &program, &known))
}

/// Who asks, as far as the hook itself can tell: the agent that started it.
fn principal(event: &Event) -> Option<Value> {
    let id = event.agent()?;
    let principal: Json = json!({ "kind": "agent", "id": id });
    Some(Value::from_json(&principal))
}

/// Reads a file that a command names, from the folder that the command is run in; every document of a folder. Nothing that may keep the
/// hook waiting is read: an agent would not wait, and go on.
fn read_file(name: &str, folder: Option<&str>) -> Option<String> {
    if name == "-" || name.contains("://") {
        return None;
    }
    let path = Path::new(name);
    let path: PathBuf = match folder {
        Some(folder) => Path::new(folder).join(path),
        None => path.to_owned(),
    };
    let mut text = String::new();
    let mut left = FILES_LIMIT;
    for file in files(&path).ok()? {
        if !fs::metadata(&file).ok()?.is_file() {
            return None;
        }
        let mut bytes = Vec::new();
        let opened = fs::File::open(&file).ok()?;
        let read = opened
            .take(left.saturating_add(1))
            .read_to_end(&mut bytes)
            .ok()?;
        left = left.checked_sub(u64::try_from(read).ok()?)?;
        text.push_str(&String::from_utf8(bytes).ok()?);
        text.push_str("\n---\n");
    }
    (!text.is_empty()).then_some(text)
}

//! From the bytes that an agent writes to what it is about to do.

use serde_json::{Map, Value as Json};
use taffrail_actions::read_json;

use super::dialect::Dialect;
use super::programs::{COMMAND_ARGUMENTS, is_command_tool};

/// The most that is read of a question, in bytes.
pub const SIZE_LIMIT: usize = 16 << 20;

/// A question of an agent.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Who asks; `None` when it could not be told.
    pub dialect: Option<Dialect>,
    /// The name of the event, where the agent gives one: `PreToolUse`.
    pub name: String,
    /// The folder that the tool is used in, where the agent names it.
    pub folder: Option<String>,
    /// What it is about to do.
    pub tool_use: ToolUse,
}

impl Event {
    /// Returns the agent that asks, by the name of its dialect; `None` for a shell, behind which anybody may be, and where it cannot be told.
    #[must_use]
    pub fn agent(&self) -> Option<&'static str> {
        match self.dialect? {
            Dialect::Shell => None,
            dialect @ (Dialect::Claude
            | Dialect::Codex
            | Dialect::Cursor
            | Dialect::Gemini
            | Dialect::Copilot
            | Dialect::Windsurf
            | Dialect::Cline) => Some(dialect.as_str()),
        }
    }
}

/// What an agent is about to do.
#[derive(Debug, Clone, PartialEq)]
pub enum ToolUse {
    /// A command line for a shell.
    Line(String),
    /// A call of a tool, as `tools/call` of the Model Context Protocol has it.
    Call {
        /// The tool, as the agent names it.
        name: String,
        /// The server, or the program that starts it, where the agent says so apart from the name.
        server: String,
        /// Its arguments.
        arguments: Json,
    },
    /// Nothing that a hook is asked about: a file to be read, the end of a session.
    Other,
    /// It cannot be read, and why.
    Unreadable(String),
}

/// Reads a question. What cannot be read is said in it; this never fails.
///
/// The dialect is recognised from the question where it is not given.
#[must_use]
pub fn read(bytes: &[u8], dialect: Option<Dialect>) -> Event {
    let unreadable = |why: String| Event {
        dialect,
        name: String::new(),
        folder: None,
        tool_use: ToolUse::Unreadable(why),
    };
    if bytes.len() > SIZE_LIMIT {
        let most = SIZE_LIMIT >> 20;
        return unreadable(format!("it is larger than {most} MiB"));
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return unreadable("it is not UTF-8".into());
    };
    if dialect == Some(Dialect::Shell) {
        return Event {
            dialect,
            name: String::new(),
            folder: None,
            tool_use: ToolUse::Line(text.trim_end_matches(['\n', '\r']).to_owned()),
        };
    }
    match read_json(text) {
        Ok(Json::Object(question)) => of(&question, dialect),
        Ok(_) => unreadable("it is not a JSON object".into()),
        Err(error) => unreadable(error.to_string()),
    }
}

fn of(question: &Map<String, Json>, dialect: Option<Dialect>) -> Event {
    let dialect = dialect.or_else(|| Dialect::of(question));
    let name = ["hook_event_name", "agent_action_name", "hookName"]
        .iter()
        .find_map(|key| text(question, key))
        .unwrap_or_default();
    Event {
        dialect,
        name: name.to_owned(),
        folder: folder(question),
        tool_use: tool_use(question, dialect, name),
    }
}

fn text<'q>(question: &'q Map<String, Json>, key: &str) -> Option<&'q str> {
    question.get(key).and_then(Json::as_str)
}

fn folder(question: &Map<String, Json>) -> Option<String> {
    let info = question.get("tool_info").and_then(Json::as_object);
    let own = info.and_then(|info| text(info, "cwd"));
    own.or_else(|| text(question, "cwd"))
        .filter(|folder| !folder.is_empty())
        .map(ToOwned::to_owned)
}

fn tool_use(question: &Map<String, Json>, dialect: Option<Dialect>, event: &str) -> ToolUse {
    let Some(dialect) = dialect else {
        return ToolUse::Unreadable("nothing in it says which agent asks".into());
    };
    if is_afterwards(event) {
        return ToolUse::Other;
    }
    match dialect {
        Dialect::Windsurf => windsurf(question, event),
        Dialect::Cline => cline(question),
        Dialect::Copilot => named(question, "toolName", "toolArgs"),
        Dialect::Cursor if event == "beforeShellExecution" => match text(question, "command") {
            Some(line) => ToolUse::Line(line.to_owned()),
            None => missing("command"),
        },
        Dialect::Cursor | Dialect::Claude | Dialect::Codex | Dialect::Gemini | Dialect::Shell => {
            named(question, "tool_name", "tool_input")
        }
    }
}

/// Tells whether an event comes too late to be answered, or is about no tool.
fn is_afterwards(event: &str) -> bool {
    let is_before = [
        "PreToolUse",
        "preToolUse",
        "BeforeTool",
        "PermissionRequest",
    ]
    .contains(&event)
        || event.starts_with("before")
        || event.starts_with("pre_");
    !event.is_empty() && !is_before
}

fn missing(key: &str) -> ToolUse {
    ToolUse::Unreadable(format!("`{key}` is missing"))
}

/// Reads a tool and its arguments, which stand under these keys.
fn named(question: &Map<String, Json>, name: &str, arguments: &str) -> ToolUse {
    let Some(tool) = text(question, name) else {
        return missing(name);
    };
    let server = ["url", "command", "server_name", "mcp_server_name"]
        .iter()
        .find_map(|key| text(question, key));
    let of_server = question
        .get("mcp_context")
        .and_then(Json::as_object)
        .and_then(|context| text(context, "server_name"));
    let server = server.or(of_server).unwrap_or_default();
    used(tool, server, question.get(arguments))
}

/// Says what the use of a tool is; its arguments may be JSON in a text.
fn used(tool: &str, server: &str, arguments: Option<&Json>) -> ToolUse {
    let arguments = match arguments {
        None | Some(Json::Null) => Json::Object(Map::new()),
        Some(Json::String(written)) => match read_json(written) {
            Ok(arguments @ Json::Object(_)) => arguments,
            // Some agents hand the line of a shell over as it is.
            _ if is_command_tool(tool) => return ToolUse::Line(written.clone()),
            _ => return ToolUse::Unreadable(format!("the arguments of `{tool}` are no map")),
        },
        Some(arguments) => arguments.clone(),
    };
    if is_command_tool(tool) {
        let Some(given) = arguments.as_object() else {
            return ToolUse::Unreadable(format!("the arguments of `{tool}` are no map"));
        };
        return line(given).map_or_else(
            // Reading the output of a command that runs, or ending it, has no line.
            || match given.is_empty() {
                true => missing("command"),
                false => ToolUse::Other,
            },
            ToolUse::Line,
        );
    }
    ToolUse::Call {
        name: tool.to_owned(),
        server: server.to_owned(),
        arguments,
    }
}

/// Returns the command line among arguments: a text, or a list of words or of lines.
pub(super) fn line(arguments: &Map<String, Json>) -> Option<String> {
    COMMAND_ARGUMENTS.iter().find_map(|key| {
        let value = arguments.get(*key)?;
        let Json::Array(items) = value else {
            return value.as_str().map(ToOwned::to_owned);
        };
        let words: Option<Vec<&str>> = items.iter().map(Json::as_str).collect();
        let words = words?;
        match *key {
            "commands" => Some(words.join("\n")),
            _ => Some(
                words
                    .iter()
                    .map(|word| quoted(word))
                    .collect::<Vec<_>>()
                    .join(" "),
            ),
        }
    })
}

fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

fn windsurf(question: &Map<String, Json>, event: &str) -> ToolUse {
    let Some(info) = question.get("tool_info").and_then(Json::as_object) else {
        return missing("tool_info");
    };
    match event {
        "pre_run_command" => match text(info, "command_line").or_else(|| text(info, "command")) {
            Some(line) => ToolUse::Line(line.to_owned()),
            None => missing("command_line"),
        },
        "pre_mcp_tool_use" => match text(info, "mcp_tool_name") {
            Some(tool) => {
                let server = text(info, "mcp_server_name").unwrap_or_default();
                used(tool, server, info.get("mcp_tool_arguments"))
            }
            None => missing("mcp_tool_name"),
        },
        _ => ToolUse::Other,
    }
}

fn cline(question: &Map<String, Json>) -> ToolUse {
    let inner = |key: &str| question.get(key).and_then(Json::as_object);
    let (tool, arguments) = match (inner("preToolUse"), inner("tool_call")) {
        (Some(of), _) => (
            text(of, "toolName").or_else(|| text(of, "tool")),
            of.get("parameters"),
        ),
        (None, Some(of)) => (text(of, "name"), of.get("input")),
        (None, None) => (None, None),
    };
    let Some(tool) = tool else {
        return missing("preToolUse.toolName");
    };
    let given = arguments.and_then(Json::as_object);
    match (tool, given) {
        ("use_mcp_tool", Some(given)) => match text(given, "tool_name") {
            Some(tool) => {
                let server = text(given, "server_name").unwrap_or_default();
                used(tool, server, given.get("arguments"))
            }
            None => missing("tool_name"),
        },
        _ => used(tool, "", arguments),
    }
}

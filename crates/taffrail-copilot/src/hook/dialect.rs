//! The agents that are spoken with.

use std::fmt;
use std::str::FromStr;

use serde_json::{Map, Value as Json};

/// How an agent asks, and how it reads the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// Claude Code: `PreToolUse`. Qwen Code and others speak the same.
    Claude,
    /// OpenAI Codex: `PreToolUse`, of which it understands only refusals.
    Codex,
    /// Cursor: `beforeShellExecution`, `beforeMCPExecution`, `preToolUse`.
    Cursor,
    /// Gemini CLI: `BeforeTool`.
    Gemini,
    /// GitHub Copilot, on the command line and in the cloud: `preToolUse`.
    Copilot,
    /// Windsurf: `pre_run_command`, `pre_mcp_tool_use`; answered by the exit code.
    Windsurf,
    /// Cline: `PreToolUse`.
    Cline,
    /// A command line as text, answered by the exit code and a line for people.
    Shell,
}

impl Dialect {
    /// Every dialect, in the order of the documentation.
    pub const ALL: [Self; 8] = [
        Self::Claude,
        Self::Codex,
        Self::Cursor,
        Self::Gemini,
        Self::Copilot,
        Self::Windsurf,
        Self::Cline,
        Self::Shell,
    ];

    /// Returns its name: `claude`, `codex`, `cursor`, `gemini`, `copilot`, `windsurf`, `cline` or `shell`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Claude => "claude",
            Self::Codex => "codex",
            Self::Cursor => "cursor",
            Self::Gemini => "gemini",
            Self::Copilot => "copilot",
            Self::Windsurf => "windsurf",
            Self::Cline => "cline",
            Self::Shell => "shell",
        }
    }

    /// Tells which agent writes such a question; `None` when it cannot be told.
    pub(super) fn of(question: &Map<String, Json>) -> Option<Self> {
        let has = |key: &str| question.contains_key(key);
        if has("agent_action_name") {
            return Some(Self::Windsurf);
        }
        if has("hookName") || has("clineVersion") || has("preToolUse") {
            return Some(Self::Cline);
        }
        if has("toolName") && (has("toolArgs") || has("sessionId")) {
            return Some(Self::Copilot);
        }
        let event = question.get("hook_event_name").and_then(Json::as_str)?;
        // Cursor also runs the hooks that were set up for other agents, under their names of events.
        if has("cursor_version") || event.starts_with("before") || event.starts_with("after") {
            return Some(Self::Cursor);
        }
        match event {
            "preToolUse" | "postToolUse" => Some(Self::Cursor),
            "BeforeTool" | "AfterTool" => Some(Self::Gemini),
            // Only Codex says so here. Taken for Claude Code it would run what it is told to ask about.
            _ if has("turn_id") || has("model") => Some(Self::Codex),
            _ => Some(Self::Claude),
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that names no dialect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no format: claude, codex, cursor, gemini, copilot, windsurf, cline and shell are"
)]
pub struct NoSuchDialect(String);

impl FromStr for Dialect {
    type Err = NoSuchDialect;

    fn from_str(text: &str) -> Result<Self, NoSuchDialect> {
        let named = Self::ALL
            .into_iter()
            .find(|dialect| dialect.as_str() == text);
        named.ok_or_else(|| NoSuchDialect(text.to_owned()))
    }
}

//! An answer, in the words of the agent that asked.

use serde_json::{Value as Json, json};

use super::dialect::Dialect;
use super::event::Event;
use super::judge::Answer;

/// What the hook's process says and how it ends.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reply {
    /// For standard output: one JSON document and a line end, or nothing.
    pub out: String,
    /// For standard error.
    pub err: String,
    /// The exit code.
    pub code: u8,
}

/// The exit code that every agent takes for a refusal.
const REFUSED: u8 = 2;

/// Says an answer as the agent reads it. Where it cannot ask a person, to ask is to refuse, with the reason.
///
/// To an agent that could not be told the refusal is said in the way that all of them understand: exit code 2, and the reason on
/// standard error.
#[must_use]
pub fn reply(event: &Event, answer: &Answer) -> Reply {
    let answer = &without_asking(event, answer);
    match event.dialect {
        None | Some(Dialect::Windsurf) => by_code(answer),
        Some(Dialect::Shell) => shell(answer),
        Some(Dialect::Claude | Dialect::Codex) => document(claude(answer, event.dialect)),
        Some(Dialect::Cursor) => document(Some(cursor(answer))),
        Some(Dialect::Gemini) => document(gemini(answer)),
        Some(Dialect::Copilot) => document(copilot(answer)),
        Some(Dialect::Cline) => document(Some(cline(answer))),
    }
}

/// Makes a refusal of what should be asked, where the agent does not ask.
fn without_asking(event: &Event, answer: &Answer) -> Answer {
    let asks = match event.dialect {
        Some(Dialect::Claude | Dialect::Copilot | Dialect::Shell) => true,
        // It takes the word for this event and goes on.
        Some(Dialect::Cursor) => event.name.starts_with("before"),
        None | Some(Dialect::Codex | Dialect::Gemini | Dialect::Windsurf | Dialect::Cline) => false,
    };
    match answer {
        Answer::Ask(_) if !asks => answer.clone().without_asking(),
        answer => answer.clone(),
    }
}

fn document(json: Option<Json>) -> Reply {
    Reply {
        out: json.map(|json| format!("{json}\n")).unwrap_or_default(),
        ..Reply::default()
    }
}

/// The word and the reason of an answer; `None` for no opinion.
fn word(answer: &Answer) -> Option<(&'static str, &str)> {
    match answer {
        Answer::Silent => None,
        Answer::Allow(reason) => Some(("allow", reason)),
        Answer::Ask(reason) => Some(("ask", reason)),
        Answer::Deny(reason) => Some(("deny", reason)),
    }
}

fn claude(answer: &Answer, dialect: Option<Dialect>) -> Option<Json> {
    let (word, reason) = word(answer)?;
    // Codex takes `allow` for a mistake of the hook, and goes on all the same.
    if dialect == Some(Dialect::Codex) && word == "allow" {
        return None;
    }
    Some(json!({
        "hookSpecificOutput": {
            "hookEventName": "PreToolUse",
            "permissionDecision": word,
            "permissionDecisionReason": reason,
        }
    }))
}

/// Cursor wants a word in every case; to allow does not override its own settings.
fn cursor(answer: &Answer) -> Json {
    match word(answer) {
        None | Some(("allow", _)) => json!({ "permission": "allow" }),
        Some((word, reason)) => json!({
            "permission": word,
            "user_message": reason,
            "agent_message": reason,
        }),
    }
}

fn gemini(answer: &Answer) -> Option<Json> {
    let (word, reason) = word(answer)?;
    Some(match word {
        "allow" => json!({ "decision": word }),
        _ => json!({ "decision": word, "reason": reason }),
    })
}

fn copilot(answer: &Answer) -> Option<Json> {
    let (word, reason) = word(answer)?;
    Some(json!({ "permissionDecision": word, "permissionDecisionReason": reason }))
}

fn cline(answer: &Answer) -> Json {
    match answer {
        Answer::Silent | Answer::Allow(_) => json!({ "cancel": false }),
        Answer::Ask(reason) | Answer::Deny(reason) => {
            json!({ "cancel": true, "errorMessage": reason })
        }
    }
}

fn by_code(answer: &Answer) -> Reply {
    match answer {
        Answer::Silent | Answer::Allow(_) => Reply::default(),
        Answer::Ask(reason) | Answer::Deny(reason) => Reply {
            err: format!("{reason}\n"),
            code: REFUSED,
            ..Reply::default()
        },
    }
}

/// The exit codes of the other commands: 0 execute, 3 propose, 4 escalate.
fn shell(answer: &Answer) -> Reply {
    let (reason, code) = match answer {
        Answer::Silent | Answer::Allow(_) => return Reply::default(),
        Answer::Ask(reason) => (reason, 3),
        Answer::Deny(reason) => (reason, 4),
    };
    Reply {
        err: format!("{reason}\n"),
        code,
        ..Reply::default()
    }
}

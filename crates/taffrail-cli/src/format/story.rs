//! Records of the audit log as a story, and texts of others so that a terminal shows them as they are.

use std::fmt::Write as _;

use serde_json::Value as Json;
use taffrail_ledger::audit::Record;
use taffrail_runtime::text::time;

/// Returns a text on one line in which nothing moves a cursor, hides, or turns the direction of writing: such letters are written out.
pub(crate) fn shown(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        if is_deceptive(letter) {
            let _ = write!(plain, "\\u{{{:x}}}", u32::from(letter));
        } else {
            plain.push(letter);
        }
    }
    plain
}

/// Returns JSON that says the same without such letters: they stand inside of its texts, where they can be written by their number.
pub(crate) fn escaped(json: &str) -> String {
    let mut plain = String::with_capacity(json.len());
    for letter in json.chars() {
        if letter != '\n' && is_deceptive(letter) {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                let _ = write!(plain, "\\u{unit:04x}");
            }
        } else {
            plain.push(letter);
        }
    }
    plain
}

fn is_deceptive(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Returns a record: when, what and who, and below it what else is told.
pub(crate) fn record(record: &Record, with_action: bool) -> String {
    let mut text = format!("{}  {}", time(record.at), shown(&record.event));
    if with_action && !record.action.is_empty() {
        let _ = write!(text, "  {}", shown(&record.action));
    }
    let _ = writeln!(
        text,
        "  by {}  (record {})",
        shown(&record.actor),
        record.number
    );
    for line in told(&record.event, &record.body) {
        let _ = writeln!(text, "    {}", shown(&line));
    }
    text
}

/// Returns what a record tells, a line each.
fn told(event: &str, body: &Json) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(decision) = body.get("decision") {
        decided(decision, &mut lines);
    }
    if let Some(request) = body.get("request") {
        let part = |name: &str| request.get(name).and_then(Json::as_str).unwrap_or_default();
        let path = if part("path").is_empty() {
            part("uri")
        } else {
            part("path")
        };
        lines.push(format!("request: {} {path}", part("method")));
        if let Some(sent) = request.get("body").filter(|sent| !sent.is_null()) {
            lines.push(format!("body: {sent}"));
        }
    }
    let entries = body.as_object().into_iter().flatten();
    for (name, value) in entries {
        // What is told above, what the proposal shows itself, and the whole documents of an action.
        let is_told = matches!(
            (event, name.as_str()),
            (_, "decision" | "request" | "rendering" | "nonce" | "bound")
                | ("decided", "action")
                | ("received", _)
        );
        if !is_told && !is_empty(value) {
            lines.push(format!("{}: {}", name.replace('_', " "), plain(value)));
        }
    }
    if event == "received" {
        for (name, path) in [
            ("verb", "/asked/verb"),
            ("asked by", "/principal/id"),
            ("because", "/asked/request/reason"),
        ] {
            if let Some(value) = body.pointer(path) {
                lines.push(format!("{name}: {}", plain(value)));
            }
        }
        if let Some(target) = body.get("target") {
            let part = |name: &str| target.get(name).and_then(Json::as_str).unwrap_or_default();
            let place = [part("namespace"), part("name")].join("/");
            lines.push(format!(
                "target: {} {}",
                part("kind"),
                place.trim_start_matches('/')
            ));
        }
    }
    lines
}

fn decided(decision: &Json, lines: &mut Vec<String>) {
    let part = |name: &str| decision.get(name).map(plain).unwrap_or_default();
    lines.push(format!(
        "verdict: {}, risk {}",
        part("verdict"),
        part("risk")
    ));
    let list = |name: &str| {
        decision
            .get(name)
            .and_then(Json::as_array)
            .cloned()
            .unwrap_or_default()
    };
    for reason in list("contributions") {
        let part = |name: &str| reason.get(name).map(plain).unwrap_or_default();
        lines.push(format!(
            "  {} ({}): {}",
            part("rule"),
            part("effect"),
            part("because")
        ));
    }
    for grant in list("grants") {
        let part = |name: &str| grant.get(name).map(plain).unwrap_or_default();
        lines.push(format!(
            "  granted by {}: {}",
            part("rule"),
            part("because")
        ));
    }
    for unknown in list("unknowns") {
        lines.push(format!("  unknown: {}", plain(&unknown)));
    }
}

fn is_empty(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::Array(items) => items.is_empty(),
        Json::Object(entries) => entries.is_empty(),
        Json::String(text) => text.is_empty(),
        Json::Bool(_) | Json::Number(_) => false,
    }
}

/// Returns texts without quotes, lists of texts joined, and everything else as JSON.
fn plain(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Array(items) if items.iter().all(Json::is_string) => {
            items.iter().map(plain).collect::<Vec<_>>().join(", ")
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_) => {
            value.to_string()
        }
    }
}

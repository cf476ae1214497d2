//! Calls that hold a command line, whole or in parts.

use serde_json::Value as Json;

use crate::command::{Line, read_line, read_words};

use super::Unclear;
use super::arguments::Arguments;
use super::row::{Acts, Tool};

/// Returns the command line that a call runs; `None` where it gives none.
///
/// Some servers hand it to a shell, others split it themselves. It is read in both ways, and the reading of greater effect counts.
pub(super) fn read(tool: &Tool, arguments: &Arguments<'_>) -> Option<Line> {
    let Acts::CommandLine {
        program,
        arguments: parts,
    } = tool.acts
    else {
        return None;
    };
    arguments.accept(tool.takes);
    let mut text = String::new();
    for part in parts.split(' ') {
        let (flag, argument) = match part.split_once('=') {
            Some((flag, argument)) => (Some(flag), argument),
            None => (None, part),
        };
        if let Some(value) = arguments.get(argument) {
            for word in words(flag, argument, value, arguments) {
                text.push(' ');
                text.push_str(&word);
            }
        }
    }
    let text = text.trim();
    if text.is_empty() {
        arguments.doubt(parts.split(' ').next().unwrap_or(parts), Unclear::Missing);
        return None;
    }
    let first = text.split_whitespace().next().unwrap_or_default();
    let text = if program.is_empty() || first == program {
        text.to_owned()
    } else {
        format!("{program} {text}")
    };
    let by_shell = read_line(&text);
    let split = split(&text);
    let by_words = read_words(split.iter().map(String::as_str));
    Some(if by_words.effect > by_shell.effect {
        by_words
    } else {
        by_shell
    })
}

/// Returns the words that one argument adds. A text stays as it is, so that what a shell would make of it is seen; the words of a
/// list are quoted, since nobody splits them again.
fn words(
    flag: Option<&str>,
    argument: &str,
    value: &Json,
    arguments: &Arguments<'_>,
) -> Vec<String> {
    match (flag, value) {
        (_, Json::Bool(false)) => Vec::new(),
        (Some(flag), Json::Bool(true)) => vec![flag.to_owned()],
        (Some(flag), Json::String(text)) => vec![format!("{flag}={text}")],
        (None, Json::String(text)) => vec![text.clone()],
        (None, Json::Array(items)) if items.iter().all(Json::is_string) => {
            items.iter().filter_map(Json::as_str).map(quoted).collect()
        }
        (None, Json::Object(flags)) => flags
            .iter()
            .filter(|(_, value)| **value != Json::Bool(false) && !value.is_null())
            .map(|(key, value)| match value {
                Json::Bool(_) => quoted(&format!("--{key}")),
                Json::String(text) => quoted(&format!("--{key}={text}")),
                other => quoted(&format!("--{key}={other}")),
            })
            .collect(),
        _ => {
            arguments.doubt(argument, Unclear::WrongType);
            Vec::new()
        }
    }
}

fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// Splits a text into words at blanks, as programs do that know of quotes but not of a shell.
fn split(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (None, letter) if letter.is_whitespace() => words.extend(word.take()),
            (None, '\'' | '"') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (Some(open), letter) if letter == open => quote = None,
            (None | Some('"'), '\\') => word.get_or_insert_default().extend(letters.next()),
            (_, letter) => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    words
}

//! The small languages of flags: lists with commas, labels, ports, selectors.

use serde_json::{Map, Value as Json, json};

use super::{Fields, Made, form};

/// Returns the elements of a list with commas, in which an element may be quoted; `None` where quotes stand wrong.
pub(super) fn comma_separated(text: &str) -> Option<Vec<String>> {
    let mut elements = Vec::new();
    if text.is_empty() {
        return Some(elements);
    }
    let mut rest = text;
    loop {
        let (element, after) = match rest.strip_prefix('"') {
            Some(quoted) => until_quote(quoted)?,
            None => {
                let end = rest.find(',').unwrap_or(rest.len());
                let (element, after) = rest.split_at_checked(end)?;
                if element.contains('"') {
                    return None;
                }
                (element.to_owned(), after)
            }
        };
        elements.push(element);
        if after.is_empty() {
            return Some(elements);
        }
        rest = after.strip_prefix(',')?;
    }
}

/// Reads an element up to its closing quote; two quotes stand for one.
fn until_quote(quoted: &str) -> Option<(String, &str)> {
    let mut element = String::new();
    let mut rest = quoted;
    loop {
        let (part, after) = rest.split_once('"')?;
        element.push_str(part);
        match after.strip_prefix('"') {
            Some(after) => {
                element.push('"');
                rest = after;
            }
            None => return Some((element, after)),
        }
    }
}

/// Reads labels: `a=b,c=d`.
pub(super) fn labels(place: &'static str, text: &str) -> Made<Json> {
    let mut labels = Map::new();
    for label in text.split(',') {
        let pair = label.split_once('=');
        let Some((key, value)) =
            pair.filter(|(key, value)| !key.is_empty() && !value.contains('='))
        else {
            return Err(form(place, label, "`KEY=VALUE`"));
        };
        labels.insert(key.to_owned(), json!(value));
    }
    Ok(Json::Object(labels))
}

/// Returns the number that a text is, or the text.
pub(super) fn number_or_text(text: &str) -> Json {
    text.parse::<i32>()
        .map_or_else(|_| json!(text), |number| json!(number))
}

/// Reads the number of a port; `allows_zero` where kubectl lets it pass.
pub(super) fn port(place: &str, text: &str, allows_zero: bool) -> Made<u16> {
    let port = text.parse::<u16>().ok();
    port.filter(|port| allows_zero || *port > 0)
        .ok_or_else(|| form(place, text, "the number of a port"))
}

/// Tells whether a text can be the name of a port.
pub(super) fn is_port_name(text: &str) -> bool {
    let is_sound = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    text.len() <= 15
        && text.bytes().all(is_sound)
        && text.bytes().any(|c| c.is_ascii_lowercase())
        && !text.contains("--")
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// Tells whether a text can be the name of a variable of a container.
pub(super) fn is_variable(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && !matches!(text, "." | "..")
        && !text.starts_with("..")
        && text
            .bytes()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.'))
}

/// Reads a label selector into the form that objects have: `a=b,c in (d,e),!f`.
pub(super) fn selector(text: &str) -> Made<Json> {
    let mut exact = Map::new();
    let mut expressions = Vec::new();
    for part in requirements(text) {
        let part = part.trim();
        let refused = || form("--selector", part, "a requirement of a label selector");
        if part.contains("!=") || part.contains(['<', '>']) {
            return Err(refused());
        }
        if let Some((key, value)) = part.split_once("==").or_else(|| part.split_once('=')) {
            let (key, value) = (key.trim(), value.trim());
            if !is_label_text(key) || !value.is_empty() && !is_label_text(value) {
                return Err(refused());
            }
            exact.insert(key.to_owned(), json!(value));
        } else {
            expressions.push(expression(part).map(Json::Object).ok_or_else(refused)?);
        }
    }
    let mut selector = Map::new();
    if !exact.is_empty() {
        selector.insert("matchLabels".into(), Json::Object(exact));
    }
    if !expressions.is_empty() {
        // Requirements are sorted by their keys before they are sent.
        expressions.sort_by_key(|one| one.get("key").map(Json::to_string));
        selector.insert("matchExpressions".into(), Json::Array(expressions));
    }
    Ok(Json::Object(selector))
}

/// Splits at the commas that stand outside parentheses.
fn requirements(text: &str) -> Vec<&str> {
    let mut depth = 0_usize;
    text.split(|c: char| {
        match c {
            '(' => depth = depth.saturating_add(1),
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    })
    .collect()
}

fn expression(part: &str) -> Option<Fields> {
    let of = |key: &str, operator: &str| {
        is_label_text(key).then(|| {
            let mut fields = Map::new();
            fields.insert("key".into(), json!(key));
            fields.insert("operator".into(), json!(operator));
            fields
        })
    };
    if let Some(key) = part.strip_prefix('!') {
        return of(key.trim(), "DoesNotExist");
    }
    let Some((key, rest)) = part.split_once(char::is_whitespace) else {
        return of(part, "Exists");
    };
    let rest = rest.trim_start();
    let (operator, rest) = match (rest.strip_prefix("notin"), rest.strip_prefix("in")) {
        (Some(rest), _) => ("NotIn", rest),
        (None, Some(rest)) => ("In", rest),
        (None, None) => return None,
    };
    let values = rest.trim().strip_prefix('(')?.strip_suffix(')')?;
    let mut values: Vec<&str> = values.split(',').map(str::trim).collect();
    values.sort_unstable();
    values.dedup();
    if !values
        .iter()
        .all(|value| value.is_empty() || is_label_text(value))
    {
        return None;
    }
    let mut fields = of(key, operator)?;
    fields.insert("values".into(), json!(values));
    Some(fields)
}

fn is_label_text(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.' | b'/'))
}

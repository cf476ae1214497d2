//! Signals of Prometheus, through its HTTP API (`/api/v1/query`).
//!
//! An instant query answers with the time of the question. The time of the sample is asked for beside it: `timestamp(…)` of a selector is
//! exact; for anything that computes, the settings name the query to ask.

use jiff::Timestamp;
use serde_json::Value as Json;

use super::{Reading, Sample, Source, http};
use crate::cluster::escaped;
use crate::target::Target;

/// Tells whether a query only selects a series: a name, labels, or both.
pub(super) fn is_selector(query: &str) -> bool {
    let query = query.trim();
    let name_ends = query
        .find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_' && letter != ':');
    let (name, labels) = query.split_at(name_ends.unwrap_or(query.len()));
    if name.starts_with(|letter: char| letter.is_ascii_digit()) {
        return false;
    }
    let labels = labels.trim();
    let is_labels = labels
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'))
        .is_some_and(|inner| {
            let mut in_string = false;
            let mut escaped = false;
            inner.chars().all(|letter| {
                let is_quote = letter == '"' && !escaped;
                in_string ^= is_quote;
                escaped = letter == '\\' && !escaped && in_string;
                in_string || is_quote || !"{}()[]".contains(letter)
            })
        });
    if labels.is_empty() {
        !name.is_empty()
    } else {
        is_labels
    }
}

pub(super) async fn read(source: &Source, server: &str, query: &str, target: &Target) -> Reading {
    let query = filled(query, target)?;
    let observed = match &source.observed {
        Some(observed) => filled(observed, target)?,
        None => format!("timestamp({query})"),
    };
    // The time first: the value then rests on that sample or a newer one, never on an older one.
    let time = ask(source, server, &observed).await;
    let time = time.map_err(|error| format!("when it was observed is not known: {error}"))?;
    let value = number(&ask(source, server, &query).await?)?;
    let time = instant(&time)
        .ok_or_else(|| format!("when it was observed is not known: `{time}` is no time"))?;
    Ok(Sample {
        value,
        observed: Some(time.to_string()),
    })
}

/// Returns the one value that a query gives.
async fn ask(source: &Source, server: &str, query: &str) -> Result<String, String> {
    let url = format!(
        "{}/api/v1/query?query={}",
        server.trim_end_matches('/'),
        escaped(query)
    );
    let text = http::get(source, &url).await?;
    let answer: Json = serde_json::from_str(&text)
        .map_err(|error| format!("its source does not say JSON: {error}"))?;
    if answer.get("status").and_then(Json::as_str) != Some("success") {
        let error = answer
            .get("error")
            .and_then(Json::as_str)
            .unwrap_or("no reason given");
        return Err(format!("Prometheus refuses the query: {error}"));
    }
    if let Some(warning) = answer.pointer("/warnings/0").and_then(Json::as_str) {
        // Of several stores behind one query, some may not have answered.
        return Err(format!("Prometheus warns: {warning}"));
    }
    let result = answer.pointer("/data/result").and_then(Json::as_array);
    let result = result.ok_or_else(|| "Prometheus gives no result".to_owned())?;
    let pair = match answer.pointer("/data/resultType").and_then(Json::as_str) {
        Some("vector") => match result.as_slice() {
            [series] => series.get("value").and_then(Json::as_array),
            [] => return Err("the query finds no series".to_owned()),
            more => {
                return Err(format!(
                    "the query finds {} series, and one is needed",
                    more.len()
                ));
            }
        },
        Some("scalar") => Some(result),
        other => {
            return Err(format!(
                "the query gives a {}, and one value is needed",
                other.unwrap_or("nothing")
            ));
        }
    };
    let value = pair.and_then(|pair| pair.get(1)).and_then(Json::as_str);
    value
        .map(str::to_owned)
        .ok_or_else(|| "Prometheus gives no value".to_owned())
}

fn number(text: &str) -> Result<Json, String> {
    let number: f64 = text.parse().map_err(|_| format!("`{text}` is no number"))?;
    serde_json::Number::from_f64(number)
        .map(Json::Number)
        .ok_or_else(|| format!("its value is {text}"))
}

/// Reads seconds of the epoch, with a fraction.
fn instant(text: &str) -> Option<Timestamp> {
    let seconds: f64 = text
        .parse()
        .ok()
        .filter(|seconds: &f64| seconds.is_finite())?;
    // Rounded down to the millisecond: a sample counts as old rather than young.
    let milliseconds = (seconds * 1_000.0).floor();
    #[expect(
        clippy::cast_possible_truncation,
        reason = "times lie far inside; what does not is refused by the type"
    )]
    Timestamp::from_millisecond(milliseconds as i64).ok()
}

/// Puts the target's words into a query, quoted as PromQL quotes. A word that the target does not have makes the query unanswerable.
fn filled(query: &str, target: &Target) -> Result<String, String> {
    let words = [
        ("$namespace", target.namespace.as_deref()),
        ("$name", Some(target.name.as_str())),
        ("$kind", Some(target.kind.as_str())),
    ];
    let mut rest = query;
    let mut text = String::new();
    while let Some(at) = rest.find('$') {
        let (before, after) = rest.split_at(at);
        text.push_str(before);
        let found = words.iter().find(|(word, _)| after.starts_with(word));
        let Some((word, value)) = found else {
            return Err(format!(
                "the query names `{}`, which nobody fills in",
                first_word(after)
            ));
        };
        let value = value
            .ok_or_else(|| format!("the query needs `{word}`, which the target does not have"))?;
        let (quote, is_pattern) = inside(&text).unwrap_or_default();
        for letter in value.chars() {
            if is_pattern && r".+*?()|[]{}^$".contains(letter) {
                text.push_str(if quote == '`' { "\\" } else { "\\\\" });
            }
            if ['\\', '"', '\'', '`'].contains(&letter) {
                text.push('\\');
            }
            text.push(letter);
        }
        rest = after.strip_prefix(word).unwrap_or_default();
    }
    text.push_str(rest);
    Ok(text)
}

/// Returns the quote of the string inside of which a query ends, and whether that is a regular expression, in which a name must mean itself.
fn inside(query: &str) -> Option<(char, bool)> {
    let mut begun: Option<(char, bool)> = None;
    let mut before = (' ', ' ');
    let mut is_escaped = false;
    for letter in query.chars() {
        match begun {
            Some(_) if is_escaped => is_escaped = false,
            Some((quote, _)) if letter == '\\' && quote != '`' => is_escaped = true,
            Some((quote, _)) if letter == quote => begun = None,
            Some(_) => {}
            None if ['"', '\'', '`'].contains(&letter) => {
                begun = Some((letter, matches!(before, ('=' | '!', '~'))));
            }
            None if letter.is_whitespace() => {}
            None => before = (before.1, letter),
        }
    }
    begun
}

fn first_word(text: &str) -> &str {
    let mut rest = text.char_indices().skip(1);
    let end = rest.find(|(_, letter)| !letter.is_ascii_alphanumeric() && *letter != '_');
    end.and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::{filled, instant, is_selector};
    use crate::target::Target;

    #[test]
    fn a_selector_is_told_from_what_computes() {
        for query in [
            "up",
            "job:errors:ratio",
            "up{job=\"api\"}",
            "{__name__=\"up\"}",
            "up{path=\"/a{b}(c)\"}",
        ] {
            assert!(is_selector(query), "{query}");
        }
        for query in [
            "",
            "sum(up)",
            "up * 2",
            "rate(up[5m])",
            "up[5m]",
            "up{a=\"b\"} or up",
            "1",
            "up{a=\"b\"} + up{c=\"d\"}",
        ] {
            assert!(!is_selector(query), "{query}");
        }
    }

    #[test]
    fn what_the_target_does_not_have_is_not_left_empty() {
        let target = Target {
            api_version: "v1".into(),
            kind: "Node".into(),
            namespace: None,
            name: "a\"} or up{b=\"".into(),
        };
        assert_eq!(
            filled("up{node=\"$name\"}", &target).unwrap(),
            "up{node=\"a\\\"} or up{b=\\\"\"}"
        );
        let dotted = Target {
            name: "a.b".into(),
            ..target.clone()
        };
        assert_eq!(
            filled("up{node=~ \"$name.*\", on=\"$name\"}", &dotted).unwrap(),
            "up{node=~ \"a\\\\.b.*\", on=\"a.b\"}"
        );
        assert_eq!(
            filled("up{node=~`$name`}", &dotted).unwrap(),
            "up{node=~`a\\.b`}"
        );
        assert_eq!(
            filled("up{ns=\"$namespace\"}", &target).unwrap_err(),
            "the query needs `$namespace`, which the target does not have"
        );
        assert_eq!(
            filled("up{a=\"$cluster\"}", &target).unwrap_err(),
            "the query names `$cluster`, which nobody fills in"
        );
    }

    #[test]
    fn times_are_seconds_with_a_fraction() {
        assert_eq!(
            instant("1763805600.1239").unwrap().to_string(),
            "2025-11-22T10:00:00.123Z"
        );
        assert_eq!(instant("NaN"), None);
    }
}

//! Whether what a command prints can hold the values of a Secret, whatever kind it reads.

use crate::command::flags::Arguments;

/// Fields of `metadata` that hold no values. Annotations are not among them: one repeats the whole object.
const METADATA: &[&str] = &[
    "creationTimestamp",
    "deletionTimestamp",
    "finalizers",
    "generation",
    "labels",
    "name",
    "namespace",
    "ownerReferences",
    "resourceVersion",
    "uid",
];

/// How many expressions of a template are looked at.
const EXPRESSIONS_LIMIT: usize = 200;

/// Tells whether the output is a `jsonpath` template that selects only fields in which no Secret has values.
///
/// kubectl prints the whole object when a template fails, so what may fail on a Secret does not count; nor does a command that logs
/// the answers of the server.
pub(super) fn shows_no_values(arguments: &Arguments) -> bool {
    let outputs: Vec<_> = arguments.all("output").collect();
    let [Some(output)] = outputs.as_slice() else {
        return false;
    };
    !["template", "v", "allow-missing-template-keys"]
        .iter()
        .any(|flag| arguments.has(flag))
        && output
            .literal()
            .and_then(|output| output.strip_prefix("jsonpath="))
            .is_some_and(selects_no_values)
}

fn selects_no_values(template: &str) -> bool {
    if template.matches('{').count() > EXPRESSIONS_LIMIT {
        return false;
    }
    let mut selects = false;
    // Below a field that holds no values, every field is without them.
    let mut ranges: Vec<bool> = Vec::new();
    let mut rest = template;
    while let Some((_, after)) = rest.split_once('{') {
        let Some((expression, after)) = until_closed(after) else {
            return false;
        };
        rest = after;
        let expression = expression.trim();
        if expression == "end" {
            ranges.pop();
            continue;
        }
        if is_text(expression) {
            continue;
        }
        let is_below = ranges.last().copied().unwrap_or(false);
        let (path, is_range) = match expression.strip_prefix("range ") {
            Some(path) => (path.trim(), true),
            None => (expression, false),
        };
        match field(path) {
            Some([]) if is_range => ranges.push(is_below),
            Some(segments) if is_below || holds_no_values(segments) => {
                if is_range {
                    ranges.push(true);
                }
                selects = true;
            }
            _ => return false,
        }
    }
    selects
}

/// Splits at the brace that closes an expression; braces in quotes do not.
fn until_closed(text: &str) -> Option<(&str, &str)> {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (c, quote) {
            ('"' | '\'', None) => quote = Some(c),
            (_, Some(open)) if open == c => quote = None,
            ('}', None) => return Some((text.get(..at)?, text.get(at + 1..)?)),
            _ => {}
        }
    }
    None
}

fn is_text(expression: &str) -> bool {
    ['"', '\''].iter().any(|quote| {
        expression.len() >= 2
            && expression.starts_with(*quote)
            && expression.ends_with(*quote)
            && expression.matches(*quote).count() == 2
    })
}

/// Returns the field that a path leads to, a leading `items` left out: `[]` for the list itself, its part of the object for one that
/// holds no values, `other` for the rest; `None` for a path of another form.
fn field(path: &str) -> Option<&[&'static str]> {
    let rest = path.strip_prefix('.')?;
    if rest.contains("..") {
        return None;
    }
    let (first, below) = rest.split_once('.').unwrap_or((rest, ""));
    let (first, below) = match first {
        // An item that is not there would be an error.
        "items[*]" | "items[0]" | "items[-1]" if below.is_empty() => return Some(&[]),
        "items[*]" | "items[0]" | "items[-1]" => below.split_once('.').unwrap_or((below, "")),
        other => (other, below),
    };
    // Secrets have neither part, and what is missing is no error.
    match first.split('[').next()? {
        "status" => return Some(&["status"]),
        "spec" => return Some(&["spec"]),
        _ => {}
    }
    let is_name = |c: char| c.is_ascii_alphanumeric() || "._-/\\".contains(c);
    let second = below.split('.').next()?;
    Some(match first {
        "kind" if below.is_empty() => &["kind"],
        "metadata" if METADATA.contains(&second) && below.chars().all(is_name) => &["metadata"],
        _ => &["other"],
    })
}

fn holds_no_values(segments: &[&str]) -> bool {
    segments.first().is_some_and(|first| *first != "other")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_without_values_are_told_from_others() {
        for template in [
            "{.status.phase}",
            "{range .items[*]}{.metadata.name}{\"\\n\"}{end}",
            "{range .status.list[*]} at: {.name} ({.value}){end}",
            "{ .spec.selector }",
        ] {
            assert!(selects_no_values(template), "{template}");
        }
        for template in [
            "",
            "{}",
            "{.}",
            "{@}",
            "{$}",
            "{.data}",
            "{.items[*]}",
            "{..password}",
            "{.metadata}",
            "{.metadata.annotations}",
            "{.status.phase}{.data}",
            "{range .items[*]}{.data.key}{end}",
            "{range .items[*]}{@}{end}",
            "{range .status.list[*]}{end}{.name}",
            "{['data']}",
            "{.status",
            "{.items[99].metadata.name}",
            "{.metadata.name[0]}",
            "{.metadata.ownerReferences[0].name}",
            "{.items[?(@.metadata.labels.app)].data}",
            "{.items[?(@.status)].data.password}",
        ] {
            assert!(!selects_no_values(template), "{template}");
        }
    }
}

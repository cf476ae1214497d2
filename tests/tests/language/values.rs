//! Blocks of expressions: facts, a line `---`, and expressions with their values after `=>`.

use regex::Regex;
use taffrail_actions::{Action, Defaults, read_documents};
use taffrail_syntax::Diagnostic;

use crate::run::Set;

/// Returns the block with the real value behind each expression.
pub(crate) fn evaluated(set: &Set, body: &str) -> String {
    let (facts, expressions) = match body.split_once("---\n") {
        Some((facts, expressions)) => (Some(facts), expressions),
        None => (None, body),
    };
    let mut text = facts.map_or_else(String::new, |facts| format!("{facts}---\n"));
    for line in expressions.lines() {
        if line.trim().is_empty() {
            text.push('\n');
            continue;
        }
        let expression = line.split(" => ").next().unwrap_or_default().trim_end();
        let value = value(set, facts.unwrap_or("verb: get\n"), expression);
        text.push_str(&format!("{expression} => {value}\n"));
    }
    text
}

/// Returns what an expression is, as a reason would print it.
fn value(set: &Set, facts: &str, expression: &str) -> String {
    let expression = unchecked(expression);
    let set = set.with(&format!(
        "\nguard value_of_this {{\n    on any\n    risk 1\n    because \"{{ {expression} }}\"\n}}\n"
    ));
    let compiled = match set.compile() {
        Ok((_, compiled)) => compiled,
        Err(error) => return error,
    };
    if let Some(error) = compiled
        .diagnostics
        .iter()
        .find(|finding| finding.is_error())
    {
        return message(error);
    }
    let program = match set.program() {
        Ok(program) => program,
        Err(error) => return error,
    };
    match read_documents("facts.yaml", facts.as_bytes(), &Defaults::default()) {
        Err(error) => format!("error: {error}"),
        Ok(actions) => match actions.first() {
            Some(Action::Single(request)) => {
                let report = program.decide(request).report();
                let contribution = report
                    .contributions
                    .iter()
                    .find(|contribution| contribution.rule.ends_with("value_of_this"));
                contribution.map_or_else(|| "nothing".to_owned(), |found| found.because.clone())
            }
            Some(Action::Plan(_)) | None => "error: no single action".to_owned(),
        },
    }
}

#[expect(clippy::unwrap_used, reason = "the patterns are literals")]
/// Returns an expression that reads objects of any shape: examples of values are about values, whatever the kind has for fields.
fn unchecked(expression: &str) -> String {
    if expression.contains("dynamic(") {
        return expression.to_owned();
    }
    let object = Regex::new(r"(^|[^\w.])(current|proposed)\b").unwrap();
    let path = Regex::new(r"changed\(([^()]*)\)").unwrap();
    let text = object.replace_all(expression, "${1}dynamic(${2})");
    path.replace_all(&text, "changed(dynamic($1))").into_owned()
}

fn message(error: &Diagnostic) -> String {
    let hint = error.hints.first().map(|hint| format!("; {hint}"));
    format!("error: {}{}", error.message, hint.unwrap_or_default())
}

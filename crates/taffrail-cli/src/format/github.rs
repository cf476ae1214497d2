//! Annotations of GitHub Actions: one workflow command a finding.

use taffrail_syntax::{Diagnostic, Severity, SourceTable};

use crate::policies::Policies;

/// Returns a line a finding. Files are named as they are found from where the command runs.
pub(crate) fn lint(found: &[Diagnostic], policies: &Policies) -> String {
    let table = policies.sources.table_for_messages();
    found
        .iter()
        .map(|finding| annotation(finding, &table))
        .collect()
}

fn annotation(finding: &Diagnostic, table: &SourceTable) -> String {
    let command = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut properties = place(finding, table);
    properties.push(("title", finding.code.to_owned()));
    let properties: Vec<String> = properties
        .into_iter()
        .map(|(name, value)| format!("{name}={}", escape_property(&value)))
        .collect();
    let mut message = finding.message.clone();
    for hint in &finding.hints {
        message.push('\n');
        message.push_str(hint);
    }
    format!(
        "::{command} {}::{}\n",
        properties.join(","),
        escape(&message)
    )
}

/// Returns file, line and column; columns are told only within one line, for the runner refuses others.
fn place(finding: &Diagnostic, table: &SourceTable) -> Vec<(&'static str, String)> {
    let Some(location) = finding.labels.first().map(|label| label.location) else {
        return Vec::new();
    };
    let Some(source) = table.get(location.source) else {
        return Vec::new();
    };
    let (line, column) = source.line_column(location.span.start);
    let (end_line, end_column) = source.line_column(location.span.end);
    let mut place = vec![
        ("file", source.name.clone()),
        ("line", line.to_string()),
        ("endLine", end_line.to_string()),
    ];
    if line == end_line {
        place.push(("col", column.to_string()));
        place.push(("endColumn", end_column.to_string()));
    }
    place
}

fn escape(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn escape_property(text: &str) -> String {
    escape(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{escape, escape_property};

    #[test]
    fn what_ends_a_command_or_a_property_is_escaped() {
        assert_eq!(escape("50%\r\na: b, c"), "50%25%0D%0Aa: b, c");
        assert_eq!(escape_property("a,b:c%\n"), "a%2Cb%3Ac%25%0A");
    }
}

//! What is still read of a file that is broken in places.

use taffrail_syntax::ast::{ClauseKind, ExprKind, ItemKind, Rule};
use taffrail_syntax::{Parsed, SourceId, parse};

/// Returns the names of the rules and values that were read.
fn names(parsed: &Parsed) -> Vec<String> {
    let name = |kind: &ItemKind| match kind {
        ItemKind::Rule(rule) => rule
            .name
            .segments
            .iter()
            .map(|word| word.text.as_str())
            .collect::<Vec<_>>()
            .join("."),
        ItemKind::Let(binding) => binding.name.text.clone(),
        ItemKind::Test(test) => format!("test {}", test.name.text),
        ItemKind::Use(_)
        | ItemKind::Param(_)
        | ItemKind::Signal(_)
        | ItemKind::Verb(_)
        | ItemKind::Kind(_) => "other".to_owned(),
    };
    parsed
        .file
        .items
        .iter()
        .map(|item| name(&item.kind))
        .collect()
}

fn rules(parsed: &Parsed) -> Vec<&Rule> {
    let items = parsed.file.items.iter();
    items
        .filter_map(|item| {
            if let ItemKind::Rule(rule) = &item.kind {
                Some(rule)
            } else {
                None
            }
        })
        .collect()
}

#[test]
fn a_broken_declaration_does_not_hide_its_neighbours() {
    let parsed = parse(
        SourceId(0),
        "policy t\nlet a = 1\nlet b = = 2\nlet c = 3\nguard d { on any }\ngaurd e { on any }\nguard f { on any }\n)\nlet g = 1",
    );
    assert_eq!(names(&parsed), ["a", "c", "d", "f", "g"]);
    assert_eq!(parsed.diagnostics.len(), 3);
}

#[test]
fn a_broken_clause_leaves_a_hole_and_its_neighbours_are_read() {
    let parsed = parse(
        SourceId(0),
        "policy t\n@owner(\"x\")\nguard a {\n on any\n when x ==\n risk 1 2\n because \"ok\"\n}",
    );
    assert_eq!(parsed.diagnostics.len(), 2);
    assert_eq!(parsed.file.items[0].annotations.len(), 1);
    let rules = rules(&parsed);
    let clauses: Vec<&ClauseKind> = rules[0].clauses.iter().map(|clause| &clause.kind).collect();
    assert!(matches!(clauses[0], ClauseKind::On(_)));
    assert!(matches!(clauses[1], ClauseKind::When(hole) if hole.kind == ExprKind::Error));
    assert!(matches!(clauses[2], ClauseKind::Risk(hole) if hole.kind == ExprKind::Error));
    assert!(matches!(clauses[3], ClauseKind::Because(_)));
}

#[test]
fn a_missing_brace_ends_where_the_next_declaration_begins() {
    let parsed = parse(
        SourceId(0),
        "policy t\nguard a {\n on any\n\n@x\nguard b {\n on any\n}\n\ntest \"c\" {\n given { a: 1\n expect propose\n}\nlet d = 1",
    );
    assert_eq!(names(&parsed), ["a", "b", "test c", "d"]);
    let codes: Vec<&str> = parsed
        .diagnostics
        .iter()
        .map(|diagnostic| diagnostic.code)
        .collect();
    assert_eq!(codes, ["unclosed-bracket", "unclosed-bracket"]);
}

#[test]
fn a_string_that_never_ends_costs_one_clause() {
    let parsed = parse(
        SourceId(0),
        "policy t\nguard a {\n because \"never\n risk 5\n}\nguard b { on any }",
    );
    assert_eq!(names(&parsed), ["a", "b"]);
    assert_eq!(parsed.diagnostics.len(), 1);
    assert_eq!(rules(&parsed)[0].clauses.len(), 2);
}

#[test]
fn errors_come_in_the_order_of_the_text() {
    let parsed = parse(
        SourceId(0),
        "policy t\nlet a = &&\nguard b { when 'x' risk }\n\"\nlet c = “",
    );
    let starts: Vec<u32> = parsed
        .diagnostics
        .iter()
        .map(|diagnostic| diagnostic.labels[0].location.span.start)
        .collect();
    assert!(starts.len() >= 4 && starts.is_sorted(), "{starts:?}");
}

//! How diagnostics look.

use taffrail_syntax::{Diagnostic, Location, SourceId, SourceTable, Span, Style, render};

fn location(source: SourceId, start: usize, end: usize) -> Location {
    Location {
        source,
        span: Span::new(start, end),
    }
}

#[test]
fn labels_in_two_files_are_shown_one_below_the_other() {
    let mut sources = SourceTable::default();
    let first = sources.add("a.guard", "policy a\nlet x = 1\n");
    let second = sources.add("b/c.guard", "policy b\nlet x = 2\n");
    let diagnostic = Diagnostic::error(
        "duplicate-name",
        location(second, 13, 14),
        "`x` is declared twice",
    )
    .at("again here")
    .label(location(first, 13, 14), "first here")
    .hint("rename one of them");
    insta::assert_snapshot!(render(&diagnostic, &sources, Style::default()), @r#"
    error[duplicate-name]: `x` is declared twice
     --> b/c.guard:2:5
      |
    2 | let x = 2
      |     ^ again here
      |
     ::: a.guard:2:5
      |
    2 | let x = 1
      |     - first here
      |
      = help: rename one of them
    "#);
}

#[test]
fn labels_far_apart_are_shown_as_two_pieces() {
    let mut sources = SourceTable::default();
    let text = format!("policy a\nlet x = 1\n{}let x = 2\n", "\n".repeat(1000));
    let second = text.rfind("x =").unwrap();
    let id = sources.add("a.guard", text);
    let diagnostic = Diagnostic::warning(
        "duplicate-name",
        location(id, second, second + 1),
        "`x` is declared twice",
    )
    .label(location(id, 13, 14), "first here");
    insta::assert_snapshot!(render(&diagnostic, &sources, Style::default()), @r#"
    warning[duplicate-name]: `x` is declared twice
        --> a.guard:1003:5
         |
    1003 | let x = 2
         |     ^
         |
        ::: a.guard:2:5
         |
       2 | let x = 1
         |     - first here
    "#);
}

#[test]
fn a_long_line_is_shown_in_part_with_its_true_column() {
    let mut sources = SourceTable::default();
    let text = format!("policy a\nlet x = \"{}\" &&\n", "é".repeat(5000));
    let at = text.find("&&").unwrap();
    let id = sources.add("a.guard", text);
    let diagnostic = Diagnostic::error(
        "c-style-operator",
        location(id, at, at + 2),
        "`&&` is not an operator",
    );
    let rendered = render(&diagnostic, &sources, Style::default());
    assert!(rendered.contains("a.guard:2:5012"), "{rendered}");
    assert!(rendered.len() < 1000, "{}", rendered.len());
}

#[test]
fn a_finding_without_a_place_is_a_line() {
    let mut diagnostic = Diagnostic::error(
        "empty-folder",
        location(SourceId(7), 0, 0),
        "this folder holds no policy",
    );
    diagnostic.labels.clear();
    let rendered = render(
        &diagnostic.hint("add a `.guard` file"),
        &SourceTable::default(),
        Style::default(),
    );
    insta::assert_snapshot!(rendered, @r#"
    error[empty-folder]: this folder holds no policy
     |
     = help: add a `.guard` file
    "#);
}

#[test]
fn a_place_in_an_unknown_source_is_left_out() {
    let diagnostic = Diagnostic::error("x", location(SourceId(7), 5, 9), "lost");
    let rendered = render(&diagnostic, &SourceTable::default(), Style::default());
    assert_eq!(rendered, "error[x]: lost\n");
}

#[test]
fn colour_is_given_only_when_asked_for() {
    let mut sources = SourceTable::default();
    let id = sources.add("a.guard", "policy a");
    let diagnostic = Diagnostic::error("x", location(id, 0, 6), "message");
    assert!(render(&diagnostic, &sources, Style { color: true }).contains('\u{1b}'));
    assert!(!render(&diagnostic, &sources, Style { color: false }).contains('\u{1b}'));
}

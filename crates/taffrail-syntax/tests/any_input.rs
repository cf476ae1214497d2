//! Whatever the text, `parse` returns, and every place it names lies in the text.

#![expect(clippy::string_slice, reason = "a test may fail")]

use proptest::prelude::*;
use taffrail_syntax::ast::{ClauseKind, File, ItemKind};
use taffrail_syntax::{Location, SourceId, SourceTable, Span, Style, parse, render};

const EXAMPLE: &str = include_str!("example.guard");

/// Checks one text in every way that holds for all.
fn check(text: &str) {
    let mut sources = SourceTable::default();
    let id = sources.add("a.guard", text);
    let parsed = parse(id, text);
    for diagnostic in &parsed.diagnostics {
        for label in &diagnostic.labels {
            assert_inside(text, label.location);
        }
        if let Some(fix) = &diagnostic.fix {
            assert_inside(text, fix.location);
        }
        let rendered = render(diagnostic, &sources, Style { color: true });
        assert!(rendered.contains(diagnostic.code));
    }
    assert_spans_inside(text, &parsed.file);
    if parsed.file.policy.is_none() {
        assert!(
            !parsed.diagnostics.is_empty(),
            "a file without a policy line is never right"
        );
    }
}

fn assert_inside(text: &str, location: Location) {
    let Span { start, end } = location.span;
    assert!(
        text.get(start as usize..end as usize).is_some(),
        "{location:?} is not in {text:?}"
    );
}

fn assert_spans_inside(text: &str, file: &File) {
    let inside = |span: Span| {
        assert!(
            text.get(span.start as usize..span.end as usize).is_some(),
            "{span:?}"
        )
    };
    for comment in &file.comments {
        assert_eq!(
            &text[comment.span.start as usize..comment.span.end as usize],
            comment.text
        );
    }
    for item in &file.items {
        inside(item.span);
        let ItemKind::Rule(rule) = &item.kind else {
            continue;
        };
        inside(rule.name.span);
        for clause in &rule.clauses {
            inside(clause.span);
            if let ClauseKind::When(expr) = &clause.kind {
                inside(expr.span);
            }
        }
    }
}

/// Pieces that a random text is put together from: likelier to meet than random letters.
const PIECES: &[&str] = &[
    "policy x\n",
    "guard ",
    "a",
    " {",
    "}",
    "(",
    ")",
    "[",
    "]",
    "\"",
    "'",
    "r\"",
    "{{",
    "}}",
    "\\",
    "\n",
    "// c\n",
    "/// d\n",
    "//! f\n",
    "when ",
    "on any",
    "because ",
    "\"{x}\"",
    "suggest ",
    "not ",
    "-",
    "!",
    "if ",
    "then ",
    "else ",
    "some c in ",
    "count ",
    ":",
    ",",
    ".",
    "..",
    "==",
    "=",
    "&&",
    "in ",
    "is ",
    "absent ",
    "1",
    "5m",
    "20%",
    "2026-12-20",
    "test \"t\" ",
    "given ",
    "case ",
    "expect ",
    "risk ",
    "limit ",
    "per ",
    "by ",
    "let ",
    "param ",
    "signal ",
    "verb ",
    "kind ",
    "use ",
    "@",
    "é",
    "\u{202e}",
    "\0",
    "“",
    "\r",
    "<",
    ">",
    ";",
    "?",
    "??",
    "true",
    "x.y",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_survived(text in "\\PC{0,200}") {
        check(&text);
    }

    #[test]
    fn any_mixture_of_pieces_is_survived(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60)) {
        check(&pieces.concat());
    }

    #[test]
    fn any_cut_of_the_example_is_survived(from in 0..EXAMPLE.len(), length in 0..400_usize) {
        let mut text = EXAMPLE.to_owned();
        let to = (from + length).min(text.len());
        if text.is_char_boundary(from) && text.is_char_boundary(to) {
            text.replace_range(from..to, "");
        }
        check(&text);
    }

    #[test]
    fn any_insertion_into_the_example_is_survived(
        at in 0..EXAMPLE.len(),
        piece in prop::sample::select(PIECES),
        again in 0..EXAMPLE.len(),
        other in prop::sample::select(PIECES),
    ) {
        let mut text = EXAMPLE.to_owned();
        for (at, piece) in [(at, piece), (again, other)] {
            if text.is_char_boundary(at) {
                text.insert_str(at, piece);
            }
        }
        check(&text);
    }
}

#[test]
fn every_prefix_of_the_example_is_survived() {
    for (at, _) in EXAMPLE.char_indices() {
        check(&EXAMPLE[..at]);
    }
}

#[test]
fn deep_nesting_is_reported_and_not_followed() {
    let repeated = |piece: &str| piece.repeat(10_000);
    let deep = [
        format!("let x = {}", repeated("(")),
        format!("let x = {}1{}", repeated("("), repeated(")")),
        format!("let x = {}1", repeated("not ")),
        format!("let x = {}1", repeated("- ")),
        format!("let x = {}1", repeated("!")),
        format!("let x = {}1", repeated("if a then b else ")),
        format!("let x = {}1", repeated("if ")),
        format!("let x = {}1", repeated("every a in b: ")),
        format!("let x = {}1", repeated("every k, v in m: ")),
        format!("let x = {}1", repeated("count c in xs where ")),
        format!("let x = a{}", repeated(" == not b")),
        format!("let x = a{}", repeated(" and b")),
        format!("let x = a{}", repeated(" ?? b")),
        format!("let x = a{}", repeated(".b")),
        format!("let x = a{}", repeated("[0]")),
        format!("let x = a{}", repeated("(0)")),
        format!("let x = {}1{}", repeated("[{ a: "), repeated("}]")),
        format!("let x = {}", repeated("f(a: ")),
        format!("param x: {}number{}", repeated("list<"), repeated(">")),
        format!("guard g {{ because \"{{{}1}}\" }}", repeated("(")),
        format!("guard g {{ because \"{{{}1}}\" }}", repeated("not ")),
        format!("test \"t\" {{ given {}", repeated("{ a: ")),
        format!("test \"t\" {{ given {{ a: {} }} }}", repeated("[")),
    ];
    for declaration in deep {
        let text = format!("policy t\n{declaration}\n");
        let found = parse(SourceId(0), &text).diagnostics;
        let named = found
            .iter()
            .any(|diagnostic| diagnostic.code == "nesting-too-deep");
        let unclosed = found
            .iter()
            .any(|diagnostic| diagnostic.code == "unclosed-bracket");
        assert!(named || unclosed, "{}…: {found:?}", &declaration[..40]);
    }
}

#[test]
fn nesting_within_the_limit_is_read() {
    let fine = [
        format!("let x = {}1{}", "(".repeat(100), ")".repeat(100)),
        format!("let x = {}1", "not ".repeat(100)),
        format!("let x = a{}", " or b == 1".repeat(100)),
        format!("let x = [{}]", "a == 1 or b, ".repeat(1000)),
        format!("guard g {{ {} }}", "when a == 1 and b == 2 ".repeat(1000)),
        format!(
            "test \"t\" {{ given {{ {} }} }}",
            "a: -1 count: 2 ".repeat(1000)
        ),
        format!("{} guard g {{}}", "@a(\"x\") ".repeat(1000)),
    ];
    for declaration in fine {
        let text = format!("policy t\n{declaration}\n");
        assert_eq!(
            parse(SourceId(0), &text).diagnostics,
            [],
            "{}…",
            &declaration[..40]
        );
    }
}

#[test]
fn a_huge_file_is_refused() {
    let text = " ".repeat(taffrail_syntax::MAX_SOURCE_BYTES + 1);
    let parsed = parse(SourceId(0), &text);
    assert_eq!(parsed.diagnostics[0].code, "source-too-large");
}

#[test]
fn a_file_of_mistakes_stops_being_reported() {
    for line in [
        "guard {\n",
        "\0",
        "“",
        "}\n",
        "x y z\n",
        "guard a { when 'b' }\n",
        "(\n",
    ] {
        let text = format!("policy t\n{}", line.repeat(2000));
        let mut sources = SourceTable::default();
        let id = sources.add("a.guard", text.as_str());
        let found = parse(id, &text).diagnostics;
        assert!(
            !found.is_empty() && found.len() <= 101,
            "{line}: {}",
            found.len()
        );
        for diagnostic in &found {
            let _ = render(diagnostic, &sources, Style::default());
        }
    }
}

#[test]
fn a_broken_nest_is_not_read_again_at_every_level() {
    // Twice at each of sixty levels would take longer than anybody waits.
    let pieces = [
        "if (",
        "if [",
        "f(if ",
        "[if (",
        "{ a: if (",
        "some c in xs: (",
        "count c in xs where (",
        "count(",
        "not (",
        "a and if (",
    ];
    for piece in pieces {
        let text = format!("policy t\nlet x = {} 1 1 ]", piece.repeat(60));
        assert!(!parse(SourceId(0), &text).diagnostics.is_empty());
        let open = piece.matches(['(', '[', '{']).collect::<String>();
        let close: String = open
            .chars()
            .rev()
            .map(|c| match c {
                '(' => ')',
                '[' => ']',
                _ => '}',
            })
            .collect();
        let text = format!(
            "policy t\nlet x = {} 1 1 {}",
            piece.repeat(25),
            close.repeat(25)
        );
        assert!(!parse(SourceId(0), &text).diagnostics.is_empty());
    }
}

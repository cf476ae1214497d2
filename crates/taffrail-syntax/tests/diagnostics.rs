//! Broken sources with what is said about them, in `tests/broken/`.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may fail, and reads its cases"
)]

use std::fs;
use std::path::Path;

use taffrail_syntax::{CODES, SourceTable, Style, parse, render};

/// Returns the broken sources by name, in alphabetical order.
fn broken_sources() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken");
    let mut sources: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect();
    sources.sort();
    sources
}

#[test]
fn broken_sources_are_explained() {
    for (name, text) in broken_sources() {
        let mut sources = SourceTable::default();
        let id = sources.add(format!("{name}.guard"), text.as_str());
        let parsed = parse(id, &text);
        assert!(!parsed.diagnostics.is_empty(), "{name} is not broken");
        let rendered: Vec<String> = parsed
            .diagnostics
            .iter()
            .map(|diagnostic| render(diagnostic, &sources, Style::default()))
            .collect();
        let visible = text.replace('\0', "␀").replace('\u{202e}', "⟨U+202E⟩");
        insta::assert_snapshot!(
            name.as_str(),
            format!("{visible}\n════\n{}", rendered.join("\n"))
        );
    }
}

#[test]
fn every_code_that_is_reported_is_in_the_table() {
    for (name, text) in broken_sources() {
        let id = SourceTable::default().add("a.guard", text.as_str());
        for diagnostic in parse(id, &text).diagnostics {
            let known = CODES.iter().any(|(code, _)| *code == diagnostic.code);
            assert!(known, "`{}` of {name} is not in the table", diagnostic.code);
        }
    }
}

#[test]
fn messages_are_lower_case_phrases_without_a_full_stop() {
    for (name, text) in broken_sources() {
        let id = SourceTable::default().add("a.guard", text.as_str());
        for diagnostic in parse(id, &text).diagnostics {
            for phrase in diagnostic.hints.iter().chain([&diagnostic.message]) {
                assert!(!phrase.ends_with('.'), "{name}: {phrase}");
                assert!(!phrase.contains('\n'), "{name}: {phrase}");
                let first = phrase.chars().next().unwrap();
                assert!(!first.is_uppercase(), "{name}: {phrase}");
            }
        }
    }
}

#[test]
fn the_table_of_codes_is_sorted() {
    assert!(CODES.is_sorted());
}

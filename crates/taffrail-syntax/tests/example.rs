//! The example that introduces the language.

use taffrail_syntax::{SourceTable, parse};

#[test]
fn the_introductory_example_parses_without_a_word() {
    let text = include_str!("example.guard");
    let source = SourceTable::default().add("example.guard", text);
    let parsed = parse(source, text);
    assert_eq!(parsed.diagnostics, []);
    insta::assert_debug_snapshot!(parsed.file);
}

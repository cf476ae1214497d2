//! The page of each code: its bad example reports the code, its good one does not.

use std::path::Path;

use taffrail_compiler::codes::CODES;
use taffrail_compiler::{Options, SourceFile, analyze};
use taffrail_syntax::{SourceTable, parse};

/// Codes of other stages, and those that no policy text alone can bring about.
const ELSEWHERE: &[&str] = &[
    "empty-policy-set",
    "import-cycle",
    "parameter-of-wrong-type",
    "program-too-large",
    "recursive-definition",
    "unknown-parameter",
    // Their pages come with the stage that reports them first.
    "not-a-constant",
    "not-positive",
];

#[expect(clippy::disallowed_methods, reason = "a test reads the pages it runs")]
fn page(code: &str) -> Option<String> {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../taffrail-tools/pages");
    std::fs::read_to_string(pages.join(format!("{code}.md"))).ok()
}

/// Returns the blocks of a page under a fence such as `guard bad`.
fn examples<'p>(page: &'p str, fence: &str) -> Vec<&'p str> {
    page.split(&format!("```{fence}\n"))
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect()
}

/// Returns the codes that a policy set in one text reports; a comment separates its files.
fn reported(text: &str) -> Vec<(&'static str, bool)> {
    let mut sources = SourceTable::default();
    let mut files = Vec::new();
    let mut diagnostics = Vec::new();
    for (at, file) in text.split("// another file\n").enumerate() {
        let source = sources.add(at.to_string(), file);
        let parsed = parse(source, file);
        diagnostics.extend(parsed.diagnostics);
        files.push(SourceFile {
            source,
            ast: parsed.file,
        });
    }
    diagnostics.extend(analyze(&files, &Options::default()).1);
    diagnostics.iter().map(|d| (d.code, d.is_error())).collect()
}

#[test]
fn examples_on_pages_do_what_the_pages_say() {
    let mut wrong = Vec::new();
    for (code, _) in CODES.iter().filter(|(code, _)| !ELSEWHERE.contains(code)) {
        let Some(page) = page(code) else {
            wrong.push(format!("{code} has no page"));
            continue;
        };
        let (bad, good) = (examples(&page, "guard bad"), examples(&page, "guard good"));
        if bad.is_empty() || good.is_empty() {
            wrong.push(format!("the page of {code} lacks an example"));
        }
        for text in bad {
            let found = reported(text);
            if found.iter().any(|(other, _)| other != code) || found.is_empty() {
                wrong.push(format!("the bad example of {code} reports {found:?}"));
            }
        }
        for text in good {
            let found = reported(text);
            if !found.is_empty() {
                wrong.push(format!("the good example of {code} reports {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

//! The page of each code: its bad example reports the code, its good one does not.

use std::path::Path;

use taffrail_compiler::codes::CODES;
use taffrail_compiler::{Options, compile};
use taffrail_syntax::SourceTable;

/// Codes that no policy text alone can bring about.
const ELSEWHERE: &[&str] = &[
    "invalid-crd",
    "kind-not-in-file",
    "parameter-of-wrong-type",
    "unknown-parameter",
    "unreadable-crd",
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

/// Returns the sets of sources in blocks: blocks that begin with `// file: NAME` make one set together, another block is a set
/// alone, in which a comment separates the files.
fn sets<'p>(blocks: &[&'p str]) -> Vec<Vec<&'p str>> {
    let (named, alone): (Vec<&str>, Vec<&str>) = blocks
        .iter()
        .partition(|block| block.starts_with("// file: "));
    let alone = alone
        .into_iter()
        .map(|block| block.split("// another file\n").collect());
    std::iter::once(named)
        .filter(|set| !set.is_empty())
        .chain(alone)
        .collect()
}

/// Returns the codes that a policy set reports.
fn reported(files: &[&str]) -> Vec<(&'static str, bool)> {
    let mut sources = SourceTable::default();
    for (at, file) in files.iter().enumerate() {
        sources.add(at.to_string(), *file);
    }
    let diagnostics = compile(&sources, &Options::default()).diagnostics;
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
        for set in sets(&bad) {
            let found = reported(&set);
            if found.iter().any(|(other, _)| other != code) || found.is_empty() {
                wrong.push(format!("the bad example of {code} reports {found:?}"));
            }
        }
        for set in sets(&good) {
            let found = reported(&set);
            if !found.is_empty() {
                wrong.push(format!("the good example of {code} reports {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

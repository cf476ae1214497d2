//! The pages of diagnostic codes: each code has one, each one has a code, and the examples do as they say.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::collections::BTreeSet;
use std::path::Path;

use taffrail_compiler::{Options, compile};
use taffrail_runtime::Program;
use taffrail_syntax::SourceTable;
use taffrail_tools::{Level, Levels, LintInput, Suite, explain, lint, run_tests};

/// Codes that no text of policies alone can bring about.
const NOT_BY_TEXT: &[&str] = &[
    "invalid-crd",
    "invalid-utf8",
    "kind-not-in-file",
    "parameter-of-wrong-type",
    "program-too-large",
    "source-too-large",
    "too-many-errors",
    "unknown-parameter",
    "unreadable-crd",
];

fn codes_of(pages: impl IntoIterator<Item = impl Into<String>>) -> BTreeSet<String> {
    pages.into_iter().map(Into::into).collect()
}

#[test]
fn table_folder_and_codes_agree() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pages");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| {
        let name = entry.unwrap().file_name().into_string().unwrap();
        name.trim_end_matches(".md").to_owned()
    });
    let table = codes_of(explain::PAGES.iter().map(|(code, _)| *code));
    assert_eq!(
        codes_of(files),
        table,
        "pages in the folder and in `explain.rs`"
    );
    let codes = explain::codes();
    assert_eq!(
        codes_of(codes.iter().map(|(code, _)| *code)),
        table,
        "codes and pages"
    );
    assert_eq!(codes.len(), table.len(), "no code belongs to two stages");
}

#[test]
fn each_page_begins_with_its_code() {
    for (code, page) in explain::PAGES {
        assert!(page.starts_with(&format!("# {code}\n")), "{code}");
    }
}

/// Returns the examples of a page under a fence such as `guard bad`, each as the files it consists of. Blocks that
/// begin with the name of a file belong together.
fn examples<'p>(page: &'p str, fence: &str) -> Vec<Vec<&'p str>> {
    let blocks: Vec<&str> = page
        .split(&format!("```{fence}\n"))
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect();
    if blocks.iter().any(|block| block.starts_with("// file: ")) {
        return vec![blocks];
    }
    blocks
        .iter()
        .map(|block| block.split("// another file\n").collect())
        .collect()
}

/// Returns the codes that a set reports, that its tests report, and that its lints report when none is allowed.
fn reported(files: &[&str]) -> BTreeSet<&'static str> {
    let mut sources = SourceTable::default();
    for (at, file) in files.iter().enumerate() {
        sources.add(format!("{at}.guard"), *file);
    }
    let compiled = compile(&sources, &Options::default());
    let mut codes: BTreeSet<&str> = compiled
        .diagnostics
        .iter()
        .map(|found| found.code)
        .collect();
    if let Some(data) = compiled.program.clone() {
        let program = Program::new(data).unwrap();
        let suite = Suite {
            sources: &sources,
            module: &compiled.module,
            program: &program,
            read: &|_, _| Err("there is no file here".into()),
        };
        let results = run_tests(&suite, None);
        codes.extend(
            results
                .iter()
                .flat_map(|result| &result.failures)
                .map(|found| found.code),
        );
        let found = lint(&LintInput {
            sources: &sources,
            compiled: &compiled,
            program: &program,
            read: suite.read,
            today: jiff::civil::date(2026, 11, 23),
            levels: &Levels::all(Level::Warn),
        });
        codes.extend(found.iter().map(|found| found.code));
    }
    codes
}

#[test]
fn bad_examples_report_the_code_and_good_ones_do_not() {
    let mut wrong = Vec::new();
    for (code, page) in explain::PAGES {
        let (bad, good) = (examples(page, "guard bad"), examples(page, "guard good"));
        if (bad.is_empty() || good.is_empty()) && !NOT_BY_TEXT.contains(code) {
            wrong.push(format!("the page of {code} lacks an example"));
        }
        for files in bad {
            let found = reported(&files);
            if !found.contains(code) {
                wrong.push(format!("the bad example of {code} reports {found:?}"));
            }
        }
        for files in good {
            let found = reported(&files);
            if found.contains(code) {
                wrong.push(format!("the good example of {code} reports it"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

//! `expect snapshot`: the whole explanation of a decision, held against a file that people have reviewed.
//!
//! The file has the form of the crate insta, so that its tools review what has changed. Nothing is read or written here but through
//! the suite; who runs the tests settles what becomes of a difference.

use similar::TextDiff;
use taffrail_runtime::decision::Report;
use taffrail_runtime::render::{self, Style};
use taffrail_syntax::{Diagnostic, Location};

use crate::codes;
use crate::scenario::expect::Answer;
use crate::scenario::{Suite, TestCase};

/// The folder of snapshots, beside the file of the test.
const FOLDER: &str = "snapshots";

/// The explanation of a decision beside the one that was reviewed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The source of the test, as the table of sources names it.
    pub source: String,
    /// The name of the test and case.
    pub test: String,
    /// The file, from the source's own folder on.
    pub path: String,
    /// What was reviewed; `None` when there is no such file.
    pub reviewed: Option<String>,
    /// What is explained now.
    pub found: String,
}

impl Snapshot {
    /// Tells whether the explanation is what was reviewed.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.reviewed.as_deref().map(str::trim_end) == Some(self.found.trim_end())
    }

    /// Returns the text of the file that says what is explained now.
    #[must_use]
    pub fn file(&self) -> String {
        let expression = serde_json::Value::from(self.test.as_str());
        let source = serde_json::Value::from(self.source.as_str());
        format!(
            "---\nsource: {source}\nexpression: {expression}\n---\n{}\n",
            self.found.trim_end()
        )
    }

    /// Returns what differs, line by line: everything when nothing was reviewed.
    #[must_use]
    pub fn difference(&self) -> String {
        if self.is_same() {
            return String::new();
        }
        let reviewed = self.reviewed.as_deref().unwrap_or_default();
        let difference = TextDiff::from_lines(reviewed.trim_end(), self.found.trim_end())
            .unified_diff()
            .header("reviewed", "decided")
            .missing_newline_hint(false)
            .to_string();
        format!("{}\n\n", difference.trim_end())
    }

    /// Returns what is wrong, if anything is.
    pub(super) fn failure(&self, place: Location) -> Option<Diagnostic> {
        if self.is_same() {
            return None;
        }
        let message = match &self.reviewed {
            Some(_) => format!("the explanation is not what `{}` says", self.path),
            None => format!(
                "nobody has reviewed this explanation: there is no `{}`",
                self.path
            ),
        };
        Some(
            Diagnostic::error(codes::SNAPSHOT_DIFFERS, place, message).hint(
                "look at what is decided, then accept it with `taffrail test --accept` or `cargo insta review`",
            ),
        )
    }
}

/// Returns the explanation of an answer beside the file of the test.
pub(super) fn take(suite: &Suite<'_>, case: &TestCase<'_>, answer: &Answer) -> Snapshot {
    let source = suite
        .sources
        .get(case.location().source)
        .map_or_else(String::new, |source| source.name.clone());
    let path = path(&source, case);
    let reviewed = (suite.read)(&source, &path).ok();
    let reviewed = reviewed.map(|bytes| content(&String::from_utf8_lossy(&bytes)));
    Snapshot {
        test: case.name(),
        found: explained(answer),
        source,
        path,
        reviewed,
    }
}

/// Returns the error for a snapshot of many requests.
pub(super) fn of_many(place: Location) -> Diagnostic {
    Diagnostic::error(
        codes::SNAPSHOT_DIFFERS,
        place,
        "a snapshot shows one decision, and this test draws many",
    )
    .hint("take it in a test of its own, with one request")
}

/// Returns `snapshots/FILE__TITLE.snap`; the words of the title in small letters.
fn path(source: &str, case: &TestCase<'_>) -> String {
    let file = source.rsplit('/').next().unwrap_or(source);
    let stem = file.strip_suffix(".guard").unwrap_or(file);
    let title = match case.label() {
        Some(label) => format!("{} {label}", case.title()),
        None => case.title().to_owned(),
    };
    let words: Vec<String> = title
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    format!("{FOLDER}/{stem}__{}.snap", words.join("_"))
}

/// Returns what stands below the head of a snapshot's file.
fn content(file: &str) -> String {
    let file = file.replace("\r\n", "\n");
    let body = file
        .strip_prefix("---\n")
        .and_then(|rest| rest.split_once("\n---\n"))
        .map(|(_, body)| body.to_owned());
    body.unwrap_or(file)
}

/// Returns the explanation without what changes when nothing of it does: places, and the digest of the policies.
fn explained(answer: &Answer) -> String {
    let text = match answer {
        Answer::Decision(report) => {
            let mut report = report.clone();
            without_places(&mut report);
            render::text(&report, Style::default())
        }
        Answer::Plan(report) => {
            let mut report = report.clone();
            report
                .steps
                .iter_mut()
                .chain(&mut report.net)
                .for_each(without_places);
            render::plan_text(&report, Style::default())
        }
    };
    let lines = text
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.trim_start().starts_with("policies "));
    let lines: Vec<&str> = lines.collect();
    lines.join("\n").trim_end().to_owned()
}

fn without_places(report: &mut Report) {
    for contribution in &mut report.contributions {
        contribution.file.clear();
        if let Some(waiver) = &mut contribution.waiver {
            waiver.file.clear();
        }
    }
    for grant in &mut report.grants {
        grant.file.clear();
    }
}

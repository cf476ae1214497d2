//! What came of changes, for people at a terminal.

use std::fmt::Write as _;

use similar::{ChangeTag, TextDiff};
use taffrail_syntax::Source;
use taffrail_tools::mutate::{Judgement, Mutant};

use super::{Judged, Mutated};
use crate::policies::Policies;

const BOLD: &str = "\x1b[1m";
const FAINT: &str = "\x1b[2m";
const GREEN: &str = "\x1b[32m";
const RED: &str = "\x1b[1;31m";
const RESET: &str = "\x1b[0m";

/// Returns the changes that no test notices, and how many there are of each sort.
pub(crate) fn mutated(found: &Mutated, policies: &Policies) -> String {
    let mut page = String::new();
    for judged in found.all.iter().filter(|judged| judged.survives()) {
        if let Some(source) = policies.sources.table.get(judged.mutant.location.source) {
            survivor(&judged.mutant, source, &mut page);
        }
    }
    explained(found, policies, &mut page);
    summary(found, &mut page);
    page
}

fn survivor(mutant: &Mutant, source: &Source, page: &mut String) {
    let (line, _) = source.line_column(mutant.location.span.start);
    // Writing to a string does not fail.
    let _ = writeln!(
        page,
        "{RED}not noticed{RESET}  {BOLD}{}:{line}{RESET}  {}",
        source.name, mutant.phrase
    );
    let changed = mutant.apply(&source.text).unwrap_or_default();
    let diff = TextDiff::from_lines(&source.text, &changed);
    for hunk in diff.unified_diff().context_radius(1).iter_hunks() {
        let _ = writeln!(page, "{FAINT}  {}{RESET}", hunk.header());
        for change in hunk.iter_changes() {
            let (colour, sign) = match change.tag() {
                ChangeTag::Delete => (RED, '-'),
                ChangeTag::Insert => (GREEN, '+'),
                ChangeTag::Equal => (FAINT, ' '),
            };
            let line = format!("{sign}{}", change.value());
            let _ = writeln!(page, "{colour}  {}{RESET}", line.trim_end());
        }
    }
    let _ = writeln!(page, "  help: {}\n", mutant.hint());
}

fn explained(found: &Mutated, policies: &Policies, page: &mut String) {
    let mut any = false;
    for judged in found.all.iter().filter(|judged| judged.is_explained()) {
        let Some(source) = policies.sources.table.get(judged.mutant.location.source) else {
            continue;
        };
        any = true;
        let (line, _) = source.line_column(judged.mutant.location.span.start);
        let _ = writeln!(
            page,
            "{FAINT}explained    {}:{line}  {}: {}{RESET}",
            source.name,
            judged.mutant.phrase,
            judged.reason.as_deref().unwrap_or_default()
        );
    }
    if any {
        page.push('\n');
    }
}

fn summary(found: &Mutated, page: &mut String) {
    let survived = found.count(Judged::survives);
    let colour = if survived == 0 { GREEN } else { RED };
    let _ = writeln!(
        page,
        "{colour}{} noticed, {survived} not noticed{RESET}, {} explained: {colour}{} %{RESET}",
        found.noticed(),
        found.count(Judged::is_explained),
        found.percent(),
    );
    let equivalent = found.count(|judged| judged.judgement == Judgement::Equivalent);
    let invalid = found.count(|judged| judged.judgement == Judgement::Invalid);
    let _ = writeln!(
        page,
        "{FAINT}not counted: {equivalent} that no decision can show, {invalid} that do not compile{RESET}",
    );
}

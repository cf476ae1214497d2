//! Coverage in the form of lcov, which editors and CI systems read.
//!
//! A rule is a function, each truth of a rule, clause or condition a branch, and a line is hit when a test asked what begins on it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use taffrail_syntax::{Source, SourceTable};
use taffrail_tools::coverage::{Coverage, FileCoverage, Part, PartKind};

/// Returns what tests exercise; `table` has the names under which files are found from where the report is read.
pub(crate) fn coverage(found: &Coverage, table: &SourceTable) -> String {
    let mut page = String::new();
    for file in &found.files {
        if let Some(source) = table.get(file.source) {
            record(file, source, &mut page);
        }
    }
    page
}

fn record(file: &FileCoverage, source: &Source, page: &mut String) {
    let line_of = |part: &Part| source.line_column(part.location.span.start).0;
    // Writing to a string does not fail.
    let _ = writeln!(page, "TN:\nSF:{}", source.name);
    let counted = || file.parts.iter().filter(|part| !part.constant);
    let rules: Vec<(&str, &Part)> = counted()
        .filter(|part| part.kind == PartKind::Rule)
        .filter_map(|part| Some((part.rule.as_deref()?, part)))
        .collect();
    for (name, part) in &rules {
        let _ = writeln!(page, "FN:{},{name}", line_of(part));
    }
    for (name, part) in &rules {
        let _ = writeln!(page, "FNDA:{},{name}", u8::from(part.reached));
    }
    let reached = rules.iter().filter(|(_, part)| part.reached).count();
    let _ = writeln!(page, "FNF:{}\nFNH:{reached}", rules.len());
    branches(counted(), &line_of, page);
    let mut lines: BTreeMap<u32, bool> = BTreeMap::new();
    for part in counted() {
        *lines.entry(line_of(part)).or_default() |= was_asked(part);
    }
    for (line, hit) in &lines {
        let _ = writeln!(page, "DA:{line},{}", u8::from(*hit));
    }
    let hit = lines.values().filter(|hit| **hit).count();
    let _ = writeln!(page, "LF:{}\nLH:{hit}\nend_of_record", lines.len());
}

/// The branches of a part are true, false and unknown, in this order; those of an effect whether it took place.
fn branches<'p>(
    parts: impl Iterator<Item = &'p Part>,
    line_of: &dyn Fn(&Part) -> u32,
    page: &mut String,
) {
    let mut blocks: BTreeMap<u32, u32> = BTreeMap::new();
    let (mut all, mut taken) = (0_usize, 0_usize);
    for part in parts {
        let line = line_of(part);
        let block = blocks.entry(line).or_default();
        let outcomes = part.outcomes;
        let branches: &[bool] = match part.kind {
            PartKind::Effect => &[outcomes.yes],
            PartKind::Rule | PartKind::On | PartKind::Clause | PartKind::Condition => {
                &[outcomes.yes, outcomes.no, outcomes.unknown]
            }
        };
        for (branch, came_to) in branches.iter().enumerate() {
            let count = match (was_asked(part), came_to) {
                (false, _) => "-",
                (true, false) => "0",
                (true, true) => "1",
            };
            let _ = writeln!(page, "BRDA:{line},{block},{branch},{count}");
            taken = taken.saturating_add(usize::from(count == "1"));
        }
        all = all.saturating_add(branches.len());
        *block = block.saturating_add(1);
    }
    let _ = writeln!(page, "BRF:{all}\nBRH:{taken}");
}

/// Tells whether any test came as far as this part. That an `on` does not match is no visit.
fn was_asked(part: &Part) -> bool {
    part.reached && (part.outcomes.yes || part.outcomes.no || part.outcomes.unknown)
}

//! Coverage for programs.

use serde_json::{Value, json};
use taffrail_syntax::SourceTable;
use taffrail_tools::coverage::{Counts, Coverage, Part, Ratio};

use crate::failure::Failure;
use crate::format::json::{lines, place};
use crate::policies::Policies;

/// Returns what tests exercise, as one object.
pub(crate) fn coverage(found: &Coverage, policies: &Policies) -> Result<String, Failure> {
    let table = &policies.sources.table;
    let files: Vec<Value> = found
        .files
        .iter()
        .map(|file| {
            let parts: Vec<Value> = file.parts.iter().map(|found| part(found, table)).collect();
            json!({ "file": file.name, "counts": counts(file.counts()), "parts": parts })
        })
        .collect();
    lines(&json!({
        "tests": found.tests,
        "failed": found.failed,
        "counts": counts(found.counts()),
        "files": files,
    }))
}

fn part(part: &Part, table: &SourceTable) -> Value {
    json!({
        "kind": part.kind.word(),
        "rule": part.rule,
        "place": place(part.location, table),
        "true": part.outcomes.yes,
        "false": part.outcomes.no,
        "unknown": part.outcomes.unknown,
        "constant": part.constant,
        "remark": part.remark(),
    })
}

fn counts(counts: Counts) -> Value {
    json!({
        "percent": counts.total().percent(),
        "total": ratio(counts.total()),
        "rules": ratio(counts.rules),
        "clauses": ratio(counts.clauses),
        "conditions": ratio(counts.conditions),
        "effects": ratio(counts.effects),
        "unknown": ratio(counts.unknown),
    })
}

fn ratio(ratio: Ratio) -> Value {
    json!({ "covered": ratio.covered, "of": ratio.of })
}

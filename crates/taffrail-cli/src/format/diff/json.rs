//! A comparison for programs.

use serde_json::{Value, json as object};
use taffrail_tools::diff::{Diff, Evidence, RuleChange, What, Written};

use crate::failure::Failure;
use crate::format::json::lines;

/// Returns how two policy sets differ.
pub(crate) fn json(found: &Diff) -> Result<String, Failure> {
    let settings = found.settings.iter().map(|change| {
        object!({
            "name": change.name,
            "old": change.old,
            "new": change.new,
            "direction": change.direction.word(),
        })
    });
    let names = found.names.iter().map(|change| {
        object!({
            "keyword": change.keyword,
            "name": change.name,
            "old": written(&change.old),
            "new": written(&change.new),
        })
    });
    lines(&object!({
        "changed": found.is_change(),
        "may_be_milder": found.may_be_milder(),
        "direction": found.direction().word(),
        "rules": found.rules.iter().map(rule).collect::<Vec<_>>(),
        "settings": settings.collect::<Vec<_>>(),
        "names": names.collect::<Vec<_>>(),
        "requests": found.n_decided,
        "evidence": found.evidence.iter().map(evidence).collect::<Vec<_>>(),
    }))
}

fn rule(change: &RuleChange) -> Value {
    let (what, from) = match &change.what {
        What::Added => ("added", None),
        What::Removed => ("removed", None),
        What::Renamed { from } => ("renamed", Some(from)),
        What::Changed => ("changed", None),
        What::Words => ("words", None),
    };
    let clauses = change.clauses.iter().map(|clause| {
        let all = |side: &[Written]| side.iter().map(written).collect::<Vec<_>>();
        object!({
            "old": all(&clause.old),
            "new": all(&clause.new),
            "direction": clause.direction.word(),
        })
    });
    let place = |place: &Option<Written>| {
        let place = place.as_ref();
        place.map(|place| object!({ "file": place.file, "line": place.line }))
    };
    object!({
        "kind": change.kind,
        "name": change.name,
        "what": what,
        "from": from,
        "direction": change.direction.word(),
        "old": place(&change.old),
        "new": place(&change.new),
        "clauses": clauses.collect::<Vec<_>>(),
    })
}

fn written(written: &Written) -> Value {
    object!({ "text": written.text, "file": written.file, "line": written.line })
}

fn evidence(found: &Evidence) -> Value {
    object!({
        "test": found.test,
        "of": found.of.word(),
        "file": found.file,
        "line": found.line,
        "before": { "verdict": found.before.word(), "risk": found.risk_before },
        "now": { "verdict": found.now.word(), "risk": found.risk_now },
        "reasons": found.reasons,
    })
}

//! What came of changes, for programs.

use serde_json::{Value, json};
use taffrail_tools::mutate::Judgement;

use super::{Judged, Mutated};
use crate::failure::Failure;
use crate::format::json::{lines, place};
use crate::policies::Policies;

/// Returns every change and what came of it, as one object.
pub(crate) fn mutated(found: &Mutated, policies: &Policies) -> Result<String, Failure> {
    let table = &policies.sources.table;
    let all: Vec<Value> = found
        .all
        .iter()
        .map(|judged| {
            let mutant = &judged.mutant;
            let (status, test) = status(judged);
            json!({
                "place": place(mutant.location, table),
                "name": mutant.name,
                "family": mutant.family.word(),
                "change": mutant.phrase,
                "replacement": mutant.replacement,
                "status": status,
                "noticed_by": test,
                "reason": judged.reason.as_ref().filter(|_| judged.is_explained()),
            })
        })
        .collect();
    let is = |wanted: &'static Judgement| move |judged: &Judged| judged.judgement == *wanted;
    lines(&json!({
        "percent": found.percent(),
        "noticed": found.noticed(),
        "survived": found.count(Judged::survives),
        "explained": found.count(Judged::is_explained),
        "equivalent": found.count(is(&Judgement::Equivalent)),
        "invalid": found.count(is(&Judgement::Invalid)),
        "changes": all,
    }))
}

fn status(judged: &Judged) -> (&'static str, Option<&str>) {
    match &judged.judgement {
        Judgement::Noticed(test) => ("noticed", Some(test)),
        Judgement::Survived if judged.is_explained() => ("explained", None),
        Judgement::Survived => ("survived", None),
        Judgement::Equivalent => ("equivalent", None),
        Judgement::Invalid => ("invalid", None),
    }
}

//! The words of options.

use taffrail::{Gate, Report, Verdict};
use taffrail_runtime::decision::{Contribution, FailedTruth, GrantReport};
use taffrail_runtime::request::Request;
use taffrail_runtime::{Decimal, Value};

use crate::advice::Sentence;

/// Returns the title of an action as it was asked for: `scale apps/Deployment payments/api`.
pub(super) fn asked(request: &Request) -> String {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.to_string()),
        _ => None,
    };
    let verb = text(&request.verb).unwrap_or_else(|| "an unknown verb".into());
    let kind = text(&request.target.kind).unwrap_or_else(|| "an unknown kind".into());
    let name = text(&request.target.name).unwrap_or_else(|| "?".into());
    match text(&request.target.namespace) {
        Some(namespace) => format!("{verb} {kind} {namespace}/{name}, as asked"),
        None => format!("{verb} {kind} {name}, as asked"),
    }
}

/// Returns what happens to an action with a verdict.
pub(super) fn got(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Execute => "executed",
        Verdict::Propose => "proposed instead of escalated",
        Verdict::Escalate => "escalated",
    }
}

/// Returns who must agree.
pub(super) fn people(verdict: Verdict, gate: &Gate) -> String {
    match (gate.releasable, verdict, gate.needs.as_slice()) {
        (false, _, _) => "nobody: a rule forbids it".into(),
        (true, Verdict::Escalate, []) => "somebody with more authority".into(),
        (true, _, []) => "any operator".into(),
        (true, _, teams) => {
            let teams = teams
                .iter()
                .map(|team| format!("{} of {}", team.count, team.team));
            teams.collect::<Vec<_>>().join(" and ")
        }
    }
}

/// Returns what actions touch, as far as their impact says.
pub(super) fn touches(requests: &[&Request]) -> String {
    let mut parts = Vec::new();
    for (key, one, many) in [
        ("pods", "pod", "pods"),
        ("nodes", "node", "nodes"),
        ("namespaces", "namespace", "namespaces"),
    ] {
        match greatest(requests, key) {
            None => parts.push(format!("an unknown number of {many}")),
            Some(number) if number == Decimal::ZERO => {}
            Some(number) if number == Decimal::ONE => parts.push(format!("1 {one}")),
            Some(number) => parts.push(format!("{number} {many}")),
        }
    }
    if let Some(share) = greatest(requests, "share").filter(|share| *share > Decimal::ZERO)
        && let Some(percent) = share.checked_mul(Decimal::from(100_i64))
    {
        parts.push(format!("{}% of what serves", percent.ceil()));
    }
    let holds_data = requests
        .iter()
        .any(|request| request.impact.field("data", &String::new) == Value::Bool(true));
    if holds_data {
        parts.push("stored data".into());
    }
    if parts.is_empty() {
        "nothing that runs".into()
    } else {
        parts.join(", ")
    }
}

fn greatest(requests: &[&Request], key: &str) -> Option<Decimal> {
    requests
        .iter()
        .map(|request| match request.impact.field(key, &String::new) {
            Value::Number(number) => Some(number),
            _ => None,
        })
        .try_fold(Decimal::ZERO, |greatest, number| {
            Some(greatest.max(number?))
        })
}

/// Returns how actions can be taken back: the way of the one that is hardest to.
pub(super) fn rollback(requests: &[&Request]) -> String {
    let class = |request: &&Request| match request.rollback.field("class", &String::new) {
        Value::String(class) => match &*class {
            "read_only" => 0,
            "reversible" => 1,
            "externally_reversible" => 2,
            "irreversible" => 4,
            _ => 3,
        },
        _ => 3,
    };
    let hardest = requests.iter().max_by_key(|request| class(request));
    let Some(hardest) = hardest else {
        return "nothing to take back".into();
    };
    let way = match class(hardest) {
        0 => "changes nothing",
        1 => "can be taken back",
        2 => "can be taken back by other means than the cluster's",
        4 => "cannot be taken back",
        _ => "whether it can be taken back is not known",
    };
    let losses = match hardest.rollback.field("losses", &String::new) {
        Value::List(losses) => losses,
        _ => Vec::new(),
    };
    let losses: Vec<String> = losses
        .iter()
        .filter_map(|loss| match loss {
            Value::String(loss) => Some(loss.replace('_', " ")),
            _ => None,
        })
        .collect();
    if losses.is_empty() {
        way.into()
    } else {
        format!("{way}; lost on the way: {}", losses.join(", "))
    }
}

/// Returns why the verdicts are what they are, a sentence for each thing that they stand on.
pub(super) fn rationale(decisions: &[Report]) -> Vec<Sentence> {
    let mut found: Vec<Sentence> = Vec::new();
    for report in decisions {
        let grants = report.grants.iter().filter(|grant| grant.held).map(granted);
        let contributions = report.contributions.iter().flat_map(|contribution| {
            let near = (contribution.kind == "no_grant")
                .then(|| report.grants.iter().filter(|grant| !grant.held).map(missed))
                .into_iter()
                .flatten();
            std::iter::once(contributed(contribution)).chain(near)
        });
        for sentence in grants.chain(contributions) {
            if !found.contains(&sentence) {
                found.push(sentence);
            }
        }
    }
    found
}

fn granted(grant: &GrantReport) -> Sentence {
    let why = because(&grant.because);
    Sentence {
        text: format!("`{}` lets this be done alone{why}.", grant.rule),
        rule: grant.rule.clone(),
        place: place(&grant.file, grant.line),
    }
}

fn missed(grant: &GrantReport) -> Sentence {
    let what = match &grant.failed {
        Some(failed) => match &failed.truth {
            FailedTruth::False => format!("but `{}` does not hold", failed.clause),
            FailedTruth::Unknown(causes) => format!(
                "but nobody can say whether `{}` holds: {}",
                failed.clause,
                causes.join(", ")
            ),
        },
        None => "but does not hold".into(),
    };
    Sentence {
        text: format!("`{}` would let it be done alone, {what}.", grant.rule),
        rule: grant.rule.clone(),
        place: place(&grant.file, grant.line),
    }
}

fn contributed(contribution: &Contribution) -> Sentence {
    let Contribution {
        rule, points, kind, ..
    } = contribution;
    let effect = match (contribution.effect.as_str(), points) {
        ("none", _) => "is waived".to_owned(),
        ("risk", points) => format!("adds {points} risk"),
        ("forbid", _) => "forbids it".to_owned(),
        (verdict, 0) => format!("makes it {verdict}"),
        (verdict, points) => format!("makes it {verdict} and adds {points} risk"),
    };
    let why = match (&contribution.waiver, contribution.because.as_str()) {
        (Some(waiver), _) => format!(" by {} until {}", waiver.by, waiver.until),
        (None, text) => because(text),
    };
    let doubt = match &contribution.truth {
        taffrail_runtime::decision::TruthReport::True => String::new(),
        taffrail_runtime::decision::TruthReport::Unknown(causes) => {
            format!(" (it may apply: {})", causes.join(", "))
        }
    };
    let subject = match kind.as_str() {
        "no_grant" | "intent" => rule.trim_start_matches("taffrail.").replace('_', " "),
        _ => format!("`{rule}`"),
    };
    Sentence {
        text: format!("{subject} {effect}{why}{doubt}."),
        rule: rule.clone(),
        place: place(&contribution.file, contribution.line),
    }
}

fn because(reason: &str) -> String {
    if reason.is_empty() {
        String::new()
    } else {
        format!(": {reason}")
    }
}

fn place(file: &str, line: u32) -> String {
    if file.is_empty() {
        String::new()
    } else {
        format!("{file}:{line}")
    }
}

//! "What would have to be true?": every condition for execution, with what holds today.

use taffrail::{Decision, Report, Verdict};
use taffrail_runtime::Truth;
use taffrail_runtime::decision::{Contribution, Outcome, TruthReport};
use taffrail_runtime::inspect::Inspector;
use taffrail_runtime::program::{On, ProgramData, Rule, RuleBody, RuleId};
use taffrail_runtime::render::place;

use super::answer::place_of;
use super::{Condition, Holds};

/// Returns the conditions: the clauses of the nearest grant, that no rule about the action demands more, that the risk stays low, and
/// that the action stays inside of its intent. `grants` are those that hold now or with the changes that were found.
pub(super) fn conditions(
    data: &ProgramData,
    decision: &Decision<'_>,
    report: &Report,
    grants: &[RuleId],
) -> Vec<Condition> {
    let mut inspector = decision.inspect();
    let about = decision.rules_about();
    let mut all = Vec::new();
    let grant = grants
        .first()
        .copied()
        .or_else(|| nearest(data, &about, &mut inspector));
    match grant.and_then(|id| data.rules.get(id.0 as usize)) {
        Some(grant) => all.extend(of_grant(data, grant, &mut inspector)),
        None => all.push(Condition {
            rule: "taffrail.no_grant".into(),
            place: String::new(),
            clause: "a grant is about this action and holds".into(),
            holds: Holds::No,
        }),
    }
    for id in about {
        if let Some(rule) = data.rules.get(id.0 as usize)
            && demands(rule)
        {
            all.push(of_rule(data, rule, report));
        }
    }
    all.extend(built_in(report));
    all.extend(points(report));
    all
}

/// Returns the rules that make the risk what it is, where it is too high.
fn points(report: &Report) -> Vec<Condition> {
    let is_too_high = report
        .contributions
        .iter()
        .any(|one| one.kind == "tolerance");
    let adding = report
        .contributions
        .iter()
        .filter(|one| is_too_high && one.points > 0 && one.verdict == Verdict::Execute);
    adding
        .map(|one| Condition {
            rule: one.rule.clone(),
            place: place(&one.file, one.line),
            clause: format!(
                "this adds less than {} to the risk: {}",
                one.points, one.because
            )
            .trim_end_matches(": ")
            .to_owned(),
            holds: Holds::No,
        })
        .collect()
}

/// Returns the grant about the action of which the fewest clauses do not hold.
fn nearest(data: &ProgramData, about: &[RuleId], inspector: &mut Inspector<'_>) -> Option<RuleId> {
    let grants = about.iter().filter_map(|id| {
        let rule = data.rules.get(id.0 as usize)?;
        (matches!(rule.body, RuleBody::Grant) && inspector.on(rule) != Truth::False)
            .then_some((*id, rule))
    });
    let grants: Vec<(RuleId, &Rule)> = grants.collect();
    let failing = |rule: &Rule, inspector: &mut Inspector<'_>| {
        let conditions = rule.conditions.iter();
        conditions
            .filter(|condition| inspector.truth(condition.expr) != Truth::True)
            .count()
    };
    grants
        .into_iter()
        .min_by_key(|(_, rule)| failing(rule, inspector))
        .map(|(id, _)| id)
}

fn of_grant(data: &ProgramData, grant: &Rule, inspector: &mut Inspector<'_>) -> Vec<Condition> {
    let mut all = Vec::new();
    if grant.on != On::default() {
        all.push(Condition {
            rule: grant.name.clone(),
            place: place_of(grant, grant.origin.line, data),
            clause: "it is about this action".into(),
            holds: holds(&inspector.on(grant)),
        });
    }
    for condition in &grant.conditions {
        all.push(Condition {
            rule: grant.name.clone(),
            place: place_of(grant, condition.line, data),
            clause: condition.text.clone(),
            holds: holds(&inspector.truth(condition.expr)),
        });
    }
    all
}

fn holds(truth: &Truth) -> Holds {
    match truth {
        Truth::True => Holds::Yes,
        Truth::False => Holds::No,
        Truth::Unknown(_) => Holds::Unknown,
    }
}

/// Tells whether a rule can demand more than execution by itself.
fn demands(rule: &Rule) -> bool {
    let outcome: Option<&Outcome> = match &rule.body {
        RuleBody::Guard { outcome, .. } => outcome.as_ref(),
        RuleBody::Budget { outcome, .. } | RuleBody::Breaker { outcome, .. } => Some(outcome),
        RuleBody::Grant | RuleBody::Tolerance { .. } | RuleBody::Waiver { .. } => None,
    };
    outcome.is_some()
}

fn of_rule(data: &ProgramData, rule: &Rule, report: &Report) -> Condition {
    let contribution = report
        .contributions
        .iter()
        .find(|one| one.rule == rule.name && one.verdict > Verdict::Execute);
    let clause = match (&rule.body, contribution) {
        (RuleBody::Budget { .. }, _) => "this budget has room for the action".to_owned(),
        (RuleBody::Breaker { .. }, _) => "this breaker is closed".to_owned(),
        (_, Some(blocking)) if !blocking.because.is_empty() => {
            format!("this does not apply: {}", blocking.because)
        }
        _ => "this does not apply".to_owned(),
    };
    Condition {
        rule: rule.name.clone(),
        place: place_of(rule, rule.origin.line, data),
        clause,
        holds: opposite(contribution),
    }
}

/// Returns whether it holds that something does not contribute.
fn opposite(contribution: Option<&Contribution>) -> Holds {
    match contribution.map(|one| &one.truth) {
        None => Holds::Yes,
        Some(TruthReport::True) => Holds::No,
        Some(TruthReport::Unknown(_)) => Holds::Unknown,
    }
}

/// The risk and the intent.
fn built_in(report: &Report) -> Vec<Condition> {
    let tolerance = report
        .contributions
        .iter()
        .find(|one| one.kind == "tolerance");
    let intent = report.contributions.iter().find(|one| one.kind == "intent");
    let risk = report.risk.points();
    vec![
        Condition {
            rule: tolerance.map_or_else(|| "taffrail.tolerance".into(), |one| one.rule.clone()),
            place: tolerance.map_or_else(String::new, |one| place(&one.file, one.line)),
            clause: tolerance.map_or_else(
                || format!("the risk, now {risk}, stays below every threshold"),
                |one| format!("the risk stays lower: {}", one.because),
            ),
            holds: opposite(tolerance),
        },
        Condition {
            rule: "taffrail.intent".into(),
            place: String::new(),
            clause: intent.map_or_else(
                || "the action stays inside of its intent".into(),
                |one| format!("the action stays inside of its intent: {}", one.because),
            ),
            holds: opposite(intent),
        },
    ]
}

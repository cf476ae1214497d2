//! From a set of changes to what is said of it.

use taffrail::{Decision, Report, Value, Verdict};
use taffrail_runtime::inspect::Blocker;
use taffrail_runtime::program::{ProgramData, Rule, RuleId};
use taffrail_runtime::render::place;

use super::fact::Fact;
use super::reach::{Reach, conditions_that_read};
use super::search::{Changes, MOST_FACTS, Search};
use super::universe::{Entry, Meaning};
use super::{FactChange, Obstacle};
use crate::advice::Unfinished;

/// A value whose JSON is longer than this is told by its size.
const VALUE_LIMIT: usize = 400;
/// The most letters of a value in words.
const WORDS_LIMIT: usize = 160;

/// Returns what is said of changes that lead to the target.
pub(super) fn told(
    search: &mut Search<'_>,
    changes: &Changes,
    target: Verdict,
    before: &Decision<'_>,
    after: &Decision<'_>,
) -> Vec<FactChange> {
    let universe = search.universe;
    let data = universe.around.data;
    let blockers = before.blockers(target);
    let mut all = Vec::new();
    for (entry_at, choice_at) in changes {
        let Some(entry) = universe.entries.get(*entry_at) else {
            continue;
        };
        let Some(choice) = entry.choices.get(*choice_at) else {
            continue;
        };
        let would_be = match &choice.meaning {
            Meaning::Words(words) => words.clone(),
            Meaning::Itself => shown(&choice.value),
            Meaning::Range(range) => {
                let words = match widest(search, changes, *entry_at, *range, target) {
                    Some((first, last)) => entry.scale.words(first, last),
                    // Near by it may be otherwise.
                    None => shown(&choice.value),
                };
                match entry.is {
                    Value::Unknown(_) if words != "known" => format!("known, and {words}"),
                    _ => words,
                }
            }
        };
        let (rule, place) = mattering(search, entry, &blockers, after, data);
        all.push(FactChange {
            fact: entry.fact.name(data),
            is: entry.is_words.clone().unwrap_or_else(|| shown(&entry.is)),
            would_be,
            value: json(&choice.value),
            rule,
            place,
        });
    }
    all
}

/// Returns the ranges around one with which the other changes still lead to the target, each confirmed by deciding on several of its
/// values; none when the range is not alike in itself.
fn widest(
    search: &mut Search<'_>,
    changes: &Changes,
    entry_at: usize,
    range: usize,
    target: Verdict,
) -> Option<(usize, usize)> {
    let universe = search.universe;
    let entry = universe.entries.get(entry_at)?;
    if !holds(search, changes, entry_at, entry, range, target) {
        return None;
    }
    let (mut first, mut last) = (range, range);
    while let Some(next) = first.checked_sub(1) {
        if !holds(search, changes, entry_at, entry, next, target) {
            break;
        }
        first = next;
    }
    while last.saturating_add(1) < entry.scale.ranges() {
        let next = last.saturating_add(1);
        if !holds(search, changes, entry_at, entry, next, target) {
            break;
        }
        last = next;
    }
    Some((first, last))
}

fn holds(
    search: &mut Search<'_>,
    changes: &Changes,
    entry_at: usize,
    entry: &Entry,
    range: usize,
    target: Verdict,
) -> bool {
    let universe = search.universe;
    // Between neighbouring whole numbers there is nothing that could fail.
    entry.scale.samples(range).iter().all(|value| {
        let values = changes.iter().filter_map(|(at, choice)| {
            let changed = universe.entries.get(*at)?;
            let own = (*at == entry_at).then_some(value);
            let value = own.or_else(|| Some(&changed.choices.get(*choice)?.value))?;
            Some((&changed.fact, value))
        });
        let request = universe.request_with(search.request, values);
        search.reaches(target, &request)
    })
}

/// Returns the rule for which a change matters, and where it says so: the rule that stood in the way, or the grant that holds now.
fn mattering(
    search: &mut Search<'_>,
    entry: &Entry,
    blockers: &[Blocker],
    after: &Decision<'_>,
    data: &ProgramData,
) -> (String, String) {
    let mut candidates: Vec<RuleId> = Vec::new();
    let mut is_about_intent = false;
    for blocker in blockers {
        match blocker {
            Blocker::Rule(id) => candidates.push(*id),
            Blocker::Risk {
                tolerance, guards, ..
            } => candidates.extend(guards.iter().chain(tolerance)),
            Blocker::NoGrant => candidates.extend(after.grants_held()),
            Blocker::Intent => is_about_intent = true,
        }
    }
    let reads = |id: &&RuleId| {
        let reach = Reach::of(&Blocker::Rule(**id), search.scope);
        reach.reads(&entry.fact)
    };
    if let Some(rule) = candidates
        .iter()
        .find(reads)
        .and_then(|id| data.rules.get(id.0 as usize))
    {
        let line = conditions_that_read(&entry.fact, rule, data)
            .next()
            .map_or(rule.origin.line, |condition| condition.line);
        return (rule.name.clone(), place_of(rule, line, data));
    }
    if is_about_intent {
        return ("taffrail.intent".into(), String::new());
    }
    let named = |id: &RuleId| {
        let rule = data.rules.get(id.0 as usize)?;
        Some((rule.name.clone(), place_of(rule, rule.origin.line, data)))
    };
    candidates.first().and_then(named).unwrap_or_default()
}

/// Returns where a line of a rule's file is.
pub(super) fn place_of(rule: &Rule, line: u32, data: &ProgramData) -> String {
    let file = data.files.get(rule.origin.file as usize);
    file.map_or_else(String::new, |file| place(file, line))
}

/// Returns what stays in the way of a target whatever the facts that are tried: blockers that read none of them.
pub(super) fn obstacles(
    search: &mut Search<'_>,
    decision: &Decision<'_>,
    report: &Report,
    target: Verdict,
) -> Vec<Obstacle> {
    let entries = &search.universe.entries;
    let mut all = Vec::new();
    for blocker in decision.blockers(target) {
        let reach = Reach::of(&blocker, search.scope);
        // The time may matter to everything, but few rules ask for it.
        let moves = search
            .movers(&blocker, decision)
            .iter()
            .filter_map(|at| entries.get(*at))
            .any(|entry| entry.fact != Fact::Now || reach.reads(&entry.fact));
        if !moves {
            all.push(obstacle(&blocker, search, report));
        }
    }
    all
}

/// Returns everything that stands between the verdict and a target.
pub(super) fn blockers(
    search: &Search<'_>,
    decision: &Decision<'_>,
    report: &Report,
    target: Verdict,
) -> Vec<Obstacle> {
    let blockers = decision.blockers(target);
    let obstacles = blockers
        .iter()
        .map(|blocker| obstacle(blocker, search, report));
    obstacles.collect()
}

fn obstacle(blocker: &Blocker, search: &Search<'_>, report: &Report) -> Obstacle {
    let universe = search.universe;
    let data = universe.around.data;
    let reach = Reach::of(blocker, search.scope);
    let name = match blocker {
        Blocker::Rule(id) => data.rules.get(id.0 as usize).map(|rule| rule.name.clone()),
        Blocker::Risk { tolerance, .. } => tolerance
            .and_then(|id| data.rules.get(id.0 as usize))
            .map(|rule| rule.name.clone())
            .or_else(|| Some("taffrail.tolerance".into())),
        Blocker::Intent => Some("taffrail.intent".into()),
        Blocker::NoGrant => Some("taffrail.no_grant".into()),
    }
    .unwrap_or_default();
    let contribution = report.contributions.iter().find(|one| one.rule == name);
    let because = contribution.map_or_else(String::new, |one| {
        if one.because.is_empty() {
            format!("it demands {}", one.verdict)
        } else {
            one.because.clone()
        }
    });
    Obstacle {
        place: contribution.map_or_else(String::new, |one| place(&one.file, one.line)),
        rule: name,
        because,
        not_varied: universe
            .without_choice
            .iter()
            .filter(|fact| reach.reads(fact))
            .map(|fact| fact.name(data))
            .collect(),
    }
}

/// Returns that no set of the size that is searched is enough, and what was not tried.
pub(super) fn nothing(
    search: &mut Search<'_>,
    decision: &Decision<'_>,
    target: Verdict,
) -> Unfinished {
    let universe = search.universe;
    let blockers = decision.blockers(target);
    let reaches: Vec<Reach<'_>> = blockers
        .iter()
        .map(|blocker| Reach::of(blocker, search.scope))
        .collect();
    let not_varied: Vec<String> = universe
        .without_choice
        .iter()
        .filter(|fact| reaches.iter().any(|reach| reach.reads(fact)))
        .map(|fact| fact.name(universe.around.data))
        .collect();
    let mut because =
        format!("no set of up to {MOST_FACTS} facts that was tried leads to {target}");
    if !not_varied.is_empty() {
        because = format!(
            "{because}; no other value was found to try of {}",
            not_varied.join(", ")
        );
    }
    Unfinished {
        what: format!("facts for {target}"),
        decisions: search.decisions,
        because,
    }
}

/// Returns that a search was given up.
pub(super) fn gave_up(search: &Search<'_>, target: Verdict) -> Unfinished {
    Unfinished {
        what: format!("facts for {target}"),
        decisions: search.decisions,
        because: format!(
            "more than {} decisions would have been needed",
            search.most_decisions()
        ),
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => format!("`{text}`"),
        Value::List(_) | Value::Map(_) => {
            let text = taffrail_runtime::render::value(&value.to_json());
            crate::explain::cut(&text, WORDS_LIMIT)
        }
        other => crate::explain::cut(&other.render(), WORDS_LIMIT),
    }
}

fn json(value: &Value) -> serde_json::Value {
    let json = value.to_json();
    let size = json.to_string().len();
    if size > VALUE_LIMIT {
        return format!("({} of {size} bytes)", value.type_name()).into();
    }
    json
}

//! "Why not execute?": the smallest set of facts that would change the verdict, and all that would have to be true.
//!
//! Facts are what the action meets, not the action itself: signals, budgets and breakers, the time, the namespace, the cluster, the
//! live object, the requester's reason and groups, the bounds of the intent. Every answer is confirmed by deciding the request with
//! these facts changed.

mod answer;
mod changed;
mod conditions;
mod fact;
mod offers;
mod points;
mod reach;
mod scale;
mod search;
mod universe;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use taffrail::{PolicySet, Request, Verdict};
use taffrail_runtime::Program;
use taffrail_runtime::program::{ProgramData, RuleBody, RuleId};

use self::reach::Scope;
use self::search::{Found, Search};
use crate::advice::Unfinished;

/// The name and version of the JSON form of [`WhyNot`].
pub const WHY_NOT_SCHEMA: &str = "taffrail.why_not/v1";

/// Why an action may not be executed, and what would change that.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WhyNot {
    /// Version of this form.
    pub schema: String,
    /// The verdict on the action.
    pub verdict: Verdict,
    /// The verdict that the changes lead to, confirmed by deciding; where there are none, the one that was sought.
    pub target: Verdict,
    /// The smallest set of facts that would lead there if they were different; empty when none was found or none is needed.
    pub changes: Vec<FactChange>,
    /// Where no set leads to execution: what no facts that were tried move out of the way, by themselves or together.
    pub standing_in_the_way: Vec<Obstacle>,
    /// Everything that would have to be true for execution, clause by clause, with what holds today.
    pub conditions: Vec<Condition>,
    /// What was not searched to the end: there may be a set of facts, or a smaller one.
    pub unfinished: Vec<Unfinished>,
    /// Digest of the policy set that decided.
    pub policy_digest: String,
}

/// A fact that would have to be different.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FactChange {
    /// The fact, as policies name it: `error_rate`, `namespace.labels.env`, `usage of shop.scaling.restarts`.
    pub fact: String,
    /// What it is, as people read it.
    pub is: String,
    /// What it would have to be, in words: `below 0.01`.
    pub would_be: String,
    /// One such value, with which the answer was confirmed.
    pub value: serde_json::Value,
    /// The full name of the rule, or the built-in reason, for which it matters.
    pub rule: String,
    /// Where that is written, `limits.guard:12`; empty for built-in reasons.
    pub place: String,
}

/// What stands in the way whatever the facts are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Obstacle {
    /// The full name of the rule, or the built-in reason.
    pub rule: String,
    /// Where it is written, `limits.guard:12`; empty for built-in reasons.
    pub place: String,
    /// Why it stands in the way.
    pub because: String,
    /// Facts that it reads and of which no other value was found to try; without any, no fact moves it.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub not_varied: Vec<String>,
}

/// A clause that would have to be true for execution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// The full name of its rule, or the built-in reason.
    pub rule: String,
    /// Where it is written, `limits.guard:12`; empty for built-in reasons.
    pub place: String,
    /// What would have to be true: `when principal.kind == agent`, `must not apply`.
    pub clause: String,
    /// Whether it is so today.
    pub holds: Holds,
}

/// Whether a condition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holds {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// Nobody can say.
    Unknown,
}

impl FactChange {
    /// Returns the change in a sentence: `error_rate would have to be below 0.01 (it is 0.04)`.
    #[must_use]
    pub fn sentence(&self) -> String {
        format!(
            "{} would have to be {} (it is {})",
            self.fact, self.would_be, self.is
        )
    }
}

impl WhyNot {
    /// Tells whether something stands in the way of execution that no fact moves.
    fn is_certain(&self) -> bool {
        self.unfinished.is_empty()
            && self
                .standing_in_the_way
                .iter()
                .any(|one| one.not_varied.is_empty())
    }

    /// Returns the answer in a sentence, without the list of changes.
    #[must_use]
    pub fn sentence(&self) -> String {
        let (verdict, target) = (self.verdict, self.target);
        match self.changes.len() {
            0 if verdict == Verdict::Execute => "Nothing speaks against it.".into(),
            0 if self.is_certain() => {
                format!("No change of facts turns {verdict} into {target}.")
            }
            0 => format!("No facts that were tried turn {verdict} into {target}."),
            1 => format!("One fact would turn {verdict} into {target}:"),
            several => format!("{several} facts together would turn {verdict} into {target}:"),
        }
    }
}

/// Finds the smallest set of facts that would make the verdict milder: execute where that can be, else propose.
///
/// Bounded: what was not searched to the end stands in [`WhyNot::unfinished`]. Never claims what deciding did not confirm. Values of
/// Secrets are neither looked for nor told.
#[must_use]
pub fn why_not(policies: &PolicySet, request: &Request) -> WhyNot {
    why_not_in(policies.program(), request)
}

/// Finds the smallest set of facts that would make the verdict of a program milder; see [`why_not`].
#[must_use]
pub fn why_not_in(program: &Program, request: &Request) -> WhyNot {
    let decision = program.decide(request);
    let verdict = decision.verdict();
    let mut answer = WhyNot {
        schema: WHY_NOT_SCHEMA.into(),
        verdict,
        target: Verdict::Execute,
        changes: Vec::new(),
        standing_in_the_way: Vec::new(),
        conditions: Vec::new(),
        unfinished: Vec::new(),
        policy_digest: program.data().digest.clone(),
    };
    if verdict == Verdict::Execute {
        return answer;
    }
    let data = program.data();
    let rules = with_waivers(data, decision.rules_about());
    let universe = universe::universe(data, request, &decision, &rules);
    let scope = Scope::new(data, request, &decision);
    let mut search = Search {
        program,
        request,
        universe: &universe,
        scope: &scope,
        decisions: 0,
        movers: BTreeMap::new(),
        movers_of_conditions: BTreeMap::new(),
    };
    let report = decision.report();
    let mut grants = decision.grants_held().to_vec();
    for target in [Verdict::Execute, Verdict::Propose] {
        if target >= verdict {
            break;
        }
        let obstacles = answer::obstacles(&mut search, &decision, &report, target);
        if !obstacles.is_empty() {
            // What is in the way of a proposal is in the way of execution too.
            if target == Verdict::Execute {
                answer.standing_in_the_way = obstacles;
            }
            continue;
        }
        match search.find(target) {
            Found::Changes(changes) => {
                let request = universe.request(request, &changes);
                let changed = program.decide(&request);
                answer.target = target;
                answer.changes = answer::told(&mut search, &changes, target, &decision, &changed);
                grants.extend(changed.grants_held());
                break;
            }
            Found::Nothing => {
                if target == Verdict::Execute {
                    answer.standing_in_the_way =
                        answer::blockers(&search, &decision, &report, target);
                }
                let unfinished = answer::nothing(&mut search, &decision, target);
                answer.unfinished.push(unfinished);
            }
            Found::GaveUp => answer.unfinished.push(answer::gave_up(&search, target)),
        }
    }
    answer.conditions = conditions::conditions(data, &decision, &report, &grants);
    answer
}

/// Returns rules together with the waivers that could forgive them.
fn with_waivers(data: &ProgramData, mut rules: Vec<RuleId>) -> Vec<RuleId> {
    let waivers = data.rules.iter().enumerate().filter(
        |(_, rule)| matches!(&rule.body, RuleBody::Waiver { rule, .. } if rules.contains(rule)),
    );
    let waivers: Vec<RuleId> = waivers
        .filter_map(|(at, _)| u32::try_from(at).ok().map(RuleId))
        .collect();
    rules.extend(waivers);
    rules
}

#[cfg(test)]
mod tests;

//! Makes actions and rules, the same ones on every run.
//!
//! However many rules there are, about one of them applies to an action: a larger set is more specific, as
//! with real ones, and verdicts stay mixed at every size.

use crate::model::{
    Action, Condition, Effect, KINDS, NAMESPACES, NumberField, Rule, Scope, TextField, VERBS,
};
use crate::random::Random;

/// Applying rules per action that the rules of each scope strive for.
const GLOBAL_HITS: f64 = 0.4;
const VERB_HITS: f64 = 0.4;
const KEYED_HITS: f64 = 0.2;

const EFFECTS: [Effect; 10] = [
    Effect::Risk(20),
    Effect::Propose,
    Effect::Risk(35),
    Effect::Escalate,
    Effect::Risk(15),
    Effect::Propose,
    Effect::Forbid,
    Effect::Risk(40),
    Effect::Escalate,
    Effect::Propose,
];

/// Returns so many different actions.
pub(crate) fn actions(count: usize) -> Vec<Action> {
    let mut random = Random::new(0x7461_6666);
    (0..count)
        .map(|serial| action(&mut random, serial))
        .collect()
}

fn action(random: &mut Random, serial: usize) -> Action {
    let verb = random.skewed(VERBS.len());
    let mut numbers = NumberField::ALL.map(|field| 1 + random.below(field.limit() - 1));
    // Only `scale` changes the replicas: otherwise the change would be one, whatever the verb says.
    if VERBS.get(verb) != Some(&"scale")
        && let [current, proposed, ..] = &mut numbers
    {
        *proposed = *current;
    }
    Action {
        verb,
        kind: random.skewed(KINDS.len()),
        namespace: random.skewed(NAMESPACES),
        serial,
        texts: TextField::ALL.map(|field| random.below(field.values())),
        numbers,
        host_network: random.percent(15),
    }
}

/// Returns so many rules: 70 % keyed on verb, kind and namespace, 20 % on the verb, 10 % on nothing.
pub(crate) fn rules(count: usize, actions: &[Action]) -> Vec<Rule> {
    let mut random = Random::new(0x7261_696c + count as u64);
    let candidates = (20_000 / count.max(1)).clamp(16, 200);
    let share = |hits: f64, part: f64| hits / (part * count as f64);
    (0..count)
        .map(|at| {
            let class = at * 10 / count.max(1);
            let target = match class {
                0..7 => share(KEYED_HITS, 0.7),
                7..9 => share(VERB_HITS, 0.2),
                _ => share(GLOBAL_HITS, 0.1),
            };
            let wanted = random.round(target * actions.len() as f64);
            let mut best: Option<(usize, Rule)> = None;
            for _ in 0..candidates {
                let Some(rule) = candidate(&mut random, at, class, actions) else {
                    continue;
                };
                let hits = actions.iter().filter(|action| rule.applies(action)).count();
                let distance = hits.abs_diff(wanted);
                if best.as_ref().is_none_or(|(least, _)| distance < *least) {
                    best = Some((distance, rule));
                }
            }
            best
        })
        .filter_map(|best| best.map(|(_, rule)| rule))
        .collect()
}

fn candidate(random: &mut Random, at: usize, class: usize, actions: &[Action]) -> Option<Rule> {
    let action = actions.get(random.below(actions.len()))?;
    let scope = match class {
        0..7 => Scope::Keyed {
            verb: action.verb,
            kind: action.kind,
            namespace: action.namespace,
        },
        7..9 => Scope::Verb(action.verb),
        _ => Scope::Global,
    };
    let mut conditions: Vec<Condition> = Vec::new();
    let wanted = 1 + random.below(3);
    while conditions.len() < wanted {
        let condition = condition(random, action)?;
        if !conditions.contains(&condition) {
            conditions.push(condition);
        }
    }
    Some(Rule {
        scope,
        conditions,
        effect: *EFFECTS.get(at % EFFECTS.len())?,
    })
}

/// Returns a condition that often holds for the action it was made after.
fn condition(random: &mut Random, action: &Action) -> Option<Condition> {
    let number = *NumberField::ALL.get(random.below(NumberField::ALL.len()))?;
    let bound = 1 + random.below(number.limit() - 1);
    Some(match random.below(10) {
        0..5 => {
            let text = *TextField::ALL.get(random.below(TextField::ALL.len()))?;
            let value = match random.percent(70) {
                true => action.text(text),
                false => random.below(text.values()),
            };
            Condition::Equals(text, value)
        }
        5..7 => Condition::AtLeast(number, bound),
        7..9 => Condition::AtMost(number, bound),
        _ => match random.percent(50) {
            true => Condition::Named(action.text(TextField::App)),
            false => Condition::HostNetwork,
        },
    })
}

//! Finds the rules that can apply to an action without trying each.
//!
//! Every rule hangs under one access predicate, the most selective one that it has: its verb, kind and
//! namespace, an equality with a constant, or a bound on a number. A predicate whose fact is not known
//! yields all rules under it, since each of them may apply.

use rustc_hash::FxHashMap;

use crate::engine;
use crate::facts::Facts;
use crate::program::{ProgramData, Rule, RuleBody, RuleId};

mod access;
mod target;
mod value;

use access::Access;
use target::{Key, TargetIndex};
use value::{Operand, ValueIndex};

/// The index of a program.
#[derive(Debug)]
pub(crate) struct Index {
    /// Every rule by its `on` alone.
    about: TargetIndex,
    target: TargetIndex,
    values: Vec<(Operand, ValueIndex)>,
}

impl Index {
    pub(crate) fn new(data: &ProgramData) -> Self {
        let mut about = TargetIndex::default();
        let mut target = TargetIndex::default();
        for (id, rule) in engine::rules(data) {
            if !matches!(rule.body, RuleBody::Waiver { .. }) {
                let keys = about.keys(&rule.on);
                about.insert(id, &keys);
            }
        }
        let offers: Vec<(RuleId, Vec<Access>)> = engine::rules(data)
            .filter(|(_, rule)| !matches!(rule.body, RuleBody::Waiver { .. }))
            .map(|(id, rule)| (id, offers(data, rule, &mut target)))
            .collect();
        let sizes = Sizes::count(&offers);
        let mut values: FxHashMap<Operand, ValueIndex> = FxHashMap::default();
        for (id, offers) in offers {
            let best = offers.into_iter().min_by_key(|offer| sizes.of(offer));
            match best {
                None => target.insert(id, &[Key::ANY]),
                Some(Access::Target(keys)) => target.insert(id, &keys),
                Some(Access::Equal(operand, constants)) => {
                    values
                        .entry(operand)
                        .or_default()
                        .insert_equal(id, &constants);
                }
                Some(Access::Bound(operand, bound)) => {
                    values.entry(operand).or_default().insert_bound(id, bound);
                }
            }
        }
        let mut values: Vec<(Operand, ValueIndex)> = values.into_iter().collect();
        values.sort_by_key(|(operand, _)| *operand);
        for (_, index) in &mut values {
            index.seal();
        }
        Self {
            about,
            target,
            values,
        }
    }

    /// Appends, in order and each once, every rule whose `on` and conditions are not certainly false (and perhaps
    /// others).
    pub(crate) fn candidates(&self, facts: &Facts<'_>, found: &mut Vec<RuleId>) {
        self.target.candidates(facts, found);
        for (operand, index) in &self.values {
            if let Some(value) = operand.read(facts) {
                index.candidates(value, found);
            }
        }
        found.sort_unstable();
        found.dedup();
    }
}

impl Index {
    /// Returns, in order and each once, every rule but waivers whose `on` is not certainly false (and perhaps
    /// others): what explanations and requirements speak of.
    pub(crate) fn about(&self, facts: &Facts<'_>) -> Vec<RuleId> {
        let mut found = Vec::new();
        self.about.candidates(facts, &mut found);
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// Returns the predicates a rule could hang under; each is necessary for it to apply.
fn offers(data: &ProgramData, rule: &Rule, target: &mut TargetIndex) -> Vec<Access> {
    let mut offers = vec![Access::Target(target.keys(&rule.on))];
    for condition in &rule.conditions {
        access::of_condition(data, condition.expr, &mut offers);
    }
    offers
}

/// How many rules would share each bucket.
struct Sizes {
    keys: FxHashMap<Key, usize>,
    equal: FxHashMap<(Operand, access::Constant), usize>,
    bounds: FxHashMap<Operand, usize>,
}

impl Sizes {
    fn count(offers: &[(RuleId, Vec<Access>)]) -> Self {
        let mut sizes = Self {
            keys: FxHashMap::default(),
            equal: FxHashMap::default(),
            bounds: FxHashMap::default(),
        };
        for offer in offers.iter().flat_map(|(_, offers)| offers) {
            match offer {
                Access::Target(keys) => {
                    for key in keys {
                        bump(&mut sizes.keys, *key);
                    }
                }
                Access::Equal(operand, constants) => {
                    for constant in constants {
                        bump(&mut sizes.equal, (*operand, constant.clone()));
                    }
                }
                Access::Bound(operand, _) => bump(&mut sizes.bounds, *operand),
            }
        }
        sizes
    }

    /// The greatest bucket that a lookup could meet; a bound lets half of its rules through.
    fn of(&self, offer: &Access) -> usize {
        match offer {
            Access::Target(keys) => keys
                .iter()
                .filter_map(|key| self.keys.get(key))
                .max()
                .copied()
                .unwrap_or(0),
            Access::Equal(operand, constants) => constants
                .iter()
                .filter_map(|constant| self.equal.get(&(*operand, constant.clone())))
                .max()
                .copied()
                .unwrap_or(0),
            Access::Bound(operand, _) => self.bounds.get(operand).copied().unwrap_or(0).div_ceil(2),
        }
    }
}

fn bump<K: std::hash::Hash + Eq>(counts: &mut FxHashMap<K, usize>, key: K) {
    let count = counts.entry(key).or_default();
    *count = count.saturating_add(1);
}

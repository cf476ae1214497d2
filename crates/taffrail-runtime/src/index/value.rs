//! The index over one fact: equality with constants, and bounds.

use rustc_hash::FxHashMap;

use crate::decimal::Decimal;
use crate::facts::Facts;
use crate::index::access::Constant;
use crate::program::{RuleId, SlotId};
use crate::value::Value;

/// A fact that rules are found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Operand {
    /// A path.
    Slot(SlotId),
    /// A signal's reading.
    Signal(u32),
}

impl Operand {
    /// Returns the fact's value.
    pub(crate) fn read<'f>(self, facts: &'f Facts<'_>) -> Option<&'f Value> {
        match self {
            Self::Slot(slot) => facts.slot(slot),
            Self::Signal(signal) => facts.signals.get(signal as usize),
        }
    }
}

/// A bound on a number. Whether the end itself is included does not matter here: the condition decides.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Bound {
    /// Only numbers from here on can satisfy the condition.
    AtLeast(Decimal),
    /// Only numbers up to here can.
    AtMost(Decimal),
}

/// Rules that hang under one fact.
#[derive(Debug, Default)]
pub(crate) struct ValueIndex {
    texts: FxHashMap<Box<str>, Vec<RuleId>>,
    numbers: FxHashMap<Decimal, Vec<RuleId>>,
    bools: [Vec<RuleId>; 2],
    /// Sorted by the number, once sealed.
    at_least: Vec<(Decimal, RuleId)>,
    at_most: Vec<(Decimal, RuleId)>,
    /// The same rules by the type of their constant: a fact of another type makes them unknown, and
    /// then they may apply.
    with_text: Vec<RuleId>,
    with_number: Vec<RuleId>,
    with_bool: Vec<RuleId>,
    with_bound: Vec<RuleId>,
}

impl ValueIndex {
    pub(crate) fn insert_equal(&mut self, rule: RuleId, constants: &[Constant]) {
        for constant in constants {
            match constant {
                Constant::Text(text) => {
                    self.texts.entry(text.clone()).or_default().push(rule);
                    self.with_text.push(rule);
                }
                Constant::Number(number) => {
                    self.numbers.entry(*number).or_default().push(rule);
                    self.with_number.push(rule);
                }
                Constant::Bool(holds) => {
                    let [no, yes] = &mut self.bools;
                    if *holds { yes } else { no }.push(rule);
                    self.with_bool.push(rule);
                }
            }
        }
    }

    pub(crate) fn insert_bound(&mut self, rule: RuleId, bound: Bound) {
        match bound {
            Bound::AtLeast(number) => self.at_least.push((number, rule)),
            Bound::AtMost(number) => self.at_most.push((number, rule)),
        }
        self.with_bound.push(rule);
    }

    /// Sorts what lookups search; call it after the last insertion.
    pub(crate) fn seal(&mut self) {
        self.at_least.sort_unstable();
        self.at_most.sort_unstable();
    }

    /// Appends the rules that may apply when the fact has this value.
    pub(crate) fn candidates(&self, value: &Value, found: &mut Vec<RuleId>) {
        let rest = |lists: &[&Vec<RuleId>], found: &mut Vec<RuleId>| {
            for list in lists {
                found.extend_from_slice(list);
            }
        };
        match value {
            // Absent equals nothing; only an ordering is unknown then.
            Value::Absent => found.extend_from_slice(&self.with_bound),
            Value::String(text) => {
                found.extend(self.texts.get(&**text).into_iter().flatten());
                rest(
                    &[&self.with_number, &self.with_bool, &self.with_bound],
                    found,
                );
            }
            Value::Number(number) => {
                found.extend(self.numbers.get(number).into_iter().flatten());
                let below = self.at_least.partition_point(|(least, _)| least <= number);
                found.extend(self.at_least.iter().take(below).map(|(_, rule)| *rule));
                let above = self.at_most.partition_point(|(most, _)| most < number);
                found.extend(self.at_most.iter().skip(above).map(|(_, rule)| *rule));
                rest(&[&self.with_text, &self.with_bool], found);
            }
            Value::Bool(holds) => {
                let [no, yes] = &self.bools;
                found.extend_from_slice(if *holds { yes } else { no });
                rest(
                    &[&self.with_text, &self.with_number, &self.with_bound],
                    found,
                );
            }
            Value::Unknown(_)
            | Value::Duration(_)
            | Value::Time(_)
            | Value::List(_)
            | Value::Map(_)
            | Value::Image(_)
            | Value::Cidr(_)
            | Value::Semver(_)
            | Value::Window(_) => rest(
                &[
                    &self.with_text,
                    &self.with_number,
                    &self.with_bool,
                    &self.with_bound,
                ],
                found,
            ),
        }
    }
}

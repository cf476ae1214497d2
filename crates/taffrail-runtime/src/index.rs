//! Finds the rules that can apply to an action without trying each.
//!
//! What a rule demands of single facts (its verb, kind and namespace, an equality with a constant, a bound, a prefix) goes into
//! one dimension per fact. A dimension answers a fact's value with the set of rules that are not certainly false for it, as
//! bits; the rules that can apply are in the sets of all dimensions. A fact that is not known rules nothing out.
//!
//! A dimension that few rules ask about would cost more than it sorts out. Those rules are parked under it instead: they are
//! looked at only when it lets them through.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::engine;
use crate::facts::Facts;
use crate::program::{ProgramData, RuleBody, RuleId};

mod access;
mod bits;
mod dimension;

use access::{Access, Class, Fact};
use bits::{Bits, Seat, Survivors};
use dimension::{Asking, Dimension};

/// The index of a program.
#[derive(Debug)]
pub(crate) struct Index {
    /// The rule of each seat: all but waivers.
    seats: Vec<RuleId>,
    all: Bits,
    /// The rules that are not parked.
    open: Bits,
    /// What `on` asks.
    about: Vec<Dimension>,
    /// What `on` and conditions ask, where many rules do; what sorts out most comes first.
    common: Vec<Dimension>,
    /// The same where few do, with the rules that are parked there.
    rare: Vec<Dimension>,
}

impl Index {
    pub(crate) fn new(data: &ProgramData) -> Self {
        let rules = seated(data);
        let mut all = Bits::none(rules.len());
        let mut groups = Groups::new();
        for (seat, accesses) in numbered(&rules) {
            all.insert(seat);
            for access in accesses {
                add(&mut groups, seat, access);
            }
        }
        // To narrow by a dimension takes a step for every word of a set, to look up in one takes few for each rule.
        let (rare, common): (Groups<'_>, Groups<'_>) = groups
            .into_iter()
            .partition(|(_, asking)| asking.len() < all.words());
        let (open, parked) = park(&all, &rare, &rules);
        let mut narrowing = dimensions(&all, &common);
        narrowing.sort_by_key(|dimension| Reverse(dimension.strength()));
        let about = common.iter().chain(&rare);
        let about = about.filter(|((fact, _), _)| fact.is_of_target());
        Self {
            about: dimensions(&all, about),
            common: narrowing,
            rare: dimensions(&all, &parked),
            seats: rules.iter().map(|(id, _)| *id).collect(),
            all,
            open,
        }
    }

    /// Returns, in order and each once, every rule whose `on` and conditions are not certainly false (and perhaps
    /// others).
    pub(crate) fn candidates(&self, facts: &Facts<'_>) -> Vec<RuleId> {
        let mut rules = self.open.clone();
        for dimension in &self.rare {
            dimension.release(facts, &mut rules);
        }
        self.narrow(rules, &self.common, facts)
    }

    /// Returns, in order and each once, every rule but waivers whose `on` is not certainly false (and perhaps
    /// others): what explanations and requirements speak of.
    pub(crate) fn about(&self, facts: &Facts<'_>) -> Vec<RuleId> {
        self.narrow(self.all.clone(), &self.about, facts)
    }

    fn narrow(&self, rules: Bits, dimensions: &[Dimension], facts: &Facts<'_>) -> Vec<RuleId> {
        let mut survivors = Survivors::new(rules);
        for dimension in dimensions {
            dimension.narrow(facts, &mut survivors);
        }
        let mut found: Vec<RuleId> = survivors
            .iter()
            .filter_map(|seat| self.seats.get(seat.0 as usize).copied())
            .collect();
        found.sort_unstable();
        found
    }
}

/// Returns all rules but waivers with what they demand, those with alike targets side by side.
fn seated(data: &ProgramData) -> Vec<(RuleId, Vec<Access>)> {
    let mut rules: Vec<(RuleId, Vec<Access>)> = engine::rules(data)
        .filter(|(_, rule)| !matches!(rule.body, RuleBody::Waiver { .. }))
        .map(|(id, rule)| (id, access::of_rule(data, rule)))
        .collect();
    rules.sort_by(|(_, a), (_, b)| access::targets(a).cmp(access::targets(b)));
    rules
}

fn numbered<T>(rules: &[(RuleId, T)]) -> impl Iterator<Item = (Seat, &T)> {
    let seats = (0..).map(Seat);
    seats.zip(rules.iter().map(|(_, demands)| demands))
}

/// The rules that ask of each fact.
type Groups<'d> = BTreeMap<(Fact, Class), Asking<'d>>;

fn add<'d>(groups: &mut Groups<'d>, seat: Seat, access: &'d Access) {
    groups
        .entry(access.key())
        .or_default()
        .push((seat, &access.demand));
}

fn dimensions<'g, 'd: 'g>(
    all: &Bits,
    groups: impl IntoIterator<Item = (&'g (Fact, Class), &'g Asking<'d>)>,
) -> Vec<Dimension> {
    groups
        .into_iter()
        .map(|((fact, _), asking)| Dimension::new(*fact, asking, all))
        .collect()
}

/// Parks every rule that asks of rare facts under the rarest one. Returns the rules that are left, and where the others
/// are.
fn park<'d>(
    all: &Bits,
    rare: &Groups<'_>,
    rules: &'d [(RuleId, Vec<Access>)],
) -> (Bits, Groups<'d>) {
    let mut open = all.clone();
    let mut parked = Groups::new();
    for (seat, accesses) in numbered(rules) {
        let rarest = accesses
            .iter()
            .filter_map(|access| Some((rare.get(&access.key())?.len(), access)))
            .min_by_key(|(asking, _)| *asking);
        if let Some((_, access)) = rarest {
            open.remove(seat);
            add(&mut parked, seat, access);
        }
    }
    (open, parked)
}

//! What rules demand of one fact, and which of them its value lets through.

use std::cmp::Reverse;

use rustc_hash::FxHashMap;

use crate::decimal::Decimal;
use crate::facts::Facts;
use crate::index::access::{Demand, Fact};
use crate::index::bits::{Bits, Seat, Survivors};
use crate::truth::Truth;
use crate::value::Value;

/// Rules that ask of one fact, each with what it demands.
pub(super) type Asking<'d> = Vec<(Seat, &'d Demand)>;

/// The rules with one kind of demand on one fact.
#[derive(Debug)]
pub(super) struct Dimension {
    fact: Fact,
    demands: Demands,
    asking: Vec<Seat>,
    /// The rules that demand nothing here.
    free: Bits,
}

/// Rules by what satisfies them.
#[derive(Debug)]
enum Demands {
    Texts(FxHashMap<Box<str>, Rules>),
    Prefixes {
        /// The lengths of the prefixes, in bytes, each once.
        lengths: Vec<usize>,
        rules: FxHashMap<Box<str>, Rules>,
    },
    Numbers(FxHashMap<Decimal, Rules>),
    Bools {
        no: Rules,
        yes: Rules,
        /// Whether an absent fact fails them.
        absent_fails: bool,
    },
    AtLeast(Bounds<Decimal>),
    AtMost(Bounds<Reverse<Decimal>>),
}

/// Which rules of a dimension are not certainly false.
enum Answer<'i> {
    All,
    None,
    These(Passed<'i>),
    Several(Vec<Passed<'i>>),
}

/// The rules of a set, which then holds those that demand nothing too, and some more.
#[derive(Clone, Copy)]
struct Passed<'i> {
    base: Option<&'i Bits>,
    more: &'i [Seat],
}

impl Dimension {
    /// Returns the dimension of a fact, for demands of one class. `all` are the rules of the index.
    pub(super) fn new(fact: Fact, asked: &Asking<'_>, all: &Bits) -> Self {
        let mut free = all.clone();
        let asking: Vec<Seat> = asked.iter().map(|(rule, _)| *rule).collect();
        for rule in &asking {
            free.remove(*rule);
        }
        Self {
            fact,
            demands: Demands::new(asked, &free),
            asking,
            free,
        }
    }

    /// Guesses how many rules it removes, if every value that rules ask for is as common as the others.
    pub(super) fn strength(&self) -> usize {
        let values = match &self.demands {
            Demands::Texts(rules) | Demands::Prefixes { rules, .. } => rules.len(),
            Demands::Numbers(rules) => rules.len(),
            Demands::Bools { .. } | Demands::AtLeast(_) | Demands::AtMost(_) => 2,
        };
        let passed = self.asking.len().checked_div(values).unwrap_or(0);
        self.asking.len().saturating_sub(passed)
    }

    /// Removes the rules that the fact makes false.
    pub(super) fn narrow(&self, facts: &Facts<'_>, rules: &mut Survivors) {
        match self.answer(facts) {
            Answer::All => {}
            Answer::None => rules.keep(&self.free, &[]),
            Answer::These(passed) => rules.keep(passed.base.unwrap_or(&self.free), passed.more),
            Answer::Several(all) => {
                let mut union = self.free.clone();
                for passed in all {
                    passed.base.into_iter().for_each(|base| union.unite(base));
                    passed.more.iter().for_each(|rule| union.insert(*rule));
                }
                rules.keep(&union, &[]);
            }
        }
    }

    /// Adds the rules that ask of the fact and that it does not make false.
    pub(super) fn release(&self, facts: &Facts<'_>, rules: &mut Bits) {
        let mut add = |passed: Passed<'_>| {
            if let Some(base) = passed.base {
                let asking = self.asking.iter().filter(|rule| base.contains(**rule));
                asking.for_each(|rule| rules.insert(*rule));
            }
            passed.more.iter().for_each(|rule| rules.insert(*rule));
        };
        match self.answer(facts) {
            Answer::All => self.asking.iter().for_each(|rule| rules.insert(*rule)),
            Answer::None => {}
            Answer::These(passed) => add(passed),
            Answer::Several(all) => all.into_iter().for_each(add),
        }
    }

    fn answer(&self, facts: &Facts<'_>) -> Answer<'_> {
        match self.fact {
            Fact::Verb => self.demands.verbs(facts),
            Fact::Kind | Fact::Namespace | Fact::Slot(_) | Fact::Signal(_) => {
                match self.fact.read(facts) {
                    Some(value) => self.demands.answer(value),
                    None => Answer::All,
                }
            }
        }
    }
}

impl Demands {
    fn new(asked: &Asking<'_>, free: &Bits) -> Self {
        let mut texts: FxHashMap<Box<str>, Vec<Seat>> = FxHashMap::default();
        let mut numbers: FxHashMap<Decimal, Vec<Seat>> = FxHashMap::default();
        let (mut no, mut yes) = (Vec::new(), Vec::new());
        let mut bounds = Vec::new();
        for (rule, demand) in asked {
            match demand {
                Demand::Texts(all) | Demand::Prefixes(all) => all
                    .iter()
                    .for_each(|text| texts.entry(text.clone()).or_default().push(*rule)),
                Demand::Numbers(all) => all
                    .iter()
                    .for_each(|number| numbers.entry(*number).or_default().push(*rule)),
                Demand::Bool(wanted) | Demand::Holds(wanted) => {
                    if *wanted { &mut yes } else { &mut no }.push(*rule);
                }
                Demand::AtLeast(number) | Demand::AtMost(number) => bounds.push((*number, *rule)),
            }
        }
        match asked.first().map(|(_, demand)| *demand) {
            Some(Demand::Prefixes(_)) => {
                let mut lengths: Vec<usize> = texts.keys().map(|prefix| prefix.len()).collect();
                lengths.sort_unstable();
                lengths.dedup();
                let rules = by_key(texts, free);
                Self::Prefixes { lengths, rules }
            }
            Some(Demand::Numbers(_)) => Self::Numbers(by_key(numbers, free)),
            Some(Demand::Bool(_)) => Self::bools(no, yes, true, free),
            Some(Demand::Holds(_)) => Self::bools(no, yes, false, free),
            Some(Demand::AtLeast(_)) => Self::AtLeast(Bounds::new(bounds, free)),
            Some(Demand::AtMost(_)) => {
                let bounds = bounds
                    .into_iter()
                    .map(|(number, rule)| (Reverse(number), rule));
                Self::AtMost(Bounds::new(bounds.collect(), free))
            }
            Some(Demand::Texts(_)) | None => Self::Texts(by_key(texts, free)),
        }
    }

    fn bools(no: Vec<Seat>, yes: Vec<Seat>, absent_fails: bool, free: &Bits) -> Self {
        Self::Bools {
            no: Rules::new(no, free),
            yes: Rules::new(yes, free),
            absent_fails,
        }
    }

    /// Nobody can say what a value of another type makes of a demand, so it fails none.
    fn answer(&self, value: &Value) -> Answer<'_> {
        match (self, value) {
            (Self::Texts(rules), Value::String(text)) => Rules::answer(rules.get(&**text)),
            (Self::Prefixes { lengths, rules }, Value::String(text)) => {
                let starts = lengths.iter().filter_map(|length| text.get(..*length));
                Answer::of(starts.filter_map(|start| rules.get(start)))
            }
            (Self::Numbers(rules), Value::Number(number)) => Rules::answer(rules.get(number)),
            (Self::Bools { yes, .. }, Value::Bool(true)) => Rules::answer(Some(yes)),
            (Self::Bools { no, .. }, Value::Bool(false)) => Rules::answer(Some(no)),
            (Self::AtLeast(bounds), Value::Number(number)) => bounds.answer(*number),
            (Self::AtMost(bounds), Value::Number(number)) => bounds.answer(Reverse(*number)),
            (Self::Texts(_) | Self::Prefixes { .. } | Self::Numbers(_), Value::Absent)
            | (
                Self::Bools {
                    absent_fails: true, ..
                },
                Value::Absent,
            ) => Answer::None,
            _ => Answer::All,
        }
    }

    /// An action has several verbs; a rule about any of them may apply.
    fn verbs(&self, facts: &Facts<'_>) -> Answer<'_> {
        let (Self::Texts(rules), Ok(requested)) = (self, &facts.verbs.requested) else {
            return Answer::All;
        };
        let implied = facts.verbs.implied.iter();
        let implied = implied
            .filter(|(_, truth)| *truth != Truth::False)
            .map(|(verb, _)| &**verb);
        Answer::of(
            std::iter::once(&**requested)
                .chain(implied)
                .filter_map(|verb| rules.get(verb)),
        )
    }
}

impl<'i> Answer<'i> {
    fn of(mut rules: impl Iterator<Item = &'i Rules>) -> Self {
        let Some(first) = rules.next() else {
            return Self::None;
        };
        match rules.next() {
            None => Self::These(first.passed()),
            Some(second) => Self::Several(
                [first, second]
                    .into_iter()
                    .chain(rules)
                    .map(Rules::passed)
                    .collect(),
            ),
        }
    }
}

/// The rules that one value satisfies.
#[derive(Debug)]
enum Rules {
    Few(Vec<Seat>),
    /// Too many for a list, with those that demand nothing.
    Many(Bits),
}

impl Rules {
    fn new(rules: Vec<Seat>, free: &Bits) -> Self {
        if rules.len() < stride(free) {
            return Self::Few(rules);
        }
        let mut bits = free.clone();
        rules.into_iter().for_each(|rule| bits.insert(rule));
        Self::Many(bits)
    }

    fn answer(rules: Option<&Self>) -> Answer<'_> {
        rules.map_or(Answer::None, |rules| Answer::These(rules.passed()))
    }

    fn passed(&self) -> Passed<'_> {
        match self {
            Self::Few(rules) => Passed {
                base: None,
                more: rules,
            },
            Self::Many(bits) => Passed {
                base: Some(bits),
                more: &[],
            },
        }
    }
}

fn by_key<K: std::hash::Hash + Eq>(
    rules: FxHashMap<K, Vec<Seat>>,
    free: &Bits,
) -> FxHashMap<K, Rules> {
    rules
        .into_iter()
        .map(|(key, rules)| (key, Rules::new(rules, free)))
        .collect()
}

/// Rules by a bound, in the order in which a growing number satisfies them.
#[derive(Debug)]
struct Bounds<N> {
    /// Each bound once, with how many rules have it or one before it.
    ends: Vec<(N, usize)>,
    rules: Vec<Seat>,
    stride: usize,
    /// All rules before each stride, with those that demand nothing.
    marks: Vec<Bits>,
}

/// How many rules are worth a set of bits: it is read a word at a time, a list with more work for each rule.
fn stride(free: &Bits) -> usize {
    free.words().div_ceil(8)
}

impl<N: Ord + Copy> Bounds<N> {
    fn new(mut bounds: Vec<(N, Seat)>, free: &Bits) -> Self {
        bounds.sort_unstable();
        let mut ends: Vec<(N, usize)> = Vec::new();
        for ((number, _), end) in bounds.iter().zip(1..) {
            match ends.last_mut().filter(|(last, _)| last == number) {
                Some(last) => last.1 = end,
                None => ends.push((*number, end)),
            }
        }
        let rules: Vec<Seat> = bounds.into_iter().map(|(_, rule)| rule).collect();
        let stride = stride(free).max(1);
        let mut before = free.clone();
        let mut marks = Vec::new();
        for stride in rules.chunks(stride) {
            marks.push(before.clone());
            stride.iter().for_each(|rule| before.insert(*rule));
        }
        marks.push(before);
        Self {
            ends,
            rules,
            stride,
            marks,
        }
    }

    fn answer(&self, number: N) -> Answer<'_> {
        let after = self.ends.partition_point(|(bound, _)| *bound <= number);
        let last = after.checked_sub(1).and_then(|last| self.ends.get(last));
        let satisfied = last.map_or(0, |(_, end)| *end);
        let mark = satisfied.checked_div(self.stride).unwrap_or(0);
        let rest = mark.saturating_mul(self.stride)..satisfied;
        Answer::These(Passed {
            base: self.marks.get(mark),
            more: self.rules.get(rest).unwrap_or_default(),
        })
    }
}

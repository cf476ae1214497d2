//! Quantifiers over what depends on a number: member by member.

use std::borrow::Cow;

use crate::decimal::Decimal;
use crate::eval::Val;
use crate::program::{Quantifier, QuantifierKind};
use crate::search::abstraction::{Abstract, OPEN, and, or};
use crate::search::evaluate::Ends;
use crate::trace::Outcomes;
use crate::value::Value;

/// A member, and whether its `where` and its condition hold.
struct Counted<'a> {
    counts: Outcomes,
    value: Abstract<'a>,
}

impl<'a> Ends<'a> {
    pub(super) fn quantifier(&mut self, quantifier: &'a Quantifier) -> Abstract<'a> {
        let Some(members) = members(self.eval(quantifier.over)) else {
            return Abstract::Any;
        };
        let counted: Vec<Counted<'a>> = members
            .into_iter()
            .map(|member| self.member(quantifier, member))
            .collect();
        let no = Outcomes {
            no: true,
            ..Outcomes::default()
        };
        match quantifier.kind {
            QuantifierKind::Every => {
                let fails = counted.iter().fold(no, |some, one| {
                    or(some, and(one.counts, one.value.truths().negated()))
                });
                Abstract::Truths(fails.negated())
            }
            QuantifierKind::Some => Abstract::Truths(some(&counted, no)),
            QuantifierKind::No => Abstract::Truths(some(&counted, no).negated()),
            QuantifierKind::Count => count(&counted),
            QuantifierKind::Sum => sum(&counted),
            QuantifierKind::Min | QuantifierKind::Max => extreme(quantifier.kind, &counted),
        }
    }

    fn member(
        &mut self,
        quantifier: &'a Quantifier,
        (key, element): (Val<'a>, Abstract<'a>),
    ) -> Counted<'a> {
        // The evaluator of the low end sees the member as it is there.
        let at_low = match &element {
            Abstract::Same(value) | Abstract::Ends(value, _) => value.clone(),
            Abstract::Between(low, _) => Cow::Owned(Value::Number(*low)),
            Abstract::Truths(_) | Abstract::Any => Cow::Owned(Value::Absent),
        };
        let depth = self.locals.len();
        let bound = self.low.bind(quantifier, key.clone(), at_low);
        if let Some(local) = quantifier.key {
            self.locals.push((local, Abstract::Same(key)));
        }
        self.locals.push((quantifier.element, element));
        let yes = Abstract::Same(Cow::Owned(Value::Bool(true)));
        let counts = quantifier
            .filter
            .map_or(yes.truths(), |filter| self.truths(filter));
        let value = quantifier.body.map_or(yes, |body| self.eval(body));
        self.low.unbind(bound);
        self.locals.truncate(depth);
        Counted { counts, value }
    }
}

/// Returns the members that a list or map has at both ends, none of which may be unknown.
fn members<'a>(over: Abstract<'a>) -> Option<Vec<(Val<'a>, Abstract<'a>)>> {
    let (low, high) = match over {
        Abstract::Same(value) => (value.clone(), value),
        Abstract::Ends(low, high) => (low, high),
        Abstract::Between(..) | Abstract::Truths(_) | Abstract::Any => return None,
    };
    let pair = |low: &Value, high: &Value| {
        Abstract::of_ends(Cow::Owned(low.clone()), Cow::Owned(high.clone()))
    };
    match (&*low, &*high) {
        (Value::Absent, Value::Absent) => Some(Vec::new()),
        (Value::List(a), Value::List(b)) if a.len() == b.len() => Some(
            a.iter()
                .zip(b)
                .enumerate()
                .map(|(at, (a, b))| {
                    let at = Decimal::from(u64::try_from(at).unwrap_or(u64::MAX));
                    (Cow::Owned(Value::Number(at)), pair(a, b))
                })
                .collect(),
        ),
        (Value::Map(a), Value::Map(b)) if a.present().count() == b.present().count() => a
            .present()
            .zip(b.present())
            .map(|((key, a), (other, b))| {
                let is_known = !matches!(a, Value::Unknown(_)) && !matches!(b, Value::Unknown(_));
                (key == other && is_known).then(|| (Cow::Owned(Value::string(key)), pair(a, b)))
            })
            .collect(),
        _ => None,
    }
}

fn some(counted: &[Counted<'_>], no: Outcomes) -> Outcomes {
    counted.iter().fold(no, |some, one| {
        or(some, and(one.counts, one.value.truths()))
    })
}

fn count<'a>(counted: &[Counted<'_>]) -> Abstract<'a> {
    let (mut least, mut most) = (Decimal::ZERO, Decimal::ZERO);
    for one in counted {
        let holds = and(one.counts, one.value.truths());
        if holds.unknown {
            return Abstract::Any;
        }
        let plus = |sum: Decimal, more: bool| {
            let one = if more { Decimal::ONE } else { Decimal::ZERO };
            sum.checked_add(one)
        };
        match (plus(least, !holds.no), plus(most, holds.yes)) {
            (Some(a), Some(b)) => (least, most) = (a, b),
            _ => return Abstract::Any,
        }
    }
    Abstract::Between(least, most)
}

fn sum<'a>(counted: &[Counted<'_>]) -> Abstract<'a> {
    let (mut least, mut most) = (Decimal::ZERO, Decimal::ZERO);
    for one in counted {
        let Some((low, high)) = summand(one) else {
            return Abstract::Any;
        };
        match (least.checked_add(low), most.checked_add(high)) {
            (Some(a), Some(b)) => (least, most) = (a, b),
            _ => return Abstract::Any,
        }
    }
    Abstract::Between(least, most)
}

/// Returns between what a member adds to a sum: nothing where it does not count.
fn summand(one: &Counted<'_>) -> Option<(Decimal, Decimal)> {
    let zero = Decimal::ZERO;
    match (one.counts, one.value.numbers()) {
        (Outcomes { unknown: true, .. }, _) => None,
        (Outcomes { yes: false, .. }, _) => Some((zero, zero)),
        (Outcomes { no: false, .. }, Some(numbers)) => Some(numbers),
        (_, Some((low, high))) => Some((low.min(zero), high.max(zero))),
        (_, None) => None,
    }
}

fn extreme<'a>(kind: QuantifierKind, counted: &[Counted<'_>]) -> Abstract<'a> {
    let mut found: Option<(Decimal, Decimal)> = None;
    for one in counted {
        match (one.counts, one.value.numbers()) {
            (
                Outcomes {
                    yes: false,
                    unknown: false,
                    ..
                },
                _,
            ) => {}
            (counts, Some((low, high))) if counts != OPEN && !counts.no && !counts.unknown => {
                found = Some(match found {
                    None => (low, high),
                    Some((a, b)) if kind == QuantifierKind::Min => (a.min(low), b.min(high)),
                    Some((a, b)) => (a.max(low), b.max(high)),
                });
            }
            _ => return Abstract::Any,
        }
    }
    match found {
        Some((low, high)) => Abstract::Between(low, high),
        None => Abstract::Any,
    }
}

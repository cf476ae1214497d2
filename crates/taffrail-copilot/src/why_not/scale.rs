//! The values that a number or an instant is compared with, and the ranges between them: within a range every comparison comes out
//! the same, so one value of it speaks for all.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use taffrail::{Decimal, Value};
use taffrail_runtime::text;

/// How many values are kept, those nearest to what the fact is.
const POINTS: usize = 8;
/// A second, in nanoseconds.
const SECOND: i64 = 1_000_000_000;

/// Values in order. With n of them there are 2n + 1 ranges: below the first, the first itself, between the first and the second, and
/// so on, and above the last.
#[derive(Debug, Clone)]
pub(super) struct Scale {
    points: Vec<Decimal>,
    unit: Unit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// Any number.
    Number,
    /// Whole numbers.
    Whole,
    /// Instants, in nanoseconds of the epoch.
    Time,
    /// Spans of time, in nanoseconds.
    Duration,
}

impl Scale {
    /// Of what is counted, there are whole numbers only, as far as anybody can see.
    pub(super) fn of_numbers(
        points: &BTreeSet<Decimal>,
        is: Option<Decimal>,
        is_counted: bool,
    ) -> Self {
        if is_counted && is.is_none_or(Decimal::is_integer) {
            let whole: BTreeSet<Decimal> = points
                .iter()
                .flat_map(|point| [point.floor(), point.ceil()])
                .collect();
            return Self::new(whole.into_iter().collect(), is, Unit::Whole);
        }
        Self::new(points.iter().copied().collect(), is, Unit::Number)
    }

    pub(super) fn of_times(points: &BTreeSet<Timestamp>, is: Option<Timestamp>) -> Self {
        let points = points.iter().filter_map(|time| number_of(*time)).collect();
        Self::new(points, is.and_then(number_of), Unit::Time)
    }

    pub(super) fn of_durations(
        points: &BTreeSet<SignedDuration>,
        is: Option<SignedDuration>,
    ) -> Self {
        let number = |span: &SignedDuration| Decimal::new(span.as_nanos(), 0);
        let points = points.iter().filter_map(number).collect();
        Self::new(points, is.as_ref().and_then(number), Unit::Duration)
    }

    fn new(mut points: Vec<Decimal>, is: Option<Decimal>, unit: Unit) -> Self {
        if points.len() > POINTS {
            let distance = |point: &Decimal| {
                let from = is.unwrap_or(Decimal::ZERO);
                point.checked_sub(from).map(Decimal::abs)
            };
            points.sort_by_key(distance);
            points.truncate(POINTS);
            points.sort_unstable();
        }
        Self { points, unit }
    }

    /// Returns the number of ranges; 0 without any value to compare with.
    pub(super) fn ranges(&self) -> usize {
        match self.points.len() {
            0 => 0,
            count => count.saturating_mul(2).saturating_add(1),
        }
    }

    /// Returns the range that a value lies in.
    pub(super) fn range_of(&self, value: &Value) -> Option<usize> {
        let number = match value {
            Value::Number(number) => *number,
            Value::Time(time) => number_of(*time)?,
            Value::Duration(span) => Decimal::new(span.as_nanos(), 0)?,
            _ => return None,
        };
        Some(match self.points.binary_search(&number) {
            Ok(at) => at.saturating_mul(2).saturating_add(1),
            Err(at) => at.saturating_mul(2),
        })
    }

    /// Returns a value of a range; none when there is no whole number in it.
    pub(super) fn example(&self, range: usize) -> Option<Value> {
        let at = range / 2;
        let above = self.points.get(at).copied();
        let number = if range % 2 == 1 {
            above?
        } else {
            let below = at
                .checked_sub(1)
                .and_then(|at| self.points.get(at))
                .copied();
            match (below, above) {
                (None, None) => return None,
                (None, Some(above)) => self.less_than(above)?,
                (Some(below), None) => self.more_than(below)?,
                (Some(below), Some(above)) => self.between(below, above)?,
            }
        };
        self.value(number)
    }

    /// Returns values near the ends of a range beside its example, to see whether it is all alike: where another fact is
    /// different too, what this one is compared with may be as well.
    pub(super) fn samples(&self, range: usize) -> Vec<Value> {
        let at = range / 2;
        let (below, above) = match range % 2 {
            1 => (None, None),
            _ => (
                at.checked_sub(1)
                    .and_then(|at| self.points.get(at))
                    .copied(),
                self.points.get(at).copied(),
            ),
        };
        let near = match self.unit {
            Unit::Number => Decimal::new(1, 9),
            Unit::Whole | Unit::Time | Unit::Duration => Some(self.step()),
        };
        let near = near.unwrap_or(Decimal::ONE);
        let far = self.step().checked_mul(Decimal::from(1_000_000));
        let far = far.unwrap_or(Decimal::ONE);
        let candidates = [
            below.and_then(|below| below.checked_add(near)),
            above.and_then(|above| above.checked_sub(near)),
            below
                .filter(|_| above.is_none())
                .and_then(|below| below.checked_add(far)),
            above
                .filter(|_| below.is_none())
                .map(|above| above.min(Decimal::ZERO)),
        ];
        let is_inside = |number: &Decimal| {
            below.is_none_or(|below| below < *number) && above.is_none_or(|above| *number < above)
        };
        let inside = candidates.into_iter().flatten().filter(is_inside);
        let numbers = inside.filter_map(|number| self.value(number));
        self.example(range).into_iter().chain(numbers).collect()
    }

    fn value(&self, number: Decimal) -> Option<Value> {
        match self.unit {
            Unit::Number | Unit::Whole => Some(Value::Number(number)),
            Unit::Time => time_of(number).map(Value::Time),
            Unit::Duration => span_of(number).map(Value::Duration),
        }
    }

    fn step(&self) -> Decimal {
        match self.unit {
            Unit::Number | Unit::Whole => Decimal::from(1),
            Unit::Time | Unit::Duration => Decimal::from(SECOND),
        }
    }

    fn less_than(&self, point: Decimal) -> Option<Decimal> {
        // Spans and shares are seldom below zero.
        if matches!(self.unit, Unit::Number | Unit::Duration) && point > Decimal::ZERO {
            return point.checked_div(Decimal::from(2));
        }
        point.checked_sub(self.step())
    }

    fn more_than(&self, point: Decimal) -> Option<Decimal> {
        let one = Decimal::from(1);
        // Shares stay shares.
        if self.unit == Unit::Number && point >= Decimal::ZERO && point < one {
            return self.between(point, one);
        }
        point.checked_add(self.step())
    }

    fn between(&self, below: Decimal, above: Decimal) -> Option<Decimal> {
        let next = below.checked_add(self.step())?;
        match self.unit {
            Unit::Whole => (next < above).then_some(next),
            Unit::Time | Unit::Duration if next < above => Some(next),
            Unit::Time | Unit::Duration | Unit::Number => below
                .checked_add(above)?
                .checked_div(Decimal::from(2))
                .filter(|middle| below < *middle && *middle < above),
        }
    }

    /// Returns in words that a value lies in one of the ranges from the first to the last.
    pub(super) fn words(&self, first: usize, last: usize) -> String {
        let (least, above, most, below) = match self.unit {
            Unit::Number | Unit::Whole | Unit::Duration => {
                ("at least", "above", "at most", "below")
            }
            Unit::Time => ("at or after", "after", "at or before", "before"),
        };
        if first == last && first % 2 == 1 {
            return self.shown(first / 2);
        }
        let lower = match (first % 2, first.checked_sub(1)) {
            (_, None) => None,
            (1, Some(_)) => Some(format!("{least} {}", self.shown(first / 2))),
            (_, Some(before)) => Some(format!("{above} {}", self.shown(before / 2))),
        };
        let upper = match last % 2 {
            _ if last.saturating_add(1) >= self.ranges() => None,
            1 => Some(format!("{most} {}", self.shown(last / 2))),
            _ => Some(format!("{below} {}", self.shown(last / 2))),
        };
        match (lower, upper) {
            (None, None) => "known".into(),
            (Some(only), None) | (None, Some(only)) => only,
            (Some(lower), Some(upper)) => format!("{lower} and {upper}"),
        }
    }

    fn shown(&self, at: usize) -> String {
        let Some(point) = self.points.get(at) else {
            return String::new();
        };
        match self.unit {
            Unit::Number | Unit::Whole => point.to_string(),
            Unit::Time => time_of(*point).map_or_else(String::new, text::time),
            Unit::Duration => span_of(*point).map_or_else(String::new, text::duration),
        }
    }
}

fn number_of(time: Timestamp) -> Option<Decimal> {
    Decimal::new(time.as_nanosecond(), 0)
}

fn time_of(number: Decimal) -> Option<Timestamp> {
    Timestamp::from_nanosecond(number.to_i128()?).ok()
}

fn span_of(number: Decimal) -> Option<SignedDuration> {
    let nanos = number.floor().to_i64()?;
    Some(SignedDuration::from_nanos(nanos))
}

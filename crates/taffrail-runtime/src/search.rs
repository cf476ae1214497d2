//! The nearest other number with which an action gets a milder verdict.
//!
//! A branch-and-bound search: `floor` tells of a whole interval of numbers that no verdict in it is milder than some verdict,
//! so that the interval need not be looked into; what is left is halved until single numbers are decided for good. Nothing is
//! found that was not decided, and what is nearer than what is found was either decided or ruled out.

mod abstraction;
mod evaluate;
mod floor;
mod mentioned;

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::decision::Verdict;
use crate::request::Request;
use crate::saved::Program;
use crate::search::evaluate::Parts;

pub use mentioned::{Mention, MentionedBy};

/// The numbers among which one is looked for, as positions on a grid: position 3 may stand for three replicas or for 3 MiB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grid {
    /// The first position.
    pub first: i64,
    /// The last position.
    pub last: i64,
    /// The position that was asked for; it is never the answer.
    pub asked: i64,
    /// The position as it is now, if any: of two equally near positions the one towards it is taken, and it is never the answer, since it
    /// changes nothing. What follows from the change (its verbs, its impact) may jump there.
    pub current: Option<i64>,
}

/// What a search came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nearest {
    /// The nearest position with the verdict sought, or a milder one.
    Found {
        /// The position.
        at: i64,
        /// How many positions and intervals were looked at.
        looked_at: u32,
    },
    /// There is none.
    None {
        /// How many positions and intervals were looked at.
        looked_at: u32,
    },
    /// The search was given up: there is none nearer than this many positions.
    GivenUp {
        /// The distance that is searched through.
        within: u64,
        /// How many positions and intervals were looked at.
        looked_at: u32,
    },
}

impl Program {
    /// Returns the position nearest to the one asked for whose action gets a verdict not more careful than `sought`.
    ///
    /// `action` makes the action of a position; it must give every number that depends on the position monotonically on either side of
    /// [`Grid::current`], as fields, differences and shares do. At most `limit` positions and intervals are looked at.
    ///
    /// ```
    /// use taffrail_runtime::program::ProgramData;
    /// use taffrail_runtime::request::Request;
    /// use taffrail_runtime::search::{Grid, Nearest};
    /// use taffrail_runtime::{Program, decision::Verdict};
    ///
    /// // Without a grant nothing is executed, however many replicas there are: one look at each side tells.
    /// let program = Program::new(ProgramData::empty())?;
    /// let grid = Grid { first: 0, last: 1, asked: 0, current: None };
    /// let nearest = program.nearest(&grid, Verdict::Execute, 100, |_| Request::default());
    /// assert_eq!(nearest, Nearest::None { looked_at: 1 });
    /// # Ok::<(), taffrail_runtime::ProgramError>(())
    /// ```
    pub fn nearest(
        &self,
        grid: &Grid,
        sought: Verdict,
        limit: u32,
        action: impl Fn(i64) -> Request,
    ) -> Nearest {
        let parts = Parts::new(self.loaded());
        let mut looked_at: u32 = 0;
        let mut queue: BinaryHeap<Reverse<Interval>> =
            grid.stretches().into_iter().map(Reverse).collect();
        while let Some(Reverse(interval)) = queue.pop() {
            if looked_at >= limit {
                return Nearest::GivenUp {
                    within: interval.distance.saturating_sub(1),
                    looked_at,
                };
            }
            looked_at = looked_at.saturating_add(1);
            let (low, high) = (action(interval.first), action(interval.last));
            if interval.first == interval.last {
                if self.decide(&low).verdict() <= sought {
                    let at = interval.first;
                    return Nearest::Found { at, looked_at };
                }
            } else if floor::floor(self.loaded(), &parts, &low, &high) <= sought {
                queue.extend(interval.parts(grid).map(Reverse));
            }
        }
        Nearest::None { looked_at }
    }
}

/// Some positions next to each other, ordered by how near the nearest of them is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Interval {
    distance: u64,
    /// Whether it lies on the far side of what was asked, seen from what there is.
    away: bool,
    first: i64,
    last: i64,
}

impl Interval {
    fn new(grid: &Grid, first: i64, last: i64) -> Self {
        let above = first > grid.asked;
        let near = if above { first } else { last };
        Self {
            distance: near.abs_diff(grid.asked),
            away: grid
                .current
                .is_some_and(|current| (current > grid.asked) != above),
            first,
            last,
        }
    }

    /// Cuts it in two. The nearer part is at most half of it, and no longer than it is far away, so that one look rules out whole
    /// stretches and what is near is still found first.
    fn parts(self, grid: &Grid) -> [Self; 2] {
        let half = self.last.abs_diff(self.first).div_ceil(2);
        let rest = half.min(self.distance).saturating_sub(1);
        let [(first, near), (far, last)] = if self.first > grid.asked {
            let end = self.first.saturating_add_unsigned(rest);
            [(self.first, end), (end.saturating_add(1), self.last)]
        } else {
            let begin = self.last.saturating_sub_unsigned(rest);
            [(begin, self.last), (self.first, begin.saturating_sub(1))]
        };
        [Self::new(grid, first, near), Self::new(grid, far, last)]
    }
}

impl Grid {
    /// Returns the stretches between what was asked and what there is: every position but those two.
    fn stretches(&self) -> Vec<Interval> {
        let mut found = Vec::new();
        let mut stops = vec![self.asked];
        stops.extend(self.current);
        stops.sort_unstable();
        let mut first = self.first;
        for stop in stops {
            let last = stop.saturating_sub(1).min(self.last);
            if first <= last {
                found.push(Interval::new(self, first, last));
            }
            first = first.max(stop.saturating_add(1));
        }
        if first <= self.last {
            found.push(Interval::new(self, first, self.last));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::Grid;

    #[test]
    fn the_parts_of_the_stretches_hold_every_other_position_once() {
        for (asked, current) in [
            (5, Some(2)),
            (2, Some(5)),
            (0, None),
            (9, Some(9)),
            (4, Some(12)),
        ] {
            let grid = Grid {
                first: 0,
                last: 9,
                asked,
                current,
            };
            let mut all = Vec::new();
            let mut left = grid.stretches();
            while let Some(interval) = left.pop() {
                if interval.first == interval.last {
                    all.push(interval.first);
                } else {
                    let [near, far] = interval.parts(&grid);
                    assert!(near.distance < far.distance, "{interval:?}");
                    left.extend([near, far]);
                }
            }
            all.sort_unstable();
            let expected: Vec<i64> = (0..=9)
                .filter(|at| *at != asked && Some(*at) != current)
                .collect();
            assert_eq!(all, expected, "{grid:?}");
        }
    }
}

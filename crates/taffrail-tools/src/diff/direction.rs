//! In which direction a change goes, where that is certain.

use std::cmp::Ordering;

use serde::Serialize;
use taffrail_runtime::{Truth, Value, compare};

use super::canon::{AND, Canon, EQUAL, Form, IN, LESS, LESS_OR_EQUAL, NOT, OR};

/// In which direction a change goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// No verdict changes by it.
    Same,
    /// A verdict can only become more careful by it.
    Stricter,
    /// Some verdicts may become milder, others more careful, or nobody can say.
    Different,
    /// A verdict can only become milder by it.
    Milder,
}

impl Direction {
    /// Returns the direction of two changes together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Same, other) => other,
            (own, Self::Same) => own,
            (own, other) if own == other => own,
            _ => Self::Different,
        }
    }

    /// Returns whether something may have become milder.
    #[must_use]
    pub fn may_be_milder(self) -> bool {
        matches!(self, Self::Milder | Self::Different)
    }

    /// Returns its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Stricter => "stricter",
            Self::Different => "different",
            Self::Milder => "milder",
        }
    }

    /// Returns the direction of a number that is more careful the greater it is.
    pub(super) fn of_greater<T: Ord>(old: &T, new: &T) -> Self {
        match new.cmp(old) {
            Ordering::Less => Self::Milder,
            Ordering::Equal => Self::Same,
            Ordering::Greater => Self::Stricter,
        }
    }

    pub(super) fn reversed(self) -> Self {
        match self {
            Self::Stricter => Self::Milder,
            Self::Milder => Self::Stricter,
            Self::Same | Self::Different => self,
        }
    }
}

/// Whether a rule is about more actions than before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    Same,
    More,
    Fewer,
    Unclear,
}

impl Reach {
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Same, other) => other,
            (own, Self::Same) => own,
            (own, other) if own == other => own,
            _ => Self::Unclear,
        }
    }

    /// Returns the direction of a rule that raises verdicts where it applies; one that lowers them goes the other way.
    pub(super) fn direction(self, is_permissive: bool) -> Direction {
        let of_raising = match self {
            Self::Same => Direction::Same,
            Self::More => Direction::Stricter,
            Self::Fewer => Direction::Milder,
            Self::Unclear => Direction::Different,
        };
        match is_permissive {
            true => of_raising.reversed(),
            false => of_raising,
        }
    }
}

/// How many steps are taken to find out whether one condition implies another; then it counts as unclear.
const STEPS: u32 = 20_000;

/// Returns the reach of new conditions beside old ones, each list joined by *and*.
pub(super) fn reach(canon: &Canon, old: &[Form], new: &[Form]) -> Reach {
    let mut steps = STEPS;
    let mut implied = |from: &[Form], to: &[Form]| {
        to.iter().all(|to| {
            from.iter()
                .any(|from| implies(canon, *from, *to, &mut steps))
        })
    };
    match (implied(old, new), implied(new, old)) {
        (true, true) => Reach::Same,
        (true, false) => Reach::More,
        (false, true) => Reach::Fewer,
        (false, false) => Reach::Unclear,
    }
}

/// Tells whether one condition is certainly never truer than another, false before unknown before true.
fn implies(canon: &Canon, from: Form, to: Form, steps: &mut u32) -> bool {
    if from == to {
        return true;
    }
    let Some(left) = steps.checked_sub(1) else {
        return false;
    };
    *steps = left;
    let (Some(a), Some(b)) = (canon.get(from), canon.get(to)) else {
        return false;
    };
    if a.op == OR {
        return a.operands.iter().all(|a| implies(canon, *a, to, steps));
    }
    if b.op == AND {
        return b.operands.iter().all(|b| implies(canon, from, *b, steps));
    }
    if a.op == AND && a.operands.iter().any(|a| implies(canon, *a, to, steps)) {
        return true;
    }
    if b.op == OR && b.operands.iter().any(|b| implies(canon, from, *b, steps)) {
        return true;
    }
    match (canon.value(from), canon.value(to)) {
        (Some(Value::Bool(false)), _) | (_, Some(Value::Bool(true))) => return true,
        _ => {}
    }
    if let (NOT, NOT, [a], [b]) = (
        a.op.as_str(),
        b.op.as_str(),
        a.operands.as_slice(),
        b.operands.as_slice(),
    ) {
        return implies(canon, *b, *a, steps);
    }
    range_implies(canon, from, to) || membership_implies(canon, from, to)
}

/// A comparison of something with a literal.
struct Range<'c> {
    subject: Form,
    side: Side,
    value: &'c Value,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Below { or_equal: bool },
    Above { or_equal: bool },
    At,
}

fn range(canon: &Canon, form: Form) -> Option<Range<'_>> {
    let node = canon.get(form)?;
    let [a, b] = node.operands.as_slice() else {
        return None;
    };
    let or_equal = node.op == LESS_OR_EQUAL;
    let is_order = node.op == LESS || or_equal;
    let (subject, value, side) = match (canon.value(*a), canon.value(*b)) {
        (None, Some(value)) if is_order => (*a, value, Side::Below { or_equal }),
        (Some(value), None) if is_order => (*b, value, Side::Above { or_equal }),
        (None, Some(value)) if node.op == EQUAL => (*a, value, Side::At),
        (Some(value), None) if node.op == EQUAL => (*b, value, Side::At),
        _ => return None,
    };
    Some(Range {
        subject,
        side,
        value,
    })
}

fn range_implies(canon: &Canon, from: Form, to: Form) -> bool {
    let (Some(from), Some(to)) = (range(canon, from), range(canon, to)) else {
        return false;
    };
    if from.subject != to.subject {
        return false;
    }
    // Values that can be ordered are so whatever they are compared with, and unknown alike where the subject is none of them.
    let Ok(order) = compare::order(from.value, to.value, "<") else {
        return false;
    };
    match (from.side, to.side) {
        (Side::Below { or_equal: from }, Side::Below { or_equal: to }) => {
            order.is_lt() || (order.is_eq() && (!from || to))
        }
        (Side::Above { or_equal: from }, Side::Above { or_equal: to }) => {
            order.is_gt() || (order.is_eq() && (!from || to))
        }
        (Side::At, Side::Below { or_equal }) => order.is_lt() || (order.is_eq() && or_equal),
        (Side::At, Side::Above { or_equal }) => order.is_gt() || (order.is_eq() && or_equal),
        (Side::At, Side::At)
        | (Side::Below { .. }, Side::Above { .. } | Side::At)
        | (Side::Above { .. }, Side::Below { .. } | Side::At) => false,
    }
}

/// `x == "a"` and `x in ["a"]` imply `x in ["a", "b"]`.
fn membership_implies(canon: &Canon, from: Form, to: Form) -> bool {
    let listed = |form: Form| -> Option<(Form, Vec<&Value>)> {
        let node = canon.get(form)?;
        let [subject, list] = node.operands.as_slice() else {
            return None;
        };
        match (node.op.as_str(), canon.value(*list), range(canon, form)) {
            (IN, Some(Value::List(items)), _) => Some((*subject, items.iter().collect())),
            (EQUAL, _, Some(at)) => Some((at.subject, vec![at.value])),
            _ => None,
        }
    };
    let (Some((a, from)), Some((b, to))) = (listed(from), listed(to)) else {
        return false;
    };
    let is_in = |item: &&Value| {
        to.iter()
            .any(|other| compare::equal(item, other) == Truth::True)
    };
    a == b && from.iter().all(is_in)
}

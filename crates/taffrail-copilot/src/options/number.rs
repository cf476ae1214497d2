//! The nearest number that would be granted in a field.

use taffrail::Verdict;
use taffrail_runtime::search::{Grid, Nearest};
use taffrail_runtime::{Decimal, Value, quantity};

use crate::advice::ChoiceKind;
use crate::options::Desk;
use crate::options::choice::Draft;
use crate::options::fields::{Field, Question};
use crate::options::path::Path;

/// The greatest whole number that Kubernetes counts replicas and the like with (`int32`).
const GREATEST: i64 = i32::MAX as i64;

/// The units in which a quantity is looked for: one of them is one position. What is asked in Gi is answered in Mi.
///
/// Source: the Kubernetes API reference, `Quantity`.
const UNITS: [(&str, &str); 9] = [
    ("Ti", "Gi"),
    ("Gi", "Mi"),
    ("Mi", "Mi"),
    ("Ki", "Ki"),
    ("T", "G"),
    ("G", "M"),
    ("M", "M"),
    ("k", "k"),
    ("m", "m"),
];

/// How positions on a grid are written.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Scale {
    /// As a number.
    Whole,
    /// As a text with this unit: `512Mi`, `500m`.
    Unit(&'static str, Decimal),
}

impl Desk<'_> {
    /// Returns for every number that the action sets the nearest one with the verdict sought.
    pub(super) fn numbers(&mut self, question: &Question<'_>, sought: Verdict) -> Vec<Draft> {
        let amounts = question.fields.iter().filter(|field| field.is_amount());
        amounts
            .filter_map(|field| self.number(question, field, sought))
            .collect()
    }

    fn number(&mut self, question: &Question<'_>, field: &Field, sought: Verdict) -> Option<Draft> {
        let scale = Scale::of(&field.value)?;
        let position = scale.position(&field.value)?;
        let grid = self.grid(question, field, &scale, position);
        let at = |position: i64| {
            let value = scale.value(position);
            question
                .with(&[(field.path.clone(), value)])
                .unwrap_or_default()
        };
        let nearest = self.program.nearest(&grid, sought, self.limits.looks, at);
        match nearest {
            Nearest::None { .. } => None,
            Nearest::GivenUp { within, looked_at } => {
                self.give_up(
                    field.path.to_string(),
                    looked_at,
                    &format!(
                        "within {} of {} nothing would be {}; farther away it was not looked",
                        scale
                            .value(i64::try_from(within).unwrap_or(i64::MAX))
                            .render(),
                        field.value.render(),
                        super::words::got(sought),
                    ),
                );
                None
            }
            Nearest::Found { at: position, .. } => {
                let request = at(position);
                if !self.goal.allows(&request) {
                    return None;
                }
                let value = scale.value(position);
                let title = format!(
                    "{}: {} instead of {}",
                    field.path,
                    value.render(),
                    field.value.render()
                );
                let draft = Draft::new(ChoiceKind::Nearest, title, distance(&grid, position))
                    .giving_up(gives_up(field, &scale, &grid, position))
                    .at_once(&request);
                Some(draft)
            }
        }
    }

    /// Numbers are looked for in the direction that was asked for, seen from what there is: the other way is another action. None is below zero
    /// unless one was asked, and none outside of what the goal keeps to.
    fn grid(&self, question: &Question<'_>, field: &Field, scale: &Scale, asked: i64) -> Grid {
        let (least, most) = self.goal.bounds(&field.path);
        let bound = |number: Option<Decimal>, up: bool| {
            let positions = scale.positions(number?)?;
            if up {
                positions.ceil()
            } else {
                positions.floor()
            }
            .to_i64()
        };
        let (first, last) = match scale {
            Scale::Whole if asked < 0 => (-GREATEST, GREATEST),
            Scale::Whole => (0, GREATEST),
            Scale::Unit(..) => (0, asked.saturating_mul(1_024).max(GREATEST)),
        };
        let current = scale.position(&current(question, field));
        let (first, last) = match current {
            Some(current) if current < asked => (first.max(current), last),
            Some(current) => (first, last.min(current)),
            None => (first, last),
        };
        Grid {
            first: bound(least, true).map_or(first, |least| first.max(least)),
            last: bound(most, false).map_or(last, |most| last.min(most)),
            asked,
            current,
        }
    }
}

/// Returns what there is now; a workload that does not say runs one replica.
///
/// Source: the Kubernetes API reference, `spec.replicas` of the workload kinds.
fn current(question: &Question<'_>, field: &Field) -> Value {
    let is_given = matches!(question.asked.current, Value::Map(_));
    if is_given && field.current == Value::Absent && field.path == Path::parse("spec.replicas") {
        Value::Number(Decimal::ONE)
    } else {
        field.current.clone()
    }
}

impl Scale {
    fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Number(number) => number.is_integer().then_some(Self::Whole),
            Value::String(text) => {
                quantity::parse(text)?;
                let unit = UNITS
                    .iter()
                    .find(|(suffix, _)| text.ends_with(suffix))
                    .map_or("m", |(_, unit)| unit);
                let size = quantity::parse(&format!("1{unit}"))?;
                Some(Self::Unit(unit, size))
            }
            _ => None,
        }
    }

    /// Returns how many positions a number is from zero.
    fn positions(&self, number: Decimal) -> Option<Decimal> {
        match self {
            Self::Whole => Some(number),
            Self::Unit(_, size) => number.checked_div(*size),
        }
    }

    fn position(&self, value: &Value) -> Option<i64> {
        let number = match value {
            Value::Number(number) => *number,
            Value::String(text) => quantity::parse(text)?,
            _ => return None,
        };
        let positions = self.positions(number)?;
        positions.is_integer().then(|| positions.to_i64())?
    }

    fn value(&self, position: i64) -> Value {
        match self {
            Self::Whole => Value::Number(Decimal::from(position)),
            Self::Unit("m", _) if position % 1_000 == 0 => {
                Value::string((position / 1_000).to_string())
            }
            Self::Unit("Mi", _) if position % 1_024 == 0 && position != 0 => {
                Value::string(format!("{}Gi", position / 1_024))
            }
            Self::Unit(unit, _) => Value::string(format!("{position}{unit}")),
        }
    }
}

/// Returns how far a position is, in parts of the change that was asked for.
#[expect(clippy::cast_precision_loss, reason = "a rank needs no exactness")]
pub(super) fn distance(grid: &Grid, position: i64) -> f64 {
    let whole = grid.asked.abs_diff(grid.current.unwrap_or(0)).max(1);
    position.abs_diff(grid.asked) as f64 / whole as f64
}

fn gives_up(field: &Field, scale: &Scale, grid: &Grid, position: i64) -> String {
    let less = scale.value(i64::try_from(position.abs_diff(grid.asked)).unwrap_or(i64::MAX));
    let (amount, asked) = (less.render(), field.value.render());
    if let Some(current) = grid.current {
        let is_between = (current < position && position < grid.asked)
            || (grid.asked < position && position < current);
        if is_between {
            return format!(
                "goes from {} to {} instead of {asked}: {amount} of the change is left undone",
                scale.value(current).render(),
                scale.value(position).render()
            );
        }
    }
    if position < grid.asked {
        format!("{amount} less than the {asked} asked for")
    } else {
        format!("{amount} more than the {asked} asked for")
    }
}

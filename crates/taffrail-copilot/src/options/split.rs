//! The same in steps, each small enough.

use jiff::Timestamp;
use taffrail::Verdict;
use taffrail_actions::follow;
use taffrail_runtime::request::{Proposed, Request};
use taffrail_runtime::search::{Grid, Nearest};
use taffrail_runtime::{Decimal, Value, text};

use crate::advice::{ChoiceKind, Sentence};
use crate::options::Desk;
use crate::options::choice::Draft;
use crate::options::fields::{Field, Question};
use crate::options::path::Path;

/// How many steps are worth taking.
const STEPS: usize = 20;

/// Counts in a status that follow the number of replicas once a step is done.
const FOLLOWS: [&str; 4] = [
    "replicas",
    "readyReplicas",
    "availableReplicas",
    "updatedReplicas",
];

impl Desk<'_> {
    /// Returns the change of a number in steps, each of which would be executed, also after what the earlier ones spend. None where one step
    /// does, or where a budget counts all of them and does not let them through.
    pub(super) fn split(&mut self, question: &Question<'_>) -> Vec<Draft> {
        let [field] = question.fields.as_slice() else {
            // Several fields at once are no single way to go.
            return Vec::new();
        };
        match (&field.value, &field.current) {
            (Value::Number(to), Value::Number(from)) => match (from.to_i64(), to.to_i64()) {
                (Some(from), Some(to)) => self
                    .steps(question.asked, field, from, to)
                    .into_iter()
                    .collect(),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    fn steps(&mut self, asked: &Request, field: &Field, from: i64, to: i64) -> Option<Draft> {
        let mut position = from;
        let mut state = asked.clone();
        let mut due: Option<Timestamp> = None;
        let mut taken: Vec<(Option<Timestamp>, i64, Request)> = Vec::new();
        while position != to {
            if taken.len() >= STEPS {
                let what = format!("{} in steps", field.path);
                self.give_up(what, 0, "it would take more than 20 steps");
                return None;
            }
            let Some(next) = self.farthest(&state, field, position, to) else {
                let at = self.refilled(asked, &mut state, to, field);
                if at.is_none() || due.is_some_and(|due| Some(due) >= at) {
                    self.sees_through(&state, field, to, taken.len());
                    return None;
                }
                due = at;
                continue;
            };
            let step = at_number(&state, &field.path, next)?;
            state = self.after(&step, position, next);
            taken.push((due, next, step));
            position = next;
        }
        (taken.len() > 1).then(|| draft(asked, field, from, taken))
    }

    /// Returns the farthest number on the way that would be executed as the next step.
    fn farthest(&self, state: &Request, field: &Field, from: i64, to: i64) -> Option<i64> {
        let at = |position| at_number(state, &field.path, position).unwrap_or_default();
        if self.is_granted(&at(to), Verdict::Execute) {
            return Some(to);
        }
        let grid = Grid {
            first: from.min(to),
            last: from.max(to),
            asked: to,
            current: Some(from),
        };
        match self
            .program
            .nearest(&grid, Verdict::Execute, self.limits.looks, at)
        {
            Nearest::Found { at: found, .. } if self.goal.allows(&at(found)) => Some(found),
            Nearest::Found { .. } | Nearest::None { .. } | Nearest::GivenUp { .. } => None,
        }
    }

    /// Lets the windows of the budgets that stand against the next step pass, and returns when they have.
    fn refilled(
        &self,
        asked: &Request,
        state: &mut Request,
        to: i64,
        field: &Field,
    ) -> Option<Timestamp> {
        let (Value::Time(began), Value::Time(now)) = (&asked.now, &state.now) else {
            return None;
        };
        let next = at_number(state, &field.path, to)?;
        let windows = self.exhausted(&next);
        let longest = windows.iter().map(|(_, per)| *per).max()?;
        let at = now.checked_add(longest).ok()?;
        if at.duration_since(*began) > self.limits.horizon {
            return None;
        }
        *state = self.later(state, *now, at);
        Some(at)
    }

    /// Returns the state that the next step meets: the object as this one leaves it, the budgets as it has spent from them.
    fn after(&self, step: &Request, before: i64, now: i64) -> Request {
        let mut object = step.outcome().into_owned();
        for count in FOLLOWS {
            let path = Path::parse(&format!("status.{count}"));
            let old = path.of(&step.current).cloned();
            if old == Some(number(before))
                && let Some(after) = path.set(&object, number(now))
            {
                object = after;
            }
        }
        let mut state = step.clone();
        state.usage = self.program.usage_after(step);
        state.current = object;
        follow(step, &mut state);
        state
    }

    /// Says which budgets count the steps together.
    fn sees_through(&mut self, state: &Request, field: &Field, to: i64, taken: usize) {
        let Some(next) = at_number(state, &field.path, to) else {
            return;
        };
        for (rule, per) in self.exhausted(&next) {
            let text = format!(
                "in steps it is no better: after {taken} of them `{rule}` counts all within {} and lets no further one through",
                text::duration(per)
            );
            let origin = self
                .program
                .data()
                .rules
                .iter()
                .find(|own| own.name == rule)
                .map(|own| own.origin);
            let place = origin.map_or_else(String::new, |origin| {
                let file = self.program.data().files.get(origin.file as usize);
                format!("{}:{}", file.map_or("", String::as_str), origin.line)
            });
            let sentence = Sentence { text, rule, place };
            if !self.refused.contains(&sentence) {
                self.refused.push(sentence);
            }
        }
    }
}

fn number(number: i64) -> Value {
    Value::Number(Decimal::from(number))
}

/// Returns the step from the state as it is to another number.
fn at_number(state: &Request, path: &Path, position: i64) -> Option<Request> {
    let from = match &state.current {
        current @ Value::Map(_) => current.clone(),
        _ => return None,
    };
    let mut step = state.clone();
    step.proposed = Proposed::Given(path.set(&from, number(position))?);
    follow(state, &mut step);
    Some(step)
}

#[expect(clippy::cast_precision_loss, reason = "a rank needs no exactness")]
fn draft(
    asked: &Request,
    field: &Field,
    from: i64,
    taken: Vec<(Option<Timestamp>, i64, Request)>,
) -> Draft {
    let way: Vec<String> = std::iter::once(from)
        .chain(taken.iter().map(|(_, to, _)| *to))
        .map(|number| number.to_string())
        .collect();
    let title = format!(
        "{} in {} steps: {}",
        field.path,
        taken.len(),
        way.join(" → ")
    );
    let last = taken.iter().filter_map(|(due, _, _)| *due).max();
    let waits = match (&asked.now, last) {
        (Value::Time(now), Some(last)) => Some(last.duration_since(*now)),
        _ => None,
    };
    let days = waits.map_or(0.0, |waits| waits.as_secs_f64() / 86_400.0);
    let mut draft = Draft::new(
        ChoiceKind::Split,
        title,
        0.05 * taken.len() as f64 + days / 2.0,
    )
    .giving_up("each step is decided anew when its turn comes: leave time after each to see harm");
    if let Some(waits) = waits {
        draft = draft.giving_up(format!(
            "the last step is due after {}",
            text::duration(waits)
        ));
    }
    for (due, _, request) in taken {
        draft = draft.step(due, request);
    }
    draft
}

//! Waiting: the earliest instant at which the action as asked gets a milder verdict.

use jiff::{SignedDuration, Timestamp};
use taffrail::Verdict;
use taffrail_runtime::program::RuleBody;
use taffrail_runtime::request::Request;
use taffrail_runtime::{Decimal, Value, text};

use crate::advice::ChoiceKind;
use crate::options::Desk;
use crate::options::choice::Draft;

/// How many instants are looked at.
const INSTANTS: u32 = 200;

impl Desk<'_> {
    /// Returns the action at the earliest instant with each milder verdict, within the horizon.
    pub(super) fn wait(&mut self, asked: &Request, verdict: Verdict) -> Vec<Draft> {
        let Value::Time(now) = asked.now else {
            return Vec::new();
        };
        let mut found = Vec::new();
        let mut sought = verdict;
        let mut at = now;
        for look in 0..INSTANTS {
            let Some(next) = self.next_instant(asked, now, at) else {
                return found;
            };
            if next <= at {
                self.give_up(
                    "waiting",
                    look,
                    "a rule uses the time in a way whose next change cannot be told",
                );
                return found;
            }
            at = next;
            if at.duration_since(now) > self.limits.horizon {
                return found;
            }
            let request = self.later(asked, now, at);
            let verdict = self.program.decide(&request).verdict();
            if verdict < sought {
                sought = verdict;
                found.push(draft(now, at, request));
                if verdict == Verdict::Execute {
                    return found;
                }
            }
        }
        self.give_up(
            "waiting",
            INSTANTS,
            "there are more instants at which something changes than were looked at",
        );
        found
    }

    /// Returns the next instant at which time alone may change the verdict: what a rule says of the time, or a budget's window that has passed.
    fn next_instant(&self, asked: &Request, now: Timestamp, at: Timestamp) -> Option<Timestamp> {
        let request = self.later(asked, now, at);
        let by_rule = self.program.decide(&request).next_change();
        let windows = self
            .exhausted(asked)
            .into_iter()
            .filter_map(|(_, per)| now.checked_add(per).ok())
            .filter(|refilled| *refilled > at);
        by_rule.into_iter().chain(windows).min()
    }

    /// Returns the budgets that stand against the action, with their windows.
    pub(super) fn exhausted(&self, request: &Request) -> Vec<(String, SignedDuration)> {
        let decision = self.program.decide(request);
        let rules = &self.program.data().rules;
        decision
            .reasons()
            .iter()
            .filter(|reason| reason.kind == "budget" && !reason.is_unknown)
            .filter_map(|reason| {
                let rule = rules.iter().find(|rule| rule.name == reason.rule)?;
                match rule.body {
                    RuleBody::Budget { per, .. } => Some((rule.name.clone(), per)),
                    _ => None,
                }
            })
            .collect()
    }

    /// Returns the action at a later instant: readings are taken anew and read the same, windows of budgets roll on and nothing else spends.
    pub(super) fn later(&self, asked: &Request, now: Timestamp, at: Timestamp) -> Request {
        let mut request = asked.clone();
        request.now = Value::Time(at);
        let passed = at.duration_since(now);
        for (_, reading) in &mut request.signals {
            reading.observed = reading
                .observed
                .and_then(|observed| observed.checked_add(passed).ok());
        }
        for usage in &mut request.usage {
            let rules = &self.program.data().rules;
            let rule = rules.iter().find(|rule| rule.name == usage.budget);
            let window = rule.and_then(|rule| match rule.body {
                RuleBody::Budget { per, .. } => Some(per),
                _ => None,
            });
            // What is not known to have been spent is not known to have been given back either.
            if usage.used.is_some() && window.is_some_and(|per| passed >= per) {
                usage.used = Some(Decimal::ZERO);
            }
        }
        request
    }
}

/// A day later is about as far from what was asked as half of it.
fn draft(now: Timestamp, at: Timestamp, request: Request) -> Draft {
    let passed = at.duration_since(now);
    let days = passed.as_secs_f64() / 86_400.0;
    Draft::new(
        ChoiceKind::Wait,
        format!("as asked, from {} on", text::time(at)),
        0.1 + days / 2.0,
    )
    .giving_up(format!("waits {}", text::duration(passed)))
    .giving_up(
        "holds if readings are then as they are now and nothing else spends from the budgets",
    )
    .step(Some(at), request)
}

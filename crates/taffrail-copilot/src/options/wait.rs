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
        let refilled: Vec<Timestamp> = self
            .exhausted(asked)
            .into_iter()
            .filter_map(|(_, per)| now.checked_add(per).ok())
            .collect();
        let mut found = Vec::new();
        let mut sought = verdict;
        let (mut at, mut request) = (now, asked.clone());
        for look in 0..INSTANTS {
            let decision = self.program.decide(&request);
            let is_milder = decision.verdict() < sought;
            let next = decision.next_change().into_iter();
            let next = next.chain(refilled.iter().copied().filter(|refilled| *refilled > at));
            let next = next.min();
            if is_milder {
                sought = decision.verdict();
                found.push(draft(now, at, request.clone()));
            }
            match next {
                _ if sought == Verdict::Execute => return found,
                None => return found,
                Some(next) if next.duration_since(now) > self.limits.horizon => return found,
                Some(next) if next <= at => {
                    self.give_up(
                        "waiting",
                        look,
                        "a rule uses the time in a way whose next change cannot be told",
                    );
                    return found;
                }
                Some(next) => at = next,
            }
            self.move_to(&mut request, asked, now, at);
        }
        self.give_up(
            "waiting",
            INSTANTS,
            "there are more instants at which something changes than were looked at",
        );
        found
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

    /// Returns the action at a later instant.
    pub(super) fn later(&self, asked: &Request, now: Timestamp, at: Timestamp) -> Request {
        let mut request = asked.clone();
        self.move_to(&mut request, asked, now, at);
        request
    }

    /// Makes of an action the one at a later instant: readings are taken anew and read the same, windows of budgets roll on and nothing else
    /// spends.
    fn move_to(&self, request: &mut Request, asked: &Request, now: Timestamp, at: Timestamp) {
        request.now = Value::Time(at);
        let passed = at.duration_since(now);
        for ((_, reading), (_, before)) in request.signals.iter_mut().zip(&asked.signals) {
            reading.observed = before
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

//! Deciding: the verdict on what was observed, and from it the request that would be sent.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use taffrail::{Gate, Report, Value, Verdict};
use taffrail_actions::{Action, document_of, without_secrets};
use taffrail_ledger::{Bound, Outcome, Stage};
use taffrail_runtime::Counts;

use super::Run;
use super::collect::Observed;
use crate::call::unmarked;
use crate::change::{Change, own};
use crate::error::AgentError;
use crate::undo::Undo;
use crate::work::{Planned, digest};

/// What may go on to be executed.
pub(super) struct Decided {
    pub(super) counts: Counts,
    /// What an approval must be bound to.
    pub(super) bound: Bound,
    /// Whether it runs because people have agreed.
    pub(super) is_released: bool,
}

impl Run<'_> {
    /// Decides, records it, and returns what may go on; `None` when people are asked or it has ended.
    pub(super) async fn decide(
        &mut self,
        change: &Change,
        observed: &Observed,
    ) -> Result<Option<Decided>, AgentError> {
        let decision = observed.policies.decide(&observed.request);
        let report = decision.report();
        let (verdict, gate) = (decision.verdict(), decision.gate());
        let counts = decision.counts();
        let bound = self.bound(observed);
        drop(decision);
        self.work.plan = self.plan(change, observed);
        if let Some(plan) = &mut self.work.plan {
            plan.severity = observed.severity;
        }
        self.work.breakers = breakers(&counts);
        let action = without_secrets(document_of(&Action::Single(Box::new(
            observed.request.clone(),
        ))));
        let mut body = json!({ "action": action, "decision": report, "round": self.work.rounds });
        if self.agent.shadow
            && let Some(body) = body.as_object_mut()
        {
            body.insert("shadow".to_owned(), true.into());
        }
        self.advance(Stage::Decided, body).await?;
        self.work.reason = reason(&report);
        if self.agent.shadow {
            let reason = format!("shadow: {verdict}, and nothing was executed");
            self.end(Stage::Closed, Outcome::NotRun, &reason).await?;
            return Ok(None);
        }
        let is_released = verdict != Verdict::Execute && self.released(&gate, &bound).await?;
        if verdict != Verdict::Execute && !is_released {
            self.ask(verdict, &gate, &report, bound).await?;
            return Ok(None);
        }
        if self.work.plan.is_none() {
            let reason = "the live object could not be observed, and nothing is changed unseen";
            self.fail(reason).await?;
            return Ok(None);
        }
        Ok(Some(Decided {
            counts,
            bound,
            is_released,
        }))
    }

    /// Returns what would be sent; `None` when the object could not be observed.
    fn plan(&self, change: &Change, observed: &Observed) -> Option<Planned> {
        let path = observed.path.clone()?;
        let live = observed.live.clone()?;
        let outcome = observed.request.outcome();
        let after = match (change, &*outcome) {
            (Change::Delete | Change::Evict, _) => None,
            (_, Value::Map(_)) => Some(unmarked(outcome.to_json())),
            _ => None,
        };
        let call = match (change, &live, &after) {
            (Change::Verb, Some(live), Some(after)) => {
                Change::to_outcome(live, after).call(&self.work.target, &path, Some(live), &self.id)
            }
            _ => change.call(&self.work.target, &path, live.as_ref(), &self.id),
        };
        Some(Planned {
            undo: Undo::of(live.as_ref(), after.as_ref()),
            path,
            call,
            before: live,
            after,
            severity: 0,
            veiled: false,
        })
    }

    /// Returns what people agree to: what is asked, by which policies, on which state of the object. Its state is what requests set;
    /// what controllers report of it changes by itself all the time.
    fn bound(&self, observed: &Observed) -> Bound {
        let version = match &observed.live {
            None => "not known".to_owned(),
            Some(None) => "none".to_owned(),
            Some(Some(live)) => {
                let uid = live.pointer("/metadata/uid").cloned().unwrap_or_default();
                digest(&json!({ "uid": uid, "object": own(live) }))
            }
        };
        Bound {
            action: self.work.digest.clone(),
            policies: observed.policies.digest().to_owned(),
            objects: BTreeMap::from([(self.work.target.to_string(), version)]),
        }
    }
}

/// Returns the breakers that count an action, as the ledger's work keeps them.
fn breakers(counts: &Counts) -> Vec<(String, Json, u64)> {
    let known = counts.breakers.iter().filter_map(|count| {
        let key = serde_json::to_value(count.key.as_ref().ok()?).ok()?;
        let hold = u64::try_from(count.hold.as_secs()).unwrap_or_default();
        Some((count.breaker.clone(), key, hold))
    });
    known.collect()
}

/// Returns the reasons of a decision in one line.
pub(super) fn reason(report: &Report) -> String {
    let deciding = report.contributions.iter().filter(|contribution| {
        contribution.verdict == report.verdict && contribution.verdict != Verdict::Execute
    });
    let reasons: Vec<String> = deciding
        .map(|contribution| {
            if contribution.because.is_empty() {
                contribution.rule.clone()
            } else {
                format!("{}: {}", contribution.rule, contribution.because)
            }
        })
        .collect();
    if reasons.is_empty() {
        format!("{}, risk {}", report.verdict, report.risk.points())
    } else {
        format!("{}: {}", report.verdict, reasons.join("; "))
    }
}

/// Tells whether everybody whom a gate wants is among those whom people were asked for.
pub(super) fn covers(asked: &[taffrail_runtime::decision::Team], gate: &Gate) -> bool {
    gate.releasable
        && gate.needs.iter().all(|need| {
            let same = asked.iter().find(|team| team.team == need.team);
            same.is_some_and(|team| team.count >= need.count)
        })
}

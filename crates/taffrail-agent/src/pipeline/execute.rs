//! Executing: the request is recorded, then sent. Where no answer comes, the cluster tells whether it came through; it is never sent
//! twice without that.

use serde_json::{Value as Json, json};
use taffrail_ledger::{LedgerError, Stage};

use super::decide::Decided;
use super::rehearse::is_overtaken;
use super::{Next, Run};
use crate::call::mark;
use crate::error::AgentError;
use crate::work::Planned;

/// Whether a request that may have been sent has been carried out.
enum Trace {
    /// It has, and this is the object; `None` when it is gone.
    Done(Option<Json>),
    /// It has not, and may be sent: the object is as it was.
    NotYet,
    /// It has not, and never will: the object is another now.
    Never,
    /// Nobody can tell.
    Unclear(String),
}

impl Run<'_> {
    /// Uses the approval, begins to count, records the request, and sends it.
    pub(super) async fn execute(&mut self, decided: &Decided) -> Result<Next, AgentError> {
        if decided.is_released && !self.redeem(&decided.bound).await? {
            return Ok(Next::Again);
        }
        let id = self.id.clone();
        let begun = self.agent.store.run(move |ledger| {
            match ledger.begin_run(&id) {
                // Paused, or the takes were handed back meanwhile.
                Err(LedgerError::Refused { reason }) => Ok(Err(reason)),
                Err(LedgerError::Conflict { found, .. }) => Ok(Err(found)),
                other => other.map(Ok),
            }
        });
        if let Err(reason) = begun.await? {
            self.work.reason = reason;
            return Ok(match self.paused().await? {
                Some(_) => Next::Rest,
                None => Next::Again,
            });
        }
        let Some(plan) = &self.work.plan else {
            return self.fail("nothing was planned").await;
        };
        let body = json!({ "request": self.work.told(&plan.call), "way_back": self.work.told_undo(&plan.undo) });
        self.advance(Stage::Executing, body).await?;
        self.send().await
    }

    /// Sends the request until it is clear what became of it.
    async fn send(&mut self) -> Result<Next, AgentError> {
        let Some(plan) = self.work.plan.clone() else {
            return self.fail("nothing was planned").await;
        };
        let mut tries = 0;
        let mut lost = false;
        loop {
            tries += 1;
            self.hold().await?;
            let mut wait = None;
            match self.agent.cluster.send(&plan.call).await {
                Ok(answer) if answer.is_success() => {
                    return self.executed(&answer.body, "answered").await;
                }
                Ok(answer) if answer.asks_to_wait() => wait = answer.retry_after,
                Ok(answer) if is_overtaken(&answer, plan.before.is_some()) => {
                    self.work.reason = answer.message();
                    // The one that overtook it may be its own request, sent before.
                    match self.trace(&plan).await? {
                        Trace::Done(live) => {
                            return self.executed(&live.unwrap_or_default(), "found").await;
                        }
                        Trace::NotYet | Trace::Never => return self.begin_again().await,
                        Trace::Unclear(reason) => return self.unclear(&reason).await,
                    }
                }
                Ok(answer) if !answer.leaves_open() => {
                    let reason = format!("the server refuses: {}", answer.message());
                    return self.fail(&reason).await;
                }
                Ok(_) | Err(_) => match self.trace(&plan).await? {
                    Trace::Done(live) => {
                        return self.executed(&live.unwrap_or_default(), "found").await;
                    }
                    Trace::NotYet => lost = true,
                    Trace::Never => return self.begin_again().await,
                    Trace::Unclear(reason) => return self.unclear(&reason).await,
                },
            }
            if tries >= self.agent.settings.tries {
                let reason = format!("the server did not carry it out in {tries} tries");
                // A request that was lost on the way may still arrive.
                return if lost {
                    self.unclear(&reason).await
                } else {
                    self.fail(&reason).await
                };
            }
            tokio::time::sleep(self.agent.cluster.pause(tries, wait)).await;
            if let Some(reason) = self.paused().await? {
                self.work.reason = reason;
                return Ok(Next::Rest);
            }
        }
    }

    /// Goes on with an action of which only the ledger tells that its request may have been sent.
    pub(super) async fn find_out(&mut self) -> Result<Next, AgentError> {
        let Some(plan) = self.work.plan.clone() else {
            return self.fail("nothing was planned").await;
        };
        match self.trace(&plan).await? {
            Trace::Done(live) => self.executed(&live.unwrap_or_default(), "found").await,
            // What was observed is still so, but the facts around it may not be: it is decided again.
            Trace::NotYet | Trace::Never => self.begin_again().await,
            Trace::Unclear(reason) => self.unclear(&reason).await,
        }
    }

    /// Nothing has happened; what the cluster is like now is decided on.
    async fn begin_again(&mut self) -> Result<Next, AgentError> {
        let body = json!({ "again": self.work.reason });
        self.advance(Stage::Collected, body).await?;
        Ok(Next::Again)
    }

    pub(super) async fn executed(&mut self, object: &Json, how: &str) -> Result<Next, AgentError> {
        let part = |name: &str| object.pointer(&format!("/metadata/{name}")).cloned();
        let body = json!({ "how": how, "uid": part("uid"), "version": part("resourceVersion") });
        self.advance(Stage::Executed, body).await?;
        Ok(Next::On)
    }

    /// Leaves it to whoever looks next, or to people when they must.
    async fn unclear(&mut self, reason: &str) -> Result<Next, AgentError> {
        reason.clone_into(&mut self.work.reason);
        Ok(Next::Rest)
    }

    /// Looks for the trace of a request that may have been sent.
    async fn trace(&self, plan: &Planned) -> Result<Trace, AgentError> {
        let live = match self.agent.cluster.object(&plan.path).await {
            Ok(live) => live,
            Err(error) => {
                return Ok(Trace::Unclear(format!(
                    "whether it was executed cannot be seen: {error}"
                )));
            }
        };
        let part =
            |object: &Json, name: &str| object.pointer(&format!("/metadata/{name}")).cloned();
        let Some(before) = &plan.before else {
            return Ok(match live {
                None => Trace::NotYet,
                Some(live) if mark(&live) == Some(&self.id) => Trace::Done(Some(live)),
                Some(_) => Trace::Never,
            });
        };
        let Some(live) = live else {
            return Ok(if plan.after.is_none() {
                Trace::Done(None)
            } else {
                Trace::Never
            });
        };
        let is_same = part(&live, "uid") == part(before, "uid");
        if plan.after.is_none() {
            let is_going = part(&live, "deletionTimestamp").is_some()
                && part(before, "deletionTimestamp").is_none();
            return Ok(if !is_same || is_going {
                Trace::Done(Some(live))
            } else if part(&live, "resourceVersion") == part(before, "resourceVersion") {
                Trace::NotYet
            } else {
                Trace::Never
            });
        }
        if mark(&live) == Some(&self.id) {
            return Ok(Trace::Done(Some(live)));
        }
        if part(&live, "resourceVersion") == part(before, "resourceVersion") {
            return Ok(Trace::NotYet);
        }
        if self.is_under(mark(&live), mark(before)).await? {
            return Ok(Trace::Done(Some(live)));
        }
        Ok(Trace::Never)
    }

    /// Tells whether this action wrote before the one that wrote last: each knows whose object it found.
    async fn is_under(&self, last: Option<&str>, first: Option<&str>) -> Result<bool, AgentError> {
        let mut found = last.map(str::to_owned);
        for _ in 0..self.agent.settings.rounds {
            let Some(id) = found else { return Ok(false) };
            if id == self.id {
                return Ok(true);
            }
            if Some(id.as_str()) == first {
                return Ok(false);
            }
            let of = id.trim_end_matches("/undo").to_owned();
            let record = self
                .agent
                .store
                .run(move |ledger| ledger.action(&of))
                .await?;
            let before = record.and_then(|record| {
                record
                    .document
                    .pointer("/plan/before")
                    .and_then(mark)
                    .map(str::to_owned)
            });
            found = before;
        }
        Ok(false)
    }
}

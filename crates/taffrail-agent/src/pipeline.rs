//! The way of an action, stage by stage; a file a stage.
//!
//! Until the request is sent, whoever takes an action up begins again with what the cluster is like now. From [`Stage::Executing`] on it is
//! first found out what has happened.

mod collect;
mod decide;
mod execute;
mod people;
mod rehearse;
mod reserve;
mod rollback;
mod severity;
mod verify;

use serde_json::{Value as Json, json};
use taffrail_ledger::{LedgerError, Outcome, Stage, Step};

use crate::agent::Inner;
use crate::call::mark;
use crate::change::Change;
use crate::error::AgentError;
use crate::event::{Ended, Event, Moment};
use crate::work::Work;

/// An action while an agent is at work on it.
pub(crate) struct Run<'a> {
    agent: &'a Inner,
    id: String,
    work: Work,
    stage: Stage,
}

/// How it goes on after a stage.
enum Next {
    /// With the stage that the action is in now.
    On,
    /// It begins again with what the cluster is like now.
    Again,
    /// The agent puts it down.
    Rest,
}

impl<'a> Run<'a> {
    pub(crate) fn new(agent: &'a Inner, id: String, work: Work, stage: Stage) -> Self {
        Self {
            agent,
            id,
            work,
            stage,
        }
    }

    /// Brings the action as far as it comes.
    pub(crate) async fn drive(mut self) -> Result<Ended, AgentError> {
        while !self.stage.is_final() {
            let next = match self.stage {
                Stage::Received
                | Stage::Collected
                | Stage::Decided
                | Stage::Approved
                | Stage::Reserved
                | Stage::Rehearsed => self.attempt().await?,
                Stage::Proposed | Stage::Escalated => self.ask_again().await?,
                Stage::Executing => self.find_out().await?,
                Stage::Executed => self.verify().await?,
                Stage::Verified => self.close().await?,
                Stage::RollingBack => self.take_back().await?,
                Stage::Closed
                | Stage::RolledBack
                | Stage::Rejected
                | Stage::Expired
                | Stage::Failed
                | Stage::Stuck => Next::Rest,
            };
            if let Next::Rest = next {
                break;
            }
        }
        if !self.stage.is_final() {
            let (id, holder) = (self.id.clone(), self.agent.name.clone());
            self.agent
                .store
                .run(move |ledger| ledger.release(&id, &holder))
                .await?;
        }
        Ok(self.ended())
    }

    pub(crate) fn ended(&self) -> Ended {
        Ended {
            id: self.id.clone(),
            stage: self.stage,
            reason: self.work.reason.clone(),
            proposal: self.work.proposal.clone(),
        }
    }

    /// Goes from observing to the request that is sent.
    async fn attempt(&mut self) -> Result<Next, AgentError> {
        if self.work.withheld {
            let reason = "the values of a Secret are not kept: hand the action over again";
            return self.fail(reason).await;
        }
        if self.work.rounds >= self.agent.settings.rounds {
            let reason = format!(
                "its object kept changing: it was decided {} times",
                self.work.rounds
            );
            return self.fail(&reason).await;
        }
        let change = Change::of(&self.work.asked)?;
        if self.work.rounds > 0 {
            // However often somebody looks while all execution is paused, it does not count as a round.
            if let Some(reason) = self.paused().await? {
                self.work.reason = reason;
                return Ok(Next::Rest);
            }
            self.hold().await?;
            tokio::time::sleep(self.agent.cluster.pause(self.work.rounds, None)).await;
        }
        self.work.rounds += 1;
        let mut stored = None;
        // What the server would store is decided on once more when it differs; the second time it is what was decided on.
        for _ in 0..2 {
            let observed = self.collect(&change, stored.take()).await?;
            if let Some(Some(live)) = &observed.live
                && mark(live) == Some(&self.id)
                && self.work.plan.is_some()
            {
                // A request that was given up has arrived after all.
                return self.executed(live, "found").await;
            }
            if let Some(Some(_)) = &observed.live
                && matches!(change, Change::Create(_))
            {
                let reason = format!("{} is there already", self.work.target);
                return self.fail(&reason).await;
            }
            let Some(decided) = self.decide(&change, &observed).await? else {
                return Ok(Next::On);
            };
            match self.reserve(&decided).await? {
                Next::On => {}
                other => return Ok(other),
            }
            match self.rehearse().await? {
                rehearse::Rehearsed::Alike => return self.execute(&decided).await,
                rehearse::Rehearsed::Otherwise(object) => stored = Some(object),
                rehearse::Rehearsed::Ended(next) => return Ok(next),
            }
        }
        self.fail("the server would store something else each time")
            .await
    }

    /// Ends an action that surely changed nothing.
    async fn fail(&mut self, reason: &str) -> Result<Next, AgentError> {
        self.end(Stage::Failed, Outcome::NotRun, reason).await
    }

    /// Settles an action and ends it.
    async fn end(
        &mut self,
        stage: Stage,
        outcome: Outcome,
        reason: &str,
    ) -> Result<Next, AgentError> {
        let id = self.id.clone();
        self.agent
            .store
            .run(move |ledger| match ledger.settle(&id, outcome) {
                // An operator takes back what had succeeded: it counted when it ended, and counts once.
                Err(LedgerError::Conflict { .. }) => Ok(()),
                other => other,
            })
            .await?;
        reason.clone_into(&mut self.work.reason);
        self.advance(stage, json!({ "reason": reason })).await?;
        Ok(Next::On)
    }

    async fn close(&mut self) -> Result<Next, AgentError> {
        let reason = self.work.reason.clone();
        self.end(Stage::Closed, Outcome::Succeeded, &reason).await
    }

    /// Brings the action to a stage and records it, in one.
    async fn advance(&mut self, to: Stage, body: Json) -> Result<(), AgentError> {
        self.tell(to, Moment::Done);
        let (id, holder) = (self.id.clone(), self.agent.name.clone());
        let (from, document, lease) = (self.stage, self.work.kept(), self.agent.lease());
        self.agent
            .store
            .run(move |ledger| {
                let step = Step {
                    id: &id,
                    holder: &holder,
                    from,
                    to,
                    document: Some(&document),
                    body: body.clone(),
                };
                ledger.advance(&step, lease)
            })
            .await?;
        self.stage = to;
        self.tell(to, Moment::Recorded);
        Ok(())
    }

    /// Holds the action for longer.
    async fn hold(&self) -> Result<(), AgentError> {
        let (id, holder, lease) = (self.id.clone(), self.agent.name.clone(), self.agent.lease());
        self.agent
            .store
            .run(move |ledger| ledger.hold(&id, &holder, lease))
            .await
    }

    /// Returns why nothing may be executed now, if so.
    async fn paused(&self) -> Result<Option<String>, AgentError> {
        let pause = self
            .agent
            .store
            .run(taffrail_ledger::Ledger::paused)
            .await?;
        Ok(pause.map(|pause| format!("all execution is paused by {}: {}", pause.by, pause.reason)))
    }

    fn tell(&self, stage: Stage, moment: Moment) {
        self.agent.tell(Event {
            action: self.id.clone(),
            stage,
            moment,
            at: (self.agent.clock)(),
        });
    }
}

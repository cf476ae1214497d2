//! Rolling back: what the action changed is put back, unless somebody else has changed it since. Then people must look.

use serde_json::json;
use taffrail_ledger::{Key, Ledger, Outcome, Stage};

use super::verify::later;
use super::{Next, Run};
use crate::error::AgentError;
use crate::verify::{Progress, progress};
use crate::work::Planned;

impl Run<'_> {
    /// Begins to take an executed action back.
    pub(crate) async fn begin_rollback(&mut self, reason: &str) -> Result<(), AgentError> {
        reason.clone_into(&mut self.work.reason);
        self.advance(Stage::RollingBack, json!({ "reason": reason }))
            .await
    }

    /// Takes the action back.
    pub(super) async fn take_back(&mut self) -> Result<Next, AgentError> {
        let Some(plan) = self.work.plan.clone() else {
            return self.stuck("nothing was planned").await;
        };
        let why = self.work.reason.clone();
        if let Some(reason) = plan.undo.missing() {
            return self
                .stuck(&format!("{why}; there is no way back: {reason}"))
                .await;
        }
        let mut said = String::new();
        for tries in 0..self.agent.settings.tries.max(1) {
            if tries > 0 {
                tokio::time::sleep(self.agent.cluster.pause(tries, None)).await;
            }
            if let Some(reason) = self.paused().await? {
                self.work.reason = reason;
                return Ok(Next::Rest);
            }
            self.hold().await?;
            let live = match self.agent.cluster.object(&plan.path).await {
                Ok(live) => live,
                Err(error) => {
                    said = error.to_string();
                    continue;
                }
            };
            let call = match plan.undo.call(&plan.path, live.as_ref(), &self.id) {
                Ok(Some(call)) => call,
                Ok(None) => return self.rolled_back(&plan, &why).await,
                Err(overtaken) => {
                    return self
                        .stuck(&format!("{why}; it cannot be taken back: {overtaken}"))
                        .await;
                }
            };
            match self.agent.cluster.send(&call).await {
                Ok(answer) if answer.is_success() => return self.rolled_back(&plan, &why).await,
                // What is there now is looked at again.
                Ok(answer) => said = answer.message(),
                Err(lost) => said = lost.to_string(),
            }
        }
        self.stuck(&format!("{why}; it could not be taken back: {said}"))
            .await
    }

    /// Watches whether what was put back has its effect, and ends the action.
    async fn rolled_back(&mut self, plan: &Planned, why: &str) -> Result<Next, AgentError> {
        let settings = &self.agent.settings.verify;
        let deadline = later((self.agent.clock)(), settings.deadline);
        let every = settings.every;
        loop {
            self.hold().await?;
            let seen = match self.agent.cluster.object(&plan.path).await {
                Ok(live) => progress(plan.after.as_ref(), live.as_ref(), plan.before.as_ref()),
                Err(error) => Progress::Unknown(error.to_string()),
            };
            match seen {
                Progress::Done => {
                    let reason = format!("taken back: {why}");
                    return self.end(Stage::RolledBack, Outcome::Failed, &reason).await;
                }
                Progress::Failed(reason) => {
                    return self
                        .stuck(&format!("{why}; taken back, and still: {reason}"))
                        .await;
                }
                Progress::Waiting(reason) | Progress::Unknown(reason)
                    if (self.agent.clock)() >= deadline =>
                {
                    return self
                        .stuck(&format!(
                            "{why}; taken back, and not there in time: {reason}"
                        ))
                        .await;
                }
                Progress::Waiting(_) | Progress::Unknown(_) => tokio::time::sleep(every).await,
            }
        }
    }

    /// Ends an action that people must look after: its breakers open at once.
    async fn stuck(&mut self, reason: &str) -> Result<Next, AgentError> {
        let (breakers, by) = (self.work.breakers.clone(), self.agent.name.clone());
        self.agent
            .store
            .run(move |ledger: &Ledger| {
                for (name, key, hold) in &breakers {
                    let key = Key(serde_json::from_value(key.clone())?);
                    let hold =
                        jiff::SignedDuration::from_secs(i64::try_from(*hold).unwrap_or(i64::MAX));
                    ledger.trip(name, &key, hold, &by)?;
                }
                Ok(())
            })
            .await?;
        self.end(Stage::Stuck, Outcome::Failed, reason).await
    }
}

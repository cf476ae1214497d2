//! Verifying: watches until the effect is there and has stayed, or until its time is over. What cannot be seen is no success.

use jiff::Timestamp;
use serde_json::{Value as Json, json};
use taffrail_ledger::Stage;

use super::{Next, Run};
use crate::error::AgentError;
use crate::verify::{Progress, progress};
use crate::work::{Planned, veiled};

/// What one look shows.
struct Look {
    progress: Progress,
    severity: u32,
    told: Json,
}

impl Run<'_> {
    /// Watches the object and the signals.
    pub(super) async fn verify(&mut self) -> Result<Next, AgentError> {
        let Some(plan) = self.work.plan.clone() else {
            return self.fail("nothing was planned").await;
        };
        let settings = &self.agent.settings.verify;
        let began = (self.agent.clock)();
        let deadline = later(began, settings.deadline);
        let mut steady_since: Option<Timestamp> = None;
        let (soak, every) = (settings.soak, settings.every);
        loop {
            self.hold().await?;
            let look = self.look(&plan).await?;
            let now = (self.agent.clock)();
            let is_worse = look.severity > plan.severity;
            match look.progress {
                Progress::Failed(reason) => return self.undo_because(&reason, look.told).await,
                Progress::Done if !is_worse => {
                    let since = *steady_since.get_or_insert(now);
                    if now >= later(since, soak) {
                        self.work.reason = "it had the effect that it should".to_owned();
                        let body = json!({ "severity_before": plan.severity, "severity_after": look.severity, "seen": look.told });
                        self.advance(Stage::Verified, body).await?;
                        return Ok(Next::On);
                    }
                }
                // It was there, and made things worse while it was watched.
                Progress::Done if steady_since.is_some() => {
                    let reason =
                        format!("severity rose from {} to {}", plan.severity, look.severity);
                    return self.undo_because(&reason, look.told).await;
                }
                Progress::Done => {
                    if now >= deadline {
                        let reason =
                            format!("severity rose from {} to {}", plan.severity, look.severity);
                        return self.undo_because(&reason, look.told).await;
                    }
                }
                Progress::Waiting(reason) | Progress::Unknown(reason) => {
                    steady_since = None;
                    if now >= deadline {
                        let reason = format!("not there in time: {reason}");
                        return self.undo_because(&reason, look.told).await;
                    }
                }
            }
            tokio::time::sleep(every).await;
        }
    }

    /// Looks once.
    async fn look(&self, plan: &Planned) -> Result<Look, AgentError> {
        let progress = match self.agent.cluster.object(&plan.path).await {
            Ok(live) => {
                // What the ledger gave back has digests for values; they are compared with digests.
                let live = live.map(|live| if plan.veiled { veiled(live) } else { live });
                progress(plan.before.as_ref(), live.as_ref(), plan.after.as_ref())
            }
            Err(error) => Progress::Unknown(error.to_string()),
        };
        let (severity, signals) = self.severity(true).await;
        Ok(Look {
            told: json!({ "object": progress.to_string(), "signals": signals }),
            progress,
            severity,
        })
    }

    async fn undo_because(&mut self, reason: &str, seen: Json) -> Result<Next, AgentError> {
        self.work.reason = reason.to_owned();
        self.advance(
            Stage::RollingBack,
            json!({ "reason": reason, "seen": seen }),
        )
        .await?;
        Ok(Next::On)
    }
}

pub(super) fn later(time: Timestamp, span: std::time::Duration) -> Timestamp {
    time.checked_add(crate::agent::signed(span))
        .unwrap_or(Timestamp::MAX)
}

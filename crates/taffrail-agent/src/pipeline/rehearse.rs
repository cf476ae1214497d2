//! Rehearsing: the same request as a dry run. What the server would store is compared with what was decided on.

use serde_json::{Value as Json, json};
use taffrail_ledger::Stage;

use super::collect::version_of;
use super::{Next, Run};
use crate::call::unmarked;
use crate::change::own;
use crate::cluster::Answer;
use crate::error::AgentError;
use crate::merge;

/// How a rehearsal ended.
pub(super) enum Rehearsed {
    /// The server would store what was decided on.
    Alike,
    /// The server would store this instead of the version named first; it must be decided on.
    Otherwise((Option<String>, Json)),
    /// The server refuses, or the object has changed.
    Ended(Next),
}

impl Run<'_> {
    /// Sends the request as a dry run.
    pub(super) async fn rehearse(&mut self) -> Result<Rehearsed, AgentError> {
        let Some(plan) = &self.work.plan else {
            return Ok(Rehearsed::Ended(self.fail("nothing was planned").await?));
        };
        let answer = match self.agent.cluster.read(&plan.call.rehearsal()).await {
            Ok(answer) => answer,
            Err(error) => {
                let reason = format!("the rehearsal got no answer: {error}");
                return Ok(Rehearsed::Ended(self.fail(&reason).await?));
            }
        };
        if is_overtaken(&answer, plan.before.is_some()) {
            self.work.reason = answer.message();
            return Ok(Rehearsed::Ended(Next::Again));
        }
        if !answer.is_success() {
            let reason = format!("the server refuses: {}", answer.message());
            return Ok(Rehearsed::Ended(self.fail(&reason).await?));
        }
        let differs = match &plan.after {
            Some(after) => {
                let stored = own(&answer.body);
                let decided = own(after);
                let patch = merge::between(&decided, &stored);
                (stored != decided).then_some((patch, unmarked(answer.body.clone())))
            }
            None => None,
        };
        if let Some((patch, stored)) = differs {
            let version = plan.before.as_ref().and_then(version_of);
            // The values of a Secret stay out of the log.
            let differs = if self.work.target.kind == "Secret" {
                Json::Null
            } else {
                patch
            };
            let body = json!({ "status": answer.status, "differs": differs });
            self.advance(Stage::Rehearsed, body).await?;
            return Ok(Rehearsed::Otherwise((version, stored)));
        }
        self.advance(Stage::Rehearsed, json!({ "status": answer.status }))
            .await?;
        Ok(Rehearsed::Alike)
    }
}

/// Tells whether an answer says that the object is no longer the one that was observed.
pub(super) fn is_overtaken(answer: &Answer, was_there: bool) -> bool {
    let causes = answer
        .body
        .pointer("/details/causes")
        .and_then(Json::as_array);
    // Fields that somebody else owns stay theirs, however often it is tried.
    let is_owned = causes.into_iter().flatten().any(|cause| {
        cause
            .get("reason")
            .is_some_and(|reason| reason == "FieldManagerConflict")
    });
    (answer.status == 409 && !is_owned) || (answer.status == 404 && was_there)
}

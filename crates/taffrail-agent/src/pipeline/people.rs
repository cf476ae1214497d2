//! Asking people: a proposal says exactly what will run, and an answer counts for that and nothing else.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};
use taffrail::{Gate, Report, Verdict};
use taffrail_actions::without_secrets;
use taffrail_ledger::{Bound, LedgerError, Outcome, Proposal, ProposalState, Redeemed, Stage};

use super::decide::covers;
use super::{Next, Run};
use crate::error::AgentError;

impl Run<'_> {
    /// Puts up a proposal, or ends the action when nothing releases it.
    pub(super) async fn ask(
        &mut self,
        verdict: Verdict,
        gate: &Gate,
        report: &Report,
        bound: Bound,
    ) -> Result<(), AgentError> {
        if !gate.releasable {
            let reason = format!("{}; nothing releases it", self.work.reason);
            self.advance(Stage::Escalated, json!({ "releasable": false }))
                .await?;
            self.end(Stage::Rejected, Outcome::NotRun, &reason).await?;
            return Ok(());
        }
        let stage = match verdict {
            Verdict::Escalate => Stage::Escalated,
            Verdict::Execute | Verdict::Propose => Stage::Proposed,
        };
        let id = self.put_up(gate, report, bound).await?;
        self.work.proposal = Some(id.clone());
        self.advance(stage, json!({ "proposal": id })).await
    }

    /// Puts up a proposal and returns its id; one for the same that an agent put up before it went away is taken over.
    async fn put_up(
        &mut self,
        gate: &Gate,
        report: &Report,
        bound: Bound,
    ) -> Result<String, AgentError> {
        loop {
            self.work.asked_people += 1;
            let id = format!("{}-{}", self.id, self.work.asked_people);
            let of = id.clone();
            let found = self
                .agent
                .store
                .run(move |ledger| match ledger.proposal(&of) {
                    Err(LedgerError::Missing { .. }) => Ok(None),
                    other => other.map(Some),
                });
            if let Some(found) = found.await? {
                let waits = matches!(
                    found.state,
                    ProposalState::Pending | ProposalState::Approved
                );
                if waits && found.proposal.bound == bound && found.proposal.needs == gate.needs {
                    return Ok(id);
                }
                continue;
            }
            let now = (self.agent.clock)();
            let expires = crate::agent::signed(self.agent.settings.approvals_expire);
            let proposal = Proposal {
                id: id.clone(),
                action: self.id.clone(),
                requester: self.requester(),
                rendering: self.rendering(report),
                bound,
                needs: gate.needs.clone(),
                nonce: nonce()?,
                expires: whole_seconds(now.checked_add(expires).unwrap_or(jiff::Timestamp::MAX)),
            };
            self.agent
                .store
                .run(move |ledger| ledger.propose(&proposal))
                .await?;
            return Ok(id);
        }
    }

    /// Looks whether people have answered.
    pub(super) async fn ask_again(&mut self) -> Result<Next, AgentError> {
        let Some(id) = self.work.proposal.clone() else {
            return self.fail("the ledger knows no proposal of it").await;
        };
        let standing = self
            .agent
            .store
            .run(move |ledger| ledger.proposal(&id))
            .await?;
        match standing.state {
            ProposalState::Pending => Ok(Next::Rest),
            // Used: it was about to be executed when an agent went away; whether it still is what people agreed to is looked at again.
            ProposalState::Approved | ProposalState::Used => {
                let by: Vec<&str> = standing
                    .votes
                    .iter()
                    .map(|vote| vote.person.as_str())
                    .collect();
                let body = json!({ "proposal": standing.proposal.id, "by": by });
                self.advance(Stage::Approved, body).await?;
                Ok(Next::On)
            }
            ProposalState::Void => {
                self.advance(
                    Stage::Collected,
                    json!({ "again": "what people agreed to has changed" }),
                )
                .await?;
                Ok(Next::Again)
            }
            ProposalState::Rejected => {
                let no = standing.votes.iter().find(|vote| !vote.agrees);
                let reason = no.map_or_else(
                    || "rejected".to_owned(),
                    |vote| format!("rejected by {}: {}", vote.person, vote.reason),
                );
                self.end(Stage::Rejected, Outcome::NotRun, &reason).await
            }
            ProposalState::Expired => {
                let reason = format!("nobody answered until {}", standing.proposal.expires);
                self.end(Stage::Expired, Outcome::NotRun, &reason).await
            }
        }
    }

    /// Tells whether people have released what is now decided: on the same object, by the same policies, with everybody who is wanted now.
    pub(super) async fn released(
        &mut self,
        gate: &Gate,
        bound: &Bound,
    ) -> Result<bool, AgentError> {
        let Some(id) = self.work.proposal.clone() else {
            return Ok(false);
        };
        let of = id.clone();
        let standing = self
            .agent
            .store
            .run(move |ledger| ledger.proposal(&of))
            .await?;
        let is_agreed = matches!(
            standing.state,
            ProposalState::Approved | ProposalState::Used
        );
        if !is_agreed {
            return Ok(false);
        }
        if !standing.proposal.bound.changes(bound).is_empty()
            && standing.state == ProposalState::Approved
        {
            // Says in the audit log why the approval ends.
            self.redeem(bound).await?;
            return Ok(false);
        }
        Ok(standing.proposal.bound.changes(bound).is_empty()
            && covers(&standing.proposal.needs, gate))
    }

    /// Uses the approval, once; tells whether it still holds.
    pub(super) async fn redeem(&self, bound: &Bound) -> Result<bool, AgentError> {
        let Some(id) = self.work.proposal.clone() else {
            return Ok(true);
        };
        let of = id.clone();
        let standing = self
            .agent
            .store
            .run(move |ledger| ledger.proposal(&of))
            .await?;
        if standing.state == ProposalState::Used {
            return Ok(standing.proposal.bound.changes(bound).is_empty());
        }
        if standing.state != ProposalState::Approved {
            return Ok(false);
        }
        let bound = bound.clone();
        let redeemed = self
            .agent
            .store
            .run(move |ledger| ledger.redeem(&id, &bound))
            .await?;
        Ok(redeemed == Redeemed::Released)
    }

    fn requester(&self) -> String {
        let id = self.work.principal.get("id").and_then(Json::as_str);
        id.unwrap_or("somebody unknown").to_owned()
    }

    /// Returns everything that people must know to agree: who asks for what and why, the request to the letter, and the reasons.
    fn rendering(&self, report: &Report) -> String {
        let mut text = format!("{} {}\n", report.action.verb, self.work.target);
        let _ = writeln!(text, "asked by: {}", report.action.principal);
        if let Some(why) = self
            .work
            .asked
            .pointer("/request/reason")
            .and_then(Json::as_str)
        {
            // A line of theirs must not pass for a line of ours.
            let why = why.replace(['\n', '\r'], "\n         ");
            let _ = writeln!(text, "because: {why}");
        }
        let _ = writeln!(
            text,
            "verdict: {}, risk {}",
            report.verdict,
            report.risk.points()
        );
        for contribution in &report.contributions {
            let _ = writeln!(
                text,
                "  {} ({}): {}",
                contribution.rule, contribution.effect, contribution.because
            );
        }
        for unknown in &report.unknowns {
            let _ = writeln!(text, "  unknown: {unknown}");
        }
        match &self.work.plan {
            Some(plan) => {
                let _ = writeln!(text, "request: {} {}", plan.call.method, plan.call.uri());
                let told = self.work.told(&plan.call);
                let body = told.get("body").cloned().unwrap_or_default();
                let body = serde_json::to_string_pretty(&body).unwrap_or_default();
                let _ = writeln!(text, "{body}");
                match plan.undo.missing() {
                    Some(reason) => {
                        let _ = writeln!(text, "way back: none, {reason}");
                    }
                    None => {
                        let way_back = serde_json::to_string(&self.work.told_undo(&plan.undo))
                            .unwrap_or_default();
                        let _ = writeln!(text, "way back: {way_back}");
                    }
                }
            }
            None => {
                let asked = without_secrets(self.work.asked.clone());
                let asked = serde_json::to_string_pretty(&asked).unwrap_or_default();
                let _ = writeln!(
                    text,
                    "asked: {asked}\nthe live object could not be observed"
                );
            }
        }
        text
    }
}

/// People read it, and nobody answers to the nanosecond.
fn whole_seconds(time: jiff::Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_second(time.as_second()).unwrap_or(time)
}

/// Returns sixteen random bytes as text.
fn nonce() -> Result<String, AgentError> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| AgentError::Settings {
        reason: format!("the machine gives no random numbers: {error}"),
    })?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

//! Reserving: budgets are taken and breakers checked in the ledger, in one, so that of two agents who race for the last unit one gets it.

use serde_json::json;
use taffrail::Value;
use taffrail_ledger::{Claim, Claimed, Key, Pass, Stage, Take};
use taffrail_runtime::Counts;

use super::decide::Decided;
use super::{Next, Run};
use crate::agent::signed;
use crate::error::AgentError;

impl Run<'_> {
    /// Takes what the action counts for.
    pub(super) async fn reserve(&mut self, decided: &Decided) -> Result<Next, AgentError> {
        let counts = &decided.counts;
        let claim = self.claim(counts, decided.is_released);
        let claimed = self
            .agent
            .store
            .run(move |ledger| ledger.claim(&claim))
            .await?;
        match claimed {
            Claimed::Taken { until } => {
                let body = json!({ "until": until, "not_counted": not_counted(counts) });
                self.advance(Stage::Reserved, body).await?;
                Ok(Next::On)
            }
            Claimed::Refused(refusals) => {
                let reasons: Vec<String> = refusals.iter().map(ToString::to_string).collect();
                self.work.reason = reasons.join("; ");
                let is_paused = refusals
                    .iter()
                    .any(|refusal| matches!(refusal, taffrail_ledger::Refusal::Paused(_)));
                if is_paused {
                    return Ok(Next::Rest);
                }
                // Somebody else was faster; what is left is decided on.
                Ok(Next::Again)
            }
        }
    }

    fn claim(&self, counts: &Counts, released: bool) -> Claim {
        let takes = counts.budgets.iter().filter_map(|count| {
            let (Ok(key), Value::Number(spend), Value::Number(limit)) =
                (&count.key, &count.spend, &count.limit)
            else {
                return None;
            };
            Some(Take {
                budget: count.budget.clone(),
                key: Key(key.clone()),
                spend: *spend,
                limit: *limit,
                per: count.per,
            })
        });
        let passes = counts.breakers.iter().filter_map(|count| {
            Some(Pass {
                breaker: count.breaker.clone(),
                key: Key(count.key.as_ref().ok()?.clone()),
                failures: count.failures,
                within: count.within,
                hold: count.hold,
            })
        });
        Claim {
            action: self.id.clone(),
            takes: takes.collect(),
            passes: passes.collect(),
            keep: signed(self.agent.settings.keep),
            released,
        }
    }
}

/// Names what people have released although nobody can say how it counts.
fn not_counted(counts: &Counts) -> Vec<&str> {
    let budgets = counts.budgets.iter().filter_map(|count| {
        let is_known = count.key.is_ok()
            && matches!(
                (&count.spend, &count.limit),
                (Value::Number(_), Value::Number(_))
            );
        (!is_known).then_some(count.budget.as_str())
    });
    let breakers = counts
        .breakers
        .iter()
        .filter_map(|count| count.key.is_err().then_some(count.breaker.as_str()));
    budgets.chain(breakers).collect()
}

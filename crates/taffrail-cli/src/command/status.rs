//! `taffrail status`: what the ledger says of now.

use std::process::ExitCode;

use serde_json::json;
use taffrail_ledger::ProposalState;
use taffrail_runtime::request::{BreakerFact, BreakerState, LedgerKey};
use taffrail_runtime::text::time;

use crate::arguments::{BenchForm, Status};
use crate::failure::Failure;
use crate::format::count;
use crate::format::story::shown;
use crate::ledger;
use crate::output::Output;

/// Prints whether execution is paused, what waits, what is under way, and which breakers are open.
pub(crate) fn run(arguments: &Status, output: &mut Output) -> Result<ExitCode, Failure> {
    let ledger = ledger::existing(&arguments.at.ledger)?;
    let paused = ledger.paused()?;
    let proposals = ledger.proposals(ProposalState::Pending)?;
    let actions = ledger.under_way()?;
    let breakers = ledger.tripped()?;
    if arguments.output == BenchForm::Json {
        let proposals: Vec<&str> = proposals
            .iter()
            .map(|one| one.proposal.id.as_str())
            .collect();
        let actions: Vec<_> = actions
            .iter()
            .map(|action| json!({ "id": action.id, "stage": action.stage, "since": action.changed, "holder": action.holder.as_ref().map(|held| &held.0) }))
            .collect();
        let breakers: Vec<_> = breakers
            .iter()
            .map(|breaker| json!({ "breaker": breaker.breaker, "by": key(&breaker.by), "state": word(breaker), "until": breaker.until }))
            .collect();
        let page = json!({ "paused": paused, "proposals": proposals, "actions": actions, "breakers": breakers });
        output.plain(&format!("{}\n", serde_json::to_string_pretty(&page)?))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut text = match &paused {
        Some(pause) => format!(
            "all execution is paused by {} since {}: {}\n",
            shown(&pause.by),
            time(pause.since),
            shown(&pause.reason)
        ),
        None => "execution is not paused\n".to_owned(),
    };
    text.push_str(&titled(
        count(proposals.len(), "proposal"),
        "for people",
        "waits",
        "wait",
    ));
    for one in &proposals {
        text.push_str(&format!("  {}\n", shown(&one.proposal.id)));
    }
    text.push_str(&titled(
        count(actions.len(), "action"),
        "under way",
        "is",
        "are",
    ));
    for action in &actions {
        let holder = match &action.holder {
            Some((holder, _)) => format!(", with {}", shown(holder)),
            None => String::new(),
        };
        let (stage, since) = (action.stage.word(), time(action.changed));
        text.push_str(&format!(
            "  {}: {stage} since {since}{holder}\n",
            shown(&action.id)
        ));
    }
    text.push_str(&titled(
        count(breakers.len(), "breaker"),
        "open",
        "is",
        "are",
    ));
    for breaker in &breakers {
        let until = breaker
            .until
            .map_or(String::new(), |until| format!(" until {}", time(until)));
        let (name, by) = (
            shown(&breaker.breaker),
            shown(&key(&breaker.by).to_string()),
        );
        text.push_str(&format!("  {name} by {by}: {}{until}\n", word(breaker)));
    }
    output.coloured(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// `1 action is under way`, `no actions are under way`.
fn titled(counted: String, what: &str, one: &str, many: &str) -> String {
    let verb = if counted.starts_with("1 ") { one } else { many };
    format!("{counted} {verb} {what}\n")
}

fn key(by: &LedgerKey) -> serde_json::Value {
    match by {
        LedgerKey::Any => json!("any"),
        LedgerKey::Values(values) => values
            .iter()
            .map(taffrail_runtime::Value::to_json)
            .collect(),
    }
}

fn word(breaker: &BreakerFact) -> &'static str {
    match breaker.state {
        Some(BreakerState::Closed) => "closed",
        Some(BreakerState::Open) => "open",
        Some(BreakerState::HalfOpen) => "half open",
        None => "unknown",
    }
}

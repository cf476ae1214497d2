//! `taffrail approvals`: what waits for people, and their answers.

use std::process::ExitCode;

use taffrail_ledger::{Ledger, ProposalState, Standing, Voter};

use crate::arguments::{Approvals, BenchForm};
use crate::failure::Failure;
use crate::format::approvals::{list, proposal, voted};
use crate::format::story::escaped;
use crate::ledger;
use crate::output::Output;

/// Does what is asked of proposals.
pub(crate) fn run(arguments: &Approvals, output: &mut Output) -> Result<ExitCode, Failure> {
    match arguments {
        Approvals::List(asked) => {
            let ledger = ledger::existing(&asked.at.ledger)?;
            let found = ledger.proposals(asked.state.of_ledger())?;
            match asked.output {
                BenchForm::Text => {
                    output.coloured(&list(&found, asked.state.of_ledger()))?;
                }
                BenchForm::Json => output.plain(&json(&found)?)?,
            }
        }
        Approvals::Show(asked) => {
            let ledger = ledger::existing(&asked.at.ledger)?;
            let found = ledger.proposal(&asked.id)?;
            match asked.output {
                BenchForm::Text => {
                    let changes = changes(&ledger, &found)?;
                    output.coloured(&proposal(&found, &changes))?;
                }
                BenchForm::Json => output.plain(&json(&found)?)?,
            }
        }
        Approvals::Approve(asked) => {
            let ledger = ledger::existing(&asked.at.ledger)?;
            let voter = Voter {
                person: ledger::person(asked.who.name.as_deref())?,
                teams: asked.teams.clone(),
            };
            // An id stands for one proposal for ever, so its nonce is that of what was shown under it.
            let nonce = ledger.proposal(&asked.id)?.proposal.nonce;
            let found = ledger.approve(&asked.id, &nonce, &voter, &asked.reason)?;
            answer(&found, &voter, asked.output, output)?;
        }
        Approvals::Reject(asked) => {
            let ledger = ledger::existing(&asked.at.ledger)?;
            let voter = Voter {
                person: ledger::person(asked.who.name.as_deref())?,
                teams: Vec::new(),
            };
            let nonce = ledger.proposal(&asked.id)?.proposal.nonce;
            let found = ledger.reject(&asked.id, &nonce, &voter, &asked.reason)?;
            answer(&found, &voter, asked.output, output)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn answer(
    found: &Standing,
    voter: &Voter,
    form: BenchForm,
    output: &mut Output,
) -> Result<(), Failure> {
    match form {
        BenchForm::Text => output.coloured(&voted(found, &voter.person)),
        BenchForm::Json => output.plain(&json(found)?),
    }
}

fn json(found: &impl serde::Serialize) -> Result<String, Failure> {
    Ok(format!(
        "{}\n",
        escaped(&serde_json::to_string_pretty(found)?)
    ))
}

/// Returns why an approval is void, as the log tells it.
fn changes(ledger: &Ledger, found: &Standing) -> Result<Vec<String>, Failure> {
    let mut changes = Vec::new();
    if found.state != ProposalState::Void {
        return Ok(changes);
    }
    super::audit::each_record(ledger, |record| {
        if record.event == "approval_void" && record.action == found.proposal.action {
            let words = record.body.get("changes").and_then(|list| list.as_array());
            changes = words
                .into_iter()
                .flatten()
                .filter_map(|word| word.as_str().map(str::to_owned))
                .collect();
        }
        Ok(())
    })?;
    Ok(changes)
}

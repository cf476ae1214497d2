//! Proposals that wait for people, and their answers.

use std::time::Duration;

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, ElicitRequest, ElicitRequestParams, ElicitResult,
    ElicitationAction, ElicitationSchema, ErrorData, InputRequest, InputRequests,
    InputRequiredResult, JsonObject, ProtocolVersion, SealOptions,
};
use rmcp::service::{ElicitationMode, RequestContext, RoleServer};
use serde_json::{Value as Json, json};
use taffrail_ledger::{ProposalState, Standing, Voter};
use taffrail_runtime::render::one_line;
use taffrail_runtime::text;

use super::arguments::{Nothing, OfAnswer, read};
use super::{Answer, Answered, Inner, Refused, Server, result};

/// How long a person has for an answer.
const PATIENCE: Duration = Duration::from_secs(600);

/// The name under which the person's answer comes back.
const QUESTION: &str = "answer";

impl Inner {
    pub(super) fn pending_approvals(&self, arguments: JsonObject) -> Answered {
        let Nothing {} = read(arguments)?;
        let Some(ledger) = &self.ledger else {
            return Err(Refused(
                "this server has no ledger: start it with `--ledger FILE` to see what waits for people"
                    .into(),
            ));
        };
        let found = ledger.proposals(ProposalState::Pending)?;
        let shown: Vec<Json> = found.iter().map(shown).collect();
        let text = if found.is_empty() {
            "nothing waits for people".into()
        } else {
            let all: Vec<String> = found.iter().map(told).collect();
            all.join("\n\n")
        };
        Ok(Answer {
            value: json!({ "proposals": shown }),
            text,
        })
    }

    /// Returns a proposal that waits, and who sits here to answer it.
    fn asked(&self, id: &str) -> Result<(Standing, Voter), Refused> {
        let Some(ledger) = &self.ledger else {
            return Err(Refused("this server has no ledger".into()));
        };
        let standing = ledger.proposal(id)?;
        if standing.state != ProposalState::Pending {
            return Err(Refused(format!(
                "proposal `{id}` does not wait for answers: it is {}",
                standing.state.word()
            )));
        }
        match &self.person {
            Some(person) => Ok((standing, person.clone())),
            None => Err(Refused(format!(
                "nobody said who sits here: start the server with `--as NAME`, or run `taffrail approvals approve {id}`"
            ))),
        }
    }

    /// Takes down what a person said.
    fn take_down(&self, standing: &Standing, person: &Voter, said: &ElicitResult) -> Answered {
        let Some(ledger) = &self.ledger else {
            return Err(Refused("this server has no ledger".into()));
        };
        let proposal = &standing.proposal;
        let content = |key: &str| {
            let content = said.content.as_ref()?;
            content.get(key)?.as_str().map(str::to_owned)
        };
        let reason = content("reason").unwrap_or_default();
        let now = match (&said.action, content(QUESTION).as_deref()) {
            (ElicitationAction::Accept, Some("approve")) => {
                ledger.approve(&proposal.id, &proposal.nonce, person, &reason)?
            }
            (ElicitationAction::Accept, Some("reject")) => {
                ledger.reject(&proposal.id, &proposal.nonce, person, &reason)?
            }
            (ElicitationAction::Accept, _) => {
                return Err(Refused(
                    "the client sent no answer: `approve` or `reject` is expected".into(),
                ));
            }
            // No answer is none: the proposal waits on.
            _ => standing.clone(),
        };
        let text = if now.votes.len() == standing.votes.len() {
            format!(
                "{} gave no answer; `{}` waits on",
                person.person, proposal.id
            )
        } else {
            format!(
                "{} has answered; `{}` is now {}",
                person.person,
                proposal.id,
                now.state.word()
            )
        };
        Ok(Answer {
            value: shown(&now),
            text,
        })
    }
}

impl Server {
    /// Asks the person at the client, in the way that the client's protocol has for it, and takes down the answer.
    pub(super) async fn answer_approval(
        &self,
        call: CallToolRequestParams,
        context: &RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let arguments: OfAnswer = match read(call.arguments.clone().unwrap_or_default()) {
            Ok(arguments) => arguments,
            Err(refused) => return Ok(result(Err(refused)).into()),
        };
        let id = arguments.proposal;
        let asked = self.blocking(move |inner| inner.asked(&id)).await?;
        let (standing, person) = match asked {
            Ok(asked) => asked,
            Err(refused) => return Ok(result(Err(refused)).into()),
        };
        let can_ask = context
            .client_capabilities()
            .is_some_and(|capabilities| capabilities.elicitation.is_some());
        if !can_ask {
            let refused = Refused(format!(
                "this client cannot ask the person: they may run `taffrail approvals approve {}`",
                standing.proposal.id
            ));
            return Ok(result(Err(refused)).into());
        }
        let is_newest = context
            .protocol_version()
            .is_some_and(|version| version.as_str() >= ProtocolVersion::V_2026_07_28.as_str());
        let said = if is_newest {
            match self.said_on_retry(&call, &standing, &person) {
                Ok(Some(said)) => said,
                Ok(None) => return self.ask_by_retry(&standing, &person).map(Into::into),
                Err(refused) => return Ok(result(Err(refused)).into()),
            }
        } else {
            match ask_at_once(&standing, context).await {
                Ok(said) => said,
                Err(refused) => return Ok(result(Err(refused)).into()),
            }
        };
        let answered = self
            .blocking(move |inner| inner.take_down(&standing, &person, &said))
            .await?;
        Ok(result(answered).into())
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> T + Send + 'static,
    ) -> Result<T, ErrorData> {
        let inner = std::sync::Arc::clone(&self.0);
        tokio::task::spawn_blocking(move || work(&inner))
            .await
            .map_err(|_| ErrorData::internal_error("the ledger broke off", None))
    }

    /// Returns the question for the client to put and to come back with.
    fn ask_by_retry(
        &self,
        standing: &Standing,
        person: &Voter,
    ) -> Result<InputRequiredResult, ErrorData> {
        let state = self.0.codec.seal_with(
            standing.proposal.id.as_bytes(),
            &SealOptions::new()
                .associated_data(&bound_to(standing, person))
                .ttl(PATIENCE),
        );
        let mut requests = InputRequests::new();
        let question = question(standing)
            .map_err(|Refused(message)| ErrorData::internal_error(message, None))?;
        requests.insert(
            QUESTION.into(),
            InputRequest::Elicitation(ElicitRequest::new(question)),
        );
        Ok(InputRequiredResult::new(Some(requests), Some(state)))
    }

    /// Returns the answer that a client comes back with; none where it only begins to ask.
    fn said_on_retry(
        &self,
        call: &CallToolRequestParams,
        standing: &Standing,
        person: &Voter,
    ) -> Result<Option<ElicitResult>, Refused> {
        let Some(state) = &call.request_state else {
            return Ok(None);
        };
        let opened = self.0.codec.open_with(state, &bound_to(standing, person));
        if opened.ok().as_deref() != Some(standing.proposal.id.as_bytes()) {
            return Err(Refused(
                "the state of this answer is not one that was given out for this proposal, or is too old: ask again"
                    .into(),
            ));
        }
        let said = call
            .input_responses
            .as_ref()
            .and_then(|responses| responses.get(QUESTION));
        let Some(said) = said else {
            return Err(Refused(format!(
                "the client sent no `{QUESTION}`: ask again"
            )));
        };
        serde_json::from_value(said.clone())
            .map(Some)
            .map_err(|error| Refused(format!("the answer cannot be read: {error}")))
    }
}

/// What the state of a question is bound to: another proposal, another version of it, or another person's is none.
fn bound_to(standing: &Standing, person: &Voter) -> Vec<u8> {
    let proposal = &standing.proposal;
    let parts = [&proposal.id, &proposal.nonce, &person.person];
    json!(parts).to_string().into_bytes()
}

async fn ask_at_once(
    standing: &Standing,
    context: &RequestContext<RoleServer>,
) -> Result<ElicitResult, Refused> {
    let modes = context.peer.supported_elicitation_modes();
    if !modes.contains(&ElicitationMode::Form) {
        return Err(Refused(format!(
            "this client cannot show a form: run `taffrail approvals approve {}`",
            standing.proposal.id
        )));
    }
    let asked = context
        .peer
        .create_elicitation_with_timeout(question(standing)?, Some(PATIENCE));
    asked
        .await
        .map_err(|error| Refused(format!("the person could not be asked: {error}")))
}

fn question(standing: &Standing) -> Result<ElicitRequestParams, Refused> {
    let schema: ElicitationSchema = serde_json::from_value(json!({
        "type": "object",
        "properties": {
            QUESTION: {
                "type": "string",
                "title": "Your answer",
                "enum": ["approve", "reject"],
            },
            "reason": { "type": "string", "title": "Why", "description": "It goes on record." },
        },
        "required": [QUESTION],
    }))?;
    Ok(ElicitRequestParams::FormElicitationParams {
        meta: None,
        message: told(standing),
        requested_schema: schema,
    })
}

fn told(standing: &Standing) -> String {
    let proposal = &standing.proposal;
    let missing: Vec<String> = standing
        .missing
        .iter()
        .map(|team| match team.team.as_str() {
            "" => format!("{} of any team", team.count),
            name => format!("{} of {name}", team.count),
        })
        .collect();
    format!(
        "{} asks to run this (proposal `{}`, until {}; still missing: {}):\n\n{}",
        one_line(&proposal.requester),
        one_line(&proposal.id),
        text::time(proposal.expires),
        one_line(&missing.join(", ")),
        harmless(&proposal.rendering)
    )
}

/// What people read before they agree holds what others wrote: nothing in it moves a cursor, hides, or turns the direction of writing.
fn harmless(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(one_line).collect();
    lines.join("\n")
}

fn shown(standing: &Standing) -> Json {
    let proposal = &standing.proposal;
    json!({
        "id": proposal.id,
        "action": proposal.action,
        "requester": proposal.requester,
        "state": standing.state,
        "runs": harmless(&proposal.rendering),
        "missing": standing.missing,
        "expires": text::time(proposal.expires),
    })
}

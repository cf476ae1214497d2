//! Actions over HTTP: handed over, looked at, taken back.

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, PathRejection};
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::trouble::Trouble;
use super::{Caller, Door, Reason, of_body, of_path};
use crate::agent::{Agent, Submission};
use crate::error::AgentError;
use crate::event::Ended;

/// The longest action that is read, in bytes: as long as the API server takes.
const MOST: usize = 3 * 1024 * 1024;

type Answer = Result<(StatusCode, Json<Value>), Trouble>;

pub(super) fn routes() -> Router<Door> {
    Router::new()
        .route("/actions", post(submit).layer(DefaultBodyLimit::max(MOST)))
        .route("/actions/{id}", get(standing))
        .route("/actions/{id}/roll-back", post(roll_back))
        .method_not_allowed_fallback(super::trouble::no_such_method)
}

/// Takes an action. The requester is who has shown a token, whatever the document says.
async fn submit(
    caller: Caller,
    State(door): State<Door>,
    body: Result<Bytes, BytesRejection>,
) -> Answer {
    let agent = agent(&door)?;
    let mut document: Value = of_body(body)?;
    let principal = caller.0.principal();
    let Some(entries) = document.as_object_mut() else {
        return Err(Trouble::malformed("an action is a JSON object"));
    };
    let id = match entries.remove("id") {
        None => Submission::id_of(&document, &principal),
        Some(Value::String(id)) => id,
        Some(_) => return Err(Trouble::malformed("`id` is no text")),
    };
    let submission = Submission {
        id,
        document,
        principal,
    };
    finish(async move { agent.submit(submission).await }).await
}

async fn standing(
    _: Caller,
    State(door): State<Door>,
    id: Result<Path<String>, PathRejection>,
) -> Answer {
    let ended = agent(&door)?.standing(&of_path(id)?).await;
    told(&ended.map_err(|error| match error {
        AgentError::NotTaken { reason } => Trouble::missing(reason),
        other => other.into(),
    })?)
}

async fn roll_back(
    caller: Caller,
    State(door): State<Door>,
    id: Result<Path<String>, PathRejection>,
    body: Result<Bytes, BytesRejection>,
) -> Answer {
    let agent = agent(&door)?;
    let by = caller.operator()?;
    let id = of_path(id)?;
    let Reason { reason } = of_body(body)?;
    finish(async move { agent.roll_back(&id, &by, &reason).await }).await
}

fn agent(door: &Door) -> Result<Agent, Trouble> {
    door.agent
        .clone()
        .ok_or_else(|| AgentError::ShuttingDown.into())
}

/// Brings work to its end also when the caller hangs up meanwhile.
async fn finish(work: impl Future<Output = Result<Ended, AgentError>> + Send + 'static) -> Answer {
    let done = tokio::spawn(work).await;
    told(&done.map_err(|_| AgentError::ShuttingDown)??)
}

/// Says how an action stands; one that goes on later is only accepted.
fn told(ended: &Ended) -> Answer {
    let status = if ended.stage.is_final() {
        StatusCode::OK
    } else {
        StatusCode::ACCEPTED
    };
    Ok((status, Json(json!(ended))))
}

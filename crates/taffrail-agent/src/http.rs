//! Approvals and the switch over HTTP, for people who do not sit at the ledger.
//!
//! Who calls shows a bearer token. A vote carries the nonce of the proposal that was read, so that it cannot be meant for another one.
//! TLS is the business of whatever stands in front; without it, listen on loopback only.
//!
//! | call | does |
//! |---|---|
//! | `GET /healthz` | says whether the ledger can be read; needs no token |
//! | `GET /proposals?state=pending` | lists proposals |
//! | `GET /proposals/{id}` | shows one, with its rendering, its votes and its nonce |
//! | `POST /proposals/{id}/approve` `{ "nonce", "reason" }` | agrees |
//! | `POST /proposals/{id}/reject` `{ "nonce", "reason" }` | refuses |
//! | `POST /pause` `{ "reason" }`, `POST /resume` | stops everything, lets it go on; for operators |
//! | `POST /actions` | with an agent: takes an action document, maybe with an `id`, and answers when it has ended or people are asked |
//! | `GET /actions/{id}` | with an agent: says how an action stands |
//! | `POST /actions/{id}/roll-back` `{ "reason" }` | with an agent: takes an executed action back; for operators |
//! | `GET /audit/head` | the last record's number and hash, to be kept elsewhere |

mod actions;
mod people;
mod trouble;

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, PathRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use taffrail_ledger::{Ledger, LedgerError, ProposalState, Standing, Voter};

use self::people::People;
use self::trouble::Trouble;
use crate::agent::Agent;
use crate::store::Store;

pub use self::people::{NotAPerson, Person};

/// The longest body that is read, in bytes.
const MOST: usize = 64 * 1024;

/// Returns a service over a ledger for the people who may call it.
///
/// ```
/// # use std::sync::Arc;
/// # let folder = std::env::temp_dir().join(format!("taffrail-http-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// use taffrail_agent::http::{Person, router};
/// use taffrail_ledger::Ledger;
///
/// let ledger = Arc::new(Ledger::open(folder.join("ledger.db"))?);
/// let people: Vec<Person> = serde_json::from_value(serde_json::json!([{
///     "name": "dana",
///     "teams": ["sre"],
///     // printf %s "$TOKEN" | sha256sum
///     "token_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
/// }]))?;
/// let service = router(ledger, &people)?;
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// A digest is none, or two people have the same token.
pub fn router(ledger: Arc<Ledger>, people: &[Person]) -> Result<Router, NotAPerson> {
    Ok(votes().with_state(Door {
        store: Store::new(ledger),
        people: Arc::new(People::new(people)?),
        agent: None,
    }))
}

/// Returns the same service with an agent behind it, to which people and programs hand over actions.
///
/// # Errors
///
/// As [`router`].
pub fn router_of_agent(agent: Agent, people: &[Person]) -> Result<Router, NotAPerson> {
    let door = Door {
        store: agent.0.store.clone(),
        people: Arc::new(People::new(people)?),
        agent: Some(agent),
    };
    Ok(votes().merge(actions::routes()).with_state(door))
}

fn votes() -> Router<Door> {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/proposals", get(proposals))
        .route("/proposals/{id}", get(proposal))
        .route("/proposals/{id}/approve", post(approve))
        .route("/proposals/{id}/reject", post(reject))
        .route("/pause", post(pause))
        .route("/resume", post(resume))
        .route("/audit/head", get(head))
        .fallback(trouble::no_such_place)
        .method_not_allowed_fallback(trouble::no_such_method)
        .layer(DefaultBodyLimit::max(MOST))
}

/// What every call needs.
#[derive(Debug, Clone)]
pub(crate) struct Door {
    store: Store,
    people: Arc<People>,
    agent: Option<Agent>,
}

/// Somebody who has shown their token.
struct Caller(Person);

type Answer = Result<Json<Value>, Trouble>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listing {
    state: Option<ProposalState>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vote {
    nonce: String,
    #[serde(default)]
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reason {
    reason: String,
}

async fn healthz(State(door): State<Door>) -> Answer {
    let paused = door.ask(Ledger::paused).await?;
    // Who paused it and why is told to those who are known.
    let is_paused = paused.is_some();
    Ok(Json(json!({ "ledger": "readable", "paused": is_paused })))
}

async fn proposals(
    _: Caller,
    State(door): State<Door>,
    query: Result<Query<Listing>, QueryRejection>,
) -> Answer {
    let Query(listing) = query.map_err(|error| Trouble::malformed(error.body_text()))?;
    let state = listing.state.unwrap_or(ProposalState::Pending);
    let found = door.ask(move |ledger| ledger.proposals(state)).await?;
    Ok(Json(json!({ "proposals": found })))
}

async fn proposal(
    _: Caller,
    State(door): State<Door>,
    id: Result<Path<String>, PathRejection>,
) -> Answer {
    let id = of_path(id)?;
    let found = door.ask(move |ledger| ledger.proposal(&id)).await?;
    Ok(Json(json!(found)))
}

async fn approve(
    caller: Caller,
    State(door): State<Door>,
    id: Result<Path<String>, PathRejection>,
    body: Result<Bytes, BytesRejection>,
) -> Answer {
    let (id, vote): (_, Vote) = (of_path(id)?, of_body(body)?);
    let voter = caller.voter();
    let cast = move |ledger: &Ledger| ledger.approve(&id, &vote.nonce, &voter, &vote.reason);
    standing(&door.ask(cast).await?)
}

async fn reject(
    caller: Caller,
    State(door): State<Door>,
    id: Result<Path<String>, PathRejection>,
    body: Result<Bytes, BytesRejection>,
) -> Answer {
    let (id, vote): (_, Vote) = (of_path(id)?, of_body(body)?);
    if vote.reason.trim().is_empty() {
        return Err(Trouble::malformed(
            "`reason` is missing: whoever asked will read it",
        ));
    }
    let voter = caller.voter();
    let cast = move |ledger: &Ledger| ledger.reject(&id, &vote.nonce, &voter, &vote.reason);
    standing(&door.ask(cast).await?)
}

async fn pause(
    caller: Caller,
    State(door): State<Door>,
    body: Result<Bytes, BytesRejection>,
) -> Answer {
    let by = caller.operator()?;
    let Reason { reason } = of_body(body)?;
    let pause = door.ask(move |ledger| ledger.pause(&by, &reason)).await?;
    Ok(Json(json!({ "paused": pause })))
}

async fn resume(caller: Caller, State(door): State<Door>) -> Answer {
    let by = caller.operator()?;
    let ended = door.ask(move |ledger| ledger.resume(&by)).await?;
    Ok(Json(json!({ "paused": null, "ended": ended })))
}

async fn head(_: Caller, State(door): State<Door>) -> Answer {
    Ok(Json(json!(door.ask(Ledger::head).await?)))
}

impl Door {
    async fn ask<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Ledger) -> Result<T, LedgerError> + Send + 'static,
    ) -> Result<T, Trouble> {
        self.store.run(call).await.map_err(Trouble::from)
    }
}

impl Caller {
    fn voter(&self) -> Voter {
        Voter {
            person: self.0.name.clone(),
            teams: self.0.teams.clone(),
        }
    }

    /// Returns the name of who may stop everything and let it go on.
    fn operator(self) -> Result<String, Trouble> {
        if self.0.operator {
            Ok(self.0.name)
        } else {
            Err(Trouble::not_operator(&self.0.name))
        }
    }
}

fn standing(found: &Standing) -> Answer {
    Ok(Json(json!(found)))
}

fn of_path(id: Result<Path<String>, PathRejection>) -> Result<String, Trouble> {
    id.map(|Path(id)| id)
        .map_err(|error| Trouble::malformed(error.body_text()))
}

fn of_body<T: for<'de> Deserialize<'de>>(
    body: Result<Bytes, BytesRejection>,
) -> Result<T, Trouble> {
    let body = body.map_err(|error| Trouble::unread(&error))?;
    serde_json::from_slice(&body)
        .map_err(|error| Trouble::malformed(format!("the body cannot be read: {error}")))
}

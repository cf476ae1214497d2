//! Answers to calls that cannot be served: a status, why, and what to do about it.

use axum::Json;
use axum::extract::rejection::BytesRejection;
use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use taffrail_ledger::LedgerError;

use crate::error::AgentError;

/// Why a call cannot be served.
#[derive(Debug)]
pub(super) struct Trouble {
    status: StatusCode,
    error: String,
    hint: &'static str,
}

impl Trouble {
    fn new(status: StatusCode, error: impl Into<String>, hint: &'static str) -> Self {
        Self {
            status,
            error: error.into(),
            hint,
        }
    }

    pub(super) fn malformed(error: impl Into<String>) -> Self {
        let hint = "a vote is `{ \"nonce\": …, \"reason\": … }`, a pause `{ \"reason\": … }`, a state `pending`, `approved`, `rejected`, `used`, `void` or `expired`";
        Self::new(StatusCode::BAD_REQUEST, error, hint)
    }

    pub(super) fn unread(error: &BytesRejection) -> Self {
        Self::new(
            error.status(),
            error.body_text(),
            "a body has at most 64 KiB",
        )
    }

    pub(super) fn missing(error: impl Into<String>) -> Self {
        let hint = "`POST /actions` says under which id it took an action";
        Self::new(StatusCode::NOT_FOUND, error, hint)
    }

    pub(super) fn no_token() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "who calls is not known",
            "send one header `Authorization: Bearer TOKEN`",
        )
    }

    pub(super) fn wrong_token() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "nobody has this token",
            "ask whoever runs the agent for a token of your own",
        )
    }

    pub(super) fn not_operator(name: &str) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            format!("{name} is no operator"),
            "operators stop all execution and let it go on",
        )
    }
}

impl From<AgentError> for Trouble {
    fn from(error: AgentError) -> Self {
        match &error {
            AgentError::Ledger(LedgerError::Missing { .. }) => Self::new(
                StatusCode::NOT_FOUND,
                inner(&error),
                "`GET /proposals` lists those that wait",
            ),
            AgentError::Ledger(LedgerError::Conflict { .. }) => Self::new(
                StatusCode::CONFLICT,
                inner(&error),
                "`GET /proposals/{id}` says how it stands; the requester may ask again",
            ),
            AgentError::Ledger(LedgerError::Refused { .. }) => Self::new(
                StatusCode::FORBIDDEN,
                inner(&error),
                "`GET /proposals/{id}` says who asks, who is missing, and which nonce a vote carries",
            ),
            AgentError::NotTaken { .. } | AgentError::NotRead(_) => Self::new(
                StatusCode::BAD_REQUEST,
                inner(&error),
                "an action names its `verb` and its `target`, and says with `patch` or `proposed` what is to change",
            ),
            AgentError::OtherAction { .. } => Self::new(
                StatusCode::CONFLICT,
                inner(&error),
                "an id stands for one action of one requester for ever; choose another",
            ),
            AgentError::Held { .. } => Self::new(
                StatusCode::CONFLICT,
                inner(&error),
                "`GET /actions/{id}` says how it stands",
            ),
            // What the database says may name hosts and files: that is for the log of whoever runs it.
            AgentError::Ledger(_)
            | AgentError::NotConnected(_)
            | AgentError::Settings { .. }
            | AgentError::ShuttingDown => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "the ledger or the cluster cannot be reached",
                "nothing is executed meanwhile; try again",
            ),
        }
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let body = Json(json!({ "error": self.error, "hint": self.hint }));
        let mut response = (self.status, body).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            let value = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(WWW_AUTHENTICATE, value);
        }
        response
    }
}

pub(super) async fn no_such_place() -> Trouble {
    Trouble::new(
        StatusCode::NOT_FOUND,
        "there is nothing here",
        "there are `/healthz`, `/proposals`, `/actions`, `/pause`, `/resume` and `/audit/head`",
    )
}

pub(super) async fn no_such_method() -> Trouble {
    Trouble::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "this is not done so",
        "`GET` reads, `POST` votes, pauses and resumes",
    )
}

/// Returns what the ledger says, without what it means for an agent.
fn inner(error: &AgentError) -> String {
    match error {
        AgentError::Ledger(error) => error.to_string(),
        other => other.to_string(),
    }
}

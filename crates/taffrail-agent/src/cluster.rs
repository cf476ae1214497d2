//! The connection to the API server: reads that are repeated until they succeed, and writes that are sent once.

mod resources;

use std::time::Duration;

use http::{Request, header};
use kube::client::Body;
use serde_json::Value as Json;

use crate::call::Call;
use crate::error::AgentError;
use crate::target::Target;

use resources::Resources;

/// The connection to an API server.
pub(crate) struct Cluster {
    client: kube::Client,
    resources: Resources,
    patience: Patience,
}

/// How long an answer is waited for, and how often a read is tried.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    pub(crate) answer: Duration,
    pub(crate) tries: u32,
    pub(crate) pause: Duration,
}

/// What the API server answered.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) body: Json,
}

impl Answer {
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Tells whether the request surely was not carried out, and may be sent again as it is.
    pub(crate) fn asks_to_wait(&self) -> bool {
        self.status == 429
    }

    /// Tells whether nobody can say if the request was carried out.
    pub(crate) fn leaves_open(&self) -> bool {
        self.status >= 500
    }

    /// Returns the server's words for a refusal.
    pub(crate) fn message(&self) -> String {
        let said = self.body.get("message").and_then(Json::as_str);
        let said = said.or(self.body.as_str()).unwrap_or_default().trim();
        if said.is_empty() {
            format!("HTTP {}", self.status)
        } else {
            format!("{said} (HTTP {})", self.status)
        }
    }
}

/// The answer never came: the request may have been carried out.
#[derive(Debug, Clone, thiserror::Error)]
#[error("no answer from the API server: {reason}")]
pub(crate) struct Lost {
    reason: String,
}

/// Why something could not be read.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Unread {
    #[error("{0}")]
    Lost(#[from] Lost),
    #[error("{0}")]
    Refused(String),
    #[error("the API server knows no `{kind}` in `{api_version}`")]
    NoSuchKind { api_version: String, kind: String },
}

impl std::fmt::Debug for Cluster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cluster").finish_non_exhaustive()
    }
}

impl Cluster {
    pub(crate) fn new(mut config: kube::Config, patience: Patience) -> Result<Self, AgentError> {
        // Sending a write again is decided here, with preconditions; a client that does so by itself would hide what happened.
        config.default_retry = false;
        Ok(Self {
            client: kube::Client::try_from(config)?,
            resources: Resources::default(),
            patience,
        })
    }

    /// Sends a request once.
    pub(crate) async fn send(&self, call: &Call) -> Result<Answer, Lost> {
        let lost = |reason: String| Lost { reason };
        let body = match &call.body {
            Some(body) => serde_json::to_vec(body).map_err(|error| lost(error.to_string()))?,
            None => Vec::new(),
        };
        let mut request = Request::builder()
            .method(call.method.as_str())
            .uri(call.uri());
        if !call.content_type.is_empty() {
            request = request.header(header::CONTENT_TYPE, &call.content_type);
        }
        let request = request
            .body(Body::from(body))
            .map_err(|error| lost(error.to_string()))?;
        let answer = async {
            let response = self
                .client
                .send(request)
                .await
                .map_err(|error| lost(told(&error)))?;
            let status = response.status().as_u16();
            let retry_after = response.headers().get(header::RETRY_AFTER);
            let retry_after = retry_after
                .and_then(|value| value.to_str().ok()?.parse().ok())
                .map(Duration::from_secs);
            let bytes = response.into_body().collect_bytes().await;
            let bytes = bytes.map_err(|error| lost(told(&error)))?;
            let body = serde_json::from_slice(&bytes)
                .unwrap_or_else(|_| Json::String(String::from_utf8_lossy(&bytes).into_owned()));
            Ok(Answer {
                status,
                retry_after,
                body,
            })
        };
        match tokio::time::timeout(self.patience.answer, answer).await {
            Ok(answer) => answer,
            Err(_) => Err(lost(format!("none within {:?}", self.patience.answer))),
        }
    }

    /// Reads, trying again while the server is busy or away.
    pub(crate) async fn read(&self, call: &Call) -> Result<Answer, Unread> {
        let mut tries = 0;
        loop {
            tries += 1;
            let found = self.send(call).await;
            let again = tries < self.patience.tries;
            let wait = match &found {
                Ok(answer) if answer.asks_to_wait() || answer.leaves_open() => answer.retry_after,
                Ok(_) => return Ok(found?),
                Err(_) => None,
            };
            if !again {
                return Ok(found?);
            }
            tokio::time::sleep(self.pause(tries, wait)).await;
        }
    }

    /// Returns how long to wait before a try: what the server asks for, and twice as long each time.
    pub(crate) fn pause(&self, tries: u32, asked: Option<Duration>) -> Duration {
        let own = self.patience.pause * 2_u32.saturating_pow(tries.min(6));
        asked.map_or(own, |asked| asked.min(Duration::from_secs(30)))
    }

    /// Returns what a path holds; `None` when there is none.
    pub(crate) async fn object(&self, path: &str) -> Result<Option<Json>, Unread> {
        let answer = self.read(&Call::get(path)).await?;
        match answer.status {
            404 => Ok(None),
            _ if answer.is_success() => Ok(Some(answer.body)),
            _ => Err(Unread::Refused(answer.message())),
        }
    }

    /// Returns all objects of a kind, page by page, in a namespace or everywhere.
    pub(crate) async fn list(
        &self,
        group: Option<&str>,
        kind: &str,
        namespace: Option<&str>,
    ) -> Result<Vec<Json>, Unread> {
        let resource = self.resources.of_kind(self, group, kind).await?;
        let path = resource.collection(namespace);
        let mut found = Vec::new();
        let mut next = String::new();
        loop {
            let mut call = Call::get(&path);
            call.query = format!("limit=500{next}");
            let mut answer = self.read(&call).await?;
            if !answer.is_success() {
                return Err(Unread::Refused(answer.message()));
            }
            let items = answer.body.get_mut("items").map(Json::take);
            for mut item in items
                .as_ref()
                .and_then(Json::as_array)
                .cloned()
                .unwrap_or_default()
            {
                // The items of a list do not name their kind.
                if let Some(item) = item.as_object_mut() {
                    item.insert(
                        "apiVersion".to_owned(),
                        resource.api_version.as_str().into(),
                    );
                    item.insert("kind".to_owned(), resource.kind.as_str().into());
                }
                found.push(item);
            }
            let token = answer
                .body
                .pointer("/metadata/continue")
                .and_then(Json::as_str);
            match token {
                Some(token) if !token.is_empty() => next = format!("&continue={}", escaped(token)),
                _ => return Ok(found),
            }
        }
    }

    /// Returns the path of an object.
    pub(crate) async fn path(&self, target: &Target) -> Result<String, Unread> {
        let (api_version, kind) = (&target.api_version, &target.kind);
        let resource = self.resources.of(self, api_version, kind).await?;
        let namespace = target.namespace.as_deref();
        let name = escaped(&target.name);
        Ok(format!("{}/{name}", resource.collection(namespace)))
    }
}

/// Returns what a client's error says, with its causes.
fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        if !text.contains(&said) {
            text.push_str(": ");
            text.push_str(&said);
        }
        cause = error.source();
    }
    text
}

/// Returns a word as it stands in a path or query.
pub(crate) fn escaped(word: &str) -> String {
    let mut text = String::with_capacity(word.len());
    for byte in word.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

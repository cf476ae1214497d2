//! The Model Context Protocol: the copilot as a server of tools, for any assistant.
//!
//! Every tool but one only reads. The one that does not, `answer_approval`, takes down a person's answer to a proposal, and only
//! what the person's own client has asked them; it executes nothing either.

mod approvals;
mod arguments;
mod evaluate;
mod explain;
mod policies;
mod resources;
mod serve;
mod tools;

use std::sync::{Arc, Mutex};

use rmcp::ServerHandler;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ErrorData,
    Implementation, JsonObject, ListResourceTemplatesResult, ListResourcesResult, ListToolsResult,
    PaginatedRequestParams, ReadResourceRequestParams, ReadResourceResponse, RequestStateCodec,
    ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::{RequestContext, RoleServer};
use serde_json::Value as Json;
use taffrail::{Live, PolicySet};
use taffrail_ledger::{Ledger, Voter};

pub use serve::{ServeError, serve_http, serve_stdio};

use resources::Decisions;

/// What a server knows and whom it serves. Cloning shares it.
#[derive(Clone)]
pub struct Server(Arc<Inner>);

struct Inner {
    policies: Live,
    /// The texts of the policies, by file name.
    texts: Vec<(String, String)>,
    ledger: Option<Arc<Ledger>>,
    person: Option<Voter>,
    /// An action document, of which everything but the action holds for command lines.
    facts: Option<Vec<u8>>,
    clock: fn() -> jiff::Timestamp,
    codec: RequestStateCodec,
    decisions: Mutex<Decisions>,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").finish_non_exhaustive()
    }
}

/// Makes a [`Server`].
#[derive(Debug)]
pub struct Builder {
    policies: PolicySet,
    texts: Vec<(String, String)>,
    ledger: Option<Arc<Ledger>>,
    person: Option<Voter>,
    facts: Option<Vec<u8>>,
}

impl Server {
    /// Begins to make a server that decides by `policies`; `texts` are theirs, by file name, for who wants to read them.
    #[must_use]
    pub fn builder(policies: PolicySet, texts: Vec<(String, String)>) -> Builder {
        Builder {
            policies,
            texts,
            ledger: None,
            person: None,
            facts: None,
        }
    }
}

impl Builder {
    /// Shows the proposals of a ledger.
    #[must_use]
    pub fn ledger(mut self, ledger: Arc<Ledger>) -> Self {
        self.ledger = Some(ledger);
        self
    }

    /// Says who sits at the other end, so that their answers to proposals count. Whoever makes the server has authenticated them.
    #[must_use]
    pub fn person(mut self, person: Voter) -> Self {
        self.person = Some(person);
        self
    }

    /// Says what holds for command lines: an action document with who asks, the intent and the facts. It is read anew for each of them, so that
    /// one that names no time stands for the time of the call.
    #[must_use]
    pub fn facts(mut self, document: Vec<u8>) -> Self {
        self.facts = Some(document);
        self
    }

    /// Returns the server.
    ///
    /// # Errors
    ///
    /// The system has no random numbers for the key that protects what clients carry between two calls.
    pub fn build(self) -> Result<Server, ServeError> {
        let mut key = [0_u8; 32];
        getrandom::fill(&mut key).map_err(|_| ServeError::NoRandomness)?;
        let codec = RequestStateCodec::try_new(key).map_err(|_| ServeError::NoRandomness)?;
        Ok(Server(Arc::new(Inner {
            policies: Live::new(self.policies),
            texts: self.texts,
            ledger: self.ledger,
            person: self.person,
            facts: self.facts,
            clock: jiff::Timestamp::now,
            codec,
            decisions: Mutex::new(Decisions::default()),
        })))
    }
}

/// What a tool answers: the value that programs read, and the text that is shown.
struct Answer {
    value: Json,
    text: String,
}

/// What is wrong with a call, in words that say what was expected.
struct Refused(String);

impl<E: std::fmt::Display> From<E> for Refused {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

type Answered = Result<Answer, Refused>;

impl Inner {
    /// Answers a call of a tool that only reads.
    fn answer(&self, tool: &str, arguments: JsonObject) -> Option<Answered> {
        Some(match tool {
            "evaluate_action" => self.evaluate_action(arguments),
            "evaluate_kubectl" => self.evaluate_kubectl(arguments),
            "propose_options" => self.propose_options(arguments),
            "explain_decision" => self.explain_decision(arguments),
            "list_policies" => self.list_policies(arguments),
            "check_policy" => policies::check_policy(arguments),
            "pending_approvals" => self.pending_approvals(arguments),
            _ => return None,
        })
    }
}

fn result(answered: Answered) -> CallToolResult {
    match answered {
        Ok(answer) => {
            let mut result = CallToolResult::success(vec![ContentBlock::text(answer.text)]);
            result.structured_content = Some(answer.value);
            result
        }
        Err(Refused(message)) => CallToolResult::error(vec![ContentBlock::text(message)]),
    }
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder()
            .enable_tools()
            .enable_resources()
            .build();
        let mut config = ServerConfig::new(capabilities);
        config.server_info = Implementation::new("taffrail", env!("CARGO_PKG_VERSION"));
        config.instructions = Some(
            "Taffrail decides what may happen with an action on a Kubernetes cluster: `execute` unattended, `propose` to a person, or \
             `escalate`. Nothing here executes anything. Before you change a cluster, call `evaluate_kubectl` with the command line or \
             `evaluate_action` with an action document; where the verdict is not `execute`, call `propose_options` and offer the person what \
             it finds. What you do not know of the cluster, leave out: it is then unknown, and never makes a verdict milder."
                .into(),
        );
        config
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(tools::all()))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        tools::all().into_iter().find(|tool| tool.name == name)
    }

    async fn call_tool(
        &self,
        call: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        if call.name == tools::ANSWER {
            return self.answer_approval(call, &context).await;
        }
        let (inner, name) = (Arc::clone(&self.0), call.name.clone());
        let arguments = call.arguments.unwrap_or_default();
        // Searches and ledgers take their time: other calls go on meanwhile.
        let answered = tokio::task::spawn_blocking(move || inner.answer(&name, arguments))
            .await
            .map_err(|_| ErrorData::internal_error("the tool broke off", None))?;
        match answered {
            Some(answered) => Ok(result(answered).into()),
            None => Err(ErrorData::invalid_params(
                format!("there is no tool `{}`", call.name),
                None,
            )),
        }
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        Ok(ListResourcesResult::with_all_items(self.0.resources()))
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        Ok(ListResourceTemplatesResult::with_all_items(
            resources::templates(),
        ))
    }

    async fn read_resource(
        &self,
        asked: ReadResourceRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        self.0.resource(&asked.uri).map(Into::into)
    }
}

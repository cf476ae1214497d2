//! The door: an agent takes actions and brings them to their end.

use std::sync::Arc;

use futures::StreamExt;
use futures::stream;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value as Json;
use taffrail::{Live, PolicySet};
use taffrail_ledger::{ActionRecord, Ledger, Stage};
use tokio::sync::broadcast;

use crate::cluster::{Cluster, Patience};
use crate::error::AgentError;
use crate::event::{Ended, Event};
use crate::pipeline::Run;
use crate::settings::Settings;
use crate::store::Store;
use crate::work::{Work, digest};

/// Takes actions and brings them to their end: decided, executed once, verified, undone if need be, on record.
///
/// Several agents, in one process or many, may share a ledger.
#[derive(Debug, Clone)]
pub struct Agent(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) name: String,
    pub(crate) policies: Live,
    pub(crate) store: Store,
    pub(crate) cluster: Cluster,
    pub(crate) settings: Settings,
    pub(crate) shadow: bool,
    pub(crate) clock: Clock,
    events: broadcast::Sender<Event>,
    observer: Option<Observer>,
}

/// How many actions are taken up at once.
const AT_ONCE: usize = 16;

/// Reads the time.
pub(crate) type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Is told of every event before the action goes on.
pub(crate) type Observer = Arc<dyn Fn(&Event) + Send + Sync>;

/// What is handed over.
#[derive(Debug, Clone, PartialEq)]
pub struct Submission {
    /// The action's id: handing over the same one again is the same action. Letters, digits, `-`, `_` and `.`, at most 63.
    pub id: String,
    /// The action document: `verb`, `target`, `patch` or `proposed`, `request`, `intent`. What it says of facts is not believed.
    pub document: Json,
    /// Who asks, authenticated by whoever hands it over: `{ kind, id, groups, tenant }`.
    pub principal: Json,
}

impl Submission {
    /// Returns an id for a document that names none: it follows from what is asked and by whom, so that reading the same document again is
    /// the same action.
    #[must_use]
    pub fn id_of(document: &Json, principal: &Json) -> String {
        let digest = digest(&serde_json::json!({ "document": document, "principal": principal }));
        let short: String = digest.chars().skip("sha256:".len()).take(16).collect();
        format!("action-{short}")
    }
}

/// Makes an [`Agent`].
pub struct Builder {
    policies: PolicySet,
    ledger: Arc<Ledger>,
    cluster: kube::Config,
    name: String,
    settings: Settings,
    shadow: bool,
    clock: Clock,
    observer: Option<Observer>,
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Agent")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl Agent {
    /// Begins to make an agent that decides by `policies`, remembers in `ledger`, and acts on `cluster`.
    #[must_use]
    pub fn builder(policies: PolicySet, ledger: Arc<Ledger>, cluster: kube::Config) -> Builder {
        Builder {
            policies,
            ledger,
            cluster,
            name: format!("agent-{}", std::process::id()),
            settings: Settings::default(),
            shadow: false,
            clock: Arc::new(Timestamp::now),
            observer: None,
        }
    }

    /// Takes an action and brings it as far as it comes: to its end, or to where people are asked. Handing over the same id again goes on
    /// from where it is, and never executes twice.
    ///
    /// # Errors
    ///
    /// The document is none that an agent takes, the id stands for another action, somebody else is at work on it, or the ledger fails.
    pub async fn submit(&self, submission: Submission) -> Result<Ended, AgentError> {
        let id = submission.id;
        if !is_id(&id) {
            return Err(AgentError::NotTaken {
                reason: format!(
                    "`{id}` is no id: 1 to 63 letters, digits, `-`, `_` or `.`, beginning and ending with a letter or digit"
                ),
            });
        }
        let work = Work::new(&submission.document, &submission.principal)?;
        crate::change::Change::of(&work.asked)?;
        let inner = &self.0;
        let (kept, of, holder) = (work.kept(), id.clone(), inner.name.clone());
        let lease = inner.lease();
        let (record, is_new) = inner
            .store
            .run(move |ledger| ledger.accept(&of, &kept, &holder, lease))
            .await?;
        if is_new {
            return Run::new(inner, id, work, Stage::Received).drive().await;
        }
        let mut found = read(&record)?;
        if found.digest != work.digest {
            return Err(AgentError::OtherAction { id });
        }
        // The values of Secrets are not kept, and come with whoever hands the action over again.
        found.asked = work.asked;
        found.withheld = false;
        self.take_up(record.clone(), found).await
    }

    /// Takes up every action that is not finished and that nobody is at work on: after a crash, or once people have answered.
    ///
    /// # Errors
    ///
    /// The ledger fails. What goes wrong with single actions stands in the list.
    pub async fn resume(&self) -> Result<Vec<Result<Ended, AgentError>>, AgentError> {
        let left = self.0.store.run(Ledger::left_behind).await?;
        let went = left.into_iter().map(async |record| match read(&record) {
            Ok(work) => self.take_up(record, work).await,
            Err(error) => Err(error),
        });
        // One that is watched for minutes does not hold up the others.
        Ok(stream::iter(went).buffered(AT_ONCE).collect().await)
    }

    /// Takes back an executed action because an operator asks: `by` says who, `reason` why.
    ///
    /// # Errors
    ///
    /// There is no such action, it was not executed, somebody else is at work on it, or the ledger fails.
    pub async fn roll_back(&self, id: &str, by: &str, reason: &str) -> Result<Ended, AgentError> {
        let record = self.record(id).await?;
        if !matches!(
            record.stage,
            Stage::Executed | Stage::Verified | Stage::Closed
        ) {
            return Err(AgentError::NotTaken {
                reason: format!(
                    "`{id}` is {}: only what was executed can be taken back",
                    record.stage.word()
                ),
            });
        }
        let work = read(&record)?;
        self.hold(id).await?;
        let mut run = Run::new(&self.0, id.to_owned(), work, record.stage);
        run.begin_rollback(&format!("{by} asks for it: {reason}"))
            .await?;
        run.drive().await
    }

    /// Returns how an action stands.
    ///
    /// # Errors
    ///
    /// There is no such action, or the ledger fails.
    pub async fn standing(&self, id: &str) -> Result<Ended, AgentError> {
        let record = self.record(id).await?;
        Ok(Run::new(&self.0, record.id.clone(), read(&record)?, record.stage).ended())
    }

    /// Returns the events of all actions from now on. Who reads too slowly is told that some are missing.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.0.events.subscribe()
    }

    /// Decides by other policies from the next decision on.
    pub fn replace_policies(&self, policies: PolicySet) {
        self.0.policies.replace(policies);
    }

    async fn record(&self, id: &str) -> Result<ActionRecord, AgentError> {
        let of = id.to_owned();
        let found = self.0.store.run(move |ledger| ledger.action(&of)).await?;
        found.ok_or_else(|| AgentError::NotTaken {
            reason: format!("there is no action `{id}`"),
        })
    }

    async fn take_up(&self, record: ActionRecord, work: Work) -> Result<Ended, AgentError> {
        if !record.stage.is_final() {
            if let Some((holder, until)) = record.holder.clone()
                && holder != self.0.name
                && until > (self.0.clock)()
            {
                return Err(AgentError::Held {
                    id: record.id,
                    holder,
                    until,
                });
            }
            self.hold(&record.id).await?;
        }
        Run::new(&self.0, record.id, work, record.stage)
            .drive()
            .await
    }

    async fn hold(&self, id: &str) -> Result<(), AgentError> {
        let (id, holder, lease) = (id.to_owned(), self.0.name.clone(), self.0.lease());
        self.0
            .store
            .run(move |ledger| ledger.hold(&id, &holder, lease))
            .await
    }
}

impl Inner {
    pub(crate) fn lease(&self) -> SignedDuration {
        signed(self.settings.lease)
    }

    pub(crate) fn tell(&self, event: Event) {
        if let Some(observer) = &self.observer {
            observer(&event);
        }
        // Nobody has to listen.
        let _ = self.events.send(event);
    }
}

impl Builder {
    /// Sets the name under which the agent holds actions; each replica needs its own.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Sets the settings.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Decides and records, and executes nothing.
    #[must_use]
    pub fn shadow(mut self, shadow: bool) -> Self {
        self.shadow = shadow;
        self
    }

    /// Reads the time from another clock than the machine's.
    #[must_use]
    pub fn clock(mut self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Calls `observer` at every event, before the action goes on.
    #[must_use]
    pub fn observer(mut self, observer: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// Makes the agent.
    ///
    /// # Errors
    ///
    /// The connection to the cluster cannot be set up, or the settings contradict each other.
    pub fn build(self) -> Result<Agent, AgentError> {
        let settings = self.settings;
        if settings.answer >= settings.lease {
            return Err(AgentError::Settings {
                reason: "`answer` must be shorter than `lease`: who waits for an answer must still hold the action".to_owned(),
            });
        }
        for (name, source) in &settings.signals {
            source.check(name)?;
        }
        let patience = Patience {
            answer: settings.answer,
            tries: settings.tries.max(1),
            pause: settings.pause,
        };
        Ok(Agent(Arc::new(Inner {
            name: self.name,
            policies: Live::new(self.policies),
            store: Store::new(self.ledger),
            cluster: Cluster::new(self.cluster, patience)?,
            settings,
            shadow: self.shadow,
            clock: self.clock,
            events: broadcast::channel(1_024).0,
            observer: self.observer,
        })))
    }
}

/// Reads what the ledger keeps of an action.
fn read(record: &ActionRecord) -> Result<Work, AgentError> {
    serde_json::from_value(record.document.clone()).map_err(|error| AgentError::NotTaken {
        reason: format!(
            "the ledger's record of `{}` cannot be read: {error}",
            record.id
        ),
    })
}

/// Tells whether a text can name an action, in the ledger and in an annotation's value.
fn is_id(id: &str) -> bool {
    let inner = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    let edge = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = id.as_bytes();
    bytes.len() <= 63 && edge(bytes.first()) && edge(bytes.last()) && bytes.iter().all(inner)
}

pub(crate) fn signed(span: std::time::Duration) -> SignedDuration {
    SignedDuration::try_from(span).unwrap_or(SignedDuration::MAX)
}

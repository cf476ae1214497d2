//! Why a command could not do what it was asked.

use taffrail::LoadError;
use taffrail_actions::ActionError;
use taffrail_agent::AgentError;
use taffrail_copilot::GoalError;
use taffrail_copilot::mcp::ServeError;
use taffrail_ledger::LedgerError;
use taffrail_ledger::audit::{Break, CheckpointError};
use taffrail_runtime::ProgramError;
use taffrail_syntax::{Diagnostic, SourceTable};
use taffrail_tools::{LevelError, TestResult};

/// Why a command could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// A file or folder cannot be read.
    #[error("cannot read `{path}`: {source}")]
    Unreadable {
        path: String,
        source: std::io::Error,
    },
    /// Policies cannot be read.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// Policies do not compile.
    #[error("the policies do not compile")]
    Policies {
        diagnostics: Vec<Diagnostic>,
        sources: Box<SourceTable>,
    },
    /// A compiled program cannot be loaded.
    #[error(transparent)]
    Program(#[from] ProgramError),
    /// An action document cannot be read.
    #[error(transparent)]
    Action(#[from] ActionError),
    /// The server of tools cannot serve.
    #[error(transparent)]
    Mcp(#[from] ServeError),
    /// A goal cannot be read.
    #[error(transparent)]
    Goal(#[from] GoalError),
    /// An action names a verb that nothing knows.
    #[error("{document}: there is no verb `{verb}`")]
    UnknownVerb {
        document: String,
        verb: String,
        nearest: Option<String>,
    },
    /// A folder has no action documents.
    #[error("there is no `.yaml`, `.yml` or `.json` file in `{path}`")]
    NoDocuments { path: String },
    /// A folder has no logs.
    #[error("there is no log in `{path}`")]
    NoLogs { path: String },
    /// A parameter's value does not read as its type.
    #[error("`{value}` is not {expected}, which parameter `{name}` is")]
    ParameterValue {
        name: String,
        value: String,
        expected: String,
    },
    /// Standard input is asked for twice.
    #[error("`-` stands twice, and standard input can be read once")]
    StandardInputTwice,
    /// A level of `taffrail.toml` is wrong.
    #[error("`taffrail.toml`: {0}")]
    Level(#[from] LevelError),
    /// What is read from standard input cannot be mended in place.
    #[error("`--fix` writes files, and standard input is none")]
    NothingToWriteTo,
    /// The mended policies do not compile, so nothing was written.
    #[error("the mended policies would not compile, so nothing is written")]
    FixBreaks {
        diagnostics: Vec<Diagnostic>,
        sources: Box<SourceTable>,
    },
    /// A file cannot be written.
    #[error("cannot write `{path}`: {source}")]
    Unwritable {
        path: String,
        source: std::io::Error,
    },
    /// A file that is to be written is already there.
    #[error("`{path}` is already there, so nothing is written")]
    AlreadyThere { path: String },
    /// No test has the text that was asked for in its name.
    #[error("no test has `{filter}` in its name")]
    NoSuchTest { filter: String },
    /// Tests fail before anything is changed.
    #[error("{} before anything is changed, so nothing can be told: mend them first", match tests.len() { 1 => "1 test fails".to_owned(), n => format!("{n} tests fail") })]
    FailingTests {
        tests: Vec<TestResult>,
        sources: Box<SourceTable>,
    },
    /// Without tests, nothing can notice a change.
    #[error("there is no test that could notice a change")]
    NoTests,
    /// No declaration has the text that was asked for in its name.
    #[error("no rule, let, parameter or signal has `{filter}` in its name")]
    NothingToChange { filter: String },
    /// The threads that were asked for cannot be had.
    #[error("cannot start {jobs} threads: {source}")]
    NoThreads {
        jobs: usize,
        source: rayon::ThreadPoolBuildError,
    },
    /// What is read from standard input does not change.
    #[error("`--watch` waits for files to change, and standard input is none")]
    NothingToWatch,
    /// Changes of files cannot be waited for.
    #[error("cannot watch `{path}`: {source}")]
    NotWatched { path: String, source: notify::Error },
    /// A report cannot be turned into XML.
    #[error("cannot write XML: {0}")]
    Xml(#[from] quick_junit::SerializeError),
    /// What is given as the call of a tool is none.
    #[error("this is no call of a tool")]
    NoCall,
    /// Facts for a command line are written as a plan.
    #[error("`{path}` is a plan, and the facts of a command line are those of one action")]
    FactsOfPlan { path: String },
    /// The program that a decision lets run cannot be run.
    #[error("cannot run `{program}`: {source}")]
    NotRun {
        program: String,
        source: std::io::Error,
    },
    /// A code that no diagnostic has.
    #[error("there is no diagnostic code `{code}`")]
    UnknownCode {
        code: String,
        nearest: Option<String>,
    },
    /// An agent cannot do its work.
    #[error(transparent)]
    Agent(#[from] AgentError),
    /// The cluster cannot be found.
    #[error("cannot find the cluster: {0}")]
    NoCluster(String),
    /// The settings of an agent cannot be read.
    #[error("`{path}`: {reason}")]
    Settings { path: String, reason: String },
    /// The ledger fails or refuses.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// There is no ledger where one is to be read.
    #[error("there is no ledger `{path}`")]
    NoLedger { path: String },
    /// Somebody has no name.
    #[error("who asks is not known")]
    Nobody,
    /// The audit log was tampered with.
    #[error("the audit log is broken: {0}")]
    BrokenLog(Break),
    /// What is known from elsewhere cannot be held against the log.
    #[error("{reason}")]
    Anchor { reason: String },
    /// A key or a checkpoint is not accepted.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The audit log tells nothing of an action.
    #[error("the audit log tells nothing of an action `{id}`")]
    NoStory { id: String },
    /// The output cannot be written.
    #[error("cannot write the output: {0}")]
    Output(#[from] std::io::Error),
    /// A report cannot be turned into JSON.
    #[error("cannot write JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl Failure {
    /// Returns what to do about it, when that can be told.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Action(error) | Self::Agent(AgentError::NotRead(error)) => error.problem.hint(),
            Self::Goal(GoalError::Action(error)) => error.problem.hint(),
            Self::Goal(GoalError::Goal { .. }) => None,
            Self::NoCluster(_) => Some(
                "`--kubeconfig FILE` and `--context NAME` say which, or `--server URL`".to_owned(),
            ),
            Self::UnknownVerb { nearest, verb, .. } => Some(match nearest {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("a verb of your own is declared in a policy: `verb {verb}`"),
            }),
            Self::UnknownCode { nearest, .. } => Some(match nearest {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`taffrail explain` lists all codes".into(),
            }),
            Self::AlreadyThere { .. } => {
                Some("name a folder of its own: `taffrail init DIR`".into())
            }
            Self::NoLogs { .. } => Some(
                "logs end in .json, .jsonl, .ndjson, .log, .yaml or .yml, and may be compressed: .gz"
                    .into(),
            ),
            Self::NoTests => Some("`test \"…\" { given { … } expect propose }` is one".into()),
            Self::FailingTests { .. } => Some("`taffrail test` runs them alone".into()),
            Self::NoCall => Some(
                r#"write `{"name": "pods_get", "arguments": {"name": "api-1"}}`, each key once"#
                    .into(),
            ),
            Self::Ledger(error) => of_ledger(error),
            Self::Nobody => Some("say it: `--as NAME`".into()),
            Self::BrokenLog(_) => Some(
                "records before it are as they were written; what follows proves nothing".into(),
            ),
            Self::NoStory { .. } => Some(
                "`taffrail status` names the actions that are under way; older records may have been rotated into a file"
                    .into(),
            ),
            Self::Unreadable { .. }
            | Self::NoLedger { .. }
            | Self::Anchor { .. }
            | Self::Checkpoint(_)
            | Self::Load(_)
            | Self::Mcp(_)
            | Self::Policies { .. }
            | Self::Level(_)
            | Self::NothingToWriteTo
            | Self::FixBreaks { .. }
            | Self::Unwritable { .. }
            | Self::Program(_)
            | Self::NoDocuments { .. }
            | Self::ParameterValue { .. }
            | Self::StandardInputTwice
            | Self::NoSuchTest { .. }
            | Self::FactsOfPlan { .. }
            | Self::NotRun { .. }
            | Self::NothingToChange { .. }
            | Self::NoThreads { .. }
            | Self::NothingToWatch
            | Self::NotWatched { .. }
            | Self::Xml(_)
            | Self::Output(_)
            | Self::Agent(_)
            | Self::Settings { .. }
            | Self::Json(_) => None,
        }
    }
}

/// Returns what to do about what a ledger refuses.
fn of_ledger(error: &LedgerError) -> Option<String> {
    match error {
        LedgerError::Missing {
            what: "proposal", ..
        } => Some("`taffrail approvals list` names those that wait".into()),
        LedgerError::Conflict {
            what: "proposal",
            found,
            ..
        } => Some(
            match found.as_str() {
                "expired" => "its time has passed, and it never runs; the requester may ask again",
                "void" => "what it was bound to has changed, so it is decided anew and may be asked again; `taffrail approvals show` says what",
                "used" => "it has run, or is about to; an approval counts once",
                "rejected" => "one no ends it; the requester may ask again",
                _ => "`taffrail approvals show` says how it stands",
            }
            .into(),
        ),
        LedgerError::Refused { reason } if reason.starts_with("nobody approves") => {
            Some("somebody else has to agree".into())
        }
        LedgerError::Refused { reason } if reason.contains("none of the teams") => {
            Some("`--team NAME` says to which team you belong; `taffrail approvals show` says who is missing".into())
        }
        LedgerError::NotOpened { .. }
        | LedgerError::NotConnected { .. }
        | LedgerError::Sqlite(_)
        | LedgerError::Postgres(_)
        | LedgerError::Damaged { .. }
        | LedgerError::TooNew { .. }
        | LedgerError::Missing { .. }
        | LedgerError::Conflict { .. }
        | LedgerError::Refused { .. }
        | LedgerError::Json(_) => None,
    }
}

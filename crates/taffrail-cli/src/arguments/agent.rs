//! What can be asked of `taffrail agent`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};

use super::Set;

#[derive(Debug, Args)]
pub(crate) struct Agent {
    #[command(subcommand)]
    pub(crate) command: AgentCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AgentCommand {
    /// Take actions to their end, or to where people are asked; handing over the same action again executes nothing twice
    Run(Run),
    /// Take up what is not finished: after a crash, or once people have answered
    Resume(ResumeActions),
    /// Take back an action that was executed
    RollBack(RollBack),
    /// Take actions and answers of people over HTTP, and take up what is not finished
    Serve(Serve),
}

/// What an agent needs for its work.
#[derive(Debug, Args)]
pub(crate) struct Work {
    /// Folder or file of policies
    #[arg(long, value_name = "DIR")]
    pub(crate) policies: PathBuf,
    #[command(flatten)]
    pub(crate) set: Set,
    /// The ledger: a file, or `postgresql://…`
    #[arg(long, value_name = "FILE|URL", env = "TAFFRAIL_LEDGER")]
    pub(crate) ledger: String,
    /// The agent's settings: signals, bounds, deadlines
    #[arg(long, value_name = "FILE")]
    pub(crate) settings: Option<PathBuf>,
    /// The kubeconfig; the usual one, or that of the pod, when left out
    #[arg(long, value_name = "FILE")]
    pub(crate) kubeconfig: Option<PathBuf>,
    /// The context of the kubeconfig
    #[arg(long, value_name = "NAME")]
    pub(crate) context: Option<String>,
    /// The API server's address, without a kubeconfig
    #[arg(long, value_name = "URL", conflicts_with_all = ["kubeconfig", "context"])]
    pub(crate) server: Option<String>,
    /// The name of this replica, under which it holds actions
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Form of the output
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: Lines,
}

/// How events are shown, one a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Lines {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct Run {
    #[command(flatten)]
    pub(crate) work: Work,
    /// Who asks: the id that policies see as `principal.id`
    #[arg(long = "as", value_name = "ID")]
    pub(crate) principal: String,
    /// What the one who asks is
    #[arg(long, value_name = "KIND", default_value = "agent", value_parser = ["agent", "copilot", "human", "controller"])]
    pub(crate) kind: String,
    /// A group of the one who asks; may be given several times
    #[arg(long = "group", value_name = "NAME")]
    pub(crate) groups: Vec<String>,
    /// The tenant of the one who asks
    #[arg(long, value_name = "NAME")]
    pub(crate) tenant: Option<String>,
    /// Decide and record, and execute nothing
    #[arg(long)]
    pub(crate) shadow: bool,
    /// Action documents, YAML or JSON: files, folders of them, or `-` for standard input. Their `id` names the action; without one it
    /// follows from what they say
    #[arg(required = true, value_name = "ACTION")]
    pub(crate) actions: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ResumeActions {
    #[command(flatten)]
    pub(crate) work: Work,
    /// Go on looking, with this pause, until stopped: `30s`
    #[arg(long, value_name = "SPAN", value_parser = span)]
    pub(crate) every: Option<Duration>,
}

fn span(text: &str) -> Result<Duration, String> {
    let span: jiff::SignedDuration = text
        .parse()
        .map_err(|_| "write `30s`, `5m` or `1h`".to_owned())?;
    Duration::try_from(span).map_err(|_| "it lies in the past".to_owned())
}

#[derive(Debug, Args)]
pub(crate) struct RollBack {
    #[command(flatten)]
    pub(crate) work: Work,
    /// The action's id
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// Who asks for it
    #[arg(long, value_name = "NAME")]
    pub(crate) by: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) work: Work,
    /// Where to listen; without TLS in front, stay on loopback
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub(crate) listen: std::net::SocketAddr,
    /// Who may call, TOML: `[[people]]` with `name`, `teams`, `token_sha256`, and maybe `operator`, `kind`, `groups`, `tenant`
    #[arg(long, value_name = "FILE")]
    pub(crate) tokens: PathBuf,
    /// The pause between two looks for what is not finished
    #[arg(long, value_name = "SPAN", value_parser = span, default_value = "5s")]
    pub(crate) every: Duration,
}

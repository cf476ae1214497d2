//! What can be asked of `taffrail replay`.

use std::path::PathBuf;

use clap::Args;

use super::{Form, Set};

#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// Folder or file of the policies to decide with
    #[arg(long, value_name = "DIR")]
    pub(crate) policies: PathBuf,
    /// Policies whose verdicts count as those of before; without them, what was recorded does
    #[arg(long, value_name = "DIR")]
    pub(crate) against: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) set: Set,
    /// Logs: action documents, records of `decide --record`, or events of an API server's audit log, in JSON lines or YAML; files, folders of
    /// them, or `-` for standard input; compressed by gzip or not
    #[arg(required = true, value_name = "LOG")]
    pub(crate) logs: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) filter: ReplayFilter,
    /// Say of which kind those are who ask, by their names, as a server's log does not: `agent=healer`, `human=*@example.com`; the first that fits
    #[arg(long, value_name = "KIND=GLOB", value_parser = principal_kind)]
    pub(crate) principal_kind: Vec<(String, String)>,
    /// An action document of whose facts the cluster, and the Namespaces among the objects, hold for every event of a server's log
    #[arg(long, value_name = "FILE")]
    pub(crate) facts: Option<PathBuf>,
    /// Take budgets of which a log says nothing as unused and breakers as closed; otherwise they are unknown
    #[arg(long)]
    pub(crate) assume_unused_budgets: bool,
    /// Form of the output
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: Form,
    /// How many samples to show of each change
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(crate) samples: usize,
    /// How many cores to decide on; all when left out
    #[arg(long, value_name = "N")]
    pub(crate) jobs: Option<std::num::NonZeroUsize>,
}

/// Which of the recorded actions are decided again.
#[derive(Debug, Args)]
pub(crate) struct ReplayFilter {
    /// Only what these asked; globs. May name components of the cluster
    #[arg(long, value_name = "GLOB")]
    pub(crate) principal: Vec<String>,
    /// Nothing that these asked; globs
    #[arg(long, value_name = "GLOB")]
    pub(crate) exclude_principal: Vec<String>,
    /// `writes`, `all`, or verbs with commas between. `writes` leaves the reads of a server's log out
    #[arg(long, value_name = "VERBS", default_value = "writes")]
    pub(crate) verbs: String,
    /// Decide too what the cluster's own components ask of its API server: the control plane, nodes, service accounts of `kube-system`
    #[arg(long)]
    pub(crate) include_system: bool,
    /// Decide too what the server refused or failed to do
    #[arg(long)]
    pub(crate) include_failed: bool,
    /// Decide too what was only tried out
    #[arg(long)]
    pub(crate) include_dry_runs: bool,
}

fn principal_kind(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((kind @ ("agent" | "copilot" | "human" | "controller"), glob)) => {
            Ok((kind.to_owned(), glob.to_owned()))
        }
        _ => Err("write `KIND=GLOB`, with agent, copilot, human or controller for KIND".into()),
    }
}

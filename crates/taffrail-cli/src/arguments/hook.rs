//! What can be asked of `taffrail hook`.

use std::path::PathBuf;

use clap::Args;
use taffrail_copilot::hook::Dialect;

use super::Set;

#[derive(Debug, Args)]
pub(crate) struct Hook {
    /// Folder or file of policies
    #[arg(long, value_name = "DIR")]
    pub(crate) policies: PathBuf,
    #[command(flatten)]
    pub(crate) set: Set,
    /// Who asks: claude, codex, cursor, gemini, copilot, windsurf, cline, or shell for a command line as text; recognised when left out
    #[arg(long, value_name = "NAME")]
    pub(crate) format: Option<Dialect>,
    /// An action document whose principal, intent, request and facts hold for what is asked; without a principal, it is the agent of the format
    #[arg(long, value_name = "FILE")]
    pub(crate) facts: Option<PathBuf>,
    /// Live objects, as `kubectl get -o yaml` prints them; may be given several times
    #[arg(long, value_name = "FILE")]
    pub(crate) current: Vec<PathBuf>,
    /// The namespace of commands and calls that name none
    #[arg(long, value_name = "NAME")]
    pub(crate) namespace: Option<String>,
    /// Ask the cluster for the live objects of a command line and their namespace, with this kubectl: `--live` or `--live=PROGRAM`
    #[arg(long, value_name = "PROGRAM", num_args = 0..=1, require_equals = true, default_missing_value = "kubectl")]
    pub(crate) live: Option<PathBuf>,
    /// A server of tools that acts on a cluster though its name does not say so; may be given several times
    #[arg(long = "server", value_name = "NAME")]
    pub(crate) servers: Vec<String>,
    /// Never allow: leave what may be executed to the agent's own rules
    #[arg(long)]
    pub(crate) never_allow: bool,
    /// Never ask, where nobody is there to answer: refuse what should be asked
    #[arg(long)]
    pub(crate) never_ask: bool,
}

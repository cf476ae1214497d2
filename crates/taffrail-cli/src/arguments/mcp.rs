//! What can be asked of `taffrail mcp`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use super::Set;

#[derive(Debug, Args)]
pub(crate) struct Mcp {
    /// Folder or file of policies
    #[arg(long, value_name = "DIR")]
    pub(crate) policies: PathBuf,
    #[command(flatten)]
    pub(crate) set: Set,
    /// An action document whose principal, intent, request and facts hold for command lines
    #[arg(long, value_name = "FILE")]
    pub(crate) facts: Option<PathBuf>,
    /// The ledger whose proposals are shown: a file, or `postgresql://user@host/database`
    #[arg(
        long,
        value_name = "FILE|URL",
        env = "TAFFRAIL_LEDGER",
        hide_env_values = true
    )]
    pub(crate) ledger: Option<String>,
    /// Your name, so that your answers to proposals count; only with standard input and output, where nobody else is at the other end
    #[arg(long = "as", value_name = "NAME", conflicts_with = "listen")]
    pub(crate) name: Option<String>,
    /// A team that you belong to; may be given several times
    #[arg(long = "team", value_name = "TEAM", requires = "name")]
    pub(crate) teams: Vec<String>,
    /// Serve over HTTP, at `/mcp`, instead of standard input and output; there is no authentication: stay on loopback
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<SocketAddr>,
    /// A name under which clients reach the server, besides those of loopback; may be given several times
    #[arg(long = "allow-host", value_name = "HOST", requires = "listen")]
    pub(crate) hosts: Vec<String>,
}

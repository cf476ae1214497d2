//! What can be asked of a ledger: approvals, the audit log, and the switch that stops everything.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use taffrail_ledger::ProposalState;

use super::BenchForm;

/// Where the ledger is.
#[derive(Debug, Args)]
pub(crate) struct At {
    /// The ledger: a file, or `postgresql://user@host/database`
    #[arg(
        long,
        value_name = "FILE|URL",
        env = "TAFFRAIL_LEDGER",
        hide_env_values = true
    )]
    pub(crate) ledger: String,
}

/// Who speaks. Whoever may write to the ledger is believed; over HTTP, people show a token.
#[derive(Debug, Args)]
pub(crate) struct Who {
    /// Your name; that of the user who runs the command when left out
    #[arg(long = "as", value_name = "NAME")]
    pub(crate) name: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Approvals {
    /// List proposals
    List(Listing),
    /// Show what exactly will run, why it is asked for, and who must still agree
    Show(ShowProposal),
    /// Agree to a proposal
    Approve(Vote),
    /// Refuse a proposal; one no ends it
    Reject(VoteOn),
}

#[derive(Debug, Args)]
pub(crate) struct Listing {
    #[command(flatten)]
    pub(crate) at: At,
    /// Which proposals
    #[arg(long, value_enum, default_value_t)]
    pub(crate) state: State,
    /// Form of the output
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: BenchForm,
}

#[derive(Debug, Args)]
pub(crate) struct ShowProposal {
    /// The proposal's id
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) at: At,
    /// Form of the output
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: BenchForm,
}

#[derive(Debug, Args)]
pub(crate) struct Vote {
    /// The proposal's id
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) at: At,
    #[command(flatten)]
    pub(crate) who: Who,
    /// A team that you belong to; may be given several times
    #[arg(long = "team", value_name = "TEAM")]
    pub(crate) teams: Vec<String>,
    /// Why
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(crate) reason: String,
    /// Form of the output
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: BenchForm,
}

#[derive(Debug, Args)]
pub(crate) struct VoteOn {
    /// The proposal's id
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) at: At,
    #[command(flatten)]
    pub(crate) who: Who,
    /// Why; whoever asked will read it
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// Form of the output
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: BenchForm,
}

/// The states of proposals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum State {
    /// Waits for votes
    #[default]
    Pending,
    /// Enough people have agreed; it has not run
    Approved,
    /// Somebody has said no
    Rejected,
    /// It was used, and cannot be used again
    Used,
    /// What it was bound to has changed
    Void,
    /// Its time has passed
    Expired,
}

impl State {
    pub(crate) fn of_ledger(self) -> ProposalState {
        match self {
            Self::Pending => ProposalState::Pending,
            Self::Approved => ProposalState::Approved,
            Self::Rejected => ProposalState::Rejected,
            Self::Used => ProposalState::Used,
            Self::Void => ProposalState::Void,
            Self::Expired => ProposalState::Expired,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Verify that no record was changed, removed, reordered or cut off
    Verify(Verify),
    /// Tell an action's story, from the records that tell of it
    Show(ShowAction),
    /// Print records as lines of JSON, which `verify` reads
    Export(Export),
    /// Move all records into a file; the log goes on behind them without a break
    Rotate(Rotate),
    /// Verify the log and sign how far it goes
    Checkpoint(Checkpoint),
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// Exported files instead of a ledger, in their order
    #[arg(value_name = "FILE", conflicts_with = "ledger")]
    pub(crate) files: Vec<PathBuf>,
    /// The ledger: a file, or `postgresql://user@host/database`
    #[arg(
        long,
        value_name = "FILE|URL",
        env = "TAFFRAIL_LEDGER",
        hide_env_values = true,
        required_unless_present = "files"
    )]
    pub(crate) ledger: Option<String>,
    /// With files: the number and hash of the record before the first one, `NUMBER:HASH`
    #[arg(long, value_name = "HEAD", requires = "files")]
    pub(crate) after: Option<String>,
    /// A number and hash that were kept elsewhere, `NUMBER:HASH`: the log must hold that record
    #[arg(long, value_name = "HEAD")]
    pub(crate) head: Vec<String>,
    /// A file of signed checkpoints, one a line: the log must hold their records
    #[arg(long, value_name = "FILE", requires = "key")]
    pub(crate) checkpoint: Option<PathBuf>,
    /// The public key of the checkpoints, PEM
    #[arg(long, value_name = "PEM", requires = "checkpoint")]
    pub(crate) key: Option<PathBuf>,
    /// Form of the output
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: BenchForm,
}

#[derive(Debug, Args)]
pub(crate) struct ShowAction {
    /// The action's id; without one, every record is shown
    #[arg(value_name = "ID")]
    pub(crate) id: Option<String>,
    #[command(flatten)]
    pub(crate) at: At,
    /// Form of the output
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: BenchForm,
}

#[derive(Debug, Args)]
pub(crate) struct Export {
    #[command(flatten)]
    pub(crate) at: At,
    /// Only records behind this number
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub(crate) after: i64,
}

#[derive(Debug, Args)]
pub(crate) struct Rotate {
    #[command(flatten)]
    pub(crate) at: At,
    /// The file to write; must not be there yet
    #[arg(long, value_name = "FILE")]
    pub(crate) to: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Checkpoint {
    #[command(flatten)]
    pub(crate) at: At,
    /// The private key, Ed25519 in PEM: `openssl genpkey -algorithm ed25519`
    #[arg(long, value_name = "PEM")]
    pub(crate) key: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Pause {
    #[command(flatten)]
    pub(crate) at: At,
    #[command(flatten)]
    pub(crate) who: Who,
    /// Why; everybody who is held up reads it
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
}

#[derive(Debug, Args)]
pub(crate) struct Resume {
    #[command(flatten)]
    pub(crate) at: At,
    #[command(flatten)]
    pub(crate) who: Who,
}

#[derive(Debug, Args)]
pub(crate) struct Status {
    #[command(flatten)]
    pub(crate) at: At,
    /// Form of the output
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: BenchForm,
}

//! What an agent tells of an action while it is on its way.

use jiff::Timestamp;
use serde::Serialize;
use taffrail_ledger::Stage;

/// Something that happened to an action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Event {
    /// The action's id.
    pub action: String,
    /// The stage.
    pub stage: Stage,
    /// How far the stage is.
    pub moment: Moment,
    /// When.
    pub at: Timestamp,
}

/// How far a stage is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// Its work is done, and the ledger does not know yet.
    Done,
    /// The ledger has it.
    Recorded,
}

/// How an action stands when an agent puts it down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ended {
    /// The action's id.
    pub id: String,
    /// Where it stands. Unless [`Stage::is_final`], it goes on when people have answered or somebody resumes it.
    pub stage: Stage,
    /// Why, in a phrase.
    pub reason: String,
    /// The proposal that people are asked to agree to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposal: Option<String>,
}

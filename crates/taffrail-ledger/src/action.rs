//! Actions on their way: how far each is, and who is at work on it. After a crash, somebody goes on from there.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::audit::{self, Entry};
use crate::error::LedgerError;
use crate::ledger::{Ledger, Session};
use crate::store::Row;

/// The stages of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// It was handed over.
    Received,
    /// The facts of its decision are known.
    Collected,
    /// It was decided.
    Decided,
    /// It waits for people who may release it.
    Proposed,
    /// It waits for people with more authority.
    Escalated,
    /// Enough people have agreed.
    Approved,
    /// Its budgets are taken.
    Reserved,
    /// The server would do it.
    Rehearsed,
    /// It is about to be sent to the server: from here on it may have happened.
    Executing,
    /// The server has done it.
    Executed,
    /// It had the effect that it should.
    Verified,
    /// It is about to be taken back.
    RollingBack,
    /// Finished: everything is as it should be.
    Closed,
    /// Finished: it was taken back.
    RolledBack,
    /// Finished: people said no.
    Rejected,
    /// Finished: its time has passed.
    Expired,
    /// Finished: it was not done, or did not do what it should.
    Failed,
    /// Finished: it could not be taken back, and people must look.
    Stuck,
}

impl Stage {
    /// All stages.
    pub const ALL: [Self; 18] = [
        Self::Received,
        Self::Collected,
        Self::Decided,
        Self::Proposed,
        Self::Escalated,
        Self::Approved,
        Self::Reserved,
        Self::Rehearsed,
        Self::Executing,
        Self::Executed,
        Self::Verified,
        Self::RollingBack,
        Self::Closed,
        Self::RolledBack,
        Self::Rejected,
        Self::Expired,
        Self::Failed,
        Self::Stuck,
    ];

    /// Returns the word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Collected => "collected",
            Self::Decided => "decided",
            Self::Proposed => "proposed",
            Self::Escalated => "escalated",
            Self::Approved => "approved",
            Self::Reserved => "reserved",
            Self::Rehearsed => "rehearsed",
            Self::Executing => "executing",
            Self::Executed => "executed",
            Self::Verified => "verified",
            Self::RollingBack => "rolling_back",
            Self::Closed => "closed",
            Self::RolledBack => "rolled_back",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::Failed => "failed",
            Self::Stuck => "stuck",
        }
    }

    /// Tells whether nothing follows.
    #[must_use]
    pub fn is_final(self) -> bool {
        match self {
            Self::Closed
            | Self::RolledBack
            | Self::Rejected
            | Self::Expired
            | Self::Failed
            | Self::Stuck => true,
            Self::Received
            | Self::Collected
            | Self::Decided
            | Self::Proposed
            | Self::Escalated
            | Self::Approved
            | Self::Reserved
            | Self::Rehearsed
            | Self::Executing
            | Self::Executed
            | Self::Verified
            | Self::RollingBack => false,
        }
    }
}

/// An action on its way.
#[derive(Debug, Clone, PartialEq)]
pub struct ActionRecord {
    /// Its id: handing over the same id again is the same action.
    pub id: String,
    /// How far it is.
    pub stage: Stage,
    /// What whoever is at work on it must know to go on: the action, its plan, its inverse.
    pub document: serde_json::Value,
    /// Who is at work on it, and until when nobody else may be.
    pub holder: Option<(String, Timestamp)>,
    /// When it was handed over.
    pub created: Timestamp,
    /// When it came to its stage.
    pub changed: Timestamp,
}

/// A step from one stage to the next.
#[derive(Debug, Clone)]
pub struct Step<'s> {
    /// The action.
    pub id: &'s str,
    /// Who takes the step; must hold the action.
    pub holder: &'s str,
    /// The stage that it must be in.
    pub from: Stage,
    /// The stage that it comes to.
    pub to: Stage,
    /// The new document; `None` leaves the old one.
    pub document: Option<&'s serde_json::Value>,
    /// What the audit log tells of the step.
    pub body: serde_json::Value,
}

impl Ledger {
    /// Takes an action over from whoever hands it in, for `lease` to begin with. When it is known already, it stays as it is, and the
    /// answer says how far it is and who holds it.
    ///
    /// # Errors
    ///
    /// The store fails.
    pub fn accept(
        &self,
        id: &str,
        document: &serde_json::Value,
        holder: &str,
        lease: SignedDuration,
    ) -> Result<(ActionRecord, bool), LedgerError> {
        self.write(|session| {
            if let Some(found) = find(session, id)? {
                return Ok((found, false));
            }
            let text = serde_json::to_string(document)?;
            let sql = "INSERT INTO actions (id, stage, document, holder, held_until, created, changed) \
                       VALUES ($1, 'received', $2, $3, $4, $5, $6)";
            let until = end(session, lease);
            let cells = [
                id.into(),
                (&text).into(),
                holder.into(),
                until.into(),
                session.now.into(),
                session.now.into(),
            ];
            session.execute(sql, &cells)?;
            log(session, Stage::Received, id, holder, document.clone())?;
            Ok((present(session, id)?, true))
        })
    }

    /// Brings an action to its next stage, and records it, in one.
    ///
    /// # Errors
    ///
    /// The store fails; the action is not there, not in the stage it should be in, or held by somebody else.
    pub fn advance(&self, step: &Step<'_>, lease: SignedDuration) -> Result<(), LedgerError> {
        self.write(|session| {
            let found = present(session, step.id)?;
            if found.stage != step.from {
                return Err(conflict(step.id, found.stage.word(), step.from.word()));
            }
            hold(session, &found, step.holder)?;
            let document = step.document.unwrap_or(&found.document);
            let document = serde_json::to_string(document)?;
            let (holder, until) = if step.to.is_final() {
                (None, None)
            } else {
                (Some(step.holder), Some(end(session, lease)))
            };
            let sql = "UPDATE actions SET stage = $1, document = $2, holder = $3, held_until = $4, changed = $5 WHERE id = $6";
            let cells = [
                step.to.word().into(),
                (&document).into(),
                holder.into(),
                until.into(),
                session.now.into(),
                step.id.into(),
            ];
            session.execute(sql, &cells)?;
            log(session, step.to, step.id, step.holder, step.body.clone())
        })
    }

    /// Holds an action for longer, or takes it when nobody holds it.
    ///
    /// # Errors
    ///
    /// The store fails; the action is not there, or held by somebody else.
    pub fn hold(&self, id: &str, holder: &str, lease: SignedDuration) -> Result<(), LedgerError> {
        self.write(|session| {
            let found = present(session, id)?;
            hold(session, &found, holder)?;
            let sql = "UPDATE actions SET holder = $1, held_until = $2 WHERE id = $3";
            let until = end(session, lease);
            session.execute(sql, &[holder.into(), until.into(), id.into()])?;
            Ok(())
        })
    }

    /// Lets others take an action that is not finished: it waits for people, or its holder ends in peace.
    ///
    /// # Errors
    ///
    /// The store fails; the action is not there, or held by somebody else.
    pub fn release(&self, id: &str, holder: &str) -> Result<(), LedgerError> {
        self.write(|session| {
            let found = present(session, id)?;
            hold(session, &found, holder)?;
            let sql = "UPDATE actions SET holder = NULL, held_until = NULL WHERE id = $1";
            session.execute(sql, &[id.into()])?;
            Ok(())
        })
    }

    /// Returns an action, if it is there.
    ///
    /// # Errors
    ///
    /// The store fails.
    pub fn action(&self, id: &str) -> Result<Option<ActionRecord>, LedgerError> {
        self.read(|session| find(session, id))
    }

    /// Returns all actions that are not finished, oldest first.
    ///
    /// # Errors
    ///
    /// The store fails.
    pub fn under_way(&self) -> Result<Vec<ActionRecord>, LedgerError> {
        self.read(|session| {
            let sql = "SELECT id, stage, document, holder, held_until, created, changed FROM actions \
                       ORDER BY created, id";
            let rows = session.query(sql, &[])?;
            let mut found = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
            found.retain(|record| !record.stage.is_final());
            Ok(found)
        })
    }

    /// Returns the actions that are not finished and that nobody holds, oldest first.
    ///
    /// # Errors
    ///
    /// The store fails.
    pub fn left_behind(&self) -> Result<Vec<ActionRecord>, LedgerError> {
        self.read(|session| {
            let sql = "SELECT id, stage, document, holder, held_until, created, changed FROM actions \
                       WHERE held_until IS NULL OR held_until <= $1 ORDER BY created, id";
            let rows = session.query(sql, &[session.now.into()])?;
            let mut found = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
            found.retain(|record| !record.stage.is_final());
            Ok(found)
        })
    }
}

fn find(session: &mut Session<'_>, id: &str) -> Result<Option<ActionRecord>, LedgerError> {
    let sql = "SELECT id, stage, document, holder, held_until, created, changed FROM actions WHERE id = $1";
    let rows = session.query(sql, &[id.into()])?;
    rows.first().map(read).transpose()
}

fn present(session: &mut Session<'_>, id: &str) -> Result<ActionRecord, LedgerError> {
    find(session, id)?.ok_or_else(|| LedgerError::Missing {
        what: "action",
        id: id.to_owned(),
    })
}

fn read(row: &Row) -> Result<ActionRecord, LedgerError> {
    let word = row.text(1)?;
    let stage = Stage::ALL
        .into_iter()
        .find(|stage| stage.word() == word)
        .ok_or_else(|| LedgerError::damaged(format!("an action is `{word}`")))?;
    Ok(ActionRecord {
        id: row.text(0)?,
        stage,
        document: serde_json::from_str(&row.text(2)?)?,
        holder: row.maybe_text(3)?.zip(row.maybe_time(4)?),
        created: row.time(5)?,
        changed: row.time(6)?,
    })
}

/// Fails when somebody else is at work.
fn hold(session: &Session<'_>, record: &ActionRecord, holder: &str) -> Result<(), LedgerError> {
    match &record.holder {
        Some((other, until)) if other != holder && *until > session.now => {
            Err(conflict(&record.id, &format!("held by {other}"), "free"))
        }
        _ => Ok(()),
    }
}

fn end(session: &Session<'_>, lease: SignedDuration) -> Timestamp {
    session.now.checked_add(lease).unwrap_or(Timestamp::MAX)
}

fn log(
    session: &mut Session<'_>,
    stage: Stage,
    id: &str,
    actor: &str,
    body: serde_json::Value,
) -> Result<(), LedgerError> {
    let entry = Entry {
        event: stage.word().to_owned(),
        action: id.to_owned(),
        actor: actor.to_owned(),
        body,
    };
    audit::append(session, &entry).map(|_| ())
}

fn conflict(id: &str, found: &str, expected: &str) -> LedgerError {
    LedgerError::Conflict {
        what: "action",
        id: id.to_owned(),
        found: found.to_owned(),
        expected: expected.to_owned(),
    }
}

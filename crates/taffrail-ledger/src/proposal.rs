//! Proposals: what waits for people, what exactly it is that they agree to, and whether it still is that.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use taffrail_runtime::decision::Team;

use crate::audit::{self, Entry};
use crate::error::LedgerError;
use crate::ledger::{Ledger, Session};
use crate::store::Row;
use crate::vote::{self, Vote};

/// What an approval is bound to. When any of it changes, the approval is void.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bound {
    /// The digest of the action.
    pub action: String,
    /// The digest of the policy set.
    pub policies: String,
    /// The versions of the objects that were observed, by object.
    pub objects: BTreeMap<String, String>,
}

impl Bound {
    /// Returns what differs, a phrase each.
    #[must_use]
    pub fn changes(&self, now: &Self) -> Vec<String> {
        let mut found = Vec::new();
        if self.action != now.action {
            found.push("the action is another".to_owned());
        }
        if self.policies != now.policies {
            found.push("the policies have changed".to_owned());
        }
        let names: std::collections::BTreeSet<&String> =
            self.objects.keys().chain(now.objects.keys()).collect();
        for name in names {
            if self.objects.get(name) != now.objects.get(name) {
                found.push(format!("{name} has changed"));
            }
        }
        found
    }
}

/// An action that waits for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Its id.
    pub id: String,
    /// The action's id.
    pub action: String,
    /// Who asks.
    pub requester: String,
    /// What will run, whole and in one form: what people read before they agree.
    pub rendering: String,
    /// What people agree to.
    pub bound: Bound,
    /// Who must agree; nobody named means any one person but the requester.
    pub needs: Vec<Team>,
    /// What a vote must carry, so that it cannot be meant for another proposal.
    pub nonce: String,
    /// When it ends if it has not run.
    pub expires: Timestamp,
}

/// How far a proposal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProposalState {
    /// It waits for votes.
    Pending,
    /// Enough people have agreed; it has not run.
    Approved,
    /// Somebody has said no.
    Rejected,
    /// It was used, and cannot be used again.
    Used,
    /// What it was bound to has changed.
    Void,
    /// Its time has passed.
    Expired,
}

impl ProposalState {
    const ALL: [Self; 6] = [
        Self::Pending,
        Self::Approved,
        Self::Rejected,
        Self::Used,
        Self::Void,
        Self::Expired,
    ];

    /// Returns the word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Used => "used",
            Self::Void => "void",
            Self::Expired => "expired",
        }
    }
}

/// A proposal with its votes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// The proposal.
    pub proposal: Proposal,
    /// How far it is.
    pub state: ProposalState,
    /// The votes, in the order of the persons' names.
    pub votes: Vec<Vote>,
    /// How many are still missing of whom; a count without a team is of anybody.
    pub missing: Vec<Team>,
}

/// The answer to using an approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Redeemed {
    /// It may run now, once.
    Released,
    /// What people agreed to is no longer what would run, for these reasons: it must be decided anew.
    Void(Vec<String>),
}

impl Ledger {
    /// Puts up a proposal. Putting up the same one again changes nothing.
    ///
    /// # Errors
    ///
    /// The store fails, or another proposal has the id.
    pub fn propose(&self, proposal: &Proposal) -> Result<Standing, LedgerError> {
        self.write(|session| {
            if let Some(found) = find(session, &proposal.id)? {
                if found.proposal == *proposal {
                    return Ok(found);
                }
                return Err(conflict(&proposal.id, "another one", "this one"));
            }
            let document = serde_json::to_string(proposal)?;
            let sql = "INSERT INTO proposals (id, state, document, expires, created, changed) \
                       VALUES ($1, 'pending', $2, $3, $4, $5)";
            let cells = [
                (&proposal.id).into(),
                (&document).into(),
                proposal.expires.into(),
                session.now.into(),
                session.now.into(),
            ];
            session.execute(sql, &cells)?;
            let body = serde_json::to_value(proposal)?;
            log(session, "proposed", proposal, &proposal.requester, body)?;
            present(session, &proposal.id)
        })
    }

    /// Returns a proposal.
    ///
    /// # Errors
    ///
    /// The store fails, or there is none with this id.
    pub fn proposal(&self, id: &str) -> Result<Standing, LedgerError> {
        self.read(|session| present(session, id))
    }

    /// Returns the proposals in a state, oldest first.
    ///
    /// # Errors
    ///
    /// The store fails.
    pub fn proposals(&self, state: ProposalState) -> Result<Vec<Standing>, LedgerError> {
        self.read(|session| {
            let sql = "SELECT id FROM proposals ORDER BY created, id";
            let mut found = Vec::new();
            for row in session.query(sql, &[])? {
                let standing = present(session, &row.text(0)?)?;
                if standing.state == state {
                    found.push(standing);
                }
            }
            Ok(found)
        })
    }

    /// Uses an approval, once. `now` says what would run now and on what: when it is not what people agreed to, the approval ends.
    ///
    /// # Errors
    ///
    /// The store fails, there is no such proposal, or it is not approved.
    pub fn redeem(&self, id: &str, now: &Bound) -> Result<Redeemed, LedgerError> {
        self.write(|session| {
            let standing = present(session, id)?;
            if standing.state != ProposalState::Approved {
                return Err(conflict(id, standing.state.word(), "approved"));
            }
            let proposal = &standing.proposal;
            let changes = proposal.bound.changes(now);
            if changes.is_empty() {
                set(session, id, ProposalState::Used)?;
                log(
                    session,
                    "released",
                    proposal,
                    &proposal.requester,
                    serde_json::Value::Null,
                )?;
                return Ok(Redeemed::Released);
            }
            set(session, id, ProposalState::Void)?;
            let body = serde_json::json!({ "changes": changes });
            log(
                session,
                "approval_void",
                proposal,
                &proposal.requester,
                body,
            )?;
            Ok(Redeemed::Void(changes))
        })
    }
}

/// Returns a proposal that must be there.
pub(crate) fn present(session: &mut Session<'_>, id: &str) -> Result<Standing, LedgerError> {
    find(session, id)?.ok_or_else(|| LedgerError::Missing {
        what: "proposal",
        id: id.to_owned(),
    })
}

fn find(session: &mut Session<'_>, id: &str) -> Result<Option<Standing>, LedgerError> {
    let sql = "SELECT document, state FROM proposals WHERE id = $1";
    let rows = session.query(sql, &[id.into()])?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let proposal: Proposal = serde_json::from_str(&row.text(0)?)?;
    let votes = vote::of(session, id)?;
    let missing = vote::missing(&proposal.needs, &votes);
    Ok(Some(Standing {
        state: state(row, proposal.expires, session.now)?,
        proposal,
        votes,
        missing,
    }))
}

/// Reads a row of `document, state`; what waits or is approved ends with its time.
fn state(row: &Row, expires: Timestamp, now: Timestamp) -> Result<ProposalState, LedgerError> {
    let word = row.text(1)?;
    let found = ProposalState::ALL
        .into_iter()
        .find(|state| state.word() == word)
        .ok_or_else(|| LedgerError::damaged(format!("a proposal is `{word}`")))?;
    let ends = matches!(found, ProposalState::Pending | ProposalState::Approved);
    Ok(if ends && expires <= now {
        ProposalState::Expired
    } else {
        found
    })
}

pub(crate) fn set(
    session: &mut Session<'_>,
    id: &str,
    state: ProposalState,
) -> Result<(), LedgerError> {
    let sql = "UPDATE proposals SET state = $1, changed = $2 WHERE id = $3";
    session.execute(sql, &[state.word().into(), session.now.into(), id.into()])?;
    Ok(())
}

pub(crate) fn log(
    session: &mut Session<'_>,
    event: &str,
    proposal: &Proposal,
    actor: &str,
    body: serde_json::Value,
) -> Result<(), LedgerError> {
    let entry = Entry {
        event: event.to_owned(),
        action: proposal.action.clone(),
        actor: actor.to_owned(),
        body,
    };
    audit::append(session, &entry).map(|_| ())
}

pub(crate) fn conflict(id: &str, found: &str, expected: &str) -> LedgerError {
    LedgerError::Conflict {
        what: "proposal",
        id: id.to_owned(),
        found: found.to_owned(),
        expected: expected.to_owned(),
    }
}

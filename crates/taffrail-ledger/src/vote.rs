//! Votes: who has agreed, and who is still missing.

use serde::{Deserialize, Serialize};
use taffrail_runtime::decision::Team;

use crate::error::LedgerError;
use crate::ledger::{Ledger, Session};
use crate::proposal::{self, ProposalState, Standing};

/// Somebody who votes. Whoever asks the ledger has authenticated them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voter {
    /// The person; one person has one vote.
    pub person: String,
    /// The teams that the person belongs to.
    pub teams: Vec<String>,
}

/// A vote that was cast.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vote {
    /// Who.
    pub person: String,
    /// Whether they agree.
    pub agrees: bool,
    /// The teams that they belonged to then.
    pub teams: Vec<String>,
    /// What they said.
    pub reason: String,
}

impl Ledger {
    /// Counts somebody's agreement to a proposal.
    ///
    /// # Errors
    ///
    /// The store fails, there is no such proposal, or it does not wait for votes. The vote does not count: the nonce is that of another
    /// proposal, the person is the one who asks, has voted already, or belongs to no team that is still missing.
    pub fn approve(
        &self,
        id: &str,
        nonce: &str,
        voter: &Voter,
        reason: &str,
    ) -> Result<Standing, LedgerError> {
        self.write(|session| {
            let standing = open(session, id, nonce)?;
            if standing.proposal.requester == voter.person {
                return refused("nobody approves what they ask for");
            }
            if standing
                .votes
                .iter()
                .any(|vote| vote.person == voter.person)
            {
                return refused(&format!("{} has voted already", voter.person));
            }
            let vote = Vote {
                person: voter.person.clone(),
                agrees: true,
                teams: voter.teams.clone(),
                reason: reason.to_owned(),
            };
            let mut votes = standing.votes.clone();
            votes.push(vote.clone());
            let needs = &standing.proposal.needs;
            if count(&missing(needs, &votes)) == count(&standing.missing) {
                return refused(&format!(
                    "{} is in none of the teams that must still agree",
                    voter.person
                ));
            }
            cast(session, id, &vote)?;
            if missing(needs, &votes).is_empty() {
                proposal::set(session, id, ProposalState::Approved)?;
            }
            let body = serde_json::to_value(&vote)?;
            proposal::log(session, "approved", &standing.proposal, &voter.person, body)?;
            proposal::present(session, id)
        })
    }

    /// Ends a proposal with somebody's no; also the one who asks may take it back so.
    ///
    /// # Errors
    ///
    /// The store fails, there is no such proposal, it has ended already, or the nonce is that of another one.
    pub fn reject(
        &self,
        id: &str,
        nonce: &str,
        voter: &Voter,
        reason: &str,
    ) -> Result<Standing, LedgerError> {
        self.write(|session| {
            let standing = open(session, id, nonce)?;
            let vote = Vote {
                person: voter.person.clone(),
                agrees: false,
                teams: voter.teams.clone(),
                reason: reason.to_owned(),
            };
            cast(session, id, &vote)?;
            proposal::set(session, id, ProposalState::Rejected)?;
            let body = serde_json::to_value(&vote)?;
            proposal::log(session, "rejected", &standing.proposal, &voter.person, body)?;
            proposal::present(session, id)
        })
    }
}

fn refused<T>(reason: &str) -> Result<T, LedgerError> {
    Err(LedgerError::Refused {
        reason: reason.to_owned(),
    })
}

/// Returns a proposal that can be voted on. A no may also come when enough have agreed and nothing has run yet.
fn open(session: &mut Session<'_>, id: &str, nonce: &str) -> Result<Standing, LedgerError> {
    let standing = proposal::present(session, id)?;
    if !matches!(
        standing.state,
        ProposalState::Pending | ProposalState::Approved
    ) {
        return Err(proposal::conflict(id, standing.state.word(), "pending"));
    }
    if standing.proposal.nonce != nonce {
        return refused("this vote was meant for another proposal");
    }
    Ok(standing)
}

fn cast(session: &mut Session<'_>, id: &str, vote: &Vote) -> Result<(), LedgerError> {
    let teams = serde_json::to_string(&vote.teams)?;
    let word = if vote.agrees { "yes" } else { "no" };
    // Who has agreed may think better of it.
    let sql = "INSERT INTO votes (proposal, person, vote, teams, reason, cast_at) \
               VALUES ($1, $2, $3, $4, $5, $6) \
               ON CONFLICT (proposal, person) DO UPDATE SET vote = excluded.vote, \
               teams = excluded.teams, reason = excluded.reason, cast_at = excluded.cast_at";
    let cells = [
        id.into(),
        (&vote.person).into(),
        word.into(),
        (&teams).into(),
        (&vote.reason).into(),
        session.now.into(),
    ];
    session.execute(sql, &cells)?;
    Ok(())
}

/// Returns the votes on a proposal.
pub(crate) fn of(session: &mut Session<'_>, id: &str) -> Result<Vec<Vote>, LedgerError> {
    let sql = "SELECT person, vote, teams, reason FROM votes WHERE proposal = $1 ORDER BY person";
    let rows = session.query(sql, &[id.into()])?;
    rows.iter()
        .map(|row| {
            Ok(Vote {
                person: row.text(0)?,
                agrees: row.text(1)? == "yes",
                teams: serde_json::from_str(&row.text(2)?)?,
                reason: row.text(3)?,
            })
        })
        .collect()
}

/// Returns who is still missing when each person fills one place at most, and places are filled as well as can be. A team without a name
/// is anybody.
pub(crate) fn missing(needs: &[Team], votes: &[Vote]) -> Vec<Team> {
    let anybody = [Team {
        team: String::new(),
        count: 1,
    }];
    let needs = if needs.is_empty() { &anybody } else { needs };
    let places: Vec<&str> = needs
        .iter()
        .flat_map(|need| std::iter::repeat_n(need.team.as_str(), need.count as usize))
        .collect();
    let voters: Vec<&Vote> = votes.iter().filter(|vote| vote.agrees).collect();
    // Who sits on which place.
    let mut seated: Vec<Option<usize>> = vec![None; places.len()];
    for voter in 0..voters.len() {
        seat(
            voter,
            &voters,
            &places,
            &mut seated,
            &mut vec![false; places.len()],
        );
    }
    let mut found: Vec<Team> = Vec::new();
    for (place, voter) in places.iter().zip(&seated) {
        if voter.is_some() {
            continue;
        }
        match found.last_mut() {
            Some(last) if last.team == **place => last.count = last.count.saturating_add(1),
            _ => found.push(Team {
                team: (*place).to_owned(),
                count: 1,
            }),
        }
    }
    found
}

/// Finds a place for a voter, moving others where they can sit elsewhere.
fn seat(
    voter: usize,
    voters: &[&Vote],
    places: &[&str],
    seated: &mut [Option<usize>],
    tried: &mut [bool],
) -> bool {
    for (at, place) in places.iter().enumerate() {
        let fits = place.is_empty()
            || voters
                .get(voter)
                .is_some_and(|vote| vote.teams.iter().any(|team| team == place));
        let is_new = tried.get(at) == Some(&false);
        if !fits || !is_new {
            continue;
        }
        if let Some(slot) = tried.get_mut(at) {
            *slot = true;
        }
        let free = match seated.get(at).copied().flatten() {
            None => true,
            Some(other) => seat(other, voters, places, seated, tried),
        };
        if free {
            if let Some(slot) = seated.get_mut(at) {
                *slot = Some(voter);
            }
            return true;
        }
    }
    false
}

fn count(teams: &[Team]) -> u32 {
    teams.iter().map(|team| team.count).sum()
}

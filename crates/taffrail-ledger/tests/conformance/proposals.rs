//! Proposals: who may agree, to what, and how often.

use std::collections::BTreeMap;

use jiff::Timestamp;
use taffrail_ledger::{Bound, Ledger, LedgerError, Proposal, ProposalState, Redeemed, Voter};
use taffrail_runtime::decision::Team;

use crate::stores::{each, minutes};

fn bound() -> Bound {
    Bound {
        action: "sha256:a".into(),
        policies: "sha256:p".into(),
        objects: BTreeMap::from([(
            "apps/Deployment shop/cart".to_owned(),
            "uid 7 version 12".to_owned(),
        )]),
    }
}

fn proposal(id: &str, needs: &[(&str, u32)]) -> Proposal {
    Proposal {
        id: id.into(),
        action: "scale-cart".into(),
        requester: "healer".into(),
        rendering: "scale apps/Deployment shop/cart from 4 to 2".into(),
        bound: bound(),
        needs: needs
            .iter()
            .map(|(team, count)| Team {
                team: (*team).to_owned(),
                count: *count,
            })
            .collect(),
        nonce: format!("nonce of {id}"),
        expires: Timestamp::from_second(1_800_000_000).unwrap() + minutes(30),
    }
}

fn voter(person: &str, teams: &[&str]) -> Voter {
    Voter {
        person: person.into(),
        teams: teams.iter().map(|team| (*team).to_owned()).collect(),
    }
}

fn approve(
    ledger: &Ledger,
    id: &str,
    person: &str,
    teams: &[&str],
) -> Result<ProposalState, String> {
    ledger
        .approve(id, &format!("nonce of {id}"), &voter(person, teams), "fine")
        .map(|standing| standing.state)
        .map_err(|error| error.to_string())
}

#[test]
fn one_person_releases_it_when_no_team_is_named() {
    each(|place| {
        let ledger = place.open();
        let standing = ledger.propose(&proposal("p", &[])).unwrap();
        assert_eq!(standing.state, ProposalState::Pending);
        assert_eq!(
            approve(&ledger, "p", "healer", &[]),
            Err("nobody approves what they ask for".to_owned())
        );
        assert_eq!(
            approve(&ledger, "p", "dana", &[]),
            Ok(ProposalState::Approved)
        );
        assert_eq!(ledger.redeem("p", &bound()).unwrap(), Redeemed::Released);
        let again = ledger.redeem("p", &bound());
        assert_eq!(
            again.unwrap_err().to_string(),
            "proposal `p` is used, and not approved"
        );
    });
}

#[test]
fn so_many_different_people_of_the_named_teams_must_agree() {
    each(|place| {
        let ledger = place.open();
        ledger
            .propose(&proposal("p", &[("db", 1), ("sre", 2)]))
            .unwrap();
        assert_eq!(
            approve(&ledger, "p", "ann", &["sre", "db"]),
            Ok(ProposalState::Pending)
        );
        assert_eq!(
            approve(&ledger, "p", "ann", &["sre", "db"]),
            Err("ann has voted already".to_owned())
        );
        assert_eq!(
            approve(&ledger, "p", "eve", &["web"]),
            Err("eve is in none of the teams that must still agree".to_owned())
        );
        assert_eq!(
            approve(&ledger, "p", "bob", &["sre"]),
            Ok(ProposalState::Pending)
        );
        // Ann moves over to the other team's place.
        assert_eq!(
            approve(&ledger, "p", "cid", &["sre"]),
            Ok(ProposalState::Approved)
        );
    });
}

#[test]
fn the_last_place_is_for_who_belongs_to_the_team() {
    each(|place| {
        let ledger = place.open();
        ledger
            .propose(&proposal("p", &[("db", 1), ("sre", 1)]))
            .unwrap();
        assert_eq!(
            approve(&ledger, "p", "ann", &["db"]),
            Ok(ProposalState::Pending)
        );
        assert_eq!(
            approve(&ledger, "p", "bob", &["db"]),
            Err("bob is in none of the teams that must still agree".to_owned())
        );
        let missing = ledger.proposal("p").unwrap().missing;
        assert_eq!(
            missing,
            [Team {
                team: "sre".into(),
                count: 1
            }]
        );
    });
}

#[test]
fn what_has_changed_since_voids_it() {
    each(|place| {
        let ledger = place.open();
        for (id, change) in [
            (
                "action",
                Bound {
                    action: "sha256:b".into(),
                    ..bound()
                },
            ),
            (
                "policies",
                Bound {
                    policies: "sha256:q".into(),
                    ..bound()
                },
            ),
            (
                "object",
                Bound {
                    objects: BTreeMap::from([(
                        "apps/Deployment shop/cart".to_owned(),
                        "uid 7 version 13".to_owned(),
                    )]),
                    ..bound()
                },
            ),
            (
                "more objects",
                Bound {
                    objects: BTreeMap::new(),
                    ..bound()
                },
            ),
        ] {
            ledger.propose(&proposal(id, &[])).unwrap();
            approve(&ledger, id, "dana", &[]).unwrap();
            let redeemed = ledger.redeem(id, &change).unwrap();
            assert!(
                matches!(&redeemed, Redeemed::Void(changes) if changes.len() == 1),
                "{id}: {redeemed:?}"
            );
            // It stays void, also when everything is as it was again.
            assert!(ledger.redeem(id, &bound()).is_err(), "{id}");
        }
    });
}

#[test]
fn its_time_passes_and_then_nobody_is_asked_any_more() {
    each(|place| {
        let ledger = place.open();
        ledger.propose(&proposal("waits", &[])).unwrap();
        ledger.propose(&proposal("approved", &[])).unwrap();
        approve(&ledger, "approved", "dana", &[]).unwrap();
        place.pass(minutes(30));
        assert_eq!(
            approve(&ledger, "waits", "dana", &[]),
            Err("proposal `waits` is expired, and not pending".to_owned())
        );
        assert!(ledger.redeem("approved", &bound()).is_err());
        assert_eq!(ledger.proposals(ProposalState::Expired).unwrap().len(), 2);
        assert!(ledger.proposals(ProposalState::Pending).unwrap().is_empty());
    });
}

#[test]
fn one_no_ends_it() {
    each(|place| {
        let ledger = place.open();
        ledger.propose(&proposal("p", &[])).unwrap();
        approve(&ledger, "p", "dana", &[]).unwrap();
        // Who has agreed may think better of it, as long as nothing has run.
        let standing = ledger
            .reject("p", "nonce of p", &voter("dana", &[]), "not on a Friday")
            .unwrap();
        assert_eq!(standing.state, ProposalState::Rejected);
        assert!(ledger.redeem("p", &bound()).is_err());
        assert!(approve(&ledger, "p", "ann", &[]).is_err());
    });
}

#[test]
fn a_vote_for_another_proposal_does_not_count() {
    each(|place| {
        let ledger = place.open();
        ledger.propose(&proposal("p", &[])).unwrap();
        let foreign = ledger.approve("p", "nonce of q", &voter("dana", &[]), "");
        assert_eq!(
            foreign.unwrap_err().to_string(),
            "this vote was meant for another proposal"
        );
    });
}

#[test]
fn an_approval_is_used_once_however_many_try() {
    each(|place| {
        let ledger = place.open();
        ledger.propose(&proposal("p", &[])).unwrap();
        approve(&ledger, "p", "dana", &[]).unwrap();
        let ledgers: Vec<Ledger> = (0..8).map(|_| place.open()).collect();
        let released = std::thread::scope(|scope| {
            let racers: Vec<_> = ledgers
                .iter()
                .map(|ledger| scope.spawn(|| ledger.redeem("p", &bound())))
                .collect();
            racers
                .into_iter()
                .map(|racer| racer.join().unwrap())
                .filter(|redeemed| matches!(redeemed, Ok(Redeemed::Released)))
                .count()
        });
        assert_eq!(released, 1);
    });
}

#[test]
fn another_proposal_under_the_same_id_is_refused() {
    each(|place| {
        let ledger = place.open();
        ledger.propose(&proposal("p", &[])).unwrap();
        ledger.propose(&proposal("p", &[])).unwrap();
        let other = ledger.propose(&proposal("p", &[("sre", 1)]));
        assert!(
            matches!(other, Err(LedgerError::Conflict { .. })),
            "{other:?}"
        );
        let missing = ledger.proposal("q");
        assert_eq!(missing.unwrap_err().to_string(), "there is no proposal `q`");
    });
}

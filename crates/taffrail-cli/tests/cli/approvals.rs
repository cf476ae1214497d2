//! What waits for people, and the switch that stops everything.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use taffrail_ledger::{Bound, Ledger, Proposal};
use taffrail_runtime::decision::Team;

use crate::support::Workspace;

const NOW: &str = "2130-01-02T10:00:00Z";

/// Opens the ledger of a folder, whose time stands still: no time that is written later lies before it.
pub(crate) fn ledger(workspace: &Workspace) -> Ledger {
    let now: Timestamp = NOW.parse().unwrap();
    Ledger::open(workspace.folder.join("ledger.db"))
        .unwrap()
        .with_clock(Arc::new(move || now))
}

fn proposal(id: &str, needs: &[(&str, u32)], minutes: i64) -> Proposal {
    let now: Timestamp = NOW.parse().unwrap();
    Proposal {
        id: id.into(),
        action: "scale-cart".into(),
        requester: "healer".into(),
        rendering: "scale Deployment shop/cart\nasked by: healer\nbecause: load\u{202e}txt.\u{1b}[2Jdaol\nrequest: PATCH /apis/apps/v1/namespaces/shop/deployments/cart\n{\n  \"spec\": { \"replicas\": 2 }\n}".into(),
        bound: Bound {
            action: "action-digest".into(),
            policies: "policies-digest".into(),
            objects: BTreeMap::from([("Deployment shop/cart".to_owned(), "version 12".to_owned())]),
        },
        needs: needs
            .iter()
            .map(|(team, count)| Team {
                team: (*team).to_owned(),
                count: *count,
            })
            .collect(),
        nonce: format!("nonce of {id}"),
        expires: now + SignedDuration::from_mins(minutes),
    }
}

pub(crate) fn shop() -> Workspace {
    let workspace = Workspace::new(&[]);
    let ledger = ledger(&workspace);
    ledger
        .propose(&proposal("cart-1", &[("sre", 1), ("owners", 1)], 30))
        .unwrap();
    ledger.propose(&proposal("late-1", &[], -1)).unwrap();
    workspace
}

fn all(workspace: &Workspace, lines: &[&[&str]]) -> String {
    let mut text = String::new();
    for line in lines {
        let mut command = workspace.command(line);
        command
            .env("TAFFRAIL_LEDGER", "ledger.db")
            .env("USER", "dana");
        let ran = crate::support::Ran::of(&mut command);
        text.push_str(&format!("$ taffrail {}\n{}\n", line.join(" "), ran.shown()));
    }
    text
}

#[test]
fn what_will_run_is_shown_whole_and_cannot_fool_a_terminal() {
    let workspace = shop();
    insta::assert_snapshot!(all(
        &workspace,
        &[
            &["approvals", "list"],
            &["approvals", "show", "cart-1"],
            &["approvals", "list", "--state", "expired"],
            &["approvals", "list", "--state", "used"],
        ]
    ));
}

#[test]
fn people_of_the_named_teams_release_it() {
    let workspace = shop();
    insta::assert_snapshot!(all(
        &workspace,
        &[
            &[
                "approvals",
                "approve",
                "cart-1",
                "--as",
                "healer",
                "--team",
                "sre"
            ],
            &["approvals", "approve", "cart-1"],
            &[
                "approvals",
                "approve",
                "cart-1",
                "--team",
                "sre",
                "--reason",
                "agreed in the call"
            ],
            &["approvals", "approve", "cart-1", "--team", "owners"],
            &[
                "approvals",
                "approve",
                "cart-1",
                "--as",
                "erin",
                "--team",
                "owners"
            ],
            &["approvals", "show", "cart-1"],
            &["approvals", "approve", "late-1"],
            &["approvals", "approve", "nothing-1"],
        ]
    ));
}

#[test]
fn a_no_ends_it_and_a_change_voids_it() {
    let workspace = shop();
    let ledger = ledger(&workspace);
    ledger.propose(&proposal("cart-2", &[], 30)).unwrap();
    let mut text = all(
        &workspace,
        &[
            &["approvals", "reject", "cart-1"],
            &[
                "approvals",
                "reject",
                "cart-1",
                "--reason",
                "not before the sale",
            ],
            &["approvals", "approve", "cart-1", "--team", "sre"],
            &["approvals", "approve", "cart-2", "--output", "json"],
        ],
    );
    let mut now = proposal("cart-2", &[], 30).bound;
    now.objects
        .insert("Deployment shop/cart".to_owned(), "version 13".to_owned());
    now.policies = "others".into();
    ledger.redeem("cart-2", &now).unwrap();
    text.push_str(&all(
        &workspace,
        &[
            &["approvals", "show", "cart-2"],
            &["approvals", "approve", "cart-2"],
        ],
    ));
    insta::assert_snapshot!(text);
}

#[test]
fn one_command_stops_everything() {
    let workspace = shop();
    let ledger = ledger(&workspace);
    ledger
        .accept(
            "scale-cart",
            &json!({}),
            "agent-1",
            SignedDuration::from_mins(1),
        )
        .unwrap();
    let key = taffrail_ledger::Key(vec![taffrail_runtime::Value::string("shop")]);
    ledger
        .trip("shop.rollouts", &key, SignedDuration::from_mins(10), "dana")
        .unwrap();
    insta::assert_snapshot!(all(
        &workspace,
        &[
            &["status"],
            &["pause"],
            &["pause", "--reason", "the cluster is on fire"],
            &["pause", "--reason", "again", "--as", "erin"],
            &["status", "--output", "json"],
            &["resume", "--as", "erin"],
            &["resume"],
            &["status", "--ledger", "elsewhere.db"],
        ]
    ));
    assert!(!workspace.folder.join("elsewhere.db").exists());
}

//! An agent that is killed at any boundary between stages: whoever comes after it brings the action to the same end, and it happens once.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::json;
use taffrail::PolicySet;
use taffrail_agent::{Agent, Settings, Submission};
use taffrail_apiserver::Rollouts;
use taffrail_ledger::{Ledger, ProposalState, Stage, Voter};

use crate::support::{API, POLICY, World, relabel, scale, settings};

/// What happens when nobody is killed.
#[derive(Clone, Copy)]
struct Story {
    name: &'static str,
    /// How it ends.
    end: Stage,
    /// How often the object is written, the way back included.
    writes: usize,
    rollouts: Rollouts,
}

const STORIES: [Story; 3] = [
    Story {
        name: "granted",
        end: Stage::Closed,
        writes: 1,
        rollouts: Rollouts::Succeed,
    },
    Story {
        name: "approved",
        end: Stage::Closed,
        writes: 1,
        rollouts: Rollouts::Succeed,
    },
    Story {
        name: "taken back",
        end: Stage::RolledBack,
        writes: 2,
        rollouts: Rollouts::Stall,
    },
];

fn submission(story: &str) -> Submission {
    match story {
        "approved" => scale("a1", 30),
        "granted" => scale("a1", 3),
        _ => relabel("a1"),
    }
}

fn impatient() -> Settings {
    let mut settings = settings();
    settings.answer = Duration::from_millis(150);
    settings.lease = Duration::from_millis(300);
    settings
}

fn agent(url: &str, ledger: &Arc<Ledger>) -> taffrail_agent::Builder {
    let policies = PolicySet::from_sources([("shop.guard", POLICY)]).unwrap();
    let config = kube::Config::new(url.parse().unwrap());
    Agent::builder(policies, Arc::clone(ledger), config).settings(impatient())
}

/// Brings every action to its end, answering for people.
async fn to_the_end(agent: &Agent, ledger: &Arc<Ledger>, story: &str) {
    let given = submission(story);
    let mut ended = agent.submit(given.clone()).await;
    while !ended.as_ref().is_ok_and(|ended| ended.stage.is_final()) {
        for waiting in ledger.proposals(ProposalState::Pending).unwrap() {
            let voter = Voter {
                person: "ada".to_owned(),
                teams: vec!["owners".to_owned()],
            };
            let proposal = &waiting.proposal;
            ledger
                .approve(&proposal.id, &proposal.nonce, &voter, "fine")
                .unwrap();
        }
        // The one that was killed holds the action a little longer.
        tokio::time::sleep(Duration::from_millis(20)).await;
        ended = agent.submit(given.clone()).await;
    }
}

/// The process that is killed: it ends itself without a last word at the event whose number it is given.
#[test]
fn worker() {
    let Ok(words) = std::env::var("TAFFRAIL_TEST_WORKER") else {
        return;
    };
    let words: Vec<&str> = words.split('|').collect();
    let [story, number, url, ledger] = words.as_slice() else {
        panic!("a worker is given four words");
    };
    let last: usize = number.parse().unwrap();
    let seen = AtomicUsize::new(0);
    let ledger = Arc::new(Ledger::open(ledger).unwrap());
    let observer = move |_: &taffrail_agent::Event| {
        if seen.fetch_add(1, Ordering::SeqCst) == last {
            let id = std::process::id().to_string();
            Command::new("kill").args(["-9", &id]).status().unwrap();
            loop {
                std::thread::park();
            }
        }
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let agent = agent(url, &ledger)
            .name("first")
            .observer(observer)
            .build()
            .unwrap();
        to_the_end(&agent, &ledger, story).await;
    });
}

/// Returns whether the worker came to its end.
fn run_worker(world: &World, story: &str, number: usize) -> bool {
    let words = format!(
        "{story}|{number}|{}|{}",
        world.server.url(),
        world.path().display()
    );
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::worker", "--quiet"])
        .env("TAFFRAIL_TEST_WORKER", words)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .status()
        .unwrap();
    status.success()
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_boundary_it_happens_once_and_nothing_is_lost() {
    for story in STORIES {
        let mut number = 0;
        loop {
            let world = World::new().await;
            world.server.rollouts(story.rollouts);
            let finished = tokio::task::block_in_place(|| run_worker(&world, story.name, number));
            let second = agent(&world.server.url(), &world.ledger)
                .name("second")
                .build()
                .unwrap();
            to_the_end(&second, &world.ledger, story.name).await;
            let at = format!(
                "{} killed at event {number}: {:?}",
                story.name,
                world.story("a1")
            );
            let standing = second.standing("a1").await.unwrap();
            assert_eq!(standing.stage, story.end, "{}, {at}", standing.reason);
            assert_eq!(world.writes(), story.writes, "{at}");
            let template =
                world.server.get(API).unwrap()["spec"]["template"]["metadata"]["labels"].clone();
            assert_eq!(template, json!({ "app": "api" }), "{at}");
            let settled = world
                .story("a1")
                .iter()
                .filter(|event| *event == "settled")
                .count();
            assert_eq!(settled, 1, "{at}");
            if story.name != "taken back" {
                assert_eq!(used(&world), 1, "{at}");
            }
            assert!(world.ledger.verify().unwrap().is_ok(), "{at}");
            if finished {
                break;
            }
            number += 1;
        }
        // Every stage has two boundaries, and the shortest way has eight stages.
        assert!(number >= 16, "{} boundaries", number);
    }
}

/// Returns how many units of the budget are spent.
fn used(world: &World) -> usize {
    let windows = [(
        "shop.scaling.pace".to_owned(),
        jiff::SignedDuration::from_hours(1),
    )];
    let usage = world.ledger.usage(&windows).unwrap();
    let used = usage
        .iter()
        .filter_map(|usage| usage.used)
        .map(|used| used.to_string());
    used.map(|used| used.parse::<usize>().unwrap()).sum()
}

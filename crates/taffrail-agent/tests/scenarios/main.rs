//! The shipped packs from end to end: their examples are asked of an agent, in a cluster that is as the example says.
//!
//! Each pack has a happy path, a refusal, a change that fails and is taken back, a crash in the middle, and an audit log that tells why.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper that cannot go on is a failed test"
)]

mod example;
mod worker;

use taffrail_apiserver::Rollouts;
use taffrail_ledger::Stage;

use example::{Scene, Trouble};

/// A pack with its examples.
struct Pack {
    folder: &'static str,
    happy: &'static str,
    refused: &'static str,
    fails: &'static str,
    /// What goes wrong with it.
    trouble: Trouble,
}

const PACKS: &[Pack] = &[
    Pack {
        folder: "self-healing",
        happy: "restart",
        refused: "restart-at-quorum",
        fails: "restart-without-effect",
        trouble: Trouble::Stalls,
    },
    Pack {
        folder: "canary",
        happy: "new-image",
        refused: "foreign-image",
        fails: "new-image-that-fails",
        trouble: Trouble::Stalls,
    },
    Pack {
        folder: "node-pool",
        happy: "cordon",
        refused: "cordon-without-headroom",
        fails: "cordon-that-strains",
        trouble: Trouble::Signal {
            name: "node_headroom",
            at_least: Some(0.2),
            at_most: None,
            becomes: 0.15,
        },
    },
    Pack {
        folder: "security-posture",
        happy: "rotate",
        refused: "remove-default-deny",
        fails: "rotate-that-fails",
        trouble: Trouble::Signal {
            name: "error_rate",
            at_least: None,
            at_most: Some(0.01),
            becomes: 0.3,
        },
    },
    Pack {
        folder: "drift-repair",
        happy: "repair-labels",
        refused: "repair-replicas",
        fails: "repair-that-breaks",
        trouble: Trouble::Stalls,
    },
];

#[tokio::test]
async fn the_happy_path_is_executed_once() {
    for pack in PACKS {
        let scene = Scene::new(pack.folder, pack.happy).await;
        scene.server.rollouts(Rollouts::Succeed);
        let ended = scene.agent(None).submit(scene.submission()).await.unwrap();
        assert_eq!(
            ended.stage,
            Stage::Closed,
            "{}: {}",
            pack.folder,
            ended.reason
        );
        assert_eq!(scene.server.writes().len(), 1, "{}", pack.folder);
        assert!(scene.ledger.verify().unwrap().is_ok());
    }
}

#[tokio::test]
async fn the_refusal_sends_nothing() {
    let mut told = String::new();
    for pack in PACKS {
        let scene = Scene::new(pack.folder, pack.refused).await;
        let ended = scene.agent(None).submit(scene.submission()).await.unwrap();
        assert!(
            !matches!(ended.stage, Stage::Closed | Stage::Executed),
            "{}: {}",
            pack.folder,
            ended.reason
        );
        assert_eq!(scene.server.writes().len(), 0, "{}", pack.folder);
        told.push_str(&format!(
            "{}: {}: {}\n",
            pack.folder,
            ended.stage.word(),
            ended.reason
        ));
    }
    insta::assert_snapshot!(told);
}

#[tokio::test]
async fn the_failure_is_taken_back_and_counts() {
    for pack in PACKS {
        let scene = Scene::new(pack.folder, pack.fails).await;
        let before = scene.target();
        scene.fails(&pack.trouble);
        let ended = scene
            .agent(Some(&pack.trouble))
            .submit(scene.submission())
            .await
            .unwrap();
        assert_eq!(
            ended.stage,
            Stage::RolledBack,
            "{}: {}",
            pack.folder,
            ended.reason
        );
        assert_eq!(scene.target(), before, "{}", pack.folder);
        assert_eq!(scene.server.writes().len(), 2, "{}", pack.folder);
        let settled = scene
            .records()
            .into_iter()
            .find(|record| record.event == "settled")
            .unwrap();
        assert_eq!(settled.body["outcome"], "failed", "{}", pack.folder);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_between_the_request_and_its_record_loses_nothing() {
    for pack in PACKS {
        let scene = Scene::new(pack.folder, pack.happy).await;
        scene.server.rollouts(Rollouts::Succeed);
        let is_killed =
            tokio::task::block_in_place(|| worker::is_killed(&scene, pack.folder, pack.happy));
        assert!(is_killed, "{}", pack.folder);
        assert_eq!(scene.server.writes().len(), 1, "{}", pack.folder);
        let second = scene.agent(None);
        let mut ended = second.submit(scene.submission()).await;
        while ended.is_err() {
            // The one that was killed holds the action a little longer.
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            ended = second.submit(scene.submission()).await;
        }
        let ended = ended.unwrap();
        assert_eq!(
            ended.stage,
            Stage::Closed,
            "{}: {}",
            pack.folder,
            ended.reason
        );
        assert_eq!(scene.server.writes().len(), 1, "{}", pack.folder);
        assert!(scene.ledger.verify().unwrap().is_ok());
    }
}

#[tokio::test]
async fn the_audit_log_tells_what_happened_and_why() {
    let mut told = String::new();
    for pack in PACKS {
        let scene = Scene::new(pack.folder, pack.fails).await;
        scene.fails(&pack.trouble);
        scene
            .agent(Some(&pack.trouble))
            .submit(scene.submission())
            .await
            .unwrap();
        told.push_str(&format!("## {}\n{}\n", pack.folder, scene.story()));
    }
    insta::assert_snapshot!(told);
}

#[tokio::test]
async fn no_value_of_a_secret_is_written_down() {
    for (example, ends) in [
        ("rotate", Stage::Closed),
        ("rotate-not-rehearsed", Stage::Escalated),
    ] {
        let scene = Scene::new("security-posture", example).await;
        let ended = scene.agent(None).submit(scene.submission()).await.unwrap();
        assert!(
            ended.stage == ends || ended.stage == Stage::Proposed,
            "{example}: {ended:?}"
        );
        let kept = scene.kept();
        for value in [
            "new-password",
            "bmV3LXBhc3N3b3Jk",
            "old-password",
            "b2xkLXBhc3N3b3Jk",
        ] {
            let found = kept
                .windows(value.len())
                .any(|window| window == value.as_bytes());
            assert!(!found, "{example}: `{value}` is in the ledger");
        }
        assert!(kept.windows(6).any(|window| window == b"sha256"));
    }
}

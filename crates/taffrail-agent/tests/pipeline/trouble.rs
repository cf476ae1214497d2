//! Whatever goes wrong on the way: an action is executed once or not at all, and what is not known is no success.

use serde_json::{Value as Json, json};
use taffrail_apiserver::{Fault, Matcher, Rollouts};
use taffrail_ledger::Stage;

use crate::support::{API, World, deployment, is, relabel, scale};

async fn with(fault: Fault, times: usize) -> (World, taffrail_agent::Ended) {
    let world = World::new().await;
    world.server.fail(Matcher::writes(), fault, times);
    let ended = world.agent().submit(scale("a1", 3)).await.unwrap();
    (world, ended)
}

#[tokio::test]
async fn a_connection_lost_after_the_write_is_found_out() {
    let (world, ended) = with(Fault::LostAfter, 1).await;
    is(&ended, Stage::Closed);
    assert_eq!((world.replicas(), world.writes()), (3, 1));
}

#[tokio::test]
async fn a_connection_lost_before_the_write_is_tried_again() {
    let (world, ended) = with(Fault::LostBefore, 2).await;
    is(&ended, Stage::Closed);
    assert_eq!((world.replicas(), world.writes()), (3, 1));
}

#[tokio::test]
async fn a_server_that_times_out_and_writes_all_the_same_is_found_out() {
    let (world, ended) = with(Fault::TimedOut, 1).await;
    is(&ended, Stage::Closed);
    assert_eq!((world.replicas(), world.writes()), (3, 1));
}

#[tokio::test]
async fn a_busy_server_is_waited_for() {
    let (world, ended) = with(Fault::Busy(0), 3).await;
    is(&ended, Stage::Closed);
    assert_eq!((world.replicas(), world.writes()), (3, 1));
}

#[tokio::test]
async fn a_storm_of_conflicts_is_decided_again_each_time() {
    let (world, ended) = with(Fault::Overtaken, 3).await;
    is(&ended, Stage::Closed);
    assert_eq!((world.replicas(), world.writes()), (3, 1));
    let decided = world
        .story("a1")
        .iter()
        .filter(|event| *event == "decided")
        .count();
    assert_eq!(decided, 4);
}

#[tokio::test]
async fn a_storm_that_does_not_end_ends_the_action() {
    let (world, ended) = with(Fault::Overtaken, 1_000).await;
    is(&ended, Stage::Failed);
    assert_eq!(
        ended.reason,
        "its object kept changing: it was decided 10 times"
    );
    assert_eq!((world.replicas(), world.writes()), (2, 0));
    // Its budget is free again.
    is(
        &world.agent().submit(scale("a2", 2)).await.unwrap(),
        Stage::Failed,
    );
}

#[tokio::test]
async fn a_pause_stops_everything_at_once() {
    let world = World::new().await;
    let agent = world.agent();
    world.ledger.pause("ada", "incident 7").unwrap();
    let ended = agent.submit(scale("a1", 3)).await.unwrap();
    is(&ended, Stage::Decided);
    assert_eq!(ended.reason, "all execution is paused by ada: incident 7");
    for _ in 0..20 {
        is(
            &agent.resume().await.unwrap().remove(0).unwrap(),
            Stage::Decided,
        );
    }
    assert_eq!(world.writes(), 0);
    world.ledger.resume("ada").unwrap();
    is(
        &agent.resume().await.unwrap().remove(0).unwrap(),
        Stage::Closed,
    );
    assert_eq!(world.writes(), 1);
}

#[tokio::test]
async fn an_object_that_cannot_be_read_is_not_changed() {
    let world = World::new().await;
    world.server.fail(
        Matcher {
            method: "GET".into(),
            path: API.into(),
            dry_runs: false,
        },
        Fault::Broken,
        1_000,
    );
    let ended = world.agent().submit(scale("a1", 3)).await.unwrap();
    assert_ne!(ended.stage, Stage::Closed, "{}", ended.reason);
    assert_eq!(world.writes(), 0);
}

#[tokio::test]
async fn an_operator_takes_back_what_was_done() {
    let world = World::new().await;
    let agent = world.agent();
    is(&agent.submit(scale("a1", 3)).await.unwrap(), Stage::Closed);
    let ended = agent.roll_back("a1", "ada", "wrong service").await.unwrap();
    is(&ended, Stage::RolledBack);
    assert_eq!(ended.reason, "taken back: ada asks for it: wrong service");
    assert_eq!(world.replicas(), 2);
}

#[tokio::test]
async fn what_somebody_else_changed_since_is_not_taken_back() {
    let world = World::new().await;
    let agent = world.agent();
    is(&agent.submit(scale("a1", 3)).await.unwrap(), Stage::Closed);
    world
        .server
        .change(API, "hpa", |object| object["spec"]["replicas"] = 8.into());
    let ended = agent.roll_back("a1", "ada", "wrong service").await.unwrap();
    is(&ended, Stage::Stuck);
    assert!(
        ended
            .reason
            .contains("it cannot be taken back: spec.replicas changed since, by `hpa`"),
        "{}",
        ended.reason
    );
    assert_eq!(world.replicas(), 8);
}

#[tokio::test]
async fn a_rollout_that_stalls_is_taken_back() {
    let world = World::new().await;
    world.server.rollouts(Rollouts::Stall);
    let ended = world.agent().submit(relabel("a1")).await.unwrap();
    is(&ended, Stage::RolledBack);
    assert_eq!(
        ended.reason,
        "taken back: the rollout makes no progress: ReplicaSet has timed out progressing."
    );
    assert_eq!(world.writes(), 2);
}

#[tokio::test]
async fn what_is_to_be_made_and_is_there_already_is_told_at_once() {
    let world = World::new().await;
    let mut submission = scale("a1", 3);
    submission.document = json!({ "verb": "create", "target": submission.document["target"], "proposed": deployment(3) });
    let agent = world
        .builder_for("policy p  grant g { on create of Deployment because \"free\" }")
        .build()
        .unwrap();
    let ended = agent.submit(submission).await.unwrap();
    is(&ended, Stage::Failed);
    assert_eq!(ended.reason, "Deployment shop/api is there already");
    assert_eq!(world.replicas(), 2);
}

#[tokio::test]
async fn a_field_that_somebody_else_owns_is_not_taken() {
    let world = World::new().await;
    let applied = |replicas: i64| {
        json!({
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "api", "namespace": "shop" },
            "spec": { "replicas": replicas },
        })
    };
    let client =
        kube::Client::try_from(kube::Config::new(world.server.url().parse().unwrap())).unwrap();
    let request = http::Request::patch(format!("{API}?fieldManager=gitops&force=true"))
        .header("content-type", "application/apply-patch+yaml")
        .body(kube::client::Body::from(
            applied(4).to_string().into_bytes(),
        ))
        .unwrap();
    assert!(client.send(request).await.unwrap().status().is_success());
    let mut submission = scale("a1", 3);
    submission.document =
        json!({ "verb": "apply", "target": submission.document["target"], "proposed": applied(6) });
    let policy = "policy p  grant g { on apply, scale, patch of Deployment because \"free\" }";
    let agent = world.builder_for(policy).build().unwrap();
    let ended = agent.submit(submission).await.unwrap();
    assert_eq!(world.replicas(), 4);
    assert!(
        matches!(ended.stage, Stage::Failed | Stage::Proposed),
        "{ended:?}"
    );
    let decided = world
        .story("a1")
        .iter()
        .filter(|event| *event == "decided")
        .count();
    assert_eq!(decided, 1, "{ended:?}");
}

/// A deployment from before the server had defaults: whatever is written to it, the server adds them.
fn without_defaults() -> Json {
    let mut object = deployment(2);
    object["metadata"]["uid"] = "1".into();
    object["metadata"]["resourceVersion"] = "7".into();
    object
}

async fn restart(grants: &str) -> (World, taffrail_agent::Ended) {
    let world = World::new().await;
    world.server.restore(without_defaults());
    let mut submission = scale("a1", 3);
    submission.document = json!({ "verb": "restart", "target": submission.document["target"] });
    let policy = format!("policy p  grant g {{ on {grants} of Deployment because \"free\" }}");
    let agent = world.builder_for(&policy).build().unwrap();
    let ended = agent.submit(submission).await.unwrap();
    (world, ended)
}

#[tokio::test]
async fn what_the_server_would_store_beside_is_decided_on_too() {
    let (world, ended) = restart("restart").await;
    is(&ended, Stage::Proposed);
    assert_eq!(world.writes(), 0);
    let (world, ended) = restart("restart, patch").await;
    is(&ended, Stage::Closed);
    assert_eq!(world.writes(), 1);
    let story = world.story("a1");
    assert_eq!(
        story.iter().filter(|event| *event == "rehearsed").count(),
        2,
        "{story:?}"
    );
}

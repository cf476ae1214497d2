//! What may be executed is executed, once.

use taffrail_ledger::Stage;

use crate::support::{World, is, scale};

#[tokio::test]
async fn what_is_granted_is_executed_once_and_on_record() {
    let world = World::new().await;
    let ended = world.agent().submit(scale("a1", 3)).await.unwrap();
    is(&ended, Stage::Closed);
    assert_eq!((world.replicas(), world.writes()), (3, 1));
    assert_eq!(
        world.story("a1"),
        [
            "received",
            "collected",
            "decided",
            "claimed",
            "reserved",
            "rehearsed",
            "executing",
            "executed",
            "verified",
            "settled",
            "closed"
        ]
    );
    assert!(world.ledger.verify().unwrap().is_ok());
}

#[tokio::test]
async fn handing_over_the_same_action_again_executes_nothing() {
    let world = World::new().await;
    let agent = world.agent();
    agent.submit(scale("a1", 3)).await.unwrap();
    let again = agent.submit(scale("a1", 3)).await.unwrap();
    is(&again, Stage::Closed);
    assert_eq!(world.writes(), 1);
    let other = agent.submit(scale("a1", 4)).await.unwrap_err();
    assert_eq!(
        other.to_string(),
        "`a1` is another action that was handed over before"
    );
}

#[tokio::test]
async fn facts_of_the_requester_are_not_believed() {
    let world = World::new().await;
    let mut submission = scale("a1", 30);
    submission.document["facts"] = serde_json::json!({ "usage": [] });
    submission.document["current"] = serde_json::json!({ "spec": { "replicas": 29 } });
    submission.document["principal"] = serde_json::json!({ "kind": "human", "id": "root" });
    let ended = world.agent().submit(submission).await.unwrap();
    is(&ended, Stage::Proposed);
    assert_eq!(
        ended.reason,
        "propose: shop.scaling.big: 30 replicas are many"
    );
}

#[tokio::test]
async fn what_is_forbidden_is_rejected_and_nobody_is_asked() {
    let world = World::new().await;
    let ended = world.agent().submit(scale("a1", 0)).await.unwrap();
    is(&ended, Stage::Rejected);
    assert!(
        ended.reason.contains("a service is not switched off"),
        "{}",
        ended.reason
    );
    assert_eq!(world.writes(), 0);
}

#[tokio::test]
async fn a_shadow_decides_and_executes_nothing() {
    let world = World::new().await;
    let agent = world.builder().shadow(true).build().unwrap();
    let ended = agent.submit(scale("a1", 3)).await.unwrap();
    is(&ended, Stage::Closed);
    assert_eq!(ended.reason, "shadow: execute, and nothing was executed");
    assert_eq!(world.server.writes().len(), 0);
}

#[tokio::test]
async fn a_budget_that_is_used_up_asks_people() {
    let world = World::new().await;
    let agent = world.agent();
    for (id, replicas) in [("a1", 3), ("a2", 4), ("a3", 5)] {
        is(
            &agent.submit(scale(id, replicas)).await.unwrap(),
            Stage::Closed,
        );
    }
    let ended = agent.submit(scale("a4", 6)).await.unwrap();
    is(&ended, Stage::Escalated);
    assert_eq!(ended.reason, "escalate: shop.scaling.pace: 3 of 3 used");
}

#[tokio::test(flavor = "multi_thread")]
async fn its_work_may_run_on_any_thread() {
    let world = World::new().await;
    let agent = world.agent();
    let work = tokio::spawn(async move {
        agent.submit(scale("a1", 3)).await.unwrap();
        agent.resume().await.unwrap().len()
    });
    assert_eq!(work.await.unwrap(), 0);
}

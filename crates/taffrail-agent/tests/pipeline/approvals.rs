//! People release what is proposed: exactly that, once.

use serde_json::json;
use taffrail_ledger::{Stage, Voter};

use crate::support::{API, World, is, scale};

fn voter(person: &str, team: &str) -> Voter {
    Voter {
        person: person.to_owned(),
        teams: vec![team.to_owned()],
    }
}

fn approve(world: &World, proposal: &str, person: &str) {
    let standing = world.ledger.proposal(proposal).unwrap();
    let nonce = &standing.proposal.nonce;
    world
        .ledger
        .approve(proposal, nonce, &voter(person, "owners"), "looks right")
        .unwrap();
}

#[tokio::test]
async fn an_approved_action_runs_once() {
    let world = World::new().await;
    let agent = world.agent();
    let ended = agent.submit(scale("a1", 30)).await.unwrap();
    is(&ended, Stage::Proposed);
    let proposal = ended.proposal.unwrap();
    assert_eq!(agent.resume().await.unwrap().len(), 1);
    assert_eq!(world.writes(), 0);
    approve(&world, &proposal, "ada");
    let ended = agent.resume().await.unwrap().remove(0).unwrap();
    is(&ended, Stage::Closed);
    assert_eq!((world.replicas(), world.writes()), (30, 1));
    assert!(agent.resume().await.unwrap().is_empty());
    assert!(world.story("a1").contains(&"released".to_owned()));
}

#[tokio::test]
async fn an_approval_is_void_when_the_object_has_changed() {
    let world = World::new().await;
    let agent = world.agent();
    let ended = agent.submit(scale("a1", 30)).await.unwrap();
    let proposal = ended.proposal.unwrap();
    approve(&world, &proposal, "ada");
    world.server.change(API, "kubectl", |object| {
        object["spec"]["paused"] = true.into()
    });
    let ended = agent.resume().await.unwrap().remove(0).unwrap();
    is(&ended, Stage::Proposed);
    assert_ne!(ended.proposal.unwrap(), proposal);
    assert_eq!(world.writes(), 0);
    assert!(world.story("a1").contains(&"approval_void".to_owned()));
}

#[tokio::test]
async fn what_controllers_report_of_it_voids_nothing() {
    let world = World::new().await;
    let agent = world.agent();
    let proposal = agent
        .submit(scale("a1", 30))
        .await
        .unwrap()
        .proposal
        .unwrap();
    approve(&world, &proposal, "ada");
    world
        .server
        .change(API, "kube-controller-manager", |object| {
            object["status"] = json!({ "observedGeneration": 7 })
        });
    is(
        &agent.resume().await.unwrap().remove(0).unwrap(),
        Stage::Closed,
    );
    assert_eq!(world.replicas(), 30);
}

#[tokio::test]
async fn a_no_ends_it() {
    let world = World::new().await;
    let agent = world.agent();
    let proposal = agent
        .submit(scale("a1", 30))
        .await
        .unwrap()
        .proposal
        .unwrap();
    let nonce = world.ledger.proposal(&proposal).unwrap().proposal.nonce;
    world
        .ledger
        .reject(&proposal, &nonce, &voter("ada", "owners"), "not today")
        .unwrap();
    let ended = agent.resume().await.unwrap().remove(0).unwrap();
    is(&ended, Stage::Rejected);
    assert_eq!(ended.reason, "rejected by ada: not today");
    assert_eq!(world.writes(), 0);
}

#[tokio::test]
async fn people_read_what_will_run_to_the_letter() {
    let world = World::new().await;
    let proposal = world
        .agent()
        .submit(scale("a1", 30))
        .await
        .unwrap()
        .proposal
        .unwrap();
    let rendering = world.ledger.proposal(&proposal).unwrap().proposal.rendering;
    let version = world.server.get(API).unwrap()["metadata"]["resourceVersion"]
        .as_str()
        .unwrap()
        .to_owned();
    insta::assert_snapshot!(rendering.replace(&format!("\"{version}\""), "\"VERSION\""), @r#"
    scale Deployment shop/api
    asked by: agent healer
    because: p99 above target
    verdict: propose, risk 0
      shop.scaling.big (propose): 30 replicas are many
    request: PATCH /apis/apps/v1/namespaces/shop/deployments/api?fieldManager=taffrail
    {
      "metadata": {
        "annotations": {
          "taffrail.dev/action": "a1"
        },
        "resourceVersion": "VERSION"
      },
      "spec": {
        "replicas": 30
      }
    }
    way back: {"restore":{"back":{"spec":{"replicas":2}},"done":{"spec":{"replicas":30}}}}
    "#);
}

//! Several replicas that share a database.

use std::sync::Arc;

use serde_json::Value as Json;
use taffrail::PolicySet;
use taffrail_agent::Agent;
use taffrail_ledger::{Ledger, Stage};

use crate::server::database;
use crate::support::{POLICY, World, deployment, scale, settings};

#[tokio::test(flavor = "multi_thread")]
async fn replicas_share_a_budget_and_never_spend_it_twice() {
    let url = match tokio::task::block_in_place(database) {
        Ok(url) => url,
        Err(reason) => {
            eprintln!("skipped, since there is no PostgreSQL: {reason}");
            return;
        }
    };
    let world = World::new().await;
    let mut work = Vec::new();
    for number in 0..8 {
        let mut object: Json = deployment(2);
        object["metadata"]["name"] = format!("api-{number}").into();
        world.server.put(object);
        let (ledger, server) = (url.clone(), world.server.url());
        work.push(tokio::spawn(async move {
            let ledger = tokio::task::spawn_blocking(move || Ledger::connect(&ledger).unwrap())
                .await
                .unwrap();
            let policies = PolicySet::from_sources([("shop.guard", POLICY)]).unwrap();
            let config = kube::Config::new(server.parse().unwrap());
            let agent = Agent::builder(policies, Arc::new(ledger), config)
                .name(format!("replica-{number}"))
                .settings(settings())
                .build()
                .unwrap();
            let mut submission = scale(&format!("a{number}"), 3);
            submission.document["target"]["name"] = format!("api-{number}").into();
            agent.submit(submission).await.unwrap().stage
        }));
    }
    let mut stages = Vec::new();
    for work in work {
        stages.push(work.await.unwrap());
    }
    let count = |stage: Stage| stages.iter().filter(|found| **found == stage).count();
    // The budget has three units.
    assert_eq!(
        (count(Stage::Closed), count(Stage::Escalated)),
        (3, 5),
        "{stages:?}"
    );
    assert_eq!(world.server.writes().len(), 3);
}

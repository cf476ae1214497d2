//! A thousand actions while one request in twenty fails: none is lost, none is executed twice.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::StreamExt;
use futures::stream;
use serde_json::{Value as Json, json};
use taffrail_agent::{Settings, Submission};
use taffrail_apiserver::ApiServer;
use taffrail_ledger::{Ledger, Stage};

use crate::support::{Folder, World, deployment, settings};

const ACTIONS: usize = 1_000;
const AT_ONCE: usize = 16;

const POLICY: &str = r#"
policy shop.scaling

budget pace {
    on scale
    limit 1000 per 24h
    spend 1
    escalate to "sre"
    because "{used} of {limit} used"
}

grant scaling {
    on scale of Deployment
    because "scaling is a daily task"
}
"#;

fn named(number: usize) -> Json {
    let mut object = deployment(2);
    object["metadata"]["name"] = format!("api-{number}").into();
    object
}

fn submission(number: usize) -> Submission {
    Submission {
        id: format!("a{number}"),
        document: json!({
            "verb": "scale",
            "target": { "apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": format!("api-{number}") },
            "patch": { "spec": { "replicas": 3 } },
        }),
        principal: json!({ "kind": "agent", "id": "healer" }),
    }
}

fn patient() -> Settings {
    let mut settings = settings();
    settings.verify.deadline = Duration::from_secs(30);
    settings
}

fn executed(server: &ApiServer) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for seen in server.writes() {
        let mark = seen
            .body
            .pointer("/metadata/annotations/taffrail.dev~1action");
        if let Some(mark) = mark.and_then(Json::as_str) {
            *found.entry(mark.to_owned()).or_default() += 1;
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_actions_with_faults_are_each_executed_once() {
    let world = World::new().await;
    for number in 0..ACTIONS {
        world.server.put(named(number));
    }
    world.server.fail_at_random(50, 7);
    let agent = world
        .builder_for(POLICY)
        .settings(patient())
        .build()
        .unwrap();
    let began = Instant::now();
    let ended: Vec<_> = stream::iter(0..ACTIONS)
        .map(|number| {
            let agent = agent.clone();
            async move { agent.submit(submission(number)).await }
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    // What an agent put down because nobody could tell is taken up until everything has ended.
    let mut rounds = 0;
    while !agent.resume().await.unwrap().is_empty() {
        rounds += 1;
        assert!(rounds < 100, "something never ends");
    }
    let took = began.elapsed();
    let mut stages: BTreeMap<Stage, usize> = BTreeMap::new();
    for number in 0..ACTIONS {
        let standing = agent.standing(&format!("a{number}")).await.unwrap();
        assert!(standing.stage.is_final(), "a{number}: {standing:?}");
        *stages.entry(standing.stage).or_default() += 1;
        let path = format!("/apis/apps/v1/namespaces/shop/deployments/api-{number}");
        let replicas = world.server.get(&path).unwrap()["spec"]["replicas"].clone();
        let wanted = if standing.stage == Stage::Closed {
            3
        } else {
            2
        };
        assert_eq!(replicas, wanted, "a{number}: {standing:?}");
    }
    let executed = executed(&world.server);
    assert!(executed.values().all(|times| *times == 1), "{executed:?}");
    let closed = stages.get(&Stage::Closed).copied().unwrap_or_default();
    let own = executed
        .keys()
        .filter(|mark| !mark.ends_with("/undo"))
        .count();
    let failures = ended.iter().filter(|ended| ended.is_err()).count();
    let windows = [(
        "shop.scaling.pace".to_owned(),
        jiff::SignedDuration::from_hours(24),
    )];
    let used = world
        .ledger
        .usage(&windows)
        .unwrap()
        .into_iter()
        .filter_map(|usage| usage.used)
        .map(|used| used.to_string());
    let used: usize = used.map(|used| used.parse::<usize>().unwrap()).sum();
    assert_eq!((used, failures), (own, 0));
    assert!(closed >= ACTIONS * 9 / 10, "{stages:?}");
    assert!(world.ledger.verify().unwrap().is_ok());
    let requests = world.server.seen().len();
    println!(
        "{ACTIONS} actions, {requests} requests, {:.1} s, {:.0} actions a second: {stages:?}",
        took.as_secs_f64(),
        f64::from(u32::try_from(ACTIONS).unwrap()) / took.as_secs_f64(),
    );
}

/// What an action costs beside its requests: the same requests are sent once more without the pipeline.
#[tokio::test(flavor = "multi_thread")]
async fn the_pipeline_beside_its_requests() {
    const COUNT: usize = 100;
    let world = World::new().await;
    for number in 0..COUNT {
        world.server.put(named(number));
    }
    let agent = world
        .builder_for(POLICY)
        .settings(patient())
        .build()
        .unwrap();
    let began = Instant::now();
    for number in 0..COUNT {
        assert_eq!(
            agent.submit(submission(number)).await.unwrap().stage,
            Stage::Closed
        );
    }
    let whole = began.elapsed();
    let client =
        kube::Client::try_from(kube::Config::new(world.server.url().parse().unwrap())).unwrap();
    let seen = world.server.seen();
    let began = Instant::now();
    for seen in &seen {
        let body = if seen.body.is_null() {
            Vec::new()
        } else {
            seen.body.to_string().into_bytes()
        };
        let request = http::Request::builder()
            .method(seen.method.as_str())
            .uri(format!("{}?{}", seen.path, seen.query))
            .header("content-type", "application/merge-patch+json")
            .body(kube::client::Body::from(body))
            .unwrap();
        let response = client.send(request).await.unwrap();
        response.into_body().collect_bytes().await.unwrap();
    }
    let network = began.elapsed();
    let folder = Folder::new();
    let ledger = Arc::new(Ledger::open(folder.0.join("ledger.db")).unwrap());
    let began = Instant::now();
    let records = 20;
    for number in 0..records {
        let entry = taffrail_ledger::audit::Entry {
            event: "x".into(),
            action: number.to_string(),
            actor: String::new(),
            body: Json::Null,
        };
        ledger.record(&entry).unwrap();
    }
    let one = began.elapsed() / records;
    let count = u32::try_from(COUNT).unwrap();
    println!(
        "an action: {:?}, its {} requests alone: {:?}, the pipeline beside them: {:?}; a transaction of the ledger: {one:?}",
        whole / count,
        seen.len() / COUNT,
        network / count,
        whole.saturating_sub(network) / count,
    );
}

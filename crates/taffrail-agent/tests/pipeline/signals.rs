//! Signals decide with the rest, and watch over what was done.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Query, State};
use axum::routing::get;
use serde_json::{Value as Json, json};
use taffrail_agent::Settings;
use taffrail_ledger::Stage;
use tokio::net::TcpListener;

use crate::support::{World, is, scale, settings};

const POLICY: &str = r#"
policy shop.scaling

signal error_rate: number from "prometheus" fresh 1m

grant calm {
    on scale of Deployment
    when error_rate < 1%
    because "all is calm"
}
"#;

/// What a made-up source says: a value, and how many seconds ago it was observed.
type Said = Arc<Mutex<(String, i64)>>;

async fn source(said: &Said) -> String {
    async fn plain(State(said): State<Said>) -> String {
        let (value, age) = said.lock().unwrap().clone();
        let observed = jiff::Timestamp::now() - jiff::SignedDuration::from_secs(age);
        let value: Json = serde_json::from_str(&value).unwrap();
        json!({ "error_rate": { "value": value, "observed": observed.to_string() } }).to_string()
    }
    async fn prometheus(
        State(said): State<Said>,
        Query(query): Query<Vec<(String, String)>>,
    ) -> String {
        let (value, age) = said.lock().unwrap().clone();
        let now = jiff::Timestamp::now();
        let is_time = query
            .iter()
            .any(|(key, text)| key == "query" && text.starts_with("timestamp("));
        let value = if is_time {
            (now.as_second() - age).to_string()
        } else {
            value
        };
        let pair = json!([now.as_second(), value]);
        json!({ "status": "success", "data": { "resultType": "vector", "result": [{ "metric": {}, "value": pair }] } }).to_string()
    }
    let router = Router::new()
        .route("/signals", get(plain))
        .route("/api/v1/query", get(prometheus))
        .with_state(Arc::clone(said));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

fn said(value: &str, age: i64) -> Said {
    Arc::new(Mutex::new((value.to_owned(), age)))
}

fn with(source: Json) -> Settings {
    let given: Settings =
        serde_json::from_value(json!({ "signals": { "error_rate": source } })).unwrap();
    Settings {
        signals: given.signals,
        ..settings()
    }
}

pub(crate) async fn decided(source: Json) -> taffrail_agent::Ended {
    let world = World::new().await;
    let agent = world
        .builder_for(POLICY)
        .settings(with(source))
        .build()
        .unwrap();
    agent.submit(scale("a1", 3)).await.unwrap()
}

#[tokio::test]
async fn a_fresh_signal_grants_and_an_old_one_does_not() {
    let fresh = source(&said("0.002", 10)).await;
    is(
        &decided(json!({ "url": format!("{fresh}/signals") })).await,
        Stage::Closed,
    );
    is(
        &decided(json!({ "prometheus": fresh, "query": "error_ratio{ns=\"$namespace\"}" })).await,
        Stage::Closed,
    );
    // Prometheus answers with the time of the question; the sample is ten minutes old.
    let old = source(&said("0.002", 600)).await;
    is(
        &decided(json!({ "url": format!("{old}/signals") })).await,
        Stage::Proposed,
    );
    is(
        &decided(json!({ "prometheus": old, "query": "error_ratio" })).await,
        Stage::Proposed,
    );
}

#[tokio::test]
async fn a_source_that_fails_makes_nothing_milder_and_says_why() {
    let nan = source(&said("\"NaN\"", 1)).await;
    let cases = [
        (
            json!({ "url": "http://127.0.0.1:1/signals" }),
            "its source cannot be reached",
        ),
        (
            json!({ "url": format!("{nan}/nothing") }),
            "its source answers HTTP 404",
        ),
        (
            json!({ "file": "/nowhere/signals.json" }),
            "cannot read `/nowhere/signals.json`",
        ),
    ];
    for (source, why) in cases {
        let world = World::new().await;
        let agent = world
            .builder_for(POLICY)
            .settings(with(source))
            .build()
            .unwrap();
        is(
            &agent.submit(scale("a1", 3)).await.unwrap(),
            Stage::Proposed,
        );
        let collected = world
            .records()
            .into_iter()
            .find(|record| record.event == "collected")
            .unwrap();
        let missing = collected.body["missing"].to_string();
        assert!(missing.contains(why), "{missing}");
    }
}

#[tokio::test]
async fn a_signal_that_leaves_its_bounds_while_it_is_watched_takes_the_action_back() {
    let world = World::new().await;
    let said = said("0.002", 0);
    let url = source(&said).await;
    let mut settings = with(json!({ "url": format!("{url}/signals") }));
    settings.bounds =
        serde_json::from_value(json!([{ "signal": "error_rate", "at_most": 0.01 }])).unwrap();
    settings.verify.soak = std::time::Duration::from_secs(20);
    let worse = Arc::clone(&said);
    let agent = world
        .builder_for(POLICY)
        .settings(settings)
        .observer(move |event| {
            if event.stage == Stage::Executed {
                worse.lock().unwrap().0 = "0.3".to_owned();
            }
        })
        .build()
        .unwrap();
    let ended = agent.submit(scale("a1", 3)).await.unwrap();
    is(&ended, Stage::RolledBack);
    assert_eq!(ended.reason, "taken back: severity rose from 0 to 1");
    assert_eq!(world.replicas(), 2);
}

#[tokio::test]
async fn what_was_bad_before_is_no_reason_to_take_back() {
    let world = World::new().await;
    let url = source(&said("0.3", 0)).await;
    let mut settings = with(json!({ "url": format!("{url}/signals") }));
    settings.bounds =
        serde_json::from_value(json!([{ "signal": "error_rate", "at_most": 0.01 }])).unwrap();
    let agent = world.builder().settings(settings).build().unwrap();
    is(&agent.submit(scale("a1", 3)).await.unwrap(), Stage::Closed);
}

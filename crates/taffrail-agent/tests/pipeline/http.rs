//! Actions that are handed over by HTTP.

use http::{Method, Request};
use http_body_util::BodyExt as _;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use taffrail_agent::http::{Person, router_of_agent};

use crate::support::{World, scale};

fn person(name: &str, kind: &str, operator: bool) -> Person {
    let digest = Sha256::digest(name.as_bytes());
    Person {
        name: name.into(),
        teams: vec!["owners".into()],
        operator,
        kind: kind.into(),
        groups: Vec::new(),
        tenant: None,
        token_sha256: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

async fn service(world: &World) -> String {
    let people = [
        person("healer", "agent", false),
        person("dana", "human", true),
    ];
    let router = router_of_agent(world.agent(), &people).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

async fn call(method: Method, url: String, token: &str, body: &Json) -> (u16, Json) {
    let request = Request::builder()
        .method(method)
        .uri(url)
        .header("authorization", format!("Bearer {token}"))
        .body(body.to_string())
        .unwrap();
    let client: Client<_, String> = Client::builder(TokioExecutor::new()).build_http();
    let response = client.request(request).await.unwrap();
    let status = response.status().as_u16();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&bytes).unwrap())
}

fn asked(id: &str, replicas: i64) -> Json {
    let mut document = scale(id, replicas).document;
    document["id"] = id.into();
    document
}

#[tokio::test]
async fn an_action_is_taken_looked_at_and_taken_back() {
    let world = World::new().await;
    let url = service(&world).await;
    let before = world.replicas();
    let actions = format!("{url}/actions");
    let (status, ended) = call(
        Method::POST,
        actions.clone(),
        "healer",
        &asked("up-1", before + 1),
    )
    .await;
    assert_eq!(
        (status, &ended["stage"]),
        (200, &json!("closed")),
        "{ended}"
    );
    assert_eq!(world.replicas(), before + 1);
    let (status, again) = call(
        Method::POST,
        actions.clone(),
        "healer",
        &asked("up-1", before + 1),
    )
    .await;
    assert_eq!((status, again), (200, ended.clone()));
    assert_eq!(world.writes(), 1);
    let (status, other) = call(Method::POST, actions, "dana", &asked("up-1", before + 1)).await;
    assert_eq!(status, 409, "{other}");
    let (status, standing) = call(
        Method::GET,
        format!("{url}/actions/up-1"),
        "dana",
        &Json::Null,
    )
    .await;
    assert_eq!((status, standing), (200, ended));
    let (status, missing) = call(
        Method::GET,
        format!("{url}/actions/up-2"),
        "dana",
        &Json::Null,
    )
    .await;
    assert_eq!(status, 404, "{missing}");
    let back = format!("{url}/actions/up-1/roll-back");
    let why = json!({ "reason": "not today" });
    let (status, refused) = call(Method::POST, back.clone(), "healer", &why).await;
    assert_eq!(status, 403, "{refused}");
    let (status, ended) = call(Method::POST, back, "dana", &why).await;
    assert_eq!(
        (status, &ended["stage"]),
        (200, &json!("rolled_back")),
        "{ended}"
    );
    assert_eq!(world.replicas(), before);
}

#[tokio::test]
async fn who_asks_is_who_shows_the_token() {
    let world = World::new().await;
    let url = service(&world).await;
    let mut many = asked("many-1", 30);
    many["principal"] = json!({ "kind": "human", "id": "somebody" });
    let (status, ended) = call(Method::POST, format!("{url}/actions"), "healer", &many).await;
    assert_eq!(status, 202, "{ended}");
    let proposal = ended["proposal"].as_str().unwrap();
    let (status, standing) = call(
        Method::GET,
        format!("{url}/proposals/{proposal}"),
        "dana",
        &Json::Null,
    )
    .await;
    assert_eq!(
        (status, &standing["proposal"]["requester"]),
        (200, &json!("healer")),
        "{standing}"
    );
    for (document, why) in [
        (json!([]), "an array"),
        (json!({ "id": 7 }), "an id"),
        (json!({ "verb": "scale" }), "no target"),
    ] {
        let (status, answer) =
            call(Method::POST, format!("{url}/actions"), "healer", &document).await;
        assert_eq!(status, 400, "{why}: {answer}");
    }
}

//! Approvals over HTTP, by a real client on loopback, on calls that nobody should make too.
#![expect(
    clippy::unwrap_used,
    reason = "a helper that cannot go on is a failed test"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use http::{Method, Request};
use http_body_util::BodyExt as _;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use taffrail_agent::http::{Person, router};
use taffrail_ledger::{Bound, Ledger, Proposal};
use taffrail_runtime::decision::Team;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const NOW: &str = "2130-01-02T10:00:00Z";

/// A service that ends with the test.
struct Service {
    folder: PathBuf,
    address: SocketAddr,
    ledger: Arc<Ledger>,
}

impl Service {
    async fn new(name: &str) -> Self {
        let folder =
            std::env::temp_dir().join(format!("taffrail-http-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let now: Timestamp = NOW.parse().unwrap();
        let ledger = Ledger::open(folder.join("ledger.db")).unwrap();
        let ledger = Arc::new(ledger.with_clock(Arc::new(move || now)));
        ledger.propose(&proposal("cart-1", 30)).unwrap();
        ledger.propose(&proposal("late-1", -1)).unwrap();
        let people = [
            person("dana", &["sre"], false),
            person("erin", &["owners"], true),
            person("healer", &["sre", "owners"], false),
        ];
        let service = router(ledger.clone(), &people).unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, service).await });
        Self {
            folder,
            address,
            ledger,
        }
    }

    /// Calls, and returns the status and the JSON.
    async fn call(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: &str,
    ) -> (u16, Json) {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("http://{}{path}", self.address));
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let client: Client<_, String> = Client::builder(TokioExecutor::new()).build_http();
        let response = client
            .request(request.body(body.to_owned()).unwrap())
            .await
            .unwrap();
        let status = response.status().as_u16();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap())
    }

    async fn told(&self, calls: &[(&str, &str, &str, Json)]) -> String {
        let mut text = String::new();
        for (method, path, who, body) in calls {
            let token = (!who.is_empty()).then(|| token(who));
            let body = if body.is_null() {
                String::new()
            } else {
                body.to_string()
            };
            let method: Method = method.parse().unwrap();
            let (status, answer) = self
                .call(method.clone(), path, token.as_deref(), &body)
                .await;
            let _ = writeln!(text, "{method} {path} {who} {body}\n  {status} {answer}");
        }
        text
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // What is left of a folder harms nobody.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn token(who: &str) -> String {
    format!("token of {who}").replace(' ', "-")
}

fn person(name: &str, teams: &[&str], operator: bool) -> Person {
    let digest = Sha256::digest(token(name).as_bytes());
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    Person {
        name: name.into(),
        teams: teams.iter().map(|team| (*team).to_owned()).collect(),
        operator,
        kind: "human".into(),
        groups: Vec::new(),
        tenant: None,
        token_sha256: hex,
    }
}

fn proposal(id: &str, minutes: i64) -> Proposal {
    let now: Timestamp = NOW.parse().unwrap();
    let team = |team: &str| Team {
        team: team.into(),
        count: 1,
    };
    Proposal {
        id: id.into(),
        action: "scale-cart".into(),
        requester: "healer".into(),
        rendering: "scale Deployment shop/cart".into(),
        bound: Bound {
            action: "a".into(),
            policies: "p".into(),
            objects: BTreeMap::new(),
        },
        needs: vec![team("sre"), team("owners")],
        nonce: format!("nonce of {id}"),
        expires: now + SignedDuration::from_mins(minutes),
    }
}

#[tokio::test]
async fn people_release_what_they_have_read() {
    let service = Service::new("votes").await;
    let vote = json!({ "nonce": "nonce of cart-1", "reason": "fine" });
    insta::assert_snapshot!(
        service
            .told(&[
                ("GET", "/proposals", "dana", Json::Null),
                ("GET", "/proposals?state=expired", "dana", Json::Null),
                ("POST", "/proposals/cart-1/approve", "healer", vote.clone()),
                (
                    "POST",
                    "/proposals/cart-1/approve",
                    "dana",
                    json!({ "nonce": "nonce of late-1" })
                ),
                ("POST", "/proposals/cart-1/approve", "dana", vote.clone()),
                ("POST", "/proposals/cart-1/approve", "dana", vote.clone()),
                ("POST", "/proposals/cart-1/approve", "erin", vote.clone()),
                (
                    "POST",
                    "/proposals/late-1/approve",
                    "erin",
                    json!({ "nonce": "nonce of late-1" })
                ),
                ("GET", "/proposals/cart-2", "dana", Json::Null),
                (
                    "POST",
                    "/proposals/cart-1/reject",
                    "dana",
                    json!({ "nonce": "nonce of cart-1" })
                ),
                ("POST", "/proposals/cart-1/reject", "dana", vote),
                ("GET", "/proposals/cart-1", "erin", Json::Null),
            ])
            .await
    );
}

#[tokio::test]
async fn operators_stop_everything() {
    let service = Service::new("switch").await;
    insta::assert_snapshot!(
        service
            .told(&[
                ("GET", "/healthz", "", Json::Null),
                ("POST", "/pause", "dana", json!({ "reason": "no" })),
                ("POST", "/pause", "erin", json!({})),
                (
                    "POST",
                    "/pause",
                    "erin",
                    json!({ "reason": "the cluster is on fire" })
                ),
                ("GET", "/healthz", "", Json::Null),
                ("POST", "/resume", "dana", Json::Null),
                ("POST", "/resume", "erin", Json::Null),
            ])
            .await
    );
    let (status, head) = service
        .call(Method::GET, "/audit/head", Some(&token("dana")), "")
        .await;
    assert_eq!(status, 200);
    assert_eq!(
        head,
        serde_json::to_value(service.ledger.head().unwrap()).unwrap()
    );
}

#[tokio::test]
async fn without_a_token_nothing_is_told_and_nothing_is_done() {
    let service = Service::new("tokens").await;
    let before = service.ledger.head().unwrap();
    for (method, path) in [
        (Method::GET, "/proposals"),
        (Method::GET, "/proposals/cart-1"),
        (Method::POST, "/proposals/cart-1/approve"),
        (Method::POST, "/proposals/cart-1/reject"),
        (Method::POST, "/pause"),
        (Method::POST, "/resume"),
        (Method::GET, "/audit/head"),
    ] {
        let body = r#"{"nonce": "nonce of cart-1", "reason": "x"}"#;
        for token in [
            None,
            Some(""),
            Some("token-of-nobody"),
            Some("token-of-dan"),
            Some("token-of-danaa"),
        ] {
            let (status, answer) = service.call(method.clone(), path, token, body).await;
            assert_eq!(status, 401, "{path} {token:?}: {answer}");
            assert!(answer["hint"].is_string(), "{answer}");
        }
    }
    assert_eq!(service.ledger.head().unwrap(), before);
}

#[tokio::test]
async fn malformed_calls_are_answered() {
    let service = Service::new("malformed").await;
    let before = service.ledger.head().unwrap();
    let dana = Some(token("dana"));
    let mut told = String::new();
    let long = format!("{{\"nonce\": \"{}\"}}", "x".repeat(70_000));
    for (method, path, body) in [
        ("POST", "/proposals/cart-1/approve", ""),
        ("POST", "/proposals/cart-1/approve", "{"),
        ("POST", "/proposals/cart-1/approve", "[]"),
        (
            "POST",
            "/proposals/cart-1/approve",
            r#"{"nonce": "nonce of cart-1", "as": "erin"}"#,
        ),
        ("POST", "/proposals/cart-1/approve", r#"{"nonce": 7}"#),
        ("POST", "/proposals/cart-1/approve", &long),
        ("GET", "/proposals/cart-1/approve", ""),
        ("DELETE", "/proposals/cart-1", ""),
        ("GET", "/proposals?state=open", ""),
        ("GET", "/proposals/%ff", ""),
        ("GET", "/proposals/..%2F..", ""),
        ("GET", "/secrets", ""),
    ] {
        let (status, answer) = service
            .call(method.parse().unwrap(), path, dana.as_deref(), body)
            .await;
        let body: String = body.chars().take(60).collect();
        let _ = writeln!(told, "{method} {path} {body}\n  {status} {answer}");
    }
    insta::assert_snapshot!(told);
    let raw = [
        "GET /proposals HTTP/1.1\r\nhost: x\r\nauthorization: Bearer token-of-dana\r\nauthorization: Bearer token-of-erin\r\nconnection: close\r\n\r\n",
        "GET /proposals HTTP/1.1\r\nhost: x\r\nauthorization: Basic token-of-dana\r\nconnection: close\r\n\r\n",
        "GET /proposals HTTP/1.1\r\nhost: x\r\nauthorization: Bearer \u{e4}\r\nconnection: close\r\n\r\n",
    ];
    for call in raw {
        assert!(
            send(service.address, call)
                .await
                .starts_with("HTTP/1.1 401"),
            "{call}"
        );
    }
    let nonsense = send(service.address, "hello\r\n\r\n").await;
    assert!(nonsense.starts_with("HTTP/1.1 400"), "{nonsense}");
    assert_eq!(service.ledger.head().unwrap(), before);
}

/// Sends bytes as they are.
async fn send(address: SocketAddr, call: &str) -> String {
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream.write_all(call.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn people_are_told_apart() {
    let ledger = || {
        let folder =
            std::env::temp_dir().join(format!("taffrail-http-people-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Arc::new(Ledger::open(folder.join("ledger.db")).unwrap())
    };
    let refused = |people: &[Person]| router(ledger(), people).unwrap_err().to_string();
    let dana = person("dana", &[], false);
    let mut erin = dana.clone();
    erin.name = "erin".into();
    assert_eq!(
        refused(&[dana.clone(), erin]),
        "`dana` and `erin` have the same token, so nobody could tell who calls"
    );
    let mut short = dana.clone();
    short.token_sha256 = "abc".into();
    assert_eq!(
        refused(&[short]),
        "`token_sha256` of `dana` is no SHA-256 digest: 64 hexadecimal digits"
    );
    assert!(!format!("{dana:?}").contains(&dana.token_sha256));
}

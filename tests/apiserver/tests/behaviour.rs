//! What is easily got wrong about a real server, a test each.

#![expect(clippy::unwrap_used, reason = "what is not there fails the test")]

use serde_json::{Value as Json, json};
use taffrail_apiserver::{ApiServer, Rollouts, User};

const WEB: &str = "/apis/apps/v1/namespaces/shop/deployments/web";

async fn server() -> ApiServer {
    let server = ApiServer::start().await.unwrap();
    server.put(json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": "shop" } }));
    server.put_as(
        json!({
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "web", "namespace": "shop" },
            "spec": {
                "replicas": 3, "selector": { "matchLabels": { "app": "web" } },
                "template": {
                    "metadata": { "labels": { "app": "web" } },
                    "spec": { "containers": [{ "name": "web", "image": "web:1" }] },
                },
            },
        }),
        "owner",
    );
    server
}

async fn ask(server: &ApiServer, request: &str, media: &str, body: Json) -> (u16, Json) {
    let (method, path) = request.split_once(' ').unwrap();
    let request = http::Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", media)
        .body(body.to_string().into_bytes());
    let answered = server.answer(request.unwrap()).await.unwrap();
    let body = serde_json::from_slice(&answered.body).unwrap_or_default();
    (answered.status, body)
}

async fn merge(server: &ApiServer, path: &str, patch: Json) -> (u16, Json) {
    let request = format!("PATCH {path}");
    ask(server, &request, "application/merge-patch+json", patch).await
}

fn apply(replicas: i64) -> Json {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "web", "namespace": "shop" },
        "spec": { "replicas": replicas },
    })
}

#[tokio::test]
async fn an_apply_conflicts_with_who_wrote_the_field() {
    let server = server().await;
    let request = format!("PATCH {WEB}?fieldManager=gitops");
    let media = "application/apply-patch+yaml";
    let (status, answer) = ask(&server, &request, media, apply(5)).await;
    assert_eq!(status, 409);
    let cause = &answer["details"]["causes"][0];
    assert_eq!(cause["field"], ".spec.replicas");
    let (status, _) = ask(&server, &format!("{request}&force=true"), media, apply(5)).await;
    assert_eq!(status, 200);
    assert_eq!(server.get(WEB).unwrap()["spec"]["replicas"], 5);
}

#[tokio::test]
async fn nobody_owns_the_replicas_after_scaling_through_zero() {
    let server = server().await;
    for replicas in [0, 4] {
        let patch = json!({ "spec": { "replicas": replicas } });
        assert_eq!(merge(&server, &format!("{WEB}/scale"), patch).await.0, 200);
    }
    let request = format!("PATCH {WEB}?fieldManager=gitops");
    let (status, _) = ask(&server, &request, "application/apply-patch+yaml", apply(5)).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn a_stale_version_is_a_conflict_and_a_wrong_identity_is_not() {
    let server = server().await;
    let stale = json!({ "metadata": { "resourceVersion": "1" }, "spec": { "replicas": 1 } });
    assert_eq!(merge(&server, WEB, stale).await.0, 409);
    let other = json!({ "metadata": { "uid": "x" }, "spec": { "replicas": 1 } });
    assert_eq!(merge(&server, WEB, other.clone()).await.0, 422);
    let mut whole = server.get(WEB).unwrap();
    whole["metadata"]["uid"] = "x".into();
    let request = format!("PUT {WEB}");
    assert_eq!(
        ask(&server, &request, "application/json", whole).await.0,
        409
    );
    let options = json!({ "preconditions": { "uid": "x" } });
    let request = format!("DELETE {WEB}");
    assert_eq!(
        ask(&server, &request, "application/json", options).await.0,
        409
    );
    assert!(server.writes().is_empty());
}

#[tokio::test]
async fn a_dry_run_answers_as_the_write_would_and_stores_nothing() {
    let server = server().await;
    let before = server.get(WEB).unwrap();
    let patch = json!({ "spec": { "replicas": 9 } });
    let (status, answer) = merge(&server, &format!("{WEB}?dryRun=All"), patch).await;
    assert_eq!((status, &answer["spec"]["replicas"]), (200, &json!(9)));
    let options = json!({ "dryRun": ["All"] });
    let request = format!("DELETE {WEB}");
    assert_eq!(
        ask(&server, &request, "application/json", options).await.0,
        200
    );
    assert_eq!(server.get(WEB).unwrap(), before);
    assert!(server.seen().iter().all(|seen| seen.is_dry && !seen.wrote));
}

#[tokio::test]
async fn an_eviction_that_fails_late_has_spent_its_budget() {
    let server = server().await;
    let pod = "/api/v1/namespaces/shop/pods/web-1";
    server.put(json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "web-1", "namespace": "shop", "labels": { "app": "web" } },
        "spec": { "containers": [{ "name": "web", "image": "web:1" }] }, "status": { "phase": "Running" },
    }));
    let budget = |name: &str| {
        json!({
            "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": { "name": name, "namespace": "shop" },
            "spec": { "minAvailable": 1, "selector": { "matchLabels": { "app": "web" } } },
            "status": { "disruptionsAllowed": 1, "currentHealthy": 2, "desiredHealthy": 1, "expectedPods": 2, "observedGeneration": 1 },
        })
    };
    server.put(budget("web"));
    let request = format!("POST {pod}/eviction");
    let media = "application/json";
    let eviction = |options: Json| {
        json!({
            "apiVersion": "policy/v1", "kind": "Eviction", "metadata": { "name": "web-1", "namespace": "shop" }, "deleteOptions": options,
        })
    };
    let other = eviction(json!({ "preconditions": { "uid": "x" } }));
    assert_eq!(ask(&server, &request, media, other).await.0, 409);
    assert_eq!(
        ask(&server, &request, media, eviction(json!({}))).await.0,
        429
    );
    server.put(budget("second"));
    assert_eq!(
        ask(&server, &request, media, eviction(json!({}))).await.0,
        500
    );
    assert!(server.get(pod).is_some());
}

#[tokio::test]
async fn a_foreground_deletion_waits_until_another_policy_ends_it() {
    let server = server().await;
    let request = format!("DELETE {WEB}");
    let policy = |name: &str| json!({ "propagationPolicy": name });
    let (_, answer) = ask(&server, &request, "application/json", policy("Foreground")).await;
    assert_eq!(
        answer["metadata"]["finalizers"],
        json!(["foregroundDeletion"])
    );
    assert!(server.get(WEB).is_some());
    let (_, answer) = ask(&server, &request, "application/json", policy("Background")).await;
    assert_eq!(answer["status"], "Success");
    assert!(server.get(WEB).is_none());
}

#[tokio::test(start_paused = true)]
async fn a_watch_tells_what_happened_and_says_when_that_is_forgotten() {
    let server = server().await;
    let version = server.get(WEB).unwrap()["metadata"]["resourceVersion"].clone();
    let version = version.as_str().unwrap();
    server.change(WEB, "somebody", |web| web["spec"]["replicas"] = 7.into());
    server.remove(WEB);
    let watch = async || {
        let path = WEB.strip_suffix("/web").unwrap();
        let uri = format!("{path}?watch=true&timeoutSeconds=2&resourceVersion={version}");
        let request = http::Request::get(uri).body(Vec::new()).unwrap();
        let answered = server.answer(request).await.unwrap();
        assert_eq!(answered.status, 200);
        let text = String::from_utf8(answered.body).unwrap();
        let events = text
            .lines()
            .map(|line| serde_json::from_str::<Json>(line).unwrap());
        events.collect::<Vec<_>>()
    };
    let kinds: Vec<Json> = watch()
        .await
        .iter()
        .map(|event| event["type"].clone())
        .collect();
    assert_eq!(kinds, ["MODIFIED", "DELETED"]);
    server.compact();
    let events = watch().await;
    assert_eq!(events.len(), 1);
    assert_eq!(
        (&events[0]["type"], &events[0]["object"]["code"]),
        (&json!("ERROR"), &json!(410))
    );
}

#[tokio::test]
async fn roles_that_are_stored_decide_who_may_do_what() {
    let server = server().await;
    server.token("t", User::new("bot", &[]));
    server.authorize();
    server.grant("bot", "shop", &["get"], "apps", &["deployments"]);
    let request = |method: &str, path: &str, token: &str| {
        let request = http::Request::builder().method(method).uri(path);
        let request = request.header("authorization", format!("Bearer {token}"));
        request.body(Vec::new()).unwrap()
    };
    let status = async |method, path, token| {
        server
            .answer(request(method, path, token))
            .await
            .unwrap()
            .status
    };
    assert_eq!(status("GET", WEB, "t").await, 200);
    assert_eq!(
        status(
            "GET",
            "/apis/apps/v1/namespaces/shop/deployments/missing",
            "t"
        )
        .await,
        404
    );
    assert_eq!(status("DELETE", WEB, "t").await, 403);
    assert_eq!(
        status(
            "GET",
            "/apis/apps/v1/namespaces/other/deployments/missing",
            "t"
        )
        .await,
        403
    );
    assert_eq!(status("GET", WEB, "other").await, 401);
}

#[test]
fn a_server_runs_without_anything_asynchronous_around_it() {
    let server = ApiServer::spawn().unwrap();
    server.rollouts(Rollouts::Succeed);
    let address = server.url();
    let address = address.strip_prefix("http://").unwrap();
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let request = "GET /version HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut stream, &mut text).unwrap();
    assert!(text.starts_with("HTTP/1.1 200"));
    assert!(server.kubeconfig().contains(&server.url()));
}

//! The same suite against the API server of the tests and, when `TAFFRAIL_TEST_KUBECONFIG` names a kubeconfig, against a real cluster.
//! It makes a namespace of its own there, and takes it away.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a helper that cannot go on is a failed test"
)]

use std::sync::Arc;
use std::time::Duration;

use kube::Client;
use kube::client::Body;
use kube::config::{KubeConfigOptions, Kubeconfig};
use serde_json::{Value as Json, json};
use taffrail::PolicySet;
use taffrail_agent::{Agent, Ended, Settings, Submission};
use taffrail_apiserver::{ApiServer, Rollouts};
use taffrail_ledger::{Ledger, Stage};

const POLICY: &str = r#"
policy e2e

grant config {
    on create, apply, patch, delete of ConfigMap
    because "settings are free"
}

grant scaling {
    on scale of Deployment
    when namespace.labels["taffrail-e2e"] == "yes"
    because "it is the test's own"
}
"#;

struct Suite {
    client: Client,
    agent: Agent,
    namespace: String,
}

impl Suite {
    async fn new(config: kube::Config) -> Self {
        let namespace = format!("taffrail-e2e-{}", std::process::id());
        let folder = std::env::temp_dir().join(&namespace);
        std::fs::create_dir_all(&folder).unwrap();
        let ledger = Ledger::open(folder.join(format!(
            "{}.db",
            config.cluster_url.port_u16().unwrap_or(443)
        )))
        .unwrap();
        let mut settings = Settings::default();
        settings.verify.deadline = Duration::from_secs(60);
        settings.verify.every = Duration::from_millis(50);
        let policies = PolicySet::from_sources([("e2e.guard", POLICY)]).unwrap();
        let agent = Agent::builder(policies, Arc::new(ledger), config.clone())
            .settings(settings)
            .build()
            .unwrap();
        let suite = Self {
            client: Client::try_from(config).unwrap(),
            agent,
            namespace,
        };
        let labels = json!({ "taffrail-e2e": "yes" });
        let made = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": suite.namespace, "labels": labels } });
        suite.send("POST", "/api/v1/namespaces", &made).await;
        suite
    }

    /// Sends a request past the agent, as somebody else would.
    async fn send(&self, method: &str, path: &str, body: &Json) -> Json {
        let content_type = if method == "PATCH" {
            "application/merge-patch+json"
        } else {
            "application/json"
        };
        let bytes = if body.is_null() {
            Vec::new()
        } else {
            body.to_string().into_bytes()
        };
        let request = http::Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", content_type);
        let response = self
            .client
            .send(request.body(Body::from(bytes)).unwrap())
            .await
            .unwrap();
        let bytes = response.into_body().collect_bytes().await.unwrap();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    fn path(&self, rest: &str) -> String {
        let group = if rest.starts_with("deployments") {
            "apis/apps/v1"
        } else {
            "api/v1"
        };
        format!("/{group}/namespaces/{}/{rest}", self.namespace)
    }

    async fn ask(&self, id: &str, verb: &str, kind: &str, name: &str, change: Json) -> Ended {
        let api_version = if kind == "Deployment" {
            "apps/v1"
        } else {
            "v1"
        };
        let mut document = json!({
            "verb": verb,
            "target": { "apiVersion": api_version, "kind": kind, "namespace": self.namespace, "name": name },
        });
        for (key, value) in change.as_object().into_iter().flatten() {
            document
                .as_object_mut()
                .unwrap()
                .insert(key.clone(), value.clone());
        }
        let principal = json!({ "kind": "agent", "id": "e2e" });
        self.agent
            .submit(Submission {
                id: format!("{id}-{}", std::process::id()),
                document,
                principal,
            })
            .await
            .unwrap()
    }

    fn config_map(&self, mode: &str) -> Json {
        json!({
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "app", "namespace": self.namespace }, "data": { "mode": mode },
        })
    }

    async fn run(&self) {
        let map = self.path("configmaps/app");
        let mode = async || self.send("GET", &map, &Json::Null).await["data"]["mode"].clone();
        let is = |ended: &Ended, stage: Stage| {
            assert_eq!(ended.stage, stage, "{}: {}", ended.id, ended.reason)
        };

        is(
            &self
                .ask(
                    "create",
                    "create",
                    "ConfigMap",
                    "app",
                    json!({ "proposed": self.config_map("fast") }),
                )
                .await,
            Stage::Closed,
        );
        assert_eq!(mode().await, "fast");
        is(
            &self
                .ask(
                    "patch",
                    "patch",
                    "ConfigMap",
                    "app",
                    json!({ "patch": { "data": { "mode": "safe" } } }),
                )
                .await,
            Stage::Closed,
        );
        assert_eq!(mode().await, "safe");
        let id = format!("patch-{}", std::process::id());
        is(
            &self.agent.roll_back(&id, "e2e", "to try it").await.unwrap(),
            Stage::RolledBack,
        );
        assert_eq!(mode().await, "fast");

        is(
            &self
                .ask(
                    "again",
                    "patch",
                    "ConfigMap",
                    "app",
                    json!({ "patch": { "data": { "mode": "slow" } } }),
                )
                .await,
            Stage::Closed,
        );
        self.send("PATCH", &map, &json!({ "data": { "mode": "mine" } }))
            .await;
        let id = format!("again-{}", std::process::id());
        is(
            &self.agent.roll_back(&id, "e2e", "to try it").await.unwrap(),
            Stage::Stuck,
        );
        assert_eq!(mode().await, "mine");

        let deployment = json!({
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "api", "namespace": self.namespace },
            "spec": {
                "replicas": 0, "paused": true, "selector": { "matchLabels": { "app": "api" } },
                "template": { "metadata": { "labels": { "app": "api" } }, "spec": { "containers": [{ "name": "api", "image": "registry.k8s.io/pause:3.10" }] } },
            },
        });
        self.send("POST", &self.path("deployments"), &deployment)
            .await;
        // No grant is for it, so people are asked, and nothing happens.
        let label = json!({ "patch": { "metadata": { "labels": { "tier": "web" } } } });
        is(
            &self.ask("label", "patch", "Deployment", "api", label).await,
            Stage::Proposed,
        );
        assert!(
            self.send("GET", &self.path("deployments/api"), &Json::Null)
                .await["metadata"]["labels"]
                .is_null()
        );
        is(
            &self
                .ask("delete", "delete", "ConfigMap", "app", Json::Null)
                .await,
            Stage::Closed,
        );
        assert_eq!(
            self.send("GET", &map, &Json::Null).await["reason"],
            "NotFound"
        );
    }
}

#[tokio::test]
async fn the_suite_against_the_server_of_the_tests() {
    let server = ApiServer::start().await.unwrap();
    server.rollouts(Rollouts::Succeed);
    let suite = Suite::new(kube::Config::new(server.url().parse().unwrap())).await;
    suite.run().await;
}

#[tokio::test]
async fn the_suite_against_a_real_cluster() {
    let Ok(path) = std::env::var("TAFFRAIL_TEST_KUBECONFIG") else {
        eprintln!("skipped: TAFFRAIL_TEST_KUBECONFIG names no kubeconfig");
        return;
    };
    let read = Kubeconfig::read_from(path).unwrap();
    let config = kube::Config::from_custom_kubeconfig(read, &KubeConfigOptions::default())
        .await
        .unwrap();
    let suite = Suite::new(config).await;
    let namespace = format!("/api/v1/namespaces/{}", suite.namespace);
    let ran = tokio::spawn(async move {
        suite.run().await;
        suite
    })
    .await;
    // Taken away whatever came of it.
    let read = Kubeconfig::read_from(std::env::var("TAFFRAIL_TEST_KUBECONFIG").unwrap()).unwrap();
    let config = kube::Config::from_custom_kubeconfig(read, &KubeConfigOptions::default())
        .await
        .unwrap();
    let client = Client::try_from(config).unwrap();
    let request = http::Request::delete(namespace)
        .body(Body::empty())
        .unwrap();
    client.send(request).await.unwrap();
    ran.unwrap();
}

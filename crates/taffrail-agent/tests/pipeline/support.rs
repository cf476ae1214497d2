//! A cluster, a ledger, and an agent between them.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde_json::{Value as Json, json};
use taffrail::PolicySet;
use taffrail_agent::{Agent, Builder, Ended, Settings, Submission};
use taffrail_apiserver::{ApiServer, Rollouts};
use taffrail_ledger::Ledger;
use taffrail_ledger::audit::Record;

pub(crate) const API: &str = "/apis/apps/v1/namespaces/shop/deployments/api";

pub(crate) const POLICY: &str = r#"
policy shop.scaling

budget pace {
    on scale
    limit 3 per 1h
    by target.namespace
    spend 1
    escalate to "sre"
    because "{used} of {limit} used"
}

breaker failing {
    on scale
    trip after 2 failures within 1h by target.namespace
    hold 1h
    escalate to "sre"
    because "too many failed"
}

guard big {
    on scale of Deployment
    when proposed.spec.replicas > 10
    propose to "owners"
    because "{proposed.spec.replicas} replicas are many"
}

guard never_zero {
    on scale of Deployment
    when proposed.spec.replicas == 0
    forbid because "a service is not switched off"
}

grant labels {
    on patch of Deployment
    because "builds are rolled out all day"
}

grant small_steps {
    on scale of Deployment
    when namespace.labels.env == "prod"
    because "scaling is a daily task"
}
"#;

/// A folder that ends with the test.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path =
            std::env::temp_dir().join(format!("taffrail-agent-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Everything that a test needs.
pub(crate) struct World {
    pub(crate) server: ApiServer,
    pub(crate) ledger: Arc<Ledger>,
    folder: Folder,
}

impl World {
    pub(crate) async fn new() -> Self {
        let server = ApiServer::start().await.unwrap();
        server.rollouts(Rollouts::Succeed);
        server.put(json!({
            "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": "shop", "labels": { "env": "prod" } },
        }));
        server.put(deployment(2));
        let folder = Folder::new();
        let ledger = Arc::new(Ledger::open(folder.0.join("ledger.db")).unwrap());
        Self {
            server,
            ledger,
            folder,
        }
    }

    pub(crate) fn builder(&self) -> Builder {
        self.builder_for(POLICY)
    }

    pub(crate) fn builder_for(&self, policy: &str) -> Builder {
        let policies = PolicySet::from_sources([("shop.guard", policy)])
            .unwrap_or_else(|error| panic!("{error}"));
        let config = kube::Config::new(self.server.url().parse().unwrap());
        Agent::builder(policies, Arc::clone(&self.ledger), config).settings(settings())
    }

    pub(crate) fn agent(&self) -> Agent {
        self.builder().build().unwrap()
    }

    pub(crate) fn records(&self) -> Vec<Record> {
        self.ledger.records(0, 10_000).unwrap()
    }

    /// Returns the events that the audit log tells of an action, in order.
    pub(crate) fn story(&self, id: &str) -> Vec<String> {
        let records = self.records().into_iter();
        let of = records.filter(|record| record.action == id);
        of.map(|record| record.event).collect()
    }

    pub(crate) fn replicas(&self) -> i64 {
        self.server.get(API).unwrap()["spec"]["replicas"]
            .as_i64()
            .unwrap()
    }

    /// Tells how often the deployment was written.
    pub(crate) fn writes(&self) -> usize {
        self.server
            .writes()
            .iter()
            .filter(|seen| seen.path == API)
            .count()
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.0.join("ledger.db")
    }
}

pub(crate) fn settings() -> Settings {
    let mut settings = Settings {
        pause: Duration::from_millis(1),
        ..Settings::default()
    };
    settings.verify.every = Duration::from_millis(5);
    settings.verify.deadline = Duration::from_millis(200);
    settings
}

pub(crate) fn deployment(replicas: i64) -> Json {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": { "name": "api", "namespace": "shop", "labels": { "app": "api" } },
        "spec": {
            "replicas": replicas, "selector": { "matchLabels": { "app": "api" } },
            "template": {
                "metadata": { "labels": { "app": "api" } },
                "spec": { "containers": [{ "name": "api", "image": "registry.example.com/api:1.4.2" }] },
            },
        },
    })
}

pub(crate) fn scale(id: &str, replicas: i64) -> Submission {
    Submission {
        id: id.to_owned(),
        document: json!({
            "verb": "scale",
            "target": { "apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "api" },
            "patch": { "spec": { "replicas": replicas } },
            "request": { "reason": "p99 above target" },
        }),
        principal: json!({ "kind": "agent", "id": "healer" }),
    }
}

pub(crate) fn is(ended: &Ended, stage: taffrail_ledger::Stage) {
    assert_eq!(ended.stage, stage, "{}", ended.reason);
}

/// Changes the pod template, which rolls out.
pub(crate) fn relabel(id: &str) -> Submission {
    Submission {
        document: json!({
            "verb": "patch",
            "target": { "apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "api" },
            "patch": { "spec": { "template": { "metadata": { "labels": { "build": "7" } } } } },
        }),
        ..scale(id, 3)
    }
}

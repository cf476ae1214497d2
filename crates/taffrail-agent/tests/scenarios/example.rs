//! A cluster that is as an example of a pack says, and an agent in it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Value as Json, json};
use taffrail::PolicySet;
use taffrail_actions::node_of_document;
use taffrail_agent::{Agent, Builder, Settings, Submission};
use taffrail_apiserver::{ApiServer, Rollouts};
use taffrail_ledger::audit::Record;
use taffrail_ledger::{Ledger, Stage};

/// What goes wrong after a change.
pub(crate) enum Trouble {
    /// The pods do not come up.
    Stalls,
    /// A signal leaves its bounds.
    Signal {
        name: &'static str,
        at_least: Option<f64>,
        at_most: Option<f64>,
        becomes: f64,
    },
}

/// An example, with the cluster that it speaks of.
pub(crate) struct Scene {
    pub(crate) server: ApiServer,
    pub(crate) url: String,
    pub(crate) ledger: Arc<Ledger>,
    pack: PathBuf,
    document: Json,
    folder: PathBuf,
    owns_folder: bool,
    clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

impl Scene {
    pub(crate) async fn new(pack: &str, example: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder =
            std::env::temp_dir().join(format!("taffrail-scene-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let mut scene = Self::in_folder(pack, example, folder).await;
        scene.owns_folder = true;
        scene.fill();
        scene
    }

    /// The same example, in a cluster and with a ledger that another process has.
    pub(crate) async fn elsewhere(pack: &str, example: &str, url: &str, ledger: &str) -> Self {
        let folder = Path::new(ledger).parent().unwrap().to_owned();
        let mut scene = Self::in_folder(pack, example, folder).await;
        url.clone_into(&mut scene.url);
        scene
    }

    async fn in_folder(pack: &str, example: &str, folder: PathBuf) -> Self {
        let pack = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../policies")
            .join(pack);
        let path = pack.join("examples").join(format!("{example}.yaml"));
        let bytes = std::fs::read(&path).unwrap();
        let document = node_of_document(&path.display().to_string(), &bytes)
            .unwrap()
            .to_json();
        let now: Timestamp = document["facts"]["now"].as_str().unwrap().parse().unwrap();
        let began = Instant::now();
        let clock = Arc::new(move || now + began.elapsed());
        let of_ledger: taffrail_ledger::Clock = clock.clone();
        let ledger = Ledger::open(folder.join("ledger.db"))
            .unwrap()
            .with_clock(of_ledger);
        let server = ApiServer::start().await.unwrap();
        Self {
            url: server.url(),
            server,
            ledger: Arc::new(ledger),
            pack,
            document,
            folder,
            owns_folder: false,
            clock,
        }
    }

    /// Puts what the example knows into the cluster and its signals into a file.
    fn fill(&self) {
        let facts = &self.document["facts"];
        let mut namespace = facts["namespace"].clone();
        if namespace.is_object() {
            namespace = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": namespace });
            self.server.put(namespace);
        }
        for object in facts["objects"].as_array().into_iter().flatten() {
            let part = |object: &Json, path: &str| object.pointer(path).cloned();
            let current = &self.document["current"];
            let is_target = ["/kind", "/metadata/namespace", "/metadata/name"]
                .iter()
                .all(|path| part(object, path) == part(current, path));
            if !is_target {
                self.server.put(object.clone());
            }
        }
        if self.document["current"].is_object() {
            self.server.put(self.document["current"].clone());
        }
        self.say(&facts["signals"]);
    }

    fn say(&self, signals: &Json) {
        let signals = if signals.is_object() {
            signals.clone()
        } else {
            json!({})
        };
        std::fs::write(self.folder.join("signals.json"), signals.to_string()).unwrap();
    }

    /// Lets the change fail.
    pub(crate) fn fails(&self, trouble: &Trouble) {
        match trouble {
            Trouble::Stalls => self.server.rollouts(Rollouts::Stall),
            Trouble::Signal { .. } => self.server.rollouts(Rollouts::Succeed),
        }
    }

    pub(crate) fn submission(&self) -> Submission {
        Submission {
            id: "a1".to_owned(),
            document: self.document.clone(),
            principal: self.document["principal"].clone(),
        }
    }

    pub(crate) fn agent(&self, trouble: Option<&Trouble>) -> Agent {
        self.builder(trouble).build().unwrap()
    }

    pub(crate) fn builder(&self, trouble: Option<&Trouble>) -> Builder {
        let policies = PolicySet::load(&self.pack).unwrap();
        let config = kube::Config::new(self.url.parse().unwrap());
        let clock = Arc::clone(&self.clock);
        let builder = Agent::builder(policies, Arc::clone(&self.ledger), config)
            .name("second")
            .settings(self.settings(trouble))
            .clock(move || clock());
        let Some(Trouble::Signal { name, becomes, .. }) = trouble else {
            return builder;
        };
        let (path, name, becomes) = (self.folder.join("signals.json"), *name, *becomes);
        let clock = Arc::clone(&self.clock);
        builder.observer(move |event| {
            if event.stage == Stage::Executed {
                let said = json!({ name: { "value": becomes, "observed": clock().to_string() } });
                std::fs::write(&path, said.to_string()).unwrap();
            }
        })
    }

    fn settings(&self, trouble: Option<&Trouble>) -> Settings {
        let file = self.folder.join("signals.json");
        let facts = &self.document["facts"];
        let signals: serde_json::Map<String, Json> = facts["signals"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| (name.clone(), json!({ "file": file })))
            .collect();
        let mut settings: Settings = serde_json::from_value(json!({
            "cluster": facts["cluster"],
            "signals": signals,
            "answer": "2s", "lease": "3s", "pause": "1ms",
            "verify": { "deadline": "2s", "every": "5ms", "soak": "20ms" },
        }))
        .unwrap();
        if let Some(Trouble::Signal {
            name,
            at_least,
            at_most,
            ..
        }) = trouble
        {
            settings.bounds = serde_json::from_value(json!([
                { "signal": name, "at_least": at_least, "at_most": at_most, "fresh": "10m" }
            ]))
            .unwrap();
            settings.verify.soak = Duration::from_secs(5);
        }
        settings
    }

    /// Returns every byte that the ledger keeps in its folder.
    pub(crate) fn kept(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for entry in std::fs::read_dir(&self.folder).unwrap() {
            let path = entry.unwrap().path();
            if path
                .file_name()
                .unwrap()
                .to_string_lossy()
                .starts_with("ledger.db")
            {
                bytes.extend(std::fs::read(path).unwrap());
            }
        }
        bytes
    }

    pub(crate) fn ledger_path(&self) -> PathBuf {
        self.folder.join("ledger.db")
    }

    /// Returns what the target is, without what versions, reports and marks make of it.
    pub(crate) fn target(&self) -> Option<Json> {
        let target = &self.document["target"];
        let word = |key: &str| target[key].as_str().unwrap_or_default();
        let plural = format!("{}s", word("kind").to_lowercase()).replace("policys", "policies");
        let root = if word("apiVersion").contains('/') {
            "apis"
        } else {
            "api"
        };
        let namespace = match word("namespace") {
            "" => String::new(),
            namespace => format!("/namespaces/{namespace}"),
        };
        let path = format!(
            "/{root}/{}{namespace}/{plural}/{}",
            word("apiVersion"),
            word("name")
        );
        let mut object = self.server.get(&path)?;
        let annotations = object
            .pointer_mut("/metadata/annotations")
            .and_then(Json::as_object_mut);
        if let Some(annotations) = annotations {
            annotations.remove(taffrail_agent::ACTION_ANNOTATION);
            if annotations.is_empty() {
                object["metadata"]
                    .as_object_mut()
                    .unwrap()
                    .remove("annotations");
            }
        }
        Some(taffrail_actions::stored::without_server_owned(&object))
    }

    pub(crate) fn records(&self) -> Vec<Record> {
        self.ledger.records(0, 1_000).unwrap()
    }

    /// Returns what the audit log tells, a line a record.
    pub(crate) fn story(&self) -> String {
        let lines = self.records().into_iter().map(|record| {
            let body = &record.body;
            let told = match record.event.as_str() {
                "decided" => {
                    let grants = body["decision"]["grants"]
                        .as_array()
                        .cloned()
                        .unwrap_or_default();
                    let held = grants.iter().filter(|grant| grant["held"] == true);
                    let held: Vec<String> = held
                        .map(|grant| grant["rule"].as_str().unwrap_or_default().to_owned())
                        .collect();
                    format!(
                        " {} risk {} {}",
                        body["decision"]["verdict"],
                        body["decision"]["risk"],
                        held.join(" ")
                    )
                }
                "executing" => {
                    format!(" {} {}", body["request"]["method"], body["request"]["path"])
                }
                "rolling_back" | "rolled_back" => format!(" {}", body["reason"]),
                "settled" => format!(" {}", body["outcome"]),
                "claimed" => format!(" {} {}", body["takes"], body["passes"]),
                _ => String::new(),
            };
            format!("{}{told}", record.event)
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        if self.owns_folder {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

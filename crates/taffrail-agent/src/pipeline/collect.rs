//! Collecting: the live object, and of everything else only what the rules that may match will read.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use taffrail::{PolicySet, Requirements};
use taffrail_actions::{Action, Defaults, read_documents};
use taffrail_ledger::Stage;
use taffrail_runtime::ObjectRequirement;
use taffrail_runtime::request::Request;
use taffrail_schema::Schemas;

use super::Run;
use crate::change::Change;
use crate::cluster::Unread;
use crate::error::AgentError;

/// What was observed, and the request that follows from it.
pub(super) struct Observed {
    pub(super) policies: PolicySet,
    /// Where the object is; `None` when the server does not say.
    pub(super) path: Option<String>,
    /// The live object, if it could be read: `Some(None)` when there is none.
    pub(super) live: Option<Option<Json>>,
    pub(super) request: Request,
    /// How many of the watched signals are outside of their bounds.
    pub(super) severity: u32,
}

/// Rounds of asking what else will be read; each may make more rules match.
const ROUNDS: usize = 3;

/// What has been read for a decision.
#[derive(Default)]
struct Snapshot {
    namespace: Option<Json>,
    objects: Vec<Json>,
    complete: Vec<Json>,
    lists: BTreeSet<ObjectRequirement>,
    signals: serde_json::Map<String, Json>,
    /// The signals that were asked for.
    asked: BTreeSet<String>,
    /// What could not be read, and why.
    missing: Vec<String>,
}

impl Run<'_> {
    /// Observes what the decision needs. `stored` is what the server would store of the live version that it names.
    pub(super) async fn collect(
        &mut self,
        change: &Change,
        stored: Option<(Option<String>, Json)>,
    ) -> Result<Observed, AgentError> {
        let policies = self.agent.policies.current();
        let mut snapshot = Snapshot::default();
        let (path, live) = self.live(&mut snapshot).await;
        let mut document = self.document(change, live.as_ref(), &mut snapshot);
        if let (Some(Some(live)), Some((version, object))) = (&live, stored)
            && version_of(live) == version
            && let Some(document) = document.as_object_mut()
        {
            document.remove("patch");
            document.insert("proposed".to_owned(), object);
        }
        let mut request = read(&document)?;
        let mut needs = Requirements::default();
        for _ in 0..ROUNDS {
            let found = policies.requirements(&request);
            if found == needs {
                break;
            }
            needs = found;
            self.gather(&needs, &mut snapshot).await;
            snapshot.put_into(&mut document);
            request = read(&document)?;
        }
        let windows = policies.program().windows();
        let wanted = needs.budgets.clone();
        let (breakers, id) = (
            needs.breakers.iter().cloned().collect::<Vec<_>>(),
            self.id.clone(),
        );
        let (usage, breakers) = self
            .agent
            .store
            .run(move |ledger| {
                let windows: Vec<_> = windows
                    .iter()
                    .filter(|(name, _)| wanted.contains(name))
                    .cloned()
                    .collect();
                Ok((
                    ledger.usage_beside(&windows, &id)?,
                    ledger.breakers(&breakers)?,
                ))
            })
            .await?;
        request.usage = usage;
        request.breakers = breakers;
        let (severity, watched) = self.severity(false).await;
        let body = json!({
            "watched": watched,
            "requirements": needs,
            "version": live.as_ref().and_then(Option::as_ref).and_then(version_of),
            "missing": snapshot.missing,
        });
        self.advance(Stage::Collected, body).await?;
        Ok(Observed {
            policies,
            path,
            live,
            request,
            severity,
        })
    }

    /// Reads the live object.
    async fn live(&self, snapshot: &mut Snapshot) -> (Option<String>, Option<Option<Json>>) {
        let cluster = &self.agent.cluster;
        let path = match cluster.path(&self.work.target).await {
            Ok(path) => path,
            Err(error) => {
                snapshot.miss("current", &error);
                return (None, None);
            }
        };
        match cluster.object(&path).await {
            Ok(live) => (Some(path), Some(live)),
            Err(error) => {
                snapshot.miss("current", &error);
                (Some(path), None)
            }
        }
    }

    /// Returns the document of the decision, without what the snapshot adds.
    fn document(
        &self,
        change: &Change,
        live: Option<&Option<Json>>,
        snapshot: &mut Snapshot,
    ) -> Json {
        let mut document = self.work.asked.as_object().cloned().unwrap_or_default();
        document.insert("principal".to_owned(), self.work.principal.clone());
        let now =
            jiff::fmt::temporal::DateTimePrinter::new().timestamp_to_string(&(self.agent.clock)());
        let mut facts = json!({ "now": now });
        if !self.agent.settings.cluster.is_null()
            && let Some(facts) = facts.as_object_mut()
        {
            facts.insert("cluster".to_owned(), self.agent.settings.cluster.clone());
        }
        document.insert("facts".to_owned(), facts);
        let Some(live) = live else {
            // An object that is applied or put in place is not what would be stored; without the live one nobody knows.
            if matches!(change, Change::Apply(_) | Change::Replace(_)) {
                document.remove("proposed");
            }
            return Json::Object(document);
        };
        document.insert("current".to_owned(), live.clone().unwrap_or(Json::Null));
        match change.outcome(live.as_ref(), &Schemas::default()) {
            Some(Ok(after)) => {
                document.remove("patch");
                document.insert("proposed".to_owned(), after.unwrap_or(Json::Null));
            }
            // Whether the server refuses, it will say itself when the change is rehearsed.
            Some(Err(refused)) => {
                snapshot.missing.push(format!("proposed: {refused}"));
                if matches!(change, Change::Apply(_) | Change::Replace(_)) {
                    document.remove("proposed");
                }
            }
            None => {}
        }
        Json::Object(document)
    }

    /// Reads what is needed and not there yet.
    async fn gather(&self, needs: &Requirements, snapshot: &mut Snapshot) {
        let target = &self.work.target;
        let cluster = &self.agent.cluster;
        let reads = |root: &str| {
            let mut paths = needs.paths.iter();
            paths.any(|path| {
                path.strip_prefix(root)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
            })
        };
        if let Some(name) = &target.namespace
            && snapshot.namespace.is_none()
            && reads("namespace")
        {
            let path = format!("/api/v1/namespaces/{}", crate::cluster::escaped(name));
            match cluster.object(&path).await {
                Ok(Some(found)) => snapshot.namespace = Some(found),
                Ok(None) => snapshot
                    .missing
                    .push(format!("namespace: there is no `{name}`")),
                Err(error) => snapshot.miss("namespace", &error),
            }
        }
        for signal in &needs.signals {
            if !snapshot.asked.insert(signal.name.clone()) {
                continue;
            }
            match self.signal(&signal.name).await {
                Ok(sample) => {
                    snapshot.signals.insert(signal.name.clone(), sample.fact());
                }
                Err(reason) => snapshot
                    .missing
                    .push(format!("signal {}: {reason}", signal.name)),
            }
        }
        let mut lists = needs.objects.clone();
        if reads("impact") && ["Node", "Namespace"].contains(&target.kind.as_str()) {
            lists.insert(ObjectRequirement {
                group: Some(String::new()),
                kind: "Pod".to_owned(),
            });
        }
        for list in lists {
            if snapshot.lists.insert(list.clone()) {
                self.list(&list, snapshot).await;
            }
        }
    }

    /// Reads all objects of a kind: everywhere, or where that is not allowed in the namespace of the target.
    async fn list(&self, list: &ObjectRequirement, snapshot: &mut Snapshot) {
        let kind = match list.group.as_deref() {
            None | Some("") => list.kind.clone(),
            Some(group) => format!("{group}/{}", list.kind),
        };
        let cluster = &self.agent.cluster;
        let mut found = cluster.list(list.group.as_deref(), &list.kind, None).await;
        let mut namespace = "any";
        if let (Err(Unread::Refused(_)), Some(own)) = (&found, &self.work.target.namespace) {
            found = cluster
                .list(list.group.as_deref(), &list.kind, Some(own))
                .await;
            namespace = own;
        }
        match found {
            Ok(objects) => {
                snapshot.objects.extend(objects);
                snapshot
                    .complete
                    .push(json!({ "kind": kind, "namespace": namespace }));
            }
            Err(error) => snapshot.miss(&format!("objects of {kind}"), &error),
        }
    }
}

impl Snapshot {
    fn miss(&mut self, what: &str, error: &Unread) {
        self.missing.push(format!("{what}: {error}"));
    }

    fn put_into(&self, document: &mut Json) {
        let Some(facts) = document.get_mut("facts").and_then(Json::as_object_mut) else {
            return;
        };
        if let Some(namespace) = &self.namespace {
            let part = |path: &str| {
                namespace
                    .pointer(path)
                    .cloned()
                    .unwrap_or_else(|| json!({}))
            };
            let name = namespace
                .pointer("/metadata/name")
                .cloned()
                .unwrap_or_default();
            facts.insert(
                "namespace".to_owned(),
                json!({ "name": name, "labels": part("/metadata/labels"), "annotations": part("/metadata/annotations") }),
            );
        }
        facts.insert("objects".to_owned(), self.objects.clone().into());
        facts.insert("complete".to_owned(), self.complete.clone().into());
        facts.insert("signals".to_owned(), Json::Object(self.signals.clone()));
    }
}

fn read(document: &Json) -> Result<Request, AgentError> {
    let bytes = document.to_string();
    let actions = read_documents("the action", bytes.as_bytes(), &Defaults::default())?;
    match actions.into_iter().next() {
        Some(Action::Single(request)) => Ok(*request),
        Some(Action::Plan(_)) | None => Err(AgentError::NotTaken {
            reason: "an action is one document with one step".to_owned(),
        }),
    }
}

pub(super) fn version_of(object: &Json) -> Option<String> {
    let version = object.pointer("/metadata/resourceVersion")?;
    version.as_str().map(str::to_owned)
}

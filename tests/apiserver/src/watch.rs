//! Streams of what happens.

use std::collections::VecDeque;
use std::time::Duration;

use futures::Stream;
use serde_json::{Value as Json, json};
use tokio::time::Instant;

use crate::answer::{Answer, Content};
use crate::cluster::Feed;
use crate::request::Asked;
use crate::route::partial;
use crate::selector::Selector;
use crate::store::{Event, Store};

/// A watch that was asked for.
#[derive(Debug, Clone)]
pub(crate) struct Watch {
    /// What is sent first.
    first: Vec<Json>,
    /// After which version it goes on; `None` ends it after what is sent first.
    after: Option<u64>,
    view: View,
    bookmarks: bool,
    seconds: Option<u64>,
    feed: Option<Feed>,
}

/// What of the events is shown.
#[derive(Debug, Clone)]
pub(crate) struct View {
    group: String,
    plural: String,
    namespace: Option<String>,
    name: Option<String>,
    selector: Selector,
    is_partial: bool,
    kind: String,
    api_version: String,
}

impl Asked<'_> {
    pub(crate) fn is_watch(&self) -> bool {
        self.query.is_set("watch") || self.query.get("watch") == Some("1") || self.address.is_watch
    }

    pub(crate) fn watch(&self, store: &Store) -> Answer {
        let resource = &self.address.resource;
        let selector = match Selector::read(self.query, resource) {
            Ok(selector) => selector,
            Err(refusal) => return refusal,
        };
        let is_initial = self.query.is_set("sendInitialEvents");
        if is_initial && self.query.get("resourceVersionMatch") != Some("NotOlderThan") {
            let problem = "Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan";
            let reason = "FieldValueForbidden";
            return Answer::bad_option("ListOptions", "resourceVersionMatch", reason, problem);
        }
        let version = self.query.get("resourceVersion").unwrap_or_default();
        let view = View {
            group: resource.group.clone(),
            plural: resource.plural.clone(),
            namespace: self.address.namespace.clone(),
            name: self.address.name.clone(),
            selector,
            is_partial: self
                .incoming
                .header("accept")
                .contains("as=PartialObjectMetadata"),
            kind: resource.kind.clone(),
            api_version: resource.api_version(),
        };
        let mut watch = Watch {
            first: Vec::new(),
            after: Some(store.version()),
            bookmarks: self.query.is_set("allowWatchBookmarks"),
            seconds: self
                .query
                .get("timeoutSeconds")
                .and_then(|text| text.parse().ok()),
            view,
            feed: None,
        };
        match version.parse::<u64>() {
            _ if version.is_empty() || version == "0" || is_initial => {
                watch.first = watch.view.now(store);
                if is_initial {
                    let mut mark = watch.view.bookmark(store.version());
                    mark["object"]["metadata"]["annotations"] =
                        json!({ "k8s.io/initial-events-end": "true" });
                    watch.first.push(mark);
                }
            }
            Ok(version) if version < store.compacted() => {
                let message = format!(
                    "too old resource version: {version} ({})",
                    store.compacted()
                );
                let refusal = Answer::status(410, "Expired", &message);
                watch.first = vec![json!({ "type": "ERROR", "object": refusal.body })];
                watch.after = None;
            }
            // It waits for what is not there yet.
            Ok(version) if version > store.version() => watch.after = Some(version),
            Ok(version) => {
                let events = store.since(version);
                watch.first = events.filter_map(|event| watch.view.show(event)).collect();
            }
            Err(_) => {
                let message = format!(
                    "resourceVersion: Invalid value: \"{version}\": strconv.ParseUint: parsing \"{version}\": invalid syntax"
                );
                return Answer::status(500, "", &message);
            }
        }
        let mut answer = Answer::ok(Json::Null);
        answer.content = Content::Events(Box::new(watch));
        answer
    }
}

impl View {
    /// Returns an event as a watch shows it; `None` when it is not about what is watched.
    fn show(&self, event: &Event) -> Option<Json> {
        let (group, plural, namespace, name) = &event.key;
        let is_meant = *group == self.group
            && *plural == self.plural
            && self
                .namespace
                .as_ref()
                .is_none_or(|meant| meant == namespace)
            && self.name.as_ref().is_none_or(|meant| meant == name);
        if !is_meant {
            return None;
        }
        let selects = |object: &&Json| self.selector.selects(object);
        let was = event.before.as_ref().filter(selects);
        let is = event.after.as_ref().filter(selects);
        let (kind, object) = match (was, is) {
            (None, Some(object)) => ("ADDED", object.clone()),
            (Some(_), Some(object)) => ("MODIFIED", object.clone()),
            (Some(object), None) => {
                let mut object = object.clone();
                object["metadata"]["resourceVersion"] = event.version.to_string().into();
                ("DELETED", object)
            }
            (None, None) => return None,
        };
        Some(self.event(kind, &object))
    }

    fn event(&self, kind: &str, object: &Json) -> Json {
        let object = if self.is_partial {
            partial(object)
        } else {
            object.clone()
        };
        json!({ "type": kind, "object": object })
    }

    /// Returns what is there now.
    fn now(&self, store: &Store) -> Vec<Json> {
        let all = store.of(&self.group, &self.plural, self.namespace.as_deref());
        let all = all.filter(|object| {
            let is_named = self
                .name
                .as_ref()
                .is_none_or(|name| object["metadata"]["name"] == **name);
            is_named && self.selector.selects(object)
        });
        all.map(|object| self.event("ADDED", object)).collect()
    }

    fn bookmark(&self, version: u64) -> Json {
        let (kind, api_version) = if self.is_partial {
            ("PartialObjectMetadata", "meta.k8s.io/v1")
        } else {
            (self.kind.as_str(), self.api_version.as_str())
        };
        json!({ "type": "BOOKMARK", "object": { "kind": kind, "apiVersion": api_version, "metadata": { "resourceVersion": version.to_string() } } })
    }
}

/// A watch on its way.
struct Running {
    watch: Watch,
    ready: VecDeque<Json>,
    news: Option<tokio::sync::watch::Receiver<u64>>,
    ends: Option<Instant>,
}

impl Watch {
    /// Lets the watch see what happens from now on.
    pub(crate) fn follows(&mut self, feed: Feed) {
        self.feed = Some(feed);
    }

    /// Returns its events, a line each, until its time is over.
    pub(crate) fn stream(mut self: Box<Self>) -> impl Stream<Item = std::io::Result<String>> {
        let running = Running {
            ready: std::mem::take(&mut self.first).into(),
            news: self.feed.as_ref().map(Feed::news),
            ends: self
                .seconds
                .map(|seconds| Instant::now() + Duration::from_secs(seconds)),
            watch: *self,
        };
        futures::stream::unfold(running, |mut running| async move {
            let event = running.next().await?;
            Some((Ok(format!("{event}\n")), running))
        })
    }
}

impl Running {
    async fn next(&mut self) -> Option<Json> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            let after = self.watch.after?;
            let feed = self.watch.feed.as_ref()?;
            let (events, newest) = feed.since(after, |event| self.watch.view.show(event));
            self.watch.after = Some(newest.max(after));
            self.ready.extend(events);
            if !self.ready.is_empty() {
                continue;
            }
            let news = self.news.as_mut()?;
            let is_over = match self.ends {
                Some(ends) => tokio::time::timeout_at(ends, news.changed()).await.is_err(),
                None => news.changed().await.is_err(),
            };
            if is_over {
                self.watch.after = None;
                return self
                    .watch
                    .bookmarks
                    .then(|| self.watch.view.bookmark(newest));
            }
        }
    }
}

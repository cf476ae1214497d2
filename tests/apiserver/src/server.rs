//! The server itself: a loopback address, connections, and the handle that a test holds.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use serde_json::Value as Json;
use taffrail_actions::stored::{Write, after};
use taffrail_schema::Schemas;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::address::{Address, Query};
use crate::answer::Answer;
use crate::controllers::Rollouts;
use crate::fault::{Fault, Faults, Matcher};
use crate::kinds::{self, Resource};
use crate::log::Seen;
use crate::store::{Key, Store, managed, metadata};
use crate::write::Asked;

/// A server on a loopback address; it ends when it is dropped.
#[derive(Debug)]
pub struct ApiServer {
    address: SocketAddr,
    cluster: Arc<Cluster>,
    task: JoinHandle<()>,
}

/// What a server knows.
#[derive(Debug)]
struct Cluster(Mutex<Inner>);

#[derive(Debug)]
struct Inner {
    store: Store,
    kinds: Vec<Resource>,
    faults: Faults,
    seen: Vec<Seen>,
    rollouts: Rollouts,
}

impl Cluster {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ApiServer {
    /// Starts a server on a free port.
    ///
    /// # Errors
    ///
    /// No port can be opened.
    pub async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let cluster = Arc::new(Cluster(Mutex::new(Inner {
            store: Store::default(),
            kinds: kinds::built_in(),
            faults: Faults::default(),
            seen: Vec::new(),
            rollouts: Rollouts::default(),
        })));
        let router = Router::new()
            .fallback(handle)
            .with_state(Arc::clone(&cluster));
        let task = tokio::spawn(serve(listener, router));
        Ok(Self {
            address,
            cluster,
            task,
        })
    }

    /// Returns its address, as a URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Sets how rollouts go from the next write on.
    pub fn rollouts(&self, rollouts: Rollouts) {
        self.cluster.lock().rollouts = rollouts;
    }

    /// Serves another kind, too.
    pub fn register(&self, resource: Resource) {
        self.cluster.lock().kinds.push(resource);
    }

    /// Stores an object past all checks, as a controller or somebody else would have it stored, and returns it as it is stored.
    pub fn put(&self, object: Json) -> Json {
        self.put_as(object, "somebody-else")
    }

    /// Stores an object past all checks, as a field manager.
    ///
    /// # Panics
    ///
    /// The object has no kind that is served.
    pub fn put_as(&self, object: Json, manager: &str) -> Json {
        let mut inner = self.cluster.lock();
        let text = |path: &str| {
            object
                .pointer(path)
                .and_then(Json::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let (api_version, kind) = (text("/apiVersion"), text("/kind"));
        let found = inner
            .kinds
            .iter()
            .find(|found| found.kind == kind && found.api_version() == api_version)
            .cloned();
        #[expect(clippy::panic, reason = "a test is written wrong")]
        let Some(resource) = found else {
            panic!("no `{kind}` of `{api_version}` is served")
        };
        let namespace = resource.namespaced.then(|| text("/metadata/namespace"));
        let key = (
            resource.group,
            resource.plural,
            namespace.clone().unwrap_or_default(),
            text("/metadata/name"),
        );
        let object = with_defaults(object);
        let mut stored = match inner.store.get(&key) {
            Some(before) => inner.store.changed_object(object, before),
            None => {
                let given = object.clone();
                let mut made = inner.store.new_object(object, namespace.as_deref());
                // What is put in as it is keeps its history.
                for part in ["creationTimestamp", "generation"] {
                    if let Some(kept) = given.pointer(&format!("/metadata/{part}")) {
                        metadata(&mut made).insert(part.to_owned(), kept.clone());
                    }
                }
                made
            }
        };
        managed(&mut stored, manager);
        let before = inner.store.get(&key).cloned();
        inner.store.put(key.clone(), stored);
        inner.report(&key, before.as_ref());
        inner.store.get(&key).cloned().unwrap_or_default()
    }

    /// Returns the object at a path.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<Json> {
        let inner = self.cluster.lock();
        let address = Address::read(path, &inner.kinds)?;
        let name = address.name.clone()?;
        inner.store.get(&address.key(&name)).cloned()
    }

    /// Changes the object at a path past all checks, as somebody else or a controller would.
    ///
    /// # Panics
    ///
    /// There is no such object.
    pub fn change(&self, path: &str, manager: &str, change: impl FnOnce(&mut Json)) {
        #[expect(clippy::panic, reason = "a test is written wrong")]
        let Some(mut object) = self.get(path) else {
            panic!("there is nothing at `{path}`")
        };
        change(&mut object);
        self.put_as(object, manager);
    }

    /// Removes the object at a path past all checks.
    pub fn remove(&self, path: &str) {
        let mut inner = self.cluster.lock();
        if let Some(address) = Address::read(path, &inner.kinds)
            && let Some(name) = address.name.clone()
        {
            inner.store.remove(&address.key(&name));
        }
    }

    /// Lets the next requests that match fail.
    pub fn fail(&self, matcher: Matcher, fault: Fault, times: usize) {
        self.cluster.lock().faults.next(matcher, fault, times);
    }

    /// Lets some of a thousand requests fail, drawn from a seed.
    pub fn fail_at_random(&self, per_mille: u64, seed: u64) {
        self.cluster.lock().faults.at_random(per_mille, seed);
    }

    /// Returns the requests that came in, oldest first.
    #[must_use]
    pub fn seen(&self) -> Vec<Seen> {
        self.cluster.lock().seen.clone()
    }

    /// Returns the requests that wrote something.
    #[must_use]
    pub fn writes(&self) -> Vec<Seen> {
        let mut seen = self.seen();
        seen.retain(|seen| seen.wrote);
        seen
    }
}

impl Drop for ApiServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Returns an object as a server stores it, with its defaults; its metadata and status stay as they are.
fn with_defaults(object: Json) -> Json {
    let mut new = object.clone();
    for field in ["uid", "resourceVersion", "creationTimestamp", "generation"] {
        metadata(&mut new).remove(field);
    }
    let write = Write::Create(new);
    let Ok(Some(mut stored)) = after(None, &write, &Schemas::default()) else {
        return object;
    };
    for part in ["metadata", "status"] {
        if let (Some(given), Some(stored)) = (object.get(part), stored.as_object_mut()) {
            stored.insert(part.to_owned(), given.clone());
        }
    }
    stored
}

async fn serve(listener: TcpListener, router: Router) {
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let service = TowerToHyperService::new(router.clone());
        connections.spawn(async move {
            let service = hyper::service::service_fn(move |request| {
                let answer = hyper::service::Service::call(&service, request);
                async move {
                    let response: Result<Response, Infallible> = answer.await;
                    let response = response.unwrap_or_else(|never| match never {});
                    // An error of the service drops the connection without an answer.
                    if response.extensions().get::<HangUp>().is_some() {
                        return Err(std::io::Error::other("dropped on purpose"));
                    }
                    Ok(response)
                }
            });
            let connection = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service);
            // That a client goes away is its business.
            let _ = connection.await;
        });
    }
}

/// The connection is to be dropped.
#[derive(Debug, Clone, Copy)]
struct HangUp;

async fn handle(State(cluster): State<Arc<Cluster>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let bytes = axum::body::to_bytes(body, 16 << 20)
        .await
        .unwrap_or_default();
    let body: Json = serde_json::from_slice(&bytes).unwrap_or_default();
    let path = parts.uri.path().to_owned();
    let query_text = parts.uri.query().unwrap_or_default().to_owned();
    let method = parts.method.as_str().to_owned();
    let content_type = parts.headers.get(http::header::CONTENT_TYPE);
    let content_type = content_type
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let mut late = None;
    let (answer, hangs_up) = {
        let mut inner = cluster.lock();
        let asked = Address::read(&path, &inner.kinds).map(|address| Asked {
            method: &method,
            address,
            query: Query::read(&query_text),
            content_type: &content_type,
            body: body.clone(),
        });
        let is_dry = asked.as_ref().is_some_and(Asked::is_dry);
        let fault = inner.faults.take(&method, &path, is_dry);
        if let Some(Fault::Latency(span)) = fault {
            late = Some(span);
        }
        let (answer, hangs_up) = inner.answer(&path, asked.as_ref(), fault);
        inner.seen.push(Seen {
            method: method.clone(),
            path: path.clone(),
            query: query_text.clone(),
            body,
            status: if hangs_up { 0 } else { answer.status },
            wrote: answer.wrote,
        });
        (answer, hangs_up)
    };
    if let Some(span) = late {
        tokio::time::sleep(span).await;
    }
    respond(answer, hangs_up)
}

impl Inner {
    fn answer(
        &mut self,
        path: &str,
        asked: Option<&Asked<'_>>,
        fault: Option<Fault>,
    ) -> (Answer, bool) {
        let status = |code: u16, reason: &str, message: &str| {
            Answer::refusal(code, reason, message.to_owned(), serde_json::json!({}))
        };
        match fault {
            Some(Fault::Busy(seconds)) => {
                // Priority and fairness answers in plain text, and not with an object.
                let mut answer = Answer::of(
                    429,
                    Json::String("Too many requests, please try again later.".into()),
                );
                answer.headers.push(("Retry-After", seconds.to_string()));
                return (answer, false);
            }
            Some(Fault::Broken) => {
                return (
                    status(500, "InternalError", "Internal error occurred"),
                    false,
                );
            }
            Some(Fault::LostBefore) => return (status(500, "InternalError", ""), true),
            Some(Fault::Conflict) => {
                return (status(409, "Conflict", crate::answer::CHANGED), false);
            }
            Some(Fault::Overtaken) => self.overtake(asked),
            Some(Fault::Latency(_) | Fault::TimedOut | Fault::LostAfter) | None => {}
        }
        let answer = match asked {
            Some(asked) => {
                let key = asked
                    .address
                    .name
                    .as_ref()
                    .map(|name| asked.address.key(name));
                let before = key.as_ref().and_then(|key| self.store.get(key).cloned());
                let answer = asked.answer(&mut self.store);
                let made = answer.body.pointer("/metadata/name").and_then(Json::as_str);
                let key = key.or_else(|| Some(asked.address.key(made?)));
                if let (true, Some(key)) = (answer.wrote, key) {
                    self.report(&key, before.as_ref());
                }
                answer
            }
            None => match kinds::discovery(path, &self.kinds) {
                Some(document) => Answer::ok(document),
                None => Answer::of(404, Json::String("404 page not found".into())),
            },
        };
        match fault {
            Some(Fault::LostAfter) => (answer, true),
            Some(Fault::TimedOut) => {
                let timed_out = status(
                    504,
                    "Timeout",
                    "request did not complete within the allotted timeout",
                );
                (timed_out.wrote(answer.wrote), false)
            }
            _ => (answer, false),
        }
    }

    /// Lets the controller of an object report on it.
    fn report(&mut self, key: &Key, before: Option<&Json>) {
        let Some(object) = self.store.get(key) else {
            return;
        };
        if let Some(reported) = self.rollouts.report(before, object) {
            let reported = self.store.changed_object(reported, object);
            self.store.put(key.clone(), reported);
        }
    }

    /// Somebody else changes the object just before.
    fn overtake(&mut self, asked: Option<&Asked<'_>>) {
        let Some(asked) = asked else { return };
        let Some(name) = &asked.address.name else {
            return;
        };
        let key = asked.address.key(name);
        if let Some(before) = self.store.get(&key).cloned() {
            let mut object = before.clone();
            let next = (self.store.version() + 1).to_string();
            metadata(&mut object).insert("resourceVersion".into(), next.into());
            self.store.put(key, object);
        }
    }
}

fn respond(answer: Answer, hangs_up: bool) -> Response {
    let (kind, bytes) = match &answer.body {
        Json::String(text) => ("text/plain; charset=utf-8", text.clone().into_bytes()),
        body => ("application/json", body.to_string().into_bytes()),
    };
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = http::StatusCode::from_u16(answer.status).unwrap_or_default();
    let headers = response.headers_mut();
    headers.insert(
        http::header::CONTENT_TYPE,
        http::HeaderValue::from_static(kind),
    );
    for (name, value) in answer.headers {
        if let Ok(value) = http::HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    if hangs_up {
        response.extensions_mut().insert(HangUp);
    }
    response
}

//! The handle that a test holds.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use http::HeaderMap;
use serde_json::{Value as Json, json};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use crate::access::User;
use crate::address::Address;
use crate::cluster::Cluster;
use crate::controllers::Rollouts;
use crate::fault::{Fault, Matcher};
use crate::kinds::Resource;
use crate::log::Seen;
use crate::serve::{respond, serve};

/// A server on a loopback address; it ends when it is dropped.
#[derive(Debug)]
pub struct ApiServer {
    address: SocketAddr,
    cluster: Arc<Cluster>,
    task: JoinHandle<()>,
    /// What runs it, when it was started outside of any.
    runtime: Option<Runtime>,
}

/// An answer with its whole body.
#[derive(Debug, Clone)]
pub struct Answered {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl ApiServer {
    /// Starts a server on a free port.
    ///
    /// # Errors
    ///
    /// No port can be opened.
    pub async fn start() -> std::io::Result<Self> {
        Self::start_at(0).await
    }

    /// Starts a server on a port; 0 for a free one.
    ///
    /// # Errors
    ///
    /// The port cannot be opened.
    pub async fn start_at(port: u16) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let address = listener.local_addr()?;
        let cluster = Arc::new(Cluster::default());
        let router = Router::new()
            .fallback(handle)
            .with_state(Arc::clone(&cluster));
        let task = tokio::spawn(serve(listener, router));
        Ok(Self {
            address,
            cluster,
            task,
            runtime: None,
        })
    }

    /// Starts a server on a free port, with a thread of its own, for tests that are not asynchronous.
    ///
    /// # Errors
    ///
    /// No port or no thread can be had.
    pub fn spawn() -> std::io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let mut server = runtime.block_on(Self::start())?;
        server.runtime = Some(runtime);
        Ok(server)
    }

    /// Returns its address, as a URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns a kubeconfig that leads here.
    #[must_use]
    pub fn kubeconfig(&self) -> String {
        self.kubeconfig_with("")
    }

    /// Returns a kubeconfig that leads here, with a token.
    #[must_use]
    pub fn kubeconfig_with(&self, token: &str) -> String {
        let user = if token.is_empty() {
            "{}".to_owned()
        } else {
            format!("{{ token: {token:?} }}")
        };
        format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: test\n\
             clusters:\n- name: test\n  cluster: {{ server: \"{}\" }}\n\
             users:\n- name: test\n  user: {user}\n\
             contexts:\n- name: test\n  context: {{ cluster: test, user: test }}\n",
            self.url(),
        )
    }

    /// Answers a request without a connection; of a watch everything until its end.
    ///
    /// # Errors
    ///
    /// The connection would have been dropped.
    pub async fn answer(&self, request: http::Request<Vec<u8>>) -> std::io::Result<Answered> {
        let (parts, body) = request.into_parts();
        let (answer, hangs_up) = self.cluster.take(&parts, &body).await;
        if hangs_up {
            return Err(std::io::Error::other("dropped on purpose"));
        }
        let (parts, body) = respond(answer, false).into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await;
        Ok(Answered {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: body.map_err(std::io::Error::other)?.to_vec(),
        })
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
        self.cluster.lock().put_as(object, manager)
    }

    /// Stores an object exactly as it is, with its identity and version.
    ///
    /// # Panics
    ///
    /// The object has no kind that is served.
    pub fn restore(&self, object: Json) {
        self.cluster.lock().restore(object);
    }

    /// Tells whether the kind of an object is served.
    #[must_use]
    pub fn serves(&self, object: &Json) -> bool {
        self.cluster.lock().resource(object).is_some()
    }

    /// Returns the stored object of the kind and name of another one.
    #[must_use]
    pub fn like(&self, object: &Json) -> Option<Json> {
        let inner = self.cluster.lock();
        inner.store.get(&inner.key(object)).cloned()
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

    /// Knows a user by a bearer token from now on; requests with tokens that are not known are refused.
    pub fn token(&self, token: &str, user: User) {
        self.cluster.lock().access.know(token, user);
    }

    /// Lets the roles and bindings that are stored count: what they do not allow is refused. Members of `system:masters` may do all.
    pub fn authorize(&self) {
        self.cluster.lock().access.is_enforced = true;
    }

    /// Allows a user verbs on kinds of a group, in a namespace or, where it is empty, everywhere; `*` stands for all.
    pub fn grant(
        &self,
        user: &str,
        namespace: &str,
        verbs: &[&str],
        group: &str,
        plurals: &[&str],
    ) {
        let mut inner = self.cluster.lock();
        let name = format!("granted-{}", inner.store.version() + 1);
        let prefix = if namespace.is_empty() { "Cluster" } else { "" };
        let mut metadata = json!({ "name": name });
        if !namespace.is_empty() {
            metadata["namespace"] = namespace.into();
        }
        let api = "rbac.authorization.k8s.io";
        inner.put_as(
            json!({
                "apiVersion": format!("{api}/v1"), "kind": format!("{prefix}Role"), "metadata": metadata,
                "rules": [{ "verbs": verbs, "apiGroups": [group], "resources": plurals }],
            }),
            "test",
        );
        inner.put_as(
            json!({
                "apiVersion": format!("{api}/v1"), "kind": format!("{prefix}RoleBinding"), "metadata": metadata,
                "roleRef": { "apiGroup": api, "kind": format!("{prefix}Role"), "name": name },
                "subjects": [{ "apiGroup": api, "kind": "User", "name": user }],
            }),
            "test",
        );
    }

    /// Forgets what happened so far: watches and lists from older versions are answered that their version is gone.
    pub fn compact(&self) {
        self.cluster.lock().store.compact();
    }

    /// Lets versions run ahead, as writes to other objects would.
    pub fn advance(&self, version: u64) {
        self.cluster.lock().store.advance(version);
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
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn handle(State(cluster): State<Arc<Cluster>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let bytes = axum::body::to_bytes(body, 16 << 20)
        .await
        .unwrap_or_default();
    let (answer, hangs_up) = cluster.take(&parts, &bytes).await;
    respond(answer, hangs_up)
}

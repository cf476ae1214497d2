//! A Kubernetes API server for tests: it keeps objects, patches them, refuses as a real one does, and fails on demand.
//!
//! What is stored after a write is computed by `taffrail_actions::stored`; this crate adds versions, identities, preconditions, dry runs,
//! discovery, and trouble.
//!
//! ```
//! use serde_json::json;
//! use taffrail_apiserver::ApiServer;
//!
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let server = ApiServer::start().await?;
//! server.put(json!({
//!     "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "app", "namespace": "shop" }, "data": { "mode": "fast" },
//! }));
//! assert!(server.url().starts_with("http://127.0.0.1:"));
//! assert_eq!(server.get("/api/v1/namespaces/shop/configmaps/app").unwrap()["data"]["mode"], "fast");
//! # Ok::<(), std::io::Error>(())
//! # })?;
//! # Ok::<(), std::io::Error>(())
//! ```

#![expect(
    clippy::indexing_slicing,
    reason = "members of JSON objects are made where they are missing; a test that is written wrong should fail loudly"
)]

mod access;
mod address;
mod answer;
mod change;
mod cluster;
mod controllers;
mod create;
mod delete;
mod eviction;
mod fault;
mod kinds;
mod log;
mod owners;
mod page;
mod read;
mod refused;
mod request;
mod review;
mod route;
mod scale;
mod selector;
mod serve;
mod server;
mod store;
mod watch;

pub use access::User;
pub use controllers::Rollouts;
pub use fault::{Fault, Matcher};
pub use kinds::Resource;
pub use log::Seen;
pub use server::{Answered, ApiServer};

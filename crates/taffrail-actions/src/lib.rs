//! Everything that becomes a request.
//!
//! An action document (YAML or JSON) says what is asked at its top level and what is known under `facts`.
//! [`read_documents`] reads it strictly: a key that nobody knows is an error, never a fact silently dropped.
//! The way of a document: `yaml` and `json` read text into a tree of [`Node`]s with places, `action` reads that
//! tree into a [`Request`](taffrail_runtime::request::Request) or a [`Plan`](taffrail_runtime::request::Plan).
//!
//! What agents really emit becomes the same: command lines in [`command`], calls of tools in [`tool_call`], reviews of the API
//! server in [`admission`], what its log holds in [`audit_event`], the objects of manifests with [`read_manifests`]. What an object would be afterwards is computed in [`edit`]
//! and [`stored`].
//!
//! ```
//! use taffrail_actions::{Action, Defaults, read_documents};
//!
//! let text = b"verb: scale\ntarget: { apiVersion: apps/v1, kind: Deployment, namespace: payments, name: api }\n";
//! let actions = read_documents("scale.yaml", text, &Defaults::default())?;
//! assert!(matches!(actions.as_slice(), [Action::Single(_)]));
//! # Ok::<(), taffrail_actions::ActionError>(())
//! ```

pub mod command;
mod document;
pub mod edit;
mod effect;
mod error;
pub mod generate;
mod json;
mod node;
mod yaml;

mod action;
pub mod admission;
pub mod audit_event;
mod check;
mod derived;
mod facts;
mod fields;
mod impact;
pub mod inverse;
mod kinds;
mod ledger;
mod manifest;
mod needed;
mod record;
mod rollback;
pub mod stored;
pub mod tool_call;

pub use action::{Action, Defaults, action_from_node};
pub use derived::follow;
pub use document::{node_of_document, nodes_of_documents, read_documents};
pub use effect::{Effect, NoSuchEffect};
pub use error::{ActionError, Problem};
pub use json::read_json;
pub use kinds::{Scope, built_in_group, scope};
pub use manifest::{Manifest, read_manifests};
pub use needed::read_needed;
pub use node::{Entry, Node, NodeKind, Place};
pub use record::{document_of, without_secrets};

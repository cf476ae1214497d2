//! The action that takes another one back.
//!
//! ```
//! use serde_json::json;
//! use taffrail_actions::inverse::inverse;
//! use taffrail_actions::stored::{Write, after};
//! use taffrail_schema::Schemas;
//!
//! let before = json!({
//!     "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "app", "namespace": "shop", "uid": "1" }, "data": { "mode": "fast" },
//! });
//! let schemas = Schemas::default();
//! let changed = after(Some(&before), &Write::MergePatch(json!({ "data": { "mode": "safe" } })), &schemas)?;
//! let undo = inverse(Some(&before), changed.as_ref()).unwrap();
//! assert!(undo.is_exact());
//! assert_eq!(after(changed.as_ref(), &undo.write, &schemas)?.unwrap()["data"], before["data"]);
//!
//! let claim = json!({ "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": { "name": "db" } });
//! assert_eq!(inverse(Some(&claim), None).unwrap_err().to_string(), "what a PersistentVolumeClaim stored is gone with it");
//! # Ok::<(), taffrail_actions::stored::Refused>(())
//! ```

use serde_json::Value as Json;

use crate::stored::{Write, without_server_owned};

/// A write that takes an action back.
#[derive(Debug, Clone, PartialEq)]
pub struct Inverse {
    /// The write, to the state that the action left.
    pub write: Write,
    /// What it does not bring back; empty when it is exact. Fields that are the API server's own do not count: see
    /// [`SERVER_OWNED`](crate::stored::SERVER_OWNED).
    pub losses: Vec<&'static str>,
}

impl Inverse {
    /// Tells whether nothing is lost.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.losses.is_empty()
    }
}

/// Why an action has no inverse.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoInverse {
    /// Nothing was changed.
    #[error("there is nothing to take back")]
    NothingDone,
    /// The object can be made again, and what it kept cannot.
    #[error("what a {kind} stored is gone with it")]
    DataLost {
        /// The kind.
        kind: String,
    },
    /// The object is one of the many that a controller makes: it makes another by itself.
    #[error("its controller makes another by itself")]
    MadeAgain,
}

/// Fields of `metadata` that no request sets.
const METADATA: [&str; 8] = [
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "selfLink",
    "uid",
];

/// Kinds whose objects cannot be brought back by making them again.
const KEEPERS: [&str; 4] = [
    "CustomResourceDefinition",
    "Namespace",
    "PersistentVolume",
    "PersistentVolumeClaim",
];

/// Returns the write that brings back the object before an action, given the object before and after it; `None` stands for no object.
///
/// A change is taken back by putting the old object in the place of the new one, a creation by deletion, a deletion by making the
/// object again, which loses what the server and controllers gave it.
///
/// # Errors
///
/// There is no such write.
pub fn inverse(before: Option<&Json>, after: Option<&Json>) -> Result<Inverse, NoInverse> {
    let (write, losses) = match (before, after) {
        (None, None) => return Err(NoInverse::NothingDone),
        (Some(before), Some(after)) if before == after => return Err(NoInverse::NothingDone),
        (Some(before), Some(_)) => (Write::Replace(as_request(before)), Vec::new()),
        (None, Some(_)) => (Write::Delete, Vec::new()),
        (Some(before), None) => {
            let kind = before
                .get("kind")
                .and_then(Json::as_str)
                .unwrap_or_default();
            if KEEPERS.contains(&kind) {
                return Err(NoInverse::DataLost {
                    kind: kind.to_owned(),
                });
            }
            if kind == "Pod" && has_controller(before) {
                return Err(NoInverse::MadeAgain);
            }
            (Write::Create(as_new(before, kind)), lost(kind))
        }
    };
    Ok(Inverse { write, losses })
}

fn lost(kind: &str) -> Vec<&'static str> {
    match kind {
        "DaemonSet" | "Deployment" | "StatefulSet" => {
            vec!["pod identity", "revision history", "status", "uid"]
        }
        "CronJob" | "Job" | "Pod" | "ReplicaSet" | "ReplicationController" => {
            vec!["pod identity", "status", "uid"]
        }
        _ => vec!["status", "uid"],
    }
}

fn has_controller(pod: &Json) -> bool {
    let owners = pod.pointer("/metadata/ownerReferences");
    let mut owners = owners.and_then(Json::as_array).into_iter().flatten();
    owners.any(|owner| owner.get("controller") == Some(&Json::Bool(true)))
}

/// Returns an object as it can be sent: without what the server alone writes.
fn as_request(object: &Json) -> Json {
    let mut object = object.clone();
    if let Some(map) = object.as_object_mut() {
        map.remove("status");
    }
    if let Some(metadata) = object.get_mut("metadata").and_then(Json::as_object_mut) {
        for field in METADATA {
            metadata.remove(field);
        }
    }
    object
}

/// Returns an object as it can be made again.
fn as_new(object: &Json, kind: &str) -> Json {
    match kind {
        // Its selector and labels name the old one's identity, and the server refuses them.
        "Job" | "Pod" => without_server_owned(object),
        _ => as_request(object),
    }
}

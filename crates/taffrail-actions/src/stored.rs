//! What the API server would store: the live object and a write give the object after it, or the reason why the server refuses.
//!
//! ```
//! use serde_json::json;
//! use taffrail_actions::stored::{Write, after};
//! use taffrail_schema::Schemas;
//!
//! let live = json!({
//!     "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "app", "namespace": "shop" },
//!     "data": { "mode": "fast", "level": "3" },
//! });
//! let write = Write::MergePatch(json!({ "data": { "mode": "safe", "level": null } }));
//! let stored = after(Some(&live), &write, &Schemas::default())?.unwrap();
//! assert_eq!(stored["data"], json!({ "mode": "safe" }));
//! # Ok::<(), taffrail_actions::stored::Refused>(())
//! ```
//!
//! A write goes through these stages: `json_patch`, `strategic`, `apply` (server-side) or `client_apply` change the live object; `decode`
//! with `defaults` reads the result as the server would; `update` keeps what no write changes; `immutable` and `validate` refuse. The table
//! in `rules.txt` says what the API does beyond what the schema tells. [`SERVER_OWNED`] lists what is left out of comparisons.

mod apply;
pub(crate) mod base64;
mod client_apply;
mod custom;
mod decode;
mod defaults;
mod fields;
mod immutable;
mod json_patch;
mod kind;
mod quantity;
mod refused;
mod rules;
mod server;
mod shape;
mod strategic;
mod subresource;
mod target;
mod unknown;
mod update;
mod validate;

pub use apply::with_owners;
pub use refused::{Conflict, Refused};
pub use server::{SERVER_OWNED, without_server_owned};
pub use subresource::Subresource;
pub use unknown::unknown_fields;

use serde_json::{Value as Json, json};
use taffrail_schema::Schemas;

use apply::Applier;
use kind::{Kind, at, put, text};
use target::{is_created_by_replacing, is_same, replaces, scalable};

/// A write to one object.
#[derive(Debug, Clone, PartialEq)]
pub enum Write {
    /// Makes this object.
    Create(Json),
    /// Puts this object in the place of the live one. Some kinds are replaced only with the version that is replaced in
    /// `metadata.resourceVersion`; `kubectl replace` looks it up first.
    Replace(Json),
    /// Changes the live object by a merge patch (RFC 7386).
    MergePatch(Json),
    /// Changes the live object by a JSON patch (RFC 6902).
    JsonPatch(Json),
    /// Changes the live object by a strategic merge patch; built-in kinds only.
    StrategicMergePatch(Json),
    /// Applies this object in the server, as `kubectl apply --server-side` does.
    ServerSideApply {
        /// What is applied.
        object: Json,
        /// The field manager who applies.
        manager: String,
        /// Whether it takes fields from other managers.
        force: bool,
    },
    /// Applies this object as `kubectl apply` does without `--server-side`.
    ClientSideApply {
        /// What is applied.
        object: Json,
    },
    /// Sets the number of replicas.
    Scale {
        /// The number.
        replicas: i64,
    },
    /// Deletes the live object.
    Delete,
}

/// Tells whether a text is a quantity that can be computed exactly.
pub(crate) fn is_quantity(text: &str) -> bool {
    quantity::nano(text).is_some()
}

/// Returns the object that is stored after a write: the live one before it, `None` where there is none, gives the one after it, `None` once
/// it is deleted. Of what waits for its finalizers, or for a pod to end, this is the state after that.
///
/// An object in the write needs its kind, name and, where it has one, namespace. The result has no nulls and no empty maps or lists where the
/// server keeps none; fields that are the server's own are as in the live object, or missing.
///
/// # Errors
///
/// Why the server refuses the write, or why it cannot be told what would be stored. Checks that need other objects, quotas and
/// admission webhooks are not made.
pub fn after(
    before: Option<&Json>,
    write: &Write,
    schemas: &Schemas,
) -> Result<Option<Json>, Refused> {
    let Some(live) = before else {
        return match write {
            Write::Create(object) => new(object.clone(), schemas),
            Write::ClientSideApply { object } => new(
                client_apply::apply(None, object, &Kind::of(object, schemas)?),
                schemas,
            ),
            Write::ServerSideApply {
                object,
                manager,
                force,
            } => {
                let kind = Kind::of(object, schemas)?;
                let applier = Applier {
                    manager,
                    force: *force,
                    subresource: "",
                };
                new(apply::apply(None, object, applier, &kind)?, schemas)
            }
            Write::Replace(object) if is_created_by_replacing(object) => {
                new(object.clone(), schemas)
            }
            Write::Replace(_)
            | Write::MergePatch(_)
            | Write::JsonPatch(_)
            | Write::StrategicMergePatch(_)
            | Write::Scale { .. }
            | Write::Delete => Err(Refused::Missing),
        };
    };
    if let Write::Delete = write {
        return Ok(None);
    }
    let kind = Kind::of(live, schemas)?;
    let changed = changed(live, write, "", &kind)?;
    stored(changed, live, &kind)
}

/// Returns what a write to an object, or to a subresource of it, makes of the live one, before the server reads it.
fn changed(live: &Json, write: &Write, subresource: &str, kind: &Kind) -> Result<Json, Refused> {
    let mut object = live.clone();
    match write {
        Write::Create(object) => {
            let name = text(object, &["metadata", "name"]).unwrap_or_default();
            return Err(Refused::Exists {
                object: format!("{}/{name}", kind.kind),
            });
        }
        Write::Delete => {}
        Write::Replace(new) => {
            replaces(new, live, kind)?;
            object = new.clone();
            if at(&object, &["metadata", "managedFields"]).is_none() {
                let kept = at(live, &["metadata", "managedFields"]).cloned();
                put(&mut object, &["metadata", "managedFields"], kept);
            }
        }
        Write::MergePatch(patch) => {
            if !patch.is_object() {
                return Err(Refused::bad_patch("a merge patch is an object"));
            }
            ::json_patch::merge(&mut object, patch);
        }
        Write::JsonPatch(patch) => json_patch::apply(&mut object, patch)?,
        Write::StrategicMergePatch(patch) => {
            let Some(root) = kind.root.filter(|_| kind.builtin) else {
                return Err(Refused::NoStrategicMerge {
                    kind: kind.kind.to_owned(),
                });
            };
            strategic::apply(&mut object, patch, root, kind.schemas)?;
        }
        Write::ServerSideApply {
            object: config,
            manager,
            force,
        } => {
            Kind::of(config, kind.schemas)?;
            is_same(config, live)?;
            let applier = Applier {
                manager,
                force: *force,
                subresource,
            };
            object = apply::apply(Some(live), config, applier, kind)?;
        }
        Write::ClientSideApply { object: new } => {
            object = client_apply::apply(Some(live), new, kind);
        }
        Write::Scale { replicas } => {
            scalable(live, kind)?;
            put(&mut object, &["spec", "replicas"], Some(json!(replicas)));
        }
    }
    Ok(object)
}

/// Returns a new object as it is stored.
fn new(mut object: Json, schemas: &Schemas) -> Result<Option<Json>, Refused> {
    let copy = object.clone();
    let kind = Kind::of(&copy, schemas)?;
    decode::decode(&mut object, &kind)?;
    update::created(&mut object, &kind)?;
    validate::check(&object, &kind)?;
    Ok(Some(object))
}

/// Returns an object as it is stored in the place of the live one.
fn stored(mut object: Json, live: &Json, kind: &Kind) -> Result<Option<Json>, Refused> {
    is_same(&object, live)?;
    decode::decode(&mut object, kind)?;
    update::updated(&mut object, live, kind);
    if immutable::check(&object, live, kind).is_err() {
        // The live object may be given in another form than the stored one. It was valid once.
        let mut live = live.clone();
        let _ = decode::decode(&mut live, kind);
        immutable::check(&object, &live, kind)?;
    }
    validate::check(&object, kind)?;
    let is_going = at(live, &["metadata", "deletionTimestamp"]).is_some();
    let is_held = at(&object, &["metadata", "finalizers"]).is_some()
        || at(live, &["metadata", "finalizers"]).is_none();
    Ok((!is_going || is_held).then_some(object))
}

#[cfg(test)]
mod tests;

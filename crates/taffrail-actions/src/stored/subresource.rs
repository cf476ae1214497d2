//! Writes to a part of an object that has an address of its own.

use serde_json::{Value as Json, json};
use taffrail_schema::Schemas;

use super::kind::{Kind, at, put};
use super::target::{is_same, scalable};
use super::{Refused, Write, changed, decode, stored};

/// A part of an object that has an address of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subresource {
    /// The status; a write changes nothing else but metadata.
    Status,
    /// The number of replicas, as an object of kind `Scale`.
    Scale,
    /// The containers added to a running pod.
    EphemeralContainers,
}

/// Writes to a subresource change only their part.
impl Subresource {
    /// Returns the subresource of a name in an address, such as `status`; `None` for those that hold no part of the object.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Some(match name {
            "status" => Self::Status,
            "scale" => Self::Scale,
            "ephemeralcontainers" => Self::EphemeralContainers,
            _ => return None,
        })
    }

    /// Returns the whole object that is stored after a write to this part of it.
    ///
    /// # Errors
    ///
    /// As for [`after`](super::after).
    pub fn after(
        self,
        before: Option<&Json>,
        write: &Write,
        schemas: &Schemas,
    ) -> Result<Json, Refused> {
        let live = before.ok_or(Refused::Missing)?;
        let kind = Kind::of(live, schemas)?;
        if let Write::Create(_) | Write::ClientSideApply { .. } | Write::Delete = write {
            return Err(Refused::invalid(
                "is only replaced, patched or applied in the server",
            ));
        }
        match self {
            Self::Scale => scale(live, write, &kind),
            Self::Status => status(live, write, &kind),
            Self::EphemeralContainers => {
                let wanted = changed(live, write, "ephemeralcontainers", &kind)?;
                is_same(&wanted, live)?;
                part(wanted, live, &["spec", "ephemeralContainers"], &kind)
            }
        }
    }
}

fn status(live: &Json, write: &Write, kind: &Kind) -> Result<Json, Refused> {
    let mut wanted = changed(live, write, "status", kind)?;
    is_same(&wanted, live)?;
    decode::decode(&mut wanted, kind)?;
    let mut object = live.clone();
    put(&mut object, &["status"], wanted.get("status").cloned());
    let owners = ["metadata", "managedFields"];
    put(&mut object, &owners, at(&wanted, &owners).cloned());
    for key in ["annotations", "finalizers"] {
        let value = at(&wanted, &["metadata", key]).cloned();
        if kind.builtin {
            put(&mut object, &["metadata", key], value);
        }
    }
    Ok(object)
}

/// Returns the live object with one part of another.
fn part(wanted: Json, live: &Json, path: &[&str], kind: &Kind) -> Result<Json, Refused> {
    let mut object = live.clone();
    put(&mut object, path, at(&wanted, path).cloned());
    decode::decode(&mut object, kind)?;
    Ok(object)
}

fn scale(live: &Json, write: &Write, kind: &Kind) -> Result<Json, Refused> {
    scalable(live, kind)?;
    let mut scale = json!({
        "apiVersion": "autoscaling/v1",
        "kind": "Scale",
        "metadata": {},
        "spec": { "replicas": at(live, &["spec", "replicas"]).cloned().unwrap_or(json!(0)) },
    });
    for key in [
        "name",
        "namespace",
        "uid",
        "resourceVersion",
        "creationTimestamp",
    ] {
        let value = at(live, &["metadata", key]).cloned();
        put(&mut scale, &["metadata", key], value);
    }
    let scale_kind = scale.clone();
    let scale_kind = Kind::of(&scale_kind, kind.schemas)?;
    let mut wanted = changed(&scale, write, "scale", &scale_kind)?;
    is_same(&wanted, &scale)?;
    decode::decode(&mut wanted, &scale_kind)?;
    // A number that is left out is zero.
    let replicas = at(&wanted, &["spec", "replicas"]).cloned();
    let mut object = live.clone();
    put(
        &mut object,
        &["spec", "replicas"],
        Some(replicas.unwrap_or(json!(0))),
    );
    stored(object, live, kind)?.ok_or(Refused::Missing)
}

//! Whether a write is for the live object, and may be made to its kind.

use serde_json::Value as Json;

use super::kind::{Kind, at, text};
use super::refused::Refused;

/// Checks that an object is the live one, in the state that it was read in.
pub(super) fn is_same(object: &Json, live: &Json) -> Result<(), Refused> {
    let version = |object| text(object, &["apiVersion"]).map(|version| version.rsplit_once('/'));
    if let (Some(Some((group, version))), Some(Some((live_group, live_version)))) =
        (version(object), version(live))
        && group == live_group
        && version != live_version
    {
        return Err(Refused::Unknown {
            why: format!(
                "the write is in version `{version}`, the live object in `{live_version}`"
            ),
        });
    }
    for (field, path) in [
        ("apiVersion", &["apiVersion"] as &[&str]),
        ("kind", &["kind"]),
        ("metadata.name", &["metadata", "name"]),
        ("metadata.namespace", &["metadata", "namespace"]),
        ("metadata.uid", &["metadata", "uid"]),
    ] {
        if let (Some(written), Some(live)) = (text(object, path), text(live, path))
            && written != live
        {
            return Err(Refused::OtherObject {
                field,
                written: written.to_owned(),
                live: live.to_owned(),
            });
        }
    }
    let version = ["metadata", "resourceVersion"];
    if let (Some(written), Some(live)) = (text(object, &version), text(live, &version))
        && written != live
    {
        return Err(Refused::Stale {
            written: written.to_owned(),
            live: live.to_owned(),
        });
    }
    Ok(())
}

/// Built-in kinds that are replaced only by who names the version that is replaced.
const CONDITIONAL: &[&str] = &[
    "CustomResourceDefinition",
    "FlowSchema",
    "Lease",
    "MutatingAdmissionPolicy",
    "MutatingAdmissionPolicyBinding",
    "MutatingWebhookConfiguration",
    "PodDisruptionBudget",
    "PriorityLevelConfiguration",
    "ServiceAccount",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "ValidatingWebhookConfiguration",
];

/// Checks that an object may take the place of the live one.
pub(super) fn replaces(object: &Json, live: &Json, kind: &Kind) -> Result<(), Refused> {
    let conditional = !kind.builtin || CONDITIONAL.contains(&kind.kind);
    let has_version = |object: &Json| text(object, &["metadata", "resourceVersion"]).is_some();
    if conditional && !has_version(object) && has_version(live) {
        return Err(Refused::invalid_at(
            "metadata.resourceVersion",
            "is missing, this kind is not replaced without it",
        ));
    }
    if text(object, &["metadata", "name"]).is_none() {
        return Err(Refused::invalid_at("metadata.name", "is missing"));
    }
    Kind::of(object, kind.schemas)?;
    is_same(object, live)
}

/// Checks that a kind has a number of replicas to set.
pub(super) fn scalable(live: &Json, kind: &Kind) -> Result<(), Refused> {
    const SCALED: &[&str] = &[
        "Deployment",
        "ReplicaSet",
        "ReplicationController",
        "Scale",
        "StatefulSet",
    ];
    if kind.builtin && !SCALED.contains(&kind.kind) {
        let problem = format!("of kind `{}` has no number of replicas to set", kind.kind);
        return Err(Refused::invalid(problem));
    }
    // A definition may have the number elsewhere.
    if !kind.builtin && at(live, &["spec", "replicas"]).is_none_or(|value| !value.is_i64()) {
        return Err(Refused::Unknown {
            why: format!(
                "it is not known where `{}` has its number of replicas",
                kind.kind
            ),
        });
    }
    Ok(())
}

/// Returns whether replacing an object that is not there makes it.
pub(super) fn is_created_by_replacing(object: &Json) -> bool {
    const KINDS: &[(&str, &[&str])] = &[
        ("v1", &["Endpoints", "Event", "LimitRange", "Service"]),
        ("coordination.k8s.io/v1", &["Lease"]),
        ("events.k8s.io/v1", &["Event"]),
        (
            "rbac.authorization.k8s.io/v1",
            &["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"],
        ),
    ];
    let (version, kind) = (text(object, &["apiVersion"]), text(object, &["kind"]));
    KINDS
        .iter()
        .any(|(of, kinds)| version == Some(*of) && kind.is_some_and(|kind| kinds.contains(&kind)))
}

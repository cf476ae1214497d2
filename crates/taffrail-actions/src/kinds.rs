//! The kinds that Kubernetes itself serves: their groups, and whether they live in a namespace.

use taffrail_runtime::Value;
use taffrail_runtime::request::Target;
use taffrail_schema::Schemas;

/// Whether objects of a kind live in a namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// In a namespace.
    Namespaced,
    /// In none.
    Cluster,
}

/// One row: kind, group, scope, and what it takes to bring a deleted object back.
pub(crate) struct BuiltIn {
    pub(crate) kind: &'static str,
    pub(crate) group: &'static str,
    pub(crate) version: &'static str,
    pub(crate) scope: Scope,
    pub(crate) keeps_state: bool,
}

const fn row(
    kind: &'static str,
    group: &'static str,
    version: &'static str,
    scope: Scope,
    keeps_state: bool,
) -> BuiltIn {
    BuiltIn {
        kind,
        group,
        version,
        scope,
        keeps_state,
    }
}

use Scope::{Cluster, Namespaced};

/// The built-in kinds. One *keeps state* when creating it again from its last manifest does not bring back what was
/// lost with it: data, credentials, or the objects that go with it.
pub(crate) const BUILT_IN: [BuiltIn; 45] = [
    row("ConfigMap", "", "v1", Namespaced, false),
    row("Endpoints", "", "v1", Namespaced, false),
    row("Event", "", "v1", Namespaced, false),
    row("LimitRange", "", "v1", Namespaced, false),
    row("Namespace", "", "v1", Cluster, true),
    row("Node", "", "v1", Cluster, true),
    row("PersistentVolume", "", "v1", Cluster, true),
    row("PersistentVolumeClaim", "", "v1", Namespaced, true),
    row("Pod", "", "v1", Namespaced, true),
    row("PodTemplate", "", "v1", Namespaced, false),
    row("ReplicationController", "", "v1", Namespaced, false),
    row("ResourceQuota", "", "v1", Namespaced, false),
    row("Secret", "", "v1", Namespaced, true),
    row("Service", "", "v1", Namespaced, false),
    row("ServiceAccount", "", "v1", Namespaced, true),
    row("ControllerRevision", "apps", "v1", Namespaced, true),
    row("DaemonSet", "apps", "v1", Namespaced, false),
    row("Deployment", "apps", "v1", Namespaced, false),
    row("ReplicaSet", "apps", "v1", Namespaced, false),
    row("StatefulSet", "apps", "v1", Namespaced, true),
    row(
        "HorizontalPodAutoscaler",
        "autoscaling",
        "v2",
        Namespaced,
        false,
    ),
    row("CronJob", "batch", "v1", Namespaced, false),
    row("Job", "batch", "v1", Namespaced, true),
    row(
        "CertificateSigningRequest",
        "certificates.k8s.io",
        "v1",
        Cluster,
        true,
    ),
    row("Lease", "coordination.k8s.io", "v1", Namespaced, true),
    row("EndpointSlice", "discovery.k8s.io", "v1", Namespaced, false),
    row(
        "FlowSchema",
        "flowcontrol.apiserver.k8s.io",
        "v1",
        Cluster,
        false,
    ),
    row("Ingress", "networking.k8s.io", "v1", Namespaced, false),
    row("IngressClass", "networking.k8s.io", "v1", Cluster, false),
    row(
        "NetworkPolicy",
        "networking.k8s.io",
        "v1",
        Namespaced,
        false,
    ),
    row("RuntimeClass", "node.k8s.io", "v1", Cluster, false),
    row("PodDisruptionBudget", "policy", "v1", Namespaced, false),
    row(
        "ClusterRole",
        "rbac.authorization.k8s.io",
        "v1",
        Cluster,
        false,
    ),
    row(
        "ClusterRoleBinding",
        "rbac.authorization.k8s.io",
        "v1",
        Cluster,
        false,
    ),
    row("Role", "rbac.authorization.k8s.io", "v1", Namespaced, false),
    row(
        "RoleBinding",
        "rbac.authorization.k8s.io",
        "v1",
        Namespaced,
        false,
    ),
    row("PriorityClass", "scheduling.k8s.io", "v1", Cluster, false),
    row("CSIDriver", "storage.k8s.io", "v1", Cluster, false),
    row("StorageClass", "storage.k8s.io", "v1", Cluster, false),
    row("VolumeAttachment", "storage.k8s.io", "v1", Cluster, true),
    row("APIService", "apiregistration.k8s.io", "v1", Cluster, false),
    row(
        "CustomResourceDefinition",
        "apiextensions.k8s.io",
        "v1",
        Cluster,
        true,
    ),
    row(
        "MutatingWebhookConfiguration",
        "admissionregistration.k8s.io",
        "v1",
        Cluster,
        false,
    ),
    row(
        "ValidatingAdmissionPolicy",
        "admissionregistration.k8s.io",
        "v1",
        Cluster,
        false,
    ),
    row(
        "ValidatingWebhookConfiguration",
        "admissionregistration.k8s.io",
        "v1",
        Cluster,
        false,
    ),
];

/// Returns whether objects of a built-in kind live in a namespace, `None` for other kinds.
#[must_use]
pub fn scope(group: &str, kind: &str) -> Option<Scope> {
    built_in(group, kind).map(|row| row.scope)
}

/// Returns whether objects of a kind live in a namespace, for every kind that the newest Kubernetes serves; `None` for
/// other kinds.
pub(crate) fn served_scope(group: &str, kind: &str) -> Option<Scope> {
    let schemas = Schemas::default();
    let served = schemas.find(Some(group), kind).into_iter().next();
    match served.map(|id| schemas.kind(id).namespaced) {
        Some(true) => Some(Scope::Namespaced),
        Some(false) => Some(Scope::Cluster),
        None => scope(group, kind),
    }
}

/// Returns the group and version of a built-in kind, `None` for other kinds.
#[must_use]
pub fn built_in_group(kind: &str) -> Option<(&'static str, &'static str)> {
    BUILT_IN
        .iter()
        .find(|row| row.kind == kind)
        .map(|row| (row.group, row.version))
}

/// Returns the row of a kind.
pub(crate) fn built_in(group: &str, kind: &str) -> Option<&'static BuiltIn> {
    BUILT_IN
        .iter()
        .find(|row| row.kind == kind && row.group == group)
}

/// Returns the scope of a target whose group and kind are known.
pub(crate) fn scope_of(target: &Target) -> Option<Scope> {
    match (&target.group, &target.kind) {
        (Value::String(group), Value::String(kind)) => scope(group, kind),
        _ => None,
    }
}

//! The kinds that Kubernetes ships, with the API groups that serve them.

/// Kinds and their groups, sorted by kind; the core group is the empty string.
///
/// Source: the API reference of Kubernetes 1.36 (`kubectl api-resources`), subresource kinds included
/// where an action can target them.
const KINDS: &[(&str, &[&str])] = &[
    ("APIService", &["apiregistration.k8s.io"]),
    ("Binding", &[""]),
    ("CSIDriver", &["storage.k8s.io"]),
    ("CSINode", &["storage.k8s.io"]),
    ("CSIStorageCapacity", &["storage.k8s.io"]),
    ("CertificateSigningRequest", &["certificates.k8s.io"]),
    ("ClusterRole", &["rbac.authorization.k8s.io"]),
    ("ClusterRoleBinding", &["rbac.authorization.k8s.io"]),
    ("ClusterTrustBundle", &["certificates.k8s.io"]),
    ("ComponentStatus", &[""]),
    ("ConfigMap", &[""]),
    ("ControllerRevision", &["apps"]),
    ("CronJob", &["batch"]),
    ("CustomResourceDefinition", &["apiextensions.k8s.io"]),
    ("DaemonSet", &["apps"]),
    ("Deployment", &["apps"]),
    ("DeviceClass", &["resource.k8s.io"]),
    ("EndpointSlice", &["discovery.k8s.io"]),
    ("Endpoints", &[""]),
    ("Event", &["", "events.k8s.io"]),
    ("Eviction", &["policy"]),
    ("FlowSchema", &["flowcontrol.apiserver.k8s.io"]),
    ("HorizontalPodAutoscaler", &["autoscaling"]),
    ("IPAddress", &["networking.k8s.io"]),
    ("Ingress", &["networking.k8s.io"]),
    ("IngressClass", &["networking.k8s.io"]),
    ("Job", &["batch"]),
    ("Lease", &["coordination.k8s.io"]),
    ("LeaseCandidate", &["coordination.k8s.io"]),
    ("LimitRange", &[""]),
    ("LocalSubjectAccessReview", &["authorization.k8s.io"]),
    ("MutatingAdmissionPolicy", &["admissionregistration.k8s.io"]),
    (
        "MutatingAdmissionPolicyBinding",
        &["admissionregistration.k8s.io"],
    ),
    (
        "MutatingWebhookConfiguration",
        &["admissionregistration.k8s.io"],
    ),
    ("Namespace", &[""]),
    ("NetworkPolicy", &["networking.k8s.io"]),
    ("Node", &[""]),
    ("NodeMetrics", &["metrics.k8s.io"]),
    ("PersistentVolume", &[""]),
    ("PersistentVolumeClaim", &[""]),
    ("Pod", &[""]),
    ("PodCertificateRequest", &["certificates.k8s.io"]),
    ("PodDisruptionBudget", &["policy"]),
    ("PodMetrics", &["metrics.k8s.io"]),
    ("PodTemplate", &[""]),
    ("PriorityClass", &["scheduling.k8s.io"]),
    (
        "PriorityLevelConfiguration",
        &["flowcontrol.apiserver.k8s.io"],
    ),
    ("ReplicaSet", &["apps"]),
    ("ReplicationController", &[""]),
    ("ResourceClaim", &["resource.k8s.io"]),
    ("ResourceClaimTemplate", &["resource.k8s.io"]),
    ("ResourceQuota", &[""]),
    ("ResourceSlice", &["resource.k8s.io"]),
    ("Role", &["rbac.authorization.k8s.io"]),
    ("RoleBinding", &["rbac.authorization.k8s.io"]),
    ("RuntimeClass", &["node.k8s.io"]),
    ("Scale", &["autoscaling"]),
    ("Secret", &[""]),
    ("SelfSubjectAccessReview", &["authorization.k8s.io"]),
    ("SelfSubjectReview", &["authentication.k8s.io"]),
    ("SelfSubjectRulesReview", &["authorization.k8s.io"]),
    ("Service", &[""]),
    ("ServiceAccount", &[""]),
    ("ServiceCIDR", &["networking.k8s.io"]),
    ("StatefulSet", &["apps"]),
    ("StorageClass", &["storage.k8s.io"]),
    ("StorageVersionMigration", &["storagemigration.k8s.io"]),
    ("SubjectAccessReview", &["authorization.k8s.io"]),
    ("TokenRequest", &["authentication.k8s.io"]),
    ("TokenReview", &["authentication.k8s.io"]),
    (
        "ValidatingAdmissionPolicy",
        &["admissionregistration.k8s.io"],
    ),
    (
        "ValidatingAdmissionPolicyBinding",
        &["admissionregistration.k8s.io"],
    ),
    (
        "ValidatingWebhookConfiguration",
        &["admissionregistration.k8s.io"],
    ),
    ("VolumeAttachment", &["storage.k8s.io"]),
    ("VolumeAttributesClass", &["storage.k8s.io"]),
];

/// Returns the groups that serve a built-in kind; `None` for a kind that Kubernetes does not ship.
pub(super) fn groups_of(kind: &str) -> Option<&'static [&'static str]> {
    KINDS
        .iter()
        .find(|(name, _)| *name == kind)
        .map(|(_, groups)| *groups)
}

/// Returns the names of the built-in kinds, sorted.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|(name, _)| *name)
}

/// Returns the names of the built-in kinds of a group.
pub(super) fn names_in(group: &str) -> impl Iterator<Item = &'static str> {
    KINDS
        .iter()
        .filter(move |(_, groups)| groups.contains(&group))
        .map(|(name, _)| *name)
}

/// Tells whether Kubernetes itself serves the group.
pub(super) fn is_builtin_group(group: &str) -> bool {
    names_in(group).next().is_some()
}

/// Returns the full name of a group written short, such as `rbac` for `rbac.authorization.k8s.io`.
pub(super) fn full_group(short: &str) -> Option<&'static str> {
    KINDS
        .iter()
        .flat_map(|(_, groups)| groups.iter())
        .find(|group| {
            group
                .split_once('.')
                .is_some_and(|(first, _)| first == short)
        })
        .copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_without_duplicates() {
        let all: Vec<_> = names().collect();
        let mut sorted = all.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(all, sorted);
    }

    #[test]
    fn short_groups_have_full_names() {
        assert_eq!(full_group("rbac"), Some("rbac.authorization.k8s.io"));
        assert_eq!(full_group("apps"), None);
        assert!(is_builtin_group("apps") && is_builtin_group(""));
    }
}

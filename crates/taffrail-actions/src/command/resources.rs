//! The names by which kubectl knows kinds: plural, singular, short.

/// A kind that Kubernetes serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resource {
    /// The plural by which the API serves it: `deployments`.
    pub plural: &'static str,
    /// The kind: `Deployment`.
    pub kind: &'static str,
    /// The group; empty for the core group.
    pub group: &'static str,
    /// The API version that is preferred.
    pub version: &'static str,
    /// Whether its objects lie in namespaces.
    pub namespaced: bool,
    short: &'static str,
}

const fn row(
    plural: &'static str,
    short: &'static str,
    kind: &'static str,
    api_version: (&'static str, &'static str),
    namespaced: bool,
) -> Resource {
    Resource {
        plural,
        kind,
        group: api_version.0,
        version: api_version.1,
        namespaced,
        short,
    }
}

const CORE: (&str, &str) = ("", "v1");
const APPS: (&str, &str) = ("apps", "v1");
const ADMISSION: (&str, &str) = ("admissionregistration.k8s.io", "v1");
const RBAC: (&str, &str) = ("rbac.authorization.k8s.io", "v1");
const STORAGE: (&str, &str) = ("storage.k8s.io", "v1");
const NETWORK: (&str, &str) = ("networking.k8s.io", "v1");
const RESOURCE: (&str, &str) = ("resource.k8s.io", "v1");
const FLOW: (&str, &str) = ("flowcontrol.apiserver.k8s.io", "v1");

/// What `kubectl api-resources` lists, in the order in which a name is looked up.
pub(super) const RESOURCES: &[Resource] = &[
    row("bindings", "", "Binding", CORE, true),
    row("componentstatuses", "cs", "ComponentStatus", CORE, false),
    row("configmaps", "cm", "ConfigMap", CORE, true),
    row("endpoints", "ep", "Endpoints", CORE, true),
    row("events", "ev", "Event", CORE, true),
    row("limitranges", "limits", "LimitRange", CORE, true),
    row("namespaces", "ns", "Namespace", CORE, false),
    row("nodes", "no", "Node", CORE, false),
    row(
        "persistentvolumeclaims",
        "pvc",
        "PersistentVolumeClaim",
        CORE,
        true,
    ),
    row("persistentvolumes", "pv", "PersistentVolume", CORE, false),
    row("pods", "po", "Pod", CORE, true),
    row("podtemplates", "", "PodTemplate", CORE, true),
    row(
        "replicationcontrollers",
        "rc",
        "ReplicationController",
        CORE,
        true,
    ),
    row("resourcequotas", "quota", "ResourceQuota", CORE, true),
    row("secrets", "", "Secret", CORE, true),
    row("serviceaccounts", "sa", "ServiceAccount", CORE, true),
    row("services", "svc", "Service", CORE, true),
    row(
        "mutatingwebhookconfigurations",
        "",
        "MutatingWebhookConfiguration",
        ADMISSION,
        false,
    ),
    row(
        "validatingwebhookconfigurations",
        "",
        "ValidatingWebhookConfiguration",
        ADMISSION,
        false,
    ),
    row(
        "validatingadmissionpolicies",
        "",
        "ValidatingAdmissionPolicy",
        ADMISSION,
        false,
    ),
    row(
        "validatingadmissionpolicybindings",
        "",
        "ValidatingAdmissionPolicyBinding",
        ADMISSION,
        false,
    ),
    row(
        "mutatingadmissionpolicies",
        "",
        "MutatingAdmissionPolicy",
        ADMISSION,
        false,
    ),
    row(
        "mutatingadmissionpolicybindings",
        "",
        "MutatingAdmissionPolicyBinding",
        ADMISSION,
        false,
    ),
    row(
        "customresourcedefinitions",
        "crd,crds",
        "CustomResourceDefinition",
        ("apiextensions.k8s.io", "v1"),
        false,
    ),
    row(
        "apiservices",
        "",
        "APIService",
        ("apiregistration.k8s.io", "v1"),
        false,
    ),
    row("controllerrevisions", "", "ControllerRevision", APPS, true),
    row("daemonsets", "ds", "DaemonSet", APPS, true),
    row("deployments", "deploy", "Deployment", APPS, true),
    row("replicasets", "rs", "ReplicaSet", APPS, true),
    row("statefulsets", "sts", "StatefulSet", APPS, true),
    row(
        "horizontalpodautoscalers",
        "hpa",
        "HorizontalPodAutoscaler",
        ("autoscaling", "v2"),
        true,
    ),
    row("cronjobs", "cj", "CronJob", ("batch", "v1"), true),
    row("jobs", "", "Job", ("batch", "v1"), true),
    row(
        "certificatesigningrequests",
        "csr",
        "CertificateSigningRequest",
        ("certificates.k8s.io", "v1"),
        false,
    ),
    row(
        "clustertrustbundles",
        "",
        "ClusterTrustBundle",
        ("certificates.k8s.io", "v1beta1"),
        false,
    ),
    row("leases", "", "Lease", ("coordination.k8s.io", "v1"), true),
    row(
        "endpointslices",
        "",
        "EndpointSlice",
        ("discovery.k8s.io", "v1"),
        true,
    ),
    row("flowschemas", "", "FlowSchema", FLOW, false),
    row(
        "prioritylevelconfigurations",
        "",
        "PriorityLevelConfiguration",
        FLOW,
        false,
    ),
    row("ingressclasses", "", "IngressClass", NETWORK, false),
    row("ingresses", "ing", "Ingress", NETWORK, true),
    row("networkpolicies", "netpol", "NetworkPolicy", NETWORK, true),
    row("ipaddresses", "ip", "IPAddress", NETWORK, false),
    row("servicecidrs", "", "ServiceCIDR", NETWORK, false),
    row(
        "runtimeclasses",
        "",
        "RuntimeClass",
        ("node.k8s.io", "v1"),
        false,
    ),
    row(
        "poddisruptionbudgets",
        "pdb",
        "PodDisruptionBudget",
        ("policy", "v1"),
        true,
    ),
    row("clusterrolebindings", "", "ClusterRoleBinding", RBAC, false),
    row("clusterroles", "", "ClusterRole", RBAC, false),
    row("rolebindings", "", "RoleBinding", RBAC, true),
    row("roles", "", "Role", RBAC, true),
    row("deviceclasses", "", "DeviceClass", RESOURCE, false),
    row("resourceclaims", "", "ResourceClaim", RESOURCE, true),
    row(
        "resourceclaimtemplates",
        "",
        "ResourceClaimTemplate",
        RESOURCE,
        true,
    ),
    row("resourceslices", "", "ResourceSlice", RESOURCE, false),
    row(
        "priorityclasses",
        "pc",
        "PriorityClass",
        ("scheduling.k8s.io", "v1"),
        false,
    ),
    row("csidrivers", "", "CSIDriver", STORAGE, false),
    row("csinodes", "", "CSINode", STORAGE, false),
    row(
        "csistoragecapacities",
        "",
        "CSIStorageCapacity",
        STORAGE,
        true,
    ),
    row("storageclasses", "sc", "StorageClass", STORAGE, false),
    row("volumeattachments", "", "VolumeAttachment", STORAGE, false),
    row(
        "volumeattributesclasses",
        "vac",
        "VolumeAttributesClass",
        STORAGE,
        false,
    ),
];

/// Returns the kind of a name as it is written on a command line: `deploy`, `Deployments`, `deployments.apps`,
/// `deployments.v1.apps`. Case does not matter. `None` for any other name: it may be that of a custom kind.
///
/// ```
/// use taffrail_actions::command::resource;
///
/// assert_eq!(resource("deploy").map(|found| found.kind), Some("Deployment"));
/// assert_eq!(resource("deployments.v1.apps").map(|found| found.kind), Some("Deployment"));
/// assert_eq!(resource("rollouts"), None);
/// ```
#[must_use]
pub fn resource(written: &str) -> Option<&'static Resource> {
    let written = written.to_ascii_lowercase();
    let (name, qualifier) = match written.split_once('.') {
        Some((name, qualifier)) => (name, Some(qualifier)),
        None => (written.as_str(), None),
    };
    RESOURCES
        .iter()
        .find(|row| row.is_named(name) && qualifier.is_none_or(|text| row.is_qualified(text)))
}

/// Returns the built-in kind that a group serves under a plural.
pub(crate) fn served(group: &str, plural: &str) -> Option<&'static Resource> {
    RESOURCES
        .iter()
        .find(|row| row.group == group && row.plural == plural)
}

impl Resource {
    fn is_named(&self, name: &str) -> bool {
        self.plural == name
            || self.kind.eq_ignore_ascii_case(name)
            || self
                .short
                .split(',')
                .any(|short| !short.is_empty() && short == name)
    }

    /// Tells whether what follows the first dot of a name is this resource's group, or a version and the group.
    fn is_qualified(&self, text: &str) -> bool {
        if text == self.group {
            return true;
        }
        match text.split_once('.') {
            Some((version, group)) => is_version(version) && group == self.group,
            None => self.group.is_empty() && is_version(text),
        }
    }
}

fn is_version(text: &str) -> bool {
    text.strip_prefix('v')
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// Kinds of OpenShift that hold credentials.
const CREDENTIALS: [&str; 4] = [
    "oauthaccesstoken",
    "oauthauthorizetoken",
    "oauthclient",
    "useroauthaccesstoken",
];

/// Tells whether a name, as it is written, stands for Secrets, for what another group calls so, or for another kind that holds credentials.
pub(super) fn may_be_secrets(written: &str) -> bool {
    let lower = written.to_ascii_lowercase();
    let name = lower.split('.').next().unwrap_or_default();
    let singular = name.strip_suffix('s').unwrap_or(name);
    singular == "secret" || CREDENTIALS.contains(&singular)
}

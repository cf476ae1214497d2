//! What the table says of kinds that everybody knows.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use taffrail_schema::{Kind, ListKeys, Schemas, Type, TypeId, Version};

/// Returns the type at a path of an object; elements of lists and maps are passed through.
fn at(schemas: &Schemas, kind: &str, path: &str) -> Option<TypeId> {
    let mut ty = schemas.kind(schemas.find(None, kind)[0]).root;
    for key in path.split('.') {
        while let Type::List { of, .. } | Type::Map(of) = schemas.ty(ty) {
            ty = of;
        }
        ty = schemas.field(ty, key)?.ty;
    }
    Some(ty)
}

fn minor(text: &str) -> Schemas {
    Schemas::new(text.parse().unwrap())
}

#[test]
fn fields_have_the_types_of_the_api() {
    let schemas = Schemas::default();
    let ty = |kind, path| schemas.ty(at(&schemas, kind, path).unwrap());
    assert_eq!(ty("Deployment", "spec.replicas"), Type::Integer);
    assert_eq!(ty("Deployment", "metadata.creationTimestamp"), Type::Time);
    assert_eq!(ty("Pod", "spec.hostNetwork"), Type::Boolean);
    assert_eq!(ty("Service", "spec.ports.targetPort"), Type::IntOrString);
    assert!(matches!(
        ty("Deployment", "spec.strategy.type"),
        Type::String { values } if values.iter().map(|value| &**value).eq(["Recreate", "RollingUpdate"])
    ));
    let Type::Map(limits) = ty("Pod", "spec.containers.resources.limits") else {
        panic!("limits are no map");
    };
    assert_eq!(schemas.ty(limits), Type::Quantity);
}

#[test]
fn lists_know_what_tells_their_elements_apart() {
    let schemas = Schemas::default();
    let keys = |kind, path| match schemas.ty(at(&schemas, kind, path).unwrap()) {
        Type::List {
            keys: ListKeys::Fields(keys),
            ..
        } => keys.join(","),
        other => format!("{other:?}"),
    };
    assert_eq!(keys("Pod", "spec.containers"), "name");
    assert_eq!(
        keys("CronJob", "spec.jobTemplate.spec.template.spec.volumes"),
        "name"
    );
    assert_eq!(keys("Pod", "spec.containers.volumeMounts"), "mountPath");
    assert_eq!(
        keys("Pod", "spec.containers.ports"),
        "containerPort,protocol"
    );
}

#[test]
fn required_and_optional_fields_are_told_apart() {
    let schemas = Schemas::default();
    let spec = at(&schemas, "Deployment", "spec").unwrap();
    assert!(schemas.field(spec, "selector").unwrap().required);
    assert!(!schemas.field(spec, "replicas").unwrap().required);
    assert_eq!(schemas.field(spec, "replica"), None);
}

#[test]
fn every_workload_kind_knows_its_pod_template() {
    let schemas = Schemas::default();
    let workloads: Vec<String> = schemas
        .kinds()
        .map(|id| schemas.kind(id))
        .filter_map(|kind| Some(format!("{} {}", kind.kind, kind.pod_template?.join("."))))
        .collect();
    assert_eq!(
        workloads,
        [
            "Pod ",
            "PodTemplate template",
            "ReplicationController spec.template",
            "DaemonSet spec.template",
            "Deployment spec.template",
            "ReplicaSet spec.template",
            "StatefulSet spec.template",
            "CronJob spec.jobTemplate.spec.template",
            "Job spec.template",
        ]
    );
}

#[test]
fn versions_differ_in_kinds_and_fields() {
    let of = |schemas: &Schemas, kind: &str| -> Vec<String> {
        let found = schemas.find(Some("flowcontrol.apiserver.k8s.io"), kind);
        let name = |kind: Kind<'_>| kind.version.to_owned();
        found.into_iter().map(|id| name(schemas.kind(id))).collect()
    };
    assert_eq!(of(&minor("1.31"), "FlowSchema"), ["v1", "v1beta3"]);
    assert_eq!(of(&minor("1.32"), "FlowSchema"), ["v1"]);
    let container = Schemas::default().container();
    assert!(
        minor("1.33")
            .field(container, "restartPolicyRules")
            .is_none()
    );
    assert!(
        minor("1.34")
            .field(container, "restartPolicyRules")
            .is_some()
    );
    assert_eq!(
        Schemas::default().field_versions(container, "restartPolicyRules")[0],
        "1.34".parse().unwrap()
    );
    assert_eq!(
        Schemas::default().served_in(Some("apps"), "Deployment"),
        Version::ALL
    );
}

#[test]
fn deprecated_kinds_and_fields_say_so() {
    let (old, new) = (minor("1.32"), minor("1.33"));
    let endpoints = |schemas: &Schemas| {
        schemas
            .kind(schemas.find(None, "Endpoints")[0])
            .deprecated
            .map(str::to_owned)
    };
    assert_eq!(endpoints(&old), None);
    assert!(endpoints(&new).is_some());
    let spec = at(&new, "Service", "spec").unwrap();
    let address = new.field(spec, "loadBalancerIP").unwrap();
    assert!(address.deprecated.unwrap().contains("Deprecated"));
}

#[test]
fn the_newer_stable_version_of_a_kind_is_preferred() {
    let schemas = Schemas::default();
    let versions: Vec<&str> = schemas
        .find(None, "HorizontalPodAutoscaler")
        .into_iter()
        .map(|id| schemas.kind(id).version)
        .collect();
    assert_eq!(versions, ["v2", "v1"]);
}

//! Actions as the JSON documents that every engine reads.

use serde_json::{Value, json};

use crate::model::{self, Action, KINDS, NumberField, TextField, VERBS};

/// Returns the action document: what is asked, the object as it is and as it would be, and the facts.
pub(crate) fn of(action: &Action) -> Value {
    let text = |field: TextField| field.value(action.text(field));
    let namespace = model::namespace(action.namespace);
    json!({
        "verb": VERBS.get(action.verb),
        "principal": {
            "kind": "agent",
            "id": text(TextField::Principal),
            "groups": ["platform-agents", "on-call"],
            "tenant": text(TextField::Tenant),
        },
        "target": {
            "apiVersion": "apps/v1",
            "kind": KINDS.get(action.kind),
            "namespace": namespace,
            "name": name(action),
        },
        "current": workload(action, Side::Current),
        "proposed": workload(action, Side::Proposed),
        "rollback": { "class": "reversible", "tested": true },
        "request": { "reason": format!("p99 above its target for {} minutes", 5 + action.serial % 50) },
        "facts": {
            "now": "2026-11-22T10:00:00Z",
            "cluster": {
                "name": "eu-1",
                "environment": text(TextField::Environment),
                "region": text(TextField::Region),
                "version": "1.36",
                "labels": { "fleet": "main" },
            },
            "namespace": {
                "name": namespace,
                "labels": { "tier": text(TextField::Tier), "kubernetes.io/metadata.name": namespace },
                "annotations": {},
            },
        },
    })
}

/// Returns the target's name: the application's, and a number.
pub(crate) fn name(action: &Action) -> String {
    format!(
        "{}-{}",
        TextField::App.value(action.text(TextField::App)),
        action.serial
    )
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Current,
    Proposed,
}

fn workload(action: &Action, side: Side) -> Value {
    let text = |field: TextField| field.value(action.text(field));
    let verb = VERBS.get(action.verb).copied().unwrap_or_default();
    let app = text(TextField::App);
    let replicas = match side {
        Side::Current => NumberField::CurrentReplicas,
        Side::Proposed => NumberField::ProposedReplicas,
    };
    let mut annotations = json!({
        "prometheus.io/scrape": "true",
        "prometheus.io/port": "9090",
    });
    if verb == "restart"
        && side == Side::Proposed
        && let Some(annotations) = annotations.as_object_mut()
    {
        annotations.insert(
            "kubectl.kubernetes.io/restartedAt".into(),
            "2026-11-22T10:00:00Z".into(),
        );
    }
    // Only verbs that name no effect change the image: beside another verb the change would be a patch too.
    let tag = match side {
        Side::Proposed if matches!(verb, "apply" | "patch" | "replace") => action.serial + 1,
        Side::Proposed | Side::Current => action.serial,
    };
    json!({
        "apiVersion": "apps/v1",
        "kind": KINDS.get(action.kind),
        "metadata": {
            "name": name(action),
            "namespace": model::namespace(action.namespace),
            "uid": format!("5f0c7a52-7d0e-4b57-9d0a-{:012}", action.serial),
            "generation": 7,
            "creationTimestamp": "2026-03-01T09:30:00Z",
            "labels": { "app": app, "team": text(TextField::Team), "app.kubernetes.io/managed-by": "argocd" },
            "annotations": { "deployment.kubernetes.io/revision": format!("{}", action.serial % 90) },
        },
        "spec": {
            "replicas": action.number(replicas),
            "revisionHistoryLimit": action.number(NumberField::HistoryLimit),
            "progressDeadlineSeconds": 600,
            "selector": { "matchLabels": { "app": app } },
            "strategy": { "type": "RollingUpdate", "rollingUpdate": { "maxSurge": "25%", "maxUnavailable": 0 } },
            "template": {
                "metadata": { "labels": { "app": app }, "annotations": annotations },
                "spec": {
                    "serviceAccountName": text(TextField::ServiceAccount),
                    "terminationGracePeriodSeconds": action.number(NumberField::GracePeriod),
                    "priority": action.number(NumberField::Priority),
                    "hostNetwork": action.host_network,
                    "containers": [container(&app, tag), sidecar()],
                },
            },
        },
    })
}

fn container(app: &str, tag: usize) -> Value {
    json!({
        "name": "main",
        "image": format!("registry.example/apps/{app}:v1.{tag}"),
        "ports": [{ "name": "http", "containerPort": 8080, "protocol": "TCP" }],
        "env": [
            { "name": "LOG_LEVEL", "value": "info" },
            { "name": "DATABASE_HOST", "value": "postgres.data.svc" },
        ],
        "resources": {
            "requests": { "cpu": "250m", "memory": "256Mi" },
            "limits": { "cpu": "1", "memory": "512Mi" },
        },
        "readinessProbe": { "httpGet": { "path": "/healthz", "port": 8080 }, "periodSeconds": 10 },
    })
}

fn sidecar() -> Value {
    json!({
        "name": "proxy",
        "image": "registry.example/mesh/proxy:v2.9",
        "resources": { "requests": { "cpu": "50m", "memory": "64Mi" } },
    })
}

//! Command lines that make objects by themselves, as actions.

use serde_json::{Value as Json, json};
use taffrail_actions::Action;
use taffrail_actions::command::{Surroundings, read_line};
use taffrail_runtime::Value;
use taffrail_runtime::request::{Proposed, Request};
use taffrail_schema::Schemas;

fn steps(line: &str, namespace: Option<&str>, live: &[Json]) -> Vec<Request> {
    let action = read_line(line).action(&Surroundings {
        base: Request::default(),
        live,
        namespace,
        schemas: &Schemas::default(),
        file: &|_| None,
    });
    match action {
        Action::Single(request) => vec![*request],
        Action::Plan(plan) => plan.steps,
    }
}

fn only(line: &str, live: &[Json]) -> Request {
    let mut steps = steps(line, Some("shop"), live);
    assert_eq!(steps.len(), 1);
    steps.remove(0)
}

/// Returns what stands at a path of the object as it would be.
fn after(request: &Request, path: &str) -> Value {
    let Proposed::Given(after) = &request.proposed else {
        return Value::Absent;
    };
    path.split('.')
        .fold(after.clone(), |value, key| value.field(key, &String::new))
}

fn web() -> Json {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": { "name": "web", "namespace": "shop" },
        "spec": {
            "replicas": 3, "selector": { "matchLabels": { "app": "web" } },
            "template": {
                "metadata": { "labels": { "app": "web" } },
                "spec": { "containers": [{ "name": "web", "image": "web:1", "ports": [{ "containerPort": 80 }] }] },
            },
        },
    })
}

#[test]
fn a_created_deployment_is_known_before_it_is_there() {
    let request = only("kubectl create deploy api --image=nginx -r 5 -n prod", &[]);
    assert_eq!(request.verb, Value::string("create"));
    assert_eq!(request.target.kind, Value::string("Deployment"));
    assert_eq!(request.target.namespace, Value::string("prod"));
    assert_eq!(
        after(&request, "spec.replicas"),
        Value::from_json(&json!(5))
    );
}

#[test]
fn an_unnamed_namespace_stays_unknown() {
    let steps = steps("kubectl create deploy api --image=nginx", None, &[]);
    let [request] = steps.as_slice() else {
        unreachable!("{steps:?}");
    };
    assert!(matches!(request.target.namespace, Value::Unknown(_)));
    assert_eq!(request.target.name, Value::string("api"));
}

#[test]
fn a_granted_role_is_known() {
    let line = "kubectl create clusterrolebinding b --clusterrole=cluster-admin --user=jane";
    let request = only(line, &[]);
    assert_eq!(request.target.kind, Value::string("ClusterRoleBinding"));
    assert_eq!(request.target.namespace, Value::Absent);
    assert_eq!(
        after(&request, "roleRef.name"),
        Value::string("cluster-admin")
    );
}

#[test]
fn what_is_exposed_is_a_service() {
    let request = only("kubectl expose deploy/web --type=LoadBalancer", &[web()]);
    assert_eq!(request.target.kind, Value::string("Service"));
    assert_eq!(request.target.name, Value::string("web"));
    assert_eq!(after(&request, "spec.type"), Value::string("LoadBalancer"));
    assert_eq!(after(&request, "spec.selector.app"), Value::string("web"));

    let request = only(
        "kubectl expose deploy/web --type=LoadBalancer --name=front",
        &[],
    );
    assert_eq!(request.target.kind, Value::string("Service"));
    assert_eq!(request.target.name, Value::string("front"));
    assert!(matches!(after(&request, "spec.type"), Value::Unknown(_)));
}

#[test]
fn an_autoscaler_is_made_beside_its_workload() {
    let request = only("kubectl autoscale deploy web --min=1 --max=3", &[]);
    assert_eq!(
        request.target.kind,
        Value::string("HorizontalPodAutoscaler")
    );
    assert_eq!(
        after(&request, "spec.maxReplicas"),
        Value::from_json(&json!(3))
    );
}

#[test]
fn a_run_pod_and_its_service_are_a_plan() {
    let line = "kubectl run p --image=busybox --privileged --port=80 --expose";
    let steps = steps(line, Some("shop"), &[]);
    let kinds: Vec<&Value> = steps.iter().map(|step| &step.target.kind).collect();
    assert_eq!(kinds, [&Value::string("Pod"), &Value::string("Service")]);
}

#[test]
fn what_a_variable_leaves_open_is_unknown() {
    let request = only("kubectl create deploy api --image=$IMAGE", &[]);
    assert_eq!(request.target.name, Value::string("api"));
    assert!(matches!(
        after(&request, "spec.replicas"),
        Value::Unknown(_)
    ));
    let request = only("kubectl create secret generic s --from-file=key", &[]);
    assert!(matches!(after(&request, "data"), Value::Unknown(_)));
}

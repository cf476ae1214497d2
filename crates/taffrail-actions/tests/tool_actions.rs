//! Calls of tools as actions: what is there before and after.

use serde_json::{Value as Json, json};
use taffrail_actions::Action;
use taffrail_actions::command::Surroundings;
use taffrail_actions::tool_call::read_tool_call;
use taffrail_runtime::request::{Complete, Proposed, Request};
use taffrail_runtime::{Map, Value};
use taffrail_schema::Schemas;

fn deployment() -> Json {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": { "name": "web", "namespace": "shop", "labels": { "app": "web" } },
        "spec": {
            "replicas": 3, "selector": { "matchLabels": { "app": "web" } },
            "template": {
                "metadata": { "labels": { "app": "web" } },
                "spec": { "containers": [{ "name": "web", "image": "web:1" }] },
            },
        },
    })
}

fn action(tool: &str, arguments: &Json, live: &[Json], base: Request) -> Action {
    let call = read_tool_call(tool, arguments, Some("shop"));
    call.action(&Surroundings {
        base,
        live,
        namespace: Some("shop"),
        schemas: &Schemas::default(),
        file: &|_| None,
    })
}

fn request(tool: &str, arguments: &Json, live: &[Json]) -> Request {
    match action(tool, arguments, live, Request::default()) {
        Action::Single(request) => *request,
        Action::Plan(plan) => unreachable!("{plan:?}"),
    }
}

/// Returns what stands at a path of the object as it would be.
fn after(request: &Request, path: &str) -> Value {
    let Proposed::Given(after) = &request.proposed else {
        return Value::Absent;
    };
    path.split('.')
        .fold(after.clone(), |value, key| value.field(key, &String::new))
}

#[test]
fn a_scale_has_the_workload_before_and_after() {
    let arguments =
        json!({ "apiVersion": "apps/v1", "kind": "Deployment", "name": "web", "scale": 0 });
    let request = request("resources_scale", &arguments, &[deployment()]);
    assert_eq!(request.verb, Value::string("scale"));
    let before = request.current.field("spec", &String::new);
    assert_eq!(
        before.field("replicas", &String::new),
        Value::Number(3.into())
    );
    assert_eq!(after(&request, "spec.replicas"), Value::Number(0.into()));
    assert_eq!(after(&request, "metadata.labels.app"), Value::string("web"));
}

#[test]
fn a_manifest_is_a_create_only_where_nothing_is_known_to_be() {
    let manifest = json!({ "resource": deployment().to_string() });
    let unknown = request("resources_create_or_update", &manifest, &[]);
    assert_eq!(unknown.verb, Value::string("apply"));
    assert!(matches!(
        unknown.proposed,
        Proposed::Given(Value::Unknown(_))
    ));

    let complete = Request {
        complete: vec![Complete {
            kind: "Deployment".into(),
            namespace: None,
        }],
        ..Request::default()
    };
    let action = action("resources_create_or_update", &manifest, &[], complete);
    let new = action.requests().first().unwrap();
    assert_eq!(new.verb, Value::string("create"));
    assert_eq!(new.current, Value::Absent);
    assert_eq!(after(new, "spec.replicas"), Value::Number(3.into()));

    let mut live = deployment();
    live.pointer_mut("/spec/replicas")
        .map(|at| *at = json!(5))
        .unwrap();
    let applied = request("resources_create_or_update", &manifest, &[live]);
    assert_eq!(applied.verb, Value::string("apply"));
    assert_eq!(after(&applied, "spec.replicas"), Value::Number(3.into()));
}

#[test]
fn a_patch_is_applied_as_its_type_says() {
    let arguments = json!({
        "resourceType": "deploy", "name": "web", "namespace": "shop", "patchType": "json",
        "patchData": [{ "op": "replace", "path": "/spec/replicas", "value": 7 }],
    });
    let request = request("kubectl_patch", &arguments, &[deployment()]);
    assert_eq!(after(&request, "spec.replicas"), Value::Number(7.into()));
}

#[test]
fn a_command_line_is_the_action_of_its_line() {
    let arguments = json!({ "command": "scale deploy/web --replicas=1 -n shop" });
    let request = request("execute_kubectl", &arguments, &[deployment()]);
    assert_eq!(request.verb, Value::string("scale"));
    assert_eq!(after(&request, "spec.replicas"), Value::Number(1.into()));
}

#[test]
fn several_objects_are_a_plan() {
    let pod = |name: &str| format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\n---\n");
    let both = pod("a") + &pod("b");
    let arguments = json!({ "manifest": both });
    let action = action("kubectl_apply", &arguments, &[], Request::default());
    assert_eq!(action.requests().len(), 2);
}

#[test]
fn another_cluster_is_not_the_one_that_is_known() {
    let mut cluster = Map::default();
    cluster.insert("name", Value::string("eu"));
    let base = Request {
        cluster: Value::Map(cluster),
        ..Request::default()
    };
    let of = |arguments: Json| {
        let action = action("pods_list", &arguments, &[], base.clone());
        action.requests().first().unwrap().cluster.clone()
    };
    assert_eq!(of(json!({})), base.cluster);
    assert_eq!(of(json!({ "cluster_name": "eu" })), base.cluster);
    assert!(matches!(
        of(json!({ "cluster_name": "us" })),
        Value::Unknown(_)
    ));
    assert!(matches!(of(json!({ "context": "eu" })), Value::Unknown(_)));
}

#[test]
fn what_is_not_understood_is_an_action_of_which_nothing_is_known() {
    for (tool, arguments) in [
        ("pods_hug", json!({})),
        ("pods_list", json!({ "x": 1 })),
        ("switch_context", json!({ "context_name": "prod" })),
        ("kubectl_generic", json!({})),
    ] {
        let request = request(tool, &arguments, &[deployment()]);
        assert!(matches!(request.verb, Value::Unknown(_)), "{tool}");
        assert!(matches!(request.target.kind, Value::Unknown(_)), "{tool}");
    }
}

#[test]
fn of_what_is_read_only_secrets_are_read_as_secrets() {
    let arguments = json!({ "resourceType": "pods,secrets" });
    let action = action("kubectl_get", &arguments, &[], Request::default());
    let verbs: Vec<Value> = action
        .requests()
        .iter()
        .map(|step| step.verb.clone())
        .collect();
    assert_eq!(verbs, [Value::string("list"), Value::string("read_secret")]);
}

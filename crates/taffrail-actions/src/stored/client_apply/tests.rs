use serde_json::json;
use taffrail_schema::Schemas;

use super::*;

fn applied(live: Option<&Json>, object: &Json) -> Json {
    let schemas = Schemas::default();
    apply(live, object, &Kind::of(object, &schemas).unwrap())
}

fn deployment(spec: &Json) -> Json {
    json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "api"}, "spec": spec})
}

#[test]
fn the_first_apply_keeps_what_was_applied_in_an_annotation() {
    let object = deployment(&json!({"replicas": 2}));
    let stored = applied(None, &object);
    let written = r#"{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"annotations":{},"name":"api"},"spec":{"replicas":2}}"#;
    assert_eq!(
        stored["metadata"]["annotations"][ANNOTATION],
        format!("{written}\n")
    );
    assert_eq!(stored["spec"], object["spec"]);
}

#[test]
fn what_others_set_stays_and_what_is_no_longer_applied_goes() {
    let mut live = applied(
        None,
        &deployment(&json!({"minReadySeconds": 5, "paused": true})),
    );
    live["spec"]["replicas"] = json!(7);
    live["metadata"]["labels"] = json!({"by": "others"});
    let stored = applied(Some(&live), &deployment(&json!({"paused": false})));
    assert_eq!(stored["spec"], json!({"paused": false, "replicas": 7}));
    assert_eq!(stored["metadata"]["labels"], json!({"by": "others"}));
}

#[test]
fn containers_are_merged_by_name_and_go_when_no_longer_applied() {
    let containers =
        |containers: Json| deployment(&json!({"template": {"spec": {"containers": containers}}}));
    let mut live = applied(
        None,
        &containers(json!([{"name": "a", "image": "a:1"}, {"name": "b", "image": "b:1"}])),
    );
    let list = live.pointer_mut("/spec/template/spec/containers").unwrap();
    list[0]["terminationMessagePath"] = json!("/dev/log");
    list.as_array_mut()
        .unwrap()
        .push(json!({"name": "injected"}));
    let stored = applied(
        Some(&live),
        &containers(json!([{"name": "a", "image": "a:2"}])),
    );
    let after = json!([{"name": "a", "image": "a:2", "terminationMessagePath": "/dev/log"}, {"name": "injected"}]);
    assert_eq!(stored["spec"]["template"]["spec"]["containers"], after);
}

#[test]
fn another_strategy_drops_the_settings_of_the_old_one() {
    let live = deployment(
        &json!({"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%"}}}),
    );
    let same = deployment(&json!({"strategy": {"type": "RollingUpdate"}}));
    assert_eq!(applied(Some(&live), &same)["spec"], live["spec"]);
    let other = deployment(&json!({"strategy": {"type": "Recreate"}}));
    assert_eq!(applied(Some(&live), &other)["spec"], other["spec"]);
}

#[test]
fn lists_of_custom_kinds_are_replaced() {
    let object = |steps: Json| {
        json!({
            "apiVersion": "ops.example.com/v1", "kind": "Playbook", "metadata": {"name": "p"}, "spec": {"steps": steps},
        })
    };
    let live = object(json!([{"name": "a", "timeout": 3}, {"name": "b"}]));
    let stored = applied(Some(&live), &object(json!([{"name": "a"}])));
    assert_eq!(stored["spec"]["steps"], json!([{"name": "a"}]));
}

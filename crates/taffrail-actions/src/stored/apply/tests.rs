use serde_json::json;
use taffrail_schema::Schemas;

use super::*;

fn applied(
    live: Option<&Json>,
    config: &Json,
    manager: &str,
    force: bool,
) -> Result<Json, Refused> {
    let schemas = Schemas::default();
    let applier = Applier {
        manager,
        force,
        subresource: "",
    };
    apply(live, config, applier, &Kind::of(config, &schemas)?)
}

fn deployment(spec: &Json) -> Json {
    json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "api"}, "spec": spec})
}

fn containers(containers: &Json) -> Json {
    deployment(&json!({"template": {"spec": {"containers": containers}}}))
}

#[test]
fn a_field_of_another_manager_is_a_conflict_unless_forced() {
    let live = applied(None, &deployment(&json!({"replicas": 2})), "gitops", false).unwrap();
    let wanted = deployment(&json!({"replicas": 3}));
    let conflict = Conflict {
        manager: "gitops".into(),
        fields: vec![".spec.replicas".into()],
    };
    let refused = applied(Some(&live), &wanted, "autoscaler", false);
    assert_eq!(refused, Err(Refused::Conflict(vec![conflict])));
    let forced = applied(Some(&live), &wanted, "autoscaler", true).unwrap();
    assert_eq!(forced["spec"]["replicas"], 3);
    // The first manager has lost the field: giving it up changes nothing.
    let given_up = applied(Some(&forced), &deployment(&json!({})), "gitops", false).unwrap();
    assert_eq!(given_up["spec"]["replicas"], 3);
}

#[test]
fn the_same_value_is_owned_together() {
    let object = deployment(&json!({"replicas": 2}));
    let live = applied(None, &object, "a", false).unwrap();
    let live = applied(Some(&live), &object, "b", false).unwrap();
    let live = applied(Some(&live), &deployment(&json!({})), "a", false).unwrap();
    assert_eq!(live["spec"]["replicas"], 2);
    let live = applied(Some(&live), &deployment(&json!({})), "b", false).unwrap();
    assert_eq!(live["spec"].get("replicas"), None);
}

#[test]
fn conflicts_name_the_elements_of_lists() {
    let live = applied(
        None,
        &containers(&json!([{"name": "api", "image": "a:1"}])),
        "gitops",
        false,
    )
    .unwrap();
    let refused = applied(
        Some(&live),
        &containers(&json!([{"name": "api", "image": "a:2"}])),
        "ci",
        false,
    );
    let Err(Refused::Conflict(conflicts)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(
        conflicts[0].fields,
        [r#".spec.template.spec.containers[name="api"].image"#]
    );
}

#[test]
fn an_element_that_is_no_longer_applied_goes_with_its_defaults() {
    let both = containers(&json!([{"name": "a", "image": "a:1"}, {"name": "b", "image": "b:1"}]));
    let mut live = applied(None, &both, "gitops", false).unwrap();
    live["spec"]["template"]["spec"]["containers"][1]["terminationMessagePath"] = json!("/dev/log");
    let live = applied(
        Some(&live),
        &containers(&json!([{"name": "a", "image": "a:1"}])),
        "gitops",
        false,
    )
    .unwrap();
    let left = json!([{"name": "a", "image": "a:1"}]);
    assert_eq!(live["spec"]["template"]["spec"]["containers"], left);
}

#[test]
fn ports_of_two_protocols_are_two_elements() {
    let ports = |ports: Json| containers(&json!([{"name": "dns", "ports": ports}]));
    let live = applied(None, &ports(json!([{"containerPort": 53}])), "a", false).unwrap();
    let udp = ports(json!([{"containerPort": 53, "protocol": "UDP"}]));
    let live = applied(Some(&live), &udp, "b", false).unwrap();
    let both = json!([{"containerPort": 53}, {"containerPort": 53, "protocol": "UDP"}]);
    assert_eq!(
        live["spec"]["template"]["spec"]["containers"][0]["ports"],
        both
    );
}

#[test]
fn the_order_that_is_applied_holds() {
    let live = applied(
        None,
        &containers(&json!([{"name": "a"}, {"name": "b"}])),
        "x",
        false,
    )
    .unwrap();
    let live = applied(
        Some(&live),
        &containers(&json!([{"name": "b"}, {"name": "c"}, {"name": "a"}])),
        "y",
        false,
    )
    .unwrap();
    let names = ["b", "c", "a"].map(|name| json!({"name": name}));
    assert_eq!(live["spec"]["template"]["spec"]["containers"], json!(names));
}

#[test]
fn selectors_and_lists_without_keys_are_one_value() {
    let live = applied(
        None,
        &deployment(&json!({"selector": {"matchLabels": {"a": "1"}}})),
        "a",
        false,
    )
    .unwrap();
    let other = deployment(&json!({"selector": {"matchLabels": {"b": "1"}}}));
    let refused = applied(Some(&live), &other, "b", false);
    let Err(Refused::Conflict(conflicts)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(conflicts[0].fields, [".spec.selector"]);
}

#[test]
fn fields_without_a_schema_are_told_from_their_values() {
    let object = |spec: Json| {
        json!({
            "apiVersion": "ops.example.com/v1", "kind": "Playbook", "metadata": {"name": "p"}, "spec": spec,
        })
    };
    let live = applied(
        None,
        &object(json!({"a": {"x": 1}, "steps": [{"name": "s"}]})),
        "one",
        false,
    )
    .unwrap();
    let both = applied(Some(&live), &object(json!({"a": {"y": 2}})), "two", false).unwrap();
    assert_eq!(both["spec"]["a"], json!({"x": 1, "y": 2}));
    let refused = applied(Some(&live), &object(json!({"steps": []})), "two", false);
    assert!(matches!(refused, Err(Refused::Conflict(_))));
}

#[test]
fn what_the_schema_does_not_have_cannot_be_applied() {
    let refused = applied(None, &deployment(&json!({"replica": 1})), "a", false);
    assert!(
        matches!(refused, Err(Refused::Invalid { .. })),
        "{refused:?}"
    );
    let twice = containers(&json!([{"name": "a"}, {"name": "a"}]));
    let refused = applied(None, &twice, "a", false);
    assert!(
        matches!(refused, Err(Refused::Invalid { .. })),
        "{refused:?}"
    );
}

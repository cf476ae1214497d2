use taffrail_schema::CustomKinds;

use super::*;

fn go(before: Option<&Json>, write: Write) -> Result<Json, Refused> {
    after(before, &write, &Schemas::default()).map(Option::unwrap_or_default)
}

fn service(spec: &Json) -> Json {
    json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "shop"}, "spec": spec})
}

fn deployment() -> Json {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"},
        "spec": {
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{"name": "web", "image": "web:1", "tty": false, "resources": {"limits": {"cpu": 0.5}}}]},
            },
        },
    })
}

#[test]
fn a_new_deployment_gets_its_defaults() {
    let stored = go(None, Write::Create(deployment())).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&stored["spec"]).unwrap());
}

#[test]
fn a_node_port_stays_while_the_type_needs_it() {
    let mut live = go(
        None,
        Write::Create(service(
            &json!({"type": "NodePort", "ports": [{"port": 80}]}),
        )),
    )
    .unwrap();
    live["spec"]["ports"][0]["nodePort"] = json!(30_080);
    live["spec"]["clusterIP"] = json!("10.0.0.7");
    let again = service(&json!({"type": "LoadBalancer", "ports": [{"port": 80}]}));
    let stored = go(Some(&live), Write::Replace(again)).unwrap();
    assert_eq!(stored["spec"]["ports"][0]["nodePort"], 30_080);
    assert_eq!(stored["spec"]["clusterIP"], "10.0.0.7");
    let inside = Write::MergePatch(json!({"spec": {"type": "ClusterIP"}}));
    let stored = go(Some(&stored), inside).unwrap();
    let port = json!({"port": 80, "protocol": "TCP", "targetPort": 80});
    assert_eq!(stored["spec"]["ports"], json!([port]));
    assert_eq!(stored["spec"].get("externalTrafficPolicy"), None);
    assert_eq!(stored["spec"].get("allocateLoadBalancerNodePorts"), None);
}

#[test]
fn the_last_finalizer_keeps_an_object_that_is_being_deleted() {
    let mut live = go(None, Write::Create(deployment())).unwrap();
    live["metadata"]["finalizers"] = json!(["a", "b"]);
    live["metadata"]["deletionTimestamp"] = json!("2026-11-22T17:46:47Z");
    let without =
        |finalizers: Json| Write::MergePatch(json!({"metadata": {"finalizers": finalizers}}));
    let held = go(Some(&live), without(json!(["b"]))).unwrap();
    assert_eq!(held["metadata"]["finalizers"], json!(["b"]));
    assert_eq!(go(Some(&held), without(json!([]))), Ok(Json::Null));
    assert!(go(Some(&held), without(json!(["b", "c"]))).is_err());
}

#[test]
fn what_is_the_servers_survives_every_write() {
    let mut live = go(None, Write::Create(deployment())).unwrap();
    live["metadata"]["uid"] = json!("29c1");
    live["metadata"]["generation"] = json!(7);
    live["status"] = json!({"replicas": 3});
    let mut replacement = deployment();
    replacement["metadata"]["generation"] = json!(1);
    replacement["status"] = json!({"replicas": 0});
    let stored = go(Some(&live), Write::Replace(replacement)).unwrap();
    assert_eq!(stored, live);
}

#[test]
fn a_strategy_that_keeps_settings_of_another_is_refused() {
    let live = go(None, Write::Create(deployment())).unwrap();
    let patch = json!({"spec": {"strategy": {"type": "Recreate"}}});
    assert!(go(Some(&live), Write::StrategicMergePatch(patch)).is_err());
    let patch = json!({"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}});
    let stored = go(Some(&live), Write::StrategicMergePatch(patch)).unwrap();
    assert_eq!(stored["spec"]["strategy"], json!({"type": "Recreate"}));
}

#[test]
fn scaling_changes_the_replicas_alone() {
    let live = go(None, Write::Create(deployment())).unwrap();
    let stored = go(Some(&live), Write::Scale { replicas: 0 }).unwrap();
    let mut expected = live.clone();
    expected["spec"]["replicas"] = json!(0);
    assert_eq!(stored, expected);
    assert!(go(Some(&live), Write::Scale { replicas: -1 }).is_err());
    assert_eq!(
        go(None, Write::Scale { replicas: 1 }),
        Err(Refused::Missing)
    );
}

#[test]
fn a_write_to_the_status_changes_nothing_else() {
    let live = go(None, Write::Create(deployment())).unwrap();
    let write = Write::MergePatch(json!({"spec": {"replicas": 9}, "status": {"replicas": 2}}));
    let stored = Subresource::Status
        .after(Some(&live), &write, &Schemas::default())
        .unwrap();
    let mut expected = live.clone();
    expected["status"] = json!({"replicas": 2});
    assert_eq!(stored, expected);
}

#[test]
fn an_unknown_version_of_a_known_kind_cannot_be_told() {
    let object =
        json!({"apiVersion": "apps/v9", "kind": "Deployment", "metadata": {"name": "web"}});
    let refused = go(None, Write::Create(object));
    assert!(
        matches!(refused, Err(Refused::Unknown { .. })),
        "{refused:?}"
    );
}

#[test]
fn unknown_fields_are_dropped_and_can_be_asked_for() {
    let mut object = deployment();
    object["spec"]["replica"] = json!(3);
    object["spec"]["template"]["spec"]["containers"][0]["imgae"] = json!("x");
    let schemas = Schemas::default();
    let unknown = ["spec.replica", "spec.template.spec.containers[0].imgae"];
    assert_eq!(unknown_fields(&object, &schemas), unknown);
    let stored = go(None, Write::Create(object)).unwrap();
    assert_eq!(unknown_fields(&stored, &schemas), [""; 0]);
}

#[test]
fn a_definition_gives_defaults_limits_and_fields() {
    let definition = json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": "playbooks.ops.example.com"},
        "spec": {
            "group": "ops.example.com", "scope": "Namespaced", "names": {"plural": "playbooks", "kind": "Playbook"},
            "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {
                "type": "object",
                "properties": {"spec": {"type": "object", "required": ["mode"], "properties": {
                    "mode": {"type": "string"},
                    "replicas": {"type": "integer", "minimum": 0, "maximum": 10, "default": 1},
                    "steps": {
                        "type": "array", "maxItems": 2, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
                        "items": {"type": "object", "properties": {"name": {"type": "string"}, "wait": {"type": "string", "default": "1m"}}},
                    },
                }}},
            }}}],
        },
    });
    let kinds = CustomKinds::parse("playbooks.json", &definition.to_string()).unwrap();
    let schemas = Schemas::default().with_custom(&kinds);
    let object = |spec: Json| {
        json!({
            "apiVersion": "ops.example.com/v1", "kind": "Playbook", "metadata": {"name": "p"}, "spec": spec,
        })
    };
    let create = |spec: Json| after(None, &Write::Create(object(spec)), &schemas);
    let stored = create(json!({"mode": "auto", "mystery": 1, "steps": [{"name": "drain"}]}))
        .unwrap()
        .unwrap();
    let spec = json!({"mode": "auto", "replicas": 1, "steps": [{"name": "drain", "wait": "1m"}]});
    assert_eq!(stored["spec"], spec);
    for refused in [
        json!({}),
        json!({"mode": "auto", "replicas": 11}),
        json!({"mode": "auto", "replicas": "two"}),
        json!({"mode": "auto", "steps": [{}, {}, {}]}),
    ] {
        assert!(create(refused.clone()).is_err(), "{refused}");
    }
    let step = |name: &str| Write::ServerSideApply {
        object: object(json!({"mode": "auto", "steps": [{"name": name}]})),
        manager: name.to_owned(),
        force: false,
    };
    let one = after(None, &step("one"), &schemas).unwrap();
    let both = after(one.as_ref(), &step("two"), &schemas)
        .unwrap()
        .unwrap();
    assert_eq!(both["spec"]["steps"].as_array().map(Vec::len), Some(2));
}

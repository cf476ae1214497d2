use serde_json::json;
use taffrail_schema::Schemas;

use super::*;
use crate::stored::kind::Kind;

fn deployment(spec: &Json) -> Json {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "api" },
        "spec": { "template": { "spec": spec } },
    })
}

/// Returns what a patch of the pod template makes of the spec in it.
fn patched(live: &Json, patch: &Json) -> Result<Json, Refused> {
    let mut object = deployment(live);
    let patch = json!({ "spec": { "template": { "spec": patch } } });
    apply_to(&mut object, &patch)?;
    Ok(object["spec"]["template"]["spec"].clone())
}

fn apply_to(object: &mut Json, patch: &Json) -> Result<(), Refused> {
    let schemas = Schemas::default();
    let copy = object.clone();
    let root = Kind::of(&copy, &schemas)?.root.unwrap();
    apply(object, patch, root, &schemas)
}

#[test]
fn containers_are_merged_by_name() {
    let live = json!({"containers": [{"name": "a", "image": "a:1"}, {"name": "b", "image": "b:1", "tty": true}]});
    let patch = json!({"containers": [{"name": "b", "image": "b:2"}]});
    let after = json!({"containers": [{"name": "a", "image": "a:1"}, {"name": "b", "image": "b:2", "tty": true}]});
    assert_eq!(patched(&live, &patch), Ok(after));
}

#[test]
fn new_elements_stand_before_those_that_only_the_live_list_has() {
    let live = json!({"containers": [{"name": "a"}]});
    let patch = json!({"containers": [{"name": "sidecar", "image": "s:1"}]});
    let after = json!({"containers": [{"name": "sidecar", "image": "s:1"}, {"name": "a"}]});
    assert_eq!(patched(&live, &patch), Ok(after));
}

#[test]
fn an_order_of_elements_is_put_in_place() {
    let live = json!({"containers": [{"name": "a"}, {"name": "b"}, {"name": "other"}]});
    let patch = json!({
        "$setElementOrder/containers": [{"name": "b"}, {"name": "new"}, {"name": "a"}],
        "containers": [{"name": "new", "image": "n:1"}],
    });
    let after = json!({"containers": [{"name": "b"}, {"name": "new", "image": "n:1"}, {"name": "a"}, {"name": "other"}]});
    assert_eq!(patched(&live, &patch), Ok(after));
}

#[test]
fn elements_are_deleted_by_directive() {
    let live = json!({"containers": [{"name": "a"}, {"name": "b"}]});
    let patch = json!({"containers": [{"name": "a", "$patch": "delete"}]});
    assert_eq!(
        patched(&live, &patch),
        Ok(json!({"containers": [{"name": "b"}]}))
    );
}

#[test]
fn lists_and_objects_are_replaced_by_directive() {
    let live = json!({
        "containers": [{"name": "a", "env": [{"name": "X", "value": "1"}]}],
        "nodeSelector": {"zone": "a"},
    });
    let patch = json!({
        "containers": [{"name": "a", "env": [{"$patch": "replace"}, {"name": "Y", "value": "2"}]}],
        "nodeSelector": {"$patch": "replace", "disk": "fast"},
    });
    let after = json!({
        "containers": [{"name": "a", "env": [{"name": "Y", "value": "2"}]}],
        "nodeSelector": {"disk": "fast"},
    });
    assert_eq!(patched(&live, &patch), Ok(after));
}

#[test]
fn lists_without_a_key_are_replaced() {
    let live =
        json!({"tolerations": [{"key": "a"}], "containers": [{"name": "a", "args": ["1", "2"]}]});
    let patch =
        json!({"tolerations": [{"key": "b"}], "containers": [{"name": "a", "args": ["3"]}]});
    assert_eq!(patched(&live, &patch), Ok(patch.clone()));
}

#[test]
fn ports_are_merged_by_number_alone() {
    let mut object = json!({
        "apiVersion": "v1", "kind": "Service", "metadata": { "name": "dns" },
        "spec": { "ports": [{"port": 53, "protocol": "UDP", "name": "dns"}] },
    });
    let patch = json!({"spec": {"ports": [{"port": 53, "protocol": "TCP"}]}});
    apply_to(&mut object, &patch).unwrap();
    let ports = json!([{"port": 53, "protocol": "TCP", "name": "dns"}]);
    assert_eq!(object["spec"]["ports"], ports);
}

#[test]
fn plain_values_are_added_once_and_taken_out_by_directive() {
    let mut object = deployment(&json!({}));
    object["metadata"]["finalizers"] = json!(["a", "b"]);
    let patch = json!({"metadata": {"finalizers": ["b", "c"], "$deleteFromPrimitiveList/finalizers": ["a"]}});
    apply_to(&mut object, &patch).unwrap();
    assert_eq!(object["metadata"]["finalizers"], json!(["b", "c"]));
}

#[test]
fn keys_that_are_not_retained_go() {
    let live = json!({"volumes": [{"name": "v", "emptyDir": {}}]});
    let patch = json!({"volumes": [{"name": "v", "configMap": {"name": "c"}, "$retainKeys": ["name", "configMap"]}]});
    let after = json!({"volumes": [{"name": "v", "configMap": {"name": "c"}}]});
    assert_eq!(patched(&live, &patch), Ok(after));
}

#[test]
fn null_takes_a_field_away_and_is_never_stored() {
    let live = json!({"hostname": "h", "nodeSelector": {"a": "1", "b": "2"}});
    let patch =
        json!({"hostname": null, "nodeSelector": {"a": null}, "affinity": {"nodeAffinity": null}});
    let after = json!({"nodeSelector": {"b": "2"}, "affinity": {}});
    assert_eq!(patched(&live, &patch), Ok(after));
}

#[test]
fn a_patch_with_a_mistake_is_refused() {
    for patch in [
        json!({"containers": [{"image": "a:1"}]}),
        json!({"containers": [{"name": "a", "$patch": "merge"}]}),
        json!({"containers": [{"$patch": "delete"}]}),
        json!({"nodeSelector": {"$patch": "remove"}}),
        json!({"nodeSelector": {"$retainKeys": ["a"], "b": "1"}}),
        json!({"$setElementOrder/containers": [{"name": "b"}], "containers": [{"name": "a"}]}),
    ] {
        let live = json!({"containers": [{"name": "a"}], "nodeSelector": {"a": "1"}});
        let refused = patched(&live, &patch);
        assert!(
            matches!(refused, Err(Refused::BadPatch { .. })),
            "{patch}: {refused:?}"
        );
    }
}

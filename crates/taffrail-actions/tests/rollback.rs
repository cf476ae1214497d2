//! How actions can be undone: classes, losses, and the inverse as a law.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as tests do"
)]

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use taffrail_actions::inverse::{NoInverse, inverse};
use taffrail_actions::stored::{Write, after, without_server_owned};
use taffrail_actions::{Action, Defaults, read_documents};
use taffrail_schema::Schemas;

fn rollback(document: &str) -> String {
    let mut actions = read_documents("a.yaml", document.as_bytes(), &Defaults::default()).unwrap();
    match actions.remove(0) {
        Action::Single(request) => {
            let known = request.rollback.to_json();
            format!("{} {}", known["class"], known["losses"])
        }
        Action::Plan(_) => panic!("a plan"),
    }
}

#[test]
fn class_and_losses_follow_from_the_change() {
    let deployment = "target: { apiVersion: apps/v1, kind: Deployment, namespace: a, name: b }";
    let set = "target: { apiVersion: apps/v1, kind: StatefulSet, namespace: a, name: b }";
    let pod = |image: &str| {
        format!(
            "{{ spec: {{ template: {{ spec: {{ containers: [{{ name: c, image: {image} }}] }} }} }} }}"
        )
    };
    let documents = [
        format!("verb: get\n{deployment}"),
        format!("verb: restart\n{deployment}"),
        format!("verb: scale\n{deployment}\ncurrent: {{ spec: {{ replicas: 5 }} }}\nproposed: {{ spec: {{ replicas: 3 }} }}"),
        format!("verb: scale\n{deployment}\ncurrent: {{ spec: {{ replicas: 5 }} }}\nproposed: {{ spec: {{ replicas: 7 }} }}"),
        format!("verb: scale\n{deployment}\nproposed: {{ spec: {{ replicas: 7 }} }}"),
        format!("verb: scale\n{set}\nproposed: {{ spec: {{ replicas: 7 }} }}"),
        format!("verb: scale\n{set}\ncurrent: {{ spec: {{ replicas: 5, persistentVolumeClaimRetentionPolicy: {{ whenScaled: Delete }} }} }}\nproposed: {{ spec: {{ replicas: 3 }} }}"),
        format!("verb: patch\n{deployment}\ncurrent: {}\nproposed: {}", pod("a:1"), pod("a:2")),
        format!("verb: patch\n{deployment}\ncurrent: {}\npatch: {{ metadata: {{ labels: {{ a: b }} }} }}", pod("a:1")),
        format!("verb: patch\n{deployment}\npatch: {{ spec: {{ paused: true }} }}"),
        format!("verb: apply\n{deployment}\ncurrent: null\nproposed: {}", pod("a:1")),
        format!("verb: delete\n{deployment}"),
        format!("verb: delete\n{set}"),
        format!("verb: delete\n{set}\ncurrent: {{ spec: {{ replicas: 5 }} }}"),
        format!("verb: delete\n{set}\ncurrent: {{ spec: {{ persistentVolumeClaimRetentionPolicy: {{ whenDeleted: Delete }} }} }}"),
        "verb: delete\ntarget: { apiVersion: v1, kind: PersistentVolumeClaim, namespace: a, name: b }".into(),
        "verb: delete\ntarget: { apiVersion: v1, kind: PersistentVolume, name: b }\ncurrent: { spec: { persistentVolumeReclaimPolicy: Retain } }".into(),
        "verb: delete\ntarget: { apiVersion: v1, kind: PersistentVolume, name: b }".into(),
        "verb: delete\ntarget: { apiVersion: v1, kind: Node, name: b }".into(),
        "verb: delete\ntarget: { apiVersion: v1, kind: Namespace, name: b }".into(),
        "verb: delete\ntarget: { apiVersion: v1, kind: Pod, namespace: a, name: b }".into(),
        "verb: exec\ntarget: { apiVersion: v1, kind: Pod, namespace: a, name: b }".into(),
        "verb: delete\ntarget: { apiVersion: example.com/v1, kind: Widget, namespace: a, name: b }".into(),
    ];
    let shown: Vec<String> = documents
        .iter()
        .map(|document| {
            format!(
                "{}\n    {}",
                document.replace('\n', "\n  "),
                rollback(document)
            )
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"));
}

fn deployment() -> impl Strategy<Value = Json> {
    (0_i64..9, "[a-c]", "[a-c]", any::<bool>(), any::<bool>()).prop_map(|(replicas, image, label, paused, limits)| {
        let mut object = json!({
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": { "name": "api", "namespace": "shop", "uid": "1", "resourceVersion": "7", "labels": { "tier": label } },
            "spec": {
                "replicas": replicas,
                "selector": { "matchLabels": { "app": "api" } },
                "template": {
                    "metadata": { "labels": { "app": "api" } },
                    "spec": { "containers": [{ "name": "api", "image": format!("r/{image}:1") }] },
                },
            },
            "status": { "replicas": replicas },
        });
        if paused {
            object["spec"]["paused"] = json!(true);
        }
        if limits {
            object["spec"]["template"]["spec"]["containers"][0]["resources"] = json!({ "limits": { "memory": "1Gi" } });
        }
        object
    })
}

fn plain_object() -> impl Strategy<Value = Json> {
    let data = proptest::collection::btree_map("[a-d]", "[x-z]{0,2}", 0..4);
    (data, any::<bool>()).prop_map(|(data, is_secret)| {
        let values: serde_json::Map<String, Json> = data
            .into_iter()
            .map(|(key, value)| (key, json!(value)))
            .collect();
        let mut object = json!({
            "apiVersion": "v1", "kind": if is_secret { "Secret" } else { "ConfigMap" },
            "metadata": { "name": "app", "namespace": "shop", "uid": "2" },
        });
        let encoded = |value: Json| if is_secret { json!("YQ==") } else { value };
        let values: serde_json::Map<String, Json> = values
            .into_iter()
            .map(|(key, value)| (key, encoded(value)))
            .collect();
        object["data"] = Json::Object(values);
        object
    })
}

fn write() -> impl Strategy<Value = Write> {
    let image = "[a-c]".prop_map(|image| json!({ "spec": { "template": { "spec": { "containers": [{ "name": "api", "image": image }] } } } }));
    prop_oneof![
        (0_i64..9).prop_map(|replicas| Write::Scale { replicas }),
        image.prop_map(Write::StrategicMergePatch),
        "[a-c]".prop_map(|label| Write::MergePatch(
            json!({ "metadata": { "labels": { "tier": label, "old": null } } })
        )),
        any::<bool>().prop_map(|paused| Write::MergePatch(json!({ "spec": { "paused": paused } }))),
        ("[a-d]", "[x-z]")
            .prop_map(|(key, value)| Write::MergePatch(json!({ "data": { key: value } }))),
        "[a-d]".prop_map(|key| Write::MergePatch(json!({ "data": { key: null } }))),
        Just(Write::Delete),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn the_inverse_of_a_change_brings_back_what_was(
        object in prop_oneof![deployment(), plain_object()],
        write in write(),
    ) {
        let schemas = Schemas::default();
        // As the server holds it, defaults and all.
        let before = after(Some(&object), &Write::Replace(object.clone()), &schemas).unwrap().unwrap();
        let Ok(changed) = after(Some(&before), &write, &schemas) else {
            return Ok(());
        };
        let undo = match inverse(Some(&before), changed.as_ref()) {
            Ok(undo) => undo,
            Err(reason) => {
                prop_assert_eq!(reason, NoInverse::NothingDone);
                prop_assert_eq!(changed.as_ref(), Some(&before));
                return Ok(());
            }
        };
        prop_assert_eq!(undo.is_exact(), write != Write::Delete);
        let back = after(changed.as_ref(), &undo.write, &schemas).unwrap().unwrap();
        prop_assert_eq!(without_server_owned(&back), without_server_owned(&before));
    }

    #[test]
    fn what_is_made_is_taken_back_by_deleting_it(object in prop_oneof![deployment(), plain_object()]) {
        let schemas = Schemas::default();
        let made = after(None, &Write::Create(without_server_owned(&object)), &schemas).unwrap();
        let undo = inverse(None, made.as_ref()).unwrap();
        prop_assert!(undo.is_exact());
        prop_assert_eq!(after(made.as_ref(), &undo.write, &schemas).unwrap(), None);
    }
}

#[test]
fn what_kept_data_has_no_inverse() {
    let owned =
        json!({ "kind": "Pod", "metadata": { "ownerReferences": [{ "controller": true }] } });
    let bare = json!({ "kind": "Pod", "apiVersion": "v1", "metadata": { "name": "a" } });
    let namespace = json!({ "kind": "Namespace" });
    assert_eq!(inverse(Some(&owned), None), Err(NoInverse::MadeAgain));
    assert_eq!(
        inverse(Some(&bare), None).unwrap().losses,
        ["pod identity", "status", "uid"]
    );
    assert_eq!(
        inverse(Some(&namespace), None).unwrap_err().to_string(),
        "what a Namespace stored is gone with it"
    );
    assert_eq!(inverse(None, None), Err(NoInverse::NothingDone));
}

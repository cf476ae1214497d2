//! Laws of what the API server would store, on generated objects.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "generated objects have what is asked of them, or the test fails"
)]

use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};
use taffrail_actions::stored::{Write, after};
use taffrail_schema::Schemas;

/// Returns values as they stand in objects of a custom kind: no nulls, which patches cannot set.
fn value() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Json::from),
        (0..5_i64).prop_map(Json::from),
        "[ab]{0,2}".prop_map(Json::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Json::from),
            fields(inner),
        ]
    })
}

fn fields(inner: impl Strategy<Value = Json>) -> impl Strategy<Value = Json> {
    prop::collection::btree_map("[a-d]", inner, 0..4)
        .prop_map(|fields| Json::Object(fields.into_iter().collect()))
}

/// Returns objects of a custom kind without a schema.
fn custom() -> impl Strategy<Value = Json> {
    fields(value()).prop_map(|spec| {
        json!({
            "apiVersion": "ops.example.com/v1", "kind": "Playbook",
            "metadata": { "name": "p", "namespace": "shop" }, "spec": spec,
        })
    })
}

/// Returns patches of text maps, as of labels and data, with deletions.
fn texts() -> impl Strategy<Value = Json> {
    let value = prop_oneof![Just(Json::Null), "[a-c]{0,2}".prop_map(Json::from)];
    prop::collection::btree_map("[a-d]", value, 0..4)
        .prop_map(|fields| Json::Object(fields.into_iter().collect()))
}

fn config_map() -> impl Strategy<Value = Json> {
    (texts(), texts()).prop_map(|(labels, data)| {
        let plain = |fields: &Json| -> Map<String, Json> {
            let fields = fields.as_object().unwrap().clone();
            fields.into_iter().filter(|(_, value)| !value.is_null()).collect()
        };
        json!({
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": { "name": "c", "namespace": "shop", "labels": plain(&labels) }, "data": plain(&data),
        })
    })
}

/// Returns deployments with some of three containers.
fn deployment() -> impl Strategy<Value = Json> {
    let container = |name: &'static str| {
        (
            "[a-c]",
            prop::option::of("[xy]"),
            prop::option::of(1..3_u16),
        )
            .prop_map(move |(image, value, port)| {
                let mut container = json!({ "name": name, "image": image });
                if let Some(value) = value {
                    container["env"] = json!([{ "name": "MODE", "value": value }]);
                }
                if let Some(port) = port {
                    container["ports"] = json!([{ "containerPort": port }]);
                }
                container
            })
    };
    let containers = (
        container("one"),
        container("two"),
        container("three"),
        1..8_usize,
        any::<bool>(),
    );
    (containers, 0..4_i64, texts()).prop_map(|((one, two, three, which, turned), replicas, notes)| {
        let all = [one, two, three].into_iter().enumerate();
        let chosen = all.filter(|(at, _)| which & (1 << at) != 0);
        let mut chosen: Vec<Json> = chosen.map(|(_, container)| container).collect();
        if turned {
            chosen.reverse();
        }
        let notes: Map<String, Json> = notes
            .as_object()
            .unwrap()
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        json!({
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": { "name": "api", "namespace": "shop", "annotations": notes },
            "spec": {
                "replicas": replicas,
                "selector": { "matchLabels": { "app": "api" } },
                "template": { "metadata": { "labels": { "app": "api" } }, "spec": { "containers": chosen } },
            },
        })
    })
}

/// Returns the merge patch that leads from one value to another.
fn difference(from: &Json, to: &Json) -> Json {
    let (Json::Object(from), Json::Object(to)) = (from, to) else {
        return to.clone();
    };
    let mut patch = Map::new();
    for key in from.keys().filter(|key| !to.contains_key(*key)) {
        patch.insert(key.clone(), Json::Null);
    }
    for (key, value) in to {
        match from.get(key) {
            Some(before) if before == value => {}
            Some(before) => {
                patch.insert(key.clone(), difference(before, value));
            }
            None => {
                patch.insert(key.clone(), value.clone());
            }
        }
    }
    Json::Object(patch)
}

fn stored(before: Option<&Json>, write: &Write) -> Json {
    after(before, write, &Schemas::default()).unwrap().unwrap()
}

fn created(object: &Json) -> Json {
    stored(None, &Write::Create(object.clone()))
}

fn applied(before: Option<&Json>, object: &Json, manager: &str) -> Json {
    let write = Write::ServerSideApply {
        object: object.clone(),
        manager: manager.to_owned(),
        force: true,
    };
    stored(before, &write)
}

proptest! {
    #[test]
    fn the_merge_patch_of_a_difference_gives_the_target(from in custom(), to in custom()) {
        let (from, to) = (created(&from), created(&to));
        let patch = Write::MergePatch(difference(&from, &to));
        prop_assert_eq!(stored(Some(&from), &patch), to);
    }

    #[test]
    fn a_strategic_merge_patch_without_lists_is_a_merge_patch(
        live in config_map(),
        labels in texts(),
        data in texts(),
    ) {
        let live = created(&live);
        let patch = json!({ "metadata": { "labels": labels }, "data": data });
        let merged = stored(Some(&live), &Write::MergePatch(patch.clone()));
        prop_assert_eq!(stored(Some(&live), &Write::StrategicMergePatch(patch)), merged);
    }

    #[test]
    fn what_is_stored_is_stored_again_as_it_is(object in deployment()) {
        let live = created(&object);
        prop_assert_eq!(&created(&live), &live);
        prop_assert_eq!(&stored(Some(&live), &Write::Replace(live.clone())), &live);
        prop_assert_eq!(&stored(Some(&live), &Write::MergePatch(json!({}))), &live);
        prop_assert_eq!(&stored(Some(&live), &Write::StrategicMergePatch(live.clone())), &live);
    }

    #[test]
    fn applying_twice_is_applying_once(first in deployment(), second in deployment()) {
        let live = applied(None, &first, "a");
        let once = applied(Some(&live), &second, "a");
        prop_assert_eq!(applied(Some(&once), &second, "a"), once);
    }

    #[test]
    fn the_only_manager_gets_what_it_applies(first in deployment(), second in deployment()) {
        let live = applied(None, &first, "a");
        let once = applied(Some(&live), &second, "a");
        prop_assert_eq!(once, applied(None, &second, "a"));
    }

    #[test]
    fn what_another_manager_applied_stays(first in deployment(), second in deployment()) {
        let live = applied(None, &first, "a");
        let both = applied(Some(&live), &second, "b");
        for container in first["spec"]["template"]["spec"]["containers"].as_array().unwrap() {
            let containers = both["spec"]["template"]["spec"]["containers"].as_array().unwrap();
            prop_assert!(containers.iter().any(|other| other["name"] == container["name"]));
        }
    }

    #[test]
    fn kubectl_apply_gives_what_it_applies(first in deployment(), second in deployment()) {
        let apply = |object: &Json| Write::ClientSideApply { object: object.clone() };
        let live = stored(None, &apply(&first));
        let once = stored(Some(&live), &apply(&second));
        prop_assert_eq!(&stored(Some(&once), &apply(&second)), &once);
        prop_assert_eq!(once, stored(None, &apply(&second)));
    }

    #[test]
    fn a_json_patch_that_replaces_the_spec_is_a_replacement(from in custom(), to in custom()) {
        let (from, to) = (created(&from), created(&to));
        let patch = json!([
            { "op": "test", "path": "/spec", "value": from["spec"] },
            { "op": "replace", "path": "/spec", "value": to["spec"] },
        ]);
        prop_assert_eq!(stored(Some(&from), &Write::JsonPatch(patch)), stored(Some(&from), &Write::Replace(to)));
    }
}

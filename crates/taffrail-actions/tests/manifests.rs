//! Manifests as people and tools write them: what they hold, and what is said of those that hold nothing good.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::fmt::Write as _;

use proptest::prelude::*;
use taffrail_actions::{Manifest, read_manifests};
use taffrail_runtime::Value;

fn read(text: &str) -> Vec<Manifest> {
    read_manifests("a.yaml", text.as_bytes(), Some("prod")).unwrap()
}

fn word(value: &Value) -> &str {
    match value {
        Value::String(text) => text,
        Value::Absent => "-",
        Value::Unknown(_) => "?",
        _ => "!",
    }
}

/// Shows each object as `line group/version/kind namespace/name`.
fn shown(manifests: &[Manifest]) -> String {
    manifests.iter().fold(String::new(), |mut text, manifest| {
        let target = &manifest.target;
        writeln!(
            text,
            "{} {}/{}/{} {}/{}",
            manifest.place.0,
            word(&target.group),
            word(&target.version),
            word(&target.kind),
            word(&target.namespace),
            word(&target.name),
        )
        .unwrap();
        text
    })
}

fn said(text: &str) -> String {
    let error = match read_manifests("a.yaml", text.as_bytes(), None) {
        Ok(manifests) => return shown(&manifests),
        Err(error) => error,
    };
    let hint = error.problem.hint();
    let hint = hint.map(|hint| format!("\n    {hint}")).unwrap_or_default();
    format!("{error}{hint}\n")
}

#[test]
fn documents_lists_comments_and_empty_ends_are_read() {
    let text = "\
---
# Source: shop/templates/service.yaml
---
apiVersion: v1
kind: Namespace
metadata: { name: shop, namespace: ignored }
---

---
apiVersion: v1
kind: List
items:
  - { apiVersion: v1, kind: Service, metadata: { name: web } }
  - apiVersion: apps/v1
    kind: DeploymentList
    items:
      - metadata: { name: web, namespace: shop }
  - { apiVersion: v1, kind: List, items: null }
---
apiVersion: batch/v1
kind: Job
metadata: { generateName: migrate- }
---
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: web }
---
apiVersion: example.com/v1
kind: AllowList
metadata: { name: hosts, namespace: shop }
...
---
";
    insta::assert_snapshot!(shown(&read(text)), @r"
    4 /v1/Namespace -/shop
    13 /v1/Service prod/web
    17 apps/v1/Deployment shop/web
    20 batch/v1/Job prod/?
    24 argoproj.io/v1alpha1/Rollout ?/web
    28 example.com/v1/AllowList shop/hosts
    ");
}

#[test]
fn json_lines_and_json_with_separators_are_read() {
    let one = r#"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"priority":9007199254740993,"share":0.5}}"#;
    let lines = read(&format!("{one}\n{one}\n"));
    let separated = read(&format!("{one}\n---\n{one}\n"));
    assert_eq!(lines.len(), 2);
    assert_eq!(separated.len(), 2);
    assert_eq!(lines[0].object, separated[1].object);
    let original: serde_json::Value = serde_json::from_str(one).unwrap();
    assert_eq!(lines[0].object, original);
}

#[test]
fn an_item_of_a_typed_list_has_the_type_of_the_list() {
    let manifests = read("apiVersion: v1\nkind: PodList\nitems: [{metadata: {name: a}}]");
    assert_eq!(manifests[0].object["kind"], "Pod");
    assert_eq!(manifests[0].object["apiVersion"], "v1");
}

#[test]
fn without_a_default_the_namespace_is_unknown() {
    let text = b"apiVersion: v1\nkind: Pod\nmetadata: {name: a}";
    let manifests = read_manifests("a.yaml", text, None).unwrap();
    assert!(matches!(manifests[0].target.namespace, Value::Unknown(_)));
}

#[test]
fn what_is_no_object_is_refused_with_its_place() {
    let texts = [
        "kind: Pod\nkind: Job",
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  labels: {a: x, a: y}",
        "kind: Pod\nmetadata: {name: a}",
        "apiVersion: v1\nmetadata: {name: a}",
        "apiVersion: v1\nkind: Pod",
        "apiVersion: v1\nkind: Pod\nmetadata: {}",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: 123}",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: [b]}",
        "apiVersion: v1\nkind: Pod\nmetadata: [name]",
        "apiVersion: 1\nkind: Pod\nmetadata: {name: a}",
        "apiVersion: Apps/v1\nkind: Pod\nmetadata: {name: a}",
        "apiVersion: v1\nkind: pods/exec\nmetadata: {name: a}",
        "- apiVersion: v1",
        "just text",
        "apiVersion: v1\nkind: List",
        "apiVersion: v1\nkind: List\nitems: {}",
        "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nitems: []",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: '{{ .Release.Name }}'}\nspec: {{ .Values.spec }}",
        "{\"apiVersion\": \"v1\", \"kind\": \"Pod\"",
        "{\"apiVersion\": \"v1\", \"apiVersion\": \"v2\"}",
        "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"a\"}}\n{\"kind\":\"Pod\"}",
    ];
    let table: String = texts
        .iter()
        .map(|text| format!("{}\n  {}", text.replace('\n', "⏎"), said(text)))
        .collect();
    insta::assert_snapshot!(table);
}

#[test]
fn lists_of_lists_end_somewhere() {
    let mut text = "{apiVersion: v1, kind: List, items: []}".to_owned();
    for _ in 0..9 {
        text = format!("{{apiVersion: v1, kind: List, items: [{text}]}}");
    }
    insta::assert_snapshot!(said(&text), @"a.yaml:1: the document is nested more than 8 deep");
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in r"(\PC|[\n:{}\[\]-]|---\n|kind: |items: |apiVersion: v1\n){0,40}") {
        let _ = read_manifests("a.yaml", text.as_bytes(), Some("prod"));
    }
}

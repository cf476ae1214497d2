//! Actions that are written as documents again are the same actions.

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

use std::fs;
use std::path::Path;

use taffrail_actions::{Action, Defaults, document_of, read_documents, without_secrets};

/// Every document that the shipped policies come with.
fn documents() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/baseline/examples");
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    files
        .map(|file| (file.display().to_string(), fs::read(file).unwrap()))
        .collect()
}

fn again(action: &Action) -> Vec<Action> {
    let written = document_of(action).to_string();
    read_documents("again.json", written.as_bytes(), &Defaults::default()).unwrap()
}

#[test]
fn a_written_document_is_the_same_action() {
    let documents = documents();
    assert!(documents.len() > 3);
    for (name, bytes) in documents {
        for action in read_documents(&name, &bytes, &Defaults::default()).unwrap() {
            assert_eq!(again(&action), [action], "{name}");
        }
    }
}

#[test]
fn every_part_of_a_document_is_written() {
    let text = br#"
verb: scale
principal: { kind: agent, id: healer, groups: [a, b], tenant: t }
intent: { goal: g, scope: { namespaces: [x], verbs: [scale] }, expires: 2026-11-22T12:00:00Z }
target: { apiVersion: apps/v1, kind: Deployment, namespace: x, name: api }
subresource: scale
current: { spec: { replicas: 3, weight: 0.25, huge: 123456789012345678 } }
patch: { spec: { replicas: 5, paused: null } }
rollback: { class: reversible, tested: true }
request: { reason: because, confidence: 0.9 }
facts:
  now: 2026-11-22T10:00:00.123456Z
  cluster: { name: eu-1, labels: { a: b } }
  namespace: { labels: { env: prod } }
  signals: { error_rate: { value: 0.002, observed: 2026-11-22T09:59:30Z }, odd: { value: "text" } }
  objects: [ { apiVersion: v1, kind: Pod, metadata: { name: p } } ]
  complete: [ { kind: Pod, namespace: any }, { kind: Pod, namespace: x } ]
  usage: [ { budget: a.b, by: any, used: 0.5 }, { budget: a.b, by: [x, 1], used: unknown }, { budget: a.c, used: 3 } ]
  breakers: [ { breaker: a.d, by: [x], state: open, until: 2026-11-22T11:00:00Z }, { breaker: a.d, by: any, state: unknown } ]
"#;
    let actions = read_documents("all.yaml", text, &Defaults::default()).unwrap();
    assert_eq!(again(&actions[0]), actions);
    let plan = br#"
principal: { kind: agent, id: healer }
facts: { namespace: { labels: {} } }
plan:
  - { verb: delete, target: { apiVersion: v1, kind: Pod, namespace: x, name: a }, current: null }
  - { verb: create, target: { apiVersion: v1, kind: Pod, namespace: x, name: b }, proposed: unknown }
"#;
    let actions = read_documents("plan.yaml", plan, &Defaults::default()).unwrap();
    assert_eq!(again(&actions[0]), actions);
}

#[test]
fn the_values_of_secrets_are_not_recorded() {
    let text = br#"
target: { apiVersion: v1, kind: Secret, namespace: x, name: db }
current:
  kind: Secret
  data: { password: aHVudGVyMg== }
  metadata: { annotations: { kubectl.kubernetes.io/last-applied-configuration: '{"stringData":{"password":"hunter2"}}', a: b } }
patch: { data: { password: bmV3, old: null }, stringData: { password: new } }
facts: { objects: [ { apiVersion: v1, kind: Secret, data: { other: b3RoZXI= } }, { apiVersion: v1, kind: ConfigMap, data: { plain: seen } } ] }
"#;
    let actions = read_documents("secret.yaml", text, &Defaults::default()).unwrap();
    let written = without_secrets(document_of(&actions[0]));
    let text = written.to_string();
    for value in ["aHVudGVyMg", "hunter2", "bmV3", "b3RoZXI", "\"new\""] {
        assert!(!text.contains(value), "{value} in {text}");
    }
    assert!(
        text.contains("seen") && text.contains(r#""a":"b""#),
        "{text}"
    );
    assert!(written["patch"]["data"]["old"].is_null());
    let plan = serde_json::json!({ "plan": [written] });
    assert_eq!(
        without_secrets(plan.clone())["plan"][0]["target"],
        plan["plan"][0]["target"]
    );
    read_documents("again.json", text.as_bytes(), &Defaults::default()).unwrap();
}

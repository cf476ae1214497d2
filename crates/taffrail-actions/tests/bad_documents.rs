//! Every document that is refused, with what is said about it.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use taffrail_actions::{Defaults, read_documents};

fn said(name: &str, bytes: &[u8]) -> String {
    match read_documents(name, bytes, &Defaults::default()) {
        Ok(actions) => format!("accepted: {actions:?}"),
        Err(error) => {
            let mut text = error.to_string();
            if let Some(hint) = error.problem.hint() {
                write!(text, "\n    {hint}").unwrap();
            }
            text
        }
    }
}

fn table(name: &str, documents: &[&str]) -> String {
    documents
        .iter()
        .map(|document| {
            format!(
                "{}\n  {}\n",
                document.replace('\n', "⏎"),
                said(name, document.as_bytes())
            )
        })
        .collect()
}

#[test]
fn bad_yaml_is_refused_with_path_and_line() {
    insta::assert_snapshot!(table(
        "a.yaml",
        &[
            "",
            "# nothing\n---\n---\n",
            "verb: scale\nfacts:\n  signal: {}",
            "verb: scale\nfact: {}",
            "verbs: scale",
            "colour: red",
            "verb: 3",
            "verb: null",
            "verb: scale\nverb: delete",
            "principal: { kind: robot, id: x }",
            "principal: { kind: agnet, id: x }",
            "principal: { name: x }",
            "principal: [healer]",
            "principal: { groups: admins }",
            "target: { apiVersion: apps/v1/x, kind: Deployment }",
            "target: { apiVersion: apps/, kind: Deployment }",
            "target: { apiVersion: 1, kind: Deployment }",
            "target: { group: apps, kind: Deployment }",
            "target: { kind: apps/Deployment }",
            "intent: { expires: tomorrow }",
            "intent: { expires: 2026-02-30T00:00:00Z }",
            "intent: { scope: { namespace: [payments] } }",
            "current: 3",
            "current: { spec: { replicas: 1, replicas: 2 } }",
            "proposed: {}\npatch: {}",
            "patch: [1]",
            "rollback: { class: maybe }",
            "rollback: { tested: 'no' }",
            "request: { confidence: high }",
            "facts: { now: 2026-11-22T10:00:00 }",
            "facts: { cluster: { version: 1.36 } }",
            "facts: { namespace: { labels: { tier: 1 } } }",
            "facts: { signals: { error_rate: 0.2 } }",
            "facts: { signals: { error_rate: { observed: 2026-11-22T10:00:00Z } } }",
            "facts: { signals: { error_rate: { value: 1, observd: 2026-11-22T10:00:00Z } } }",
            "facts: { objects: [ { metadata: {} } ] }",
            "facts: { objects: [ { kind: Pod, apiVersion: a/b/c } ] }",
            "facts: { complete: [ { kind: Pod } ] }",
            "facts: { usage: [ { budget: b, by: [x], used: 1 }, { budget: b, by: [x], used: 2 } ] }",
            "facts: { usage: [ { budget: b, by: all, used: 1 } ] }",
            "facts: { usage: [ { budget: b, used: many } ] }",
            "facts: { breakers: [ { breaker: b, state: opened } ] }",
            "facts: { breakers: [ { breaker: b, state: open }, { breaker: b, state: closed } ] }",
            "target: { apiVersion: apps/v1, kind: Deployment, name: a }\nproposed: { kind: Pod }",
            "target: { apiVersion: apps/v1, kind: Deployment, name: a }\ncurrent: { metadata: { name: b } }",
            "target: { apiVersion: v1, kind: Pod, namespace: a, name: b }\nfacts: { namespace: { name: c } }",
            "plan: []",
            "plan: { verb: scale }",
            "plan: [ { verb: scale, principal: {} } ]",
            "plan: [ { verb: scale } ]\nverb: scale",
            "plan: [ { verb: scale, targt: {} } ]",
            "current: { <<: 1 }",
            "a: &a { x: 1 }\ncurrent: { x: 2, <<: *a }",
            "current: { null: 1 }",
            "current: { [a]: 1 }",
            "current: *missing",
            "current: &self { a: *self }",
            "current: !!python/object:os.system {}",
            "current: { x: .inf }",
            "current: { x: 1e300 }",
            "current: { x: 123456789012345678901234567890123456789012 }",
            "current: { x: !!int abc }",
            "current: { a: [1, 2 }",
        ]
    ));
}

#[test]
fn bad_json_is_refused_with_path() {
    insta::assert_snapshot!(table(
        "a.json",
        &[
            "",
            "{",
            "[]",
            "{\"verb\": \"scale\", \"verb\": \"delete\"}",
            "{\"current\":\n {\"spec\": {\"a\": 1, \"a\": 2}}}",
            "{\"current\": {\"n\": 1e300}}",
            "{\"fact\": {}}",
            "{} trailing",
            "{\"verb\": \"scale\",}",
        ]
    ));
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    let said = [
        said("a.yaml", b"verb: scale\nx: \xff\n"),
        said("a.yaml", b"verb: scale\nx: a\0b\n"),
        said("a.json", b"{\"verb\": \"\0\"}"),
        said("-", b"\xfe\xff\0v"),
    ]
    .join("\n");
    insta::assert_snapshot!(said, @r#"
    a.yaml:2: byte 15 is not UTF-8
    a.yaml:2: a NUL byte stands in the text
    a.json:1: a NUL byte stands in the text
    -:1: byte 0 is not UTF-8
    "#);
}

#[test]
fn hostile_sizes_are_refused_soon() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..30 {
        let below = format!("*a{}, ", level - 1).repeat(9);
        writeln!(bomb, "a{level}: &a{level} [{below}]").unwrap();
    }
    let started = Instant::now();
    let said = [
        said("bomb.yaml", bomb.as_bytes()),
        said("flow.yaml", "[".repeat(10_000).as_bytes()),
        said("block.yaml", "- ".repeat(10_000).as_bytes()),
        said("maps.yaml", "{a: ".repeat(10_000).as_bytes()),
        said(
            "deep.json",
            ("[".repeat(10_000) + &"]".repeat(10_000)).as_bytes(),
        ),
        said("long.yaml", "- a\n".repeat(1_100_000).as_bytes()),
        said("longer.yaml", &vec![b' '; 40 * 1024 * 1024]),
        said("key.yaml", ("x".repeat(1_000_000) + ": 1").as_bytes()),
    ]
    .join("\n");
    assert!(started.elapsed() < Duration::from_secs(60));
    insta::assert_snapshot!(said, @r#"
    bomb.yaml:6: the document has more than 1000000 values, aliases expanded
    flow.yaml:1: the document is nested more than 128 deep
    block.yaml:1: the document is nested more than 128 deep
    maps.yaml:1: the document is nested more than 128 deep
    deep.json:1: the document is nested more than 128 deep
    long.yaml:1000000: the document has more than 1000000 values, aliases expanded
    longer.yaml: the document has 41943040 bytes, at most 33554432 are read
    key.yaml:1: this is not YAML: mapping values are not allowed in this context in column 1000001
    "#);
}

//! What documents mean.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

use taffrail_actions::{Action, Defaults, read_documents};
use taffrail_runtime::Decimal;
use taffrail_runtime::Value;
use taffrail_runtime::request::{BreakerState, LedgerKey, Proposed, Request};

fn actions(name: &str, text: &str) -> Vec<Action> {
    read_documents(name, text.as_bytes(), &Defaults::default()).unwrap()
}

fn request(text: &str) -> Request {
    match actions("a.yaml", text).remove(0) {
        Action::Single(request) => *request,
        Action::Plan(_) => panic!("a plan"),
    }
}

fn current(text: &str) -> serde_json::Value {
    request(&format!("current:\n  {}", text.replace('\n', "\n  ")))
        .current
        .to_json()
}

fn text(value: &Value) -> String {
    value.to_json().to_string()
}

const EXAMPLE: &str = r#"
verb: scale
principal: { kind: agent, id: healer, groups: [platform-agents], tenant: payments }
intent: { goal: "keep checkout within its SLO", scope: { namespaces: ["payments"], verbs: [scale, restart] }, expires: 2026-11-22T12:00:00Z }
target: { apiVersion: apps/v1, kind: Deployment, namespace: payments, name: api }
current: { spec: { replicas: 3 } }
patch: { spec: { replicas: 5, paused: null } }
rollback: { class: reversible, tested: false }
request: { reason: "p99 above target for 6 minutes", confidence: 0.9 }
facts:
  now: 2026-11-22T10:00:00Z
  cluster: { name: eu-1, environment: production, region: eu-west, version: "1.36", labels: {} }
  namespace: { name: payments, labels: { env: prod }, annotations: {} }
  signals: { error_rate: { value: 0.002, observed: 2026-11-22T09:59:30Z } }
  objects: [ { apiVersion: v1, kind: Pod } ]
  complete: [ { kind: PodDisruptionBudget, namespace: payments }, { kind: Pod, namespace: any } ]
  usage: [ { budget: payments.self_healing.restarts, by: [payments, api], used: 3 }, { budget: b, by: any, used: unknown } ]
  breakers: [ { breaker: payments.self_healing.failing_rollouts, by: [payments], state: half_open, until: 2026-11-22T10:30:00Z } ]
"#;

#[test]
fn a_whole_document_is_read() {
    let read = request(EXAMPLE);
    let parts = [
        ("principal", &read.principal),
        ("intent", &read.intent),
        ("current", &read.current),
        ("rollback", &read.rollback),
        ("request", &read.request),
        ("cluster", &read.cluster),
        ("namespace", &read.namespace),
        ("now", &read.now),
        ("object", &read.objects[0]),
    ]
    .map(|(name, value)| format!("{name}: {}\n", text(value)))
    .concat();
    insta::assert_snapshot!(parts, @r#"
    principal: {"groups":["platform-agents"],"id":"healer","kind":"agent","tenant":"payments"}
    intent: {"expires":"2026-11-22T12:00:00Z","goal":"keep checkout within its SLO","scope":{"namespaces":["payments"],"verbs":["scale","restart"]}}
    current: {"spec":{"replicas":3}}
    rollback: {"class":"reversible","tested":false}
    request: {"confidence":0.9,"reason":"p99 above target for 6 minutes"}
    cluster: {"environment":"production","labels":{},"name":"eu-1","region":"eu-west","version":"1.36"}
    namespace: {"annotations":{},"labels":{"env":"prod"},"name":"payments"}
    now: "2026-11-22T10:00:00Z"
    object: {"apiVersion":"v1","kind":"Pod"}
    "#);
    let Proposed::Patch(patch) = &read.proposed else {
        panic!("no patch");
    };
    assert_eq!(text(patch), r#"{"spec":{"paused":null,"replicas":5}}"#);
    assert_eq!(
        read.signals[0].1.observed,
        Some("2026-11-22T09:59:30Z".parse().unwrap())
    );
    assert_eq!(read.complete[1].namespace, None);
    assert_eq!(read.usage[0].used, Some(Decimal::from(3)));
    assert_eq!(read.usage[1].by, LedgerKey::Any);
    assert_eq!(read.breakers[0].state, Some(BreakerState::HalfOpen));
}

#[test]
fn json_means_what_the_same_yaml_means() {
    let json = r#"{"verb": "delete", "target": {"apiVersion": "v1", "kind": "Node", "name": "a"}, "current": null,
        "proposed": {"spec": {"x": [1, 0.5, true, "😀 \u00e9"]}}}"#;
    assert_eq!(actions("a.json", json), actions("a.yaml", json));
    assert_eq!(actions("-", json), actions("a.yaml", json));
}

#[test]
fn what_is_left_out_is_unknown_and_null_is_absent() {
    let nothing = request("verb: get");
    assert!(matches!(nothing.current, Value::Unknown(_)));
    assert!(matches!(nothing.principal, Value::Unknown(_)));
    assert!(matches!(nothing.namespace, Value::Unknown(_)));
    assert!(matches!(nothing.now, Value::Unknown(_)));
    assert_eq!(nothing.intent, Value::Absent);
    assert_eq!(nothing.proposed, Proposed::FromVerb);
    let given = request("current: null\nproposed: null\nintent: unknown\nprincipal: { id: a }");
    assert_eq!(given.current, Value::Absent);
    assert_eq!(given.proposed, Proposed::Given(Value::Absent));
    assert!(matches!(given.intent, Value::Unknown(_)));
    assert_eq!(text(&given.principal), r#"{"id":"a"}"#);
}

#[test]
fn the_clock_of_the_caller_stands_in_for_now() {
    let now = "2026-01-01T00:00:00Z".parse().unwrap();
    let defaults = Defaults { now: Some(now) };
    let read = |text: &str| read_documents("a.yaml", text.as_bytes(), &defaults).unwrap();
    assert_eq!(read("verb: get")[0].requests()[0].now, Value::Time(now));
    let own = read("facts: { now: 2027-01-01 }");
    assert_eq!(text(&own[0].requests()[0].now), "\"2027-01-01T00:00:00Z\"");
}

#[test]
fn a_clock_that_is_written_unknown_stays_unknown() {
    let defaults = Defaults {
        now: Some("2026-11-22T10:00:00Z".parse().unwrap()),
    };
    let text = b"verb: scale\nintent: { goal: heal, expires: unknown }\nfacts: { now: unknown }\n";
    let actions = read_documents("action.yaml", text, &defaults).unwrap();
    let request = &actions[0].requests()[0];
    assert!(
        matches!(request.now, Value::Unknown(_)),
        "{:?}",
        request.now
    );
    let expires = request.intent.field("expires", &String::new);
    assert!(matches!(expires, Value::Unknown(_)), "{expires:?}");
}

#[test]
fn a_target_is_unknown_where_it_is_silent() {
    let of = |text: &str| request(&format!("target: {text}")).target;
    let pod = of("{ apiVersion: v1, kind: Pod, name: a }");
    assert!(
        matches!(pod.namespace, Value::Unknown(_)),
        "some namespace, nobody said which"
    );
    assert_eq!(pod.group, Value::string(""));
    assert_eq!(
        of("{ apiVersion: v1, kind: Node, name: a }").namespace,
        Value::Absent
    );
    assert_eq!(
        of("{ kind: Widget, namespace: null }").namespace,
        Value::Absent
    );
    assert!(matches!(
        of("{ kind: Deployment }").group,
        Value::Unknown(_)
    ));
}

#[test]
fn the_namespace_is_named_by_the_target() {
    let named = request("target: { apiVersion: v1, kind: Pod, namespace: a, name: b }").namespace;
    assert!(text(&named).contains(r#""name":"a""#));
    assert!(text(&named).contains(r#""labels":{"unknown""#));
    let own = request("target: { apiVersion: v1, kind: Namespace, name: b }").namespace;
    assert!(text(&own).contains(r#""name":"b""#));
    let node = request("target: { apiVersion: v1, kind: Node, name: b }").namespace;
    assert_eq!(node, Value::Absent);
}

#[test]
fn rollback_is_derived_from_verb_and_kind() {
    let class = |verb: &str, target: &str| {
        let read = request(&format!(
            "verb: {verb}\ntarget: {{ {target}, name: a, namespace: b }}"
        ));
        text(&read.rollback)
            .split('"')
            .nth(3)
            .unwrap_or_default()
            .to_owned()
    };
    let deployment = "apiVersion: apps/v1, kind: Deployment";
    let claim = "apiVersion: v1, kind: PersistentVolumeClaim";
    let custom = "apiVersion: example.com/v1, kind: PersistentVolumeClaim";
    assert_eq!(class("get", claim), "read_only");
    assert_eq!(class("delete", deployment), "reversible");
    assert_eq!(class("delete", claim), "irreversible");
    assert_eq!(class("delete", custom), "unknown");
    assert_eq!(class("drain", deployment), "unknown");
    let pod = |current: &str| {
        let target = "apiVersion: v1, kind: Pod, namespace: a, name: b";
        let read = request(&format!("verb: delete\ntarget: {{ {target} }}\n{current}"));
        text(&read.rollback)
    };
    let owned = "current: { metadata: { ownerReferences: [ { controller: true } ] } }";
    assert!(pod(owned).contains(r#""class":"reversible""#));
    assert!(pod("current: { metadata: {} }").contains(r#""class":"irreversible""#));
    assert!(pod("").contains(r#""class":{"unknown""#));
    let tested = request("verb: delete\nrollback: { tested: true }").rollback;
    assert!(text(&tested).contains(r#""tested":true"#));
    assert!(text(&tested).contains(r#""class":{"unknown""#));
}

#[test]
fn objects_are_read_as_kubectl_reads_them() {
    insta::assert_snapshot!(
        current(
            "answers: [y, no, Off, 'no', !!str yes]\n\
             numbers: [014, 0o14, 0x1F, 0b11, 1_000, +1, 1e3, 1., .5, 09, -0x10, 1__0, 18446744073709551616]\n\
             texts: [12:30, 2026-11-22, 1.2.3, _1, 0x, '014', 1e, ., 5m, 1_0.5_x, '<<', .5_0]\n\
             more: [1_0.5, 0b12, 0o9, 1e-3, 1.5e3, +.5, -.5, 0.0, 1E5, -0, 00, 0_7, 0xffffffffffffffffff, TRUE, tRue, \"yes\", =]\n\
             nulls: [~, null, '', ]\n\
             empty:\n\
             n: key\n\
             1: number\n\
             binary: !!str 0b1\n\
             block: |\n  a\n  b\n"
        ),
        @r#"{"1":"number","answers":[true,false,false,"no","yes"],"binary":"0b1","block":"a\nb\n","empty":null,"false":"key","more":[10.5,"0b12","0o9",0.001,1500,0.5,-0.5,0,100000,0,0,7,"0xffffffffffffffffff",true,"tRue","yes","="],"nulls":[null,null,""],"numbers":[12,12,31,3,1000,1,1000,1,0.5,9,-16,10,"18446744073709551616"],"texts":["12:30","2026-11-22","1.2.3","_1","0x","014","1e",".","5m","1_0.5_x","<<",0.5]}"#
    );
}

#[test]
fn merge_keys_are_applied_and_own_keys_win() {
    let read = current(
        "base: &b { x: 1, y: 2 }\nother: &o { y: 3, z: 4 }\nmerged: { <<: [*b, *o], x: 9 }\n",
    );
    assert_eq!(read["merged"].to_string(), r#"{"true":2,"x":9,"z":4}"#);
}

#[test]
fn several_documents_are_several_actions() {
    assert_eq!(
        actions("a.yaml", "verb: get\n---\n# none\n---\nverb: list\n...\n").len(),
        2
    );
    assert_eq!(
        actions("a.json", "{\"verb\": \"get\"}\n{\"verb\": \"list\"}\n").len(),
        2
    );
}

#[test]
fn the_steps_of_a_plan_share_principal_intent_and_facts() {
    let read = actions(
        "a.yaml",
        "principal: { kind: agent, id: a }\n\
         facts: { namespace: { labels: { env: prod } } }\n\
         plan:\n\
         - { verb: scale, target: { apiVersion: apps/v1, kind: Deployment, namespace: x, name: a } }\n\
         - { verb: delete, target: { apiVersion: v1, kind: Pod, namespace: x, name: b } }\n",
    );
    let Action::Plan(plan) = &read[0] else {
        panic!("not a plan");
    };
    assert_eq!(plan.steps.len(), 2);
    for step in &plan.steps {
        assert_eq!(text(&step.principal), r#"{"id":"a","kind":"agent"}"#);
        assert_eq!(
            text(&step.namespace),
            r#"{"labels":{"env":"prod"},"name":"x"}"#
        );
    }
}

#[test]
fn usage_for_any_key_is_kept_apart_from_no_key() {
    let read = request(
        "facts: { usage: [ { budget: b, by: any, used: 0 }, { budget: b, used: unknown } ] }",
    );
    assert_eq!(read.usage[0].by, LedgerKey::Any);
    assert_eq!(read.usage[0].used, Some(Decimal::ZERO));
    assert_eq!(read.usage[1].by, LedgerKey::Values(Vec::new()));
    assert_eq!(read.usage[1].used, None);
}

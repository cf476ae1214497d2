//! `taffrail parse`, `decide --kubectl` and `taffrail kubectl`.

use std::fs;

use crate::support::Workspace;

const POLICY: &str = r#"policy shop.lines

guard to_zero {
    on scale of Deployment, StatefulSet
    when proposed.spec.replicas == 0
    escalate
    because "{target.name} would go from {current.spec.replicas} replicas to none"
}

grant plain {
    on scale, get, list, logs, label
    when principal.kind == agent
}
"#;

const FACTS: &str = "principal: { kind: agent, id: healer, groups: [], tenant: shop }\n\
    facts: { now: 2026-11-22T10:00:00Z }\n";

const LIVE: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: api, namespace: shop }\n\
    spec: { replicas: 3, selector: { matchLabels: { app: api } }, template: { metadata: { labels: { app: api } }, spec: { containers: [{ name: api, image: a:1 }] } } }\n";

/// A kubectl that notes what it is asked and knows one Deployment.
const FAKE: &str = r#"#!/bin/sh
echo "$*" >> "$(dirname "$0")/asked.txt"
case "$1 $2" in
    "config view") printf shop ;;
    "get deploy") printf '%s' '{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"api","namespace":"shop"},"spec":{"replicas":3,"selector":{"matchLabels":{"app":"api"}},"template":{"metadata":{"labels":{"app":"api"}},"spec":{"containers":[{"name":"api","image":"a:1"}]}}}}' ;;
    "get "*) exit 1 ;;
    *) echo "done: $*"; exit 7 ;;
esac
"#;

fn workspace() -> Workspace {
    Workspace::new(&[
        ("policies/lines.guard", POLICY),
        ("facts.yaml", FACTS),
        ("live.yaml", LIVE),
        ("kubectl", FAKE),
    ])
}

#[test]
fn a_line_is_shown_as_it_was_understood() {
    let workspace = workspace();
    let lines = [
        "kubectl -n $NS delete deploy,svc -l app=x --context prod; helm upgrade web ./chart",
        "kubectl get secrets -A -o yaml | grep password",
        "kubectl get pods $(kubectl delete ns prod)",
        "kubectl delete ns prod --dry-run=none --as=admin",
        "kubectl get pods <pod-name> > pods.txt",
        "kubectl frobnicate x",
        "echo hello",
        "kubectl get 'pods",
    ];
    let shown: Vec<String> = lines
        .iter()
        .map(|line| {
            format!(
                "$ {line}\n{}",
                workspace.run(&["parse", "--kubectl", line]).shown()
            )
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"));
    let markdown = ["parse", "--output", "markdown", "--kubectl", lines[0]];
    insta::assert_snapshot!(workspace.run(&markdown).shown());
}

#[test]
fn each_line_of_a_batch_is_answered_by_one_line() {
    let input = b"kubectl get pods\n\nkubectl scale deploy/api --replicas=0 -n prod\r\nkubectl get \xff\xfe\n";
    let ran = workspace().run_with_input(&["parse", "--batch", "-"], input);
    assert_eq!(ran.code, Some(0));
    let answers: Vec<serde_json::Value> = ran
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let effects: Vec<&str> = answers
        .iter()
        .map(|answer| answer["effect"].as_str().unwrap())
        .collect();
    assert_eq!(effects, ["read", "unknown", "write", "unknown"]);
    assert_eq!(answers[2]["verb"], "scale");
    assert_eq!(
        answers[2]["targets"][0],
        serde_json::json!({
            "resource": "deploy", "group": "apps", "kind": "Deployment", "namespace": "prod", "name": "api", "selected_by": "named"
        })
    );
    assert_eq!(answers[2]["unknowns"], serde_json::json!([]));
}

#[test]
fn a_line_of_a_batch_may_be_a_call() {
    let input = br#"{"tool": "pods_delete", "arguments": {"name": "api-1", "namespace": "shop"}}
{"tool": "pods_hug", "arguments": {}}
"#;
    let ran = workspace().run_with_input(&["parse", "--batch", "-"], input);
    insta::assert_snapshot!(ran.out);
}

#[test]
fn a_call_is_decided_by_the_change_it_makes() {
    let workspace = workspace();
    let decide = |call: &str| {
        let start = ["decide", "--policies", "policies", "--tool-call", call];
        let around = ["--facts", "facts.yaml", "--current", "live.yaml"];
        workspace.run(&[start.as_slice(), &around].concat())
    };
    let scale = |replicas: u8| {
        decide(&format!(
            r#"{{"name": "resources_scale", "arguments": {{"apiVersion": "apps/v1", "kind": "Deployment", "name": "api", "namespace": "shop", "scale": {replicas}}}}}"#
        ))
    };
    assert_eq!(scale(5).code, Some(0));
    assert_eq!(scale(0).code, Some(4));
    insta::assert_snapshot!(decide("pods_list").shown());
}

#[test]
fn a_review_is_an_action_document() {
    let review = r#"{ "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {
        "uid": "1", "operation": "UPDATE", "subResource": "scale", "name": "api", "namespace": "shop",
        "kind": { "group": "autoscaling", "version": "v1", "kind": "Scale" },
        "resource": { "group": "apps", "version": "v1", "resource": "deployments" },
        "userInfo": { "username": "healer" },
        "oldObject": { "spec": { "replicas": 3 } }, "object": { "spec": {} } } }"#;
    let workspace = Workspace::new(&[("policies/lines.guard", POLICY), ("review.json", review)]);
    let ran = workspace.run(&["decide", "--policies", "policies", "review.json"]);
    assert_eq!(ran.code, Some(4));
}

#[test]
fn a_line_is_decided_by_the_change_it_makes() {
    let workspace = workspace();
    let decide = |line: &str, more: &[&str]| {
        let start = [
            "decide",
            "--policies",
            "policies",
            "--kubectl",
            line,
            "--facts",
            "facts.yaml",
        ];
        workspace.run(&[start.as_slice(), more].concat())
    };
    let live = ["--current", "live.yaml"];
    let to_zero = decide("kubectl scale deploy/api --replicas=0 -n shop", &live);
    assert_eq!(to_zero.code, Some(4));
    insta::assert_snapshot!(to_zero.shown());
    assert_eq!(
        decide("kubectl scale deploy/api --replicas=5 -n shop", &live).code,
        Some(0)
    );
    // The line names no namespace; the only live object of the name says it.
    assert_eq!(
        decide("kubectl scale deploy/api --replicas=5", &live).code,
        Some(0)
    );
    assert_eq!(
        decide("kubectl scale deploy/api --replicas=$N -n shop", &live).code,
        Some(4),
        "a number that is not known may be zero"
    );
    assert_eq!(
        decide("kubectl label deploy api -n shop team=a", &live).code,
        Some(0)
    );
    assert_eq!(
        decide("kubectl get pods -n shop | grep api", &[]).code,
        Some(0)
    );
    assert_eq!(
        decide("kubectl get pods --as=admin", &[]).code,
        Some(3),
        "as another user"
    );
    assert_eq!(
        decide(
            "kubectl get pods; kubectl scale deploy/api --replicas=0 -n shop",
            &live
        )
        .code,
        Some(4)
    );
    assert_ne!(decide("rm -rf /", &[]).code, Some(0));
    assert_ne!(decide("", &[]).code, Some(0));
}

#[cfg(unix)]
#[test]
fn only_what_may_be_executed_is_run() {
    use std::os::unix::fs::PermissionsExt as _;

    let workspace = workspace();
    let fake = workspace.folder.join("kubectl");
    fs::set_permissions(&fake, fs::Permissions::from_mode(0o755)).unwrap();
    let fake = fake.display().to_string();
    let asked = || fs::read_to_string(workspace.folder.join("asked.txt")).unwrap_or_default();
    let start = [
        "kubectl",
        "--policies",
        "policies",
        "--facts",
        "facts.yaml",
        "--program",
        &fake,
        "--",
    ];

    let ran = workspace.run(
        &[
            start.as_slice(),
            &["scale", "deploy", "api", "--replicas=0"],
        ]
        .concat(),
    );
    assert_eq!(ran.code, Some(4), "{}", ran.err);
    assert_eq!(ran.out, "", "what is not run prints nothing of its own");
    assert!(
        ran.err.contains("api would go from 3 replicas to none"),
        "{}",
        ran.err
    );
    assert!(!asked().contains("scale"), "{}", asked());

    let ran = workspace.run(
        &[
            start.as_slice(),
            &["scale", "deploy", "api", "--replicas=5"],
        ]
        .concat(),
    );
    assert_eq!(ran.code, Some(7), "the program's own code: {}", ran.err);
    assert_eq!(ran.out, "done: scale deploy api --replicas=5\n");
}

#[test]
fn mistakes_are_answered() {
    let workspace = workspace();
    let start = ["decide", "--policies", "policies"];
    let mistakes: [&[&str]; 4] = [
        &["--kubectl", "kubectl get pods", "--facts", "nowhere.yaml"],
        &[
            "--kubectl",
            "kubectl get pods",
            "--current",
            "policies/lines.guard",
        ],
        &["--kubectl", "kubectl get pods", "live.yaml"],
        &["live.yaml", "--current", "live.yaml"],
    ];
    let shown: Vec<String> = mistakes
        .iter()
        .map(|mistake| workspace.run(&[start.as_slice(), mistake].concat()).shown())
        .collect();
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn what_a_command_makes_by_itself_is_decided_as_an_object() {
    let workspace = Workspace::new(&[
        (
            "policies/made.guard",
            "policy shop.made\n\nguard latest {\n    on create of workload\n    when some c in proposed.containers: image(c.image).tag == \"latest\"\n    escalate\n    \
             because \"an image without a version\"\n}\n\ngrant made {\n    on create\n    when known(proposed.kind)\n}\n",
        ),
        ("facts.yaml", FACTS),
        ("live.yaml", LIVE),
    ]);
    let decide = |line: &str| {
        let start = [
            "decide",
            "--policies",
            "policies",
            "--kubectl",
            line,
            "--facts",
            "facts.yaml",
            "--current",
            "live.yaml",
        ];
        workspace.run(&start)
    };
    assert_eq!(
        decide("kubectl create deployment web --image=nginx:1.29 -n shop").code,
        Some(0)
    );
    assert_eq!(
        decide("kubectl create deployment web --image=nginx -n shop").code,
        Some(4)
    );
    assert_eq!(
        decide("kubectl run t --image=busybox -n shop -- sleep 1").code,
        Some(4)
    );
    let expose = decide("kubectl expose deploy/api --port=80 --name=front -n shop");
    assert_eq!(expose.code, Some(0));
    assert!(
        expose.out.contains("create Service shop/front"),
        "{}",
        expose.out
    );
    let autoscale = decide("kubectl autoscale deploy/api --min=1 --max=5 -n shop");
    assert!(
        autoscale
            .out
            .contains("autoscaling/HorizontalPodAutoscaler shop/api"),
        "{}",
        autoscale.out
    );
    assert_ne!(
        decide("kubectl create deployment web --image=$I -n shop").code,
        Some(0)
    );
}

//! Calls of tools: what they are taken for, and that nothing that changes is taken for a read.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use taffrail_actions::Effect;
use taffrail_actions::tool_call::{Change, ToolCall, read_tool_call, read_written};
use taffrail_runtime::Value;

fn word(value: &Value) -> &str {
    match value {
        Value::String(text) => text,
        Value::Absent => "-",
        _ => "?",
    }
}

fn change(change: &Change) -> String {
    match change {
        Change::ByVerb => String::new(),
        Change::Manifest { .. } => " = manifest".into(),
        Change::Patch { of, patch } => format!(" {of:?} patch {patch}"),
        Change::Replicas(number) => format!(" = {number} replicas"),
        Change::Command(words) => format!(" $ {}", words.join(" ")),
        Change::Unknown => " = ?".into(),
    }
}

/// Shows a call as `effect verb`, one line for each object, one for each thing that cannot be told.
fn shown(call: &ToolCall) -> String {
    let mut text = format!("{} {}\n", call.effect, call.verb);
    for step in &call.steps {
        let target = &step.target;
        writeln!(
            text,
            "    {}/{} {}/{}{}",
            word(&target.group),
            word(&target.kind),
            word(&target.namespace),
            word(&target.name),
            change(&step.change)
        )
        .unwrap();
    }
    for command in call.line.iter().flat_map(|line| &line.commands) {
        writeln!(
            text,
            "    {} {}: {}",
            command.program, command.verb, command.effect
        )
        .unwrap();
    }
    for (name, value) in &call.access {
        writeln!(text, "    at {name} {value}").unwrap();
    }
    for doubt in &call.unknowns {
        writeln!(text, "    {doubt}").unwrap();
    }
    text
}

/// Shows the calls of a text: one a line, the tool before its arguments.
fn table(calls: &str) -> String {
    calls.lines().fold(String::new(), |mut text, line| {
        let (tool, arguments) = line.split_once(' ').unwrap();
        let arguments = serde_json::from_str(arguments).unwrap();
        let call = read_tool_call(tool, &arguments, None);
        write!(text, "{line}\n  {}", shown(&call)).unwrap();
        text
    })
}

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}";

#[test]
fn calls_are_taken_for_what_they_do() {
    let table = table(include_str!("tool_calls/understood.txt"));
    insta::assert_snapshot!(table);
}

#[test]
fn what_is_not_understood_is_said() {
    let table = table(include_str!("tool_calls/doubtful.txt"));
    insta::assert_snapshot!(table);
}

/// Returns the calls that were recorded, if they are on this machine.
fn recorded() -> Option<Vec<(String, Json)>> {
    let file = "shared/corpus/actions/mcp-toolcalls.jsonl";
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let text = here
        .ancestors()
        .find_map(|folder| std::fs::read_to_string(folder.join(file)).ok())?;
    let calls = text.lines().map(|line| {
        let call: Json = serde_json::from_str(line).unwrap();
        let tool = call.get("tool").and_then(Json::as_str).unwrap();
        (tool.to_owned(), call.get("arguments").cloned().unwrap())
    });
    Some(calls.collect())
}

#[test]
fn every_recorded_call_is_understood() {
    let Some(calls) = recorded() else {
        eprintln!("the recorded calls are not on this machine");
        return;
    };
    let mut effects: BTreeMap<String, usize> = BTreeMap::new();
    let mut not_understood: BTreeMap<String, usize> = BTreeMap::new();
    for (tool, arguments) in &calls {
        let call = read_tool_call(tool, arguments, Some("default"));
        *effects.entry(call.effect.to_string()).or_default() += 1;
        for doubt in &call.unknowns {
            *not_understood
                .entry(format!("{tool}: {doubt}"))
                .or_default() += 1;
        }
    }
    insta::assert_debug_snapshot!((calls.len(), effects));
    insta::assert_debug_snapshot!(not_understood);
}

/// Tools that change something, whatever they are given.
const WRITERS: [&str; 24] = [
    "pods_delete",
    "pods_run",
    "resources_create_or_update",
    "resources_delete",
    "helm_install",
    "helm_uninstall",
    "vm_create",
    "vm_clone",
    "tekton_pipeline_start",
    "kubectl_apply",
    "kubectl_create",
    "kubectl_delete",
    "kubectl_patch",
    "kubectl_scale",
    "kubectl_rollout_restart",
    "install_helm_chart",
    "uninstall_helm_chart",
    "label_resource",
    "taint_node",
    "create_deployment",
    "scale_deployment",
    "apply_yaml",
    "patch_k8s_resource",
    "delete_k8s_resource",
];

/// Tools that do what an argument says.
const CHOOSERS: [(&str, &str, &str); 5] = [
    ("kubectl_rollout", "subCommand", "restart"),
    ("node_management", "operation", "drain"),
    ("manage_k8s_resource", "operation", "delete"),
    ("vm_lifecycle", "action", "stop"),
    ("kiali_manage_istio_config", "action", "delete"),
];

fn argument() -> impl Strategy<Value = (String, Json)> {
    let name = prop::sample::select(vec![
        "name",
        "namespace",
        "kind",
        "apiVersion",
        "resource",
        "resourceType",
        "manifest",
        "scale",
        "replicas",
        "command",
        "args",
        "dryRun",
        "dry_run",
        "allNamespaces",
        "labelSelector",
        "filename",
        "output",
        "operation",
        "action",
        "subCommand",
        "body",
        "patchData",
        "flags",
        "context",
        "x",
    ]);
    let value = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        "[a-z/,. -]{0,8}".prop_map(Json::from),
        prop::sample::select(vec![
            "get",
            "status",
            "list",
            "secrets",
            "pods",
            "--dry-run=client",
            "client",
            POD,
            "v1",
            "read"
        ])
        .prop_map(Json::from),
        Just(json!(["get", "pods"])),
        Just(json!({ "dry-run": "client" })),
    ];
    (name.prop_map(str::to_owned), value)
}

proptest! {
    #[test]
    fn a_tool_that_writes_is_never_taken_for_a_milder_one(
        tool in prop::sample::select(WRITERS.to_vec()),
        arguments in prop::collection::btree_map("[a-z]{0,3}", Just(Json::Null), 0..2),
        more in prop::collection::vec(argument(), 0..6),
    ) {
        let mut arguments: serde_json::Map<String, Json> = arguments.into_iter().collect();
        arguments.extend(more);
        let call = read_tool_call(tool, &Json::Object(arguments), None);
        prop_assert_eq!(call.effect, Effect::Write);
    }

    #[test]
    fn an_argument_that_says_to_write_is_never_overruled(
        (tool, argument, word) in prop::sample::select(CHOOSERS.to_vec()),
        more in prop::collection::vec(self::argument(), 0..6),
    ) {
        let mut arguments: serde_json::Map<String, Json> = more.into_iter().collect();
        arguments.insert(argument.into(), word.into());
        let call = read_tool_call(tool, &Json::Object(arguments), None);
        prop_assert!(call.effect >= Effect::Unknown, "{:?}", call);
    }

    #[test]
    fn any_call_is_read(tool in "\\PC{0,20}", more in prop::collection::vec(argument(), 0..6)) {
        let arguments: serde_json::Map<String, Json> = more.into_iter().collect();
        let call = read_tool_call(&tool, &Json::Object(arguments), None);
        prop_assert_eq!(call.effect, Effect::Unknown);
    }
}

#[test]
fn calls_are_read_in_every_form_in_which_they_are_written() {
    let arguments = json!({ "name": "web", "namespace": "shop" });
    let text = arguments.to_string();
    let expected = read_tool_call("pods_delete", &arguments, None);
    for written in [
        json!({ "tool": "pods_delete", "arguments": arguments, "success": true }),
        json!({ "name": "pods_delete", "arguments": arguments }),
        json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": "pods_delete", "arguments": arguments } }),
        json!({ "type": "tool_use", "id": "a", "name": "pods_delete", "input": arguments }),
        json!({ "id": "a", "type": "function", "function": { "name": "pods_delete", "arguments": text } }),
    ] {
        assert_eq!(
            read_written(&written.to_string(), None),
            Some(expected.clone()),
            "{written}"
        );
    }
    for other in [
        "kubectl get pods",
        "{ kubectl get pods; }",
        "{}",
        r#"{"tool": "pods_list", "name": "pods_delete", "arguments": {}}"#,
        r#"{"tool": "pods_list", "tool": "pods_delete", "arguments": {}}"#,
        r#"{"tool": "pods_list", "arguments": {}} {"tool": "pods_delete", "arguments": {}}"#,
    ] {
        assert_eq!(read_written(other, None), None, "{other}");
    }
}

#[test]
fn a_report_has_the_keys_of_that_of_a_line() {
    let calls = [
        (
            "execute_kubectl",
            json!({ "command": "delete pod web -n $NS" }),
        ),
        ("pods_delete", json!({ "namespace": "shop", "x": 1 })),
    ];
    let reports = calls.map(|(tool, arguments)| {
        let report = read_tool_call(tool, &arguments, None).report();
        serde_json::to_string_pretty(&report).unwrap()
    });
    let reports = reports.join("\n");
    insta::assert_snapshot!(reports);
}

//! `taffrail hook`: each dialect, each answer, and what agents should not send.

use serde_json::{Value as Json, json};

use crate::support::{Ran, Workspace};

const POLICY: &str = r#"policy shop.hooks

grant looking {
    on get, list, logs
    when principal.kind == agent
}

guard namespaces {
    on delete of Namespace
    escalate to 2 of "sre"
    because "{target.name} holds the data of customers"
}
"#;

/// A line for each answer: none, allow, ask, deny.
const LINES: [&str; 4] = [
    "cargo test",
    "kubectl get pods -n shop | grep api",
    "kubectl label deploy api tier=web -n shop",
    "kubectl delete ns shop",
];

fn workspace() -> Workspace {
    Workspace::new(&[("policies/hooks.guard", POLICY)])
}

/// Asks as an agent does.
fn ask(workspace: &Workspace, question: &Json, more: &[&str]) -> Ran {
    ask_raw(workspace, question.to_string().as_bytes(), more)
}

fn ask_raw(workspace: &Workspace, question: &[u8], more: &[&str]) -> Ran {
    let start = ["hook", "--policies", "policies"];
    workspace.run_with_input(&[start.as_slice(), more].concat(), question)
}

/// Asks each of the lines in one dialect, which is recognised, and shows the answers.
fn answers(question: impl Fn(&str) -> Json) -> String {
    let workspace = workspace();
    let shown = LINES.map(|line| {
        let ran = ask(&workspace, &question(line), &[]);
        format!("$ {line}\n{}", ran.shown())
    });
    shown.join("\n")
}

fn claude(line: &str) -> Json {
    claude_call("Bash", json!({ "command": line, "description": "d" }))
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "arguments are written where they are used"
)]
fn claude_call(tool: &str, arguments: Json) -> Json {
    json!({ "session_id": "s", "transcript_path": "/t.jsonl", "cwd": "/", "permission_mode": "default", "hook_event_name": "PreToolUse",
        "tool_name": tool, "tool_input": arguments, "tool_use_id": "toolu_1" })
}

#[test]
fn claude_code_is_answered() {
    insta::assert_snapshot!(answers(claude));
}

#[test]
fn codex_is_refused_what_it_does_not_ask() {
    insta::assert_snapshot!(answers(|line| {
        let mut question = claude(line);
        question["turn_id"] = json!("t1");
        question["model"] = json!("gpt-5");
        question
    }));
}

#[test]
fn cursor_is_answered_in_any_case() {
    let question = |line: &str| {
        json!({ "conversation_id": "c", "generation_id": "g", "hook_event_name": "beforeShellExecution", "cursor_version": "2.1.0",
            "workspace_roots": ["/w"], "command": line, "cwd": "/w", "sandbox": false })
    };
    insta::assert_snapshot!(answers(question));
}

#[test]
fn cursor_does_not_ask_before_a_tool_of_any_kind() {
    let question = json!({ "hook_event_name": "preToolUse", "cursor_version": "2.1.0", "tool_name": "Shell",
        "tool_input": { "command": LINES[2], "working_directory": "/w" }, "cwd": "/w", "model": "m" });
    let ran = ask(&workspace(), &question, &[]);
    assert!(ran.out.starts_with(r#"{"agent_message":"#), "{}", ran.out);
    assert!(ran.out.contains(r#""permission":"deny""#), "{}", ran.out);
}

#[test]
fn gemini_cli_is_answered() {
    insta::assert_snapshot!(answers(|line| {
        json!({ "session_id": "s", "transcript_path": "/t", "cwd": "/", "hook_event_name": "BeforeTool", "timestamp": "2026-11-22T10:00:00Z",
            "tool_name": "run_shell_command", "tool_input": { "command": line } })
    }));
}

#[test]
fn copilot_is_answered_whether_its_arguments_are_a_text_or_a_map() {
    let as_map = |line: &str| json!({ "sessionId": "s", "timestamp": 1, "cwd": "/", "toolName": "bash", "toolArgs": { "command": line } });
    let as_text = |line: &str| {
        let mut question = as_map(line);
        question["toolArgs"] = json!(question["toolArgs"].to_string());
        question
    };
    let shown = answers(as_map);
    assert_eq!(shown, answers(as_text));
    insta::assert_snapshot!(shown);
}

#[test]
fn windsurf_is_answered_by_the_exit_code() {
    insta::assert_snapshot!(answers(|line| {
        json!({ "agent_action_name": "pre_run_command", "trajectory_id": "t", "execution_id": "e",
            "tool_info": { "command_line": line, "cwd": "/w" } })
    }));
}

#[test]
fn cline_is_answered() {
    insta::assert_snapshot!(answers(|line| {
        json!({ "clineVersion": "3.36.0", "hookName": "PreToolUse", "taskId": "t", "workspaceRoots": ["/w"],
            "preToolUse": { "toolName": "execute_command", "parameters": { "command": line, "requires_approval": false } } })
    }));
}

#[test]
fn a_shell_is_answered_by_the_exit_codes_of_verdicts() {
    let workspace = workspace();
    let shown = LINES.map(|line| {
        let ran = ask_raw(
            &workspace,
            format!("{line}\n").as_bytes(),
            &["--format", "shell"],
        );
        format!("$ {line}\n{}", ran.shown())
    });
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn calls_of_tools_are_decided() {
    let workspace = workspace();
    let decided = |tool: &str, arguments: Json| {
        let ran = ask(&workspace, &claude_call(tool, arguments), &[]);
        match ran.out.as_str() {
            "" => String::new(),
            out => {
                let answer: Json = serde_json::from_str(out).unwrap();
                answer["hookSpecificOutput"]["permissionDecision"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            }
        }
    };
    let pods = json!({ "namespace": "shop" });
    assert_eq!(
        decided("mcp__kubernetes__pods_list_in_namespace", pods.clone()),
        "allow"
    );
    assert_eq!(decided("mcp__prod__pods_list_in_namespace", pods), "allow");
    let namespace = json!({ "apiVersion": "v1", "kind": "Namespace", "name": "shop" });
    assert_eq!(decided("mcp__prod__resources_delete", namespace), "deny");
    assert_eq!(decided("mcp__k8s__pods_hug", json!({})), "ask");
    // Tools of other servers, of which one has the name of a known one.
    assert_eq!(
        decided(
            "mcp__github__create_issue",
            json!({ "body": "kubectl delete ns shop" })
        ),
        ""
    );
    for tool in ["mcp__redis__delete_resource", "mcp_redis_delete_resource"] {
        assert_eq!(decided(tool, json!({ "name": "cache" })), "", "{tool}");
    }
    assert_eq!(
        decided(
            "Write",
            json!({ "file_path": "/x", "content": "kubectl delete ns shop" })
        ),
        ""
    );
    // The copilot's own, which run nothing.
    let command = json!({ "command": "kubectl delete ns shop" });
    assert_eq!(decided("mcp__taffrail__evaluate_kubectl", command), "");
    // A terminal of some other server.
    assert_eq!(
        decided(
            "mcp__desktop__start_process",
            json!({ "command": "kubectl delete ns shop" })
        ),
        "deny"
    );
}

#[test]
fn a_server_may_be_said_to_act_on_a_cluster() {
    let question = claude_call("mcp__prod__reindex", json!({}));
    let workspace = workspace();
    assert_eq!(ask(&workspace, &question, &[]).out, "");
    let ran = ask(&workspace, &question, &["--server", "prod"]);
    assert!(
        ran.out.contains(r#""permissionDecision":"ask""#),
        "{}",
        ran.out
    );
}

#[test]
fn what_cannot_be_read_is_asked_about_and_never_allowed() {
    let workspace = workspace();
    let large = format!("{{\"hook_event_name\": \"{}", "x".repeat(17 << 20));
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let double = r#"{"hook_event_name": "PreToolUse", "tool_name": "Bash", "tool_input": {"command": "ls", "command": "kubectl delete ns shop"}}"#;
    let inputs: [(&str, &[u8]); 9] = [
        ("nothing", b""),
        ("no JSON", b"kubectl get pods"),
        (
            "half of it",
            br#"{"hook_event_name": "PreToolUse", "tool_na"#,
        ),
        ("a list", b"[]"),
        ("two values", b"{} {}"),
        ("no UTF-8", b"{\"hook_event_name\": \"\xff\"}"),
        ("too large", large.as_bytes()),
        ("too deep", deep.as_bytes()),
        ("a key twice", double.as_bytes()),
    ];
    let mut shown = String::new();
    for (what, input) in inputs {
        let ran = ask_raw(&workspace, input, &["--format", "claude"]);
        shown.push_str(&format!("# {what}\n{}", ran.shown()));
        assert!(ran.out.contains(r#""permissionDecision":"ask""#), "{what}");
        assert_eq!(ran.code, Some(0), "{what}");
        // Without a format nobody knows how to ask, so all agents are refused in the way that each of them understands.
        assert_eq!(ask_raw(&workspace, input, &[]).code, Some(2), "{what}");
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn lines_that_are_not_understood_are_asked_about() {
    let workspace = workspace();
    let shown: Vec<String> = [
        "kubectl get 'pods",
        "kubectl frobnicate x",
        "ssh host kubectl get pods",
        "x=kubectl; $x get pods",
        "k get pods",
        "alias kubectl=rm; kubectl get pods",
        "PATH=/tmp:$PATH kubectl get pods",
        "python3 -c 'import os; os.system(\"kubectl get pods\")'",
        "echo 'kubectl delete ns shop' > x.sh && bash x.sh",
        "find . -name '*.yaml' -exec kubectl apply -f {} +",
    ]
    .iter()
    .map(|line| {
        let ran = ask(&workspace, &claude(line), &[]);
        assert!(
            ran.out.contains(r#""permissionDecision":"ask""#),
            "{line}: {}",
            ran.out
        );
        format!("$ {line}\n{}", ran.out)
    })
    .collect();
    insta::assert_snapshot!(shown.concat());
}

#[test]
fn what_does_more_than_the_cluster_is_left_to_the_agent() {
    let workspace = workspace();
    for line in [
        "make && kubectl get pods -n shop",
        "kubectl get pods -n shop > pods.txt",
        "bash -c 'make && kubectl get pods -n shop'",
        "kubectl get pods -n shop; rm -rf build",
        "kubectl --kubeconfig=other get pods -n shop",
        "export KUBECONFIG=other && kubectl get pods -n shop",
        "kubectl --server=https://other get pods -n shop",
    ] {
        let ran = ask(&workspace, &claude(line), &[]);
        assert_eq!((ran.out.as_str(), ran.code), ("", Some(0)), "{line}");
    }
    // What is stopped stays so beside anything else.
    let ran = ask(&workspace, &claude("make; kubectl delete ns shop"), &[]);
    assert!(
        ran.out.contains(r#""permissionDecision":"deny""#),
        "{}",
        ran.out
    );
}

#[test]
fn a_manifest_is_read_from_the_folder_of_the_agent_unless_the_line_may_change_it() {
    let policy = r#"policy shop.files
grant small { on apply of Deployment when proposed.spec.replicas <= 3 }
"#;
    let manifest = "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: api, namespace: shop }\nspec: { replicas: 2, selector: { matchLabels: { app: api } }, template: { metadata: { labels: { app: api } }, spec: { containers: [{ name: api, image: a:1 }] } } }\n";
    let workspace = Workspace::new(&[
        ("policies/files.guard", policy),
        ("w/api.yaml", manifest),
        (
            "facts.yaml",
            "principal: { kind: agent, id: healer }\nfacts: { now: 2026-11-22T10:00:00Z }\n",
        ),
        ("live.yaml", manifest),
    ]);
    let ran = |line: &str| {
        let mut question = claude(line);
        question["cwd"] = json!(workspace.folder.join("w"));
        ask(
            &workspace,
            &question,
            &["--facts", "facts.yaml", "--current", "live.yaml"],
        )
        .out
    };
    let line = "kubectl apply --server-side -f api.yaml";
    assert!(
        ran(line).contains(r#""permissionDecision":"allow""#),
        "{}",
        ran(line)
    );
    for before in [
        "cd ..",
        "sed -i s/2/9/ api.yaml",
        "kubectl get deploy api -o yaml > api.yaml",
    ] {
        let line = format!("{before} && {line}");
        assert!(
            !ran(&line).contains(r#""permissionDecision":"allow""#),
            "{line}: {}",
            ran(&line)
        );
    }
}

#[test]
fn without_policies_nothing_else_is_stopped_and_the_cluster_is_asked_about() {
    let workspace = Workspace::new(&[]);
    assert_eq!(ask(&workspace, &claude("cargo test"), &[]).out, "");
    insta::assert_snapshot!(ask(&workspace, &claude("kubectl get pods"), &[]).shown(), @r##"
    exit 0
    {"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"ask","permissionDecisionReason":"taffrail: this cannot be decided: cannot read `policies`: No such file or directory (os error 2)"}}
    "##);
}

#[test]
fn allowing_and_asking_can_be_turned_off() {
    let workspace = workspace();
    assert_eq!(
        ask(&workspace, &claude(LINES[1]), &["--never-allow"]).out,
        ""
    );
    let ran = ask(&workspace, &claude(LINES[2]), &["--never-ask"]);
    assert!(
        ran.out.contains(r#""permissionDecision":"deny""#),
        "{}",
        ran.out
    );
}

#[test]
fn other_events_and_the_end_of_a_tool_are_no_question() {
    let workspace = workspace();
    for event in ["PostToolUse", "SessionStart", "Stop", "UserPromptSubmit"] {
        let mut question = claude(LINES[3]);
        question["hook_event_name"] = json!(event);
        let ran = ask(&workspace, &question, &[]);
        assert_eq!((ran.out.as_str(), ran.code), ("", Some(0)), "{event}");
    }
}

/// A kubectl that notes what it is asked, knows one Deployment and its namespace, and keeps whoever asks for `slow` waiting.
const KUBECTL: &str = r#"#!/bin/sh
echo "$*" >> "$(dirname "$0")/asked.txt"
case "$1 $2 $3" in
    "config view "*) printf shop ;;
    "get deployment.v1.apps api") printf '%s' '{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"api","namespace":"shop"},"spec":{"replicas":3,"selector":{"matchLabels":{"app":"api"}},"template":{"metadata":{"labels":{"app":"api"}},"spec":{"containers":[{"name":"api","image":"a:1"}]}}}}' ;;
    "get namespace shop") printf '%s' '{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"shop","labels":{"env":"dev"}}}' ;;
    "get deployment.v1.apps slow") sleep 60 ;;
    *) exit 1 ;;
esac
"#;

const SCALING: &str = r#"policy shop.scaling
grant a_little {
    on scale of Deployment
    when namespace.labels["env"] == "dev"
    when proposed.spec.replicas - current.spec.replicas <= 2
}

guard too_far {
    on scale of Deployment
    when proposed.spec.replicas > 20
    escalate
    because "{proposed.spec.replicas} pods are more than we pay for"
    suggest proposed.spec.replicas = 20
}
"#;

#[test]
fn the_cluster_can_be_asked_for_what_is_changed() {
    let workspace = Workspace::new(&[("policies/scaling.guard", SCALING), ("kubectl", KUBECTL)]);
    let _ = std::process::Command::new("chmod")
        .args(["+x", "kubectl"])
        .current_dir(&workspace.folder)
        .status();
    let asked = workspace.folder.join("asked.txt");
    let run = |line: &str, more: &[&str]| {
        let _ = std::fs::remove_file(&asked);
        let ran = ask(&workspace, &claude(line), more);
        let questions = std::fs::read_to_string(&asked).unwrap_or_default();
        let answer: Json = serde_json::from_str(&ran.out).unwrap();
        (
            answer["hookSpecificOutput"]["permissionDecision"]
                .as_str()
                .unwrap()
                .to_owned(),
            questions,
        )
    };
    let live = ["--live=./kubectl"];
    let (answer, questions) = run("kubectl scale deploy/api --replicas=5", &live);
    assert_eq!(answer, "allow");
    insta::assert_snapshot!(questions, @r"
    config view --minify -o jsonpath={..namespace}
    get deployment.v1.apps api --namespace=shop -o json --request-timeout=5s
    get namespace shop -o json --request-timeout=5s
    ");
    assert_eq!(run("kubectl scale deploy/api --replicas=6", &live).0, "ask");
    let ran = ask(
        &workspace,
        &claude("kubectl scale deploy/api --replicas=50"),
        &live,
    );
    insta::assert_snapshot!(ran.out, @r#"{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"deny","permissionDecisionReason":"taffrail: scale apps/Deployment shop/api must not be executed: 50 pods are more than we pay for (shop.scaling.too_far); no grant lets this principal do this alone (taffrail.no_grant). Somebody with more authority may release it. Suggested instead: spec.replicas = 20."}}"#);
    assert_eq!(
        run("kubectl scale deploy/api --replicas=5", &[]),
        ("deny".into(), String::new())
    );
    // Another configuration is not asked: it may name a program to be run.
    for line in [
        "kubectl --kubeconfig=x scale deploy/api --replicas=5",
        "kubectl --server=https://x scale deploy/api --replicas=5",
    ] {
        assert_eq!(run(line, &live), ("deny".into(), String::new()), "{line}");
    }
    let (_, questions) = run(
        "kubectl --context=eu scale deploy/api --replicas=5 -n shop",
        &live,
    );
    assert!(
        questions
            .lines()
            .all(|line| line.ends_with(" --context=eu")),
        "{questions}"
    );
    // Words that could be flags of the question are not handed on.
    let (_, questions) = run(
        "kubectl scale deploy/api --replicas=5 -n=--all-namespaces",
        &live,
    );
    assert!(!questions.contains("--all-namespaces"), "{questions}");
}

#[test]
fn a_cluster_that_keeps_silent_is_not_waited_for() {
    let workspace = Workspace::new(&[("policies/scaling.guard", SCALING), ("kubectl", KUBECTL)]);
    let _ = std::process::Command::new("chmod")
        .args(["+x", "kubectl"])
        .current_dir(&workspace.folder)
        .status();
    let begun = std::time::Instant::now();
    let ran = ask(
        &workspace,
        &claude("kubectl scale deploy/slow --replicas=5 -n shop"),
        &["--live=./kubectl"],
    );
    assert!(
        ran.out.contains("the live object is not known"),
        "{}",
        ran.out
    );
    assert!(begun.elapsed().as_secs() < 20);
}

/// The page that says how agents are set up.
const PAGE: &str = include_str!("../../../taffrail-copilot/HOOKS.md");

/// A fenced block of the page: its words, and its text.
fn blocks() -> Vec<(Vec<&'static str>, &'static str)> {
    let mut rest = PAGE;
    let mut found = Vec::new();
    while let Some((_, after)) = rest.split_once("\n```") {
        let (words, after) = after.split_once('\n').unwrap();
        let (text, after) = after.split_once("\n```").unwrap();
        found.push((words.split(' ').collect(), text));
        rest = after;
    }
    found
}

#[test]
fn the_answers_on_the_page_are_given() {
    let workspace = workspace();
    let mut asked = 0;
    let all = blocks();
    for pair in all.windows(2) {
        let [(question, text), (answer, expected)] = pair else {
            continue;
        };
        if let (["json", "question", dialect], ["json", "answer"]) =
            (question.as_slice(), answer.as_slice())
        {
            let given = ask_raw(&workspace, text.as_bytes(), &["--format", dialect]).out;
            assert_eq!(given.trim_end(), *expected, "{text}");
            assert_eq!(
                given,
                ask_raw(&workspace, text.as_bytes(), &[]).out,
                "{dialect} is not recognised"
            );
            asked += 1;
        }
    }
    assert_eq!(asked, 7);
}

#[test]
fn the_settings_on_the_page_can_be_read_and_their_commands_run() {
    let workspace = workspace();
    let mut commands = 0;
    for (words, text) in blocks() {
        let [language, "settings", dialect] = words.as_slice() else {
            continue;
        };
        match *language {
            "json" => assert!(serde_json::from_str::<Json>(text).is_ok(), "{dialect}"),
            "toml" => assert!(text.parse::<toml::Table>().is_ok(), "{dialect}"),
            _ => {}
        }
        for part in text.split("taffrail hook ").skip(1) {
            let command = part.split(['"', '\n', '&']).next().unwrap();
            let command = command.replace("/etc/taffrail/policies", "policies");
            let arguments: Vec<&str> = std::iter::once("hook")
                .chain(command.split_whitespace())
                .collect();
            assert_eq!(arguments.last(), Some(dialect));
            // A question that no agent asks: answered, and never by a failure of the command line.
            let ran = workspace.run_with_input(&arguments, b"{}");
            assert!(!ran.err.contains("Usage"), "{}", ran.err);
            commands += 1;
        }
    }
    assert_eq!(commands, 11);
}

#[test]
fn a_function_of_the_shell_runs_what_may_be_executed() {
    let function = blocks()
        .into_iter()
        .find(|(words, _)| words.as_slice() == ["sh", "settings", "shell"]);
    let function = function
        .unwrap()
        .1
        .replace("/etc/taffrail/policies", "policies --facts facts.yaml");
    let workspace = Workspace::new(&[
        ("policies/hooks.guard", POLICY),
        ("facts.yaml", "principal: { kind: agent, id: me }\n"),
        ("bin/kubectl", "#!/bin/sh\necho \"ran: $*\"\n"),
    ]);
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_taffrail"));
    let path = format!(
        "bin:{}:{}",
        program.parent().unwrap().display(),
        std::env::var("PATH").unwrap()
    );
    let _ = std::process::Command::new("chmod")
        .args(["+x", "bin/kubectl"])
        .current_dir(&workspace.folder)
        .status();
    let run = |line: &str| {
        let script = format!("{function}\n{line}");
        let output = std::process::Command::new("bash")
            .args(["-c", &script])
            .env("PATH", &path)
            .current_dir(&workspace.folder)
            .output();
        output.ok().map(Ran::from)
    };
    let Some(ran) = run("kubectl get pods -n shop -l 'app in (a, b)'") else {
        return;
    };
    assert_eq!(
        (ran.out.as_str(), ran.code),
        ("ran: get pods -n shop -l app in (a, b)\n", Some(0)),
        "{}",
        ran.err
    );
    let ran = run("kubectl delete ns shop").unwrap();
    assert_eq!((ran.out.as_str(), ran.code), ("", Some(4)), "{}", ran.err);
}

//! Questions as agents write them, and as they should not.

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::{Answer, Dialect, Event, Finding, Servers, ToolUse, find, read, reply};

fn asked(question: &Json) -> Event {
    read(question.to_string().as_bytes(), None)
}

fn line(text: &str) -> ToolUse {
    ToolUse::Line(text.to_owned())
}

#[test]
fn each_agent_is_known_by_its_question() {
    let pre = |more: Json| {
        let mut question = json!({ "hook_event_name": "PreToolUse", "tool_name": "Bash", "tool_input": { "command": "ls" } });
        for (key, value) in more.as_object().into_iter().flatten() {
            question
                .as_object_mut()
                .map(|question| question.insert(key.clone(), value.clone()));
        }
        question
    };
    let questions = [
        (
            pre(json!({ "permission_mode": "default" })),
            Dialect::Claude,
        ),
        (pre(json!({ "turn_id": "1" })), Dialect::Codex),
        (pre(json!({ "model": "gpt-5" })), Dialect::Codex),
        (
            pre(json!({ "cursor_version": "2.1", "model": "m" })),
            Dialect::Cursor,
        ),
        (
            json!({ "hook_event_name": "preToolUse", "tool_name": "Shell", "tool_input": { "command": "ls" } }),
            Dialect::Cursor,
        ),
        (
            json!({ "hook_event_name": "beforeShellExecution", "command": "ls" }),
            Dialect::Cursor,
        ),
        (
            json!({ "hook_event_name": "BeforeTool", "tool_name": "run_shell_command", "tool_input": { "command": "ls" } }),
            Dialect::Gemini,
        ),
        (
            json!({ "toolName": "bash", "toolArgs": "{\"command\":\"ls\"}" }),
            Dialect::Copilot,
        ),
        (
            json!({ "agent_action_name": "pre_run_command", "tool_info": { "command_line": "ls" } }),
            Dialect::Windsurf,
        ),
        (
            json!({ "hookName": "PreToolUse", "preToolUse": { "toolName": "execute_command", "parameters": { "command": "ls" } } }),
            Dialect::Cline,
        ),
        (
            json!({ "hookName": "tool_call", "tool_call": { "name": "run_commands", "input": { "commands": ["ls"] } } }),
            Dialect::Cline,
        ),
    ];
    for (question, dialect) in questions {
        let event = asked(&question);
        assert_eq!(event.dialect, Some(dialect), "{question}");
        if question.get("hookName") != Some(&json!("tool_call")) {
            assert_eq!(event.tool_use, line("ls"), "{question}");
        }
    }
    assert_eq!(asked(&json!({ "a": 1 })).dialect, None);
}

#[test]
fn a_line_may_be_a_list_of_words_or_of_lines() {
    let use_of = |tool: &str, input: Json| {
        asked(&json!({ "hook_event_name": "PreToolUse", "tool_name": tool, "tool_input": input }))
            .tool_use
    };
    assert_eq!(
        use_of(
            "local_shell",
            json!({ "command": ["bash", "-lc", "kubectl get pods"] })
        ),
        line("'bash' '-lc' 'kubectl get pods'")
    );
    assert_eq!(
        use_of(
            "run_commands",
            json!({ "commands": ["make", "kubectl get pods"] })
        ),
        line("make\nkubectl get pods")
    );
    assert_eq!(
        use_of("Bash", json!("kubectl get pods")),
        line("kubectl get pods")
    );
    assert!(matches!(use_of("Bash", json!({})), ToolUse::Unreadable(_)));
    // The output of a command that runs already.
    assert_eq!(use_of("Bash", json!({ "session_id": 3 })), ToolUse::Other);
}

#[test]
fn the_program_of_a_server_is_no_command_line() {
    let event = asked(
        &json!({ "hook_event_name": "beforeMCPExecution", "tool_name": "search", "tool_input": "{\"text\": \"x\"}",
        "command": "npx some-server --config x" }),
    );
    assert!(
        matches!(&event.tool_use, ToolUse::Call { server, .. } if server.starts_with("npx")),
        "{event:?}"
    );
    assert_eq!(find(&event.tool_use, &Servers::default()), Finding::Nothing);
}

#[test]
fn commands_of_other_programs_are_no_concern() {
    for text in [
        "cargo test --workspace",
        "git commit -m 'deploy: kubectl delete is documented'",
        "grep -rn 'kubectl delete' docs | head",
        "cat helm/values.yaml && ls helm",
        "docker build -f helm/Dockerfile -t web:1 .",
        "sudo apt-get install -y kubectl",
        "brew install helm && which helm kubectl",
        "gh pr create --title x --body 'run kubectl apply -f x'",
        "npm run deploy -- --dry-run",
        "sed -i 's/kubectl get/kubectl describe/' README.md",
        "find . -name '*kubectl*'",
        "curl -LO https://dl.k8s.io/release/v1.36.0/bin/linux/amd64/kubectl && chmod +x kubectl && sudo mv kubectl /usr/local/bin/",
        "python3 -m pytest -k helm",
        "for f in *.md; do echo \"$f\"; done",
        "helm repo update",
        "",
    ] {
        assert_eq!(
            find(&line(text), &Servers::default()),
            Finding::Nothing,
            "{text}"
        );
    }
}

#[test]
fn what_may_run_a_command_of_the_cluster_is_unclear() {
    for text in [
        "ssh node kubectl get pods",
        "make KUBECTL=kubectl deploy",
        "git rebase --exec 'kubectl delete ns prod' main",
        "find . -name '*.yaml' -exec kubectl apply -f {} ;",
        "parallel kubectl delete pod ::: a b",
        "nix-shell -p kubectl --run 'kubectl delete ns prod'",
        "docker run --rm bitnami/kubectl delete ns prod",
        "tmux send-keys 'kubectl delete ns prod' Enter",
        "printf 'kubectl delete ns prod' > /tmp/x; chmod +x /tmp/x; /tmp/x",
        "cat <<EOF > x.sh\nkubectl delete ns prod\nEOF\nsh x.sh",
        "$(which kubectl) delete ns prod",
        "kubectl() { rm -rf /; }; kubectl get pods",
        "kubectl config use-context prod",
        "oc login https://prod",
        "./kubectl delete ns prod",
        "argocd app delete web",
        "kubectl delete ns 'prod",
    ] {
        let found = find(&line(text), &Servers::default());
        let is_doubtful = match &found {
            Finding::Nothing => false,
            Finding::Unclear(_) => true,
            Finding::Cluster(found) => !found.doubts.is_empty(),
        };
        assert!(is_doubtful, "{text}: {found:?}");
    }
}

#[test]
fn what_should_be_asked_is_refused_where_nobody_asks() {
    let ask = Answer::Ask("taffrail: why. Any operator may release it.".into());
    let event = |dialect, name: &str| Event {
        dialect,
        name: name.into(),
        folder: None,
        tool_use: ToolUse::Other,
    };
    for dialect in Dialect::ALL {
        let said = reply(&event(Some(dialect), "beforeShellExecution"), &ask);
        let asks = [
            Dialect::Claude,
            Dialect::Cursor,
            Dialect::Copilot,
            Dialect::Shell,
        ];
        let is_refused = format!("{}{}", said.out, said.err).contains("so it is refused");
        assert_eq!(is_refused, !asks.contains(&dialect), "{dialect}");
    }
    let before_any_tool = reply(&event(Some(Dialect::Cursor), "preToolUse"), &ask);
    assert!(before_any_tool.out.contains(r#""permission":"deny""#));
    assert_eq!(reply(&event(None, ""), &ask).code, 2);
}

/// Any JSON, with the words that agents use as keys.
fn json() -> impl Strategy<Value = Json> {
    let words = prop::sample::select(vec![
        "hook_event_name",
        "PreToolUse",
        "BeforeTool",
        "beforeShellExecution",
        "tool_name",
        "tool_input",
        "toolName",
        "toolArgs",
        "command",
        "commands",
        "agent_action_name",
        "pre_run_command",
        "pre_mcp_tool_use",
        "tool_info",
        "command_line",
        "mcp_tool_name",
        "mcp_tool_arguments",
        "hookName",
        "preToolUse",
        "parameters",
        "Bash",
        "use_mcp_tool",
        "mcp__k8s__pods_get",
        "kubectl get pods",
        "kubectl $X",
        "name",
        "namespace",
        "{\"command\": 1}",
        "[",
    ]);
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        any::<i64>().prop_map(Json::from),
        words.clone().prop_map(Json::from),
        ".{0,8}".prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::vec((words.clone(), inner), 0..6).prop_map(|entries| Json::Object(
                entries
                    .into_iter()
                    .map(|(key, value)| (key.to_owned(), value))
                    .collect()
            )),
        ]
    })
}

proptest! {
    #[test]
    fn every_question_has_an_answer_that_can_be_read(question in json()) {
        let bytes = question.to_string();
        for dialect in std::iter::once(None).chain(Dialect::ALL.map(Some)) {
            let event = read(bytes.as_bytes(), dialect);
            let answer = match find(&event.tool_use, &Servers::default()) {
                Finding::Nothing => Answer::Silent,
                Finding::Unclear(why) => Answer::Ask(why),
                Finding::Cluster(_) => Answer::Deny("why".into()),
            };
            let said = reply(&event, &answer);
            prop_assert!(said.out.is_empty() || serde_json::from_str::<Json>(&said.out).is_ok(), "{}", said.out);
            // Whoever is told nothing at all goes on.
            let is_stopped = !said.out.is_empty() || said.code != 0;
            prop_assert!(answer == Answer::Silent || is_stopped);
        }
    }

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for dialect in std::iter::once(None).chain(Dialect::ALL.map(Some)) {
            let event = read(&bytes, dialect);
            prop_assert_eq!(event.dialect.is_some(), dialect.is_some() || event.dialect.is_some());
        }
    }
}

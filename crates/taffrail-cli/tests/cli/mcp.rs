//! `taffrail mcp`, driven by a client of the protocol: over standard input and output and over HTTP, in the newest revision and in an older one.

use std::io::{BufRead, BufReader, Read, Write as _};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ClientCapabilities, ClientConfig,
    ElicitRequestParams, ElicitResult, ElicitationAction, ErrorData, Implementation,
    InputRequiredResult, ProtocolVersion, ReadResourceRequestParams,
};
use rmcp::service::{RequestContext, RoleClient, RunningService, ServiceError};
use rmcp::transport::{StreamableHttpClientTransport, TokioChildProcess};
use rmcp::{ClientHandler, ClientLifecycleMode, ClientServiceExt};
use serde_json::{Value as Json, json};

use crate::schema::faults;
use crate::support::{Workspace, scale, shop};

mod approvals;

/// A client with a person at it, who answers whatever they are asked in the same way.
#[derive(Clone)]
pub(super) struct Person {
    can_be_asked: bool,
    answer: ElicitResult,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Person {
    pub(super) fn absent() -> Self {
        Self {
            can_be_asked: false,
            ..Self::says(ElicitationAction::Cancel, json!({}))
        }
    }

    pub(super) fn says(action: ElicitationAction, content: Json) -> Self {
        Self {
            can_be_asked: true,
            answer: ElicitResult::new(action).with_content(content),
            asked: Arc::default(),
        }
    }
}

impl ClientHandler for Person {
    fn get_info(&self) -> ClientConfig {
        let capabilities = if self.can_be_asked {
            ClientCapabilities::builder().enable_elicitation().build()
        } else {
            ClientCapabilities::default()
        };
        ClientConfig::new(capabilities, Implementation::new("a client", "1"))
            .with_protocol_version(ProtocolVersion::V_2025_06_18)
    }

    async fn create_elicitation(
        &self,
        request: ElicitRequestParams,
        _: RequestContext<RoleClient>,
    ) -> Result<ElicitResult, ErrorData> {
        if let ElicitRequestParams::FormElicitationParams { message, .. } = request {
            self.asked.lock().unwrap().push(message);
        }
        Ok(self.answer.clone())
    }
}

pub(super) type Client = RunningService<RoleClient, Person>;

pub(super) fn newest() -> ClientLifecycleMode {
    ClientLifecycleMode::Discover {
        preferred_versions: vec![ProtocolVersion::V_2026_07_28],
    }
}

/// Starts the server as a child and connects to it.
pub(super) async fn connect(
    workspace: &Workspace,
    arguments: &[&str],
    person: Person,
    mode: ClientLifecycleMode,
) -> Client {
    let all = [&["mcp", "--policies", "policies"], arguments].concat();
    let command = tokio::process::Command::from(workspace.command(&all));
    let transport = TokioChildProcess::new(command).unwrap();
    person.serve_with_lifecycle(transport, mode).await.unwrap()
}

pub(super) fn call(tool: &'static str, arguments: &Json) -> CallToolRequestParams {
    CallToolRequestParams::new(tool).with_arguments(arguments.as_object().unwrap().clone())
}

pub(super) fn text(result: &CallToolResult) -> String {
    let texts: Vec<&str> = result
        .content
        .iter()
        .map(|content| content.as_text().unwrap().text.as_str())
        .collect();
    texts.join("\n")
}

fn short(arguments: &Json) -> String {
    arguments.to_string().chars().take(60).collect()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Runtime::new().unwrap()
}

/// A call of every tool that only reads.
fn calls() -> Vec<(&'static str, Json)> {
    let action = scale(90);
    vec![
        ("evaluate_action", json!({ "action": action })),
        (
            "evaluate_action",
            json!({ "action": { "plan": [{ "verb": "scale" }, { "verb": "restart" }] } }),
        ),
        (
            "evaluate_kubectl",
            json!({ "command": "kubectl scale deploy/cart --replicas=3 -n shop" }),
        ),
        (
            "evaluate_kubectl",
            json!({
                "command": "kubectl get pods | grep cart",
                "facts": { "principal": { "kind": "agent", "id": "healer" } },
                "namespace": "shop",
            }),
        ),
        ("propose_options", json!({ "action": action })),
        (
            "explain_decision",
            json!({ "action": action, "reader": "line" }),
        ),
        ("explain_decision", json!({ "action": action })),
        (
            "explain_decision",
            json!({ "action": action, "reader": "page" }),
        ),
        ("list_policies", json!({})),
        (
            "check_policy",
            json!({ "policy": "policy p\ngrant g { on scal because \"x\" }\n", "name": "mine.guard" }),
        ),
        (
            "check_policy",
            json!({ "policy": "policy p\ngrant g { on get because \"x\" }\n" }),
        ),
    ]
}

async fn answers(client: &Client) -> Vec<(CallToolResult, String)> {
    let tools = client.list_all_tools().await.unwrap();
    let mut found = Vec::new();
    for (name, arguments) in calls() {
        let result = client.call_tool(call(name, &arguments)).await.unwrap();
        assert_eq!(result.is_error, Some(false), "{name}: {}", text(&result));
        let tool = tools.iter().find(|tool| tool.name == name).unwrap();
        let schema = Json::Object((**tool.output_schema.as_ref().unwrap()).clone());
        let value = result.structured_content.as_ref().unwrap();
        let faults = faults(&schema, &schema, value, "$");
        assert_eq!(faults, Vec::<String>::new(), "{name}: {value:#}");
        let shown = format!("== {name} {}\n{}\n", short(&arguments), text(&result));
        found.push((result, shown));
    }
    found
}

#[test]
fn every_tool_answers_as_its_schema_says() {
    runtime().block_on(async {
        let workspace = shop();
        let client = connect(&workspace, &[], Person::absent(), newest()).await;
        let of_newest = answers(&client).await;
        let shown: String = of_newest.iter().map(|(_, shown)| shown.as_str()).collect();
        insta::assert_snapshot!("answers", shown);
        client.cancel().await.unwrap();

        let older = ClientLifecycleMode::Initialize;
        let client = connect(&workspace, &[], Person::absent(), older).await;
        let of_older = answers(&client).await;
        for ((_, newest), (_, older)) in of_newest.iter().zip(&of_older) {
            assert_eq!(newest, older);
        }
        client.cancel().await.unwrap();
    });
}

#[test]
fn the_tools_say_what_they_take_and_that_they_only_read() {
    runtime().block_on(async {
        let client = connect(&shop(), &[], Person::absent(), newest()).await;
        let tools = client.list_all_tools().await.unwrap();
        let shown: Vec<Json> = tools
            .iter()
            .map(|tool| {
                json!({
                    "name": tool.name,
                    "title": tool.title,
                    "description": tool.description,
                    "input": *tool.input_schema,
                    "annotations": tool.annotations,
                })
            })
            .collect();
        insta::assert_snapshot!("tools", serde_json::to_string_pretty(&shown).unwrap());
        client.cancel().await.unwrap();
    });
}

#[test]
fn policies_and_decisions_can_be_read() {
    runtime().block_on(async {
        let workspace = shop();
        let client = connect(&workspace, &[], Person::absent(), newest()).await;
        let action = json!({ "action": scale(90) });
        let decided = client
            .call_tool(call("evaluate_action", &action))
            .await
            .unwrap();
        let decision = &decided.structured_content.unwrap()["decisions"][0];
        let digest = decision["action_digest"].as_str().unwrap().to_owned();
        let listed = client.list_all_resources().await.unwrap();
        let names: Vec<&str> = listed.iter().map(|one| one.uri.as_str()).collect();
        assert!(
            names.contains(&format!("taffrail://decisions/{digest}").as_str()),
            "{names:?}"
        );
        let policy = names
            .iter()
            .find(|name| name.starts_with("taffrail://policies/"))
            .unwrap();
        let read = client
            .read_resource(ReadResourceRequestParams::new(*policy))
            .await
            .unwrap();
        let read = serde_json::to_value(&read.contents[0]).unwrap();
        assert!(
            read["text"].as_str().unwrap().starts_with("policy shop"),
            "{read}"
        );
        let again = json!({ "decision": digest, "reader": "line" });
        let explained = client
            .call_tool(call("explain_decision", &again))
            .await
            .unwrap();
        assert_eq!(explained.is_error, Some(false), "{}", text(&explained));
        let nowhere = ReadResourceRequestParams::new("taffrail://policies/../secret");
        let refused = client.read_resource(nowhere).await.unwrap_err();
        insta::assert_snapshot!(refused.to_string(), @"Mcp error: -32602: there is no `taffrail://policies/../secret`: `taffrail://policies/FILE` and `taffrail://decisions/DIGEST` can be read, and the list says which there are");
        client.cancel().await.unwrap();
    });
}

#[test]
fn malformed_calls_are_told_what_was_expected() {
    runtime().block_on(async {
        let client = connect(&shop(), &[], Person::absent(), newest()).await;
        let huge = "x".repeat(5 * 1024 * 1024);
        let mut shown = String::new();
        for (tool, arguments) in [
            ("evaluate_action", json!({})),
            ("evaluate_action", json!({ "action": 5 })),
            ("evaluate_action", json!({ "action": { "verb": "scale" }, "more": 1 })),
            ("evaluate_action", json!({ "action": { "verb": "scale", "replicas": 3 } })),
            ("evaluate_action", json!({ "action": "verb: [" })),
            ("evaluate_action", json!({ "action": huge })),
            ("evaluate_kubectl", json!({ "command": "kubectl scale 'deploy" })),
            ("evaluate_kubectl", json!({ "command": "kubectl get pods", "facts": "plan: [{ verb: get }]" })),
            ("propose_options", json!({ "action": { "verb": "scale", "keep": { "spec.replicas": { "at_least": 6, "at_most": 4 } } } })),
            ("explain_decision", json!({})),
            ("explain_decision", json!({ "decision": "sha256:0", "reader": "card" })),
            ("explain_decision", json!({ "action": { "verb": "scale" }, "reader": "everybody" })),
            ("list_policies", json!({ "all": true })),
            ("pending_approvals", json!({})),
        ] {
            let result = client.call_tool(call(tool, &arguments)).await.unwrap();
            assert_eq!(result.is_error, Some(true), "{tool} {}", short(&arguments));
            shown.push_str(&format!("{tool} {}\n  {}\n", short(&arguments), text(&result)));
        }
        let unknown = client.call_tool(call("delete_everything", &json!({}))).await;
        shown.push_str(&format!("delete_everything\n  {}\n", unknown.unwrap_err()));
        insta::assert_snapshot!("malformed", shown);
        client.cancel().await.unwrap();
    });
}

/// A server without a client of the library: what is written to it is written as it stands.
struct Raw {
    child: Child,
    out: BufReader<std::process::ChildStdout>,
}

impl Raw {
    fn new(workspace: &Workspace) -> Self {
        let mut command = workspace.command(&["mcp", "--policies", "policies"]);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Self { child, out }
    }

    fn write(&mut self, text: &str) {
        let input = self.child.stdin.as_mut().unwrap();
        input.write_all(text.as_bytes()).unwrap();
        input.flush().unwrap();
    }

    fn line(&mut self) -> Json {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    fn begin(&mut self) {
        self.write(r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"raw","version":"1"}}}"#);
        self.write("\n");
        assert_eq!(self.line()["id"], 1);
        self.write("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n");
    }

    /// Closes the server's input and returns its exit code and whatever else it says.
    fn end(mut self) -> (Option<i32>, String) {
        drop(self.child.stdin.take());
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).unwrap();
        let mut err = String::new();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut err)
            .unwrap();
        (self.child.wait().unwrap().code(), rest + &err)
    }
}

#[test]
fn lines_that_are_no_messages_do_not_stop_the_server() {
    let workspace = shop();
    let mut raw = Raw::new(&workspace);
    raw.begin();
    raw.write("garbage\n\n[1, 2]\n{\"jsonrpc\":\"2.0\"}\n\u{0}\n");
    raw.write("{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"tools/call\",\"params\":{\"name\":\"list_policies\"}}\n");
    let answer = loop {
        let line = raw.line();
        if line["id"] == 9 {
            break line;
        }
        assert!(line["error"].is_object(), "{line}");
    };
    assert_eq!(answer["result"]["isError"], false);
    assert_eq!(raw.end().0, Some(0));
}

#[test]
fn a_client_that_goes_away_ends_the_server() {
    let workspace = shop();
    // Before it has said anything, after it has begun, in the middle of a message, and with a call under way.
    assert_eq!(Raw::new(&workspace).end(), (Some(0), String::new()));
    let mut raw = Raw::new(&workspace);
    raw.begin();
    assert_eq!(raw.end(), (Some(0), String::new()));
    let mut raw = Raw::new(&workspace);
    raw.begin();
    raw.write("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/ca");
    assert_eq!(raw.end().0, Some(0));
    let mut raw = Raw::new(&workspace);
    raw.begin();
    let action = serde_json::to_string(&scale(90)).unwrap();
    raw.write(&format!("{{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/call\",\"params\":{{\"name\":\"propose_options\",\"arguments\":{{\"action\":{action}}}}}}}\n"));
    assert_eq!(raw.end().0, Some(0));
}

/// A server over HTTP, stopped at the end.
struct Http(Child, String);

impl Drop for Http {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn over_http(workspace: &Workspace) -> Http {
    let mut command =
        workspace.command(&["mcp", "--policies", "policies", "--listen", "127.0.0.1:0"]);
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stderr.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let address = line
        .trim()
        .strip_prefix("listening on ")
        .unwrap()
        .to_owned();
    Http(child, address)
}

#[test]
fn clients_over_http_get_the_same_answers() {
    let workspace = shop();
    let server = over_http(&workspace);
    runtime().block_on(async {
        let mut all = Vec::new();
        for mode in [newest(), ClientLifecycleMode::Initialize] {
            let transport = StreamableHttpClientTransport::from_uri(server.1.clone());
            let client = Person::absent()
                .serve_with_lifecycle(transport, mode)
                .await
                .unwrap();
            let answers = answers(&client).await;
            all.push(
                answers
                    .into_iter()
                    .map(|(_, shown)| shown)
                    .collect::<String>(),
            );
            client.cancel().await.unwrap();
        }
        assert_eq!(all[0], all[1]);
        insta::assert_snapshot!("answers", all[0]);
    });
}

#[test]
fn a_page_in_a_browser_does_not_reach_a_server_over_http() {
    let server = over_http(&shop());
    let (host, _) = server
        .1
        .strip_prefix("http://")
        .unwrap()
        .split_once('/')
        .unwrap();
    let status = |headers: &str| {
        let body = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
        let mut stream = std::net::TcpStream::connect(host).unwrap();
        let request = format!(
            "POST /mcp HTTP/1.1\r\n{headers}Connection: close\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.lines().next().unwrap_or_default().to_owned()
    };
    assert_eq!(status("Host: evil.example\r\n"), "HTTP/1.1 403 Forbidden");
    let other_page = format!("Host: {host}\r\nOrigin: https://evil.example\r\n");
    assert_eq!(status(&other_page), "HTTP/1.1 403 Forbidden");
}

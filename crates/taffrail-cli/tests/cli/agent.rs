//! `taffrail agent`.

use serde_json::json;
use taffrail_apiserver::{ApiServer, Rollouts};

use crate::support::{Ran, Workspace};

const POLICY: &str = r#"policy shop.scaling

grant small_steps {
    on scale of Deployment
    when proposed.spec.replicas <= 10
    because "small steps are a daily task"
}

guard never_zero {
    on scale of Deployment
    when proposed.spec.replicas == 0
    forbid because "a service is not switched off"
}
"#;

fn scale(id: &str, replicas: u32) -> String {
    format!(
        "id: {id}\n# more room\nverb: scale\ntarget: {{ apiVersion: apps/v1, kind: Deployment, namespace: shop, name: api }}\npatch: {{ spec: {{ replicas: {replicas} }} }}\n"
    )
}

/// A cluster with one deployment, and a folder with policies and actions.
struct World {
    server: ApiServer,
    runtime: tokio::runtime::Runtime,
    workspace: Workspace,
}

impl World {
    fn new() -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let server = runtime.block_on(ApiServer::start()).unwrap();
        server.rollouts(Rollouts::Succeed);
        server.put(json!({
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "api", "namespace": "shop" },
            "spec": {
                "replicas": 2, "selector": { "matchLabels": { "app": "api" } },
                "template": { "metadata": { "labels": { "app": "api" } }, "spec": { "containers": [{ "name": "api", "image": "api:1" }] } },
            },
        }));
        let workspace = Workspace::new(&[
            ("policies/shop.guard", POLICY),
            ("up.yaml", &scale("up-1", 3)),
            ("many.yaml", &scale("many-1", 30)),
            ("zero.yaml", &scale("zero-1", 0)),
            (
                "agent.toml",
                "[verify]\ndeadline = \"1s\"\nevery = \"10ms\"\n",
            ),
        ]);
        Self {
            server,
            runtime,
            workspace,
        }
    }

    fn agent(&self, arguments: &[&str]) -> Ran {
        let url = self.server.url();
        let given = [
            "--policies",
            "policies",
            "--ledger",
            "ledger.db",
            "--server",
            &url,
            "--settings",
            "agent.toml",
        ];
        let ran = self
            .workspace
            .run(&[&["agent"], arguments, &given].concat());
        // The server needs a thread of its own to answer from.
        let _ = &self.runtime;
        ran
    }

    fn replicas(&self) -> i64 {
        let path = "/apis/apps/v1/namespaces/shop/deployments/api";
        let object = self.server.get(path).unwrap();
        object.pointer("/spec/replicas").unwrap().as_i64().unwrap()
    }
}

#[test]
fn an_action_is_executed_once_and_can_be_taken_back() {
    let world = World::new();
    let run = ["run", "--as", "healer", "up.yaml"];
    insta::assert_snapshot!(world.agent(&run).shown());
    assert_eq!(world.replicas(), 3);
    insta::assert_snapshot!(world.agent(&run).shown());
    assert_eq!(world.server.writes().len(), 1);
    insta::assert_snapshot!(
        world
            .agent(&[
                "roll-back",
                "up-1",
                "--by",
                "ada",
                "--reason",
                "wrong service"
            ])
            .shown()
    );
    assert_eq!(world.replicas(), 2);
}

#[test]
fn what_needs_people_says_so_and_what_is_forbidden_ends() {
    let world = World::new();
    insta::assert_snapshot!(world.agent(&["run", "--as", "healer", "many.yaml"]).shown());
    insta::assert_snapshot!(world.agent(&["run", "--as", "healer", "zero.yaml"]).shown());
    insta::assert_snapshot!(world.agent(&["resume"]).shown());
    assert_eq!(world.replicas(), 2);
}

#[test]
fn a_shadow_executes_nothing() {
    let world = World::new();
    let ran = world.agent(&[
        "run", "--as", "healer", "--shadow", "--output", "json", "up.yaml",
    ]);
    assert!(
        ran.out
            .contains("shadow: execute, and nothing was executed"),
        "{}{}",
        ran.out,
        ran.err
    );
    assert_eq!(world.replicas(), 2);
}

#[test]
fn mistakes_are_told_with_what_to_write() {
    let world = World::new();
    let workspace = &world.workspace;
    workspace.write(
        "typo.yaml",
        b"verb: scale\ntarget: { kind: Deployment, name: api }\npatch: { spec: { replicas: 3 } }\n",
    );
    workspace.write("nothing.yaml", b"verb: scale\ntarget: { apiVersion: apps/v1, kind: Deployment, namespace: shop, name: api }\n");
    workspace.write("bad.toml", b"[verify]\ndeadline = \"soon\"\n");
    let mut shown = String::new();
    for arguments in [
        &["run", "--as", "healer", "typo.yaml"][..],
        &["run", "--as", "healer", "nothing.yaml"],
        &["roll-back", "gone", "--by", "ada", "--reason", "x"],
    ] {
        shown.push_str(&world.agent(arguments).shown());
    }
    let none = [
        "agent",
        "resume",
        "--policies",
        "policies",
        "--ledger",
        "l.db",
        "--kubeconfig",
        "nowhere",
    ];
    shown.push_str(&workspace.run(&none).shown());
    let bad = [
        "agent",
        "resume",
        "--policies",
        "policies",
        "--ledger",
        "l.db",
        "--server",
        "http://127.0.0.1:1",
        "--settings",
        "bad.toml",
    ];
    shown.push_str(&workspace.run(&bad).shown());
    insta::assert_snapshot!(shown);
}

#[test]
fn it_takes_actions_over_http() {
    use std::io::{BufRead as _, Read as _, Write as _};

    let world = World::new();
    // The digest of `test`.
    world.workspace.write(
        "tokens.toml",
        b"[[people]]\nname = \"healer\"\nkind = \"agent\"\ntoken_sha256 = \"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\"\n",
    );
    let url = world.server.url();
    let mut child = world
        .workspace
        .command(&[
            "agent",
            "serve",
            "--policies",
            "policies",
            "--ledger",
            "ledger.db",
            "--settings",
            "agent.toml",
            "--server",
            &url,
            "--listen",
            "127.0.0.1:0",
            "--tokens",
            "tokens.toml",
        ])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut told = String::new();
    let mut errors = std::io::BufReader::new(child.stderr.take().unwrap());
    errors.read_line(&mut told).unwrap();
    let address = told
        .trim()
        .strip_prefix("listening on http://")
        .unwrap_or(&told)
        .to_owned();
    let call = |token: &str, body: &str| {
        let mut stream = std::net::TcpStream::connect(&address).unwrap();
        let call = format!(
            "POST /actions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(call.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    let up = json!({
        "id": "up-1", "verb": "scale", "patch": { "spec": { "replicas": 3 } },
        "target": { "apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "api" },
    })
    .to_string();
    let unknown = call("guess", &up);
    let known = call("test", &up);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(unknown.starts_with("HTTP/1.1 401"), "{unknown}");
    assert!(known.starts_with("HTTP/1.1 200"), "{known}");
    assert!(known.contains("\"closed\""), "{known}");
}

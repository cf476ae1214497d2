//! A folder of its own for each test, and the real command run in it.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

static COUNT: AtomicU32 = AtomicU32::new(0);

/// A temporary folder, removed at the end.
pub(crate) struct Workspace {
    pub(crate) folder: PathBuf,
}

impl Workspace {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("taffrail-cli-{}-{number}", std::process::id());
        let workspace = Self {
            folder: std::env::temp_dir().join(name),
        };
        fs::create_dir_all(&workspace.folder).unwrap();
        for (path, text) in files {
            workspace.write(path, text.as_bytes());
        }
        workspace
    }

    pub(crate) fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_taffrail"));
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env_remove("NO_COLOR")
            .env_remove("CLICOLOR")
            .env_remove("CLICOLOR_FORCE")
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(&mut self.command(arguments))
    }

    pub(crate) fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> Ran {
        let mut command = self.command(arguments);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        Ran::from(child.wait_with_output().unwrap())
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        // What is left of a folder harms nobody.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// What a run came to.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    pub(crate) fn of(command: &mut Command) -> Self {
        Self::from(command.output().unwrap())
    }

    /// Returns code and both streams, with what changes from version to version taken out.
    pub(crate) fn shown(&self) -> String {
        let code = self.code.map_or("killed".into(), |code| code.to_string());
        let mut text = format!("exit {code}\n{}", self.out);
        if !self.err.is_empty() {
            text.push_str("--- stderr\n");
            text.push_str(&self.err);
        }
        without_digests(&text)
    }
}

impl From<std::process::Output> for Ran {
    fn from(output: std::process::Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

fn without_digests(text: &str) -> String {
    let mut parts = text.split("sha256:");
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        shown.push_str("sha256:…");
        shown.push_str(part.trim_start_matches(|letter: char| letter.is_ascii_hexdigit()));
    }
    shown
}

/// A policy with a bit of everything.
pub(crate) const POLICY: &str = r#"policy shop.scaling

param most: number = 5

signal error_rate: number from "prometheus" fresh 2m

/// Agents may scale alone.
grant scaling {
    on scale
    when principal.kind == agent
    because "{principal.id} may scale"
}

@owner("shop-sre")
guard halved {
    on scale of Deployment
    when proposed.spec.replicas * 2 <= current.spec.replicas
    risk 40
    because "{target.name} would drop from {current.spec.replicas} to {proposed.spec.replicas}"
    suggest proposed.spec.replicas = ceil(current.spec.replicas / 2)
}

guard burning {
    on any
    when error_rate > 1%
    escalate to 2 of "oncall"
    because "error rate is {error_rate}"
}

guard too_many {
    on scale of Deployment
    when proposed.spec.replicas > most * 10
    risk 10
}

budget scalings {
    on scale
    limit 3 per 1h by target.name
    propose to "shop-sre"
    because "scaled {used} times already"
}

waive too_many {
    when target.name == "batch"
    until 2027-03-31
    by "dana@example.com"
    because "agreed"
}

test "halving is proposed" {
    given {
        verb: scale
        target: Deployment "shop/cart"
        principal: agent "healer"
        current: { spec: { replicas: 10 } }
        proposed: { spec: { replicas: 3 } }
        signals: { error_rate: 0.2% }
        now: 2026-11-22T10:00Z
    }
    expect propose
    expect guard halved

    case "one more is fine" { proposed: { spec: { replicas: 11 } } }
    expect execute
}
"#;

/// An action on `cart`, from ten replicas to so many.
pub(crate) fn scale(replicas: u32) -> String {
    format!(
        "verb: scale
principal: {{ kind: agent, id: healer }}
target: {{ apiVersion: apps/v1, kind: Deployment, namespace: shop, name: cart }}
current: {{ spec: {{ replicas: 10 }} }}
proposed: {{ spec: {{ replicas: {replicas} }} }}
facts:
  now: 2026-11-22T10:00:00Z
  signals: {{ error_rate: {{ value: 0.002, observed: 2026-11-22T09:59:30Z }} }}
  usage: [ {{ budget: shop.scaling.scalings, by: any, used: 0 }} ]
"
    )
}

/// A folder with the policy and three actions, one for each verdict.
pub(crate) fn shop() -> Workspace {
    let workspace = Workspace::new(&[("policies/scaling.guard", POLICY)]);
    workspace.write("up.yaml", scale(11).as_bytes());
    workspace.write("down.yaml", scale(3).as_bytes());
    workspace.write(
        "burning.yaml",
        scale(11).replace("0.002", "0.02").as_bytes(),
    );
    workspace
}

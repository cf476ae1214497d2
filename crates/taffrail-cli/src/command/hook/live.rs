//! What the cluster itself is asked before a command line is decided: the objects that it changes, and their namespace.
//!
//! Whatever does not come in time is unknown. An agent does not wait for a hook for ever, and what it does then is not to wait any more.

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use taffrail_actions::{Action, Manifest, read_manifests};
use taffrail_copilot::hook::Place;
use taffrail_runtime::Value;
use taffrail_runtime::request::Request;

/// How long all questions together may take.
const PATIENCE: Duration = Duration::from_secs(6);

/// How often it is looked whether an answer is complete.
const GLANCE: Duration = Duration::from_millis(4);

/// How many objects are asked for.
const OBJECTS_LIMIT: usize = 12;

/// The most that is read of an answer, in bytes.
const ANSWER_LIMIT: u64 = 8 << 20;

/// Verbs that change nothing, so that the live object does not matter.
const READS: &[&str] = &["get", "list", "watch", "logs", "read_secret"];

/// The cluster, by way of kubectl.
pub(super) struct Cluster<'a> {
    program: &'a Path,
    context: Option<&'a str>,
    until: Instant,
}

impl<'a> Cluster<'a> {
    /// Returns the cluster that a command acts on; `None` where the settings of this machine do not say how to get there.
    pub(super) fn of(program: &'a Path, place: Place<'a>) -> Option<Self> {
        let context = match place {
            Place::Current => None,
            Place::Context(name) if name.starts_with('-') => return None,
            Place::Context(name) => Some(name),
            Place::Elsewhere => return None,
        };
        Some(Self {
            program,
            context,
            until: Instant::now() + PATIENCE,
        })
    }

    /// Returns the namespace of commands that name none.
    pub(super) fn default_namespace(&self) -> Option<String> {
        let read = self.ask(&["config", "view", "--minify", "-o", "jsonpath={..namespace}"])?;
        let name = String::from_utf8(read).ok()?;
        let name = name.trim();
        Some(if name.is_empty() { "default" } else { name }.to_owned())
    }

    /// Returns the live objects that an action changes.
    pub(super) fn objects(&self, action: &Action) -> Vec<Json> {
        let mut wanted: Vec<Vec<String>> = Vec::new();
        for request in action.requests() {
            if let Some(words) = wanted_of(request)
                && !wanted.contains(&words)
            {
                wanted.push(words);
            }
        }
        let some = wanted.iter().take(OBJECTS_LIMIT);
        some.filter_map(|words| {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            self.get(&words)
        })
        .collect()
    }

    /// Returns what is known of the namespace that all of an action is in.
    pub(super) fn namespace(&self, action: &Action) -> Option<Value> {
        let mut names = action
            .requests()
            .iter()
            .map(|request| text(&request.target.namespace));
        let name = names.next()??;
        if !is_name(name) || names.any(|other| other != Some(name)) {
            return None;
        }
        let metadata = self.get(&["namespace", name])?;
        let metadata = metadata.get("metadata")?;
        let map = |key: &str| metadata.get(key).cloned().unwrap_or_else(|| json!({}));
        Some(Value::from_json(&json!({
            "name": name,
            "labels": map("labels"),
            "annotations": map("annotations"),
        })))
    }

    fn get(&self, words: &[&str]) -> Option<Json> {
        let arguments = [&["get"], words, &["-o", "json", "--request-timeout=5s"]].concat();
        let bytes = self.ask(&arguments)?;
        let mut objects: Vec<Manifest> = read_manifests("kubectl get", &bytes, None).ok()?;
        match objects.len() {
            1 => objects.pop().map(|manifest| manifest.object),
            _ => None,
        }
    }

    fn ask(&self, arguments: &[&str]) -> Option<Vec<u8>> {
        let mut command = Command::new(self.program);
        command.args(arguments);
        if let Some(context) = self.context {
            command.arg(format!("--context={context}"));
        }
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().ok()?;
        let out = child.stdout.take()?;
        let reader = thread::spawn(move || {
            let mut bytes = Vec::new();
            out.take(ANSWER_LIMIT).read_to_end(&mut bytes).ok()?;
            Some(bytes)
        });
        // What still holds the other end of the pipe is left behind with the reader.
        self.awaited(&mut child)
            .then(|| reader.join().ok().flatten())
            .flatten()
    }

    /// Waits for a child, and tells whether it came to a good end in time.
    fn awaited(&self, child: &mut Child) -> bool {
        loop {
            match child.try_wait() {
                Ok(Some(status)) => return status.success(),
                Ok(None) if Instant::now() < self.until => thread::sleep(GLANCE),
                Ok(None) | Err(_) => {
                    // It may have come to its end by itself.
                    let _ = child.kill();
                    let _ = child.wait();
                    return false;
                }
            }
        }
    }
}

/// Returns the words by which kubectl finds what a request changes.
fn wanted_of(request: &Request) -> Option<Vec<String>> {
    let verb = text(&request.verb)?;
    if READS.contains(&verb) || !matches!(request.current, Value::Unknown(_)) {
        return None;
    }
    let target = &request.target;
    let (kind, name) = (text(&target.kind)?, text(&target.name)?);
    let group = text(&target.group)?;
    if !is_name(kind) || !is_name(name) || !(group.is_empty() || is_name(group)) {
        return None;
    }
    let kind = kind.to_ascii_lowercase();
    let version = text(&target.version).filter(|version| is_name(version));
    let resource = match (group, version) {
        ("", _) => kind,
        (group, Some(version)) => format!("{kind}.{version}.{group}"),
        (group, None) => format!("{kind}.{group}"),
    };
    let mut words = vec![resource, name.to_owned()];
    match &target.namespace {
        Value::Absent => {}
        namespace => {
            let namespace = text(namespace).filter(|namespace| is_name(namespace))?;
            words.push(format!("--namespace={namespace}"));
        }
    }
    Some(words)
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// Tells whether a word can be a name and nothing else: no flag, no list, no path.
fn is_name(word: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-.:_".contains(c);
    !word.is_empty() && !word.starts_with('-') && word.chars().all(is_part)
}

//! Asks again what was asked, and compares.
//!
//! What the recorded answers show is taken over into the server after each exchange, with identity and version, so that one difference does
//! not make others, and so that recorded versions and identities mean something here.

use serde_json::{Value as Json, json};
use taffrail_apiserver::{Answered, ApiServer, Fault, Matcher, User};

use crate::compare::{differences, normal, without_owners};
use crate::exchange::Exchange;

/// How alike two answers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Likeness {
    /// The same.
    Alike,
    /// The same, but who owns which fields.
    ButOwners,
    /// Refused with the same status and for the same reason, in other words.
    ButWords,
    /// The same once the server was told what was changed apart from the recorded requests.
    Taught,
    /// About objects that no recorded request has made or shown before.
    Unseen,
    /// Otherwise.
    Other,
}

impl Likeness {
    pub(crate) fn column(self) -> usize {
        match self {
            Self::Alike => 0,
            Self::ButOwners => 1,
            Self::ButWords => 2,
            Self::Taught => 3,
            Self::Unseen => 4,
            Self::Other => 5,
        }
    }

    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Alike => "alike",
            Self::ButOwners => "2 the same, but who owns which fields",
            Self::ButWords => "3 refused for the same reason in other words",
            Self::Taught => "4 the same once told what changed apart from the recorded requests",
            Self::Unseen => "5 about objects that no recorded request made or showed before",
            Self::Other => "1 otherwise",
        }
    }
}

/// A server, and what was asked so far.
pub(crate) struct Replay {
    server: ApiServer,
    phase: String,
}

impl Replay {
    pub(crate) async fn new() -> Self {
        Self {
            server: server().await,
            phase: String::new(),
        }
    }

    /// Asks what was asked; returns how alike the answers are, and what differs first.
    pub(crate) async fn take(&mut self, exchange: &Exchange) -> (Likeness, String) {
        // State is carried over only inside a phase.
        let phase: String = exchange.phase.chars().take(1).collect();
        if phase != self.phase {
            self.server = server().await;
            self.phase = phase;
        }
        if exchange.name.starts_with("442-") {
            // The storage was compacted between the two, at this version.
            self.server.advance(425);
            self.server.compact();
        }
        self.break_down(exchange);
        // The first page of a list shows what was not known before; the pages after it do not.
        let is_foreseen =
            exchange.query.contains("limit=") && !exchange.query.contains("continue=");
        let is_unseen = self.is_unseen(exchange);
        if exchange.is_watch() {
            self.teach(exchange);
        }
        let (mut likeness, why) = self.ask(exchange).await;
        if likeness == Likeness::Other {
            if is_unseen {
                likeness = Likeness::Unseen;
            } else if exchange.method == "GET"
                && (exchange.status < 300 || exchange.status == 404)
                && !exchange.is_watch()
            {
                self.teach(exchange);
                let (again, _) = self.ask(exchange).await;
                if matches!(again, Likeness::Alike | Likeness::ButOwners) {
                    likeness = Likeness::Taught;
                }
            }
        }
        if is_foreseen && likeness == Likeness::Alike {
            likeness = Likeness::Taught;
        }
        if !exchange.is_watch() {
            self.teach(exchange);
        }
        (likeness, why)
    }

    /// Lets go wrong what went wrong: the storage was stopped in phase A3, and a level of priority was made full.
    fn break_down(&self, exchange: &Exchange) {
        let fault = match exchange.status {
            0 => Fault::LostBefore,
            504 if exchange.phase == "A3" => Fault::TimedOut,
            429 if exchange.answer.is_string() => Fault::Busy(1),
            _ => return,
        };
        self.server.fail(Matcher::default(), fault, 1);
    }

    /// Takes over what a list goes on with, before its first page is asked for.
    pub(crate) fn foresee(&self, exchange: &Exchange) {
        self.teach(exchange);
    }

    /// Tells whether a write is to an object that nobody told of.
    fn is_unseen(&self, exchange: &Exchange) -> bool {
        let is_write = matches!(exchange.method.as_str(), "PUT" | "PATCH" | "DELETE")
            || exchange.method == "POST" && exchange.path.ends_with("/eviction");
        let path = object_path(&exchange.path);
        is_write && exchange.status != 404 && self.server.get(&path).is_none()
    }

    async fn ask(&self, exchange: &Exchange) -> (Likeness, String) {
        let Ok(ours) = self.server.answer(request(exchange)).await else {
            if exchange.status == 0 {
                return (Likeness::Alike, String::new());
            }
            return (Likeness::Other, "the connection was dropped".into());
        };
        let body = read(&ours, exchange);
        if std::env::var("RECORDING").is_ok_and(|name| exchange.name.contains(&name)) {
            println!(
                "{} {}\nours {}: {body:#}\nrecorded {}: {:#}",
                exchange.method, exchange.path, ours.status, exchange.status, exchange.answer
            );
        }
        judge(exchange, &ours, &body)
    }

    /// Lets the server take over what an answer shows.
    fn teach(&self, exchange: &Exchange) {
        if exchange.status >= 300
            || exchange.is_dry_run()
            || exchange.is_watch() && exchange.answer.is_string()
        {
            if exchange.method == "GET" && exchange.status == 404 {
                self.server.remove(&exchange.path);
            }
            return;
        }
        let answer = &exchange.answer;
        if let Some(events) = answer.as_array() {
            for event in events {
                self.teach_event(event, exchange);
            }
        } else if let Some(items) = answer["items"].as_array() {
            let Some(kind) = answer["kind"]
                .as_str()
                .and_then(|kind| kind.strip_suffix("List"))
            else {
                return;
            };
            for item in items {
                let mut item = item.clone();
                item["kind"] = kind.into();
                item["apiVersion"] = answer["apiVersion"].clone();
                self.restore(item);
            }
        } else if answer["metadata"]["deletionTimestamp"].is_null()
            || exchange.method == "GET"
            || is_kept(answer)
        {
            self.restore(answer.clone());
        } else {
            self.server.remove(&object_path(&exchange.path));
        }
    }

    fn teach_event(&self, event: &Json, exchange: &Exchange) {
        let object = &event["object"];
        let name = object["metadata"]["name"].as_str().unwrap_or_default();
        let path = exchange.path.replace("/v1/watch/", "/v1/");
        let path = format!("{path}/{name}");
        match event["type"].as_str() {
            Some("ADDED" | "MODIFIED") => self.restore(object.clone()),
            Some("DELETED") => self.server.remove(&path),
            _ => {}
        }
    }

    /// Stores an object as it was shown, unless it is there in this version or a newer one, or is shown in part.
    fn restore(&self, object: Json) {
        let text = |path: &str| {
            let text = object.pointer(path).and_then(Json::as_str);
            text.unwrap_or_default().to_owned()
        };
        let kinds = ["Table", "PartialObjectMetadata", "Status", "Scale"];
        let (kind, version) = (text("/kind"), text("/metadata/resourceVersion"));
        if version.is_empty() || kinds.contains(&kind.as_str()) || !self.server.serves(&object) {
            return;
        }
        let live = self.server.like(&object);
        let number = |version: &str| version.parse::<u64>().unwrap_or(0);
        let is_newer = live.is_none_or(|live| {
            live["metadata"]["uid"] != object["metadata"]["uid"]
                || number(
                    live["metadata"]["resourceVersion"]
                        .as_str()
                        .unwrap_or_default(),
                ) < number(&version)
                || live != object
        });
        if is_newer {
            self.server.restore(object);
        }
    }
}

/// Tells whether an object that is going is still there.
fn is_kept(object: &Json) -> bool {
    let finalizers = object
        .pointer("/metadata/finalizers")
        .or(object.pointer("/spec/finalizers"));
    let grace = object["metadata"]["deletionGracePeriodSeconds"].as_i64();
    finalizers.is_some() || grace.is_some_and(|grace| grace > 0)
}

async fn server() -> ApiServer {
    let server = ApiServer::start().await.unwrap();
    let mut alice = User::new("alice@example.com", &["sre", "oncall"]);
    alice.uid = "u-alice".into();
    let users = [
        ("admin", User::new("admin", &["system:masters"])),
        ("alice@example.com", alice),
        (
            "bob@example.com",
            User::new("bob@example.com", &["developers"]),
        ),
        (
            "sa:limited",
            User::new("system:serviceaccount:shop:limited", &[]),
        ),
        (
            "system:node:node-1",
            User::new("system:node:node-1", &["system:nodes"]),
        ),
    ];
    for (token, user) in users {
        server.token(token, user);
    }
    server.authorize();
    server
}

/// Returns the path of the object that a path is about.
fn object_path(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').collect();
    let length = match parts.as_slice() {
        ["", "api", _, "namespaces", _, _, _, ..] => 7,
        ["", "apis", _, _, "namespaces", _, _, _, ..] => 8,
        ["", "api", ..] => 5,
        _ => 6,
    };
    parts[..length.min(parts.len())].join("/")
}

fn request(exchange: &Exchange) -> http::Request<Vec<u8>> {
    let uri = if exchange.query.is_empty() {
        exchange.path.clone()
    } else {
        format!("{}?{}", exchange.path, exchange.query)
    };
    let mut request = http::Request::builder()
        .method(exchange.method.as_str())
        .uri(uri)
        .header("user-agent", "recorder/1");
    if exchange.actor != "anonymous" {
        request = request.header("authorization", format!("Bearer {}", exchange.actor));
    }
    for (name, value) in &exchange.headers {
        request = request.header(name, value);
    }
    request.body(exchange.body.clone().into_bytes()).unwrap()
}

/// Reads a body as the recordings do: a stream is a list.
fn read(ours: &Answered, exchange: &Exchange) -> Json {
    let text = String::from_utf8_lossy(&ours.body).into_owned();
    if exchange.is_watch() && exchange.answer.is_array() && ours.status == 200 {
        return text
            .lines()
            .map(|line| serde_json::from_str::<Json>(line).unwrap())
            .collect();
    }
    if exchange.answer.is_string() && exchange.status >= 400 {
        return Json::String(text);
    }
    serde_json::from_str(&text).unwrap_or(Json::String(text))
}

fn judge(exchange: &Exchange, ours: &Answered, body: &Json) -> (Likeness, String) {
    if ours.status != exchange.status {
        let message = body["message"].as_str().unwrap_or_default();
        let why = format!("{} instead of {} {message}", ours.status, exchange.status);
        return (
            Likeness::Other,
            why.lines().next().unwrap_or_default().to_owned(),
        );
    }
    for name in ["warning", "retry-after"] {
        let header = ours.headers.get(name).and_then(|value| value.to_str().ok());
        let recorded = exchange.answer_headers[name].as_str();
        if header != recorded {
            return (
                Likeness::Other,
                format!("header {name}: {header:?} instead of {recorded:?}"),
            );
        }
    }
    let (a, b) = match (body, &exchange.answer) {
        (Json::String(a), Json::String(b)) if exchange.status == 200 => (
            serde_yaml::from_str(a).unwrap_or(json!(a)),
            serde_yaml::from_str(b).unwrap_or(json!(b)),
        ),
        (a, b) => (a.clone(), b.clone()),
    };
    let (a, b) = (normal(&a), normal(&b));
    if a == b {
        return (Likeness::Alike, String::new());
    }
    let (bare_a, bare_b) = (without_owners(&a), without_owners(&b));
    if bare_a == bare_b {
        return (Likeness::ButOwners, first(&a, &b));
    }
    let why = first(&bare_a, &bare_b);
    if exchange.status >= 400 && a["reason"] == b["reason"] {
        return (Likeness::ButWords, why);
    }
    (Likeness::Other, why)
}

/// Returns the first difference, on one line.
fn first(ours: &Json, recorded: &Json) -> String {
    let differences = differences(ours, recorded);
    let count = differences.len();
    let Some((path, (ours, recorded))) = differences.into_iter().next() else {
        return String::new();
    };
    let short = |value: Json| {
        let text = value.to_string();
        let start: String = text.chars().take(160).collect();
        if start == text {
            text
        } else {
            format!("{start}…")
        }
    };
    let more = if count > 1 {
        format!(" (and {} more)", count - 1)
    } else {
        String::new()
    };
    format!(
        "{path} {} instead of {}{more}",
        short(ours),
        short(recorded)
    )
}

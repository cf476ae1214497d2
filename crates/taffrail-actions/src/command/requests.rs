//! From what a line says to what is decided: every command becomes an action, on every object it names.

use serde_json::Value as Json;
use taffrail_runtime::request::{Plan, Proposed, Request, Target as RequestTarget};
use taffrail_runtime::{Cause, Value};
use taffrail_schema::Schemas;

use crate::action::Action;
use crate::effect::Effect;
use crate::generate::Generator;
use crate::manifest::Manifest;
use crate::{facts, impact, rollback};

use super::change::{self, Changed};
use super::invocation::{Invocation, Selection, Target};
use super::line::Line;
use super::word::{Unclear, Word};

/// What is known where a line is decided.
pub struct Surroundings<'a> {
    /// Who asks, what for, and the facts. Its verb, target and objects are not looked at.
    pub base: Request,
    /// The live objects that are known.
    pub live: &'a [Json],
    /// The namespace of commands that name none; `None` when it is not known.
    pub namespace: Option<&'a str>,
    /// What the API's objects look like.
    pub schemas: &'a Schemas,
    /// Reads a file that a command names; `None` when it cannot.
    pub file: &'a dyn Fn(&str) -> Option<String>,
}

impl std::fmt::Debug for Surroundings<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Surroundings")
            .field("namespace", &self.namespace)
            .finish_non_exhaustive()
    }
}

/// Flags that say as whom a command runs.
const IDENTITY: &[&str] = &[
    "as",
    "as-group",
    "as-uid",
    "as-user-extra",
    "client-certificate",
    "client-key",
    "kube-as-group",
    "kube-as-user",
    "kube-token",
    "password",
    "token",
    "user",
    "username",
];

impl Line {
    /// Returns the action that the line is: a plan where it does more than one thing. What the line leaves open is unknown in it, and a
    /// line that is not understood is an action of which nothing is known.
    #[must_use]
    pub fn action(&self, known: &Surroundings<'_>) -> Action {
        let mut steps: Vec<Request> = self
            .commands
            .iter()
            .flat_map(|command| requests(command, known))
            .collect();
        if self.trouble.is_some() || self.effect == Effect::Unknown && steps.is_empty() {
            steps.push(of_nothing_known(known));
        }
        match <[Request; 1]>::try_from(steps) {
            Ok([request]) => Action::Single(Box::new(request)),
            Err(steps) => Action::Plan(Plan { steps }),
        }
    }
}

/// Returns an action of which nothing is known but who asks.
pub(crate) fn of_nothing_known(known: &Surroundings<'_>) -> Request {
    let unknown = Request::default();
    let mut request = Request {
        verb: unknown.verb,
        target: unknown.target,
        subresource: unknown.subresource,
        current: unknown.current,
        proposed: Proposed::Given(unclear("proposed", "the command is not understood")),
        rollback: unknown.rollback,
        impact: unknown.impact,
        ..known.base.clone()
    };
    request.rollback = rollback::derived(&request);
    request
}

fn requests(command: &Invocation, known: &Surroundings<'_>) -> Vec<Request> {
    let mut base = of_nothing_known(known);
    access(&mut base, command);
    match command.effect {
        // The files of this machine decide where later commands go.
        Effect::Unknown | Effect::Local => {
            facts::namespace_of(&mut base, &known.base.namespace);
            vec![base]
        }
        Effect::Read | Effect::DryRun | Effect::SecretRead => reads(command, &base, known),
        Effect::Write | Effect::Exec => writes(command, &base, known),
    }
}

/// Another cluster than the one whose facts are known, or another user than the one who asks.
fn access(request: &mut Request, command: &Invocation) {
    for setting in &command.settings {
        let reason = format!("the command sets `{}`", setting.name);
        if IDENTITY.contains(&setting.name.as_str()) {
            request.principal = unclear("principal", &reason);
        } else {
            request.cluster = unclear("cluster", &reason);
        }
    }
}

fn reads(command: &Invocation, base: &Request, known: &Surroundings<'_>) -> Vec<Request> {
    let mut request = base.clone();
    request.proposed = Proposed::FromVerb;
    if command.targets.is_empty() {
        request.verb = Value::string(if command.effect == Effect::SecretRead {
            "read_secret"
        } else {
            "get"
        });
        request.target = of_no_object();
        finish(&mut request, known);
        return vec![request];
    }
    let targets = command.targets.iter();
    let mut all: Vec<Request> = targets
        .map(|target| {
            let mut request = request.clone();
            request.verb = Value::string(read_verb(command, target));
            aim(&mut request, target, known);
            if let Some(live) = found(&request, known) {
                request.current = Value::from_json(live);
            }
            finish(&mut request, known);
            request
        })
        .collect();
    let secret = Value::string("read_secret");
    if command.effect == Effect::SecretRead && all.iter().all(|request| request.verb != secret) {
        all.extend(
            all.first()
                .map(|beside| of_some_secret(beside, base, known)),
        );
    }
    all
}

/// Returns the read of a Secret that a command resolves beside what it names: `set env deploy/web --list --resolve`.
fn of_some_secret(beside: &Request, base: &Request, known: &Surroundings<'_>) -> Request {
    let mut request = base.clone();
    request.proposed = Proposed::FromVerb;
    request.verb = Value::string("read_secret");
    request.target = RequestTarget {
        group: Value::string(""),
        version: Value::string("v1"),
        kind: Value::string("Secret"),
        namespace: beside.target.namespace.clone(),
        name: unclear("target.name", "the command does not name the Secret"),
    };
    finish(&mut request, known);
    request
}

fn read_verb(command: &Invocation, target: &Target) -> &'static str {
    let is_secret = target.kind.is_some_and(|kind| kind.kind == "Secret");
    match (command.effect, command.verb.as_str(), &target.selection) {
        (Effect::SecretRead, ..) if is_secret || target.kind.is_none() => "read_secret",
        (_, "logs", _) => "logs",
        (_, _, _) if command.arguments.may_be_on("watch") => "watch",
        (_, "get" | "describe", Selection::All | Selection::Labels(_) | Selection::Fields(_)) => {
            "list"
        }
        _ => "get",
    }
}

/// The target of a command that touches no object.
fn of_no_object() -> RequestTarget {
    RequestTarget {
        group: Value::Absent,
        version: Value::Absent,
        kind: Value::Absent,
        namespace: Value::Absent,
        name: Value::Absent,
    }
}

fn writes(command: &Invocation, base: &Request, known: &Surroundings<'_>) -> Vec<Request> {
    if let Some(generator) = Generator::of(&command.verb)
        && generator != Generator::Token
        && let Ok(objects) = change::generated(command, generator, known)
    {
        let of_object = |object: &Json| of_generated(command, object, base, known);
        return objects.iter().map(of_object).collect();
    }
    let mut all = Vec::new();
    for target in &command.targets {
        match &target.selection {
            Selection::File(file) => all.extend(of_file(command, file, target, base, known)),
            Selection::Named(_) | Selection::Labels(_) | Selection::Fields(_) | Selection::All => {
                let mut request = base.clone();
                request.verb = verb(command);
                request.subresource = subresource(command);
                aim(&mut request, target, known);
                aim_at_new(&mut request, command);
                changed(&mut request, command, None, known);
                all.push(request);
            }
        }
    }
    if all.is_empty() {
        let mut request = base.clone();
        request.verb = verb(command);
        request.subresource = subresource(command);
        finish(&mut request, known);
        all.push(request);
    }
    all
}

fn verb(command: &Invocation) -> Value {
    match command.language {
        "" => unclear("verb", &format!("`{}` is decided as no verb", command.verb)),
        verb => Value::string(verb),
    }
}

fn subresource(command: &Invocation) -> Value {
    if let Some(named) = command.arguments.value("subresource") {
        return text("subresource", named);
    }
    match command.verb.as_str() {
        "exec" | "cp" => Value::string("exec"),
        "attach" => Value::string("attach"),
        "debug" => Value::string("ephemeralcontainers"),
        "port-forward" => Value::string("portforward"),
        "proxy" => Value::string("proxy"),
        "create token" => Value::string("token"),
        "certificate approve" | "certificate deny" => Value::string("approval"),
        _ => Value::Absent,
    }
}

/// Returns an action for each object of a file; one of which the target is unknown when the file cannot be read.
fn of_file(
    command: &Invocation,
    file: &Word,
    target: &Target,
    base: &Request,
    known: &Surroundings<'_>,
) -> Vec<Request> {
    let objects = match change::objects_of(command, file, known) {
        Ok(objects) => objects,
        Err(reason) => {
            let mut request = base.clone();
            request.verb = verb(command);
            request.subresource = subresource(command);
            request.proposed = Proposed::Given(unclear("proposed", &reason));
            request.target.namespace = match &target.namespace {
                Some(namespace) => text("namespace", namespace),
                None => unclear("namespace", &reason),
            };
            finish(&mut request, known);
            return vec![request];
        }
    };
    let of_object = |manifest: &Manifest| {
        let mut request = base.clone();
        request.verb = verb(command);
        request.subresource = subresource(command);
        request.target = manifest.target.clone();
        changed(&mut request, command, Some(&manifest.object), known);
        request
    };
    objects.iter().map(of_object).collect()
}

/// Names the kind of the new object where a command makes one from the object that it names.
fn aim_at_new(request: &mut Request, command: &Invocation) {
    let (group, version, kind) = match command.verb.as_str() {
        "expose" => ("", "v1", "Service"),
        "autoscale" => ("autoscaling", "v2", "HorizontalPodAutoscaler"),
        _ => return,
    };
    request.target.group = Value::string(group);
    request.target.version = Value::string(version);
    request.target.kind = Value::string(kind);
    if let Some(name) = command.arguments.value("name") {
        request.target.name = text("target.name", name);
    }
}

/// Returns the action for an object that a command makes by itself.
fn of_generated(
    command: &Invocation,
    object: &Json,
    base: &Request,
    known: &Surroundings<'_>,
) -> Request {
    let part = |key: &str| object.get(key).and_then(Json::as_str).unwrap_or_default();
    let (group, version) = part("apiVersion")
        .split_once('/')
        .unwrap_or(("", part("apiVersion")));
    let is_cluster_wide = super::resources::resource(part("kind"))
        .is_some_and(|found| found.group == group && !found.namespaced);
    let mut request = base.clone();
    request.verb = verb(command);
    request.subresource = subresource(command);
    request.target = RequestTarget {
        group: Value::string(group),
        version: Value::string(version),
        kind: Value::string(part("kind")),
        name: Value::string(metadata(object, "name").unwrap_or_default()),
        namespace: match metadata(object, "namespace") {
            _ if is_cluster_wide => Value::Absent,
            Some(namespace) => Value::string(namespace),
            None => unclear("target.namespace", "the command names none"),
        },
    };
    changed(&mut request, command, Some(object), known);
    request
}

/// Puts the state before and after a command into its action.
fn changed(
    request: &mut Request,
    command: &Invocation,
    object: Option<&Json>,
    known: &Surroundings<'_>,
) {
    let live = found(request, known).map(|live| change::as_stored(live, known));
    request.current = match &live {
        Some(live) => Value::from_json(live),
        None if is_known_to_miss(request, known) => Value::Absent,
        None => request.current.clone(),
    };
    let before = match (&live, &request.current) {
        (Some(live), _) => Some(Some(live)),
        (None, Value::Absent) => Some(None),
        (None, _) => None,
    };
    request.proposed = match change::after(command, before, object, known) {
        Changed::To(Some(after)) => Proposed::Given(Value::from_json(&after)),
        Changed::To(None) => Proposed::Given(Value::Absent),
        Changed::FromVerb => Proposed::FromVerb,
        Changed::Unknown(reason) => Proposed::Given(unclear("proposed", &reason)),
    };
    finish(request, known);
}

/// Derives what follows from the rest.
pub(crate) fn finish(request: &mut Request, known: &Surroundings<'_>) {
    facts::namespace_of(request, &known.base.namespace);
    request.rollback = rollback::derived(request);
    request.impact = impact::derived(request);
}

/// Names the object that a target is about.
fn aim(request: &mut Request, target: &Target, known: &Surroundings<'_>) {
    let named = kind_of(target, known);
    let not_built_in = || {
        unclear(
            "target.kind",
            &format!("`{}` is no built-in kind", target.resource),
        )
    };
    let is_open = target.resource.is_empty() || target.kind.is_none() && named.is_none();
    let (group, version, kind) = match &named {
        Some(found) => (
            Value::string(found.group.as_str()),
            Value::string(found.version.as_str()),
            Value::string(found.kind.as_str()),
        ),
        None => (not_built_in(), not_built_in(), not_built_in()),
    };
    let is_cluster_wide = named.as_ref().is_some_and(|found| !found.namespaced);
    request.target = RequestTarget {
        group,
        version,
        kind,
        name: name(&target.selection),
        namespace: match &target.namespace {
            _ if is_cluster_wide => Value::Absent,
            _ if target.all_namespaces => unclear("target.namespace", "every namespace is meant"),
            Some(namespace) => text("target.namespace", namespace),
            None if is_open => unclear("target.namespace", "the command names none"),
            None => default_namespace(named.as_ref(), &target.selection, known),
        },
    };
}

/// The namespace of a command that names none: the one that is known to hold, or that of the only live object it can mean.
fn default_namespace(
    named: Option<&Named>,
    selection: &Selection,
    known: &Surroundings<'_>,
) -> Value {
    if let Some(namespace) = known.namespace {
        return Value::string(namespace);
    }
    if let (Some(named), Selection::Named(name)) = (named, selection)
        && let Some(name) = name.known()
    {
        let mut matching = known.live.iter().filter(|live| {
            is_kind(live, &named.group, &named.kind) && metadata(live, "name") == Some(name)
        });
        if let (Some(live), None) = (matching.next(), matching.next())
            && let Some(namespace) = metadata(live, "namespace")
        {
            return Value::string(namespace);
        }
    }
    unclear("target.namespace", "the command names none")
}

struct Named {
    group: String,
    version: String,
    kind: String,
    namespaced: bool,
}

/// Returns the kind of a target: a built-in one, or a custom one that the schemas know.
fn kind_of(target: &Target, known: &Surroundings<'_>) -> Option<Named> {
    if let Some(found) = target.kind {
        return Some(Named {
            group: found.group.to_owned(),
            version: found.version.to_owned(),
            kind: found.kind.to_owned(),
            namespaced: found.namespaced,
        });
    }
    let written = target.resource.to_ascii_lowercase();
    let (name, qualifier) = match written.split_once('.') {
        Some((name, qualifier)) => (name, Some(qualifier)),
        None => (written.as_str(), None),
    };
    let is_named = |kind: &str| {
        let kind = kind.to_ascii_lowercase();
        name == kind
            || [format!("{kind}s"), format!("{kind}es")]
                .iter()
                .any(|plural| plural == name)
            || kind
                .strip_suffix('y')
                .is_some_and(|stem| format!("{stem}ies") == name)
    };
    let mut kinds = known.schemas.kinds().map(|id| known.schemas.kind(id));
    let found = kinds.find(|kind| {
        !kind.builtin
            && is_named(kind.kind)
            && qualifier.is_none_or(|text| {
                text == kind.group || text.ends_with(&format!(".{}", kind.group))
            })
    })?;
    Some(Named {
        group: found.group.to_owned(),
        version: found.version.to_owned(),
        kind: found.kind.to_owned(),
        namespaced: found.namespaced,
    })
}

fn name(selection: &Selection) -> Value {
    match selection {
        Selection::Named(name) => text("target.name", name),
        Selection::Labels(labels) => unclear(
            "target.name",
            &format!("every object with {labels} is meant"),
        ),
        Selection::Fields(fields) => unclear(
            "target.name",
            &format!("every object where {fields} is meant"),
        ),
        Selection::All => unclear("target.name", "every object of the kind is meant"),
        Selection::File(file) => unclear("target.name", &format!("what {file} describes is meant")),
    }
}

/// Returns the live object that an action is about.
pub(crate) fn found<'a>(request: &Request, known: &Surroundings<'a>) -> Option<&'a Json> {
    let target = &request.target;
    let (Value::String(group), Value::String(kind), Value::String(name)) =
        (&target.group, &target.kind, &target.name)
    else {
        return None;
    };
    known.live.iter().find(|live| {
        is_kind(live, group, kind)
            && metadata(live, "name") == Some(&**name)
            && match &target.namespace {
                Value::Absent => metadata(live, "namespace").is_none(),
                Value::String(namespace) => metadata(live, "namespace") == Some(&**namespace),
                _ => false,
            }
    })
}

/// Tells whether the facts hold every object of the target's kind and namespace, and not this one.
pub(crate) fn is_known_to_miss(request: &Request, known: &Surroundings<'_>) -> bool {
    let target = &request.target;
    let (Value::String(group), Value::String(kind), Value::String(_)) =
        (&target.group, &target.kind, &target.name)
    else {
        return false;
    };
    known.base.complete.iter().any(|complete| {
        let is_kind = match complete.kind.rsplit_once('/') {
            Some((other, name)) => name == &**kind && other == &**group,
            None => complete.kind == **kind,
        };
        is_kind
            && match (&complete.namespace, &target.namespace) {
                (None, _) => true,
                (Some(all), Value::String(namespace)) => *all == **namespace,
                (Some(_), _) => false,
            }
    })
}

fn is_kind(object: &Json, group: &str, kind: &str) -> bool {
    let api_version = object
        .get("apiVersion")
        .and_then(Json::as_str)
        .unwrap_or_default();
    let own = api_version.split_once('/').map_or("", |(group, _)| group);
    own == group && object.get("kind").and_then(Json::as_str) == Some(kind)
}

fn metadata<'o>(object: &'o Json, key: &str) -> Option<&'o str> {
    object.get("metadata")?.get(key)?.as_str()
}

/// Returns a word as a value; unknown with its cause when it cannot be told.
fn text(fact: &str, word: &Word) -> Value {
    match (word.known(), word.first_unclear()) {
        (Some(text), _) if is_sound(text) => Value::string(text),
        (Some(text), _) => unclear(fact, &format!("`{text}` is no name")),
        (None, Some(Unclear { text, why, .. })) => {
            unclear(fact, &format!("`{text}` {}", why.as_str()))
        }
        (None, None) => unclear(fact, "it is not given"),
    }
}

/// Tells whether a text can be a name at all. Blanks to be filled in are often written in capitals or brackets.
fn is_sound(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-._:@".contains(c))
}

pub(crate) fn unclear(fact: &str, reason: &str) -> Value {
    Value::unknown(Cause::InvalidArgument {
        function: format!("`{fact}`"),
        reason: reason.to_owned(),
    })
}

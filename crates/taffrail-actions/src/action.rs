//! From a tree to an action: what is asked.

use jiff::Timestamp;
use taffrail_runtime::Map;
use taffrail_runtime::Value;
use taffrail_runtime::request::{Plan, Proposed, Request, Target};

use crate::error::{ActionError, Problem};
use crate::fields::{Field, Fields};
use crate::kinds::{self, Scope};
use crate::node::Node;
use crate::{check, facts, impact, rollback};

type Read<T> = Result<T, ActionError>;

/// What a document asks to have decided.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// One action.
    Single(Box<Request>),
    /// Several actions, decided as one.
    Plan(Plan),
}

impl Action {
    /// Returns every request in it, in order.
    #[must_use]
    pub fn requests(&self) -> &[Request] {
        match self {
            Self::Single(request) => std::slice::from_ref(request),
            Self::Plan(plan) => &plan.steps,
        }
    }
}

/// What holds where a document is silent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Defaults {
    /// The instant of the decision; `None` leaves it unknown.
    pub now: Option<Timestamp>,
}

/// The keys of one action, in a document of its own or as a step.
const STEP: [&str; 9] = [
    "verb",
    "target",
    "subresource",
    "current",
    "proposed",
    "patch",
    "rollback",
    "impact",
    "request",
];

/// The keys that the steps of a plan share.
const SHARED: [&str; 3] = ["principal", "intent", "facts"];

/// Reads the tree of an action document.
///
/// # Errors
///
/// Anything that an action document cannot say, at the place of the value or key at fault.
pub fn action_from_node(node: &Node, defaults: &Defaults) -> Read<Action> {
    let document = Field {
        node,
        path: String::new(),
    };
    if !matches!(node.kind, crate::node::NodeKind::Map(_)) {
        return Err(document.error(Problem::WrongType {
            path: "the document".into(),
            expected: "a map",
            found: node.type_name(),
        }));
    }
    if node.get("plan").is_some() {
        return plan(&document, defaults).map(Action::Plan);
    }
    let fields = document.fields(&[STEP.as_slice(), &SHARED, &["plan"]].concat())?;
    let mut request = shared(&fields, defaults)?;
    step(&mut request, &fields)?;
    facts::namespace(&mut request, &fields)?;
    Ok(Action::Single(Box::new(request)))
}

fn plan(document: &Field<'_>, defaults: &Defaults) -> Read<Plan> {
    let known = [SHARED.as_slice(), &["plan"]].concat();
    let all = document.entries()?;
    if let Some(entry) = all
        .entries
        .iter()
        .find(|entry| STEP.contains(&entry.key.as_str()))
    {
        let hint = format!("beside `plan`, `{}` belongs to each step", entry.key);
        return Err(all.unknown_key(entry, Some(hint)));
    }
    let fields = document.fields(&known)?;
    let shared = shared(&fields, defaults)?;
    let list = fields.require("plan")?;
    let items = list.items()?;
    if items.is_empty() {
        return Err(list.error(Problem::NoAction));
    }
    let mut steps = Vec::with_capacity(items.len());
    for item in items {
        let own = item.entries()?;
        if let Some(entry) = own
            .entries
            .iter()
            .find(|entry| SHARED.contains(&entry.key.as_str()))
        {
            let hint = format!("`{}` is shared: write it beside `plan`", entry.key);
            return Err(own.unknown_key(entry, Some(hint)));
        }
        let mut request = shared.clone();
        step(&mut request, &item.fields(&STEP)?)?;
        facts::namespace(&mut request, &fields)?;
        steps.push(request);
    }
    Ok(Plan { steps })
}

/// Reads what the steps of a plan share.
fn shared(fields: &Fields<'_>, defaults: &Defaults) -> Read<Request> {
    let mut request = Request::default();
    if let Some(now) = defaults.now {
        request.now = Value::Time(now);
    }
    if let Some(field) = fields.get("principal") {
        request.principal = facts::principal(&field)?;
    }
    if let Some(field) = fields.get("intent") {
        request.intent = facts::intent(&field)?;
    }
    if let Some(field) = fields.get("facts") {
        facts::read(&mut request, &field)?;
    }
    Ok(request)
}

/// Reads what one action has of its own.
fn step(request: &mut Request, fields: &Fields<'_>) -> Read<()> {
    if let Some(field) = fields.get("verb") {
        request.verb = match field.string()? {
            Value::Absent => return Err(field.error(missing(&field.path))),
            verb => verb,
        };
    }
    if let Some(field) = fields.get("target") {
        target(&mut request.target, &field)?;
    }
    if let Some(field) = fields.get("subresource") {
        request.subresource = field.string()?;
    }
    if let Some(field) = fields.get("current") {
        request.current = field.object()?;
        check::same_object(&request.target, &request.current, &field)?;
    }
    request.proposed = proposed(&request.target, fields)?;
    request.rollback = rollback::read(request, fields.get("rollback").as_ref())?;
    request.impact = impact::read(request, fields.get("impact").as_ref())?;
    if let Some(field) = fields.get("request") {
        request.request = facts::request(&field)?;
    }
    Ok(())
}

fn missing(path: &str) -> Problem {
    Problem::Missing { path: path.into() }
}

fn proposed(target: &Target, fields: &Fields<'_>) -> Read<Proposed> {
    match (fields.get("proposed"), fields.get("patch")) {
        (Some(proposed), Some(patch)) => Err(patch.error(Problem::Exclusive {
            first: proposed.path,
            second: patch.path.clone(),
        })),
        (Some(field), None) => {
            let value = field.object()?;
            check::same_object(target, &value, &field)?;
            Ok(Proposed::Given(value))
        }
        (None, Some(field)) if field.says_unknown() => {
            Ok(Proposed::Given(Field::not_given("proposed")))
        }
        (None, Some(field)) => {
            field.entries()?;
            let patch = field.node.to_value();
            check::same_object(target, &patch, &field)?;
            Ok(Proposed::Patch(patch))
        }
        (None, None) => Ok(Proposed::FromVerb),
    }
}

/// Reads the target. What is left out is unknown: only a kind that is known to have no namespace has none.
fn target(target: &mut Target, field: &Field<'_>) -> Read<()> {
    if field.says_unknown() {
        return Ok(());
    }
    let fields = field.fields(&["apiVersion", "kind", "namespace", "name"])?;
    if let Some(field) = fields.get("apiVersion") {
        (target.group, target.version) = api_version(&field)?;
    }
    if let Some(field) = fields.get("kind") {
        target.kind = field.string()?;
        if let Value::String(kind) = &target.kind
            && (kind.is_empty() || kind.contains(['/', ' ', '.']))
        {
            return Err(field.error(Problem::InvalidKind {
                path: field.path.clone(),
                text: kind.to_string(),
            }));
        }
    }
    if let Some(field) = fields.get("name") {
        target.name = field.string()?;
    }
    match fields.get("namespace") {
        Some(field) => target.namespace = field.string()?,
        None if kinds::scope_of(target) == Some(Scope::Cluster) => target.namespace = Value::Absent,
        None => {}
    }
    Ok(())
}

fn api_version(field: &Field<'_>) -> Read<(Value, Value)> {
    let value = field.string()?;
    let Value::String(text) = &value else {
        return Ok((value.clone(), value));
    };
    match check::split_api_version(text) {
        Some((group, version)) => Ok((Value::string(group), Value::string(version))),
        None => Err(field.error(Problem::InvalidApiVersion {
            path: field.path.clone(),
            text: text.to_string(),
        })),
    }
}

/// Returns a map of the members that are not absent: one that a given map leaves out is absent anyway.
pub(crate) fn map_of(members: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    let mut map = Map::default();
    for (key, value) in members {
        if value != Value::Absent {
            map.insert(key, value);
        }
    }
    Value::Map(map)
}

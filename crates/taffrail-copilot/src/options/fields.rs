//! The fields of an action that may be changed, and the action with one of them changed.

use taffrail::{Report, Risk, Verdict};
use taffrail_actions::follow;
use taffrail_runtime::request::{Proposed, Request};
use taffrail_runtime::search::Mention;
use taffrail_runtime::{Program, Value};

use crate::options::path::{Part, Path};

/// How many fields of an object are looked at.
const FIELD_LIMIT: usize = 2_000;

/// Members that say which object it is, or that the API server writes.
const NOT_OURS: [&str; 5] = ["apiVersion", "kind", "metadata", "status", "managedFields"];

/// Members of `metadata` that an action may choose.
const METADATA: [&str; 3] = ["annotations", "finalizers", "labels"];

/// Fields whose numbers are names: no port or user is nearer to one than another.
const NAMES: [&str; 9] = [
    "containerPort",
    "endPort",
    "fsGroup",
    "hostPort",
    "nodePort",
    "port",
    "runAsGroup",
    "runAsUser",
    "targetPort",
];

/// A field that the action sets: a scalar, or a list of scalars.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) path: Path,
    pub(crate) value: Value,
    /// What stands there now; absent when nothing does or nobody knows.
    pub(crate) current: Value,
}

impl Field {
    /// Tells whether its number is an amount, not a name.
    pub(crate) fn is_amount(&self) -> bool {
        let keys = self.path.keys();
        keys.last().is_none_or(|key| !NAMES.contains(key))
    }
}

/// What is asked, and what the searches read of it.
pub(crate) struct Question<'q> {
    pub(crate) asked: &'q Request,
    pub(crate) verdict: Verdict,
    pub(crate) risk: Risk,
    /// The whole decision on what is asked.
    pub(crate) report: Report,
    /// The object as it would be.
    pub(crate) outcome: Value,
    pub(crate) fields: Vec<Field>,
    pub(crate) mentions: Vec<Mention>,
}

impl<'q> Question<'q> {
    pub(crate) fn new(program: &Program, asked: &'q Request) -> Self {
        let decision = program.decide(asked);
        // What is in a Secret is not told, and what may be in one neither.
        let is_open = matches!(&asked.target.kind, Value::String(kind) if &**kind != "Secret");
        Self {
            asked,
            verdict: decision.verdict(),
            risk: decision.risk(),
            report: decision.report(),
            outcome: asked.outcome().into_owned(),
            fields: if is_open { fields(asked) } else { Vec::new() },
            mentions: if is_open {
                program.mentioned(asked)
            } else {
                Vec::new()
            },
        }
    }

    /// Returns the action with other values in its object; none where it has no object to change, or where nothing of the change that was
    /// asked for would be left.
    pub(crate) fn with(&self, changes: &[(Path, Value)]) -> Option<Request> {
        if !matches!(self.outcome, Value::Map(_)) {
            return None;
        }
        let mut object = self.outcome.clone();
        for (path, value) in changes {
            object = path.set(&object, value.clone())?;
        }
        let is_left =
            |field: &Field| field.path.of(&object).unwrap_or(&Value::Absent) != &field.current;
        if !self.fields.is_empty() && !self.fields.iter().any(is_left) {
            return None;
        }
        let mut changed = self.asked.clone();
        changed.proposed = Proposed::Given(object);
        follow(self.asked, &mut changed);
        Some(changed)
    }
}

/// Returns the fields that an action sets, in their order in the object: those that differ from the live object, all of them where there is
/// none.
fn fields(request: &Request) -> Vec<Field> {
    let outcome = request.outcome();
    let mut found = Vec::new();
    if let Value::Map(object) = &*outcome {
        for (key, value) in object.present() {
            let path = Path::of_keys([&key.to_owned()]);
            if !NOT_OURS.contains(&key) {
                walk(&path, value, &request.current, &mut found);
            }
        }
        for key in METADATA {
            let path = Path::of_keys([&"metadata".to_owned(), &key.to_owned()]);
            if let Some(value) = path.of(&outcome) {
                walk(&path, value, &request.current, &mut found);
            }
        }
    }
    found
}

fn walk(path: &Path, value: &Value, current: &Value, found: &mut Vec<Field>) {
    if found.len() >= FIELD_LIMIT {
        return;
    }
    match value {
        Value::Map(map) => {
            for (key, value) in map.present() {
                walk(
                    &path.below(Part::Key(key.to_owned())),
                    value,
                    current,
                    found,
                );
            }
        }
        Value::List(items) if items.iter().any(|item| matches!(item, Value::Map(_))) => {
            for (at, item) in items.iter().enumerate() {
                walk(&path.below(Part::At(at)), item, current, found);
            }
        }
        Value::Unknown(_) => {}
        value => {
            let now = path.of(current).cloned().unwrap_or(Value::Absent);
            if now != *value {
                found.push(Field {
                    path: path.clone(),
                    value: value.clone(),
                    current: now,
                });
            }
        }
    }
}

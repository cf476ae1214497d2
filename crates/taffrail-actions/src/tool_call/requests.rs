//! From what a call says to what is decided: an action on every object it names.

use serde_json::{Value as Json, json};
use taffrail_runtime::Value;
use taffrail_runtime::request::{Plan, Proposed, Request, Target};

use crate::action::Action;
use crate::command::{
    Surroundings, as_stored, finish, found, is_known_to_miss, of_nothing_known, unclear,
};
use crate::effect::Effect;
use crate::facts;
use crate::stored::{Write, after};

use super::{Applied, Change, PatchType, ToolCall, ToolStep};

/// Why something is unknown.
type Reason = String;

impl ToolCall {
    /// Returns the action that the call is: a plan where it does more than one thing. What the call leaves open is unknown in it, and a
    /// call that is not understood is an action of which nothing is known.
    ///
    /// An object that is applied where there is known to be none is a `create`. What is only tried out is a `get`.
    #[must_use]
    pub fn action(&self, known: &Surroundings<'_>) -> Action {
        let mut steps: Vec<Request> = match &self.line {
            Some(line) => line.action(known).requests().to_vec(),
            None => self.requests(known),
        };
        if let Some(reason) = self.goes_elsewhere(&known.base) {
            for step in &mut steps {
                step.cluster = unclear("cluster", &reason);
            }
        }
        match <[Request; 1]>::try_from(steps) {
            Ok([request]) => Action::Single(Box::new(request)),
            Err(steps) => Action::Plan(Plan { steps }),
        }
    }

    /// Returns why the call may go to another cluster than the one whose facts are known.
    fn goes_elsewhere(&self, base: &Request) -> Option<Reason> {
        let cluster = base.cluster.field("name", &String::new);
        let names_it = |(name, value): &(String, String)| {
            name.to_ascii_lowercase().contains("cluster")
                && cluster == Value::string(value.as_str())
        };
        let (name, _) = self.access.first()?;
        if self.access.iter().any(names_it) {
            return None;
        }
        Some(format!("the call sets `{name}`"))
    }

    fn requests(&self, known: &Surroundings<'_>) -> Vec<Request> {
        let base = of_nothing_known(known);
        let of_nobody = |mut request: Request| {
            facts::namespace_of(&mut request, &known.base.namespace);
            vec![request]
        };
        let requests: Vec<Request> = match self.effect {
            Effect::Unknown | Effect::Local => return of_nobody(base),
            Effect::Read | Effect::DryRun | Effect::SecretRead if self.steps.is_empty() => {
                let mut request = self.read(&base, None);
                request.target = of_no_object();
                finish(&mut request, known);
                vec![request]
            }
            Effect::Read | Effect::DryRun | Effect::SecretRead => {
                let steps = self.steps.iter();
                steps
                    .map(|step| {
                        let mut request = self.read(&base, Some(&step.target));
                        request.target = step.target.clone();
                        if let Some(live) = found(&request, known) {
                            request.current = Value::from_json(live);
                        }
                        finish(&mut request, known);
                        request
                    })
                    .collect()
            }
            Effect::Write | Effect::Exec => {
                let steps = self.steps.iter();
                steps.map(|step| self.change(step, &base, known)).collect()
            }
        };
        if requests.is_empty() {
            return of_nobody(base);
        }
        requests
    }

    fn read(&self, base: &Request, target: Option<&Target>) -> Request {
        // Of several kinds that are read at once, only one is that of Secrets.
        let is_plain = target.is_some_and(
            |target| matches!(&target.kind, Value::String(kind) if **kind != *"Secret"),
        );
        let is_list = target.is_some_and(|target| target.name == Value::Absent);
        let verb = match self.effect {
            Effect::SecretRead if is_plain && is_list => "list",
            Effect::SecretRead if is_plain => "get",
            Effect::DryRun => "get",
            Effect::Read
            | Effect::Local
            | Effect::SecretRead
            | Effect::Unknown
            | Effect::Write
            | Effect::Exec => self.verb,
        };
        Request {
            verb: Value::string(verb),
            proposed: Proposed::FromVerb,
            ..base.clone()
        }
    }

    fn change(&self, step: &ToolStep, base: &Request, known: &Surroundings<'_>) -> Request {
        let mut request = base.clone();
        request.target = step.target.clone();
        request.subresource = match self.verb {
            "exec" | "portforward" => Value::string(self.verb),
            _ => Value::Absent,
        };
        let live = found(&request, known).map(|live| as_stored(live, known));
        if let Some(live) = &live {
            request.current = Value::from_json(live);
        } else if is_known_to_miss(&request, known) {
            request.current = Value::Absent;
        }
        request.verb = match self.verb {
            "" => unclear("verb", &format!("`{}` is decided as no verb", self.tool)),
            "apply" if request.current == Value::Absent => Value::string("create"),
            verb => Value::string(verb),
        };
        request.proposed = match proposed(self.verb, step, live.as_ref(), &request, known) {
            Ok(proposed) => proposed,
            Err(reason) => Proposed::Given(unclear("proposed", &reason)),
        };
        finish(&mut request, known);
        request
    }
}

/// Returns what an object would be after a call.
fn proposed(
    verb: &str,
    step: &ToolStep,
    live: Option<&Json>,
    request: &Request,
    known: &Surroundings<'_>,
) -> Result<Proposed, Reason> {
    let is_missing = request.current == Value::Absent;
    let write = match &step.change {
        Change::ByVerb => return Ok(Proposed::FromVerb),
        Change::Unknown => return Err("the call does not say what it would be".into()),
        Change::Command(words) => {
            let options = json!({ "apiVersion": "v1", "kind": "PodExecOptions", "command": words });
            return Ok(Proposed::Given(Value::from_json(&options)));
        }
        Change::Replicas(replicas) => Write::Scale {
            replicas: *replicas,
        },
        Change::Patch { of, patch } => {
            let patch = patch.clone();
            match of {
                PatchType::Strategic => Write::StrategicMergePatch(patch),
                PatchType::Merge => Write::MergePatch(patch),
                PatchType::Json => Write::JsonPatch(patch),
            }
        }
        Change::Manifest { object, applied } => {
            let object = placed(object, &step.target);
            match (verb, applied) {
                ("create", _) | (_, Applied::Untold) if verb == "create" || is_missing => {
                    Write::Create(object)
                }
                // What is put in the place of another does not depend on it.
                ("replace", _) if live.is_none() => Write::Create(object),
                ("replace", _) => Write::Replace(object),
                (_, Applied::ByClient) => Write::ClientSideApply { object },
                // Fields of other managers are taken over, or the server refuses: then nothing changes.
                (_, Applied::ByServer(manager)) => Write::ServerSideApply {
                    object,
                    manager: (*manager).to_owned(),
                    force: true,
                },
                (_, Applied::Untold) => {
                    return Err("how the object would be applied is not known".into());
                }
            }
        }
    };
    let is_new = matches!(write, Write::Create(_));
    if live.is_none() && !is_missing && !is_new {
        return Err("the live object is not known".into());
    }
    match after(live.filter(|_| !is_new), &write, known.schemas) {
        Ok(stored) => Ok(Proposed::Given(match stored {
            Some(stored) => Value::from_json(&stored),
            None => Value::Absent,
        })),
        Err(refused) => Err(format!("the server would refuse it: {refused}")),
    }
}

/// Returns an object with the namespace that it would be sent to.
fn placed(object: &Json, target: &Target) -> Json {
    let mut object = object.clone();
    let metadata = object.get_mut("metadata").and_then(Json::as_object_mut);
    if let (Value::String(namespace), Some(metadata)) = (&target.namespace, metadata) {
        metadata
            .entry("namespace")
            .or_insert_with(|| Json::from(&**namespace));
    }
    object
}

/// The target of a call that touches no object.
fn of_no_object() -> Target {
    Target {
        group: Value::Absent,
        version: Value::Absent,
        kind: Value::Absent,
        namespace: Value::Absent,
        name: Value::Absent,
    }
}

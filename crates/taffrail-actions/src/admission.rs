//! Reviews that the API server sends to an admission webhook.
//!
//! A review holds the object before and after, as the server has them. Who asks is what the server has authenticated; that somebody is
//! an agent, a copilot or a person is nothing that a user name says, so the kind of a principal is unknown unless it is one of the
//! control plane.
//!
//! ```
//! use taffrail_actions::Effect;
//! use taffrail_actions::admission::read_reviews;
//! use taffrail_runtime::Value;
//!
//! let text = br#"{
//!     "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
//!     "request": {
//!         "uid": "705ab4f5", "operation": "DELETE", "name": "web", "namespace": "shop",
//!         "kind": { "group": "apps", "version": "v1", "kind": "Deployment" },
//!         "resource": { "group": "apps", "version": "v1", "resource": "deployments" },
//!         "userInfo": { "username": "healer", "groups": ["agents"] },
//!         "oldObject": { "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "web", "namespace": "shop" } }
//!     }
//! }"#;
//! let reviews = read_reviews("review.json", text)?;
//! assert_eq!(reviews[0].effect, Effect::Write);
//! assert_eq!(reviews[0].request.verb, Value::string("delete"));
//! # Ok::<(), taffrail_actions::ActionError>(())
//! ```

use taffrail_runtime::Value;
use taffrail_runtime::request::{Proposed, Request};

use crate::action::{Action, Defaults};
use crate::document;
use crate::effect::Effect;
use crate::error::{ActionError, Problem};
use crate::fields::{Field, Fields};
use crate::node::{Node, NodeKind, Place};
use crate::{check, facts, rollback};

mod about;
mod does;
mod live;
mod response;
mod scale;

pub(crate) use about::authenticated;
pub(crate) use does::APPLIES;
pub(crate) use scale::workload;

pub use response::{refusal, response};

use about::{optional_text, principal, target};
use does::Asked;

type Read<T> = Result<T, ActionError>;

/// The only version that a server sends today.
const API_VERSION: &[&str] = &["admission.k8s.io/v1"];
const KIND: &[&str] = &["AdmissionReview"];
const OPERATIONS: &[&str] = &["CREATE", "UPDATE", "DELETE", "CONNECT"];

/// What a review asks.
#[derive(Debug, Clone, PartialEq)]
pub struct Review {
    /// The mark by which the server knows its answer.
    pub uid: String,
    /// What is asked. The instant, the cluster and whatever else a review does not hold is unknown.
    ///
    /// A dry run is decided as what it tries out, so that its answer says what the real thing would get.
    pub request: Request,
    /// What it does to the cluster: a dry run stores nothing.
    pub effect: Effect,
}

/// Reads every review of a text: JSON values or YAML documents, one action each.
///
/// | operation | verb | `current` | `proposed` |
/// |---|---|---|---|
/// | `CREATE` | `create` | absent | the object |
/// | `CREATE` of `pods/eviction` | `evict` | unknown | unknown |
/// | `UPDATE` | `apply` or `patch` for a patch, `replace` for a put | the old object | the object |
/// | `UPDATE` of a `scale` | `scale` | the workload, of which the replicas are known | likewise |
/// | `UPDATE` of `pods/ephemeralcontainers` | `exec` | the old object | the object |
/// | `UPDATE` of an `approval` | `approve` | the old object | the object |
/// | `DELETE` | `delete` | the old object | absent |
/// | `CONNECT` to `exec`, `attach`, `nodes/proxy` | `exec` | unknown | the options of the call |
/// | `CONNECT` to `portforward`, `proxy` | `portforward` | unknown | the options of the call |
///
/// Of any other subresource the verb is unknown. A patch is an `apply` if it has what only an apply has; otherwise
/// nobody can tell the two apart.
///
/// # Errors
///
/// Text that is neither JSON nor YAML, another kind or version, a missing field, an object that is not the one named.
pub fn read_reviews(name: &str, bytes: &[u8]) -> Read<Vec<Review>> {
    let read = || {
        let nodes = document::manifest_nodes(bytes)?;
        if nodes.is_empty() {
            return Err(ActionError::new(Place::NOWHERE, Problem::NoAction));
        }
        let review = |node| {
            let path = String::new();
            review(&Field { node, path })
        };
        nodes.iter().map(review).collect()
    };
    read().map_err(|error: ActionError| error.of_document(name))
}

/// Tells whether a document calls itself a review.
pub(crate) fn is_review(node: &Node) -> bool {
    let kind = node.get("kind").map(|kind| &kind.kind);
    kind == Some(&NodeKind::Leaf(Value::string("AdmissionReview")))
}

/// Returns what a review asks, at the instant of the decision.
pub(crate) fn action_of_review(node: &Node, defaults: &Defaults) -> Read<Action> {
    let path = String::new();
    let mut request = review(&Field { node, path })?.request;
    if let Some(now) = defaults.now {
        request.now = Value::Time(now);
    }
    Ok(Action::Single(Box::new(request)))
}

fn review(document: &Field<'_>) -> Read<Review> {
    let fields = document.entries()?;
    let word = |key: &str, allowed| -> Read<()> {
        let field = fields.require(key)?;
        field.one_of(field.text()?, allowed)
    };
    word("apiVersion", API_VERSION)?;
    word("kind", KIND)?;
    let fields = fields.require("request")?.entries()?;
    let asked = asked(&fields)?;
    let mut request = Request {
        target: target(&fields, &asked)?,
        subresource: match asked.subresource {
            "" => Value::Absent,
            other => Value::string(other),
        },
        principal: principal(&fields.require("userInfo")?.entries()?)?,
        ..Request::default()
    };
    let (verb, effect) = does::does(&asked);
    request.verb = verb.map_or_else(|| Field::not_given("verb"), Value::string);
    objects(&mut request, &fields, &asked)?;
    facts::namespace_of(&mut request, &Value::Absent);
    request.rollback = rollback::derived(&request);
    let is_dry_run = match fields.get("dryRun") {
        Some(field) => field.truth()? == Value::Bool(true),
        None => false,
    };
    Ok(Review {
        uid: fields.require("uid")?.text()?.to_owned(),
        request,
        // A connection is one, whatever its review says of dry runs.
        effect: if is_dry_run && asked.operation != "CONNECT" {
            Effect::DryRun
        } else {
            effect
        },
    })
}

fn asked<'n>(fields: &Fields<'n>) -> Read<Asked<'n>> {
    let operation = fields.require("operation")?;
    operation.one_of(operation.text()?, OPERATIONS)?;
    let options = match fields.get("options").filter(|field| !field.is_null()) {
        Some(field) => Some(field.entries()?),
        None => None,
    };
    let of_options = |key: &str| match options.as_ref().and_then(|options| options.get(key)) {
        Some(field) => optional_text(Some(field)),
        None => Ok(""),
    };
    let resource = fields.require("resource")?.entries()?;
    Ok(Asked {
        operation: operation.text()?,
        resource: resource.require("resource")?.text()?,
        group: optional_text(resource.get("group"))?,
        subresource: optional_text(fields.get("subResource"))?,
        options: of_options("kind")?,
        manager: of_options("fieldManager")?,
        forces: options.is_some_and(|options| options.get("force").is_some()),
    })
}

/// Reads the object before and after.
fn objects(request: &mut Request, fields: &Fields<'_>, asked: &Asked<'_>) -> Read<()> {
    let object = |key: &str, fact: &str| -> Read<Value> {
        match fields.get(key).filter(|field| !field.is_null()) {
            Some(field) => {
                field.entries_of("an object")?;
                Ok(field.node.to_value())
            }
            None => Ok(Field::not_given(fact)),
        }
    };
    let before = object("oldObject", "current")?;
    let after = object("object", "proposed")?;
    match (asked.operation, asked.subresource) {
        ("CREATE", "") => {
            request.current = Value::Absent;
            request.proposed = Proposed::Given(after);
        }
        // What is posted is no state of the object.
        ("CREATE", _) => {}
        ("UPDATE", "scale") => {
            request.current = scale::workload(request, &before, "current");
            request.proposed = Proposed::Given(scale::workload(request, &after, "proposed"));
        }
        ("CONNECT", _) => request.proposed = Proposed::Given(after),
        ("DELETE", _) => request.current = before,
        _ => {
            request.current = before;
            request.proposed = Proposed::Given(after);
        }
    }
    if matches!(
        (asked.operation, asked.subresource),
        ("CONNECT", _) | (_, "scale")
    ) {
        return Ok(());
    }
    for (key, value) in [
        ("oldObject", Some(&request.current)),
        ("object", given(&request.proposed)),
    ] {
        if let (Some(field), Some(value)) = (fields.get(key), value) {
            check::same_object(&request.target, value, &field)?;
        }
    }
    Ok(())
}

fn given(proposed: &Proposed) -> Option<&Value> {
    match proposed {
        Proposed::Given(value) => Some(value),
        Proposed::Patch(_) | Proposed::FromVerb => None,
    }
}

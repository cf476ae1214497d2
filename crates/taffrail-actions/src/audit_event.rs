//! What the log of an API server says was asked.
//!
//! An event says who asked what and when; how much it holds of the objects is the choice of the server's audit policy. What an event does
//! not hold is unknown: the live object always, unless it was created or deleted, and at level `Metadata` the object asked for too.
//!
//! ```
//! use taffrail_actions::audit_event::{Line, read_line};
//! use taffrail_runtime::Value;
//!
//! let text = r#"{
//!     "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata", "stage": "ResponseComplete",
//!     "verb": "delete", "requestURI": "/apis/apps/v1/namespaces/shop/deployments/web",
//!     "user": { "username": "healer", "groups": ["agents"] },
//!     "objectRef": { "resource": "deployments", "namespace": "shop", "name": "web", "apiGroup": "apps", "apiVersion": "v1" },
//!     "responseStatus": { "code": 200 }, "stageTimestamp": "2026-11-22T10:00:00.000000Z"
//! }"#;
//! let Ok(Line::Event(event)) = read_line(text) else { panic!("this is an event") };
//! let request = event.request(&Value::from_json_slice)?;
//! assert_eq!(request.verb, Value::string("delete"));
//! assert_eq!(request.target.kind, Value::string("Deployment"));
//! # Ok::<(), taffrail_actions::ActionError>(())
//! ```

use std::borrow::Cow;

use taffrail_runtime::request::{Request, Target};
use taffrail_runtime::{Value, text};

use crate::admission::authenticated;
use crate::command;
use crate::error::{ActionError, Problem};
use crate::fields::Field;
use crate::kinds::{self, Scope};
use crate::node::Place;
use crate::{facts, rollback};

mod does;
mod line;
mod objects;

pub use line::{Line, read_line};

use line::{Text, User, Wire, written};

type Read<T> = Result<T, ActionError>;

/// Reads an object of an event, or the parts of it that somebody needs.
pub type ReadObject<'r> = dyn Fn(&[u8]) -> Result<Value, serde_json::Error> + 'r;

/// The answers of a request from here on say that it was refused or failed.
const FIRST_FAILURE: u16 = 400;

/// One event of an audit log, as it stands there.
#[derive(Debug)]
pub struct AuditEvent<'l> {
    wire: Wire<'l>,
}

impl<'l> AuditEvent<'l> {
    /// Tells whether the event is about the end of its request. Of an `exec` or a `watch` that is the end of the connection.
    ///
    /// The earlier stages of the same request hold less, and no answer.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        written(&self.wire.stage) == "ResponseComplete"
    }

    /// Tells whether the server refused the request or failed. Of an event without an answer nobody can say; it counts as carried out.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.code().is_some_and(|code| code >= FIRST_FAILURE)
    }

    /// Tells whether the request was only tried out. A connection is one, whatever its request says of dry runs.
    #[must_use]
    pub fn is_dry_run(&self) -> bool {
        let is_change = !matches!(self.verb(), Some("exec" | "portforward"));
        is_change && self.parameters().any(|(key, _)| key == "dryRun")
    }

    /// Returns the verb that it has in policies; `None` where none says what it does: a token, a binding, a subresource of a custom kind, a
    /// patch that may be an apply.
    #[must_use]
    pub fn verb(&self) -> Option<&'static str> {
        does::verb(self)
    }

    /// Returns the name of who asked; of somebody who was impersonated, theirs.
    #[must_use]
    pub fn principal(&self) -> &str {
        self.user().map_or("", |user| written(&user.username))
    }

    /// Returns the name of who asked in the name of somebody else.
    #[must_use]
    pub fn impersonator(&self) -> Option<&str> {
        self.wire.impersonated_user.as_ref()?;
        let user = self.wire.user.as_ref()?;
        Some(written(&user.username))
    }

    /// Tells whether one of the cluster's own components asked: the control plane, a node, a service account of `kube-system`.
    #[must_use]
    pub fn is_of_cluster(&self) -> bool {
        let name = self.principal();
        name == "system:apiserver"
            || name.starts_with("system:kube-")
            || name.starts_with("system:node:")
            || name.starts_with("system:serviceaccount:kube-system:")
    }

    /// Returns when the request came to this stage, as it is written.
    #[must_use]
    pub fn written_time(&self) -> &str {
        written(&self.wire.stage_timestamp)
    }

    /// Returns the program that asked, as it calls itself; empty when it did not.
    #[must_use]
    pub fn user_agent(&self) -> &str {
        written(&self.wire.user_agent)
    }

    /// Returns the mark that all events of one request share.
    #[must_use]
    pub fn audit_id(&self) -> &str {
        written(&self.wire.audit_id)
    }

    /// Returns what was asked.
    ///
    /// | request | verb | `current` | `proposed` |
    /// |---|---|---|---|
    /// | `create` | `create` | absent if it was stored | the object |
    /// | `create` of `pods/eviction` | `evict` | unknown | unknown |
    /// | `update` | `replace` | unknown | the object |
    /// | `patch` | `apply` or `patch` | unknown | the object, if the log holds the answer |
    /// | `update` or `patch` of a `scale` | `scale` | unknown | the workload, of which the replicas are known |
    /// | `update` or `patch` of `pods/ephemeralcontainers` | `exec` | unknown | the object |
    /// | `update` or `patch` of an `approval` | `approve` | unknown | the object |
    /// | `delete`, `deletecollection` | `delete` | the object, if the log holds it | absent |
    /// | any of `exec`, `attach`, `nodes/proxy` | `exec` | unknown | the options of the call |
    /// | any of `portforward`, `proxy` | `portforward` | unknown | the options of the call |
    /// | `get`, `list`, `watch` | the same; `logs` of a log, `read_secret` of Secrets | unknown | unknown |
    ///
    /// Of any other subresource the verb is unknown. A log does not say of which kind a patch is: it is an `apply` if it has what only
    /// an apply has, and unknown where it may be one and the log does not hold the patch. Who asks is what the server authenticated, as for a review. The instant is that of the event's stage.
    ///
    /// # Errors
    ///
    /// An event without a verb, a user or a time; an object that is no JSON or has a key twice.
    pub fn request(&self, read: &ReadObject<'_>) -> Read<Request> {
        if written(&self.wire.verb).is_empty() {
            return Err(missing("verb"));
        }
        let subresource = self.part(|of| &of.subresource);
        let mut request = Request {
            verb: self
                .verb()
                .map_or_else(|| Field::not_given("verb"), Value::string),
            target: self.target(),
            subresource: match subresource {
                "" => Value::Absent,
                other => Value::string(other),
            },
            principal: self.authenticated()?,
            now: self.now()?,
            ..Request::default()
        };
        objects::read(&mut request, self, read)?;
        facts::namespace_of(&mut request, &Value::Absent);
        request.rollback = rollback::derived(&request);
        Ok(request)
    }

    /// Tells whether the event should hold an object, and does not: the audit policy left it out.
    #[must_use]
    pub fn lacks_object(&self) -> bool {
        objects::is_lacking(self)
    }

    fn target(&self) -> Target {
        let part = |value: &str| Value::string(value);
        let Some(of) = &self.wire.object_ref else {
            return of_no_object();
        };
        let (group, resource) = (written(&of.api_group), written(&of.resource));
        let (namespace, name) = (written(&of.namespace), written(&of.name));
        let kind = command::served(group, resource).map(|found| found.kind);
        let scope = kind.and_then(|kind| kinds::served_scope(group, kind));
        Target {
            group: part(group),
            version: match written(&of.api_version) {
                "" => Field::not_given("target.version"),
                version => part(version),
            },
            kind: kind.map_or_else(|| Field::not_given("target.kind"), part),
            namespace: match (namespace, scope) {
                (_, Some(Scope::Cluster)) => Value::Absent,
                // An object of its own name outside of all namespaces; a list without one goes through all of them.
                ("", _) if !name.is_empty() => Value::Absent,
                ("", _) => Field::not_given("target.namespace"),
                (namespace, _) => part(namespace),
            },
            name: match name {
                "" => Field::not_given("target.name"),
                name => part(name),
            },
        }
    }

    fn authenticated(&self) -> Read<Value> {
        let user = self.user().ok_or_else(|| missing("user"))?;
        let groups = user.groups.iter().flatten();
        let groups = groups.map(|group| Value::string(&*group.0)).collect();
        Ok(authenticated(written(&user.username), Value::List(groups)))
    }

    fn now(&self) -> Read<Value> {
        match self.written_time() {
            "" => Err(missing("stageTimestamp")),
            written => text::parse_time(written).map(Value::Time).ok_or_else(|| {
                let problem = Problem::InvalidTime {
                    path: "stageTimestamp".into(),
                    text: written.to_owned(),
                };
                ActionError::new(Place::NOWHERE, problem)
            }),
        }
    }

    fn user(&self) -> Option<&User<'l>> {
        self.wire
            .impersonated_user
            .as_ref()
            .or(self.wire.user.as_ref())
    }

    fn code(&self) -> Option<u16> {
        self.wire.response_status.as_ref()?.code
    }

    /// Returns a part of what the request is about; empty when it is not said.
    fn part<'s>(
        &'s self,
        part: impl Fn(&'s line::ObjectRef<'l>) -> &'s Option<Text<'l>>,
    ) -> &'s str {
        let of = self.wire.object_ref.as_ref();
        of.map_or("", |of| written(part(of)))
    }

    /// Returns the parameters of the address, decoded.
    fn parameters(&self) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
        let address = written(&self.wire.request_uri);
        let query = address.split_once('?').map_or("", |(_, query)| query);
        query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
                (line::decoded(key), line::decoded(value))
            })
    }
}

/// The target of an address that is no resource's: `/healthz`, `/openapi/v3`.
fn of_no_object() -> Target {
    Target {
        group: Value::Absent,
        version: Value::Absent,
        kind: Value::Absent,
        namespace: Value::Absent,
        name: Value::Absent,
    }
}

fn missing(path: &str) -> ActionError {
    ActionError::new(Place::NOWHERE, Problem::Missing { path: path.into() })
}

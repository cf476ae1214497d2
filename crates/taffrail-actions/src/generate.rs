//! The objects that commands of kubectl make by themselves: `create deployment`, `run`, `expose`, `autoscale`.
//!
//! ```
//! use taffrail_actions::generate::{Flags, Generator, Known, generate};
//!
//! let flags = Flags {
//!     values: vec![("image".into(), Some("nginx:1.29".into()))],
//!     positional: vec!["web".into()],
//!     after_dashes: Vec::new(),
//! };
//! let known = Known { namespace: Some("shop"), live: &[], files: &|_| None };
//! let generator = Generator::of("create deployment").ok_or("no such command")?;
//! let made = generate(generator, &flags, &known)?;
//! let [deployment] = made.as_slice() else { return Err("one object is made".into()) };
//! assert_eq!(deployment["metadata"]["namespace"], "shop");
//! assert_eq!(deployment["spec"]["template"]["spec"]["containers"][0]["name"], "nginx");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod autoscale;
mod config;
mod expose;
mod flags;
mod ingress;
mod plain;
mod rbac;
mod run;
mod secrets;
mod services;
mod source;
mod text;
mod token;
mod workloads;

#[cfg(test)]
mod tests;

use serde_json::{Map, Value as Json, json};

pub use flags::Flags;

/// What is known where a command makes its objects.
pub struct Known<'a> {
    /// The namespace of commands that name none; `None` when it is not known.
    pub namespace: Option<&'a str>,
    /// The live objects that are known.
    pub live: &'a [Json],
    /// Reads a file that a command names; `None` when it cannot.
    pub files: &'a dyn Fn(&str) -> Option<String>,
}

impl std::fmt::Debug for Known<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Known")
            .field("namespace", &self.namespace)
            .finish_non_exhaustive()
    }
}

/// Why it cannot be told what a command makes. Values of Secrets never stand in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GenerateError {
    /// A word of the command has none of the forms that it may have.
    #[error("`{word}` of `{place}` is not {expected}")]
    Form {
        /// The flag, or the place of the word.
        place: String,
        /// The word.
        word: String,
        /// What it should be.
        expected: &'static str,
    },
    /// A word that may be secret has none of the forms that it may have.
    #[error("a value of `{place}` is not {expected}")]
    Hidden {
        /// The flag.
        place: String,
        /// What it should be.
        expected: &'static str,
    },
    /// A flag or word that the command needs is missing.
    #[error("{what} is missing")]
    Missing {
        /// What is missing.
        what: &'static str,
    },
    /// The command takes another number of names.
    #[error("one name is needed, not {given}")]
    Names {
        /// How many are given.
        given: usize,
    },
    /// Two parts of the command exclude each other.
    #[error("{first} excludes {second}")]
    Excluded {
        /// One of them.
        first: &'static str,
        /// The other.
        second: &'static str,
    },
    /// A key is set twice.
    #[error("`{key}` stands twice")]
    Twice {
        /// The key.
        key: String,
    },
    /// The command does not do this with objects of that kind.
    #[error("a {kind} cannot be {done}")]
    Kind {
        /// The kind.
        kind: String,
        /// What cannot be done.
        done: &'static str,
    },
    /// Nothing is wrong with the command, but what it makes depends on what is not known.
    #[error("{what} is not known")]
    Unknown {
        /// What is not known.
        what: String,
    },
}

impl GenerateError {
    /// Tells whether kubectl might carry the command out all the same.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown { .. })
    }
}

type Made<T> = Result<T, GenerateError>;

/// A command that makes objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Generator {
    /// `autoscale`.
    Autoscale,
    /// `create clusterrole`.
    ClusterRole,
    /// `create clusterrolebinding`.
    ClusterRoleBinding,
    /// `create configmap`.
    ConfigMap,
    /// `create cronjob`.
    CronJob,
    /// `create deployment`.
    Deployment,
    /// `expose`.
    Expose,
    /// `create ingress`.
    Ingress,
    /// `create job`.
    Job,
    /// `create namespace`.
    Namespace,
    /// `create poddisruptionbudget`.
    PodDisruptionBudget,
    /// `create priorityclass`.
    PriorityClass,
    /// `create quota`.
    Quota,
    /// `create role`.
    Role,
    /// `create rolebinding`.
    RoleBinding,
    /// `run`.
    Run,
    /// `create secret docker-registry`.
    DockerRegistry,
    /// `create secret generic`.
    GenericSecret,
    /// `create secret tls`.
    TlsSecret,
    /// `create service clusterip`.
    ClusterIp,
    /// `create service externalname`.
    ExternalName,
    /// `create service loadbalancer`.
    LoadBalancer,
    /// `create service nodeport`.
    NodePort,
    /// `create serviceaccount`.
    ServiceAccount,
    /// `create token`: what is sent is a request for a token, not an object that is stored.
    Token,
}

const COMMANDS: [(&str, Generator); 25] = [
    ("autoscale", Generator::Autoscale),
    ("create clusterrole", Generator::ClusterRole),
    ("create clusterrolebinding", Generator::ClusterRoleBinding),
    ("create configmap", Generator::ConfigMap),
    ("create cronjob", Generator::CronJob),
    ("create deployment", Generator::Deployment),
    ("create ingress", Generator::Ingress),
    ("create job", Generator::Job),
    ("create namespace", Generator::Namespace),
    ("create poddisruptionbudget", Generator::PodDisruptionBudget),
    ("create priorityclass", Generator::PriorityClass),
    ("create quota", Generator::Quota),
    ("create role", Generator::Role),
    ("create rolebinding", Generator::RoleBinding),
    ("create secret docker-registry", Generator::DockerRegistry),
    ("create secret generic", Generator::GenericSecret),
    ("create secret tls", Generator::TlsSecret),
    ("create service clusterip", Generator::ClusterIp),
    ("create service externalname", Generator::ExternalName),
    ("create service loadbalancer", Generator::LoadBalancer),
    ("create service nodeport", Generator::NodePort),
    ("create serviceaccount", Generator::ServiceAccount),
    ("create token", Generator::Token),
    ("expose", Generator::Expose),
    ("run", Generator::Run),
];

impl Generator {
    /// Returns the generator of a command by its full name, such as `create secret tls`; `None` for any other command.
    #[must_use]
    pub fn of(command: &str) -> Option<Self> {
        let mut rows = COMMANDS.iter();
        rows.find(|(name, _)| *name == command)
            .map(|(_, generator)| *generator)
    }

    /// Returns the full name of the command.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        let mut rows = COMMANDS.iter();
        rows.find(|(_, generator)| *generator == self)
            .map_or("", |(name, _)| name)
    }
}

/// Returns the objects that a command makes, as it sends them: without the defaults of the server, and without the empty fields that
/// kubectl writes. Where the namespace is known it is in them.
///
/// # Errors
///
/// Where kubectl refuses the command, or what it makes is not known.
pub fn generate(generator: Generator, flags: &Flags, known: &Known<'_>) -> Made<Vec<Json>> {
    let input = Input { flags, known };
    if flags.is_on("save-config")? {
        return Err(unknown(
            "the copy of itself that `--save-config` adds to the object",
        ));
    }
    if flags.is_on("append-hash")? {
        return Err(unknown("the hash that `--append-hash` adds to the name"));
    }
    let one = |made: Made<Json>| made.map(|object| vec![object]);
    match generator {
        Generator::Autoscale => autoscale::autoscalers(input),
        Generator::Expose => expose::services(input),
        Generator::Run => run::objects(input),
        Generator::ClusterRole => one(rbac::cluster_role(input)),
        Generator::ClusterRoleBinding => one(rbac::cluster_role_binding(input)),
        Generator::ConfigMap => one(config::config_map(input)),
        Generator::CronJob => one(workloads::cron_job(input)),
        Generator::Deployment => one(workloads::deployment(input)),
        Generator::Ingress => one(ingress::ingress(input)),
        Generator::Job => one(workloads::job(input)),
        Generator::Namespace => one(plain::namespace(input)),
        Generator::PodDisruptionBudget => one(plain::budget(input)),
        Generator::PriorityClass => one(plain::priority_class(input)),
        Generator::Quota => one(plain::quota(input)),
        Generator::Role => one(rbac::role(input)),
        Generator::RoleBinding => one(rbac::role_binding(input)),
        Generator::DockerRegistry => one(secrets::docker_registry(input)),
        Generator::GenericSecret => one(secrets::generic(input)),
        Generator::TlsSecret => one(secrets::tls(input)),
        Generator::ClusterIp => one(services::service(input, "ClusterIP")),
        Generator::ExternalName => one(services::service(input, "ExternalName")),
        Generator::LoadBalancer => one(services::service(input, "LoadBalancer")),
        Generator::NodePort => one(services::service(input, "NodePort")),
        Generator::ServiceAccount => one(plain::service_account(input)),
        Generator::Token => one(token::request(input)),
    }
}

/// What a generator reads.
#[derive(Clone, Copy)]
struct Input<'a> {
    flags: &'a Flags,
    known: &'a Known<'a>,
}

impl Input<'_> {
    /// Returns the metadata of a new object that lies in a namespace, with what else it has.
    fn metadata(self, name: &str, more: Fields) -> Json {
        let namespace = self.flags.text("namespace").or(self.known.namespace);
        let mut metadata = more;
        metadata.insert("name".into(), json!(name));
        if let Some(namespace) = namespace {
            metadata.insert("namespace".into(), json!(namespace));
        }
        Json::Object(metadata)
    }
}

type Fields = Map<String, Json>;

/// Returns an object of those fields that are there.
fn fields<const N: usize>(fields: [(&str, Option<Json>); N]) -> Fields {
    let there = fields.into_iter();
    there
        .filter_map(|(key, value)| Some((key.to_owned(), value?)))
        .collect()
}

/// Returns a list unless it is empty.
fn some_list(list: Vec<Json>) -> Option<Json> {
    (!list.is_empty()).then_some(Json::Array(list))
}

fn unknown(what: impl Into<String>) -> GenerateError {
    GenerateError::Unknown { what: what.into() }
}

fn form(place: impl Into<String>, word: &str, expected: &'static str) -> GenerateError {
    GenerateError::Form {
        place: place.into(),
        word: word.to_owned(),
        expected,
    }
}
